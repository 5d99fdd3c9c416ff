// Package activities does all the I/O that workflows ask for.
//
// A decision is one activity is one transaction: it checks rights, deadline and text again while it holds the
// process's row, then writes the decision, the entry in the record, the tasks opened and closed, and the mails it
// causes. Every activity may run twice with the same result.
package activities

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// Activities is what all activities share. Its methods are registered by name with the worker.
type Activities struct {
	DB        *bun.DB
	Now       func() time.Time
	Mails     MailingSender
	Processes Processes
	Log       *slog.Logger
}

// MailingSender sends what is queued of a mailing, claiming limit mails at once, for as long as it sees fit, and says how
// many it settled. Progress is called as it goes.
type MailingSender interface {
	SendMailing(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (settled int, err error)
}

// Processes reaches the workflows from an activity, for the sweep.
type Processes interface {
	// Start makes sure that an open process has a running workflow.
	Start(ctx context.Context, p models.Process) error
	// Tell passes a stored submission to its process and waits for what comes of it.
	Tell(ctx context.Context, s *models.Submission) (models.Outcome, error)
	// ExamineSome looks at some processes and keeps what is not as it should be for the operators.
	ExamineSome(ctx context.Context) error
}

func (a *Activities) inTx(ctx context.Context, do func(ctx context.Context, tx bun.Tx) error) error {
	return a.DB.RunInTx(ctx, &sql.TxOptions{}, do)
}

// LoadPosition reads where a process stands.
func (a *Activities) LoadPosition(ctx context.Context, process uuid.UUID) (models.Position, error) {
	pos, err := models.LoadPosition(ctx, a.DB, process)
	return pos, temporalError(err)
}

// zoneOf returns the time zone in which a person's deadlines are counted: that of their country, else the network's.
func zoneOf(ctx context.Context, db bun.IDB, country string) (*time.Location, error) {
	zone, err := models.ZoneOf(ctx, db, country)
	if err != nil {
		return nil, fmt.Errorf("zone of a deadline: %w", err)
	}
	return zone, nil
}
