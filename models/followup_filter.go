package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// FollowUpFilter narrows a list of follow-ups; zero fields do not.
type FollowUpFilter struct {
	ID             uuid.UUID   // this one alone
	IDs            []uuid.UUID // of these
	Recommendation uuid.UUID
	Country        string
	Countries      []string // one of these
	Authority      uuid.UUID
	Status         FollowUpStatus
	Topic          string    // of the recommendation by slug, or the source's in its own words
	Challenge      string    // of the recommendation, by slug
	Response       string    // of the country addressed, in the source's own words
	FocalPoint     uuid.UUID // the organisation that follows it
	Stage          Stage     // of a recommendation drafted here
	Query          string    // words in the measure, the recommendation's title, or who issued it and its reference
	Unfollowed     bool      // nobody is its focal point yet
	Open           bool      // not ended
	Imported       bool      // of recommendations that others issued
	Drafted        bool      // of those drafted here
	Hidden         bool      // also of what is in quarantine, for coordinators
	OverdueAt      time.Time // a report on it was due before, and is missing
	Limit          int64
	After          *Cursor

	many map[string]bool // the sets of measures that are large, see weigh
}

// FollowUps lists follow-ups, oldest first. What is followed up was published, so everybody may read it; notes are
// shown by the doors to those entitled.
func FollowUps(ctx context.Context, db bun.IDB, f FollowUpFilter) ([]FollowUp, error) {
	if err := f.weigh(ctx, db); err != nil {
		return nil, err
	}
	var all []FollowUp
	page := db.NewSelect().TableExpr("followups AS fu").Column("fu.id").Apply(f.apply).Order("fu.created_at", "fu.id")
	err := withFollowUpParts(db.NewSelect().Model(&all)).Where("fu.id IN (?)", page).Order("fu.created_at", "fu.id").Scan(ctx)
	return all, err
}

// FollowUpsCounted is up to how many follow-ups are counted: beyond it a reader is told "more than".
const FollowUpsCounted = 10_000

// CountFollowUps counts what a filter leaves, up to FollowUpsCounted, and says whether there is more. The filter's limit and
// place do not count.
func CountFollowUps(ctx context.Context, db bun.IDB, f FollowUpFilter) (n int, more bool, err error) {
	if err := f.weigh(ctx, db); err != nil {
		return 0, false, err
	}
	f.After, f.Limit = nil, FollowUpsCounted+1
	fitting := db.NewSelect().TableExpr("followups AS fu").ColumnExpr("1").Apply(f.apply)
	counted, err := db.NewSelect().TableExpr("(?) AS fitting", fitting).Count(ctx)
	if err != nil {
		return 0, false, fmt.Errorf("count follow-ups: %w", err)
	}
	return min(int(counted), FollowUpsCounted), counted > FollowUpsCounted, nil
}

// apply narrows a query over followups (alias fu). What hangs on the measure or the recommendation is asked for in subqueries:
// each finds its few rows by an index of its own, and counting joins nothing.
func (f FollowUpFilter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	q = f.applyWho(f.applyAbout(q))
	if !f.Hidden {
		q = q.Where("NOT EXISTS (SELECT 1 FROM recommendations AS hidden WHERE hidden.id = fu.recommendation_id AND hidden.quarantined_at IS NOT NULL)")
	}
	if f.After != nil {
		q = q.Where("(fu.created_at, fu.id) > (?, ?)", f.After.At, f.After.ID)
	}
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	return q
}

// applyAbout narrows by what the measure is about and where it comes from.
func (f FollowUpFilter) applyAbout(q *bun.SelectQuery) *bun.SelectQuery {
	if f.ID != uuid.Nil {
		q = q.Where("fu.id = ?", f.ID)
	}
	if len(f.IDs) > 0 {
		q = q.Where("fu.id IN (?)", bun.List(f.IDs))
	}
	if f.Recommendation != uuid.Nil {
		q = q.Where("fu.recommendation_id = ?", f.Recommendation)
	}
	if f.Topic != "" {
		q = f.among(q, measuresAbout, f.Topic)
	}
	if f.Challenge != "" {
		q = q.Where("fu.recommendation_id IN (SELECT fh.recommendation_id FROM recommendation_challenges AS fh WHERE fh.challenge = ?)", f.Challenge)
	}
	if f.Stage != "" {
		q = q.Where("fu.recommendation_id IN (SELECT id FROM recommendations WHERE stage = ?)", f.Stage)
	}
	if f.Imported {
		q = q.Where("fu.recommendation_id IN (SELECT recommendation_id FROM imported_recommendations)")
	}
	if f.Drafted || f.Stage != "" {
		q = q.Where("NOT EXISTS (SELECT 1 FROM imported_recommendations AS fi WHERE fi.recommendation_id = fu.recommendation_id)")
	}
	if f.Query != "" {
		q = f.among(q, measuresSaying, f.Query)
	}
	return q
}

// applyWho narrows by who is addressed, who follows, and how it stands.
func (f FollowUpFilter) applyWho(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Country != "" {
		q = q.Where("fu.country_code = ?", f.Country)
	}
	if f.Countries != nil {
		q = q.Where("fu.country_code IN (?)", bun.List(f.Countries))
	}
	if f.Authority != uuid.Nil {
		q = q.Where("fu.authority_id = ?", f.Authority)
	}
	if f.Status != "" {
		q = q.Where("fu.status = ?", f.Status)
	}
	if f.Response != "" {
		q = f.among(q, measuresAnswered, f.Response)
	}
	if f.FocalPoint != uuid.Nil {
		q = q.Where("fu.organisation_id = ?", f.FocalPoint)
	}
	if f.Unfollowed {
		q = q.Where(unfollowed)
	}
	if f.Open {
		q = q.Where("fu.ended_at IS NULL")
	}
	if !f.OverdueAt.IsZero() {
		q = q.Where("fu.ended_at IS NULL AND fu.id IN ("+reportsOverdue+")", f.OverdueAt)
	}
	return q
}

// reportsOverdue are the follow-ups on which a report was due before the instant given as argument.
const reportsOverdue = `SELECT t.process_id FROM tasks AS t JOIN processes AS p ON p.id = t.process_id
	JOIN recommendations AS r ON r.id = t.recommendation_id WHERE t.state = 'open' AND t.kind = 'report_progress' AND ` + isOverdue
