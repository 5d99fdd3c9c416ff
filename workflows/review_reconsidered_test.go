package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// declines has an expert decline the review they were asked for.
func (o *office) declines(at time.Duration, expert models.Person) {
	o.at(at, func() {
		o.tell(models.DecideDeclineTask, expert, &o.taskOf(models.TaskReview, expert).ID, models.DeclinePayload{Reason: "On leave."})
	})
}

// reconsiders has an expert say after all that they will review.
func (o *office) reconsiders(at time.Duration, expert models.Person, by models.Person, said **said) {
	o.at(at, func() {
		*said = o.tell(models.DecideAcceptTask, by, &o.taskOf(models.TaskReview, expert).ID, models.NoPayload{})
	})
}

func TestReviewDeclinedCanBeReconsidered(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.declines(time.Hour, o.experts[0])
	var back, again, answer *said
	o.reconsiders(2*time.Hour, o.experts[0], o.experts[0], &back)
	o.reconsiders(3*time.Hour, o.experts[0], o.experts[0], &again)
	o.at(4*time.Hour, func() {
		answer = o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review())
	})
	cutOff(t, o.run(5*time.Hour))
	require.Equal(t, models.SubmissionRecorded, back.outcome.State)
	require.Equal(t, models.SubmissionRecorded, again.outcome.State, "said twice it is said")
	require.Equal(t, models.SubmissionRecorded, answer.outcome.State)
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.Equal(t, 1, o.entries("task.reconsidered"))
	require.NotEqual(t, models.TaskDeclined, o.taskOf(models.TaskReview, o.experts[1]).State, "who was invited meanwhile stays invited")
}

func TestReviewReconsideredNeedsNobodyElse(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	o.declines(time.Hour, o.experts[0])
	var back *said
	o.at(90*time.Minute, func() { require.Len(t, o.openTasks(models.TaskChooseReviewer), 1) })
	o.reconsiders(2*time.Hour, o.experts[0], o.experts[0], &back)
	cutOff(t, o.run(3*time.Hour))
	require.Equal(t, models.SubmissionRecorded, back.outcome.State)
	require.Empty(t, o.openTasks(models.TaskChooseReviewer), "the officer is not asked any more who comes next")
}

func TestReviewIsReconsideredByItsExpertAlone(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	o.declines(time.Hour, o.experts[0])
	var other, officer *said
	o.reconsiders(2*time.Hour, o.experts[0], o.experts[1], &other)
	o.reconsiders(3*time.Hour, o.experts[0], o.officer, &officer)
	cutOff(t, o.run(4*time.Hour))
	require.Equal(t, models.SubmissionRefused, other.outcome.State)
	require.Equal(t, models.SubmissionRefused, officer.outcome.State)
	require.Equal(t, models.TaskDeclined, o.taskOf(models.TaskReview, o.experts[0]).State)
}

func TestReviewIsReconsideredUntilTheRoundIsClosed(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	o.declines(time.Hour, o.experts[0])
	o.at(2*time.Hour, func() {
		for _, open := range o.openTasks(models.TaskChooseReviewer) {
			o.tell(models.DecideSkipReviewer, o.officer, &open.ID, models.NoPayload{})
		}
		o.tell(models.DecideAnswerReview, o.experts[1], &o.taskOf(models.TaskReview, o.experts[1]).ID, o.review())
	})
	var late *said
	o.reconsiders(20*day, o.experts[0], o.experts[0], &late)
	cutOff(t, o.run(21*day))
	require.Equal(t, models.SubmissionRefused, late.outcome.State)
	require.Equal(t, models.TaskDeclined, o.taskOf(models.TaskReview, o.experts[0]).State)
}

func TestReviewReconsideredIsWaitedForLikeTheOthers(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.declines(time.Hour, o.experts[0])
	var back *said
	o.reconsiders(2*time.Hour, o.experts[0], o.experts[0], &back)
	cutOff(t, o.run(20*day))
	task := o.taskOf(models.TaskReview, o.experts[0])
	require.NotNil(t, task.AcceptedAt)
	require.Nil(t, task.RespondBy, "silence is no question any more")
	require.Positive(t, task.Reminders, "but the deadline is")
}

func TestReviewWithdrawnIsNotReconsidered(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	o.declines(time.Hour, o.experts[0])
	o.at(2*time.Hour, func() {
		o.tell(models.DecideWithdraw, o.officer, nil, models.ReasonPayload{Reason: "Overtaken by the new law."})
	})
	require.NoError(t, o.run(10*day))
	require.Equal(t, models.TaskDeclined, o.taskOf(models.TaskReview, o.experts[0]).State)
}

func TestReviewReconsideredIsRemindedOfByTheFormerLadder(t *testing.T) {
	o := newOffice(t, formerLadder)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.declines(time.Hour, o.experts[0])
	var back *said
	o.reconsiders(2*time.Hour, o.experts[0], o.experts[0], &back)
	var waits *models.Task
	o.at(3*time.Hour, func() { waits = o.taskOf(models.TaskReview, o.experts[0]) })
	cutOff(t, o.run(10*day))
	require.NotNil(t, waits.RemindAt, "declining had taken the next reminder")
	require.Positive(t, o.taskOf(models.TaskReview, o.experts[0]).Reminders)
}
