package activities

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"tribuna/models"
)

// hearPatience is how many attempts at a step are given up because something said before it cannot be decided on; with the pauses
// between them they last nearly a minute. After that the step is taken all the same: one submission blocks no process for ever.
const hearPatience = 8

// hear decides on everything that was said to a process and is not decided yet, in the order it was received. While nothing ran a
// person may have answered what the process, once it runs again, would call silence: the sweep comes by too late for that. Each is
// the decision it would have been, in a transaction of its own; the Update that brings it later finds it taken.
func (a *Activities) hear(ctx context.Context, process uuid.UUID) error {
	waiting, err := models.UnsettledOf(ctx, a.DB, process)
	if err != nil {
		return temporalError(err)
	}
	for _, id := range waiting {
		_, err := a.Decide(ctx, DecideInput{ProcessID: process, SubmissionID: id})
		if err == nil {
			continue
		}
		if !hopeless(ctx, err) {
			return err
		}
		a.Log.WarnContext(ctx, "a step is taken before something said is decided on", "process", process, "submission", id, "error", err)
	}
	return nil
}

// hopeless reports whether a decision is not worth waiting for: it fails for good, or has failed for long.
func hopeless(ctx context.Context, err error) bool {
	var final *temporal.ApplicationError
	if errors.As(err, &final) && final.NonRetryable() {
		return true
	}
	return activity.IsActivity(ctx) && activity.GetInfo(ctx).Attempt > hearPatience
}
