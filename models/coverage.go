package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// CoverageCell is what there is on one challenge in one country, as far as the viewer may read it.
type CoverageCell struct {
	Challenge, Country string
	Published          int // recommendations, those that others issued included
	UnderWay           int // not published, not withdrawn
}

// Coverage counts the recommendations by challenge and country; where nothing is, there is no cell.
func Coverage(ctx context.Context, db bun.IDB, v Viewer) ([]CoverageCell, error) {
	var all []CoverageCell
	together := v.visible(db.NewSelect().TableExpr("recommendations AS r")). // first by all their countries: many have the same
											Join("JOIN recommendation_challenges AS rh ON rh.recommendation_id = r.id").
											ColumnExpr("rh.challenge, r.country_codes").
											ColumnExpr("count(*) FILTER (WHERE r.published_at IS NOT NULL OR r.kind = ?) AS published", KindImported).
											ColumnExpr("count(*) FILTER (WHERE r.published_at IS NULL AND r.kind <> ?) AS under_way", KindImported).
											Where("r.stage <> 'withdrawn'").GroupExpr("1, 2")
	err := db.NewSelect().TableExpr("(?) AS together, unnest(together.country_codes) AS country", together).
		ColumnExpr("together.challenge, country, sum(together.published) AS published, sum(together.under_way) AS under_way").
		GroupExpr("1, 2").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read what is covered: %w", err)
	}
	return all, nil
}
