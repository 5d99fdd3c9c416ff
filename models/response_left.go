package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"tribuna/internal/anchor"
	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
)

// Left says whether the text still follows a suggestion that was put into it and is not accepted any more.
type Left string

// What can be known of it.
const (
	LeftStands Left = "stands" // its words stand there
	LeftUnsure Left = "look"   // the paragraph reads neither as suggested nor as before: a person has to look
)

// Refused reports whether it is a suggestion that was put into the text and was not accepted afterwards.
func (r Remark) Refused() bool {
	a := r.Response()
	return r.Kind == CommentSuggestion && r.AppliedVersionID != nil && a != nil && a.Outcome == ResponseNotAccepted
}

// LeftIn says whether a draft still follows the suggestion; "" where it does not, or may.
func (r Remark) LeftIn(reviewed, draft string) Left {
	switch {
	case !r.Refused():
		return ""
	case r.StandsIn(reviewed, draft):
		return LeftStands
	case r.readsAsBefore(reviewed, draft):
		return ""
	default:
		return LeftUnsure
	}
}

// readsAsBefore reports whether the words quoted are back in their place.
func (r Remark) readsAsBefore(reviewed, draft string) bool {
	was, errWas := markdown.Words(reviewed)
	is, errIs := markdown.Words(draft)
	if errWas != nil || errIs != nil || r.Block < 0 || r.Block >= len(was) {
		return false
	}
	if slices.ContainsFunc(is, func(words string) bool { return anchor.Alike(words, was[r.Block]) }) {
		return true
	}
	_, fits := r.ApplyTo(reviewed, draft)
	return fits
}

// LeftInText finds those among remarks that the text still follows although they are not accepted any more. Texts are read only where one
// was put in and refused.
func LeftInText(ctx context.Context, db bun.IDB, rec *Recommendation, all []Remark) (map[uuid.UUID]Left, error) {
	left, texts := map[uuid.UUID]Left{}, textsCompared{}
	for _, r := range all {
		if !r.Refused() {
			continue
		}
		reviewed, draft, err := texts.of(ctx, db, rec, r.VersionID)
		if err != nil {
			return nil, err
		}
		if is := r.LeftIn(reviewed, draft); is != "" {
			left[r.ID] = is
		}
	}
	return left, nil
}

// StandInText finds those among remarks whose words stand in the text although nobody put them in: accepted suggestions that wait for it.
func StandInText(ctx context.Context, db bun.IDB, rec *Recommendation, all []Remark) (map[uuid.UUID]bool, error) {
	stand, texts := map[uuid.UUID]bool{}, textsCompared{}
	for _, r := range all {
		if !r.ToPutIn() {
			continue
		}
		reviewed, draft, err := texts.of(ctx, db, rec, r.VersionID)
		if err != nil {
			return nil, err
		}
		stand[r.ID] = r.StandsIn(reviewed, draft)
	}
	return stand, nil
}

// textsCompared are the texts that suggestions are looked for in, each read once: of the draft, and of versions that were reviewed.
type textsCompared map[uuid.UUID]string

// of returns a version that was reviewed and the draft, "" where there is none.
func (t textsCompared) of(ctx context.Context, db bun.IDB, rec *Recommendation, version uuid.UUID) (reviewed, draft string, err error) {
	if reviewed, err = t.read(ctx, db, version); err == nil && rec.CurrentVersionID != nil {
		draft, err = t.read(ctx, db, *rec.CurrentVersionID)
	}
	return reviewed, draft, err
}

func (t textsCompared) read(ctx context.Context, db bun.IDB, version uuid.UUID) (string, error) {
	if body, read := t[version]; read {
		return body, nil
	}
	v, err := VersionByID(ctx, db, version)
	if err != nil {
		return "", err
	}
	t[version] = v.Body
	return v.Body, nil
}

// stillFollowed lists them, of all rounds that are closed.
func stillFollowed(ctx context.Context, db bun.IDB, rec *Recommendation) ([]Remark, map[uuid.UUID]Left, error) {
	refused, err := Remarks(ctx, db, RemarkFilter{Recommendation: rec.ID, Refused: true})
	if err != nil {
		return nil, nil, err
	}
	left, err := LeftInText(ctx, db, rec, refused)
	if err != nil {
		return nil, nil, err
	}
	return slices.DeleteFunc(refused, func(r Remark) bool { return left[r.ID] == "" }), left, nil
}

// MarkTakenOut notes that the words of suggestions that are not accepted any more are out of the draft: somebody wrote it otherwise. Who
// accepts one of them again has it wait again.
func MarkTakenOut(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, out []uuid.UUID, seen int) error {
	if len(out) == 0 {
		return apperr.Invalid("out", "pick_suggestions")
	}
	if _, err := draftHeld(ctx, tx, recommendation, seen); err != nil {
		return err
	}
	done, err := tx.NewRaw(`UPDATE comment_responses AS a SET applied_version_id = NULL, by_hand = false FROM (`+remarksQuery+`) AS r
		WHERE a.id = r.id AND r.id = ANY(?::uuid[]) AND r.kind = ? AND coalesce(r.outcome, r.group_outcome) = ? AND r.applied_version_id IS NOT NULL`,
		recommendation, pgdialect.Array(out), CommentSuggestion, ResponseNotAccepted).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note which suggestions are out of a text: %w", err)
	}
	return allOf(done, len(out))
}
