package models

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Kinds of organisations. Lead and partner organisations sign off; the others advise or pay.
const (
	OrganisationLead      = "lead"
	OrganisationPartner   = "partner"
	OrganisationAcademic  = "academic"
	OrganisationExpertise = "expertise"
	OrganisationFunder    = "funder"
	OrganisationOther     = "other"
)

// OrganisationKinds returns every kind.
func OrganisationKinds() []string {
	return []string{OrganisationLead, OrganisationPartner, OrganisationAcademic, OrganisationExpertise, OrganisationFunder, OrganisationOther}
}

// Organisation takes part in the network, pays for it or advises it. It may cover several countries, have a parent
// and share one vote with its sisters.
type Organisation struct {
	bun.BaseModel `bun:"table:organisations,alias:organisation"`

	ID          uuid.UUID  `bun:",pk,type:uuid" json:"id"`
	Slug        string     `json:"slug"`
	Name        string     `json:"name"`
	Kind        string     `json:"kind"` // one of OrganisationKinds
	ParentID    *uuid.UUID `bun:",type:uuid" json:"parent_id,omitempty"`
	VotingUnit  uuid.UUID  `bun:",type:uuid" json:"voting_unit"`            // itself, or the sister that holds the shared vote
	MemberFrom  *time.Time `bun:",type:date" json:"member_from,omitempty"`  // first day; nil: not a member
	MemberUntil *time.Time `bun:",type:date" json:"member_until,omitempty"` // last day; nil: no end in sight
	Countries   []string   `bun:",array,scanonly" json:"countries"`
}

// OrganisationCountry says that an organisation covers a country.
type OrganisationCountry struct {
	bun.BaseModel `bun:"table:organisation_countries"`

	OrganisationID uuid.UUID `bun:",pk,type:uuid"`
	CountryCode    string    `bun:",pk"`
}

// Validate collects what is wrong with an organisation as edited.
func (o Organisation) Validate() error {
	bad := apperr.New(apperr.CodeInvalid)
	checkText(bad, "name", o.Name, 300)
	oneOf(bad, "kind", o.Kind, OrganisationKinds()...)
	if o.ParentID != nil && *o.ParentID == o.ID {
		bad.And("parent_id", "own_parent")
	}
	if o.VotingUnit == uuid.Nil {
		bad.And("voting_unit", "required")
	}
	if o.MemberUntil != nil && (o.MemberFrom == nil || o.MemberUntil.Before(*o.MemberFrom)) {
		bad.And("member_until", "before_start")
	}
	return bad.OrNil()
}

// IsMemberOn reports whether the organisation is a member on the calendar day of day, in day's own zone.
// The first and the last day of a membership both count.
func (o Organisation) IsMemberOn(day time.Time) bool {
	d := day.Format(time.DateOnly)
	return o.MemberFrom != nil && o.MemberFrom.Format(time.DateOnly) <= d &&
		(o.MemberUntil == nil || d <= o.MemberUntil.Format(time.DateOnly))
}

// OrganisationFilter narrows Organisations; its zero value leaves out nothing.
type OrganisationFilter struct {
	Kinds    []string
	Country  string     // covers it
	MemberOn *time.Time // is a member on this calendar day
	Query    string     // part of the name
	IDs      []uuid.UUID
	After    uuid.UUID // the organisation after which the page begins
	Limit    int       // at most so many; 0 means all
	Alphabet Alphabet  // in which they are sorted
}

func (f OrganisationFilter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	if len(f.Kinds) > 0 {
		q = q.Where("organisation.kind IN (?)", bun.List(f.Kinds))
	}
	if f.Country != "" {
		q = q.Where(coversAny, bun.List([]string{f.Country}))
	}
	if f.MemberOn != nil {
		q = memberOn(q, *f.MemberOn)
	}
	if words := strings.TrimSpace(f.Query); words != "" {
		q = q.Where("organisation.name ILIKE ?", containing(words))
	}
	if f.IDs != nil {
		q = whereIn(q, "organisation.id", f.IDs)
	}
	if f.After != uuid.Nil {
		q = q.Where("(organisation.name COLLATE ?0, organisation.id) > (SELECT before.name COLLATE ?0, before.id FROM organisations AS before WHERE before.id = ?1)",
			f.Alphabet.ident(), f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	return q.OrderExpr("organisation.name COLLATE ?, organisation.id", f.Alphabet.ident())
}

const coversAny = `EXISTS (SELECT 1 FROM organisation_countries AS covers
	WHERE covers.organisation_id = organisation.id AND covers.country_code IN (?))`

// memberOn keeps the organisations that are members on a calendar day.
func memberOn(q *bun.SelectQuery, day time.Time) *bun.SelectQuery {
	d := day.Format(time.DateOnly)
	return q.Where("organisation.member_from <= ?::date", d).
		Where("(organisation.member_until IS NULL OR organisation.member_until >= ?::date)", d)
}

// selectOrganisations reads organisations with the countries they cover.
func selectOrganisations(db bun.IDB, into any) *bun.SelectQuery {
	return db.NewSelect().Model(into).ColumnExpr("organisation.*").
		ColumnExpr(`ARRAY(SELECT c.country_code FROM organisation_countries AS c
			WHERE c.organisation_id = organisation.id ORDER BY c.country_code) AS countries`)
}

// Organisations returns the organisations of a filter, by name.
func Organisations(ctx context.Context, db bun.IDB, f OrganisationFilter) ([]Organisation, error) {
	var list []Organisation
	if err := selectOrganisations(db, &list).Apply(f.apply).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read organisations: %w", err)
	}
	return list, nil
}

// OrganisationByID returns one organisation.
func OrganisationByID(ctx context.Context, db bun.IDB, id uuid.UUID) (Organisation, error) {
	var o Organisation
	err := selectOrganisations(db, &o).Where("organisation.id = ?", id).Scan(ctx)
	return o, found(err, "organisation")
}

// PartnersOf returns the lead and partner organisations that cover any of the countries and are members on that day,
// by name. They are the ones consulted and asked to sign off.
func PartnersOf(ctx context.Context, db bun.IDB, countries []string, on time.Time) ([]Organisation, error) {
	if len(countries) == 0 {
		return nil, nil
	}
	var list []Organisation
	q := memberOn(selectOrganisations(db, &list), on).
		Where("organisation.kind IN (?)", bun.List([]string{OrganisationLead, OrganisationPartner})).
		Where(coversAny, bun.List(countries)).OrderExpr(organisationsInOrder)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the partners of countries: %w", err)
	}
	return list, nil
}

// UncoveredCountries returns those of the countries that no lead or partner organisation covers on that day, in the
// order given: the procedure says what happens for them.
func UncoveredCountries(ctx context.Context, db bun.IDB, countries []string, on time.Time) ([]string, error) {
	partners, err := PartnersOf(ctx, db, countries, on)
	if err != nil {
		return nil, err
	}
	covered := map[string]bool{}
	for _, p := range partners {
		for _, c := range p.Countries {
			covered[c] = true
		}
	}
	var uncovered []string
	for _, c := range countries {
		if !covered[c] && !slices.Contains(uncovered, c) {
			uncovered = append(uncovered, c)
		}
	}
	return uncovered, nil
}

// VotingUnitMembers returns the ids of the organisations that share a vote, the holder of the vote among them.
func VotingUnitMembers(ctx context.Context, db bun.IDB, unit uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := db.NewSelect().Model((*Organisation)(nil)).Column("id").
		Where("organisation.voting_unit = ?", unit).Order("organisation.id").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read who shares a vote: %w", err)
	}
	return ids, nil
}

// whereIn keeps the rows whose column is in the list; of an empty list, none.
func whereIn[T any](q *bun.SelectQuery, column string, list []T) *bun.SelectQuery {
	if len(list) == 0 {
		return q.Where("FALSE")
	}
	return q.Where("? IN (?)", bun.Ident(column), bun.List(list))
}
