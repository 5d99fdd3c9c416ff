package models

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Levels an authority can have, the widest first.
const (
	LevelInternational = "international"
	LevelEuropean      = "european"
	LevelState         = "state"
	LevelEntity        = "entity"
	LevelCanton        = "canton"
	LevelCounty        = "county"
	LevelDistrict      = "district"
	LevelMunicipality  = "municipality"
)

// AuthorityLevels returns every level, the widest first.
func AuthorityLevels() []string {
	return []string{LevelInternational, LevelEuropean, LevelState, LevelEntity, LevelCanton, LevelCounty, LevelDistrict, LevelMunicipality}
}

// Authority is whoever can act on a measure: a ministry, a parliament, an entity, a canton, a town, a committee.
type Authority struct {
	bun.BaseModel `bun:"table:authorities,alias:authority"`

	ID          uuid.UUID  `bun:",pk,type:uuid" json:"id"`
	Slug        string     `json:"slug"`
	CountryCode string     `bun:",nullzero" json:"country_code,omitempty"` // empty: international
	Level       string     `json:"level"`                                  // one of AuthorityLevels
	ParentID    *uuid.UUID `bun:",type:uuid" json:"parent_id,omitempty"`
	Government  bool       `json:"government,omitempty"` // answers for the whole State; at most one of a country
	Names       Names      `bun:"type:jsonb" json:"names"`
	Address     string     `bun:"postal_address" json:"postal_address,omitempty"` // of the office, in lines, as it stands on a letter
	Email       string     `json:"email,omitempty"`                               // of the office, never a person's
	RetiredAt   *time.Time `json:"retired_at,omitempty"`                          // nothing new is addressed to it
}

// Validate collects what is wrong with an authority as edited.
func (a Authority) Validate() error {
	bad := apperr.New(apperr.CodeInvalid)
	if name, _ := a.Names.In("en"); strings.TrimSpace(name) == "" {
		bad.And("names.en", "required")
	}
	for _, tag := range slices.Sorted(maps.Keys(a.Names)) {
		checkLength(bad, "names."+tag, a.Names[tag], 300)
	}
	checkLength(bad, "postal_address", a.Address, 500)
	if a.Email != "" && !validAddress(a.Email) {
		bad.And("email", "email")
	}
	oneOf(bad, "level", a.Level, AuthorityLevels()...)
	wide := a.Level == LevelInternational || a.Level == LevelEuropean
	if wide && a.CountryCode != "" {
		bad.And("country_code", "must_be_empty")
	}
	if !wide && a.CountryCode == "" {
		bad.And("country_code", "required")
	}
	if a.Government && a.Level != LevelState {
		bad.And("government", "choice")
	}
	if a.ParentID != nil && *a.ParentID == a.ID {
		bad.And("parent_id", "choice")
	}
	return bad.OrNil()
}

// AddressLines are the lines of the postal address, without empty ones.
func (a Authority) AddressLines() []string {
	var lines []string
	for line := range strings.Lines(a.Address) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Writable reports whether there is an address to write to.
func (a Authority) Writable() bool { return a.RetiredAt == nil && (a.Email != "" || a.Address != "") }

// AuthorityFilter narrows Authorities; its zero value leaves out nothing.
type AuthorityFilter struct {
	Country string     // code
	Level   string     // one of AuthorityLevels
	Parent  *uuid.UUID // the authorities directly below this one
	Query   string     // part of a name in any language
	Active  bool       // not retired
	After   uuid.UUID  // the authority after which the page begins
	Limit   int        // at most so many; 0 means 500
}

func (f AuthorityFilter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Country != "" {
		q = q.Where("authority.country_code = ?", f.Country)
	}
	if f.Level != "" {
		q = q.Where("authority.level = ?", f.Level)
	}
	if f.Parent != nil {
		q = q.Where("authority.parent_id = ?", *f.Parent)
	}
	if f.Active {
		q = q.Where("authority.retired_at IS NULL")
	}
	if words := strings.TrimSpace(f.Query); words != "" {
		q = q.Where("EXISTS (SELECT 1 FROM jsonb_each_text(authority.names) AS n WHERE n.value ILIKE ?)", containing(words))
	}
	if f.After != uuid.Nil {
		q = q.Where("("+authorityOrder+") > (SELECT "+authorityOrder+` FROM authorities AS authority
			LEFT JOIN countries AS country ON country.code = authority.country_code WHERE authority.id = ?)`,
			bun.List(AuthorityLevels()), bun.List(AuthorityLevels()), f.After)
	}
	if f.Limit <= 0 {
		f.Limit = 500
	}
	return q.Limit(int64(f.Limit))
}

// Authorities returns the authorities of a filter: by country in the network's order (the international ones last),
// then from the widest level down, then by English name.
func Authorities(ctx context.Context, db bun.IDB, f AuthorityFilter) ([]Authority, error) {
	var list []Authority
	err := inAuthorityOrder(db.NewSelect().Model(&list)).Apply(f.apply).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read authorities: %w", err)
	}
	return list, nil
}

// AuthorityByID returns one authority.
func AuthorityByID(ctx context.Context, db bun.IDB, id uuid.UUID) (Authority, error) {
	var a Authority
	err := db.NewSelect().Model(&a).Where("authority.id = ?", id).Scan(ctx)
	return a, found(err, "authority")
}

// AuthoritiesByID returns the authorities with these ids in the order of Authorities, or "not found" when one of
// them does not exist.
func AuthoritiesByID(ctx context.Context, db bun.IDB, ids []uuid.UUID) ([]Authority, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var list []Authority
	err := inAuthorityOrder(db.NewSelect().Model(&list)).Where("authority.id IN (?)", bun.List(ids)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read authorities: %w", err)
	}
	wanted := map[uuid.UUID]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	if len(list) != len(wanted) {
		return nil, apperr.NotFound("authority")
	}
	return list, nil
}

// authorityOrder is by country in the network's order, the international ones last, then from the widest level down.
const authorityOrder = `coalesce(country.position, 2147483647), array_position(ARRAY[?]::text[], authority.level),
	coalesce(authority.names->>'en', '') COLLATE "und-x-icu", authority.slug`

func inAuthorityOrder(q *bun.SelectQuery) *bun.SelectQuery {
	return q.
		Join("LEFT JOIN countries AS country ON country.code = authority.country_code").
		OrderExpr(authorityOrder, bun.List(AuthorityLevels()))
}
