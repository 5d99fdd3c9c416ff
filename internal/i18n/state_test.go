package i18n_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

func TestStatesAreCalledAsTheReadersLanguageDoes(t *testing.T) {
	for name, code := range map[string]string{"Norway": "NO", "norway ": "NO", "Bosnia & Herzegovina": "BA", "Czech Republic": "CZ", "Viet Nam": "VN",
		"Democratic Republic of Congo": "CD", "Republic of Korea": "KR", "Russian Federation": "RU", "Macedonia FYR": "", "Palestine": "", "Taiwan": "", "Nowhere": "", "": ""} {
		require.Equal(t, code, i18n.StateCode(name), name)
	}
	for tag, name := range map[string]string{"en": "Norway", "bg": "Норвегия", "sq": "Norvegji", "ro": "Norvegia", "sr-Latn": "Norveška"} {
		require.Equal(t, name, i18n.For(tag).State("NO"))
		require.Empty(t, i18n.For(tag).State("MK"), "what its standard name is older than stays as the source has it")
		require.Empty(t, i18n.For(tag).State("no state"))
	}
}
