package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// AuthorityStatuses counts what is followed up at an authority.
type AuthorityStatuses struct {
	AuthorityID uuid.UUID
	CountryCode string
	Names       Names
	Total       int
	Unknown     int // recommended by others, and nothing reported yet
	NoReply     int // silent so far
	Moving      int // under discussion, committed or partly adopted
	Reached     int // adopted, implemented, or harm prevented
	Lost        int // stalled, lapsed, rejected or rolled back
}

// keptFollowUps is followup_counts (alias fc) without what is in quarantine, which is little and counted each time: no list
// shows it.
const keptFollowUps = `(SELECT authority_id, status, imported, n FROM followup_counts
	UNION ALL SELECT f.authority_id, f.status, r.kind = 'imported', -count(*) FROM recommendations AS r
		JOIN followups AS f ON f.recommendation_id = r.id WHERE r.quarantined_at IS NOT NULL AND f.ended_at IS NULL GROUP BY 1, 2, 3) AS fc`

// FollowUpsByAuthority counts what is followed up at the authorities of some countries, the most first.
// What is followed up was published, so everybody may read it.
func FollowUpsByAuthority(ctx context.Context, db bun.IDB, countries ...string) ([]AuthorityStatuses, error) {
	var all []AuthorityStatuses
	err := db.NewSelect().TableExpr(keptFollowUps).Join("JOIN authorities AS a ON a.id = fc.authority_id").
		ColumnExpr("a.id AS authority_id, a.country_code, a.names, sum(fc.n) AS total").
		ColumnExpr("coalesce(sum(fc.n) FILTER (WHERE fc.status IN ('not_followed', 'no_report')), 0) AS unknown").
		ColumnExpr("coalesce(sum(fc.n) FILTER (WHERE fc.status = 'no_reply'), 0) AS no_reply").
		ColumnExpr("coalesce(sum(fc.n) FILTER (WHERE fc.status IN ('under_discussion', 'committed', 'partly_adopted')), 0) AS moving").
		ColumnExpr("coalesce(sum(fc.n) FILTER (WHERE fc.status IN ('adopted', 'adopted_not_funded', 'implemented', 'harm_prevented')), 0) AS reached").
		ColumnExpr("coalesce(sum(fc.n) FILTER (WHERE fc.status IN ('stalled', 'lapsed', 'rejected', 'rolled_back')), 0) AS lost").
		Where("a.country_code IN (?)", bun.List(countries)).
		GroupExpr("a.id, a.country_code, a.names").Having("sum(fc.n) > 0").OrderExpr("total DESC, a.id").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("count follow-ups by authority: %w", err)
	}
	return all, nil
}

// CompactFollowUpCounts adds up the counts that changes left behind, so that reading them stays short.
func CompactFollowUpCounts(ctx context.Context, db bun.IDB) error {
	_, err := db.NewRaw(`WITH gone AS (DELETE FROM followup_counts RETURNING *)
		INSERT INTO followup_counts (authority_id, status, imported, n)
		SELECT authority_id, status, imported, sum(n) FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0`).Exec(ctx)
	if err != nil {
		return fmt.Errorf("add up the counts of follow-ups: %w", err)
	}
	return nil
}
