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
	temporal, err := client.NewLazyClient(client.Options{
		HostPort:  cfg.TemporalAddress,
		Namespace: cfg.TemporalNamespace,
		Logger:    sdklog.NewStructuredLogger(newLogger(max(cfg.LogLevel, slog.LevelWarn))),
	})
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal at %s: %w", cfg.TemporalAddress, err)
	}
	return &parts{cfg: cfg, db: db, temporal: temporal, log: slog.Default()}, nil
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
