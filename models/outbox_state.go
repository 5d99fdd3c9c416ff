package models

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
)

// MailStateOf returns where the mail with a dedupe key stands, or "" if it was never written.
func MailStateOf(ctx context.Context, db bun.IDB, dedupeKey string) (MailState, error) {
	var state MailState
	err := db.NewSelect().Model((*OutboxMail)(nil)).Column("state").Where("dedupe_key = ?", dedupeKey).Scan(ctx, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, err
}
