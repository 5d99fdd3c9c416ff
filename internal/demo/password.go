package demo

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"tribuna/models"
)

// HasKnownPassword reports whether somebody can sign in as one of the demo accounts with Password.
func HasKnownPassword(ctx context.Context, db bun.IDB) (bool, error) {
	accounts, err := Accounts()
	if err != nil {
		return false, err
	}
	emails := make([]string, 0, len(accounts))
	for _, a := range accounts {
		emails = append(emails, a.Email)
	}
	var hashes []string // those who were loaded together share one
	err = db.NewSelect().Model((*models.Person)(nil)).ColumnExpr("DISTINCT password_hash").
		Where("person.email IN (?)", bun.List(emails)).Where("password_hash IS NOT NULL AND left_at IS NULL").Scan(ctx, &hashes)
	if err != nil {
		return false, fmt.Errorf("look for the known password: %w", err)
	}
	for _, hash := range hashes {
		if models.VerifyPassword(hash, Password) {
			return true, nil
		}
	}
	return false, nil
}
