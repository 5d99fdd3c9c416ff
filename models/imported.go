package models

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// KindImported is the kind of a recommendation that others issued: it was drafted, agreed and published elsewhere, and
// is followed up here.
const KindImported = "imported"

// ImportedRecommendation says where an imported recommendation comes from: there is one for each source, country and
// session.
type ImportedRecommendation struct {
	bun.BaseModel `bun:"table:imported_recommendations,alias:ir"`

	RecommendationID uuid.UUID `bun:",pk"`
	Source           string    // as the file names it: UPR
	CountryCode      string
	Session          string
}

// ImportedMeasure is what the source says of a measure, in its own words.
type ImportedMeasure struct {
	bun.BaseModel `bun:"table:imported_measures,alias:im"`

	MeasureID      uuid.UUID `bun:",pk"`
	ExternalRef    string    // the source's, unique
	IssuedBy       string
	Response       string   // of the country addressed
	ActionCategory *int     // from 1, minimal action, to 5, specific action; nil for none
	Topics         []string `bun:",array"`
}

// ImportSource is a source that the network knows by name.
type ImportSource struct {
	Code string
	Name string
	// Responses are the words a file may use, and those of the source for them.
	Responses map[string]string
	address   string                  // of a country's documents; %s is its code
	sessions  map[string]sessionBegin // of those whose first day is proven
}

// universalPeriodicReview calls "supported" what files coded by others call "accepted".
var universalPeriodicReview = ImportSource{Code: "UPR", Name: "Universal Periodic Review",
	Responses: map[string]string{"accepted": "supported", "supported": "supported", "noted": "noted"},
	address:   "https://www.ohchr.org/en/hr-bodies/upr/%s-index", sessions: reviewSessions}

// ImportSourceOf returns what is known of a source: of one nobody described, its name as the file has it.
func ImportSourceOf(code string) ImportSource {
	if code == universalPeriodicReview.Code {
		return universalPeriodicReview
	}
	return ImportSource{Code: code, Name: code}
}

// Address is where the source's own documents on a country stand; "" where that is not known.
func (s ImportSource) Address(country string) string {
	if s.address == "" {
		return ""
	}
	return fmt.Sprintf(s.address, strings.ToLower(country))
}

// response puts a file's word for a response into the source's own; false where it is none of the source's.
func (s ImportSource) response(word string) (string, bool) {
	if s.Responses == nil {
		return word, true
	}
	own, known := s.Responses[strings.ToLower(word)]
	return own, known
}

// Imported reports whether others issued the recommendation.
func (r Recommendation) Imported() bool { return r.Kind == KindImported }

// Public reports whether everybody may read it: it was published, here or elsewhere.
func (r Recommendation) Public() bool { return r.PublishedAt != nil || r.Imported() }

// ImportedCount is an imported recommendation with how many measures it holds, and how many of them nobody follows yet.
type ImportedCount struct {
	ID                       uuid.UUID
	Source, Country, Session string
	Measures, Unfollowed     int
}

// ImportedList lists what was imported, by country in the network's order, then source and session.
func ImportedList(ctx context.Context, db bun.IDB) ([]ImportedCount, error) {
	var list []ImportedCount
	err := db.NewSelect().TableExpr("imported_recommendations AS ir").
		ColumnExpr("r.id, ir.source, ir.country_code AS country, ir.session").
		ColumnExpr("(SELECT count(*) FROM measures AS m WHERE m.recommendation_id = r.id) AS measures").
		ColumnExpr(`(SELECT count(*) FROM followups AS fu WHERE fu.recommendation_id = r.id
			AND fu.organisation_id IS NULL AND fu.ended_at IS NULL) AS unfollowed`).
		Join("JOIN recommendations AS r ON r.id = ir.recommendation_id").Where(notQuarantined).
		Join("JOIN countries AS c ON c.code = ir.country_code").
		OrderExpr("c.position, c.code, ir.source, length(ir.session), ir.session").Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read what was imported: %w", err)
	}
	return list, nil
}
