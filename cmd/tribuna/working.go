package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/worker"

	"tribuna/activities"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/workflows"
)

// windowSize is how many mails on one connection may be in doubt after a crash.
const windowSize = 5

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

func (p *parts) sender() (*mail.Sender, error) {
	minter, err := p.minter()
	if err != nil {
		return nil, err
	}
	smtp, err := mail.NewSMTP(p.cfg.SMTPURL, mail.SendTimeout(p.cfg.OutboxLease))
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	from, err := netmail.ParseAddress(p.cfg.MailFrom)
	if err != nil {
		return nil, fmt.Errorf("TRIBUNA_MAIL_FROM: %w", err)
	}
	return &mail.Sender{DB: p.db, Transport: smtp, Composer: mail.NewComposer(p.db, minter, p.cfg.PublicURL()), From: *from,
		Lease: p.cfg.OutboxLease, Window: windowSize, Log: slog.Default()}, nil
}

func (p *parts) minter() (*links.Minter, error) {
	key, err := p.cfg.LinkKeyBytes()
	if err != nil {
		return nil, err
	}
	return links.New(key)
}

// mailings lets a mailing's process send through the loop that sends all mails.
type mailings struct{ sender *mail.Sender }

// SendMailing sends what is due of a mailing.
func (m mailings) SendMailing(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error) {
	return m.sender.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: limit, Progress: func(int) { progress() }})
}
