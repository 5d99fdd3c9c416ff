package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// hide plans that the text is hidden for a while, and that the process is told when it is shown again.
func (o *office) hide(process uuid.UUID, from, until time.Duration) {
	o.t.Helper()
	act := func(do func(context.Context, bun.IDB, uuid.UUID, models.Person, time.Time) ([]models.Submission, error)) (subs []models.Submission) {
		coordinators, err := models.Coordinators(o.ctx, o.db)
		require.NoError(o.t, err)
		require.NoError(o.t, o.db.RunInTx(o.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			subs, err = do(ctx, tx, o.rec.ID, coordinators[0], o.now())
			return err
		}))
		return subs
	}
	o.at(from, func() { require.Empty(o.t, act(models.Quarantine)) })
	o.at(until, func() {
		told := 0
		for _, s := range act(models.LiftQuarantine) {
			if s.ProcessID == process {
				o.pass(&s, new(said))
				told++
			}
		}
		require.Equal(o.t, 1, told)
	})
}

func TestNothingFallsDueWhileATextIsHidden(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { formerLadder(d); d.Review.Respond = "2d" })
	o.startReview(0, o.experts[:1], o.experts[1:2])
	o.hide(o.rec.ID, time.Hour, 30*day)
	var meanwhile, after *said
	answer := func() *said {
		return o.tell(models.DecideAnswerReview, o.experts[0], &o.taskOf(models.TaskReview, o.experts[0]).ID, o.review())
	}
	o.at(5*day, func() { meanwhile = answer() })
	o.at(31*day, func() {
		task := o.taskOf(models.TaskReview, o.experts[0])
		require.Equal(t, models.TaskOpen, task.State, "nobody was silent while nobody could answer")
		require.True(t, task.RespondBy.After(begin.Add(31*day)))
		after = answer()
	})
	o.at(60*day, func() {
		require.Equal(t, models.TaskOpen, o.taskOf(models.TaskDecideReview, o.officer).State, "the round went on to its end")
	})
	cutOff(t, o.run(61*day))
	require.Equal(t, apperr.CodeNotFound, meanwhile.outcome.Code)
	o.recorded(after)
}

func TestAFollowUpOfAHiddenTextStandsStill(t *testing.T) {
	o, id := followOffice(t, nil)
	o.hide(id, firstAsked+time.Hour, firstAsked+200*day)
	var late *said
	o.at(firstAsked+201*day, func() {
		require.Equal(t, models.TaskOpen, o.asked(id).State, "it is still asked about the first period")
		require.True(t, o.asked(id).DueAt.After(o.now()))
		late = o.reports(id, owner, true)
	})
	cutOff(t, o.follow(id, firstAsked+202*day))
	o.recorded(late)
	require.Equal(t, 2, o.followUp(id).Period)
	require.Equal(t, 1, o.entries("followup.asked"))
}
