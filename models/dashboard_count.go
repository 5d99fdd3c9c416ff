package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// standingCount is how many recommendations of the same countries stand in a stage alike.
type standingCount struct {
	CountryCodes    []string `bun:",array"`
	Stage           Stage
	Held, Published bool
	N               int
}

// readCounts counts by stage and country. Where the filter allows it, what everybody may read is taken as it is kept, and
// only the rest is counted for this viewer.
func (d *dashboard) readCounts(ctx context.Context) error {
	live := d.from().ColumnExpr("r.country_codes, r.stage, r.held_at IS NOT NULL AS held, r.published_at IS NOT NULL AS published, count(*) AS n").
		GroupExpr("1, 2, 3, 4")
	counts := live
	if d.f.Status == "" && !d.f.OverdueOnly {
		counts = d.kept().UnionAll(live.Where("(r.published_at IS NULL OR r.quarantined_at IS NOT NULL)"))
	}
	var rows []standingCount
	if err := d.db.NewSelect().TableExpr("(?) AS counted", counts).Scan(ctx, &rows); err != nil {
		return err
	}
	countries, err := Countries(ctx, d.db)
	if err != nil {
		return err
	}
	d.addUp(rows, countries)
	return nil
}

// kept is what recommendation_counts says about what the filter leaves of what everybody may read.
func (d *dashboard) kept() *bun.SelectQuery {
	q := d.db.NewSelect().TableExpr("recommendation_counts AS rc").
		ColumnExpr("rc.country_codes, rc.stage, rc.held, true AS published, sum(rc.n) AS n").GroupExpr("1, 2, 3").Having("sum(rc.n) > 0")
	if len(d.f.Countries) > 0 {
		q = q.Where("rc.country_codes && ?", pgdialect.Array(d.f.Countries))
	}
	if d.f.Stage != "" {
		q = q.Where("rc.stage = ?", d.f.Stage)
	}
	return q
}

func (d *dashboard) addUp(rows []standingCount, countries []Country) {
	d.data.Stages = map[Stage]int{}
	by := map[string]map[Stage]int{}
	for _, row := range rows {
		d.data.Total += row.N
		d.data.Stages[row.Stage] += row.N
		if row.Held {
			d.data.Held += row.N
		}
		if row.Published {
			d.data.Published += row.N
		}
		for _, code := range row.CountryCodes {
			if by[code] == nil {
				by[code] = map[Stage]int{}
			}
			by[code][row.Stage] += row.N
		}
	}
	for _, c := range countries {
		if by[c.Code] == nil || len(d.f.Countries) > 0 && !slices.Contains(d.f.Countries, c.Code) {
			continue
		}
		one := CountryStages{Country: c.Code, Names: c.Names, Stages: by[c.Code]}
		for _, n := range one.Stages {
			one.Total += n
		}
		d.data.Countries = append(d.data.Countries, one)
	}
}

// readOverdue counts from the open tasks, which are few.
func (d *dashboard) readOverdue(ctx context.Context) error {
	n, err := d.from().Join("JOIN ("+openWork+") AS work ON work.recommendation_id = r.id", d.now).Where("work.overdue > 0").Count(ctx)
	d.data.Overdue = int(n)
	return err
}

// readStatuses takes the figures that are kept wherever it can: every follow-up is of something published, which everybody
// may read.
func (d *dashboard) readStatuses(ctx context.Context) error {
	if d.f.Stage == "" && !d.f.OverdueOnly {
		return d.readKeptStatuses(ctx)
	}
	from := d.all()
	if d.f.Stage != "" {
		from = d.from()
	}
	q := d.db.NewSelect().TableExpr("followups AS f").ColumnExpr("f.status, count(*) AS count").
		ColumnExpr("count(*) FILTER (WHERE fr.kind = ?) AS imported", KindImported).Join("JOIN recommendations AS fr ON fr.id = f.recommendation_id").
		Where("f.ended_at IS NULL AND f.recommendation_id IN (?)", from.Column("r.id")).
		GroupExpr("f.status").OrderExpr("array_position(ARRAY[?]::text[], f.status)", bun.List(FollowUpStatuses()))
	if len(d.f.Countries) > 0 {
		q = q.Where("f.country_code IN (?)", bun.List(d.f.Countries))
	}
	if d.f.Status != "" {
		q = q.Where("f.status = ?", d.f.Status)
	}
	return q.Scan(ctx, &d.data.Statuses)
}

func (d *dashboard) readKeptStatuses(ctx context.Context) error {
	q := d.db.NewSelect().TableExpr("followup_counts AS fc").ColumnExpr("fc.status, sum(fc.n) AS count").
		ColumnExpr("coalesce(sum(fc.n) FILTER (WHERE fc.imported), 0) AS imported").
		GroupExpr("fc.status").Having("sum(fc.n) > 0").OrderExpr("array_position(ARRAY[?]::text[], fc.status)", bun.List(FollowUpStatuses()))
	if len(d.f.Countries) > 0 {
		q = q.Join("JOIN authorities AS a ON a.id = fc.authority_id").Where("a.country_code IN (?)", bun.List(d.f.Countries))
	}
	if d.f.Status != "" {
		q = q.Where("fc.status = ?", d.f.Status)
	}
	return q.Scan(ctx, &d.data.Statuses)
}

// CompactRecommendationCounts adds up the counts that changes left behind, so that reading them stays short.
func CompactRecommendationCounts(ctx context.Context, db bun.IDB) error {
	_, err := db.NewRaw(`WITH gone AS (DELETE FROM recommendation_counts RETURNING *)
		INSERT INTO recommendation_counts (country_codes, stage, held, n)
		SELECT country_codes, stage, held, sum(n) FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0`).Exec(ctx)
	if err != nil {
		return fmt.Errorf("add up the counts of recommendations: %w", err)
	}
	return nil
}
