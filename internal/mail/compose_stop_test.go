package mail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/internal/mail"
	"tribuna/models"
)

func TestTheMailAboutAMailingThatPausedByItselfSaysWhyAndWhatToDo(t *testing.T) {
	n := newNetwork(t)
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	stop := func(why models.MailingStop) {
		require.NoError(t, n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			if err := m.Stop(ctx, tx, why); err != nil {
				return err
			}
			return m.SaveState(ctx, tx)
		}))
	}
	for _, why := range []models.MailingStop{{Reason: models.StopRow, Refused: 20}, {Reason: models.StopShare, Refused: 21, Of: 200}, {Reason: models.StopPolicy}, {Reason: models.StopUnknown, Refused: 4}} {
		why.At, why.Domain, why.Reply = monday, "ministry.example", "550 5.7.26 unauthenticated <mail>"
		stop(why)
		for _, tag := range i18n.Tags() {
			row := n.mail(models.MailMailingStopped, n.officer, tag, nil)
			row.RecommendationID, row.Data.Mailing = &n.recommendation, &n.mailing
			letter, err := n.compose(row)
			require.NoError(t, err)
			soundLetter(t, letter, tag)
			require.Contains(t, letter.Text, "ministry.example")
			require.Contains(t, letter.Text, "/mailings/"+n.mailing.String())
			require.Contains(t, letter.HTML, "unauthenticated &lt;mail&gt;")
		}
	}
	since := monday.Add(-50 * time.Hour)
	stop(models.MailingStop{Reason: models.StopStale, At: monday, Since: &since})
	for _, tag := range i18n.Tags() {
		row := n.mail(models.MailMailingStopped, n.officer, tag, nil)
		row.RecommendationID, row.Data.Mailing = &n.recommendation, &n.mailing
		letter, err := n.compose(row)
		require.NoError(t, err)
		soundLetter(t, letter, tag)
		require.Contains(t, letter.Text, "2026")
		require.NotContains(t, letter.Text, "no value", "it says since when")
	}
	officer, coordinator := n.mail(models.MailMailingStopped, n.officer, "en", nil), n.mail(models.MailMailingStopped, n.coordinator, "en", nil)
	for row, why := range map[*models.OutboxMail]string{&officer: "mail.mailing_stopped.why", &coordinator: "mail.mailing_stopped.why_coordinator"} {
		row.RecommendationID, row.Data.Mailing = &n.recommendation, &n.mailing
		letter, err := n.compose(*row)
		require.NoError(t, err)
		require.Contains(t, strings.Join(strings.Fields(letter.Text), " "), i18n.For("en").T(why), "each reads why they get it")
	}
	require.NoError(t, m.GoOn(t.Context(), n.db))
	require.NoError(t, m.SaveState(t.Context(), n.db))
	row := n.mail(models.MailMailingStopped, n.officer, "en", nil)
	row.Data.Mailing = &n.mailing
	_, err = n.compose(row)
	require.ErrorAs(t, err, new(mail.NotOwed), "somebody let it go on before the mail left")
}
