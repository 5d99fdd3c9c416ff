package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// AwaitedItem is an open task as those see it who want to know who is holding things up, and until when.
type AwaitedItem struct {
	TaskID         uuid.UUID
	ProcessID      uuid.UUID
	Kind           TaskKind
	Round          int
	Language       string     // of the translation asked for; "" for none
	PersonID       *uuid.UUID // nil: nobody in particular, or not shown to this viewer
	Person         string     // name; "" where PersonID is nil
	Hidden         bool       // a person is asked whom this viewer may not know
	OrganisationID *uuid.UUID
	Organisation   string    // asked as an organisation; "" where a person is asked
	Concerned      []string  `bun:",array"` // who of a voting unit asked is concerned, by name
	Authority      Names     // of a delivery or a report; nil for none
	MeasureNumber  int       // of a report; 0 for none
	OpenedAt       time.Time //
	RespondBy      *time.Time
	DueAt          time.Time // until when it is to be answered
	GraceUntil     time.Time
	Reminders      int
	Accepted       bool
	Overdue        bool // the deadline passed; false while on hold
	Held           bool
	Undelivered    []Undelivered `bun:"-"` // whom of those asked the last mail did not reach; those the viewer may not know left out
}

// Awaited lists whom a recommendation and its follow-ups wait for, soonest deadline first.
//
// Names follow visibility: experts are named to the recommendation's owners alone, other people to those who work in the
// network, and everybody sees their own. Organisations are shown to whoever is signed in; the public sees nothing.
func Awaited(ctx context.Context, db bun.IDB, v Viewer, r *Recommendation, now time.Time) ([]AwaitedItem, error) {
	if v.PersonID == uuid.Nil {
		return nil, nil
	}
	return awaited(ctx, db, v, r, now, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("t.state = ?", TaskOpen) })
}

// AwaitedTask is one task of a recommendation as Awaited shows it, also one that is over.
func AwaitedTask(ctx context.Context, db bun.IDB, v Viewer, r *Recommendation, task uuid.UUID, now time.Time) (AwaitedItem, error) {
	items, err := awaited(ctx, db, v, r, now, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("t.id = ?", task) })
	if err != nil || len(items) == 0 {
		return AwaitedItem{}, cmp.Or(err, error(apperr.NotFound("task")))
	}
	return items[0], nil
}

func awaited(ctx context.Context, db bun.IDB, v Viewer, r *Recommendation, now time.Time, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]AwaitedItem, error) {
	var items []AwaitedItem
	q := db.NewSelect().TableExpr("tasks AS t").
		ColumnExpr("t.id AS task_id, t.process_id, t.kind, t.round, COALESCE(t.language, '') AS language").
		ColumnExpr("t.person_id, COALESCE(person.name, '') AS person, t.organisation_id, COALESCE(asked.name, '') AS organisation").
		ColumnExpr(unitConcerned+" AS concerned").
		ColumnExpr("authority.names AS authority, COALESCE(m.number, 0) AS measure_number").
		ColumnExpr("t.opened_at, t.respond_by, "+answerUntil+" AS due_at, t.grace_until, t.reminders, t.accepted_at IS NOT NULL AS accepted").
		ColumnExpr(isOverdue+" AS overdue, "+onHold+" AS held", now)
	err := withSubjects(q).
		Join("LEFT JOIN people AS person ON person.id = t.person_id").
		Join("LEFT JOIN organisations AS asked ON asked.id = t.organisation_id").
		Where("t.recommendation_id = ?", r.ID).Apply(narrow).
		OrderExpr("due_at, t.id").Scan(ctx, &items)
	if err != nil {
		return nil, fmt.Errorf("read who is awaited: %w", err)
	}
	if len(items) == 0 {
		return nil, nil
	}
	lost, err := UndeliveredOf(ctx, db, v, r.ID)
	if err != nil {
		return nil, err
	}
	for i := range items {
		items[i].hideFrom(v, r)
		items[i].Undelivered = lost[items[i].TaskID]
	}
	return items, nil
}

func (a *AwaitedItem) hideFrom(v Viewer, r *Recommendation) {
	if a.PersonID == nil || v.MayName(r, a.Kind, *a.PersonID) {
		return
	}
	a.PersonID, a.Person, a.Hidden = nil, "", true
}

// AskedSince reports whether a recommendation has asked anybody for anything since an instant: between a decision and what
// it sets off there are moments in which it has not.
func AskedSince(ctx context.Context, db bun.IDB, recommendation uuid.UUID, since time.Time) (bool, error) {
	asked, err := db.NewSelect().Model((*Task)(nil)).Where("t.recommendation_id = ? AND t.opened_at >= ?", recommendation, since).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look whether anybody was asked: %w", err)
	}
	return asked, nil
}

// Owns reports whether the viewer decides on a recommendation: an officer of the organisation that owns it, or a
// coordinator of the network. Who came by a personal link does not.
func (v Viewer) Owns(r *Recommendation) bool {
	if v.LinkTask != uuid.Nil {
		return false
	}
	if v.Has(RoleCoordinator) {
		return true
	}
	return slices.Contains(v.organisationsAs(RoleOfficer), r.OrganisationID)
}

// MayName reports whether the viewer may know that a person is asked for a task of a kind. Experts may count on it that
// nobody but the recommendation's owners learns that they review.
func (v Viewer) MayName(r *Recommendation, kind TaskKind, person uuid.UUID) bool {
	switch {
	case v.PersonID == uuid.Nil:
		return false
	case v.PersonID == person || v.Owns(r):
		return true
	case kind == TaskReview || v.LinkTask != uuid.Nil:
		return false
	default:
		return v.Has(RoleOfficer) || v.Has(RolePartner)
	}
}
