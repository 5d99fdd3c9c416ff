package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

func TestReviewLateAnswersAreKeptAndCountByRule(t *testing.T) {
	for name, apart := range map[string]bool{"counts": false, "apart": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.LateApart = 1, apart })
			o.startReview(0, o.experts[:2], nil)
			for _, e := range o.experts[:2] {
				o.at(time.Hour, func() { o.tell(models.DecideAcceptTask, e, &o.taskOf(models.TaskReview, e).ID, models.NoPayload{}) })
			}
			o.answer(23*day, o.experts[0])
			cutOff(t, o.run(23*day+2*time.Hour))
			reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
			require.NoError(t, err)
			require.Len(t, reviews, 1)
			require.True(t, reviews[0].Late)
			round, err := models.RoundByNumber(o.ctx, o.db, o.rec.ID, 1)
			require.NoError(t, err)
			require.Equal(t, apart, round.ClosingAt == nil, "counts unless the procedure sets it apart")
		})
	}
}

func TestReviewAnsweredInTimeStaysSoWhenItIsChanged(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.LateApart = 2, true })
	o.startReview(0, o.experts[:2], nil)
	for _, e := range o.experts[:2] {
		o.at(time.Hour, func() { o.tell(models.DecideAcceptTask, e, &o.taskOf(models.TaskReview, e).ID, models.NoPayload{}) })
	}
	o.answer(2*time.Hour, o.experts[0])
	o.answer(23*day, o.experts[1])
	var mended, late *said
	change := func(who models.Person) *said {
		p := o.review()
		p.Reasons = "One letter less."
		return o.tell(models.DecideAnswerReview, who, &o.taskOf(models.TaskReview, who).ID, p)
	}
	o.at(23*day+time.Hour, func() { mended = change(o.experts[0]) })
	o.at(23*day+2*time.Hour, func() { late = change(o.experts[1]) })
	cutOff(t, o.run(23*day+3*time.Hour))
	o.recorded(mended)
	o.recorded(late)
	require.False(t, mended.outcome.Late)
	require.True(t, late.outcome.Late)
	reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	for _, rv := range reviews {
		require.Equal(t, "One letter less.", rv.Reasons)
		require.Equal(t, rv.PersonID == o.experts[1].ID, rv.Late, "late only where the first one was")
	}
	round, err := models.RoundByNumber(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	n, err := round.Answered(o.ctx, o.db, models.ReviewRules{LateApart: true})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	items, err := record.List(o.ctx, o.db, o.rec.ID, record.Confidential)
	require.NoError(t, err)
	after := 0
	for _, it := range items {
		if it.Verb == "review.answered" && it.Facts["changed_after_due"] == "true" {
			after++
			require.Empty(t, it.Facts["late"])
		}
	}
	require.Equal(t, 1, after, "the record says when it was changed")
}

func TestReviewIsShorterWhereTheTextIsNeededSoon(t *testing.T) {
	for needed, due := range map[string]string{"2026-06-20": "2026-06-15", "2026-06-05": "2026-06-10", "2026-09-01": "2026-06-22"} {
		t.Run(needed, func(t *testing.T) {
			o := newOffice(t, nil)
			o.exec("UPDATE recommendations SET needed_by = ? WHERE id = ?", needed, o.rec.ID)
			o.startReview(0, o.experts[:1], nil)
			cutOff(t, o.run(time.Hour))
			task := o.taskOf(models.TaskReview, o.experts[0])
			require.Equal(t, due, task.DueAt.In(zoneIn(t, o, o.experts[0])).Format(time.DateOnly), needed)
			require.Equal(t, due != "2026-06-22", task.ShortFor != nil, "and says so")
			require.True(t, task.DueAt.After(*task.RespondBy), "never below what one has to respond")
		})
	}
}

func TestReviewTimeThatIsNotGivenLeavesTheDeadline(t *testing.T) {
	o := newOffice(t, nil)
	o.startReview(0, o.experts[:1], nil)
	expert := o.experts[0]
	refuse := func(who models.Person, reason string) *said {
		return o.tell(models.DecideRefuseTime, who, &o.taskOf(models.TaskReview, expert).ID, models.RefuseTimePayload{Reason: reason})
	}
	var early, stranger, refused, twice *said
	var due time.Time
	o.at(time.Hour, func() {
		due = o.taskOf(models.TaskReview, expert).DueAt
		early = refuse(o.officer, "Nobody asked.")
	})
	o.at(90*time.Minute, func() {
		o.tell(models.DecideAskTime, expert, &o.taskOf(models.TaskReview, expert).ID, models.AskTimePayload{DueOn: o.day(60 * day)})
	})
	o.at(2*time.Hour, func() {
		stranger = refuse(o.other, "Not mine to say.")
		refused = refuse(o.officer, "The law is read in June.")
	})
	o.at(3*time.Hour, func() { twice = refuse(o.officer, "Once more.") })
	cutOff(t, o.run(4*time.Hour))
	o.refused(apperr.CodeWrongStage, early)
	require.Equal(t, models.SubmissionRefused, stranger.outcome.State)
	o.recorded(refused)
	o.refused(apperr.CodeWrongStage, twice)
	task := o.taskOf(models.TaskReview, expert)
	require.Nil(t, task.AskedUntil)
	require.Equal(t, "The law is read in June.", task.TimeRefused)
	require.WithinDuration(t, due, task.DueAt, 0)
	require.Equal(t, models.TaskOpen, task.State)
	require.Equal(t, 1, o.mailsTo(models.MailTimeRefused, expert.ID))
	require.Equal(t, 1, o.entries("review.time_refused"))
}
