package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// NoteOpening keeps that a personal link was opened. Nothing follows from it: whoever opens links may be a machine.
func NoteOpening(ctx context.Context, db bun.IDB, task, person uuid.UUID, now time.Time) error {
	_, err := db.NewRaw(`INSERT INTO link_openings (task_id, person_id, first_at, last_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (task_id, person_id) DO UPDATE SET last_at = EXCLUDED.last_at`, task, person, now, now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note that a link was opened: %w", err)
	}
	return nil
}
