package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// DashboardFilter narrows a dashboard; zero fields do not. Every figure on it counts what the filter leaves.
type DashboardFilter struct {
	Country     string
	Stage       Stage
	Status      FollowUpStatus // recommendations of which a measure has this status at an authority
	OverdueOnly bool
	Limit       int64 // of the rows; 0 means 100
	Offset      int64 // rows to leave out: the pages before
}

// DashboardData is where everything stands that a viewer may read.
type DashboardData struct {
	Total     int // recommendations
	Overdue   int // recommendations with anything overdue
	Held      int
	Published int
	Countries []CountryStages // in the network's order; a recommendation counts in each of its countries
	Stages    map[Stage]int
	Statuses  []StatusCount // of the follow-ups that are not ended, in the order of FollowUpStatuses
	Rows      []DashboardRow
}

// CountryStages counts the recommendations of a country by stage.
type CountryStages struct {
	Country string
	Names   Names
	Total   int
	Stages  map[Stage]int
}

// StatusCount counts follow-ups: measures at authorities.
type StatusCount struct {
	Status   FollowUpStatus
	Count    int
	Imported int // of Count: measures that others issued
}

// DashboardRow is a recommendation with whom it waits for, in figures.
type DashboardRow struct {
	ID           uuid.UUID
	Slug         string
	Title        string
	Language     string
	Kind         string
	Stage        Stage
	StageSince   time.Time
	Round        int
	Held         bool
	NeededBy     *time.Time
	PublishedAt  *time.Time
	Organisation string
	Countries    []string   `bun:",array"`
	Awaited      int        // open tasks
	Overdue      int        // of these, past their deadline
	AwaitedUntil *time.Time // the next deadline; nil when nobody is awaited
	FollowUps    int        // not ended
}

// Dashboard returns where everything stands that the viewer may read; what is overdue comes first.
func Dashboard(ctx context.Context, db bun.IDB, v Viewer, f DashboardFilter, now time.Time) (DashboardData, error) {
	d := &dashboard{db: db, v: v, f: f, now: now}
	for _, read := range []func(context.Context) error{d.readTotals, d.readCountries, d.readStatuses, d.readRows} {
		if err := read(ctx); err != nil {
			return DashboardData{}, fmt.Errorf("read the dashboard: %w", err)
		}
	}
	return d.data, nil
}

type dashboard struct {
	db   bun.IDB
	v    Viewer
	f    DashboardFilter
	now  time.Time
	data DashboardData
}

// openWork counts, per recommendation, the tasks people are awaited for: all at once, for most recommendations have none.
// Escalations repeat what they are about.
const openWork = `LEFT JOIN (
	SELECT t.recommendation_id, count(*) AS awaited, count(*) FILTER (WHERE ` + isOverdue + `) AS overdue, min(t.due_at) AS until
	FROM tasks AS t JOIN processes AS p ON p.id = t.process_id JOIN recommendations AS r ON r.id = t.recommendation_id
	WHERE t.state = 'open' AND t.kind <> 'escalation' GROUP BY t.recommendation_id) AS work ON work.recommendation_id = r.id`

// from selects the recommendations drafted here (alias r, with their open work) that the viewer may read and the filter
// leaves.
func (d *dashboard) from() *bun.SelectQuery { return drafted(d.all(), false) }

// all is from with what others issued: it has no stage here, but its measures are followed up like ours.
func (d *dashboard) all() *bun.SelectQuery {
	q := d.v.visible(d.db.NewSelect().TableExpr("recommendations AS r").Join(openWork, d.now))
	if d.f.Country != "" {
		q = q.Where("EXISTS (SELECT 1 FROM recommendation_countries AS fc WHERE fc.recommendation_id = r.id AND fc.country_code = ?)", d.f.Country)
	}
	if d.f.Stage != "" {
		q = q.Where("r.stage = ?", d.f.Stage)
	}
	if d.f.Status != "" {
		q = q.Where("EXISTS (SELECT 1 FROM followups AS fs WHERE fs.recommendation_id = r.id AND fs.ended_at IS NULL AND fs.status = ?)", d.f.Status)
	}
	if d.f.OverdueOnly {
		q = q.Where("work.overdue > 0")
	}
	return q
}

func (d *dashboard) readTotals(ctx context.Context) error {
	var rows []struct {
		Stage                           Stage
		Total, Overdue, Held, Published int
	}
	err := d.from().ColumnExpr("r.stage, count(*) AS total").
		ColumnExpr("count(*) FILTER (WHERE work.overdue > 0) AS overdue, count(r.held_at) AS held, count(r.published_at) AS published").
		GroupExpr("r.stage").Scan(ctx, &rows)
	d.data.Stages = map[Stage]int{}
	for _, row := range rows {
		d.data.Total += row.Total
		d.data.Overdue += row.Overdue
		d.data.Held += row.Held
		d.data.Published += row.Published
		d.data.Stages[row.Stage] = row.Total
	}
	return err
}

func (d *dashboard) readCountries(ctx context.Context) error {
	var rows []struct {
		Code  string
		Names Names
		Stage Stage
		N     int
	}
	counted := d.from().ColumnExpr("rc.country_code, r.stage, count(*) AS n").
		Join("JOIN recommendation_countries AS rc ON rc.recommendation_id = r.id").GroupExpr("rc.country_code, r.stage")
	err := d.db.NewSelect().TableExpr("(?) AS counted", counted).Join("JOIN countries AS c ON c.code = counted.country_code").
		ColumnExpr("c.code, c.names, counted.stage, counted.n").OrderExpr("c.position, c.code, counted.stage").Scan(ctx, &rows)
	for _, row := range rows {
		list := d.data.Countries
		if n := len(list); n == 0 || list[n-1].Country != row.Code {
			d.data.Countries = append(list, CountryStages{Country: row.Code, Names: row.Names, Stages: map[Stage]int{}})
		}
		last := &d.data.Countries[len(d.data.Countries)-1]
		last.Stages[row.Stage] = row.N
		last.Total += row.N
	}
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
	if d.f.Country != "" {
		q = q.Join("JOIN authorities AS a ON a.id = f.authority_id").Where("a.country_code = ?", d.f.Country)
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
	if d.f.Country != "" {
		q = q.Join("JOIN authorities AS a ON a.id = fc.authority_id").Where("a.country_code = ?", d.f.Country)
	}
	if d.f.Status != "" {
		q = q.Where("fc.status = ?", d.f.Status)
	}
	return q.Scan(ctx, &d.data.Statuses)
}

func (d *dashboard) readRows(ctx context.Context) error {
	limit := d.f.Limit
	if limit <= 0 {
		limit = 100
	}
	return d.from().
		ColumnExpr("r.id, r.slug, r.title, r.language, r.kind, r.stage, r.stage_since, r.round, r.held_at IS NOT NULL AS held").
		ColumnExpr("r.needed_by, r.published_at, owner.name AS organisation").
		ColumnExpr("ARRAY(SELECT rc.country_code FROM recommendation_countries AS rc WHERE rc.recommendation_id = r.id ORDER BY 1) AS countries").
		ColumnExpr("coalesce(work.awaited, 0) AS awaited, coalesce(work.overdue, 0) AS overdue, work.until AS awaited_until").
		ColumnExpr("(SELECT count(*) FROM followups AS fu WHERE fu.recommendation_id = r.id AND fu.ended_at IS NULL) AS follow_ups").
		Join("JOIN organisations AS owner ON owner.id = r.organisation_id").
		OrderExpr("coalesce(work.overdue, 0) > 0 DESC, work.until NULLS LAST, r.stage_since DESC, r.id").
		Limit(limit).Offset(d.f.Offset).Scan(ctx, &d.data.Rows)
}
