package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// declares has an expert declare that they are paid by whom the text concerns.
func (o *office) declares(after time.Duration, whose, by models.Person, outcome **said, change ...func(*models.Submission)) {
	o.at(after, func() {
		*outcome = o.tell(models.DecideDeclareConflict, by, &o.taskOf(models.TaskReview, whose).ID,
			models.DeclareConflictPayload{Kind: models.ConflictFunded, Words: "By the ministry."}, change...)
	})
}

// rules has somebody decide about it.
func (o *office) rules(after time.Duration, whose, by models.Person, ruling string, outcome **said) {
	o.at(after, func() {
		*outcome = o.tell(models.DecideRuleConflict, by, &o.taskOf(models.TaskReview, whose).ID, models.RuleConflictPayload{Ruling: ruling, Reason: "Weighed."})
	})
}

func (o *office) conflictOf(whose models.Person) *models.Conflict {
	c, err := models.ConflictOf(o.ctx, o.db, o.taskOf(models.TaskReview, whose).ID)
	require.NoError(o.t, err)
	require.NotNil(o.t, c)
	return c
}

func TestConflictIsDecidedByTheOfficer(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], o.experts[2:3])
	var declared, answered, shown, replaced, again *said
	o.declares(time.Hour, o.experts[0], o.experts[0], &declared)
	o.at(2*time.Hour, func() {
		require.True(t, o.conflictOf(o.experts[0]).Undecided())
		answered = o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review())
	})
	o.rules(3*time.Hour, o.experts[0], o.officer, models.RulingShown, &shown)
	o.at(4*time.Hour, func() {
		rounds, err := models.Rounds(o.ctx, o.db, o.rec.ID)
		require.NoError(t, err)
		n, err := rounds[0].Answered(o.ctx, o.db, models.ReviewRules{})
		require.NoError(t, err)
		require.Equal(t, 1, n, "what is shown counts")
	})
	o.rules(5*time.Hour, o.experts[0], o.officer, models.RulingReplaced, &replaced)
	o.rules(6*time.Hour, o.experts[0], o.officer, models.RulingMayAnswer, &again)
	o.at(7*time.Hour, func() {
		rounds, err := models.Rounds(o.ctx, o.db, o.rec.ID)
		require.NoError(t, err)
		n, err := rounds[0].Answered(o.ctx, o.db, models.ReviewRules{})
		require.NoError(t, err)
		require.Zero(t, n, "who was replaced does not count")
	})
	cutOff(t, o.run(8*time.Hour))
	o.recorded(declared)
	o.recorded(answered)
	o.recorded(shown)
	o.recorded(replaced)
	o.refused(apperr.CodeClosed, again)
	_, err := models.ReviewByTask(o.ctx, o.db, o.taskOf(models.TaskReview, o.experts[0]).ID)
	require.NoError(t, err, "what was sent is kept")
	invited := len(o.tasksOf(models.TaskReview)) == 3
	require.True(t, invited || len(o.openTasks(models.TaskChooseReviewer)) == 1, "somebody else is asked, or the officer whom")
	require.Equal(t, 1, o.mailsTo(models.MailRoundNews, o.officer.ID))
	require.Equal(t, 2, o.mailsTo(models.MailConflictRuled, o.experts[0].ID))
	require.Equal(t, 1, o.entries("review.conflict_declared"))
	require.Equal(t, 2, o.entries("review.conflict_ruled"))
}

func TestConflictReplacesWhoHasNotAnswered(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.ReplaceSilent = true })
	o.startReview(0, o.experts[:2], o.experts[2:3])
	var declared, replaced, answered *said
	o.declares(time.Hour, o.experts[0], o.experts[0], &declared)
	o.rules(2*time.Hour, o.experts[0], o.officer, models.RulingReplaced, &replaced)
	o.at(3*time.Hour, func() {
		answered = o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review())
	})
	cutOff(t, o.run(4*time.Hour))
	o.recorded(replaced)
	o.refused(apperr.CodeClosed, answered)
	require.Equal(t, models.TaskCancelled, o.taskOf(models.TaskReview, o.experts[0]).State)
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[2]).State, "the next in line")
}

func TestConflictRuledWhileTheRoundClosesHasItGoOn(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1 })
	o.startReview(0, o.experts[:2], o.experts[2:3])
	var declared, replaced *said
	o.declares(time.Hour, o.experts[0], o.experts[0], &declared)
	o.answer(2*time.Hour, o.experts[0])
	o.at(150*time.Minute, func() {
		rounds, err := models.Rounds(o.ctx, o.db, o.rec.ID)
		require.NoError(t, err)
		require.NotNil(t, rounds[0].ClosingAt)
		require.Equal(t, 1, o.mailsTo(models.MailRoundClosing, o.experts[1].ID))
	})
	o.rules(3*time.Hour, o.experts[0], o.officer, models.RulingReplaced, &replaced)
	o.at(3*day, func() {
		rounds, err := models.Rounds(o.ctx, o.db, o.rec.ID)
		require.NoError(t, err)
		require.Nil(t, rounds[0].ClosingAt, "nothing counts: it goes on")
		require.Nil(t, rounds[0].ClosedAt)
		require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[1]).State, "the other one is still awaited")
		require.Equal(t, models.TaskOpen, o.taskOf(models.TaskReview, o.experts[2]).State, "the next in line is asked")
		require.Equal(t, 1, o.mailsTo(models.MailRoundGoesOn, o.experts[1].ID), "who was told is told")
		require.Zero(t, o.mailsTo(models.MailRoundGoesOn, o.experts[2].ID))
	})
	o.answer(3*day+time.Hour, o.experts[2])
	cutOff(t, o.run(7*day))
	o.recorded(replaced)
	rounds, err := models.Rounds(o.ctx, o.db, o.rec.ID)
	require.NoError(t, err)
	require.NotNil(t, rounds[0].ClosedAt, "one that counts is enough")
	require.Equal(t, 1, o.entries("review.goes_on"))
	require.Equal(t, 2, o.mailsTo(models.MailRoundClosing, o.experts[1].ID), "told anew")
}

func TestConflictRuledAsksTheOfficerAnewWhetherEnoughHaveAnswered(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.WhenEnough = 1, models.EnoughAsks })
	o.startReview(0, o.experts[:2], o.experts[2:3])
	var declared, replaced *said
	o.declares(time.Hour, o.experts[0], o.experts[0], &declared)
	o.answer(2*time.Hour, o.experts[0])
	o.rules(3*time.Hour, o.experts[0], o.officer, models.RulingReplaced, &replaced)
	o.answer(4*time.Hour, o.experts[2])
	cutOff(t, o.run(5*time.Hour))
	o.recorded(replaced)
	require.Equal(t, 2, o.entries("review.enough"), "the first was for an answer that counts no more")
	require.Equal(t, 3, o.mailsTo(models.MailRoundNews, o.officer.ID), "of the conflict, and twice that enough have answered")
}

func TestConflictNobodyDecidesAboutCountsAndIsShown(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1 })
	o.startReview(0, o.experts[:1], nil)
	var declared, late *said
	o.declares(time.Hour, o.experts[0], o.experts[0], &declared)
	o.answer(2*time.Hour, o.experts[0])
	o.at(19*day, func() { o.the(models.TaskDecideReview) })
	o.rules(20*day, o.experts[0], o.officer, models.RulingMayAnswer, &late)
	cutOff(t, o.run(21*day))
	o.recorded(declared)
	o.refused(apperr.CodeClosed, late)
	c := o.conflictOf(o.experts[0])
	require.True(t, c.Undecided() && c.Shown())
	reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	counted, _ := models.CountedReviews(reviews, models.ReviewRules{}, nil)
	require.Len(t, counted, 1)
}

func TestConflictDeclaredTwiceIsOne(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	var first, same, again, ruled, other *said
	o.declares(time.Hour, o.experts[0], o.experts[0], &first, decisionID("the-same-form"))
	o.declares(2*time.Hour, o.experts[0], o.experts[0], &same, decisionID("the-same-form"))
	o.rules(3*time.Hour, o.experts[0], o.officer, models.RulingMayAnswer, &ruled)
	o.declares(4*time.Hour, o.experts[0], o.experts[0], &again)
	o.at(5*time.Hour, func() { require.NotNil(t, o.conflictOf(o.experts[0]).Ruling, "the same words change nothing") })
	o.at(6*time.Hour, func() {
		other = o.tell(models.DecideDeclareConflict, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID,
			models.DeclareConflictPayload{Kind: models.ConflictCoAuthor, Words: "Of the second part."})
	})
	cutOff(t, o.run(7*time.Hour))
	o.recorded(first)
	o.recorded(same)
	o.recorded(again)
	o.recorded(other)
	require.Equal(t, 2, o.entries("review.conflict_declared"))
	require.True(t, o.conflictOf(o.experts[0]).Undecided(), "another declaration is decided about anew")
}

func TestConflictIsDeclaredAndDecidedByWhomItConcerns(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	var stranger, own, elsewhere, none *said
	o.declares(time.Hour, o.experts[0], o.experts[1], &stranger)
	o.rules(90*time.Minute, o.experts[0], o.officer, models.RulingShown, &none)
	var declared *said
	o.declares(2*time.Hour, o.experts[0], o.experts[0], &declared)
	o.rules(3*time.Hour, o.experts[0], o.experts[0], models.RulingMayAnswer, &own)
	o.rules(4*time.Hour, o.experts[0], o.other, models.RulingMayAnswer, &elsewhere)
	cutOff(t, o.run(5*time.Hour))
	for _, s := range []*said{stranger, own, elsewhere, none} {
		require.NoError(t, s.err)
		require.Equal(t, models.SubmissionRefused, s.outcome.State)
	}
	require.Equal(t, apperr.CodeWrongStage, none.outcome.Code, "there is nothing to decide about")
	require.True(t, o.conflictOf(o.experts[0]).Undecided())
}

func TestConflictEndsWithTheRecommendation(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:2], nil)
	var declared *said
	o.declares(time.Hour, o.experts[0], o.experts[0], &declared)
	o.withdraws(2 * time.Hour)
	require.NoError(t, o.run(day))
	task := o.taskOf(models.TaskReview, o.experts[0])
	sub, err := models.NewSubmission(o.rec.ID, "after-the-end", models.DecideRuleConflict, o.officer.ID, models.RuleConflictPayload{Ruling: models.RulingShown})
	require.NoError(t, err)
	sub.TaskID = &task.ID
	stored, err := models.Receive(o.ctx, o.db, sub, o.clock)
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRefused, o.decideAlone(stored).State)
}

func TestConflictStaysWithItsRoundThroughTheNext(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1 })
	o.startReview(0, o.experts[:1], nil)
	var declared, second *said
	o.declares(time.Hour, o.experts[0], o.experts[0], &declared)
	o.answer(2*time.Hour, o.experts[0])
	o.decides(20*day, models.DecideReview, models.TaskDecideReview, models.DecideReviewPayload{Decision: models.ReviewRevise, Reason: "Once more."})
	o.startReview(21*day, o.experts[:1], nil)
	o.at(22*day, func() {
		c, err := models.ConflictOf(o.ctx, o.db, o.taskOf(models.TaskReview, o.experts[0]).ID)
		require.NoError(t, err)
		require.Nil(t, c, "each round asks anew")
	})
	o.declares(23*day, o.experts[0], o.experts[0], &second)
	cutOff(t, o.run(24*day))
	require.Equal(t, 4, o.runs, "drafting, review, drafting, review")
	o.recorded(second)
	all, err := models.ConflictsOf(o.ctx, o.db, o.rec.ID)
	require.NoError(t, err)
	require.Len(t, all, 2)
}

func TestAnswersToQuestionsTravelWithTheReview(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) {
		d.Review.Questions = []models.Question{{ID: "ready", Kind: models.QuestionYesNo, Text: models.Names{"en": "Is it ready?"}, Required: true},
			{ID: "apart", Kind: models.QuestionText, Text: models.Names{"en": "Between us?"}, Confidential: true}}
	})
	o.startReview(0, o.experts[:2], nil)
	var without, with, onPaper *said
	answer := func(p models.ReviewPayload, who models.Person, change ...func(*models.Submission)) *said {
		by := who
		if len(change) > 0 {
			by = o.officer
		}
		return o.tell(models.DecideAnswerReview, by, &o.taskOf(models.TaskReview, who).ID, p, change...)
	}
	o.at(time.Hour, func() { without = answer(o.review(), o.experts[0]) })
	o.at(2*time.Hour, func() {
		p := o.review()
		p.Answers, p.ConfidentialNote = []models.AnswerPayload{{Question: "ready", Value: "no"}, {Question: "apart", Text: "Quokka."}}, "Quokka, too."
		with = answer(p, o.experts[0])
	})
	o.at(90*time.Minute, func() { onPaper = answer(o.review(), o.experts[1], behalf(o.experts[1], "by letter")) })
	cutOff(t, o.run(4*time.Hour))
	o.refused(apperr.CodeInvalid, without)
	require.Equal(t, "answers", without.outcome.Fields[0].Path)
	o.recorded(with)
	o.recorded(onPaper)
	rv, err := models.ReviewByTask(o.ctx, o.db, o.taskOf(models.TaskReview, o.experts[0]).ID)
	require.NoError(t, err)
	require.Equal(t, "no", rv.AnswerTo("ready").Value)
	require.Equal(t, "Quokka.", rv.AnswerTo("apart").Body)
	said := o.entry("review.answered")
	require.Equal(t, "no", said.Facts["question_ready"])
	require.Equal(t, "2", said.Facts["in_confidence"])
	for field, words := range said.Texts {
		require.NotContains(t, words, "Quokka", field)
	}
}
