package activities

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// deaf never hears one submission: whoever tells it waits for as long as they may.
type deaf struct {
	*reach
	to uuid.UUID
}

func (f *deaf) Tell(ctx context.Context, s *models.Submission) (models.Outcome, error) {
	if s.ID == f.to {
		<-ctx.Done()
		return models.Outcome{}, ctx.Err()
	}
	return f.reach.Tell(ctx, s)
}

func TestSweepGoesOnWhereOneProcessDoesNotAnswer(t *testing.T) {
	d := newDesk(t, nil)
	stuck := d.submit(d.rec.ID, models.DecideHold, d.officer, nil, models.ReasonPayload{Reason: "Elections."})
	d.pass(time.Second)
	behind := d.submit(d.rec.ID, models.DecideStartReview, d.officer, nil, d.reviewStart())
	d.acts.Processes = &deaf{reach: &reach{desk: d}, to: stuck.ID}
	d.pass(resendAfter + time.Second)
	began := time.Now()
	require.Equal(t, SweepResult{Resent: 1, Failed: 1}, d.sweep(d.acts.ResendUnsettled))
	require.Less(t, time.Since(began), 3*resendPatience)
	stored, err := models.SubmissionByID(d.ctx, d.db, behind.ID)
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRecorded, stored.State)
}
