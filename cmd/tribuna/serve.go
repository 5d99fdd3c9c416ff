package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"tribuna/internal/breached"
	"tribuna/internal/config"
)

// runServe runs the pages and the API apart from the worker.
func runServe(ctx context.Context, cfg config.Config, _ []string) error {
	if err := cfg.Require("DATABASE_URL", "TEMPORAL_ADDRESS", "TRIBUNA_LINK_KEY"); err != nil {
		return err
	}
	if err := breached.Ready(); err != nil {
		return err
	}
	l, err := listen(cfg.Addr)
	if err != nil {
		return err
	}
	collectSeldom()
	s := newStack(nil)
	p, err := openObserved(ctx, cfg, "serve", s)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	if err := p.findPrograms(ctx); err != nil {
		return errors.Join(err, s.stop())
	}
	h, err := p.handler()
	if err != nil {
		return errors.Join(err, s.stop())
	}
	metrics, err := p.serveMetrics(nil, s.fail)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	if metrics != nil {
		s.add("metrics", metrics)
	}
	s.add("pages and API", serveHTTP(l, h, s.fail))
	slog.Info("serving", "address", l.Addr().String(), "url", cfg.PublicURL())
	return errors.Join(s.wait(ctx), s.stop())
}

// collectSeldom lets garbage grow to three times what the pages hold before it is collected: they hold little and make much, so
// that a third of their processor time went into collecting. Where GOGC asked the runtime for anything but its usual 100, that
// stands.
func collectSeldom() {
	if asked := debug.SetGCPercent(300); asked != 100 {
		debug.SetGCPercent(asked)
	}
}

// runWorker runs the worker apart from the pages.
func runWorker(ctx context.Context, cfg config.Config, _ []string) error {
	err := cfg.Require("DATABASE_URL", "TEMPORAL_ADDRESS", "SMTP_URL", "TRIBUNA_MAIL_FROM", "TRIBUNA_LINK_KEY", "TRIBUNA_URL")
	if err != nil {
		return err
	}
	s := newStack(nil)
	p, err := openObserved(ctx, cfg, "worker", s)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	stop, err := p.startWorker(ctx, s.fail)
	if err != nil {
		return errors.Join(fmt.Errorf("worker: %w", err), s.stop())
	}
	s.add("worker", stop)
	returned, err := p.startReturned(s.fail)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	s.add("returned mails", returned)
	metrics, err := p.serveMetrics(p.workerReadiness, s.fail)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	s.add("metrics", metrics)
	slog.Info("working", "temporal", cfg.TemporalAddress, "namespace", cfg.TemporalNamespace)
	return errors.Join(s.wait(ctx), s.stop())
}
