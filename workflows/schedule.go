package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// DefaultSweepEvery is the sweep's pace where nobody set another.
const DefaultSweepEvery = time.Minute

// scheduleEvery is how often a worker makes sure that the sweep's schedule is there: a Temporal that lost its data forgot
// that too, and with it everything the sweep makes good.
const scheduleEvery = 10 * time.Second

func scheduleID(queue string) string { return "sweep-" + queue }

// EnsureSchedule creates the sweep's schedule, or sets its pace. Sweeps never overlap, and those missed while nothing
// ran are not made up for: one finds all there is.
func EnsureSchedule(ctx context.Context, c client.Client, queue string, every time.Duration) error {
	id := scheduleID(queue)
	spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: every}}}
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:            id,
		Spec:          spec,
		Action:        &client.ScheduleWorkflowAction{ID: id, Workflow: "sweep", TaskQueue: queue},
		Overlap:       enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: 10 * time.Second,
	})
	var exists *serviceerror.AlreadyExists
	if err == nil || (!errors.Is(err, temporal.ErrScheduleAlreadyRunning) && !errors.As(err, &exists)) {
		return err
	}
	handle := c.ScheduleClient().GetHandle(ctx, id)
	err = handle.Update(ctx, client.ScheduleUpdateOptions{DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		in.Description.Schedule.Spec = &spec
		return &client.ScheduleUpdate{Schedule: &in.Description.Schedule}, nil
	}})
	if err != nil {
		return fmt.Errorf("set the sweep's pace: %w", err)
	}
	return nil
}

// scheduled reports whether Temporal knows of the sweep's schedule.
func scheduled(ctx context.Context, c client.Client, queue string) (bool, error) {
	_, err := c.ScheduleClient().GetHandle(ctx, scheduleID(queue)).Describe(ctx)
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ask Temporal about the sweep: %w", err)
	}
	return true, nil
}

// KeepSchedule creates the sweep's schedule again whenever it is gone, until ctx ends. While Temporal cannot be reached
// there is nothing to do.
func KeepSchedule(ctx context.Context, c client.Client, queue string, every time.Duration) error {
	tick := time.NewTicker(scheduleEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if there, err := scheduled(ctx, c, queue); err == nil && !there {
			_ = EnsureSchedule(ctx, c, queue, every)
		}
	}
}
