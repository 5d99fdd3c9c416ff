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
	err := v.visible(db.NewSelect().TableExpr("recommendations AS r")).
		Join("JOIN recommendation_challenges AS rh ON rh.recommendation_id = r.id").
		Join("JOIN recommendation_countries AS rc ON rc.recommendation_id = r.id").
		ColumnExpr("rh.challenge, rc.country_code AS country").
		ColumnExpr("count(*) FILTER (WHERE r.published_at IS NOT NULL OR r.kind = ?) AS published", KindImported).
		ColumnExpr("count(*) FILTER (WHERE r.published_at IS NULL AND r.kind <> ?) AS under_way", KindImported).
		Where("r.stage <> 'withdrawn'").GroupExpr("1, 2").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read what is covered: %w", err)
	}
	return all, nil
}
