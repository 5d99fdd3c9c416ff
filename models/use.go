package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Use is one place where something of the network's lists is needed.
type Use struct {
	Kind     string // "recommendation", "imported", "authority", "organisation", "person", "grant", "mailing"
	ID       uuid.UUID
	Name     string
	Language string // of the name; "" where it is in none
	Count    int    // of which this is one line; 0 for what stands for itself
}

// usedBy are queries that each find uses: kind, id, name, language, count.
type usedBy []struct {
	query string
	args  []any
}

func (u usedBy) find(ctx context.Context, db bun.IDB) ([]Use, error) {
	uses := []Use{}
	for _, q := range u {
		var some []Use
		if err := db.NewRaw(q.query, q.args...).Scan(ctx, &some); err != nil {
			return nil, fmt.Errorf("look where something is used: %w", err)
		}
		uses = append(uses, some...)
	}
	return uses, nil
}

// counted drops the lines that count nothing.
func counted(uses []Use) []Use {
	kept := uses[:0]
	for _, u := range uses {
		if u.ID != uuid.Nil || u.Count > 0 {
			kept = append(kept, u)
		}
	}
	return kept
}

// remove deletes one row of the network's lists unless it is used. What comes in between is stopped by the foreign keys.
func remove(ctx context.Context, db bun.IDB, what string, uses []Use, q *bun.DeleteQuery) error {
	if len(uses) > 0 {
		return apperr.About(apperr.CodeInUse, what)
	}
	res, err := q.Exec(ctx)
	if isForeignKey(err) {
		return apperr.About(apperr.CodeInUse, what)
	}
	if err != nil {
		return fmt.Errorf("remove %s: %w", what, err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return apperr.NotFound(what)
	}
	return nil
}

// taken blames a field for a value that has to be the only one of its kind.
func taken(err error, path string) error {
	if isCode(err, uniqueViolation) {
		return apperr.Invalid(path, "taken")
	}
	return err
}

// changed turns "no row was changed" into "not found".
func changed(res interface{ RowsAffected() (int64, error) }, err error, what string) error {
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return apperr.NotFound(what)
	}
	return nil
}
