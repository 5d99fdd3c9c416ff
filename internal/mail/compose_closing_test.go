package mail_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// TestMailsOfAClosingRoundSayWhenItCloses: no mail and no calendar tells a day beyond that.
func TestMailsOfAClosingRoundSayWhenItCloses(t *testing.T) {
	n := newNetwork(t)
	closing := monday.Add(30 * time.Hour)
	n.exec(`INSERT INTO review_rounds (recommendation_id, number, version_id, invited, reserve, enough, due_at, closing_at, opened_at)
		VALUES (?, 1, ?, '{}', '{}', 1, ?, ?, ?)`, n.recommendation, n.version, monday.AddDate(0, 0, 20), closing, monday)
	task := n.task(models.TaskReview, n.expert, func(t *models.Task) {
		t.Round, t.RespondBy, t.Reminders = 1, nil, 1
		t.DueAt, t.GraceUntil = monday.AddDate(0, 0, 20), monday.AddDate(0, 0, 27)
	})
	for _, kind := range []models.MailKind{models.MailReviewInvitation, models.MailRoundClosing, models.MailNewLink, models.MailDigest} {
		m := n.mail(kind, n.expert, "en", task)
		m.Data.Until = &closing
		if kind == models.MailDigest {
			m = n.mail(kind, n.expert, "en", nil)
		}
		letter, err := n.compose(m)
		require.NoError(t, err, kind)
		require.Contains(t, letter.Text, "3 March", kind)
		require.NotContains(t, letter.Text, "22 March", kind)
		for _, file := range letter.Attached {
			require.Contains(t, string(file.Content), "20260303", kind)
		}
	}
}

// TestWhoClosedARoundIsNotAskedWhetherToCloseIt: the mail that asks waits for the morning, and the desk does not.
func TestWhoClosedARoundIsNotAskedWhetherToCloseIt(t *testing.T) {
	n := newNetwork(t)
	n.exec(`INSERT INTO review_rounds (recommendation_id, number, version_id, invited, reserve, enough, due_at, opened_at, enough_at)
		VALUES (?, 1, ?, '{}', '{}', 1, ?, ?, ?)`, n.recommendation, n.version, monday.AddDate(0, 0, 20), monday, monday)
	n.exec(`UPDATE recommendations SET round = 1 WHERE id = ?`, n.recommendation)
	m := n.mail(models.MailRoundNews, n.officer, "en", nil)
	m.RecommendationID, m.Data.Reason = &n.recommendation, models.NewsEnough
	letter, err := n.compose(m)
	require.NoError(t, err)
	soundLetter(t, letter, "en")
	for _, otherwise := range []string{`closing_at = '2030-01-01'`, `closing_at = NULL, enough_at = NULL`} {
		n.exec(`UPDATE review_rounds SET ` + otherwise)
		_, err = n.compose(m)
		require.ErrorAs(t, err, new(mail.NotOwed), otherwise)
	}
}
