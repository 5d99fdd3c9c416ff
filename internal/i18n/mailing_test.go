package i18n_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

// TestAMailingALetterAndACopyHaveAWordEach: a mailing is called alike wherever it stands, a letter of a campaign otherwise, and what one
// reader gets of a mailing otherwise again.
func TestAMailingALetterAndACopyHaveAWordEach(t *testing.T) {
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		require.Equal(t, l.T("campaign.kind.mailing"), l.T("mailing.title"), tag)
		require.Equal(t, l.T("campaign.kind.mailing"), l.T("operations.process.mailing"), tag)
		require.NotEqual(t, l.T("campaign.kind.mailing"), l.T("campaign.kind.letter"), tag)
		require.NotEqual(t, l.T("reference.save"), l.T("erase.not"), "%s: the way out of erasing saves nothing", tag)
	}
	l := i18n.For("bg")
	for _, key := range []string{"mailing.report.title", "mailing.launch_title", "mailing.cancelled_now", "mailing.schedule.moved", "preference.title", "mailing.letter", "mailing.lead",
		"mailing.rest.of", "mailing.recipients.delivered", "mailing_file.lead", "subscribe.title", "published.unsubscribe.title", "mail.mailing.why"} {
		require.NotRegexp(t, "(?i)писм|пратк", l.T(key), key)
	}
	for _, key := range []string{"campaign.kind.letter", "mailing.prepared", "write.letter", "letter.title"} {
		require.Regexp(t, "(?i)писм", l.T(key), key)
	}
}
