package workflows_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// receives stores words that a page acknowledged a while after the beginning, while no worker ran: the process is told of them by
// nobody.
func (o *office) receives(after time.Duration, kind models.DecisionKind, who models.Person, task *models.Task, payload any) *models.Submission {
	o.t.Helper()
	sub, err := models.NewSubmission(o.rec.ID, "said-before-"+who.ID.String(), kind, who.ID, payload)
	require.NoError(o.t, err)
	if task != nil {
		sub.TaskID = &task.ID
	}
	stored, err := models.Receive(o.ctx, o.db, sub, begin.Add(after))
	require.NoError(o.t, err)
	return stored
}

// cameOf reads what came of what was received.
func (o *office) cameOf(s *models.Submission) models.Outcome {
	o.t.Helper()
	now, err := models.SubmissionByID(o.ctx, o.db, s.ID)
	require.NoError(o.t, err)
	require.NotNil(o.t, now.Outcome, "it is not settled")
	return *now.Outcome
}

// worksAgain has a worker back a while after the beginning, and cut off later.
func (o *office) worksAgain(back, until time.Duration) {
	o.t.Helper()
	o.clock = begin.Add(back)
	cutOff(o.t, o.run(until))
}

func TestReviewAnswerReceivedWhileNothingRanIsNoSilence(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	cutOff(t, o.run(5*day))
	task := o.taskOf(models.TaskReview, o.experts[0])
	answer := o.receives(6*day, models.DecideAnswerReview, o.experts[0], task, o.review())
	var told *said
	o.at(12*day+time.Hour, func() { told = new(said); o.pass(answer, told) }) // the sweep, in the end
	o.worksAgain(12*day, 13*day)
	require.Equal(t, models.SubmissionRecorded, o.cameOf(answer).State)
	require.False(t, o.cameOf(answer).Late)
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.Len(t, o.tasksOf(models.TaskReview), 1, "nobody was asked in their place")
	require.Zero(t, o.entries("review.silent"))
	o.recorded(told)
	require.Equal(t, 1, o.entries("review.answered"), "told twice, decided once")
}

func TestReviewAnswerReceivedInTimeAndDecidedLaterIsInTime(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.LateApart = 2, true })
	o.startReview(0, o.experts[:3], nil)
	o.at(time.Hour, func() {
		for _, e := range o.experts[:3] {
			o.tell(models.DecideAcceptTask, e, &o.taskOf(models.TaskReview, e).ID, models.NoPayload{})
		}
	})
	cutOff(t, o.run(20*day)) // due on the evening of the 21st day
	inTime := o.receives(20*day+time.Hour, models.DecideAnswerReview, o.experts[0], o.taskOf(models.TaskReview, o.experts[0]), o.review())
	late := o.receives(23*day, models.DecideAnswerReview, o.experts[1], o.taskOf(models.TaskReview, o.experts[1]), o.review())
	o.worksAgain(24*day, 25*day)
	require.Equal(t, models.SubmissionRecorded, o.cameOf(inTime).State)
	require.False(t, o.cameOf(inTime).Late)
	require.True(t, o.cameOf(late).Late, "by when it was received, not by when it was decided")
	answered, err := o.round(1).Answered(o.ctx, o.db, models.ReviewRules{LateApart: true})
	require.NoError(t, err)
	require.Equal(t, 1, answered)
}

func TestReviewAnswerReceivedAfterTheGraceIsRefusedHoweverSoonItIsDecided(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	o.at(time.Hour, func() {
		o.tell(models.DecideAcceptTask, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, models.NoPayload{})
	})
	cutOff(t, o.run(20*day))
	task := o.taskOf(models.TaskReview, o.experts[0])
	tooLate := o.receives(task.GraceUntil.Sub(begin)+time.Hour, models.DecideAnswerReview, o.experts[0], task, o.review())
	o.worksAgain(35*day, 36*day)
	require.Equal(t, apperr.CodeLate, o.cameOf(tooLate).Code)
	require.Equal(t, models.TaskExpired, o.taskOf(models.TaskReview, o.experts[0]).State)
}

func TestReviewAnswerReceivedBeforeTheRoundClosedCounts(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1 })
	o.startReview(0, o.experts[:2], nil)
	o.answer(time.Hour, o.experts[0])
	cutOff(t, o.run(2*time.Hour))
	closing := o.closing()
	require.NotNil(t, closing)
	answer := o.receives(closing.Sub(begin)-time.Hour, models.DecideAnswerReview, o.experts[1], o.taskOf(models.TaskReview, o.experts[1]), o.review())
	o.worksAgain(5*day, 6*day)
	require.Equal(t, models.SubmissionRecorded, o.cameOf(answer).State)
	require.NotNil(t, o.round(1).ClosedAt)
	require.Equal(t, 1, o.mailsTo(models.MailReviewCopy, o.experts[1].ID), "and they have their copy")
}

func TestReviewMoreTimeSaidWhileNothingRanKeepsTheRoundOpen(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	cutOff(t, o.run(5*day))
	task := o.taskOf(models.TaskReview, o.experts[0])
	o.receives(6*day, models.DecideExtendReview, o.officer, task, models.AskTimePayload{DueOn: o.day(60 * day)})
	o.worksAgain(31*day, 32*day)
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.True(t, o.taskOf(models.TaskReview, o.experts[0]).DueAt.After(begin.Add(59*day)))
}

func TestConsultationReceivedWhileNothingRanDoesNotExpire(t *testing.T) {
	o := newOffice(t, nil)
	o.countries("AL", "MD")
	o.startReview(0, o.experts[:1], nil)
	cutOff(t, o.run(5*day))
	comments := o.receives(6*day, models.DecideAnswerConsultation, o.person(tirana), o.asks(tirana), models.ConsultationPayload{VersionHash: o.version.Hash, Reasons: "From Tirana."})
	o.worksAgain(40*day, 41*day)
	require.Equal(t, models.SubmissionRecorded, o.cameOf(comments).State)
	require.Equal(t, models.TaskDone, o.asks(tirana).State)
	require.NotEqual(t, models.TaskDone, o.asks(chisinau).State)
}

func TestSignOffReceivedWhileNothingRanGoesBeforeSilence(t *testing.T) {
	o := signOffOffice(t, func(d *models.ProcedureDocument) {
		d.SignOff.Silence, d.SignOff.LateFor = models.SilenceAbstains, "5wd"
	})
	o.signs(time.Hour, owner, models.SignOffApprove)
	cutOff(t, o.run(20*day))
	who := o.person(lead)
	answer := o.receives(20*day+time.Hour, models.DecideAnswerSignOff, who, o.voteOf(lead), o.vote(models.SignOffApprove))
	o.worksAgain(31*day, 32*day)
	require.Equal(t, models.SubmissionRecorded, o.cameOf(answer).State)
	require.False(t, o.cameOf(answer).Late)
	require.Equal(t, "2", o.entry("signoff.met").Facts["approved"])
}

func TestTranslationHandedOverWhileNothingRanIsNotLate(t *testing.T) {
	o := translationOffice(t, func(d *models.ProcedureDocument) { d.Translation.HoldForLate = false })
	cutOff(t, o.run(time.Hour))
	o.write("bg", nil)
	translator, _ := o.linguists("bg")
	handed := o.receives(2*time.Hour, models.DecideSubmitTranslation, translator, o.about(models.TaskTranslate, "bg"),
		models.SubmitTranslationPayload{Revision: o.translation("bg").Revision})
	o.worksAgain(60*day, 60*day+time.Hour)
	require.Equal(t, models.SubmissionRecorded, o.cameOf(handed).State)
	require.Equal(t, models.TranslationSubmitted, o.translation("bg").State, "not late: it waits for the other pair of eyes")
}

func TestReviewWhatCanNeverBeDecidedBlocksNothingForEver(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], o.experts[1:2])
	cutOff(t, o.run(5*day))
	o.receives(6*day, models.DecideAnswerReview, o.experts[0], o.taskOf(models.TaskReview, o.experts[0]), json.RawMessage(`"no answer at all"`))
	o.worksAgain(12*day, 13*day)
	require.Equal(t, models.TaskExpired, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State, "the next in line was asked")
}
