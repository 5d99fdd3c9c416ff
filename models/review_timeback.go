package models

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// GivesTimeBack returns the deadline that holds again if an expert takes back the time they took without asking; nil where they took
// none, where an officer moved the deadline since, where that day is over, or where the round is closing, for which no deadline matters.
func (t *Task) GivesTimeBack(round *ReviewRound, now time.Time) *time.Time {
	if t.State != TaskOpen || t.TimeTakenFrom == nil || !t.TimeTakenFrom.After(now) || !round.GivesTime() {
		return nil
	}
	return t.TimeTakenFrom
}

// TakesTimeBack returns why an expert has no time to take back, or nil if they have: some that they asked for and that the officer has
// not answered, or some that they took.
func (t *Task) TakesTimeBack(round *ReviewRound, now time.Time) error {
	if t.State == TaskOpen && t.AskedUntil != nil || t.GivesTimeBack(round, now) != nil {
		return nil
	}
	return apperr.About(apperr.CodeWrongStage, "time")
}

// TakeTime notes from which deadline on an expert took time by themselves; from the first, where they took some more than once.
func (t *Task) TakeTime(from, former *time.Time) {
	if t.TimeTakenBackAt = nil; former != nil {
		from = former
	}
	t.TimeTakenFrom = from
}

// GiveTimeBack has the deadline be again what it was before an expert took more time.
func (t *Task) GiveTimeBack(w Wait, zone *time.Location) {
	t.DueAt = *t.TimeTakenFrom
	t.GraceUntil = w.LateFor.After(t.DueAt, zone)
	if t.FirstDue != nil && t.FirstDue.Equal(t.DueAt) {
		t.FirstDue = nil
	}
	t.TimeTakenFrom = nil
	t.Extensions++
}

// ForgetTime forgets what time was taken and taken back: the deadline is another's to say, or another's to keep.
func (t *Task) ForgetTime() { t.TimeTakenFrom, t.TimeTakenBackAt = nil, nil }

// LastDue is the last deadline of those asked in the round.
func (r *ReviewRound) LastDue(ctx context.Context, db bun.IDB) (time.Time, error) {
	var last sql.NullTime
	err := db.NewSelect().Model((*Task)(nil)).ColumnExpr("max(t.due_at)").Where("t.recommendation_id = ? AND t.round = ?", r.RecommendationID, r.Number).
		Where("t.kind IN (?)", bun.List([]TaskKind{TaskReview, TaskConsult})).Scan(ctx, &last)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the last deadline of a round: %w", err)
	}
	if !last.Valid {
		return r.DueAt, nil
	}
	return last.Time, nil
}

// TimeNewsWent reports whether an officer was written to, or may have been, that more time was taken or asked for under a question.
func TimeNewsWent(ctx context.Context, db bun.IDB, t *Task) (bool, error) {
	went, err := db.NewSelect().Model((*OutboxMail)(nil)).Where("o.task_id = ? AND o.kind = ?", t.ID, MailRoundNews).
		Where("o.data->>'reason' IN (?)", bun.List([]string{NewsMoreTime, NewsTimeAsked})).
		Where("o.state NOT IN (?)", bun.List([]MailState{MailQueued, MailClaimed, MailCancelled, MailFailed})).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read whether an officer was told of time: %w", err)
	}
	return went, nil
}
