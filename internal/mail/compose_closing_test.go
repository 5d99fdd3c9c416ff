package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
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

// TestANewLinkSaysWhatWhoeverHasItCanDo: answer where the page takes an answer, and read what was written where it takes none any more.
func TestANewLinkSaysWhatWhoeverHasItCanDo(t *testing.T) {
	n := newNetwork(t)
	n.exec(`INSERT INTO review_rounds (recommendation_id, number, version_id, invited, reserve, enough, due_at, opened_at)
		VALUES (?, 1, ?, '{}', '{}', 1, ?, ?)`, n.recommendation, n.version, monday.AddDate(0, 0, 20), monday)
	n.exec(`UPDATE recommendations SET stage = 'review', round = 1 WHERE id = ?`, n.recommendation)
	of := func(kind models.TaskKind, state models.TaskState) *models.Task {
		return n.task(kind, n.expert, func(t *models.Task) {
			if t.Round = 1; state != models.TaskOpen {
				t.Close(state, monday)
			}
		})
	}
	says := func(task *models.Task, answers bool, name string) {
		t.Helper()
		for _, tag := range i18n.Tags() {
			l := i18n.For(tag)
			letter, err := n.compose(n.mail(models.MailNewLink, n.expert, tag, task))
			require.NoError(t, err, name)
			soundLetter(t, letter, tag)
			text := asOneLine(letter.Text)
			for _, key := range []string{"mail.new_link.closed", "mail.new_link.closed_personal"} {
				require.Equal(t, !answers, strings.Contains(text, l.T(key)), "%s, %s: %s", name, tag, key)
			}
			for _, key := range []string{"mail.link_is_personal", "mail.label.until"} {
				require.Equal(t, answers, strings.Contains(text, l.T(key)), "%s, %s: %s", name, tag, key)
			}
		}
	}
	open, done, declined, silent := of(models.TaskReview, models.TaskOpen), of(models.TaskReview, models.TaskDone), of(models.TaskReview, models.TaskDeclined), of(models.TaskReview, models.TaskExpired)
	says(open, true, "open")
	says(done, true, "answered, and can be changed")
	says(declined, true, "declined, and can be taken back")
	says(of(models.TaskTranslate, models.TaskDone), false, "handed over")
	n.exec(`UPDATE recommendations SET held_at = now()`)
	says(declined, true, "on hold for a while")
	n.exec(`UPDATE recommendations SET held_at = NULL`)
	n.exec(`UPDATE review_rounds SET closed_at = ?`, monday)
	for name, task := range map[string]*models.Task{"answered": done, "declined": declined, "silent": silent} {
		says(task, false, name+" in a closed round")
	}
}
