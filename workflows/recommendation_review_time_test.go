package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// The office begins on Monday 1 June 2026: an expert asked then answers whether they will by Monday the 8th and delivers by
// Monday the 22nd, under the network's procedure.

func (o *office) day(after time.Duration) *models.Day {
	d := models.Day(begin.Add(after).Truncate(24 * time.Hour))
	return &d
}

func TestReviewLadderCountsTheTwoQuestionsApart(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	o.at(3*day+20*time.Hour, func() { require.Zero(t, o.taskOf(models.TaskReview, o.experts[0]).RespondReminders) })
	o.at(4*day+3*time.Hour, func() {
		asked := o.taskOf(models.TaskReview, o.experts[0])
		require.Equal(t, 1, asked.RespondReminders, "on the fourth day, of saying whether they will")
		require.Zero(t, asked.Reminders)
		require.Nil(t, asked.RemindAt, "and no more of that")
		o.tell(models.DecideAcceptTask, o.experts[0], &asked.ID, models.NoPayload{})
	})
	o.at(5*day, func() {
		accepted := o.taskOf(models.TaskReview, o.experts[0])
		require.Equal(t, models.ReminderBefore, accepted.RemindStep)
		require.Equal(t, "2026-06-15 09", accepted.RemindAt.In(zoneIn(t, o, o.experts[0])).Format("2006-01-02 15"), "seven days before")
	})
	o.at(8*day, func() {
		require.Equal(t, models.TaskExpired, o.taskOf(models.TaskReview, o.experts[1]).State, "who never said is silent after seven days")
	})
	o.at(20*day, func() {
		late := o.taskOf(models.TaskReview, o.experts[0])
		require.Equal(t, 2, late.Reminders)
		require.Equal(t, 1, late.RespondReminders)
		require.Equal(t, models.ReminderLate, late.RemindStep)
	})
	cutOff(t, o.run(21*day))
}

func zoneIn(t *testing.T, o *office, p models.Person) *time.Location {
	zone, err := models.ZoneOf(o.ctx, o.db, p.CountryCode)
	require.NoError(t, err)
	return zone
}

func TestReviewLateIsRemindedOnceThenTheOfficerIsTold(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.LateFor = "20d" })
	o.startReview(0, o.experts[:1], nil)
	o.at(time.Hour, func() {
		o.tell(models.DecideAcceptTask, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, models.NoPayload{})
	})
	o.at(24*day, func() {
		require.Equal(t, 3, o.taskOf(models.TaskReview, o.experts[0]).Reminders, "twice before and once after")
		require.Empty(t, o.openTasks(models.TaskEscalation))
	})
	o.at(29*day, func() {
		late := o.taskOf(models.TaskReview, o.experts[0])
		require.Equal(t, 3, late.Reminders, "no more")
		require.Equal(t, 1, late.Told)
		require.Equal(t, o.officer.ID, *o.the(models.TaskEscalation).PersonID, "the officer, not the coordinators")
	})
	o.answer(30*day, o.experts[0])
	cutOff(t, o.run(31*day))
	require.Empty(t, o.openTasks(models.TaskEscalation), "an answer ends it")
	require.Equal(t, 1, o.entries("review.officer_told"))
}

func TestReviewNobodyIsRemindedAfterTheAnswer(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	o.answer(3*day, o.experts[0])
	cutOff(t, o.run(6*day))
	answered := o.taskOf(models.TaskReview, o.experts[0])
	require.Zero(t, answered.Reminders+answered.RespondReminders)
	require.Zero(t, o.mailsTo(models.MailDigest, o.experts[0].ID))
	require.Equal(t, 1, o.mailsTo(models.MailDigest, o.experts[1].ID))
}

func TestReviewNobodyIsRemindedOnAPublicHolidayOrAtNight(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.RespondRemind = []models.Span{"80h"} }) // Thursday, in the afternoon
	expert := o.experts[0]
	o.exec("INSERT INTO country_holidays (country_code, day, names) VALUES (?, '2026-06-04', '{\"en\": \"A feast\"}') ON CONFLICT DO NOTHING", expert.CountryCode)
	o.startReview(0, o.experts[:1], nil)
	o.at(time.Hour, func() {
		at := o.taskOf(models.TaskReview, expert).RemindAt.In(zoneIn(t, o, expert))
		require.Equal(t, "2026-06-05 09:00", at.Format("2006-01-02 15:04"), "the morning after the feast")
	})
	cutOff(t, o.run(6*day))
	var sent []time.Time
	require.NoError(t, o.db.NewSelect().Model((*models.OutboxMail)(nil)).Column("not_before").Where("kind = ? AND person_id = ?", models.MailDigest, expert.ID).Scan(o.ctx, &sent))
	require.Len(t, sent, 1)
	require.Equal(t, "2026-06-05", sent[0].In(zoneIn(t, o, expert)).Format(time.DateOnly))
}

func TestReviewAWeekWithoutWorkerIsCaughtUpOnce(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	o.at(time.Hour, func() {
		o.tell(models.DecideAcceptTask, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, models.NoPayload{})
	})
	cutOff(t, o.run(2*day))
	o.clock = begin.Add(20*day + 5*time.Hour) // both reminders of the deadline, and that of saying whether, fell into the gap
	cutOff(t, o.run(21*day))
	require.Equal(t, 1, o.taskOf(models.TaskReview, o.experts[0]).Reminders, "one for two that were missed")
	require.Equal(t, 1, o.mailsTo(models.MailDigest, o.experts[0].ID))
	silent := o.taskOf(models.TaskReview, o.experts[1])
	require.Equal(t, models.TaskOpen, silent.State, "nobody is silent by a reminder that could not be answered")
	require.True(t, silent.RespondBy.After(begin.Add(22*day)))
}

func TestReviewTimeIsGivenAtOnceWithinTheLimitAndElseAsked(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	expert := o.experts[0]
	var taken, beyond, past, other *said
	ask := func(who models.Person, until time.Duration) *said {
		return o.tell(models.DecideAskTime, who, &o.taskOf(models.TaskReview, expert).ID, models.AskTimePayload{DueOn: o.day(until), Reason: "Court is in session."})
	}
	o.at(time.Hour, func() {
		other = ask(o.experts[1], 30*day)
		past = ask(expert, 10*day)
		taken = ask(expert, 31*day)
	})
	o.at(2*time.Hour, func() {
		moved := o.taskOf(models.TaskReview, expert)
		require.Equal(t, "2026-07-02", moved.DueAt.In(zoneIn(t, o, expert)).Format(time.DateOnly))
		require.Equal(t, 1, moved.Extensions)
		require.Nil(t, moved.RespondBy, "who asks for time is not silent")
		require.Nil(t, moved.AcceptedAt, "and has not said that they will")
		require.Equal(t, "2026-06-25", moved.RemindAt.Format(time.DateOnly), "the ladder moved along")
		beyond = ask(expert, 60*day)
	})
	o.at(22*day, func() { require.Zero(t, o.taskOf(models.TaskReview, expert).Reminders) })
	o.at(23*day, func() {
		require.Equal(t, "2026-07-02", o.taskOf(models.TaskReview, expert).DueAt.In(zoneIn(t, o, expert)).Format(time.DateOnly), "asked, not given")
		o.tell(models.DecideExtendReview, o.officer, &o.taskOf(models.TaskReview, expert).ID, models.AskTimePayload{DueOn: o.day(60 * day)})
	})
	cutOff(t, o.run(40*day))
	o.recorded(taken)
	o.recorded(beyond)
	o.refused(apperr.CodeInvalid, past)
	require.Equal(t, models.SubmissionRefused, other.outcome.State)
	given := o.taskOf(models.TaskReview, expert)
	require.Equal(t, models.TaskOpen, given.State, "an extension closes nothing")
	require.Nil(t, given.AskedUntil)
	require.Equal(t, 2, o.mailsTo(models.MailRoundNews, o.officer.ID), "the officer learns of both")
	require.Equal(t, 1, o.mailsTo(models.MailMoreTime, expert.ID))
	require.Equal(t, 2, o.entries("review.extended"))
}

func TestReviewTimeCannotBeAskedWhenItIsOver(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1; d.Review.Grace = "1h" })
	o.startReview(0, o.experts[:1], nil)
	o.answer(time.Hour, o.experts[0])
	var answered, twice *said
	o.at(90*time.Minute, func() {
		answered = o.tell(models.DecideAskTime, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, models.AskTimePayload{DueOn: o.day(25 * day)})
		twice = o.tell(models.DecideNudgeReview, o.officer, &o.taskOf(models.TaskReview, o.experts[0]).ID, models.NoPayload{})
	})
	cutOff(t, o.run(3*time.Hour))
	o.refused(apperr.CodeClosed, answered)
	o.refused(apperr.CodeClosed, twice)
}

func TestReviewExtendAllMovesWhoHasNotAnswered(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:3], nil)
	o.answer(time.Hour, o.experts[0])
	var all, again, stranger *said
	o.at(2*time.Hour, func() {
		stranger = o.tell(models.DecideExtendReview, o.other, nil, models.AskTimePayload{DueOn: o.day(40 * day)})
		all = o.tell(models.DecideExtendReview, o.officer, nil, models.AskTimePayload{DueOn: o.day(30 * day)})
	})
	o.at(150*time.Minute, func() {
		again = o.tell(models.DecideExtendReview, o.officer, nil, models.AskTimePayload{DueOn: o.day(30 * day)})
	})
	cutOff(t, o.run(3*time.Hour))
	o.recorded(all)
	o.refused(apperr.CodeInvalid, again)
	require.Equal(t, models.SubmissionRefused, stranger.outcome.State)
	require.Zero(t, o.taskOf(models.TaskReview, o.experts[0]).Extensions)
	for _, e := range o.experts[1:3] {
		require.Equal(t, 1, o.taskOf(models.TaskReview, e).Extensions)
	}
	round, err := models.RoundByNumber(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	require.True(t, round.DueAt.After(begin.Add(30*day)), "the round lasts as long as its last task")
}

func TestReviewMoreTimeIsMoreTimeToSayWhether(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	o.at(day, func() {
		o.tell(models.DecideExtendReview, o.officer, nil, models.AskTimePayload{DueOn: o.day(40 * day)})
	})
	o.at(day+time.Hour, func() {
		moved := o.taskOf(models.TaskReview, o.experts[0])
		zone := zoneIn(t, o, o.experts[0])
		require.Equal(t, "2026-07-11", moved.DueAt.In(zone).Format(time.DateOnly))
		require.Equal(t, "2026-06-29 23:59:59", moved.RespondBy.In(zone).Format(time.DateTime), "19 days later than the 8th, and past a weekend")
		require.Equal(t, models.ReminderRespond, moved.RemindStep)
		require.True(t, moved.RemindAt.After(begin.Add(20*day)), "the reminder moved along")
	})
	o.at(27*day, func() {
		require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[0]).State, "nobody is silent who was given time")
	})
	cutOff(t, o.run(30*day))
	require.Equal(t, models.TaskExpired, o.taskOf(models.TaskReview, o.experts[0]).State, "who says nothing is silent in the end")
	require.Equal(t, 1, o.taskOf(models.TaskReview, o.experts[0]).RespondReminders)
}

func TestReviewWhoAskedForTimeIsNotRemindedBeforeTheOfficerAnswers(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	expert := o.experts[0]
	o.at(time.Hour, func() {
		o.tell(models.DecideAskTime, expert, &o.taskOf(models.TaskReview, expert).ID, models.AskTimePayload{DueOn: o.day(80 * day)})
	})
	o.at(16*day, func() { // one was due on the 15th
		require.Zero(t, o.mailsTo(models.MailDigest, expert.ID))
		require.NotEqual(t, models.ReminderBefore, o.taskOf(models.TaskReview, expert).RemindStep)
		o.tell(models.DecideRefuseTime, o.officer, &o.taskOf(models.TaskReview, expert).ID, models.RefuseTimePayload{Reason: "The law is read in June."})
	})
	o.at(16*day+time.Hour, func() {
		require.Equal(t, models.ReminderBefore, o.taskOf(models.TaskReview, expert).RemindStep, "the ladder goes on")
	})
	cutOff(t, o.run(21*day))
	require.Equal(t, 1, o.mailsTo(models.MailDigest, expert.ID))
}

func TestReviewNudgeIsOnceADay(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	var first, second, nextDay *said
	nudge := func() *said {
		return o.tell(models.DecideNudgeReview, o.officer, &o.taskOf(models.TaskReview, o.experts[0]).ID, models.NoPayload{})
	}
	o.at(time.Hour, func() { first = nudge() })
	o.at(2*time.Hour, func() { second = nudge() })
	o.at(30*time.Hour, func() { nextDay = nudge() })
	cutOff(t, o.run(40*time.Hour))
	o.recorded(first)
	o.refused(apperr.CodeWrongStage, second)
	o.recorded(nextDay)
	require.Equal(t, 2, o.taskOf(models.TaskReview, o.experts[0]).RespondReminders)
}

func TestReviewInvitationWithdrawnBringsInTheNext(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	var done, late *said
	o.at(time.Hour, func() {
		done = o.tell(models.DecideWithdrawInvitation, o.officer, &o.taskOf(models.TaskReview, o.experts[0]).ID, models.WithdrawInvitationPayload{Replace: true})
	})
	o.at(90*time.Minute, func() {
		late = o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review())
	})
	cutOff(t, o.run(2*time.Hour))
	o.recorded(done)
	o.refused(apperr.CodeClosed, late)
	require.Equal(t, models.TaskCancelled, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, o.experts[0].ID))
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State)
}

func TestReviewEnoughAsksTheOfficerWhereTheProcedureSaysSo(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.WhenEnough = 1, models.EnoughAsks })
	o.startReview(0, o.experts[:2], nil)
	var early, closed, again *said
	o.at(time.Minute, func() { early = o.tell(models.DecideCloseReview, o.officer, nil, models.NoPayload{}) })
	o.answer(time.Hour, o.experts[0])
	o.at(5*day, func() {
		require.Equal(t, 1, o.mailsTo(models.MailRoundNews, o.officer.ID))
		require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State, "it goes on")
		closed = o.tell(models.DecideCloseReview, o.officer, nil, models.NoPayload{})
	})
	o.at(5*day+time.Hour, func() { again = o.tell(models.DecideCloseReview, o.officer, nil, models.NoPayload{}) })
	cutOff(t, o.run(8*day))
	o.refused(apperr.CodeWrongStage, early)
	o.recorded(closed)
	o.refused(apperr.CodeClosed, again)
	require.Equal(t, models.TaskOpen, o.the(models.TaskDecideReview).State)
	require.Equal(t, 1, o.entries("review.enough"))
}

func TestReviewEnoughGoesOnFromTheRowsAfterBeingCutOff(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.WhenEnough = 1, models.EnoughAsks })
	o.startReview(0, o.experts[:2], nil)
	o.answer(time.Hour, o.experts[0])
	cutOff(t, o.run(2*time.Hour))
	cutOff(t, o.run(2*day))
	require.Equal(t, 1, o.mailsTo(models.MailRoundNews, o.officer.ID), "nobody is asked twice")
}
