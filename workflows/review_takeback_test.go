package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// takesBack has somebody take back an expert's answer.
func (o *office) takesBack(after time.Duration, whose, by models.Person, outcome **said, change ...func(*models.Submission)) {
	o.at(after, func() {
		*outcome = o.tell(models.DecideTakeBack, by, &o.taskOf(models.TaskReview, whose).ID, models.TakeBackPayload{}, change...)
	})
}

// answered counts the answers of the first round that count.
func (o *office) answered() int {
	o.t.Helper()
	n, err := o.round(1).Answered(o.ctx, o.db, models.ReviewRules{})
	require.NoError(o.t, err)
	return n
}

// draftOf is what somebody took back, to go on with.
func (o *office) draftOf(who models.Person) *models.Review {
	o.t.Helper()
	rv, err := models.TakenBack(o.ctx, o.db, o.taskOf(models.TaskReview, who), who)
	require.NoError(o.t, err)
	return rv
}

func TestReviewTakenBackWaitsAgain(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	who := o.experts[0]
	o.startReview(0, o.experts[:3], nil)
	var before *models.Task
	var back, again *said
	o.at(time.Hour, func() {
		before = o.taskOf(models.TaskReview, who)
		p := o.review()
		p.Answer, p.Reasons, p.Naming, p.WrittenIn, p.ConfidentialNote = models.AnswerDoNotSupport, "Nobody pays.", models.NamingPublic, "en", "Between us."
		o.tell(models.DecideAnswerReview, who, &before.ID, p)
	})
	o.takesBack(2*time.Hour, who, who, &back)
	o.at(3*time.Hour, func() {
		task := o.taskOf(models.TaskReview, who)
		require.Equal(t, models.TaskOpen, task.State)
		require.True(t, task.WaitsAgain())
		require.True(t, before.DueAt.Equal(task.DueAt) && before.GraceUntil.Equal(task.GraceUntil), "the deadline is what it was")
		require.NotNil(t, task.RemindAt, "and reminded of")
		require.Zero(t, o.answered())
		_, err := models.ReviewByTask(o.ctx, o.db, task.ID)
		require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "it stands nowhere")
		draft := o.draftOf(who)
		require.Equal(t, models.AnswerDoNotSupport, *draft.Answer)
		require.Equal(t, []string{"Nobody pays.", models.NamingPublic, "en", "Between us.", ""},
			[]string{draft.Reasons, draft.Naming, draft.WrittenIn, draft.ConfidentialNote, draft.DecisionID}, "nothing is lost")
		require.Equal(t, "Say who pays.", draft.Comments[0].Body)
		other, err := models.TakenBack(o.ctx, o.db, task, o.experts[1])
		require.NoError(t, err)
		require.Nil(t, other, "it is nobody else's")
	})
	o.at(4*time.Hour, func() {
		again = o.tell(models.DecideAnswerReview, who, &o.taskOf(models.TaskReview, who).ID, o.review())
	})
	o.at(5*time.Hour, func() { require.Equal(t, 1, o.answered()) })
	o.answer(6*time.Hour, o.experts[1])
	cutOff(t, o.run(20*day))
	o.recorded(back)
	o.recorded(again)
	require.False(t, back.outcome.Late)
	require.Nil(t, o.draftOf(who), "another answer stands")
	require.NotNil(t, o.round(1).ClosedAt, "two are enough")
	require.Equal(t, 1, o.entries("review.taken_back"))
	require.Equal(t, 3, o.entries("review.answered"))
	require.Equal(t, 1, o.mailsTo(models.MailReviewCopy, who.ID), "one copy, of what stands")
	require.Equal(t, 2, o.mailsTo(models.MailRoundNews, o.officer.ID), "that it was taken back, and that another answer came")
}

func TestReviewTakenBackIsRemindedOfAndOverLikeOneNeverGiven(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	who := o.experts[0]
	o.startReview(0, o.experts[:2], nil)
	var back *said
	o.answer(time.Hour, who)
	o.takesBack(2*time.Hour, who, who, &back)
	var reminded int
	o.at(3*time.Hour, func() { reminded = o.taskOf(models.TaskReview, who).Reminders })
	cutOff(t, o.run(60*day))
	o.recorded(back)
	task := o.taskOf(models.TaskReview, who)
	require.Greater(t, task.Reminders, reminded)
	require.Equal(t, models.TaskExpired, task.State, "silence ends it")
	require.NotNil(t, o.round(1).ClosedAt)
	require.Zero(t, o.answered())
	require.Zero(t, o.mailsTo(models.MailReviewCopy, who.ID), "nothing stands to be confirmed")
}

func TestReviewTakenBackTwiceIsTakenBackOnce(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	who := o.experts[0]
	o.startReview(0, o.experts[:2], nil)
	var never, first, same, again, other *said
	o.takesBack(30*time.Minute, who, who, &never)
	o.answer(time.Hour, who)
	o.takesBack(2*time.Hour, who, who, &first, decisionID("the-same-form"))
	o.takesBack(3*time.Hour, who, who, &same, decisionID("the-same-form"))
	o.takesBack(4*time.Hour, who, who, &again)
	o.answer(5*time.Hour, who)
	o.takesBack(6*time.Hour, who, who, &same, decisionID("the-same-form"))
	o.at(7*time.Hour, func() {
		seen := "an-answer-before-it"
		other = o.tell(models.DecideTakeBack, who, &o.taskOf(models.TaskReview, who).ID, models.TakeBackPayload{InsteadOf: models.InsteadOf{SeenAnswer: &seen}})
	})
	cutOff(t, o.run(8*time.Hour))
	o.recorded(first)
	o.recorded(same)
	o.refused(apperr.CodeWrongStage, never)
	o.refused(apperr.CodeWrongStage, again)
	o.refused(apperr.CodeOutdated, other)
	require.Equal(t, 1, o.entries("review.taken_back"))
	require.Equal(t, 1, o.answered(), "the form sent again takes back no other answer")
}

func TestReviewIsTakenBackByItsExpertAlone(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	who := o.experts[0]
	o.startReview(0, o.experts[:2], nil)
	o.answer(time.Hour, who)
	var stranger, officer *said
	o.takesBack(2*time.Hour, who, o.experts[1], &stranger)
	o.takesBack(3*time.Hour, who, o.officer, &officer)
	cutOff(t, o.run(4*time.Hour))
	o.refused(apperr.CodeNotFound, stranger)
	o.refused(apperr.CodeForbidden, officer)
	require.Equal(t, 1, o.answered())
}

func TestReviewIsTakenBackUntilTheRoundIsClosed(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.Grace = 1, "1h" })
	o.startReview(0, o.experts[:1], nil)
	o.answer(time.Hour, o.experts[0])
	var late *said
	o.takesBack(4*time.Hour, o.experts[0], o.experts[0], &late)
	o.withdraws(5 * time.Hour)
	require.NoError(t, o.run(10*day))
	o.refused(apperr.CodeClosed, late)
	require.Equal(t, 1, o.answered())
	require.Zero(t, o.entries("review.taken_back"))
	task := o.taskOf(models.TaskReview, o.experts[0])
	sub, err := models.NewSubmission(o.rec.ID, "after-the-end", models.DecideTakeBack, o.experts[0].ID, models.TakeBackPayload{})
	require.NoError(t, err)
	sub.TaskID = &task.ID
	stored, err := models.Receive(o.ctx, o.db, sub, o.clock)
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRefused, o.decideAlone(stored).State, "withdrawn")
}

func TestReviewTakenBackWhileTheRoundClosesHasItGoOn(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1 })
	who, other := o.experts[0], o.experts[1]
	o.startReview(0, []models.Person{who, other}, nil)
	var back *said
	o.answer(time.Hour, who)
	o.at(90*time.Minute, func() { require.NotNil(t, o.closing()) })
	o.takesBack(2*time.Hour, who, who, &back)
	o.at(3*time.Hour, func() {
		require.Nil(t, o.closing(), "nothing counts: it goes on")
		require.Equal(t, 1, o.mailsTo(models.MailRoundGoesOn, other.ID), "who was told is told")
	})
	o.answer(4*time.Hour, who)
	o.at(5*time.Hour, func() {
		require.NotNil(t, o.closing())
		require.Equal(t, 2, o.mailsTo(models.MailRoundClosing, other.ID), "told anew, though it closes at the end of the same day")
	})
	cutOff(t, o.run(10*day))
	o.recorded(back)
	require.NotNil(t, o.round(1).ClosedAt)
	require.Equal(t, 1, o.entries("review.goes_on"))
}

func TestReviewTakenBackAsksTheOfficerAnewWhetherEnoughHaveAnswered(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.WhenEnough = 1, models.EnoughAsks })
	o.startReview(0, o.experts[:2], nil)
	var back, close *said
	o.answer(time.Hour, o.experts[0])
	o.takesBack(2*time.Hour, o.experts[0], o.experts[0], &back)
	o.at(3*time.Hour, func() { close = o.tell(models.DecideCloseReview, o.officer, nil, models.NoPayload{}) })
	o.answer(4*time.Hour, o.experts[0])
	cutOff(t, o.run(5*time.Hour))
	o.recorded(back)
	o.refused(apperr.CodeWrongStage, close)
	require.Equal(t, 2, o.entries("review.enough"))
}

// An answer can be changed for as long as the round is open; so it can be taken back when no other would be taken any more, and who
// does so is not left without a say.
func TestReviewTakenBackAfterItsTimeCanStillBeGivenAnew(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	who, slow := o.experts[0], o.experts[1]
	o.startReview(0, []models.Person{who, slow}, nil)
	o.answer(time.Hour, who)
	var extended, back, again *said
	o.at(2*time.Hour, func() {
		o.tell(models.DecideAcceptTask, slow, &o.taskOf(models.TaskReview, slow).ID, models.NoPayload{})
	})
	o.at(3*time.Hour, func() {
		extended = o.tell(models.DecideExtendReview, o.officer, &o.taskOf(models.TaskReview, slow).ID, models.AskTimePayload{DueOn: o.day(60 * day)})
	})
	o.takesBack(40*day, who, who, &back)
	o.at(40*day+time.Minute, func() {
		task := o.taskOf(models.TaskReview, who)
		require.Equal(t, models.TaskOpen, task.State)
		require.True(t, task.DueAt.Before(begin.Add(22*day)), "the deadline is what it was")
		require.True(t, task.GraceUntil.After(begin.Add(46*day)), "but a late answer is taken once more")
	})
	o.at(43*day, func() {
		again = o.tell(models.DecideAnswerReview, who, &o.taskOf(models.TaskReview, who).ID, o.review())
	})
	cutOff(t, o.run(44*day))
	o.recorded(extended)
	o.recorded(back)
	o.recorded(again)
	require.False(t, back.outcome.Late, "taking back is not late")
	require.True(t, again.outcome.Late)
	require.Equal(t, 1, o.answered())
}

func TestReviewTakenBackByWhoWasReplacedIsOver(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	who := o.experts[0]
	o.startReview(0, o.experts[:3], nil)
	var declared, replaced, back *said
	o.declares(time.Hour, who, who, &declared)
	o.answer(2*time.Hour, who)
	o.rules(3*time.Hour, who, o.officer, models.RulingReplaced, &replaced)
	o.takesBack(4*time.Hour, who, who, &back)
	cutOff(t, o.run(5*time.Hour))
	o.recorded(replaced)
	o.recorded(back)
	require.Equal(t, models.TaskCancelled, o.taskOf(models.TaskReview, who).State, "somebody else is asked")
	reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	require.Empty(t, reviews)
}

func TestReviewTakenBackThenDeclinedAndHeld(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 2 })
	who := o.experts[0]
	o.startReview(0, o.experts[:2], o.experts[2:3])
	o.answer(time.Hour, who)
	var held, back *said
	o.at(2*time.Hour, func() { o.tell(models.DecideHold, o.officer, nil, models.ReasonPayload{Reason: "Elections."}) })
	o.takesBack(3*time.Hour, who, who, &held)
	o.at(4*time.Hour, func() { o.tell(models.DecideResume, o.officer, nil, models.NoPayload{}) })
	o.takesBack(5*time.Hour, who, who, &back)
	o.declines(6*time.Hour, who)
	cutOff(t, o.run(7*time.Hour))
	o.refused(apperr.CodeHeld, held)
	o.recorded(back)
	require.Equal(t, models.TaskDeclined, o.taskOf(models.TaskReview, who).State, "whoever takes it back may decline then")
}

// A further round is another question: nothing of the first is left in it, also where the process continued as new.
func TestReviewTakenBackInAFurtherRound(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.Grace = 1, "1h" })
	who := o.experts[0]
	o.startReview(0, o.experts[:1], nil)
	o.answer(time.Hour, who)
	o.decides(5*time.Hour, models.DecideReview, models.TaskDecideReview, models.DecideReviewPayload{Decision: models.ReviewRevise, Reason: "Once more."})
	o.startReview(6*time.Hour, o.experts[:1], nil)
	o.answer(7*time.Hour, who)
	var back *said
	o.takesBack(7*time.Hour+30*time.Minute, who, who, &back)
	cutOff(t, o.run(10*time.Hour))
	require.Equal(t, 4, o.runs, "drafting, review, drafting, review")
	o.recorded(back)
	require.Nil(t, o.round(2).ClosedAt)
	require.Equal(t, 1, o.answered(), "the first round's answer stands")
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, who).State)
}

func TestConsultationIsTakenBackInTheOrganisationsName(t *testing.T) {
	o := consultOffice(t, nil)
	var given, back, stranger, again *said
	o.at(time.Hour, func() { given = o.comments(tirana, tirana, "Good.") })
	takes := func(after time.Duration, email string, outcome **said) {
		o.at(after, func() {
			*outcome = o.tell(models.DecideTakeBack, o.person(email), &o.asks(tirana).ID, models.TakeBackPayload{})
		})
	}
	takes(2*time.Hour, chisinau, &stranger)
	takes(3*time.Hour, tirana, &back)
	o.at(4*time.Hour, func() {
		task := o.asks(tirana)
		require.True(t, task.WaitsAgain())
		draft, err := models.TakenBack(o.ctx, o.db, task, o.person(tirana))
		require.NoError(t, err)
		require.Equal(t, "Good.", draft.Reasons)
		reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
		require.NoError(t, err)
		require.Empty(t, reviews)
	})
	o.at(5*time.Hour, func() { again = o.comments(tirana, tirana, "Very good.") })
	cutOff(t, o.run(6*time.Hour))
	o.recorded(given)
	o.recorded(back)
	o.recorded(again)
	o.refused(apperr.CodeNotFound, stranger)
	require.Equal(t, o.organisationOf(o.person(tirana)), o.entry("consultation.taken_back").Organisation)
	require.Nil(t, o.closing(), "experts are waited for as before")
}
