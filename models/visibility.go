package models

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Viewer is who reads. The zero Viewer is the public.
type Viewer struct {
	PersonID uuid.UUID
	Roles    []Role
	LinkTask uuid.UUID // came by a personal link: sees that task, beyond it what is public
}

// ViewerOf returns the viewer a signed-in person is.
func ViewerOf(ctx context.Context, db bun.IDB, person uuid.UUID) (Viewer, error) {
	roles, err := RolesOf(ctx, db, person)
	return Viewer{PersonID: person, Roles: roles}, err
}

// Has reports whether the viewer has a role anywhere.
func (v Viewer) Has(role string) bool {
	for _, r := range v.Roles {
		if r.Role == role {
			return true
		}
	}
	return false
}

// organisationsAs lists the organisations in which the viewer has any of the roles; never nil.
func (v Viewer) organisationsAs(roles ...string) []uuid.UUID {
	ids := []uuid.UUID{uuid.Nil}
	for _, r := range v.Roles {
		for _, want := range roles {
			if r.Role == want {
				ids = append(ids, r.OrganisationID)
			}
		}
	}
	return ids
}

// visible limits a query over recommendations (alias r) to what the viewer may read: what is published, here or
// elsewhere; everything for coordinators; for officers what their organisation owns; for everybody what they are in charge
// of; and once it left drafting, for officers and partners what concerns a country of theirs or was asked of their
// organisation, for everybody what they have or had a task in. What is in quarantine only coordinators read. It is the rule of access.ReadRecommendation, and a test
// holds one against the other.
func (v Viewer) visible(q *bun.SelectQuery) *bun.SelectQuery {
	if v.LinkTask != uuid.Nil || !v.Has(RoleCoordinator) {
		q = q.Where(notQuarantined)
	}
	if v.LinkTask != uuid.Nil {
		return q.Where("(r.published_at IS NOT NULL OR r.kind = ?)", KindImported) // beyond its task a personal link opens what everybody sees
	}
	if v.Has(RoleCoordinator) {
		return q
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("r.published_at IS NOT NULL").WhereOr("r.kind = ?", KindImported)
		if v.PersonID == uuid.Nil {
			return q
		}
		speaks := v.organisationsAs(RoleOfficer, RolePartner)
		return q.
			WhereOr("r.organisation_id IN (?)", bun.List(v.organisationsAs(RoleOfficer))).
			WhereOr("r.officer_id = ?", v.PersonID).
			WhereOr(leftDesk+" AND r.organisation_id IN (?)", bun.List(speaks)).
			WhereOr(leftDesk+" AND EXISTS (SELECT 1 FROM ("+concerned+") AS concerned WHERE concerned.id IN (?))", bun.List(speaks)).
			WhereOr(leftDesk+" AND EXISTS (SELECT 1 FROM tasks AS t WHERE t.recommendation_id = r.id AND t.person_id = ? AND "+involves+")", v.PersonID)
	})
}

// leftDesk is true of a recommendation (alias r) that has left the desk of its owners, and was not withdrawn from there.
const leftDesk = "r.stage <> 'drafting' AND r.withdrawn_from IS DISTINCT FROM 'drafting'"

// concerned are the organisations that a recommendation (alias r) concerns: those in its countries, and those asked about
// it with their sisters.
const concerned = `SELECT oc.organisation_id AS id FROM recommendation_countries AS rc
	JOIN organisation_countries AS oc ON oc.country_code = rc.country_code WHERE rc.recommendation_id = r.id
	UNION SELECT o.id FROM tasks AS t JOIN organisations AS asked ON asked.id = t.organisation_id
	JOIN organisations AS o ON o.id = asked.id OR o.voting_unit = CASE WHEN t.alone THEN asked.voting_unit ELSE asked.id END
	WHERE t.recommendation_id = r.id`

// RecommendationFilter narrows a list; zero fields do not.
type RecommendationFilter struct {
	Countries []string
	Stages    []Stage
	Challenge string // by slug
	Published bool
	UnderWay  bool   // neither published nor withdrawn
	Imported  bool   // those that others issued, instead of those drafted here
	Query     string // in title
	Before    *Cursor
	Limit     int64
}

// Cursor is a place in a list ordered by creation, newest first.
type Cursor struct {
	At time.Time
	ID uuid.UUID
}

// Recommendations lists what a viewer may read, newest first, with organisations and countries.
func Recommendations(ctx context.Context, db bun.IDB, v Viewer, f RecommendationFilter) ([]Recommendation, error) {
	var all []Recommendation
	q := v.visible(db.NewSelect().Model(&all).Relation("Organisation"))
	if len(f.Countries) > 0 {
		q = q.Where("EXISTS (SELECT 1 FROM recommendation_countries AS fc WHERE fc.recommendation_id = r.id AND fc.country_code IN (?))",
			bun.List(f.Countries))
	}
	if len(f.Stages) > 0 {
		q = q.Where("r.stage IN (?)", bun.List(f.Stages))
	}
	if f.Challenge != "" {
		q = q.Where("EXISTS (SELECT 1 FROM recommendation_challenges AS fh WHERE fh.recommendation_id = r.id AND fh.challenge = ?)", f.Challenge)
	}
	q = drafted(q, f.Imported)
	if f.Published {
		q = q.Where("r.published_at IS NOT NULL")
	}
	if f.UnderWay {
		q = q.Where("r.published_at IS NULL AND r.stage <> ?", StageWithdrawn)
	}
	if f.Query != "" {
		q = q.Where("r.title ILIKE ?", "%"+escapeLike(f.Query)+"%")
	}
	if f.Before != nil {
		q = q.Where("(r.created_at, r.id) < (?, ?)", f.Before.At, f.Before.ID)
	}
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	if err := q.Order("r.created_at DESC", "r.id DESC").Scan(ctx); err != nil {
		return nil, err
	}
	return all, loadCountries(ctx, db, all)
}

// drafted keeps the recommendations (alias r) that were drafted here or, instead, those that others issued.
func drafted(q *bun.SelectQuery, imported bool) *bun.SelectQuery {
	if imported {
		return q.Where("r.kind = ?", KindImported)
	}
	return q.Where("r.kind <> ?", KindImported)
}

func loadCountries(ctx context.Context, db bun.IDB, all []Recommendation) error {
	if len(all) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(all))
	at := map[uuid.UUID]int{}
	for i, r := range all {
		ids[i], at[r.ID] = r.ID, i
	}
	var rows []struct {
		RecommendationID uuid.UUID
		CountryCode      string
	}
	err := db.NewSelect().Table("recommendation_countries").Column("recommendation_id", "country_code").
		Where("recommendation_id IN (?)", bun.List(ids)).Order("country_code").Scan(ctx, &rows)
	for _, row := range rows {
		i := at[row.RecommendationID]
		all[i].Countries = append(all[i].Countries, row.CountryCode)
	}
	return err
}

// VisibleRecommendation returns a recommendation if the viewer may read it, and "not found" otherwise.
func VisibleRecommendation(ctx context.Context, db bun.IDB, v Viewer, id uuid.UUID) (*Recommendation, error) {
	r := new(Recommendation)
	err := v.visible(withAttributes(db.NewSelect().Model(r).Relation("Organisation")).Where("r.id = ?", id)).Scan(ctx)
	return r, found(err, "recommendation")
}
