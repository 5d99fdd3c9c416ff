package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// WaitingItem is an open task that waits for a person, with what a list says about it.
type WaitingItem struct {
	TaskID           uuid.UUID
	ProcessID        uuid.UUID
	Kind             TaskKind
	RecommendationID uuid.UUID
	Slug             string
	Title            string // of the exact text the task is about, else of the recommendation
	TitleLanguage    string
	Stage            Stage
	Round            int        // of the review, or period of the follow-up
	Language         string     // of the translation asked for; "" for none
	SubjectID        *uuid.UUID // translation, delivery, follow-up, overdue or ended task: by kind
	OrganisationID   *uuid.UUID // in whose name the person answers; nil: their own
	Organisation     string
	Speaker          string      // the reader's own among those that share the vote asked for; "" where no vote is shared
	Owner            string      // the organisation that asks; "" where the reader must not learn it
	OwnText          bool        // the reader is in charge of the text about which their organisation is asked
	Authority        Names       // of a delivery or a report; nil for none
	MeasureNumber    int         // of a report; 0 for none
	Measure          string      // its text
	OverdueKind      TaskKind    // of an escalation: what is overdue
	OverdueDue       *time.Time  // and since when
	OpenedAt         time.Time   //
	AcceptedAt       *time.Time  // the person said they will
	DueAt            time.Time   // until when it is to be answered
	GraceUntil       time.Time   //
	Overdue          bool        // the deadline passed; false while on hold
	Held             bool        // the recommendation is on hold: nothing can be answered now
	Process          ProcessKind //
}

// Waiting lists the open tasks that wait for a viewer: those of the person and those of the organisations they speak
// for (as partner, officer or coordinator there or in a sister that shares the vote). What is overdue comes first, then
// what is due soonest. Who came by a personal link has that one task waiting; the public has none.
func Waiting(ctx context.Context, db bun.IDB, v Viewer, now time.Time) ([]WaitingItem, error) {
	if v.PersonID == uuid.Nil {
		return nil, nil
	}
	var items []WaitingItem
	q := v.waiting(db.NewSelect().TableExpr("tasks AS t")).
		ColumnExpr("t.id AS task_id, t.process_id, t.kind, t.recommendation_id, t.round, t.subject_id, t.organisation_id").
		ColumnExpr("COALESCE(t.language, '') AS language, t.opened_at, t.accepted_at, t.grace_until, "+answerUntil+" AS due_at").
		ColumnExpr("r.slug, r.stage, r.language AS title_language, COALESCE(version.title, r.title) AS title").
		ColumnExpr("COALESCE(asked.name, '') AS organisation, CASE WHEN "+blindTo+" THEN '' ELSE owner.name END AS owner", v.PersonID).
		ColumnExpr(unitSpeaker+" AS speaker", v.PersonID).
		ColumnExpr(sharesVote+" AND r.officer_id = ? AS own_text", v.PersonID).
		ColumnExpr("authority.names AS authority, COALESCE(m.number, 0) AS measure_number, COALESCE(m.text, '') AS measure").
		ColumnExpr("COALESCE(late.kind, '') AS overdue_kind, late.due_at AS overdue_due").
		ColumnExpr(onHold+" AS held, "+isOverdue+" AS overdue, p.kind AS process", now)
	err := withSubjects(q).
		Join("JOIN organisations AS owner ON owner.id = r.organisation_id").
		Join("LEFT JOIN organisations AS asked ON asked.id = t.organisation_id").
		Join("LEFT JOIN versions AS version ON version.id = t.version_id").
		OrderExpr("overdue DESC, due_at, t.id").Scan(ctx, &items)
	if err != nil {
		return nil, fmt.Errorf("read what waits for a person: %w", err)
	}
	return items, nil
}

// CountWaiting counts what Waiting lists.
func CountWaiting(ctx context.Context, db bun.IDB, v Viewer) (int, error) {
	d, err := DeskOf(ctx, db, v)
	return d.Waiting, err
}

// waitsForPerson is true of a task (alias t) that waits for the person given as argument, and for nobody else.
const waitsForPerson = "t.person_id = ?"

// waiting limits a query over tasks (alias t) to the open ones that wait for the viewer.
func (v Viewer) waiting(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Where("t.state = ?", TaskOpen)
	if !v.Has(RoleCoordinator) {
		q = q.Where("NOT EXISTS (SELECT 1 FROM recommendations AS hidden WHERE hidden.id = t.recommendation_id AND hidden.quarantined_at IS NOT NULL)")
	}
	if v.LinkTask != uuid.Nil {
		return q.Where("t.id = ?", v.LinkTask)
	}
	speaks := bun.List(v.organisationsAs(RolePartner, RoleOfficer, RoleCoordinator))
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where(waitsForPerson, v.PersonID).
			WhereOr("t.person_id IS NULL AND t.organisation_id IN (?)", speaks).
			WhereOr(`t.person_id IS NULL AND NOT t.alone AND t.organisation_id IN
				(SELECT sister.voting_unit FROM organisations AS sister WHERE sister.id IN (?))`, speaks)
	})
}

// onHold is true of a task whose process (alias p) stands still, see Process.StandsStill.
const onHold = `(p.held_since IS NOT NULL OR (r.held_at IS NOT NULL AND p.kind = 'recommendation'))`

// isOverdue is true of an open task whose deadline passed before the instant given as argument, unless it is on hold.
const isOverdue = `(t.due_at < ? AND NOT ` + onHold + `)`

// withSubjects joins what tasks (alias t) are about: recommendation r, process p, follow-up f with its measure m, the
// authority of a follow-up or a delivery, and the task an escalation is about (late).
func withSubjects(q *bun.SelectQuery) *bun.SelectQuery {
	return q.
		Join("JOIN recommendations AS r ON r.id = t.recommendation_id").
		Join("JOIN processes AS p ON p.id = t.process_id").
		Join("LEFT JOIN followups AS f ON f.id = t.process_id").
		Join("LEFT JOIN measures AS m ON m.id = f.measure_id").
		Join("LEFT JOIN deliveries AS delivery ON t.kind = ? AND delivery.id = t.subject_id", TaskDeliver).
		Join("LEFT JOIN authorities AS authority ON authority.id = COALESCE(f.authority_id, delivery.authority_id)").
		Join("LEFT JOIN tasks AS late ON t.kind = ? AND late.id = t.subject_id", TaskEscalation)
}
