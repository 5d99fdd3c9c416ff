package mail_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// waits is how long a digest has to wait at an instant; zero where it goes.
func (n *network) waits(m models.OutboxMail, at time.Time) time.Duration {
	n.t.Helper()
	_, err := n.composer().Compose(n.t.Context(), m, at)
	var notYet mail.NotYet
	if errors.As(err, &notYet) {
		require.Positive(n.t, notYet.For)
		return notYet.For
	}
	require.NoError(n.t, err)
	return 0
}

// What could not be sent when it was due goes in its reader's waking hours all the same: the reader lives in Sofia.
func TestDigestAfterAnOutageWaitsForAWorkingMorning(t *testing.T) {
	n := newNetwork(t)
	n.task(models.TaskReview, n.expert, func(t *models.Task) {
		t.Reminders = 1
		t.DueAt, t.GraceUntil = monday.AddDate(0, 0, 20), monday.AddDate(0, 0, 30)
	})
	m := n.mail(models.MailDigest, n.expert, "en", nil)
	sofia, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, sofia) }
	for now, goes := range map[time.Time]time.Time{
		at(2, 11): at(2, 11),
		at(2, 22): at(4, 9), // the third is a holiday
		at(3, 12): at(4, 9),
		at(5, 3):  at(5, 9),
		at(7, 12): at(9, 9), // a Saturday
	} {
		require.Equal(t, goes.Sub(now), n.waits(m, now), now)
	}
	m.Data.Tasks = append(m.Data.Tasks, models.NewID())
	_, err = n.composer().Compose(t.Context(), m, at(7, 3))
	require.ErrorAs(t, err, &mail.NotOwed{}, "a procedure that gathers nothing waits for no morning")
}

func TestDigestIsOneADay(t *testing.T) {
	n := newNetwork(t)
	n.task(models.TaskReview, n.expert, func(t *models.Task) {
		t.Reminders = 1
		t.DueAt, t.GraceUntil = monday.AddDate(0, 0, 20), monday.AddDate(0, 0, 30)
	})
	store := func(key string, created time.Time) models.OutboxMail {
		m := models.OutboxMail{Kind: models.MailDigest, DedupeKey: key, PersonID: n.expert, CreatedAt: created}
		require.NoError(t, models.Enqueue(t.Context(), n.db, &m))
		return m
	}
	late, today := store("of the day before", monday.Add(-20*time.Hour)), store("of today", monday.Add(-time.Hour))
	_, err := n.composer().Compose(t.Context(), late, monday)
	require.ErrorAs(t, err, &mail.NotOwed{}, "today's says all")
	require.Zero(t, n.waits(today, monday))
	n.exec(`UPDATE outbox SET state = 'delivered', finished_at = ? WHERE id = ?`, monday, late.ID)
	require.Equal(t, 46*time.Hour, n.waits(today, monday), "one went: at nine on the next working day in Sofia, the third is a holiday")
	require.Zero(t, n.waits(today, monday.Add(46*time.Hour)))
}

// TestNobodyIsRemindedAfterAnAnswer that lies there while the process cannot be told: an answer, no or a wish for more time was received.
func TestNobodyIsRemindedAfterAnAnswer(t *testing.T) {
	n := newNetwork(t)
	review := n.task(models.TaskReview, n.expert, func(t *models.Task) {
		t.Reminders = 1
		t.DueAt, t.GraceUntil = monday.AddDate(0, 0, 20), monday.AddDate(0, 0, 30)
	})
	said := models.NewID()
	n.exec(`INSERT INTO submissions (id, process_id, decision_id, kind, task_id, actor_id, payload, args_salt, args_hash, received_at)
		VALUES (?, ?, 'decision-1', '', ?, ?, '{}', 's', 'h', ?)`, said, n.recommendation, review.ID, n.expert, monday)
	gathered := n.mail(models.MailDigest, n.expert, "en", nil)
	alone := n.mail(models.MailDigest, n.expert, "en", nil)
	alone.Data.Tasks = append(alone.Data.Tasks, review.ID)
	for _, m := range []models.OutboxMail{gathered, alone} {
		for _, kind := range []models.DecisionKind{models.DecideAnswerReview, models.DecideDeclineTask, models.DecideAskTime} {
			n.exec(`UPDATE submissions SET state = 'received', kind = ? WHERE id = ?`, kind, said)
			require.Equal(t, time.Minute, n.waits(m, monday), kind)
		}
		n.exec(`UPDATE submissions SET kind = ? WHERE id = ?`, models.DecideNudgeReview, said)
		require.Zero(t, n.waits(m, monday), "what an officer does about it is no answer")
		n.exec(`UPDATE submissions SET kind = ?, state = 'refused' WHERE id = ?`, models.DecideAnswerReview, said)
		require.Zero(t, n.waits(m, monday), "it is waited for again")
	}

	n.exec(`UPDATE submissions SET state = 'received' WHERE id = ?`, said)
	n.task(models.TaskTranslate, n.expert, func(t *models.Task) {
		t.Reminders = 1
		t.DueAt, t.GraceUntil = monday.AddDate(0, 0, 20), monday.AddDate(0, 0, 30)
	})
	letter, err := n.compose(gathered)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(letter.Text, baseURL+"/l/"), "the other task alone")
}

// TestTheOfficersDigestSaysWhichMailsReachedNobody once, and by it alone no digest goes out.
func TestTheOfficersDigestSaysWhichMailsReachedNobody(t *testing.T) {
	n := newNetwork(t)
	later := func(t *models.Task) { t.DueAt, t.GraceUntil = monday.AddDate(0, 0, 20), monday.AddDate(0, 0, 30) }
	asked := n.task(models.TaskReview, n.expert, later)
	lost := models.OutboxMail{Kind: models.MailReviewInvitation, DedupeKey: "lost", PersonID: n.expert, TaskID: &asked.ID, CreatedAt: monday.Add(-time.Hour)}
	require.NoError(t, models.Enqueue(t.Context(), n.db, &lost))
	n.exec(`UPDATE outbox SET state = 'failed', reply = '550 5.1.1 user unknown', finished_at = ? WHERE id = ?`, monday.Add(-time.Minute), lost.ID)
	m := n.mail(models.MailDigest, n.officer, "en", nil)
	_, err := n.compose(m)
	require.ErrorAs(t, err, &mail.NotOwed{}, "nothing is asked of the officer")

	n.task(models.TaskDecideReview, n.officer, func(t *models.Task) { later(t); t.Reminders = 1 })
	letter, err := n.compose(m)
	require.NoError(t, err)
	require.Contains(t, letter.Text, "1 mail did not reach who was asked")
	require.Contains(t, letter.Text, baseURL+"/recommendations/"+n.recommendation.String())
	require.NotContains(t, letter.Text+letter.HTML, "Експерт", "names stand on the page alone")
	letter, err = n.compose(n.mail(models.MailDigest, n.coordinator, "en", nil))
	require.ErrorAs(t, err, &mail.NotOwed{})
	require.Nil(t, letter)

	went := models.OutboxMail{Kind: models.MailDigest, DedupeKey: "went", PersonID: n.officer, CreatedAt: monday.Add(-48 * time.Hour)}
	require.NoError(t, models.Enqueue(t.Context(), n.db, &went))
	n.exec(`UPDATE outbox SET state = 'delivered', finished_at = ? WHERE id = ?`, monday.Add(-24*time.Hour), went.ID)
	letter, err = n.compose(m)
	require.NoError(t, err)
	require.Contains(t, letter.Text, "1 mail did not reach who was asked", "it was not known then")
	n.exec(`UPDATE outbox SET finished_at = ? WHERE id = ?`, monday.Add(-2*time.Minute), lost.ID)
	n.exec(`UPDATE outbox SET created_at = ?, finished_at = ? WHERE id = ?`, monday.Add(-24*time.Hour), monday.Add(-time.Minute), went.ID)
	letter, err = n.composer().Compose(t.Context(), m, monday.Add(46*time.Hour))
	require.NoError(t, err)
	require.NotContains(t, letter.Text, "did not reach")
}
