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
		counts = d.kept().UnionAll(live.Where(notOpenToAll))
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
// may read unless it is in quarantine, and most of what is published is done. The list of follow-ups shows as many, by the
// same filter.
func (d *dashboard) readStatuses(ctx context.Context) error {
	var counts *bun.SelectQuery
	switch {
	case d.f.OverdueOnly, d.f.Stage != "" && d.f.Stage != StageDone:
		counts = d.liveStatuses()
	case d.f.Stage == StageDone:
		counts = d.keptStatuses().Where("NOT fc.imported").UnionAll(d.statusesNotDone())
	default:
		counts = d.keptStatuses()
	}
	return d.db.NewSelect().TableExpr("(?) AS counted", counts).
		ColumnExpr("counted.status, sum(counted.n) AS count, coalesce(sum(counted.n) FILTER (WHERE counted.imported), 0) AS imported").
		GroupExpr("counted.status").Having("sum(counted.n) > 0").
		OrderExpr("array_position(ARRAY[?]::text[], counted.status)", bun.List(FollowUpStatuses())).Scan(ctx, &d.data.Statuses)
}

// keptStatuses are the counts that are kept, as status, imported and n.
func (d *dashboard) keptStatuses() *bun.SelectQuery {
	q := d.db.NewSelect().TableExpr(keptFollowUps).ColumnExpr("fc.status, fc.imported, fc.n")
	if len(d.f.Countries) > 0 {
		q = q.Join("JOIN authorities AS a ON a.id = fc.authority_id").Where("a.country_code IN (?)", bun.List(d.f.Countries))
	}
	if d.f.Status != "" {
		q = q.Where("fc.status = ?", d.f.Status)
	}
	return q
}

// liveStatuses counts what the filter leaves one by one; it leaves little then. Of what is overdue it counts the measures on
// which a report is missing.
func (d *dashboard) liveStatuses() *bun.SelectQuery {
	f := d.open()
	f.Stage = d.f.Stage
	if d.f.OverdueOnly {
		f.OverdueAt = d.now
	}
	return d.counted(f).ColumnExpr("fu.status, recommendation.kind = ? AS imported, count(*) AS n", KindImported)
}

// statusesNotDone are to be taken from those kept of what was drafted here, so that what is done is left: the few whose
// deliveries go on, and those withdrawn.
func (d *dashboard) statusesNotDone() *bun.SelectQuery {
	f := d.open()
	f.Drafted = true
	others := []Stage{StageDrafting, StageReview, StageTranslation, StageSignOff, StagePublication, StageWithdrawn}
	return d.counted(f).ColumnExpr("fu.status, false AS imported, -count(*) AS n").
		Where("recommendation.stage IN (?)", bun.List(others))
}

// open is the filter of the follow-ups that are not ended, of the countries and the status that the dashboard is about.
func (d *dashboard) open() FollowUpFilter {
	f := FollowUpFilter{Status: d.f.Status, Open: true}
	if len(d.f.Countries) > 0 {
		f.Countries = d.f.Countries
	}
	return f
}

// counted groups the follow-ups of a filter by their first two columns.
func (d *dashboard) counted(f FollowUpFilter) *bun.SelectQuery {
	return d.db.NewSelect().TableExpr("followups AS fu").Join("JOIN recommendations AS recommendation ON recommendation.id = fu.recommendation_id").
		Apply(f.apply).GroupExpr("1, 2")
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
