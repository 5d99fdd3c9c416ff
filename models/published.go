package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// PublishedFilter narrows the public list; zero fields do not.
type PublishedFilter struct {
	Country string
	Query   string // in the title, in any language
	In      string // has a text in this language
	Limit   int64  // 0: no limit
	Offset  int64
}

// PublishedItem is a published recommendation as a list shows it to a reader of a language.
type PublishedItem struct {
	RecommendationID uuid.UUID
	Slug             string
	Kind             string
	Title            string
	Language         string   // of the title
	Languages        []string `bun:",array"` // in which it was published
	Countries        []string `bun:",array"`
	Organisation     string
	Measures         int
	PublishedAt      time.Time
}

// Published lists what is published, newest first, with the title in the reader's language, else in English, else as
// it was written. The second result counts all that the filter leaves. Everybody may read it.
func Published(ctx context.Context, db bun.IDB, language string, f PublishedFilter) ([]PublishedItem, int, error) {
	var items []PublishedItem
	q := db.NewSelect().TableExpr("publications AS pu").
		Join("JOIN recommendations AS r ON r.id = pu.recommendation_id AND r.published_at IS NOT NULL").Where(notQuarantined).
		Join("JOIN organisations AS owner ON owner.id = r.organisation_id").
		Join(`JOIN LATERAL (SELECT x.* FROM publication_texts AS x WHERE x.publication_id = pu.id
			ORDER BY x.language = ? DESC, x.language = 'en' DESC, x.translation_id IS NULL DESC, x.language LIMIT 1) AS text ON true`, language)
	if f.Country != "" {
		q = q.Where("EXISTS (SELECT 1 FROM recommendation_countries AS rc WHERE rc.recommendation_id = r.id AND rc.country_code = ?)", f.Country)
	}
	if words := strings.TrimSpace(f.Query); words != "" {
		q = q.Where("EXISTS (SELECT 1 FROM publication_texts AS t WHERE t.publication_id = pu.id AND t.title ILIKE ?)", containing(words))
	}
	if f.In != "" {
		q = q.Where("EXISTS (SELECT 1 FROM publication_texts AS t WHERE t.publication_id = pu.id AND t.language = ?)", f.In)
	}
	total, err := q.Count(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("count what is published: %w", err)
	}
	q = q.ColumnExpr("r.id AS recommendation_id, r.slug, r.kind, text.title, text.language, owner.name AS organisation, pu.published_at").
		ColumnExpr("jsonb_array_length(text.measures) AS measures").
		ColumnExpr("ARRAY(SELECT t.language FROM publication_texts AS t WHERE t.publication_id = pu.id ORDER BY t.language) AS languages").
		ColumnExpr("ARRAY(SELECT rc.country_code FROM recommendation_countries AS rc WHERE rc.recommendation_id = r.id ORDER BY 1) AS countries").
		Order("pu.published_at DESC", "r.id")
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	if err := q.Offset(f.Offset).Scan(ctx, &items); err != nil {
		return nil, 0, fmt.Errorf("read what is published: %w", err)
	}
	return items, int(total), nil
}

// Endorsement says in public who stands behind a publication and who reviewed it.
type Endorsement struct {
	Organisations []Signatory // that approved it, with a condition or without, by name
	Reviewers     []string    // experts who agreed, in their last answer, to be named in public
	Reviews       int         // experts who answered, named or not
}

// Signatory is a voting unit that approved, and the organisation that spoke for it; "" where that is not known.
type Signatory struct{ Unit, Speaker string }

// EndorsementOf returns who approved the version that was published, and which experts reviewed the recommendation.
func EndorsementOf(ctx context.Context, db bun.IDB, recommendation, version uuid.UUID) (Endorsement, error) {
	var e Endorsement
	err := db.NewSelect().TableExpr("signoffs AS so").ColumnExpr("o.name AS unit, COALESCE(speaker.name, '') AS speaker").
		Join("LEFT JOIN organisations AS speaker ON speaker.id = so.spoken_by").
		Join("JOIN organisations AS o ON o.id = so.organisation_id").
		Join("JOIN tasks AS t ON t.id = so.task_id").Where(currentSignOff).
		Where("so.version_id = ? AND so.answer IN (?)", version, bun.List(SignOffApprovals)).Order("o.name").Scan(ctx, &e.Organisations)
	if err != nil {
		return e, fmt.Errorf("read who signed off: %w", err)
	}
	reviewed := func() *bun.SelectQuery {
		return db.NewSelect().TableExpr("reviews AS rv").Where("rv.recommendation_id = ? AND rv.answer IS NOT NULL", recommendation)
	}
	if err := reviewed().ColumnExpr("count(DISTINCT rv.person_id)").Scan(ctx, &e.Reviews); err != nil {
		return e, fmt.Errorf("count the reviewers: %w", err)
	}
	err = reviewed().ColumnExpr("DISTINCT p.name").Join("JOIN people AS p ON p.id = rv.person_id").
		Where("rv.naming = ?", NamingPublic).
		Where(`NOT EXISTS (SELECT 1 FROM reviews AS later WHERE later.recommendation_id = rv.recommendation_id
			AND later.person_id = rv.person_id AND later.answered_at > rv.answered_at AND later.naming <> ?)`, NamingPublic).Order("p.name").Scan(ctx, &e.Reviewers)
	if err != nil {
		return e, fmt.Errorf("read which reviewers are named: %w", err)
	}
	return e, nil
}

// UncoveredBy returns the countries of a publication in which the network had no partner on its day, and whether its lead
// organisation was asked in their place.
func UncoveredBy(ctx context.Context, db bun.IDB, rec *Recommendation, pub *Publication) (codes []string, byLead bool, err error) {
	codes, err = UncoveredCountries(ctx, db, rec.Countries, pub.PublishedAt)
	if err != nil || len(codes) == 0 {
		return nil, false, err
	}
	procedure, err := ProcedureByID(ctx, db, rec.ProcedureID)
	if err != nil {
		return nil, false, err
	}
	rules := procedure.Document.SignOff
	return codes, !rules.Skip && rules.Uncovered == UncoveredLead, nil
}
