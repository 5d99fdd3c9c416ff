package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// ExtendPayload gives those who are late until the end of another day.
type ExtendPayload struct {
	DueOn  *Day   `json:"due_on" validate:"required"`
	Reason string `json:"reason,omitempty" validate:"max=2000"`
}

// LeavePayload leaves what is overdue as it is.
type LeavePayload struct {
	Note string `json:"note,omitempty" validate:"max=2000"`
}

// Extend moves the deadline of an open task to the end of a day in zone; an answer is taken as long after it as the
// procedure says. It can pass anew, and is dealt with then as the first one was. Saying so counts as a reminder; where the
// ladder holds no other, there is one more on the morning before the last day.
func (t *Task) Extend(w Wait, day, now time.Time, zone *time.Location) {
	t.DueAt = time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, zone)
	t.GraceUntil = w.LateFor.After(t.DueAt, zone)
	t.OverdueAt = nil
	t.ForgetTime()
	t.Extensions++
	t.Reminded(w, zone)
	before := time.Date(day.Year(), day.Month(), day.Day()-1, 9, 0, 0, 0, zone)
	if t.RemindAt == nil && before.After(now) {
		t.RemindAt = &before
	}
}

// EndEscalations ends what coordinators were asked about an overdue task, and reports whether they were asked at all.
func EndEscalations(ctx context.Context, tx bun.IDB, overdue uuid.UUID, now time.Time) (bool, error) {
	res, err := tx.NewUpdate().Model((*Task)(nil)).Set("state = ?", TaskDone).Set("closed_at = ?", now).
		Set("remind_at = NULL").Where("kind = ? AND subject_id = ? AND state = ?", TaskEscalation, overdue, TaskOpen).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("end escalations: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
