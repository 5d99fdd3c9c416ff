package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// DashboardFilter narrows a dashboard; zero fields do not. Every figure on it counts what the filter leaves.
type DashboardFilter struct {
	Countries   []string // one of these at least
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
	Countries []CountryStages // those of the filter, in the network's order; a recommendation counts in each of its countries
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
	Undelivered  int        `bun:"-"` // mails about these that did not reach who was asked, as far as the viewer may know that they are
	AwaitedUntil *time.Time // the next deadline; nil when nobody is awaited
	FollowUps    int        // not ended
}

// Dashboard returns where everything stands that the viewer may read; what is overdue comes first.
func Dashboard(ctx context.Context, db bun.IDB, v Viewer, f DashboardFilter, now time.Time) (DashboardData, error) {
	d := &dashboard{db: db, v: v, f: f, now: now}
	for _, read := range []func(context.Context) error{d.readCounts, d.readOverdue, d.readStatuses, d.readRows} {
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
const openWork = `SELECT t.recommendation_id, count(*) AS awaited, count(*) FILTER (WHERE ` + isOverdue + `) AS overdue, min(` + answerUntil + `) AS until
	FROM tasks AS t JOIN processes AS p ON p.id = t.process_id JOIN recommendations AS r ON r.id = t.recommendation_id
	WHERE t.state = 'open' AND t.kind <> 'escalation' GROUP BY t.recommendation_id`

// notOpenToAll is true of a recommendation (alias r) that not everybody may read; recommendation_counts counts the others.
const notOpenToAll = "(r.published_at IS NULL OR r.quarantined_at IS NOT NULL)"

// all selects the recommendations (alias r) that the viewer may read and the filter leaves, with what others issued: it has
// no stage here, but its measures are followed up like ours.
func (d *dashboard) all() *bun.SelectQuery {
	q := d.v.visible(d.db.NewSelect().TableExpr("recommendations AS r"))
	if len(d.f.Countries) > 0 {
		q = q.Where("r.country_codes && ?", pgdialect.Array(d.f.Countries))
	}
	if d.f.Stage != "" {
		q = q.Where("r.stage = ?", d.f.Stage)
	}
	if d.f.Status != "" {
		q = q.Where("EXISTS (SELECT 1 FROM followups AS fs WHERE fs.recommendation_id = r.id AND fs.ended_at IS NULL AND fs.status = ?)", d.f.Status)
	}
	if d.f.OverdueOnly {
		q = q.Where("r.id IN (SELECT recommendation_id FROM ("+openWork+") AS late WHERE late.overdue > 0)", d.now)
	}
	return q
}

// from is all without what others issued.
func (d *dashboard) from() *bun.SelectQuery { return drafted(d.all(), false) }

// readRows takes what waits for somebody first, which is little, then the rest from the newest on; what a row says besides
// is read for those of the page alone.
func (d *dashboard) readRows(ctx context.Context) error {
	limit := d.f.Limit
	if limit <= 0 {
		limit = 100
	}
	first := d.from().Join("JOIN work ON work.recommendation_id = r.id").
		ColumnExpr("r.id, work.overdue > 0 AS late, work.until, r.stage_since").
		OrderExpr("late DESC, until, r.stage_since DESC, r.id").Limit(d.f.Offset + limit)
	rest := d.from().Where("r.id NOT IN (SELECT recommendation_id FROM work)").
		ColumnExpr("r.id, false AS late, NULL::timestamptz AS until, r.stage_since").
		OrderExpr("r.stage_since DESC, r.id").Limit(d.f.Offset + limit)
	const order = "page.late DESC, page.until NULLS LAST, page.stage_since DESC, page.id"
	page := d.db.NewSelect().TableExpr("((?) UNION ALL (?)) AS page", first, rest).ColumnExpr("page.*").OrderExpr(order).Limit(limit).Offset(d.f.Offset)
	err := d.db.NewSelect().With("work", d.db.NewRaw(openWork, d.now)).With("page", page).TableExpr("page").
		ColumnExpr("r.id, r.slug, r.title, r.language, r.kind, r.stage, r.stage_since, r.round, r.held_at IS NOT NULL AS held").
		ColumnExpr("r.needed_by, r.published_at, owner.name AS organisation, r.country_codes AS countries").
		ColumnExpr("coalesce(work.awaited, 0) AS awaited, coalesce(work.overdue, 0) AS overdue, work.until AS awaited_until").
		ColumnExpr("(SELECT count(*) FROM followups AS fu WHERE fu.recommendation_id = r.id AND fu.ended_at IS NULL AND r.quarantined_at IS NULL) AS follow_ups").
		Join("JOIN recommendations AS r ON r.id = page.id").
		Join("JOIN organisations AS owner ON owner.id = r.organisation_id").
		Join("LEFT JOIN work ON work.recommendation_id = r.id").
		OrderExpr(order).Scan(ctx, &d.data.Rows)
	if err != nil {
		return err
	}
	return d.readUndelivered(ctx)
}

// readUndelivered counts, for the recommendations of the page that wait for anybody, the mails that reached nobody.
func (d *dashboard) readUndelivered(ctx context.Context) error {
	var waiting []uuid.UUID
	for _, row := range d.data.Rows {
		if row.Awaited > 0 {
			waiting = append(waiting, row.ID)
		}
	}
	lost, err := UndeliveredCounts(ctx, d.db, d.v, waiting)
	for i := range d.data.Rows {
		d.data.Rows[i].Undelivered = lost[d.data.Rows[i].ID]
	}
	return err
}
