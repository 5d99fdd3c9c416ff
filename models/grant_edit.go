package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// GrantByID returns a grant with its funder, statements and designations.
func GrantByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Grant, error) {
	var list []Grant
	if err := selectGrants(db, &list).Where("grant_.id = ?", id).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read grant: %w", err)
	}
	if len(list) == 0 {
		return nil, apperr.NotFound("grant")
	}
	return &list[0], nil
}

// Insert adds a grant with its statements.
func (g *Grant) Insert(ctx context.Context, tx bun.IDB) error {
	if err := g.Validate(); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(g).Exec(ctx); err != nil {
		return asInvalid(taken(err, "number"), map[string]string{"funder": "funder_id"})
	}
	return g.saveStatements(ctx, tx)
}

// Save changes a grant and its statements. Emblem and designations have acts of their own.
func (g *Grant) Save(ctx context.Context, tx bun.IDB) error {
	if err := g.Validate(); err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model(g).Column("number", "funder_id", "title", "period_from", "period_until").WherePK().Exec(ctx)
	if err := changed(res, err, "grant"); err != nil {
		return asInvalid(taken(err, "number"), map[string]string{"funder": "funder_id"})
	}
	return g.saveStatements(ctx, tx)
}

func (g *Grant) saveStatements(ctx context.Context, tx bun.IDB) error {
	if _, err := tx.NewDelete().Model((*GrantStatement)(nil)).Where("grant_id = ?", g.ID).Exec(ctx); err != nil {
		return err
	}
	if len(g.Statements) == 0 {
		return nil
	}
	for i := range g.Statements {
		g.Statements[i].GrantID = g.ID
	}
	_, err := tx.NewInsert().Model(&g.Statements).Exec(ctx)
	return err
}

// Designate says how a grant wants a country designated, in the languages given; in others it says nothing any more.
func (g *Grant) Designate(ctx context.Context, tx bun.IDB, country string, list []GrantDesignation) error {
	bad := apperr.New(apperr.CodeInvalid)
	for i := range list {
		list[i].GrantID, list[i].CountryCode = g.ID, country
		list[i].check(bad)
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	_, err := tx.NewDelete().Model((*GrantDesignation)(nil)).Where("grant_id = ? AND country_code = ?", g.ID, country).Exec(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	_, err = tx.NewInsert().Model(&list).Exec(ctx)
	return err
}

// GrantUses lists the recommendations that a grant pays for.
func GrantUses(ctx context.Context, db bun.IDB, id uuid.UUID) ([]Use, error) {
	return usedBy{{`SELECT CASE WHEN r.kind = 'imported' THEN 'imported' ELSE 'recommendation' END AS kind, r.id, r.title AS name, r.language FROM recommendations AS r
		JOIN recommendation_grants AS pays ON pays.recommendation_id = r.id WHERE pays.grant_id = ? ORDER BY r.title`, []any{id}}}.find(ctx, db)
}

// RemoveGrant removes a grant that pays for nothing, with what it wanted said.
func RemoveGrant(ctx context.Context, tx bun.IDB, id uuid.UUID) error {
	uses, err := GrantUses(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := remove(ctx, tx, "grant", uses, tx.NewDelete().Model((*Grant)(nil)).Where("id = ?", id)); err != nil {
		return err
	}
	return forgetEmblems(ctx, tx)
}
