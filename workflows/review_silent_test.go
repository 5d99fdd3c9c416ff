package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// keeps has an expert leave words in the form of their review without sending them.
func (o *office) keeps(at time.Duration, expert models.Person, fields map[string][]string) {
	o.at(at, func() {
		kept := &models.KeptWords{PersonID: expert.ID, Form: models.KeptAnswer(o.taskOf(models.TaskReview, expert).ID), Fields: fields, KeptAt: o.now()}
		require.NoError(o.t, kept.Keep(o.ctx, o.db))
	})
}

func TestReviewOfOneWhoWasSilentCanStillBeAccepted(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.at(9*day-time.Hour, func() { require.True(t, o.taskOf(models.TaskReview, o.experts[0]).Silent()) })
	var back, answer *said
	o.reconsiders(9*day, o.experts[0], o.experts[0], &back)
	o.at(9*day+time.Hour, func() {
		open := o.taskOf(models.TaskReview, o.experts[0])
		require.Equal(t, models.TaskOpen, open.State)
		require.NotNil(t, open.RemindAt, "and is reminded of the deadline like everybody")
		answer = o.tell(models.DecideAnswerReview, o.experts[0], &open.ID, o.review())
	})
	cutOff(t, o.run(10*day))
	o.recorded(back)
	o.recorded(answer)
	require.False(t, answer.outcome.Late, "the deadline was still to come")
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State, "who was asked meanwhile stays asked")
	require.Equal(t, 1, o.entries("task.reconsidered"))
}

func TestReviewOfOneWhoWasSilentCanBeAnsweredAtOnce(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	o.at(9*day-time.Hour, func() { require.Len(t, o.openTasks(models.TaskChooseReviewer), 1) })
	o.answer(9*day, o.experts[0])
	cutOff(t, o.run(9*day+time.Hour))
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.Empty(t, o.openTasks(models.TaskChooseReviewer), "the officer need look for nobody")
	entry := o.entry("review.answered")
	require.Equal(t, "true", entry.Facts["reconsidered"])
	reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	require.Len(t, reviews, 1)
	require.False(t, reviews[0].Late)
}

func TestReviewOfOneWhoWasSilentIsLateAfterTheDeadline(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.LateApart = true })
	o.startReview(0, o.experts[:2], o.experts[2:3])
	o.at(time.Hour, func() {
		o.tell(models.DecideAcceptTask, o.experts[1], &o.taskOf(models.TaskReview, o.experts[1]).ID, models.NoPayload{})
	})
	var late *said
	o.at(22*day, func() {
		late = o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review())
	})
	cutOff(t, o.run(22*day+time.Hour))
	o.recorded(late)
	require.True(t, late.outcome.Late, "by the rule of late answers, like everybody's")
	round, err := models.RoundByNumber(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	procedure, err := models.ProcedureByID(o.ctx, o.db, o.rec.ProcedureID)
	require.NoError(t, err)
	counted, err := round.Answered(o.ctx, o.db, procedure.Document.Review)
	require.NoError(t, err)
	require.Zero(t, counted)
}

func TestReviewOfOneWhoWasSilentEndsWithTheDaysOfGrace(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.at(9*day, func() {
		o.tell(models.DecideAcceptTask, o.experts[1], &o.taskOf(models.TaskReview, o.experts[1]).ID, models.NoPayload{})
		o.exec("UPDATE tasks SET due_at = due_at + interval '90 days', grace_until = grace_until + interval '90 days' WHERE person_id = ?", o.experts[1].ID)
	})
	var late *said
	o.at(60*day, func() {
		late = o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review())
	})
	cutOff(t, o.run(61*day))
	require.Equal(t, models.SubmissionRefused, late.outcome.State)
	require.Equal(t, apperr.CodeLate, late.outcome.Code)
}

func TestReviewOfOneWhoWasSilentIsNotForOthers(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	var other, officer *said
	o.reconsiders(9*day, o.experts[0], o.experts[1], &other)
	o.reconsiders(9*day+time.Hour, o.experts[0], o.officer, &officer)
	cutOff(t, o.run(10*day))
	require.Equal(t, models.SubmissionRefused, other.outcome.State)
	require.Equal(t, models.SubmissionRefused, officer.outcome.State)
	require.True(t, o.taskOf(models.TaskReview, o.experts[0]).Silent())
}

func TestReviewBegunIsNotSilent(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:3], o.experts[3:5])
	o.keeps(6*day, o.experts[0], map[string][]string{"version_hash": {o.version.Hash}, "comment-1": {"Who pays"}})
	o.keeps(6*day, o.experts[1], map[string][]string{"version_hash": {o.version.Hash}, "naming": {"none"}, "comment-1": {""}, "reasons": {" "}})
	o.keeps(2*day, o.experts[2], map[string][]string{"reasons": {"It is"}})
	cutOff(t, o.run(10*day))
	begun := o.taskOf(models.TaskReview, o.experts[0])
	require.Equal(t, models.TaskOpen, begun.State, "somebody halfway through is not replaced")
	require.Nil(t, begun.AcceptedAt, "but did not say that they will")
	require.Equal(t, models.ReminderBefore, begun.RemindStep, "and is reminded of the deadline")
	require.True(t, o.taskOf(models.TaskReview, o.experts[1]).Silent(), "a form that was kept as it stands says nothing")
	early := o.taskOf(models.TaskReview, o.experts[2])
	require.Equal(t, models.TaskOpen, early.State)
	require.Zero(t, early.RespondReminders, "nor is who is writing asked whether they will")
	require.Equal(t, 2, o.entries("review.begun"))
	require.Equal(t, 1, o.entries("review.silent"))
	require.Len(t, o.tasksOf(models.TaskReview), 4, "one further expert was asked")
}

// What came by mail or on paper of somebody who was silent, or whose days of grace are over, is written down until the round is closed, by
// the rule of late answers; and they are told.
func TestReviewOfOneWhoWasSilentIsWrittenDownByTheOfficer(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.LateApart, d.Review.Enough = true, 3 })
	silent, tired, waits := o.experts[0], o.experts[1], o.experts[2]
	o.startReview(0, []models.Person{silent, tired, waits}, nil)
	accepts := func(who models.Person) {
		o.tell(models.DecideAcceptTask, who, &o.taskOf(models.TaskReview, who).ID, models.NoPayload{})
	}
	o.at(time.Hour, func() { accepts(tired) })
	o.at(2*time.Hour, func() { accepts(waits) })
	o.at(3*time.Hour, func() {
		o.exec("UPDATE tasks SET due_at = due_at + interval '90 days', grace_until = grace_until + interval '90 days' WHERE person_id = ?", waits.ID)
	})
	writes := func(who, by models.Person, change ...func(*models.Submission)) *said {
		return o.tell(models.DecideAnswerReview, by, &o.taskOf(models.TaskReview, who).ID, o.review(), append(change, behalf(who, "By letter."))...)
	}
	var soon, same, stranger, late, own, other *said
	o.at(9*day-time.Hour, func() {
		require.True(t, o.taskOf(models.TaskReview, silent).Silent())
		require.Len(t, o.openTasks(models.TaskChooseReviewer), 1)
		stranger = writes(silent, o.other)
	})
	o.at(9*day, func() { soon = writes(silent, o.officer, decisionID("the-same-form")) })
	o.at(9*day+time.Hour, func() { same = writes(silent, o.officer, decisionID("the-same-form")) })
	o.at(60*day, func() {
		require.Equal(t, models.TaskExpired, o.taskOf(models.TaskReview, tired).State)
		own = o.tell(models.DecideAnswerReview, tired, &o.taskOf(models.TaskReview, tired).ID, o.review())
	})
	o.at(60*day+time.Hour, func() { late = writes(tired, o.officer) })
	o.at(60*day+2*time.Hour, func() { o.tell(models.DecideAnswerReview, waits, &o.taskOf(models.TaskReview, waits).ID, o.review()) })
	o.at(60*day+3*time.Hour, func() { other = writes(silent, o.officer) })
	cutOff(t, o.run(60*day+4*time.Hour))
	require.Equal(t, models.SubmissionRefused, stranger.outcome.State)
	o.recorded(soon)
	o.recorded(same)
	require.False(t, soon.outcome.Late, "the deadline was still to come")
	o.refused(apperr.CodeLate, own)
	o.recorded(late)
	require.True(t, late.outcome.Late)
	o.recorded(other)
	require.Empty(t, o.openTasks(models.TaskChooseReviewer), "nobody need be found in their place")
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskReview, tired).State)
	require.Equal(t, 1, o.mailsTo(models.MailRecordedOnBehalf, tired.ID), "who is spoken for is told")
	procedure, err := models.ProcedureByID(o.ctx, o.db, o.rec.ProcedureID)
	require.NoError(t, err)
	counted, err := o.round(1).Answered(o.ctx, o.db, procedure.Document.Review)
	require.NoError(t, err)
	require.Equal(t, 2, counted, "late ones stand apart by this procedure")
}

func TestReviewIsNotWrittenDownOnceTheRoundIsClosed(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.Grace = 1, "1h" })
	o.startReview(0, o.experts[:2], nil)
	o.answer(9*day, o.experts[1])
	var closed *said
	o.at(11*day, func() {
		require.True(t, o.taskOf(models.TaskReview, o.experts[0]).Silent())
		require.NotNil(t, o.round(1).ClosedAt)
		closed = o.tell(models.DecideAnswerReview, o.officer, &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review(), behalf(o.experts[0], "By letter."))
	})
	cutOff(t, o.run(12*day))
	o.refused(apperr.CodeClosed, closed)
}
