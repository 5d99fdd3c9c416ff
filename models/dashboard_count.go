package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
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
// may read, and most of what is published is done.
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
	q := d.db.NewSelect().TableExpr("followup_counts AS fc").ColumnExpr("fc.status, fc.imported, fc.n")
	if len(d.f.Countries) > 0 {
		q = q.Join("JOIN authorities AS a ON a.id = fc.authority_id").Where("a.country_code IN (?)", bun.List(d.f.Countries))
	}
	if d.f.Status != "" {
		q = q.Where("fc.status = ?", d.f.Status)
	}
	return q
}

// liveStatuses counts what the filter leaves one by one; it leaves little then.
func (d *dashboard) liveStatuses() *bun.SelectQuery {
	from := d.all()
	if d.f.Stage != "" {
		from = d.from()
	}
	return d.open().Where("r.id IN (?)", from.Column("r.id")).ColumnExpr("f.status, r.kind = ? AS imported, count(*) AS n", KindImported)
}

// statusesNotDone are to be taken from those kept of what was drafted here, so that what is done is left: the few whose
// deliveries go on, and those that this viewer may not read.
func (d *dashboard) statusesNotDone() *bun.SelectQuery {
	q := drafted(d.open(), false).ColumnExpr("f.status, false AS imported, -count(*) AS n")
	others := bun.List([]Stage{StageDrafting, StageReview, StageTranslation, StageSignOff, StagePublication, StageWithdrawn})
	if d.v.Has(RoleCoordinator) && d.v.LinkTask == uuid.Nil {
		return q.Where("r.stage IN (?)", others)
	}
	return q.Where("(r.stage IN (?) OR r.quarantined_at IS NOT NULL)", others)
}

// open selects the follow-ups (alias f, with their recommendation r) of the filter's countries and status that are not ended.
func (d *dashboard) open() *bun.SelectQuery {
	q := d.db.NewSelect().TableExpr("followups AS f").Join("JOIN recommendations AS r ON r.id = f.recommendation_id").
		Where("f.ended_at IS NULL").GroupExpr("1, 2")
	if len(d.f.Countries) > 0 {
		q = q.Where("f.country_code IN (?)", bun.List(d.f.Countries))
	}
	if d.f.Status != "" {
		q = q.Where("f.status = ?", d.f.Status)
	}
	return q
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
