package migrations

import (
	"context"

	"github.com/uptrace/bun"
)

// Rollback takes the migrations applied last back.
func Rollback(ctx context.Context, owner *bun.DB) error {
	m, err := migrator(owner)
	if err != nil {
		return err
	}
	_, err = m.Rollback(ctx)
	return err
}
