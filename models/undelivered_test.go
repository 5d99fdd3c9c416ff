package models_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// told writes a mail that came to an end some hours after noon.
func (d *desk) told(t *testing.T, kind models.MailKind, person models.Person, task *models.Task, state models.MailState, reply string, hours int) uuid.UUID {
	t.Helper()
	m := &models.OutboxMail{Kind: kind, DedupeKey: uuid.NewString(), PersonID: person.ID, CreatedAt: noon, RecommendationID: &d.rec.ID}
	if task != nil {
		m.TaskID = &task.ID
	}
	require.NoError(t, models.Enqueue(t.Context(), d.db, m))
	execSQL(t, d.db, `UPDATE outbox SET state = ?, reply = ?, finished_at = ? WHERE id = ?`, state, reply, noon.Add(time.Duration(hours)*time.Hour), m.ID)
	return m.ID
}

func (d *desk) returned(t *testing.T, mail uuid.UUID, to models.Person, class models.BounceClass, status string, hours int) {
	t.Helper()
	r := models.ReturnedMail{MailID: mail, Email: to.Email, Digest: uuid.NewString(), Kind: "delivery", Class: class, Status: status}
	require.NoError(t, d.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.NoteBounce(ctx, tx, r, noon.Add(time.Duration(hours)*time.Hour))
		return err
	}))
}

func (d *desk) lost(t *testing.T, by models.Person) map[uuid.UUID][]models.Undelivered {
	t.Helper()
	lost, err := models.UndeliveredOf(t.Context(), d.db, d.viewer(t, by), d.rec.ID)
	require.NoError(t, err)
	return lost
}

// TestWhyAMailReachedNobody in the words of servers there are.
func TestWhyAMailReachedNobody(t *testing.T) {
	d := newDesk(t)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 5)
	for i, c := range []struct {
		reply string
		why   models.UndeliveredWhy
	}{
		{"550 5.1.1 <x>: Recipient address rejected: User unknown", models.UndeliveredNobody},
		{"550 no such user here", models.UndeliveredNobody},
		{"550 5.1.1 mailbox full, over quota", models.UndeliveredFull},
		{"552 5.2.2 over the limit", models.UndeliveredFull},
		{"550 5.7.1 user unknown to our policy", models.UndeliveredRefused},
		{"554 no", models.UndeliveredRefused},
		{models.ReplyGivenUp + " 8 attempts: 451 later", models.UndeliveredFailed},
		{models.ReplyGivenUp + " 8 attempts: 452 4.2.2 mailbox full", models.UndeliveredFull},
	} {
		d.told(t, models.MailReviewInvitation, d.expert, task, models.MailFailed, c.reply, i+1)
		lost := d.lost(t, d.officer)[task.ID]
		require.Len(t, lost, 1, "the last mail counts")
		require.Equal(t, c.why, lost[0].Why, c.reply)
		require.Equal(t, noon.Add(time.Duration(i+1)*time.Hour), lost[0].At.UTC())
		require.Empty(t, lost[0].Stopped, "reminders still go")
	}
	d.told(t, models.MailNewLink, d.expert, task, models.MailDelivered, "250 ok", 20)
	require.Empty(t, d.lost(t, d.officer), "a later one arrived")
}

func TestAMailThatCameBackIsToldUntilAnotherArrives(t *testing.T) {
	d := newDesk(t)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 5)
	mail := d.told(t, models.MailReviewInvitation, d.expert, task, models.MailDelivered, "", 1)
	require.Empty(t, d.lost(t, d.officer))
	d.returned(t, mail, d.expert, models.BounceSoft, "5.2.2", 2)
	require.Equal(t, models.UndeliveredFull, d.lost(t, d.officer)[task.ID][0].Why)
	d.returned(t, mail, d.expert, models.BounceHard, "5.1.1", 3)
	d.told(t, models.MailRoundNews, d.officer, task, models.MailDelivered, "", 4) // of the same question, to somebody else
	lost := d.lost(t, d.officer)[task.ID]
	require.Len(t, lost, 1)
	require.Equal(t, models.UndeliveredNobody, lost[0].Why)
	require.Equal(t, models.SuppressedHardBounce, lost[0].Stopped, "no reminder goes there")
	require.Equal(t, noon.Add(3*time.Hour), lost[0].At.UTC(), "when it was known")

	reminder := d.told(t, models.MailDigest, d.expert, nil, models.MailCancelled, models.ReplySuppressed, 30)
	execSQL(t, d.db, `UPDATE outbox SET data = jsonb_build_object('tasks', jsonb_build_array(?)) WHERE id = ?`, task.ID.String(), reminder)
	require.Equal(t, models.UndeliveredUnsent, d.lost(t, d.officer)[task.ID][0].Why, "the reminder was not sent at all")

	execSQL(t, d.db, `UPDATE people SET email = 'right@expert.example' WHERE id = ?`, d.expert.ID)
	require.Empty(t, d.lost(t, d.officer)[task.ID][0].Stopped, "the address is another one now")
	d.told(t, models.MailNewLink, d.expert, task, models.MailDelivered, "", 40)
	require.Empty(t, d.lost(t, d.officer))
}

// TestADigestThatWasNotAboutAQuestionSaysNothingOfIt, nor does one of before.
func TestADigestThatWasNotAboutAQuestionSaysNothingOfIt(t *testing.T) {
	d := newDesk(t)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 5)
	d.told(t, models.MailReviewInvitation, d.expert, task, models.MailFailed, "550 5.1.1 user unknown", 2)
	other := d.told(t, models.MailDigest, d.expert, nil, models.MailDelivered, "", 3)
	require.NotEmpty(t, d.lost(t, d.officer), "nobody was reminded of this question")
	execSQL(t, d.db, `UPDATE tasks SET reminders = 1 WHERE id = ?`, task.ID)
	require.Empty(t, d.lost(t, d.officer), "it was reminded of in the mail of that day")
	execSQL(t, d.db, `UPDATE outbox SET finished_at = ? WHERE id = ?`, noon.Add(-time.Hour), other)
	require.NotEmpty(t, d.lost(t, d.officer), "that was before it was asked")
}

// TestWhoIsToldThatAMailReachedNobody: who may know who is asked, and nobody of what is answered or hidden.
func TestWhoIsToldThatAMailReachedNobody(t *testing.T) {
	d := newDesk(t)
	review := d.ask(t, models.TaskReview, &d.expert, nil, 5)
	consult := d.ask(t, models.TaskConsult, nil, &d.lead, 5)
	d.told(t, models.MailReviewInvitation, d.expert, review, models.MailFailed, "550 5.1.1 user unknown", 1)
	d.told(t, models.MailConsultInvitation, d.partner, consult, models.MailFailed, "550 5.1.1 user unknown", 1)
	d.told(t, models.MailConsultInvitation, d.stranger, consult, models.MailFailed, "550 5.1.1 user unknown", 1) // speaks for it no more
	for _, c := range []struct {
		who             models.Person
		review, consult int
	}{{d.officer, 1, 1}, {d.coordinator, 1, 1}, {d.expert, 1, 0}, {d.partner, 0, 1}, {d.sister, 0, 1}, {d.stranger, 0, 1}} {
		lost := d.lost(t, c.who)
		want := c.consult
		if c.who.ID == d.stranger.ID {
			want = 0 // whose mail it was, and does not speak for it
		}
		require.Len(t, lost[review.ID], c.review, c.who.Name)
		require.Len(t, lost[consult.ID], want, c.who.Name)
		counts, err := models.UndeliveredCounts(t.Context(), d.db, d.viewer(t, c.who), []uuid.UUID{d.rec.ID})
		require.NoError(t, err)
		require.Equal(t, c.review+want, counts[d.rec.ID], c.who.Name)
		items, err := models.Awaited(t.Context(), d.db, d.viewer(t, c.who), d.rec, noon)
		require.NoError(t, err)
		for _, item := range items {
			require.Len(t, item.Undelivered, map[uuid.UUID]int{review.ID: c.review, consult.ID: want}[item.TaskID], c.who.Name)
			require.False(t, item.Hidden && len(item.Undelivered) > 0, "nobody is given away")
		}
	}
	lost, err := models.UndeliveredOf(t.Context(), d.db, models.Viewer{}, d.rec.ID)
	require.NoError(t, err)
	require.Empty(t, lost, "the public")
	link := d.viewer(t, d.coordinator)
	link.LinkTask = consult.ID
	lost, err = models.UndeliveredOf(t.Context(), d.db, link, d.rec.ID)
	require.NoError(t, err)
	require.Empty(t, lost, "who came by a personal link")

	texts, err := models.UndeliveredTexts(t.Context(), d.db, d.viewer(t, d.officer))
	require.NoError(t, err)
	require.Equal(t, []models.UndeliveredText{{RecommendationID: d.rec.ID, Title: "A text", Language: "en", Round: 1, Mails: 2, Since: texts[0].Since}}, texts)
	desk, err := models.DeskOf(t.Context(), d.db, d.viewer(t, d.officer))
	require.NoError(t, err)
	require.Equal(t, 1, desk.Lost)
	desk, err = models.DeskOf(t.Context(), d.db, d.viewer(t, d.coordinator))
	require.NoError(t, err)
	require.Zero(t, desk.Lost, "it is on the desk of who is in charge")

	review.Close(models.TaskDone, noon)
	require.NoError(t, review.Save(t.Context(), d.db))
	require.Empty(t, d.lost(t, d.officer)[review.ID], "nobody waits for it any more")
	execSQL(t, d.db, `UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, d.rec.ID)
	require.Empty(t, d.lost(t, d.officer), "the text is hidden")
}

// TestTheDaysMailSaysItOnce: what was known since the last one went out.
func TestTheDaysMailSaysItOnce(t *testing.T) {
	d := newDesk(t)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 5)
	since := func() int {
		texts, err := models.UndeliveredSince(t.Context(), d.db, d.viewer(t, d.officer))
		require.NoError(t, err)
		return len(texts)
	}
	require.Zero(t, since())
	d.told(t, models.MailReviewInvitation, d.expert, task, models.MailFailed, "550 5.1.1 user unknown", 2)
	require.Equal(t, 1, since())
	d.told(t, models.MailDigest, d.officer, nil, models.MailFailed, "550 no", 3)
	require.Equal(t, 1, since(), "that one did not arrive")
	d.told(t, models.MailDigest, d.officer, nil, models.MailDelivered, "", 4)
	require.Zero(t, since())
	d.told(t, models.MailNewLink, d.expert, task, models.MailFailed, "550 5.1.1 user unknown", 5)
	require.Equal(t, 1, since(), "another mail, another day")
}
