package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// StaleSoonest is how long a mailing that is being sent has to have stood still at least for it to ask before it goes on, however short
// the procedure's grace: a part may take half an hour.
const StaleSoonest = time.Hour

// TouchMailing notes that a mailing goes on at an instant.
func TouchMailing(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) error {
	_, err := db.NewUpdate().Table("mailings").Set("active_at = ?", now).Where("id = ?", mailing).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note that a mailing goes on: %w", err)
	}
	return nil
}

// GoesOnAfter notes that a mailing goes on at an instant, and returns nil; of one that is being sent and stood still for longer than its
// procedure lets one be late it returns since when it did, and notes nothing. Mailings of which that is not known go on.
func GoesOnAfter(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) (since *time.Time, err error) {
	var row struct {
		State       MailingState
		ActiveAt    *time.Time
		ProcedureID uuid.UUID
	}
	err = db.NewSelect().TableExpr("mailings AS ml").ColumnExpr("ml.state, ml.active_at, r.procedure_id").
		Join("JOIN recommendations AS r ON r.id = ml.recommendation_id").Where("ml.id = ?", mailing).Scan(ctx, &row)
	if err != nil {
		return nil, found(err, "mailing")
	}
	if row.State == MailingSending && row.ActiveAt != nil && now.Sub(*row.ActiveAt) >= StaleSoonest {
		procedure, err := ProcedureByID(ctx, db, row.ProcedureID)
		if err != nil {
			return nil, err
		}
		if procedure.Document.Mailing.Late(*row.ActiveAt, now) {
			return row.ActiveAt, nil
		}
	}
	return nil, TouchMailing(ctx, db, mailing, now)
}
