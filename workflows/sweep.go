package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Sweep makes good what a crash left undone: processes not started, submissions not settled, things that ran out. It is
// run by a schedule and does as much as it can each time, and now and then it has a look for what it cannot make good.
func Sweep(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute,
		HeartbeatTimeout:    aliveWithin,
		RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 2},
	})
	for _, part := range []any{a.StartOpen, a.ResendUnsettled, a.CleanUp, a.Examine} {
		if err := workflow.ExecuteActivity(ctx, part).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Warn("part of the sweep failed; the next sweep goes on", "error", err)
		}
	}
	return nil
}
