package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// RestMailing is a mailing to the rest of another, or the one of which another is the rest.
type RestMailing struct {
	ID uuid.UUID
	SubjectLine
	LaunchedAt time.Time
	People     int `bun:"-"` // of the other's recipients, how many were written to by it; of a mailing to the rest alone
	Got        int `bun:"-"` // how many of them have it
}

// restMailings selects mailings about a recommendation that were launched, oldest first, with their subjects in a language.
func restMailings(db bun.IDB, recommendation uuid.UUID, language string) *bun.SelectQuery {
	return db.NewSelect().TableExpr("mailings AS m").ColumnExpr("m.id, m.launched_at, text.*").Join(saidIn, language).
		Where("m.recommendation_id = ? AND m.launched_at IS NOT NULL", recommendation).Order("m.launched_at", "m.id")
}

// RestOfWhich are the mailings of which one is the rest; none for any other.
func RestOfWhich(ctx context.Context, db bun.IDB, m *Mailing, language string) (list []RestMailing, err error) {
	if len(m.Audience.NotReached) == 0 {
		return nil, nil
	}
	err = restMailings(db, m.RecommendationID, language).Where("m.id = ANY(?::uuid[])", pgUUIDs(m.Audience.NotReached)).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read of which mailing one is the rest: %w", err)
	}
	return list, nil
}

// RestsOf are the mailings by which recipients of one were written to again, with how many of them. The rest of a mailing to the rest is
// one of the first mailing, launched later.
func RestsOf(ctx context.Context, db bun.IDB, m *Mailing, language string) ([]RestMailing, error) {
	if m.LaunchedAt == nil {
		return nil, nil
	}
	roots := m.Rest(Again{}).NotReached
	var all, list []RestMailing
	err := restMailings(db, m.RecommendationID, language).Where("m.id <> ? AND m.launched_at >= ?", m.ID, *m.LaunchedAt).
		Where("EXISTS (SELECT 1 FROM jsonb_array_elements_text(m.audience->'not_reached') AS root (id) WHERE root.id::uuid = ANY(?::uuid[]))", pgUUIDs(roots)).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read the mailings to the rest of one: %w", err)
	}
	for _, rest := range all {
		if err := rest.count(ctx, db, m.ID); err != nil {
			return nil, err
		}
		if rest.People > 0 {
			list = append(list, rest)
		}
	}
	return list, nil
}

// count counts recipients of another mailing among those of one to its rest. Whose mail was called off was not written to.
func (r *RestMailing) count(ctx context.Context, db bun.IDB, of uuid.UUID) error {
	var rows []outcomeCount
	each := withOutcome(db.NewSelect().TableExpr("outbox AS o").Where("o.mailing_id = ? AND o.state <> ?", r.ID, MailCancelled).
		Where("o.person_id IN (SELECT had.person_id FROM outbox AS had WHERE had.mailing_id = ?)", of))
	err := db.NewSelect().TableExpr("(?) AS each", each).ColumnExpr("outcome, count(*) AS people").GroupExpr("outcome").Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("count who was written to again: %w", err)
	}
	for _, row := range rows {
		r.People += row.People
		if row.Outcome.Reached() {
			r.Got += row.People
		}
	}
	return nil
}
