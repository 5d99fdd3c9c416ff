package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// formerLadder makes a procedure say what the network's own said before reminders went by the deadline: what began under it
// goes on as it began.
func formerLadder(d *models.ProcedureDocument) {
	d.Review.Wait = models.Wait{Due: "10wd", RemindAfter: []models.Span{"2wd", "5wd", "8wd"}, LateFor: "5wd"}
	d.Review.Respond, d.Review.RespondRemind, d.Review.ExtendUpTo, d.Review.WhenEnough = "3wd", nil, "", ""
}

func TestReviewEndsWhenEnoughHaveAnswered(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	o.startReview(0, o.experts[:3], nil)
	o.answer(time.Hour, o.experts[0])
	o.answer(2*time.Hour, o.experts[1])
	cutOff(t, o.run(3*day))

	round, err := models.RoundByNumber(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	require.NotNil(t, round.ClosedAt)
	require.Equal(t, models.TaskCancelled, o.taskOf(models.TaskReview, o.experts[2]).State, "no longer needed")
	require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, o.experts[2].ID), "and told so")
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskDecideReview, o.officer).State)
	require.Equal(t, 2, o.mailsOf(models.MailReviewCopy))
	require.Equal(t, 2, o.entries("review.answered"))
}

func TestReviewAcceptedGoesToTranslation(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1; d.Review.Grace = "1h" })
	o.startReview(0, o.experts[:1], nil)
	o.answer(time.Hour, o.experts[0])
	o.at(3*time.Hour, func() {
		o.tell(models.DecideReview, o.officer, &o.taskOf(models.TaskDecideReview, o.officer).ID,
			models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "All agree."})
	})
	cutOff(t, o.run(4*time.Hour))
	require.Equal(t, models.StageTranslation, o.stage())
	require.Len(t, o.tasksOf(models.TaskTranslate), 1)
}

func TestReviewRevisedIsANewRound(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1; d.Review.Grace = "1h" })
	o.startReview(0, o.experts[:1], nil)
	o.answer(time.Hour, o.experts[0])
	o.at(3*time.Hour, func() {
		o.tell(models.DecideReview, o.officer, &o.taskOf(models.TaskDecideReview, o.officer).ID,
			models.DecideReviewPayload{Decision: models.ReviewRevise, Reason: "Say who pays."})
	})
	o.startReview(4*time.Hour, o.experts[:1], nil)
	cutOff(t, o.run(5*time.Hour))
	require.Equal(t, models.StageReview, o.stage())
	require.Equal(t, 2, o.taskOf(models.TaskReview, o.experts[0]).Round)
	require.Equal(t, 4, o.runs, "drafting, review, drafting, review: each a history of its own")
}

func TestReviewSilenceBringsInTheNextInLine(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { formerLadder(d); d.Review.Enough = 1 })
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.answer(7*day, o.experts[1])
	cutOff(t, o.run(12*day))
	require.Equal(t, models.TaskExpired, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskReview, o.experts[1]).State)
	require.Equal(t, 1, o.entries("review.silent"))
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskDecideReview, o.officer).State)
}

func TestReviewNextInLineIsNotWrittenToAtNight(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Respond, d.Review.RespondRemind = "4d", nil })
	o.startReview(0, o.experts[:1], o.experts[1:2])
	cutOff(t, o.run(6*day))
	silent, next := o.taskOf(models.TaskReview, o.experts[0]), o.taskOf(models.TaskReview, o.experts[1])
	require.Equal(t, models.TaskExpired, silent.State)
	zone := zoneIn(t, o, o.experts[1])
	require.Equal(t, time.Friday, silent.ClosedAt.In(zone).Weekday(), "at the very end of it")
	var sent time.Time
	require.NoError(t, o.db.NewSelect().Model((*models.OutboxMail)(nil)).Column("not_before").Where("kind = ? AND person_id = ?",
		models.MailReviewInvitation, o.experts[1].ID).Scan(o.ctx, &sent))
	require.Equal(t, "2026-06-08 09:00", sent.In(zone).Format("2006-01-02 15:04"), "on Monday morning")
	require.Equal(t, "2026-06-12", next.RespondBy.In(zone).Format(time.DateOnly), "four days from then")
	require.Equal(t, "2026-06-29", next.DueAt.In(zone).Format(time.DateOnly), "three weeks from then")
}

func TestReviewSilenceIsProposedWhereTheProcedureSaysSo(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { formerLadder(d); d.Review.ReplaceSilent = false })
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.at(6*day, func() {
		task := o.taskOf(models.TaskChooseReviewer, o.officer)
		o.tell(models.DecideInviteReviewer, o.officer, &task.ID, models.InviteReviewerPayload{PersonID: o.experts[1].ID})
	})
	cutOff(t, o.run(7*day))
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskChooseReviewer, o.officer).State)
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State)
}

func TestReviewNobodyAnswersAtAll(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	cutOff(t, o.run(60*day))
	require.Equal(t, models.StageReview, o.stage(), "the officer still decides")
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskDecideReview, o.officer).State)
	require.NotEmpty(t, o.tasksOf(models.TaskEscalation), "the coordinator knows that the officer is late")
}

func TestReviewRemindsOnceADayAtMostAndNeverAfterTheAnswer(t *testing.T) {
	o := newOffice(t, formerLadder)
	o.startReview(0, o.experts[:2], nil)
	for _, e := range o.experts[:2] {
		o.at(time.Hour, func() { o.tell(models.DecideAcceptTask, e, &o.taskOf(models.TaskReview, e).ID, models.NoPayload{}) })
	}
	o.answer(day, o.experts[0])
	cutOff(t, o.run(9*day))
	require.Zero(t, o.taskOf(models.TaskReview, o.experts[0]).Reminders)
	require.Equal(t, 2, o.taskOf(models.TaskReview, o.experts[1]).Reminders)
}

func TestReviewDuplicateIsOneAnswer(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	o.startReview(0, o.experts[:2], nil)
	var first, again, other *said
	same := func(s *models.Submission) { s.DecisionID = "the-same-form" }
	o.at(time.Hour, func() {
		task := &o.taskOf(models.TaskReview, o.experts[0]).ID
		first = o.tell(models.DecideAnswerReview, o.experts[0], task, o.review(), same)
		again = o.tell(models.DecideAnswerReview, o.experts[0], task, o.review(), same)
		changed := o.review()
		changed.Reasons = "Other words."
		other = o.tell(models.DecideAnswerReview, o.experts[0], task, changed, same)
	})
	cutOff(t, o.run(2*time.Hour))
	require.Equal(t, models.SubmissionRecorded, first.outcome.State)
	require.Equal(t, first.outcome, again.outcome)
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(other.err))
	require.Equal(t, 1, o.entries("review.answered"))
}

func TestReviewAnswerCanBeChangedUntilTheGraceEnds(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1; d.Review.Grace = "2h" })
	o.startReview(0, o.experts[:1], nil)
	o.answer(time.Hour, o.experts[0])
	var changed, tooLate *said
	reconsidered := o.review()
	reconsidered.Answer, reconsidered.Reasons = models.AnswerDoNotSupport, "I reconsidered."
	o.at(2*time.Hour, func() {
		changed = o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, reconsidered)
	})
	o.at(4*time.Hour, func() {
		tooLate = o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review())
	})
	cutOff(t, o.run(5*time.Hour))
	require.Equal(t, models.SubmissionRecorded, changed.outcome.State)
	require.Equal(t, apperr.CodeClosed, tooLate.outcome.Code)
	reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	require.Len(t, reviews, 1)
	require.Equal(t, models.AnswerDoNotSupport, *reviews[0].Answer)
}

func TestReviewLateAnswerIsTakenInTheGraceAndMarked(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) {
		formerLadder(d)
		d.Review.Due, d.Review.LateFor, d.Review.RemindAfter, d.Review.Respond = "2d", "3d", nil, "2d"
	})
	o.startReview(0, o.experts[:2], nil)
	for _, e := range o.experts[:2] {
		o.at(time.Hour, func() { o.tell(models.DecideAcceptTask, e, &o.taskOf(models.TaskReview, e).ID, models.NoPayload{}) })
	}
	o.answer(4*day, o.experts[0])
	var tooLate *said
	o.at(9*day, func() {
		tooLate = o.tell(models.DecideAnswerReview, o.experts[1], &o.taskOf(models.TaskReview, o.experts[1]).ID, o.review())
	})
	cutOff(t, o.run(10*day))
	reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	require.Len(t, reviews, 1)
	require.True(t, reviews[0].Late)
	require.Equal(t, apperr.CodeLate, tooLate.outcome.Code)
}

func TestReviewNotEntitled(t *testing.T) {
	o := newOffice(t, nil)
	var stranger, colleague, officer *said
	o.at(0, func() {
		stranger = o.tell(models.DecideStartReview, o.other, nil, models.StartReviewPayload{VersionID: o.version.ID, Invite: ids(o.experts[:1])})
	})
	o.startReview(time.Hour, o.experts[:1], nil)
	o.at(2*time.Hour, func() {
		task := &o.taskOf(models.TaskReview, o.experts[0]).ID
		colleague = o.tell(models.DecideAnswerReview, o.experts[1], task, o.review())
		officer = o.tell(models.DecideAnswerReview, o.officer, task, o.review())
	})
	cutOff(t, o.run(3*time.Hour))
	require.Equal(t, models.SubmissionRefused, stranger.outcome.State)
	require.Equal(t, models.SubmissionRefused, colleague.outcome.State)
	require.Equal(t, models.SubmissionRefused, officer.outcome.State)
	require.Zero(t, o.entries("review.answered"))
}

func TestReviewRecordedOnBehalf(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	var done, without *said
	o.at(time.Hour, func() {
		task := &o.taskOf(models.TaskReview, o.experts[0]).ID
		done = o.tell(models.DecideAnswerReview, o.officer, task, o.review(), func(s *models.Submission) {
			s.OnBehalfOf, s.BehalfNote = &o.experts[0].ID, "By letter of 28 May."
		})
		without = o.tell(models.DecideAnswerReview, o.other, task, o.review(), func(s *models.Submission) {
			s.OnBehalfOf, s.BehalfNote = &o.experts[0].ID, "Heard in the corridor."
		})
	})
	cutOff(t, o.run(2*time.Hour))
	require.Equal(t, models.SubmissionRecorded, done.outcome.State)
	require.Equal(t, models.SubmissionRefused, without.outcome.State)
	require.Equal(t, 1, o.mailsOf(models.MailRecordedOnBehalf), "the person is told")
}

func TestReviewDeclinedBringsInTheNextInLine(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.at(time.Hour, func() {
		o.tell(models.DecideDeclineTask, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, models.DeclinePayload{Reason: "On leave."})
	})
	cutOff(t, o.run(2*time.Hour))
	require.Equal(t, models.TaskDeclined, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State)
}

func TestReviewWithdrawnTellsThoseAsked(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	o.at(time.Hour, func() {
		o.tell(models.DecideWithdraw, o.officer, nil, models.ReasonPayload{Reason: "Overtaken by the new law."})
	})
	require.NoError(t, o.run(10*day))
	require.Equal(t, models.StageWithdrawn, o.stage())
	require.True(t, o.closed(o.rec.ID))
	for _, e := range o.experts[:2] {
		require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, e.ID))
	}
	require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, o.person(lead).ID), "who was consulted is told as well")
}

// TestReviewWithdrawnThanksThoseWhoAnswered with one copy each: during the round, and after it those who commented since.
func TestReviewWithdrawnThanksThoseWhoAnswered(t *testing.T) {
	t.Run("during the round", func(t *testing.T) {
		o := newOffice(t, nil)
		o.startReview(0, o.experts[:3], nil)
		o.answer(time.Hour, o.experts[0])
		o.withdraws(2 * time.Hour)
		require.NoError(t, o.run(10*day))
		require.Equal(t, models.StageWithdrawn, o.stage())
		require.Equal(t, 1, o.mailsOf(models.MailReviewCopy))
		require.Equal(t, 1, o.mailsTo(models.MailReviewCopy, o.experts[0].ID))
		require.Zero(t, o.mailsTo(models.MailTaskWithdrawn, o.experts[0].ID), "nothing was asked of them any more")
	})
	for name, decides := range map[string]bool{"after it": false, "by the decision on it": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1; d.Review.Grace = "1h" })
			o.startReview(0, o.experts[:1], nil)
			o.answer(time.Hour, o.experts[0])
			who := o.person(lead)
			o.at(3*time.Hour, func() {
				o.tell(models.DecideAnswerConsultation, who, &o.the(models.TaskConsult).ID,
					models.ConsultationPayload{VersionHash: o.version.Hash, Reasons: "Say who pays."})
			})
			if decides {
				o.decides(4*time.Hour, models.DecideReview, models.TaskDecideReview, models.DecideReviewPayload{Decision: models.ReviewWithdraw, Reason: "Overtaken."})
			} else {
				o.withdraws(4 * time.Hour)
			}
			require.NoError(t, o.run(10*day))
			require.Equal(t, models.StageWithdrawn, o.stage())
			require.Equal(t, 1, o.mailsTo(models.MailReviewCopy, who.ID))
			require.Equal(t, 1, o.mailsTo(models.MailReviewCopy, o.experts[0].ID), "they had theirs at the closing")
		})
	}
}

func TestReviewHoldStopsTheClock(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { formerLadder(d); d.Review.RemindAfter, d.Review.Respond = nil, "2d" })
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.at(time.Hour, func() { o.tell(models.DecideHold, o.officer, nil, models.ReasonPayload{Reason: "Elections."}) })
	var meanwhile *said
	o.at(5*day, func() {
		meanwhile = o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review())
	})
	o.at(30*day, func() { o.tell(models.DecideResume, o.officer, nil, models.NoPayload{}) })
	cutOff(t, o.run(31*day))
	require.Equal(t, apperr.CodeHeld, meanwhile.outcome.Code)
	task := o.taskOf(models.TaskReview, o.experts[0])
	require.Equal(t, models.TaskOpen, task.State, "nobody was silent while nothing was asked")
	require.True(t, task.RespondBy.After(begin.Add(31*day)))
}

func TestReviewGoesOnFromTheRowsAfterBeingCutOff(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	o.startReview(0, o.experts[:2], nil)
	o.answer(time.Hour, o.experts[0])
	cutOff(t, o.run(2*time.Hour))
	require.Equal(t, models.StageReview, o.stage())

	o.answer(3*time.Hour, o.experts[1])
	cutOff(t, o.run(2*day))
	require.Equal(t, 2, o.entries("review.answered"))
	require.Len(t, o.tasksOf(models.TaskReview), 2, "nobody is invited twice")
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskDecideReview, o.officer).State)
}
