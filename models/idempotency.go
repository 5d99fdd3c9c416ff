package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// IdempotencyKey names one act of creating by a person. The hash is that of what was asked for, so that the same key
// with other words is noticed.
type IdempotencyKey struct {
	bun.BaseModel `bun:"table:idempotency_keys,alias:ik"`

	PersonID   uuid.UUID `bun:",pk"`
	Key        string    `bun:",pk"`
	Hash       string
	ResourceID *uuid.UUID
	CreatedAt  time.Time
}

// CreateOnce runs create under a key, once: asked again it returns the id that was created then. Other words under the
// same key are refused with CodeOtherWords. It belongs into the transaction that creates; another one under the same key
// waits for its end.
func CreateOnce(ctx context.Context, tx bun.IDB, k IdempotencyKey, create func() (uuid.UUID, error)) (id uuid.UUID, created bool, err error) {
	if !ValidDecisionID(k.Key) {
		return uuid.Nil, false, apperr.Invalid("Idempotency-Key", "decision_id")
	}
	res, err := tx.NewInsert().Model(&k).On("CONFLICT (person_id, key) DO NOTHING").Exec(ctx)
	if err != nil {
		return uuid.Nil, false, fmt.Errorf("claim a key: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		id, err := createdUnder(ctx, tx, k)
		return id, false, err
	}
	if id, err = create(); err != nil {
		return uuid.Nil, false, err
	}
	_, err = tx.NewUpdate().Model(&k).Set("resource_id = ?", id).WherePK().Exec(ctx)
	return id, true, err
}

func createdUnder(ctx context.Context, tx bun.IDB, k IdempotencyKey) (uuid.UUID, error) {
	earlier := &IdempotencyKey{PersonID: k.PersonID, Key: k.Key}
	if err := tx.NewSelect().Model(earlier).WherePK().Scan(ctx); err != nil {
		return uuid.Nil, found(err, "key")
	}
	if earlier.Hash != k.Hash || earlier.ResourceID == nil {
		return uuid.Nil, apperr.About(apperr.CodeOtherWords, "request")
	}
	return *earlier.ResourceID, nil
}

// DeleteOldKeys removes what was noted before a time.
func DeleteOldKeys(ctx context.Context, db bun.IDB, before time.Time) error {
	_, err := db.NewDelete().Table("idempotency_keys").Where("created_at < ?", before).Exec(ctx)
	return err
}
