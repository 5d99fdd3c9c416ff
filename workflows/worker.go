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
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"tribuna/activities"
	"tribuna/models"
)

// Register is the one list of what there is, shared by worker, replayer and tests.
func Register(r interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}) {
	r.RegisterWorkflowWithOptions(Recommendation, workflow.RegisterOptions{Name: string(models.ProcessRecommendation)})
	r.RegisterWorkflowWithOptions(Mailing, workflow.RegisterOptions{Name: string(models.ProcessMailing)})
	r.RegisterWorkflowWithOptions(FollowUp, workflow.RegisterOptions{Name: string(models.ProcessFollowUp)})
	r.RegisterWorkflowWithOptions(Sweep, workflow.RegisterOptions{Name: "sweep"})
}

// NewWorker returns a worker for an installation's queue. A panic in a workflow blocks it until the code is mended; it
// never ends a process.
func NewWorker(c client.Client, queue string, acts *activities.Activities) worker.Worker {
	w := worker.New(c, queue, worker.Options{
		WorkflowPanicPolicy:                worker.BlockWorkflow,
		WorkerStopTimeout:                  10 * time.Second,
		MaxConcurrentActivityExecutionSize: 20,
	})
	Register(w)
	w.RegisterActivity(acts)
	return w
}

// EnsureSchedule creates the sweep's schedule, or sets its pace. Sweeps never overlap, and those missed while nothing
// ran are not made up for: one finds all there is.
func EnsureSchedule(ctx context.Context, c client.Client, queue string, every time.Duration) error {
	id := "sweep-" + queue
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
