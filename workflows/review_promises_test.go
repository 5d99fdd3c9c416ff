package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// until is until when somebody is told that their answer is awaited.
func (o *office) until(task *models.Task) time.Time {
	o.t.Helper()
	told, err := models.MailTasks(o.ctx, o.db, *task.PersonID, []uuid.UUID{task.ID})
	require.NoError(o.t, err)
	require.Len(o.t, told, 1)
	return told[0].DueAt
}

// gives has the officer give time: to one expert, or (zero) to all.
func (o *office) gives(who models.Person, until time.Duration) *said {
	o.t.Helper()
	p := models.AskTimePayload{DueOn: o.day(until)}
	if who.Name == "" {
		return o.tell(models.DecideExtendReview, o.officer, nil, p)
	}
	return o.tell(models.DecideExtendReview, o.officer, &o.taskOf(models.TaskReview, who).ID, p)
}

func enoughIsOne(d *models.ProcedureDocument) { d.Review.Enough = 1 }

func TestReviewWhileItClosesNoDayIsToldThatIsNotKept(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { enoughIsOne(d); d.Review.Grace = "9d" })
	o.startReview(0, o.experts[:2], nil)
	o.answer(time.Hour, o.experts[0])
	var asked *said
	o.at(2*time.Hour, func() {
		task := o.taskOf(models.TaskReview, o.experts[1])
		require.True(t, o.closing().Before(task.DueAt))
		require.WithinDuration(t, *o.closing(), o.until(task), 0, "mails, card, calendar and desk say when it closes")
		waiting, err := models.Awaited(o.ctx, o.db, models.Viewer{PersonID: o.experts[1].ID}, o.rec, begin)
		require.NoError(t, err)
		for _, w := range waiting {
			if w.TaskID == task.ID {
				require.WithinDuration(t, *o.closing(), w.DueAt, 0)
			}
		}
		require.Equal(t, 1, task.Extensions, "calendars learn of it")
		asked = o.tell(models.DecideAskTime, o.experts[1], &task.ID, models.AskTimePayload{DueOn: o.day(25 * day)})
	})
	var answer *said
	o.at(8*day, func() { // to say whether was due on the 7th day: until the round closes an answer is taken, as was said
		require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State)
		answer = o.tell(models.DecideAnswerReview, o.experts[1], &o.taskOf(models.TaskReview, o.experts[1]).ID, o.review())
	})
	cutOff(t, o.run(9*day))
	o.refused(apperr.CodeInvalid, asked)
	require.Equal(t, "error.field.round_closing", asked.outcome.Fields[0].Key)
	o.recorded(answer)
}

func TestReviewTimeGivenWhileItClosesCallsTheClosingOff(t *testing.T) {
	o := newOffice(t, enoughIsOne)
	o.startReview(0, o.experts[:3], nil)
	o.answer(time.Hour, o.experts[0])
	var given *said
	o.at(90*time.Minute, func() {
		o.tell(models.DecideAcceptTask, o.experts[1], &o.taskOf(models.TaskReview, o.experts[1]).ID, models.NoPayload{})
	})
	o.at(2*time.Hour, func() { given = o.gives(o.experts[1], 40*day) })
	o.at(3*time.Hour, func() {
		require.Nil(t, o.closing(), "it goes on")
		require.Equal(t, 1, o.mailsTo(models.MailMoreTime, o.experts[1].ID))
		require.Zero(t, o.mailsTo(models.MailRoundGoesOn, o.experts[1].ID), "one mail tells them until when they have")
		require.Equal(t, 1, o.mailsTo(models.MailRoundGoesOn, o.experts[2].ID))
		require.WithinDuration(t, o.taskOf(models.TaskReview, o.experts[2]).DueAt, o.until(o.taskOf(models.TaskReview, o.experts[2])), 0)
	})
	o.at(35*day, func() {
		require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State, "what was given is kept")
		o.tell(models.DecideAnswerReview, o.experts[1], &o.taskOf(models.TaskReview, o.experts[1]).ID, o.review())
	})
	cutOff(t, o.run(40*day))
	o.recorded(given)
	require.NotNil(t, o.round(1).ClosedAt, "with that answer it closes by itself")
	require.Zero(t, o.mailsTo(models.MailRoundNews, o.officer.ID), "who gave the time knows that enough have answered")
}

func TestReviewTimeThatWasGivenIsNotOvertakenByEnough(t *testing.T) {
	o := newOffice(t, enoughIsOne)
	o.startReview(0, o.experts[:2], nil)
	o.at(time.Hour, func() {
		o.tell(models.DecideAcceptTask, o.experts[1], &o.taskOf(models.TaskReview, o.experts[1]).ID, models.NoPayload{})
		o.gives(o.experts[1], 40*day)
	})
	o.answer(2*time.Hour, o.experts[0])
	o.at(30*day, func() {
		require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State)
		require.Nil(t, o.closing())
		require.Equal(t, 1, o.mailsTo(models.MailRoundNews, o.officer.ID), "the officer is asked, once")
	})
	o.at(42*day, func() { require.NotNil(t, o.closing(), "when that time is over, enough is enough") })
	cutOff(t, o.run(50*day))
	require.NotNil(t, o.round(1).ClosedAt)
}

func TestReviewWhoGaveTimeCanCloseAllTheSame(t *testing.T) {
	o := newOffice(t, enoughIsOne)
	o.startReview(0, o.experts[:2], nil)
	o.at(time.Hour, func() { o.gives(models.Person{}, 40*day) })
	o.answer(2*time.Hour, o.experts[0])
	var closed *said
	o.at(3*time.Hour, func() {
		require.Nil(t, o.closing())
		closed = o.tell(models.DecideCloseReview, o.officer, nil, models.NoPayload{})
	})
	cutOff(t, o.run(5*day))
	o.recorded(closed)
	require.NotNil(t, o.round(1).ClosedAt)
}

// Time that an expert took by themselves is a deadline as any other.
func TestReviewTimeTakenIsOvertakenByEnough(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { enoughIsOne(d); d.Review.ExtendUpTo = "14d" })
	o.startReview(0, o.experts[:2], nil)
	o.at(time.Hour, func() {
		o.tell(models.DecideAskTime, o.experts[1], &o.taskOf(models.TaskReview, o.experts[1]).ID, models.AskTimePayload{DueOn: o.day(25 * day)})
	})
	o.answer(2*time.Hour, o.experts[0])
	cutOff(t, o.run(3*time.Hour))
	require.NotNil(t, o.closing())
}

func TestReviewHoldWhileItClosesTellsAnew(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { enoughIsOne(d); d.Review.Grace = "3d" })
	o.startReview(0, o.experts[:2], nil)
	o.answer(time.Hour, o.experts[0])
	var before time.Time
	o.at(2*time.Hour, func() {
		before = *o.closing()
		o.tell(models.DecideHold, o.officer, nil, models.ReasonPayload{Reason: "Elections."})
	})
	o.at(5*day, func() { o.tell(models.DecideResume, o.officer, nil, models.NoPayload{}) })
	o.at(5*day+time.Hour, func() {
		at := *o.closing()
		require.False(t, at.Before(before.Add(4*day)))
		sofia, err := time.LoadLocation("Europe/Sofia")
		require.NoError(t, err)
		require.Equal(t, "23:59:59", at.In(sofia).Format(time.TimeOnly), "the end of a day still")
		require.Zero(t, o.mailsTo(models.MailMoreTime, o.experts[1].ID), "that day is not kept")
		require.Equal(t, 2, o.mailsTo(models.MailRoundClosing, o.experts[1].ID), "told anew when it closes")
		require.WithinDuration(t, at, o.until(o.taskOf(models.TaskReview, o.experts[1])), 0)
	})
	cutOff(t, o.run(6*day))
	require.Nil(t, o.round(1).ClosedAt)
}

func TestReviewNobodyTakesTimeBeyondTheDayTheTextIsNeeded(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.ExtendUpTo = "14d" })
	o.exec("UPDATE recommendations SET needed_by = ? WHERE id = ?", "2026-06-26", o.rec.ID) // a Friday: the officer decides in the five days before
	o.startReview(0, o.experts[:2], nil)
	expert := o.experts[0]
	ask := func(until time.Duration) *said {
		return o.tell(models.DecideAskTime, expert, &o.taskOf(models.TaskReview, expert).ID, models.AskTimePayload{DueOn: o.day(until)})
	}
	var beyond *said
	o.at(time.Hour, func() {
		require.Equal(t, "2026-06-19", o.taskOf(models.TaskReview, expert).DueAt.In(zoneIn(t, o, expert)).Format(time.DateOnly))
		beyond = ask(21 * day)
	})
	o.at(2*time.Hour, func() {
		asked := o.taskOf(models.TaskReview, expert)
		require.NotNil(t, asked.AskedUntil, "the officer decides")
		require.NotNil(t, asked.ShortFor)
		o.gives(expert, 21*day)
		o.gives(o.experts[1], 26*day)
	})
	cutOff(t, o.run(3*time.Hour))
	o.recorded(beyond)
	require.NotNil(t, o.taskOf(models.TaskReview, expert).ShortFor, "it is before that day still")
	require.Nil(t, o.taskOf(models.TaskReview, o.experts[1]).ShortFor, "that no longer holds")
}

func TestReviewWhoWaitsForTimeIsRemindedByNobody(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	var nudged *said
	o.at(time.Hour, func() {
		o.tell(models.DecideAskTime, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, models.AskTimePayload{DueOn: o.day(80 * day)})
	})
	o.at(2*time.Hour, func() {
		nudged = o.tell(models.DecideNudgeReview, o.officer, &o.taskOf(models.TaskReview, o.experts[0]).ID, models.NoPayload{})
	})
	cutOff(t, o.run(3*time.Hour))
	o.refused(apperr.CodeWrongStage, nudged)
	require.Zero(t, o.mailsTo(models.MailDigest, o.experts[0].ID))
}
