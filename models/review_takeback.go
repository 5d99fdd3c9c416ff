package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// TakeBackPayload takes back the answer to a question of a round, or to a sign-off. With SeenAnswer it is that answer alone: another one that came
// meanwhile stays.
type TakeBackPayload struct {
	InsteadOf
}

// Means refuses an answer, by its decision, that is not the one whoever takes it back has seen.
func (p TakeBackPayload) Means(stands string) error {
	if p.SeenAnswer != nil && *p.SeenAnswer != stands {
		return apperr.About(apperr.CodeOutdated, "answer")
	}
	return nil
}

// Remove takes an answer away, with its comments and what it said to questions: it counts and is read nowhere any more. The record and
// the submission by which it came keep the words.
func (rv *Review) Remove(ctx context.Context, tx bun.IDB) error {
	if _, err := tx.NewDelete().Model(rv).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("remove an answer: %w", err)
	}
	return nil
}

// TakeBack has a question wait again whose answer was taken back. Its deadline stays as it was. Where even the time for a late answer
// is over, there is time until the round closes, or once more as long as a late answer is taken, and a whole day at least: nobody
// loses their say by taking back what they said.
func (t *Task) TakeBack(w Wait, round *ReviewRound, zone *time.Location, now time.Time) {
	t.GraceUntil = t.graceTakenBack(w, round, zone, now)
	t.Reopen(w, zone, now)
	t.TakenBackAt = &now
}

func (t *Task) graceTakenBack(w Wait, round *ReviewRound, zone *time.Location, now time.Time) time.Time {
	switch {
	case !t.graceOver(now):
		return t.GraceUntil
	case round != nil && round.ClosingAt != nil:
		return *round.ClosingAt
	}
	grace := w.LateFor.After(now, zone)
	if day := Span("1d").After(now, zone); grace.Before(day) {
		return day
	}
	return grace
}

// graceOver reports whether not even a late answer to the question would be taken any more, had none been given.
func (t *Task) graceOver(now time.Time) bool { return now.After(t.GraceUntil) }

// MayHoldUp reports whether a round that is closing goes on for the answer that was taken back: not for one whose time was over.
func (t *Task) MayHoldUp(now time.Time) bool { return !t.graceOver(now) }

// AnswerableTakenBack is until when the question could be answered again if its answer were taken back now, and whether that would
// be a late answer.
func (t *Task) AnswerableTakenBack(w Wait, round *ReviewRound, zone *time.Location, now time.Time) (until time.Time, late bool) {
	if !t.Late(now) {
		return t.DueAt, false
	}
	return t.graceTakenBack(w, round, zone, now), true
}

// WaitsAgain reports whether the question waits again because its answer was taken back.
func (t *Task) WaitsAgain() bool { return t.State == TaskOpen && t.TakenBackAt != nil }

// TakenBack returns the words of an answer that was taken back, for whoever gave it to go on with; nil where there are none. They are
// those of the submission, as they were sent: another person who answers the same question does not read them.
func TakenBack(ctx context.Context, db bun.IDB, t *Task, by Person) (*Review, error) {
	s, err := wordsTakenBack(ctx, db, t, by)
	if err != nil || s == nil {
		return nil, err
	}
	return s.asReview()
}

// SignOffTakenBack is TakenBack for the answer to a sign-off.
func SignOffTakenBack(ctx context.Context, db bun.IDB, t *Task, by Person) (*SignOffPayload, error) {
	s, err := wordsTakenBack(ctx, db, t, by)
	if err != nil || s == nil {
		return nil, err
	}
	p := new(SignOffPayload)
	if err := json.Unmarshal(s.Payload, p); err != nil {
		return nil, fmt.Errorf("read the words of %s: %w", s.Kind, err)
	}
	if p.VersionHash == "" { // they were removed
		return nil, nil
	}
	return p, nil
}

// wordsTakenBack returns the submission by which what was taken back had come; nil where there is none, or it was another's.
func wordsTakenBack(ctx context.Context, db bun.IDB, t *Task, by Person) (*Submission, error) {
	if !t.WaitsAgain() {
		return nil, nil
	}
	s := new(Submission)
	err := db.NewSelect().Model(s).Where("s.task_id = ? AND s.state = ?", t.ID, SubmissionRecorded).
		Where("s.kind IN (?)", bun.List([]DecisionKind{DecideAnswerReview, DecideAnswerConsultation, DecideAnswerSignOff})).
		OrderExpr("s.settled_at DESC, s.id DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was taken back: %w", err)
	}
	speaker := s.ActorID
	if s.OnBehalfOf != nil {
		speaker = *s.OnBehalfOf
	}
	if speaker != by.ID {
		return nil, nil
	}
	return s, nil
}

// asReview is the answer a submission holds, as a form is filled in with it; nil where its words were removed. A consultation has the
// same fields, and fewer.
func (s *Submission) asReview() (*Review, error) {
	var p ReviewPayload
	if err := json.Unmarshal(s.Payload, &p); err != nil {
		return nil, fmt.Errorf("read the words of %s: %w", s.Kind, err)
	}
	if p.VersionHash == "" {
		return nil, nil
	}
	rv := &Review{TaskID: *s.TaskID, Reasons: p.Reasons, WrittenIn: p.WrittenIn, Naming: p.Naming, ConfidentialNote: p.ConfidentialNote}
	if p.Answer != "" {
		rv.Answer = &p.Answer
	}
	if rv.Naming == "" {
		rv.Naming = NamingNone
	}
	for i, a := range p.Answers {
		rv.Answers = append(rv.Answers, ReviewAnswer{TaskID: rv.TaskID, Question: a.Question, Position: i, Value: a.Value, Body: a.Text,
			Expertise: a.Expertise, WrittenIn: p.WrittenIn})
	}
	for i, c := range p.Comments {
		rv.Comments = append(rv.Comments, Comment{TaskID: rv.TaskID, Block: c.Block, Kind: c.Kind, Quote: c.Quote, Prefix: c.Prefix, Suffix: c.Suffix,
			Replacement: c.Replacement, Body: c.Body, Position: i})
	}
	return rv, nil
}
