package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"tribuna/internal/config"
	"tribuna/internal/devstack/catcher"
	"tribuna/internal/telemetry"
	"tribuna/internal/word"
	"tribuna/models"
	"tribuna/workflows"
)

// mailsPrefix is where the mails of a demonstration are read.
const mailsPrefix = "/dev/mails"

// parts is what the parts of an instance are made of.
type parts struct {
	cfg      config.Config
	db       *bun.DB
	temporal client.Client
	log      *slog.Logger
	// telemetry is set for what runs for long.
	telemetry *telemetry.Telemetry
	word      *word.Converter // nil where there are no pages and no API
	// mails is the catcher of a demonstration, nil anywhere else. The doors
	// for demonstration open only where it is set.
	mails *catcher.Catcher
}

// openParts connects to the database and, without waiting for it, to Temporal:
// pages stay up while Temporal is down.
func openParts(cfg config.Config) (*parts, error) {
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return nil, err
	}
	options := client.Options{
		HostPort:  cfg.TemporalAddress,
		Namespace: cfg.TemporalNamespace,
		Logger:    sdklog.NewStructuredLogger(newLogger(max(cfg.LogLevel, slog.LevelWarn))),
		// What goes to Temporal is small and its server near: to compress it takes longer than to send it.
		ConnectionOptions: client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}},
	}
	if err := telemetry.Processes(&options); err != nil {
		return nil, err
	}
	temporal, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal at %s: %w", cfg.TemporalAddress, err)
	}
	return &parts{cfg: cfg, db: telemetry.Queries(db), temporal: temporal, log: slog.Default()}, nil
}

// openObserved is openParts for what runs for long: it tells how it is doing. What it opened is closed with the stack.
func openObserved(ctx context.Context, cfg config.Config, part string, s *stack) (*parts, error) {
	t, err := telemetry.Start(ctx, telemetry.Options{Part: part, Endpoint: cfg.TraceEndpoint})
	if err != nil {
		return nil, err
	}
	s.add("telemetry", t.Stop)
	p, err := openParts(cfg)
	if err != nil {
		return nil, err
	}
	p.telemetry = t
	s.add("connections", p.close)
	return p, telemetry.Watch(p.db, time.Now)
}

// findPrograms looks for the optional programs.
func (p *parts) findPrograms(ctx context.Context) (err error) {
	p.word, err = word.Find(ctx, word.Options{Pandoc: p.cfg.Pandoc, Chromium: p.cfg.Chromium, Log: slog.Default()})
	return err
}

// close ends the connections.
func (p *parts) close(context.Context) error {
	p.temporal.Close()
	return p.db.Close()
}

// processes is the door to the workflows of this installation.
func (p *parts) processes() *workflows.Client {
	return &workflows.Client{DB: p.db, Temporal: p.temporal, Now: time.Now, Log: slog.Default(), SweepEvery: p.cfg.SweepEvery}
}
