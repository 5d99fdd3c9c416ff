package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Insert adds an authority below its parent.
func (a *Authority) Insert(ctx context.Context, tx bun.IDB) error {
	if err := a.place(ctx, tx); err != nil {
		return err
	}
	if a.Slug == "" {
		a.Slug = strings.ReplaceAll(a.ID.String(), "-", "")[24:]
		if slug := slugOf(a.Names["en"]); slug != "" {
			a.Slug = slug + "-" + a.Slug
		}
	}
	_, err := tx.NewInsert().Model(a).Exec(ctx)
	return asInvalid(taken(err, "government"), map[string]string{"country": "country_code", "parent": "parent_id"})
}

// Save changes what an authority is called, where it acts and what it is below. Its address stays.
func (a *Authority) Save(ctx context.Context, tx bun.IDB) error {
	if err := a.place(ctx, tx); err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model(a).Column("names", "level", "country_code", "parent_id", "government", "postal_address", "email").WherePK().Exec(ctx)
	return asInvalid(taken(changed(res, err, "authority"), "government"), map[string]string{"country": "country_code", "parent": "parent_id"})
}

// below finds an authority and everything under it, however deep.
const below = `WITH RECURSIVE below AS (SELECT id FROM authorities WHERE id = ?
	UNION SELECT a.id FROM authorities AS a JOIN below ON a.parent_id = below.id) SELECT id FROM below`

// place checks that an authority can stand where it is put: a tree has no circles, and a branch that belongs to a country
// stays in it. Nobody moves anything else meanwhile.
func (a *Authority) place(ctx context.Context, tx bun.IDB) error {
	if err := a.Validate(); err != nil {
		return err
	}
	if _, err := tx.NewRaw(`LOCK TABLE authorities IN SHARE ROW EXCLUSIVE MODE`).Exec(ctx); err != nil {
		return fmt.Errorf("hold the tree of authorities: %w", err)
	}
	if a.ParentID != nil {
		if err := a.under(ctx, tx, *a.ParentID); err != nil {
			return err
		}
	}
	elsewhere, err := tx.NewSelect().Model((*Authority)(nil)).
		Where("authority.parent_id = ? AND ? <> '' AND authority.country_code IS DISTINCT FROM ?", a.ID, a.CountryCode, a.CountryCode).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look what is below an authority: %w", err)
	}
	if elsewhere {
		return apperr.Invalid("country_code", "branch_elsewhere")
	}
	return nil
}

func (a *Authority) under(ctx context.Context, tx bun.IDB, parent uuid.UUID) error {
	p, err := AuthorityByID(ctx, tx, parent)
	if err != nil {
		return asField(err, "parent_id")
	}
	if p.CountryCode != "" && p.CountryCode != a.CountryCode {
		return apperr.Invalid("parent_id", "parent_elsewhere")
	}
	var branch []uuid.UUID
	if err := tx.NewRaw(below, a.ID).Scan(ctx, &branch); err != nil {
		return fmt.Errorf("look what is below an authority: %w", err)
	}
	for _, id := range branch {
		if id == parent {
			return apperr.Invalid("parent_id", "circle")
		}
	}
	return nil
}

// AuthorityBranch returns an authority's id and those of everything below it.
func AuthorityBranch(ctx context.Context, db bun.IDB, id uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	if err := db.NewRaw(below, id).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("look what is below an authority: %w", err)
	}
	branch := map[uuid.UUID]bool{}
	for _, id := range ids {
		branch[id] = true
	}
	return branch, nil
}

// RetireAuthority has nothing new addressed to an authority. What follows there goes on; what is below it has to be moved
// or retired first. It answers for the State no longer.
func RetireAuthority(ctx context.Context, tx bun.IDB, id uuid.UUID, now time.Time) error {
	active, err := tx.NewSelect().Model((*Authority)(nil)).Where("authority.parent_id = ? AND authority.retired_at IS NULL", id).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look what is below an authority: %w", err)
	}
	if active {
		return apperr.About(apperr.CodeInUse, "authority")
	}
	res, err := tx.NewUpdate().Model((*Authority)(nil)).Set("retired_at = ?", now).Set("government = false").Where("id = ? AND retired_at IS NULL", id).Exec(ctx)
	return changed(res, err, "authority")
}

// ReinstateAuthority takes back a retirement.
func ReinstateAuthority(ctx context.Context, tx bun.IDB, id uuid.UUID) error {
	res, err := tx.NewUpdate().Model((*Authority)(nil)).Set("retired_at = NULL").Where("id = ? AND retired_at IS NOT NULL", id).Exec(ctx)
	return changed(res, err, "authority")
}

// AuthorityUses lists what is below an authority and what is or ever was addressed to it. Texts keep the authorities they
// were written with, so one that stands in any of them stays.
func AuthorityUses(ctx context.Context, db bun.IDB, id uuid.UUID) ([]Use, error) {
	addressed := fmt.Sprintf(`[{"authority_ids": [%q]}]`, id)
	return usedBy{
		{`SELECT 'authority' AS kind, id, coalesce(names->>'en', slug) AS name, CASE WHEN names->>'en' IS NULL THEN '' ELSE 'en' END AS language FROM authorities WHERE parent_id = ? ORDER BY name`, []any{id}},
		{`SELECT CASE WHEN r.kind = 'imported' THEN 'imported' ELSE 'recommendation' END AS kind, r.id, r.title AS name, r.language FROM recommendations AS r
			WHERE EXISTS (SELECT 1 FROM measures AS m JOIN measure_authorities AS ma ON ma.measure_id = m.id WHERE m.recommendation_id = r.id AND ma.authority_id = ?)
			OR EXISTS (SELECT 1 FROM versions AS v WHERE v.recommendation_id = r.id AND v.measures @> ?::jsonb)
			OR EXISTS (SELECT 1 FROM followups AS f WHERE f.recommendation_id = r.id AND f.authority_id = ?)
			OR EXISTS (SELECT 1 FROM deliveries AS d JOIN publications AS p ON p.id = d.publication_id WHERE p.recommendation_id = r.id AND d.authority_id = ?)
			OR EXISTS (SELECT 1 FROM campaign_steps AS cs JOIN campaigns AS ca ON ca.id = cs.campaign_id WHERE ca.recommendation_id = r.id AND cs.authority_id = ?)
			OR EXISTS (SELECT 1 FROM mailings AS m JOIN mailing_addressees AS ma ON ma.mailing_id = m.id WHERE m.recommendation_id = r.id AND ma.authority_id = ?)
			ORDER BY r.title`, []any{id, addressed, id, id, id, id}},
	}.find(ctx, db)
}

// RemoveAuthority removes an authority that was never needed.
func RemoveAuthority(ctx context.Context, tx bun.IDB, id uuid.UUID) error {
	uses, err := AuthorityUses(ctx, tx, id)
	if err != nil {
		return err
	}
	return remove(ctx, tx, "authority", uses, tx.NewDelete().Model((*Authority)(nil)).Where("id = ?", id))
}

// AuthorityNode is an authority with what is below it.
type AuthorityNode struct {
	Authority
	Below []AuthorityNode
}

// Size counts the authorities of a branch.
func (n AuthorityNode) Size() int {
	size := 1
	for _, b := range n.Below {
		size += b.Size()
	}
	return size
}

// AuthorityTree sets a list into its tree, in the order of the list. What has its parent outside the list is a root.
func AuthorityTree(list []Authority) []AuthorityNode {
	there := map[uuid.UUID]bool{}
	for _, a := range list {
		there[a.ID] = true
	}
	children := map[uuid.UUID][]Authority{}
	for _, a := range list {
		parent := uuid.Nil
		if a.ParentID != nil && there[*a.ParentID] {
			parent = *a.ParentID
		}
		children[parent] = append(children[parent], a)
	}
	var grow func(of uuid.UUID) []AuthorityNode
	grow = func(of uuid.UUID) []AuthorityNode {
		var nodes []AuthorityNode
		for _, a := range children[of] {
			nodes = append(nodes, AuthorityNode{a, grow(a.ID)})
		}
		return nodes
	}
	return grow(uuid.Nil)
}
