package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// CoverageCell is what there is on one challenge in one country, as far as the viewer may read it.
type CoverageCell struct {
	Challenge, Country string
	Published          int // recommendations
	UnderWay           int // not published, not withdrawn
}

// Coverage counts the recommendations drafted here by challenge and country; where nothing is, there is no cell.
func Coverage(ctx context.Context, db bun.IDB, v Viewer) ([]CoverageCell, error) {
	var all []CoverageCell
	together := drafted(v.visible(db.NewSelect().TableExpr("recommendations AS r")), false). // first by all their countries: many have the same
													Join("JOIN recommendation_challenges AS rh ON rh.recommendation_id = r.id").
													ColumnExpr("rh.challenge, r.country_codes").
													ColumnExpr("count(*) FILTER (WHERE r.published_at IS NOT NULL) AS published").
													ColumnExpr("count(*) FILTER (WHERE r.published_at IS NULL) AS under_way").
													Where("r.stage <> 'withdrawn'").GroupExpr("1, 2")
	err := db.NewSelect().TableExpr("(?) AS together, unnest(together.country_codes) AS country", together).
		ColumnExpr("together.challenge, country, sum(together.published) AS published, sum(together.under_way) AS under_way").
		GroupExpr("1, 2").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read what is covered: %w", err)
	}
	return all, nil
}
