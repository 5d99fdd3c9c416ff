package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
)

// ReportedText is a text that readers reported and nobody has settled yet.
type ReportedText struct {
	RecommendationID uuid.UUID
	Title            string
	Language         string
	Kinds            []ReportKind `bun:",array"` // what is said to be wrong, each once
	Reports          int
	Since            time.Time
	Hidden           bool
}

// reportedTo limits a query over reports (alias rp) to those that wait for the viewer: coordinators keep texts clean.
func (v Viewer) reportedTo(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.TableExpr("content_reports AS rp").Where("rp.settled_at IS NULL")
	if v.LinkTask != uuid.Nil || !v.May(access.Administer) {
		q = q.Where("FALSE")
	}
	return q
}

// ReportedTexts lists the texts whose reports wait for a viewer, first reported first.
func ReportedTexts(ctx context.Context, db bun.IDB, v Viewer) ([]ReportedText, error) {
	var list []ReportedText
	err := v.reportedTo(db.NewSelect()).
		ColumnExpr("r.id AS recommendation_id, r.title, r.language, r.quarantined_at IS NOT NULL AS hidden").
		ColumnExpr("array_agg(DISTINCT rp.kind) AS kinds, count(*) AS reports, min(rp.reported_at) AS since").
		Join("JOIN recommendations AS r ON r.id = rp.recommendation_id").
		GroupExpr("r.id").OrderExpr("since, r.id").Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read which texts were reported: %w", err)
	}
	return list, nil
}

// Desk counts what waits for somebody, as their own desk shows it.
type Desk struct {
	Waiting int // questions
	InName  int // of these, asked of an organisation they speak for: whoever else speaks for it can answer
	Reports int // texts that were reported
	Stopped int // mailings that paused by themselves
	Lost    int // texts of which mails reached nobody
	Rounds  int // that ask for a decision, see RoundsWaiting
	Steps   int // of campaigns, see DueSteps; whoever asks for them says when
}

// All is how many things stand on the desk.
func (d Desk) All() int { return d.Waiting + d.Reports + d.Stopped + d.Lost + d.Rounds + d.Steps }

// DeskOf counts what waits for a viewer: as many questions as Waiting lists, as many texts as ReportedTexts, as
// many mailings as StoppedMailings, as many texts as UndeliveredTexts, and as many rounds as RoundsWaiting.
func DeskOf(ctx context.Context, db bun.IDB, v Viewer) (Desk, error) {
	var d Desk
	if v.PersonID == uuid.Nil {
		return d, nil
	}
	charged := v.LinkTask == uuid.Nil && (v.Has(RoleOfficer) || v.Has(RoleCoordinator)) // nobody else is in charge of a text, nor settles reports
	q := db.NewSelect().ColumnExpr("asked.*").TableExpr("(?) AS asked", v.waiting(db.NewSelect().TableExpr("tasks AS t")).
		ColumnExpr("count(*) AS waiting, count(*) FILTER (WHERE t.person_id IS NULL) AS in_name"))
	if charged {
		q = q.ColumnExpr("(?) AS reports", v.reportedTo(db.NewSelect()).ColumnExpr("count(DISTINCT rp.recommendation_id)")).
			ColumnExpr("(?) AS stopped", v.stoppedFor(db.NewSelect()).ColumnExpr("count(*)")).
			ColumnExpr("(?) AS lost", v.undelivered(db, inCharge(v.PersonID)).ColumnExpr("count(DISTINCT last.recommendation_id)"))
	}
	if err := q.Scan(ctx, &d); err != nil {
		return d, fmt.Errorf("count what waits for a person: %w", err)
	}
	if !charged {
		return d, nil
	}
	rounds, err := RoundsWaiting(ctx, db, v)
	d.Rounds = len(rounds)
	return d, err
}
