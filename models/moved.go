package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// MovedDays is how far back a dashboard looks for somebody who never said that they have seen it.
const MovedDays = 14

// Moved is a recommendation that entered a stage, or a measure whose status at an authority changed.
type Moved struct {
	At               time.Time
	RecommendationID uuid.UUID
	Title            string
	Language         string
	Stage            Stage          // of the recommendation; "" for a measure
	FollowUpID       *uuid.UUID     // nil: the recommendation itself moved
	Status           FollowUpStatus // of the measure
	Number           int
	Authority        Names
}

// SeenAt returns when somebody last said that they have seen what moved; for who never did, MovedDays ago, and that it was not
// said.
func SeenAt(ctx context.Context, db bun.IDB, person uuid.UUID, now time.Time) (since time.Time, said bool, err error) {
	var at []time.Time
	err = db.NewSelect().Table("dashboard_visits").Column("seen_at").Where("person_id = ?", person).Scan(ctx, &at)
	if err != nil || len(at) == 0 {
		return now.AddDate(0, 0, -MovedDays), false, err
	}
	return at[0], true, nil
}

// MarkSeen notes that somebody has seen what moved until an instant; it never goes back.
func MarkSeen(ctx context.Context, db bun.IDB, person uuid.UUID, until time.Time) error {
	_, err := db.NewRaw(`INSERT INTO dashboard_visits AS v (person_id, seen_at) VALUES (?, ?)
		ON CONFLICT (person_id) DO UPDATE SET seen_at = greatest(v.seen_at, EXCLUDED.seen_at)`, person, until).Exec(ctx)
	return err
}

// MovedSince lists what moved after an instant that the viewer may read, the newest first; no countries are all. Of
// more than limit they are the oldest, so that whoever has seen them goes on from there: until is as far as the list goes.
func MovedSince(ctx context.Context, db bun.IDB, v Viewer, countries []string, since, now time.Time, limit int) (list []Moved, until time.Time, err error) {
	var stages, statuses []Moved
	q := drafted(v.visible(db.NewSelect().TableExpr("recommendations AS r")), false).
		ColumnExpr("r.stage_since AS at, r.id AS recommendation_id, r.title, r.language, r.stage").
		Where("r.stage_since > ? AND r.stage <> 'drafting'", since).OrderExpr("r.stage_since, r.id").Limit(int64(limit) + 1)
	if len(countries) > 0 {
		q = q.Where("r.country_codes && ?", pgdialect.Array(countries))
	}
	if err := q.Scan(ctx, &stages); err != nil {
		return nil, now, fmt.Errorf("read what moved: %w", err)
	}
	q = db.NewSelect().TableExpr("followups AS f").Join("JOIN recommendations AS r ON r.id = f.recommendation_id").Where(notQuarantined).
		Join("JOIN measures AS m ON m.id = f.measure_id").Join("JOIN authorities AS a ON a.id = f.authority_id").
		ColumnExpr("f.status_since AS at, r.id AS recommendation_id, r.title, r.language, f.id AS follow_up_id, f.status, m.number, a.names AS authority").
		Where("f.status_since > ? AND f.status NOT IN ('not_followed', 'no_report', 'no_reply')", since).OrderExpr("f.status_since, f.id").Limit(int64(limit) + 1)
	if len(countries) > 0 {
		q = q.Where("f.country_code IN (?)", bun.List(countries))
	}
	if err := q.Scan(ctx, &statuses); err != nil {
		return nil, now, fmt.Errorf("read which measures moved: %w", err)
	}
	list = append(stages, statuses...)
	slices.SortStableFunc(list, func(a, b Moved) int { return a.At.Compare(b.At) })
	until = now
	if len(list) > limit {
		list = list[:limit]
		until = list[limit-1].At
	}
	slices.Reverse(list)
	return list, until, nil
}
