package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"tribuna/internal/apperr"
)

// PutInPlan says what becomes of the suggestions that were accepted and not put into the text yet, and which others are to be taken out.
type PutInPlan struct {
	Draft  *Version
	Body   string   // the draft with those that fit
	Fit    []Remark // can be put in together, in one step
	Stand  []Remark // whose words stand in the draft already
	Look   []Remark // somebody has to write themselves
	Out    []Remark // that the text follows, or may, although they are not accepted any more
	Left   map[uuid.UUID]Left
	Undo   int // how many were put in by the step that made the draft as it is: it can be put back; 0: none
	Before int // number of the version before that step
}

// PlanPutIn tries one suggestion after the other on the draft as it reads with those before it: two that ask for other words in the
// same place do not both fit. Only those in the list are tried; nil tries all.
func PlanPutIn(ctx context.Context, db bun.IDB, rec *Recommendation, only []uuid.UUID) (*PutInPlan, error) {
	draft, err := lastVersion(ctx, db, rec)
	if err != nil {
		return nil, err
	}
	if draft == nil {
		return nil, apperr.NotFound("version")
	}
	waiting, err := Remarks(ctx, db, RemarkFilter{Recommendation: rec.ID, ToPutIn: true})
	if err != nil {
		return nil, err
	}
	p := &PutInPlan{Draft: draft, Body: draft.Body}
	reviewed := map[uuid.UUID]string{}
	for _, r := range waiting {
		if only != nil && !slices.Contains(only, r.ID) {
			continue
		}
		if _, read := reviewed[r.VersionID]; !read {
			v, err := VersionByID(ctx, db, r.VersionID)
			if err != nil {
				return nil, err
			}
			reviewed[r.VersionID] = v.Body
		}
		p.place(r, reviewed[r.VersionID])
	}
	if p.Undo, err = putInAt(draft.ID).Count(ctx, db); err != nil {
		return nil, err
	}
	p.Before = draft.Number - 1
	if only == nil {
		p.Out, p.Left, err = stillFollowed(ctx, db, rec)
	}
	return p, err
}

func (p *PutInPlan) place(r Remark, reviewed string) {
	if body, ok := r.ApplyTo(reviewed, p.Body); ok {
		p.Fit, p.Body = append(p.Fit, r), body
	} else if r.StandsIn(reviewed, p.Body) {
		p.Stand = append(p.Stand, r)
	} else {
		p.Look = append(p.Look, r)
	}
}

// PutIn makes one new version of the draft in which all the chosen suggestions are followed, on top of the version the officer saw. When
// one of them is not accepted any more, or does not fit, nothing is done: it is refused with CodeOutdated. What was answered stays.
func PutIn(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, chosen []uuid.UUID, seen int, by Person, now time.Time) (*Version, error) {
	if len(chosen) == 0 {
		return nil, apperr.Invalid("pick", "pick_suggestions")
	}
	rec, err := draftHeld(ctx, tx, recommendation, seen)
	if err != nil {
		return nil, err
	}
	p, err := PlanPutIn(ctx, tx, rec, chosen)
	if err != nil {
		return nil, err
	}
	if len(p.Fit) != len(chosen) {
		return nil, apperr.About(apperr.CodeOutdated, "comment")
	}
	d := p.Draft.draft(p.Body, "")
	d.putIn = len(chosen)
	v, err := EditDraft(ctx, tx, recommendation, seen, d, by, now)
	if err != nil {
		return nil, err
	}
	return v, markPutIn(ctx, tx, recommendation, chosen, v.ID, false)
}

// MarkWritten notes that the words of suggestions stand in the draft because somebody wrote them, as they are or in their own way: they
// wait for nothing any more.
func MarkWritten(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, written []uuid.UUID, seen int) error {
	if len(written) == 0 {
		return apperr.Invalid("written", "pick_suggestions")
	}
	rec, err := draftHeld(ctx, tx, recommendation, seen)
	if err != nil {
		return err
	}
	return markPutIn(ctx, tx, recommendation, written, *rec.CurrentVersionID, true)
}

// draftHeld holds the recommendation's row until the transaction ends, and returns it where its draft is still the one that was seen.
func draftHeld(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, seen int) (*Recommendation, error) {
	if _, err := LockProcess(ctx, tx, recommendation); err != nil {
		return nil, err
	}
	rec, err := RecommendationByID(ctx, tx, recommendation)
	if err != nil {
		return nil, err
	}
	if err := rec.Editable(); err != nil {
		return nil, err
	}
	draft, err := lastVersion(ctx, tx, rec)
	if err != nil {
		return nil, err
	}
	if draft == nil || draft.Number != seen {
		return nil, apperr.About(apperr.CodeOutdated, "draft")
	}
	return rec, nil
}

func markPutIn(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, remarks []uuid.UUID, version uuid.UUID, byHand bool) error {
	done, err := tx.NewRaw(`UPDATE comment_responses AS a SET applied_version_id = ?, by_hand = ? FROM (`+remarksQuery+`) AS r
		WHERE a.id = r.id AND r.id = ANY(?::uuid[]) AND r.kind = ? AND coalesce(r.outcome, r.group_outcome) = ? AND r.applied_version_id IS NULL`,
		version, byHand, recommendation, pgdialect.Array(remarks), CommentSuggestion, ResponseAccepted).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note which suggestions stand in a text: %w", err)
	}
	return allOf(done, len(remarks))
}

// putInAt are the suggestions that were put into the text by the step that made a version.
type putInAt uuid.UUID

func (v putInAt) Count(ctx context.Context, db bun.IDB) (int, error) {
	n, err := db.NewSelect().Table("comment_responses").Where("applied_version_id = ? AND NOT by_hand", uuid.UUID(v)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count what a step put into a text: %w", err)
	}
	return int(n), nil
}

// UndoPutIn puts the draft back as it was before the step that put suggestions into it, as a further version, while nobody saved another
// since. The suggestions stay accepted, and wait again.
func UndoPutIn(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, seen int, by Person, now time.Time) (*Version, error) {
	rec, err := draftHeld(ctx, tx, recommendation, seen)
	if err != nil {
		return nil, err
	}
	step := putInAt(*rec.CurrentVersionID)
	n, err := step.Count(ctx, tx)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, apperr.About(apperr.CodeClosed, "draft")
	}
	draft, err := lastVersion(ctx, tx, rec)
	if err != nil {
		return nil, err
	}
	before, err := VersionByNumber(ctx, tx, recommendation, draft.Number-1)
	if err != nil {
		return nil, err
	}
	d := draft.draft(before.Body, "")
	d.backTo = before.Number
	v, err := EditDraft(ctx, tx, recommendation, seen, d, by, now)
	if err != nil {
		return nil, err
	}
	if _, err := tx.NewUpdate().Table("comment_responses").Set("applied_version_id = NULL").Where("applied_version_id = ? AND NOT by_hand", uuid.UUID(step)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("have suggestions wait again: %w", err)
	}
	return v, nil
}
