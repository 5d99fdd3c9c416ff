package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func (o *office) asksTime(who models.Person, until time.Duration) *said {
	return o.tell(models.DecideAskTime, who, &o.taskOf(models.TaskReview, who).ID, models.AskTimePayload{DueOn: o.day(until), Reason: "Court is in session."})
}

// takesTimeBack has somebody take back an expert's time.
func (o *office) takesTimeBack(whose, by models.Person, change ...func(*models.Submission)) *said {
	return o.tell(models.DecideTakeTimeBack, by, &o.taskOf(models.TaskReview, whose).ID, models.NoPayload{}, change...)
}

func TestReviewTimeAskedIsTakenBackUntilTheOfficerAnswers(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	expert := o.experts[0]
	var due time.Time
	var never, stranger, officer, back, same, twice, late *said
	o.at(time.Hour, func() {
		due = o.taskOf(models.TaskReview, expert).DueAt
		never = o.takesTimeBack(expert, expert)
	})
	o.at(70*time.Minute, func() { o.asksTime(expert, 60*day) })
	o.at(80*time.Minute, func() {
		stranger, officer = o.takesTimeBack(expert, o.experts[1]), o.takesTimeBack(expert, o.officer)
	})
	o.at(2*time.Hour, func() {
		require.NotNil(t, o.taskOf(models.TaskReview, expert).AskedUntil)
		back = o.takesTimeBack(expert, expert, decisionID("the-same-form"))
	})
	o.at(3*time.Hour, func() {
		task := o.taskOf(models.TaskReview, expert)
		require.Nil(t, task.AskedUntil)
		require.NotNil(t, task.TimeTakenBackAt)
		require.WithinDuration(t, due, task.DueAt, 0)
		require.Equal(t, models.ReminderBefore, task.RemindStep, "reminded as if nobody had asked")
		twice = o.takesTimeBack(expert, expert)
	})
	o.at(200*time.Minute, func() { o.asksTime(expert, 70*day) })
	o.at(4*time.Hour, func() {
		require.Nil(t, o.taskOf(models.TaskReview, expert).TimeTakenBackAt)
		same = o.takesTimeBack(expert, expert, decisionID("the-same-form"))
	})
	o.at(5*time.Hour, func() {
		require.NotNil(t, o.taskOf(models.TaskReview, expert).AskedUntil, "the form sent again takes back no other request")
		o.tell(models.DecideRefuseTime, o.officer, &o.taskOf(models.TaskReview, expert).ID, models.RefuseTimePayload{Reason: "The law is read in June."})
	})
	o.at(6*time.Hour, func() { late = o.takesTimeBack(expert, expert) })
	cutOff(t, o.run(7*time.Hour))
	for _, s := range []*said{never, twice, late} {
		o.refused(apperr.CodeWrongStage, s)
	}
	o.refused(apperr.CodeNotFound, stranger)
	o.refused(apperr.CodeForbidden, officer)
	o.recorded(back)
	o.recorded(same)
	require.Equal(t, "The law is read in June.", o.taskOf(models.TaskReview, expert).TimeRefused)
	require.Equal(t, 1, o.entries("review.time_taken_back"))
	require.Equal(t, 3, o.mailsTo(models.MailRoundNews, o.officer.ID), "asked, taken back, asked once more")
}

func TestReviewTimeTakenIsGivenBack(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	expert := o.experts[0]
	var before *models.Task
	var first, second, twice *said
	o.at(time.Hour, func() {
		before = o.taskOf(models.TaskReview, expert)
		o.asksTime(expert, 26*day)
	})
	o.at(2*time.Hour, func() { o.asksTime(expert, 31*day) })
	o.at(3*time.Hour, func() { o.asksTime(expert, 80*day) })
	o.at(4*time.Hour, func() { first = o.takesTimeBack(expert, expert) })
	o.at(5*time.Hour, func() {
		require.Nil(t, o.taskOf(models.TaskReview, expert).AskedUntil, "what was asked for last goes first")
		require.True(t, o.taskOf(models.TaskReview, expert).DueAt.After(before.DueAt))
		second = o.takesTimeBack(expert, expert)
	})
	o.at(6*time.Hour, func() {
		task := o.taskOf(models.TaskReview, expert)
		require.WithinDuration(t, before.DueAt, task.DueAt, 0)
		require.WithinDuration(t, before.GraceUntil, task.GraceUntil, 0)
		require.Nil(t, task.FirstDue)
		require.Equal(t, 3, task.Extensions, "calendars are told each time")
		require.Nil(t, task.RespondBy, "they are not silent")
		require.WithinDuration(t, o.taskOf(models.TaskReview, o.experts[1]).DueAt, o.round(1).DueAt, 0, "the round is as long as before")
		twice = o.takesTimeBack(expert, expert)
	})
	cutOff(t, o.run(22*day))
	o.recorded(first)
	o.recorded(second)
	o.refused(apperr.CodeWrongStage, twice)
	require.Equal(t, 1, o.entries("review.time_given_back"))
	require.Equal(t, 1, o.entries("review.time_taken_back"))
	require.NotZero(t, o.taskOf(models.TaskReview, expert).Reminders, "reminded of the deadline that holds")
}

func TestReviewTimeIsNotGivenBackWhereItIsTheOfficersOrOver(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	moved, over := o.experts[0], o.experts[1]
	var officers, late *said
	o.at(time.Hour, func() {
		o.asksTime(moved, 26*day)
		o.asksTime(over, 31*day)
	})
	o.at(2*time.Hour, func() {
		o.tell(models.DecideExtendReview, o.officer, &o.taskOf(models.TaskReview, moved).ID, models.AskTimePayload{DueOn: o.day(40 * day)})
	})
	o.at(3*time.Hour, func() { officers = o.takesTimeBack(moved, moved) })
	o.at(23*day, func() { late = o.takesTimeBack(over, over) })
	cutOff(t, o.run(24*day))
	o.refused(apperr.CodeWrongStage, officers)
	o.refused(apperr.CodeWrongStage, late)
	require.Zero(t, o.entries("review.time_given_back"))
}
