package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/mail"
	"tribuna/models"
)

func TestBothAreToldWhatWasHandedOver(t *testing.T) {
	n := newNetwork(t)
	task := n.task(models.TaskReview, n.expert, nil)
	h := &models.HandOver{ID: models.NewID(), FromID: n.expert, ToID: n.officer, PersonID: n.coordinator, CreatedAt: monday}
	_, err := n.db.NewInsert().Model(h).Exec(t.Context())
	require.NoError(t, err)
	sub, err := models.NewSubmission(task.ProcessID, h.DecisionID(), models.DecideHandOver, n.coordinator, models.HandOverPayload{HandOver: h.ID, From: h.FromID, To: h.ToID})
	require.NoError(t, err)
	_, err = models.Receive(t.Context(), n.db, sub, monday)
	require.NoError(t, err)
	from, err := models.PersonByID(t.Context(), n.db, n.expert)
	require.NoError(t, err)
	titles, err := models.HandOverTitles(t.Context(), n.db, h.ID)
	require.NoError(t, err)
	require.Len(t, titles, 1)
	for _, language := range i18n.Tags() {
		old, fresh := n.mail(models.MailHandedOver, h.FromID, language, nil), n.mail(models.MailHandedOver, h.ToID, language, nil)
		old.Data.HandOver, fresh.Data.HandOver = &h.ID, &h.ID
		for _, m := range []models.OutboxMail{old, fresh} {
			letter, err := n.compose(m)
			require.NoError(t, err)
			if language == "en" || language == "bg" {
				soundLetter(t, letter, language)
			}
			require.Contains(t, letter.Text, titles[0])
		}
		letter, err := n.compose(fresh)
		require.NoError(t, err)
		require.Contains(t, letter.Text, from.Name)
	}
	nameless := n.mail(models.MailHandedOver, n.expert, "en", nil)
	_, err = n.compose(nameless)
	require.ErrorAs(t, err, new(mail.NotOwed))
}
