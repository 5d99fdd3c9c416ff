package models

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
)

// LockMail returns where the mail with a dedupe key stands, or "" if it was never written. One that is queued is not claimed before
// the transaction ends: what it will say can still be added to.
func LockMail(ctx context.Context, tx bun.IDB, dedupeKey string) (MailState, error) {
	var state MailState
	err := tx.NewSelect().Model((*OutboxMail)(nil)).Column("state").Where("dedupe_key = ?", dedupeKey).For("UPDATE").Scan(ctx, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, err
}
