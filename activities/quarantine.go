package activities

import (
	"context"

	"tribuna/models"
)

// release lets a process go on whose text was hidden: as after a hold its deadlines move by as long as it stood still. Where
// the text was hidden again meanwhile it goes on standing still; where it was on hold before, the end of that hold moves them.
func release(ctx context.Context, x *act) error {
	if x.process.HeldSince == nil || x.rec.Quarantined() {
		return nil
	}
	since := *x.process.HeldSince
	x.process.HeldSince = nil
	if x.held() {
		return nil
	}
	if x.process.Kind == models.ProcessRecommendation {
		if err := models.LeaveOutOfStage(ctx, x.tx, x.rec.ID, x.now.Sub(since)); err != nil {
			return err
		}
	}
	return x.moveDeadlines(ctx, since)
}
