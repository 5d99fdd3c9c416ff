package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// coordinator is the first of the network's.
func (d *desk) coordinator() models.Person {
	d.t.Helper()
	list, err := models.Coordinators(d.ctx, d.db)
	require.NoError(d.t, err)
	return list[0]
}

// passes lets the deadline of the open task of a kind pass, and returns the step that dealt with it.
func (d *desk) passes(kind models.TaskKind) {
	d.t.Helper()
	late := d.the(kind)
	d.clock = late.DueAt
	d.step("TaskOverdue", d.acts.TaskOverdue, Step{ProcessID: late.ProcessID, TaskID: late.ID, N: late.Extensions})
}

// lookIntoTwice has a deadline pass and the coordinator do all that can be done about it: remind, give more time, and, when
// that has passed too, leave it.
func (d *desk) lookIntoTwice(kind models.TaskKind) {
	d.t.Helper()
	d.passes(kind)
	before := d.the(kind)
	d.decide(before.ProcessID, models.DecideRemindLate, d.coordinator(), d.the(models.TaskEscalation), models.NoPayload{})
	require.Equal(d.t, before.Reminders+1, d.the(kind).Reminders)

	until := models.Day(d.clock.Add(7 * day))
	d.decide(before.ProcessID, models.DecideExtendLate, d.coordinator(), d.the(models.TaskEscalation), models.ExtendPayload{DueOn: &until, Reason: "Holidays."})
	require.Zero(d.t, d.count((*models.Task)(nil), "kind = 'escalation' AND state = 'open'"))
	after := d.the(kind)
	require.Nil(d.t, after.OverdueAt)
	require.True(d.t, after.DueAt.After(d.clock.Add(6*day)))
	require.NotNil(d.t, after.RemindAt, "once more before the new deadline")
	require.True(d.t, after.RemindAt.Before(after.DueAt))

	d.passes(kind)
	d.decide(before.ProcessID, models.DecideLeaveLate, d.coordinator(), d.the(models.TaskEscalation), models.LeavePayload{Note: "They know."})
	require.Zero(d.t, d.count((*models.Task)(nil), "kind = 'escalation' AND state = 'open'"))
	require.Equal(d.t, models.TaskOpen, d.the(kind).State, "it is still waited for")
	d.notNow("TaskOverdue", d.acts.TaskOverdue, Step{ProcessID: before.ProcessID, TaskID: before.ID, N: 2}) // nobody is asked again
}

// TestRecordSaysWhyAnEscalationEnded looks at what a coordinator finds who opens one that is gone.
func TestRecordSaysWhyAnEscalationEnded(t *testing.T) {
	d := newDesk(t, nil)
	d.startReview(d.experts[0])
	d.answerReview(d.experts[0])
	d.stage("BeginClosing", d.acts.BeginClosing)
	d.pass(4 * day)
	d.stage("CloseRound", d.acts.CloseRound)
	d.passes(models.TaskDecideReview)
	past := models.Day(d.clock.Add(-3 * day))
	sub := d.submit(d.rec.ID, models.DecideExtendLate, d.coordinator(), &d.the(models.TaskEscalation).ID, models.ExtendPayload{DueOn: &past})
	result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: d.rec.ID, SubmissionID: sub.ID})
	require.NoError(t, err)
	require.Equal(t, apperr.CodeInvalid, result.Outcome.Code, "a day that is over gives nobody time")
	sub = d.submit(d.rec.ID, models.DecideLeaveLate, d.officer, &d.the(models.TaskEscalation).ID, models.LeavePayload{})
	result, err = d.acts.Decide(d.ctx, DecideInput{ProcessID: d.rec.ID, SubmissionID: sub.ID})
	require.NoError(t, err)
	require.Equal(t, apperr.CodeForbidden, result.Outcome.Code, "who is late does not say that it is well so")

	late := d.the(models.TaskDecideReview)
	d.pass(time.Hour)
	d.says(models.DecideReview, late, models.DecideReviewPayload{Decision: models.ReviewRevise, Reason: "Weighed."})
	require.Zero(t, d.count((*models.Task)(nil), "kind = 'escalation' AND state = 'open'"))
	items, err := record.List(d.ctx, d.db, d.rec.ID, record.Public, record.Network, record.Confidential)
	require.NoError(t, err)
	last := items[len(items)-1]
	require.Equal(t, "task.settled", last.Verb, "after what settled it")
	require.Equal(t, record.System, last.Capacity)
	require.Equal(t, map[string]string{"kind": "decide_review", "how": "done"}, last.Facts)
	require.Equal(t, late.ID, last.Object)
	decided, err := models.DecisionMade(d.ctx, d.db, d.rec.ID, sub.DecisionID)
	require.NoError(t, err)
	require.Nil(t, decided)
	d.whole()
}
