package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

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

// taskQueue is named after the installation, so that two installations on one
// Temporal never do each other's work.
func (p *parts) taskQueue(ctx context.Context) (string, error) {
	id, err := models.InstallationID(ctx, p.db)
	if err != nil {
		return "", fmt.Errorf("the database is not prepared, run tribuna migrate: %w", err)
	}
	return workflows.TaskQueue(id), nil
}

// handler is everything that answers HTTP.
func (p *parts) handler(context.Context) (http.Handler, error) {
	mux := http.NewServeMux()
	mountHealth(mux, p.db)
	if p.mails != nil {
		mails := p.mails.Handler(mailsPrefix)
		mux.Handle(mailsPrefix, mails)
		mux.Handle(mailsPrefix+".json", mails)
		mux.Handle(mailsPrefix+"/", mails)
	}
	return mux, nil
}
