package main

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"tribuna/workflows"
)

// The bare equivalent of a decision: an Update whose handler runs one regular activity that does nothing, on the same
// Temporal server.
const (
	bareQueue  = "bare"
	bareUpdate = "decide"
	bareEnd    = "end"
)

func nothing(context.Context) error { return nil }

func bareProcess(ctx workflow.Context) error {
	err := workflow.SetUpdateHandler(ctx, bareUpdate, func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		return workflow.ExecuteActivity(ctx, nothing).Get(ctx, nil)
	})
	if err != nil {
		return err
	}
	workflow.GetSignalChannel(ctx, bareEnd).Receive(ctx, nil)
	return nil
}

// bare is a number of open bare processes and the worker that drives them.
type bare struct {
	client client.Client
	worker worker.Worker
	ids    []string
}

// startBare starts its worker with as many activities and polls at once as ours.
func startBare(ctx context.Context, c client.Client, count int) (*bare, error) {
	b := &bare{client: c, worker: worker.New(c, bareQueue, worker.Options{MaxConcurrentActivityExecutionSize: workflows.MaxActivities,
		MaxConcurrentActivityTaskPollers: workflows.Polls, MaxConcurrentWorkflowTaskPollers: workflows.Polls})}
	b.worker.RegisterWorkflow(bareProcess)
	b.worker.RegisterActivity(nothing)
	if err := b.worker.Start(); err != nil {
		return nil, err
	}
	for range count {
		id := "bare:" + uuid.NewString()
		if _, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: bareQueue}, bareProcess); err != nil {
			return nil, err
		}
		b.ids = append(b.ids, id)
	}
	return b, nil
}

// update sends one Update and waits until it is done.
func (b *bare) update(ctx context.Context, process int) error {
	handle, err := b.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: b.ids[process], UpdateName: bareUpdate,
		WaitForStage: client.WorkflowUpdateStageCompleted})
	if err != nil {
		return err
	}
	return handle.Get(ctx, nil)
}
