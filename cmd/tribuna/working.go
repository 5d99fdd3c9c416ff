package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/worker"

	"tribuna/activities"
	"tribuna/workflows"
)

// startWorker starts what drives the processes and what sends the mails. An end that nobody asked for is reported to fail.
func (p *parts) startWorker(ctx context.Context, fail func(error)) (stopFunc, error) {
	processes := p.processes()
	queue, err := processes.Queue(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := p.temporal.CheckHealth(ctx, nil); err != nil {
		return nil, fmt.Errorf("TEMPORAL_ADDRESS %s does not answer: start Temporal there or set another address: %w", p.cfg.TemporalAddress, err)
	}
	sender, err := p.sender()
	if err != nil {
		return nil, err
	}
	worker.SetStickyWorkflowCacheSize(p.cfg.WorkflowCache)
	w := workflows.NewWorker(p.temporal, queue, &activities.Activities{
		DB: p.db, Now: time.Now, Mails: mailings{sender}, Processes: processes, Log: slog.Default(),
	}, func(err error) { fail(fmt.Errorf("worker: %w", err)) })
	if err := w.Start(); err != nil {
		return nil, fmt.Errorf("start the worker: %w", err)
	}
	if err := workflows.EnsureSchedule(ctx, p.temporal, queue, p.cfg.SweepEvery); err != nil {
		w.Stop()
		return nil, fmt.Errorf("schedule the sweep: %w", err)
	}
	stopSending := runInBackground(sender.Run)
	stopKeeping := runInBackground(func(ctx context.Context) error {
		return workflows.KeepSchedule(ctx, p.temporal, queue, p.cfg.SweepEvery)
	})
	return func(stopping context.Context) error {
		w.Stop()
		return errors.Join(stopKeeping(stopping), stopSending(stopping))
	}, nil
}

// runInBackground runs something until it is stopped, and waits then for its end.
func runInBackground(run func(context.Context) error) stopFunc {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	return func(stopping context.Context) error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-stopping.Done():
			return stopping.Err()
		}
	}
}
