package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Grant is money with duties: what it pays for carries its emblem, its statement and its disclaimer in every language.
type Grant struct {
	bun.BaseModel `bun:"table:grants,alias:grant_"`

	ID           uuid.UUID          `bun:",pk,type:uuid"`
	Number       string             // as the funder writes it
	FunderID     uuid.UUID          `bun:",type:uuid"`
	Title        string             //
	PeriodFrom   time.Time          `bun:",type:date"`             // first day
	PeriodUntil  time.Time          `bun:",type:date"`             // last day
	EmblemSHA256 string             `bun:"emblem_sha256,nullzero"` // of the picture shown where a language has none of its own; empty: none
	Funder       *Organisation      `bun:"rel:belongs-to,join:funder_id=id"`
	Statements   []GrantStatement   `bun:"rel:has-many,join:id=grant_id"`
	Designations []GrantDesignation `bun:"rel:has-many,join:id=grant_id"`
	Emblems      []GrantEmblem      `bun:"rel:has-many,join:id=grant_id"`
}

// GrantStatement is what a grant wants said in a language.
type GrantStatement struct {
	bun.BaseModel `bun:"table:grant_statements,alias:grant_statement"`

	GrantID    uuid.UUID `bun:",pk,type:uuid"`
	Language   string    `bun:",pk"`
	Statement  string    // who paid
	Disclaimer string    // whose views these are; may be empty
}

// GrantDesignation is how a grant wants a country designated in a language, with which footnote.
type GrantDesignation struct {
	bun.BaseModel `bun:"table:grant_designations,alias:grant_designation"`

	GrantID     uuid.UUID `bun:",pk,type:uuid"`
	CountryCode string    `bun:",pk"`
	Language    string    `bun:",pk"`
	Designation string    // "Kosovo*"
	Footnote    string    // what the asterisk says; may be empty
}

// GrantEmblem is the picture that a grant wants shown in a language, because its words are in that language.
type GrantEmblem struct {
	bun.BaseModel `bun:"table:grant_emblems,alias:grant_emblem"`

	GrantID      uuid.UUID `bun:",pk,type:uuid"`
	Language     string    `bun:",pk"`
	EmblemSHA256 string    `bun:"emblem_sha256"`
}

// Validate collects what is wrong with a grant as edited.
func (g Grant) Validate() error {
	bad := apperr.New(apperr.CodeInvalid)
	checkText(bad, "number", g.Number, 100)
	checkText(bad, "title", g.Title, 300)
	if g.FunderID == uuid.Nil {
		bad.And("funder_id", "required")
	}
	if g.PeriodUntil.Before(g.PeriodFrom) {
		bad.And("period_until", "before_start")
	}
	for _, s := range g.Statements {
		checkText(bad, "statements."+s.Language, s.Statement, 2000)
		checkLength(bad, "disclaimers."+s.Language, s.Disclaimer, 2000)
	}
	for _, d := range g.Designations {
		d.check(bad)
	}
	return bad.OrNil()
}

func (d GrantDesignation) check(bad *apperr.Error) {
	checkText(bad, "designations."+d.Language, d.Designation, 200)
	checkLength(bad, "footnotes."+d.Language, d.Footnote, 1000)
}

// Grants returns every grant with its funder, statements and designations, the latest first.
func Grants(ctx context.Context, db bun.IDB) ([]Grant, error) {
	var list []Grant
	if err := selectGrants(db, &list).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read grants: %w", err)
	}
	return list, nil
}

// GrantsOf returns the grants that pay for a recommendation, with funder, statements and designations, the latest
// first.
func GrantsOf(ctx context.Context, db bun.IDB, recommendationID uuid.UUID) ([]Grant, error) {
	var list []Grant
	err := selectGrants(db, &list).
		Join("JOIN recommendation_grants AS pays ON pays.grant_id = grant_.id").
		Where("pays.recommendation_id = ?", recommendationID).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read a recommendation's grants: %w", err)
	}
	return list, nil
}

func selectGrants(db bun.IDB, into *[]Grant) *bun.SelectQuery {
	return db.NewSelect().Model(into).Relation("Funder").
		Relation("Statements", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("language") }).
		Relation("Designations", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("country_code", "language") }).
		Relation("Emblems", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("language") }).
		Order("grant_.period_from DESC", "grant_.number")
}
