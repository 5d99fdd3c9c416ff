package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
)

func TestTheGeneratedPlainTextKeepsItsFields(t *testing.T) {
	for body, want := range map[string]string{
		"": "", "Dear **{name}** of {organisation}": "Dear {name} of {organisation}",
		"[{title}]({link})":  "{title} ({link})",
		`Write \{name} so`:   `Write \{name} so`,
		"One\n\n- {country}": "One\n\n• {country}",
	} {
		require.Equal(t, want, mail.PlainOf(body), body)
	}
}
