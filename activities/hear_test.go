package activities

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// invited has a round with one expert asked and one in reserve.
func (d *desk) invited() *models.Task {
	d.t.Helper()
	start := d.reviewStart()
	start.Reserve = append(start.Reserve, d.experts[1].ID)
	d.says(models.DecideStartReview, nil, start)
	d.stage("open_review", d.acts.OpenReview)
	return d.the(models.TaskReview)
}

func (d *desk) supports() models.ReviewPayload {
	return models.ReviewPayload{VersionHash: d.version.Hash, Answer: models.AnswerSupport}
}

func TestHearTwentyStepsAtOnceDecideOnceOnWhatWasSaidBefore(t *testing.T) {
	d := newDesk(t, nil)
	asked := d.invited()
	d.pass(6 * day)
	sub := d.submit(d.rec.ID, models.DecideAnswerReview, d.experts[0], &asked.ID, d.supports())
	d.pass(6 * day)
	s := Step{ProcessID: d.rec.ID, TaskID: asked.ID}
	var done sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		done.Go(func() { _, errs[i] = d.acts.TaskSilent(d.ctx, s) })
	}
	done.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, 1, d.count((*models.Task)(nil), "kind = 'review'"), "nobody was asked in their place")
	require.Equal(t, 1, d.count((*models.Decision)(nil), "decision_id = ?", sub.DecisionID))
	settled, err := models.SubmissionByID(d.ctx, d.db, sub.ID)
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRecorded, settled.State)
	d.whole()
}

// The clock of who receives may be ahead of, or behind, that of who decides.
func TestHearClocksMayDiffer(t *testing.T) {
	for name, c := range map[string]struct {
		received, decided time.Duration // from the deadline
		late              bool
	}{
		"received in time, decided later":           {-time.Minute, 2 * day, false},
		"received late":                             {time.Minute, 2 * day, true},
		"received by a clock that is ahead":         {time.Hour, -time.Minute, false},
		"received, as its clock says, before asked": {-400 * day, 2 * day, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, nil)
			asked := d.invited()
			d.decide(d.rec.ID, models.DecideAcceptTask, d.experts[0], asked, models.NoPayload{})
			d.clock = asked.DueAt.Add(c.received)
			sub := d.submit(d.rec.ID, models.DecideAnswerReview, d.experts[0], &asked.ID, d.supports())
			d.clock = asked.DueAt.Add(c.decided)
			result, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: d.rec.ID, SubmissionID: sub.ID})
			require.NoError(t, err)
			require.Equal(t, models.SubmissionRecorded, result.Outcome.State)
			require.Equal(t, c.late, result.Outcome.Late)
			d.whole()
		})
	}
}
