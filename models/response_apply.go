package models

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/anchor"
	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
)

// asRead is how words look on a page: space is one space.
func asRead(words string) string { return strings.Join(strings.Fields(words), " ") }

// ApplyTo puts the words that a suggestion asks for in the place of those it quotes: where the comment itself is shown in the draft
// (anchor.Versions), if there is no doubt about the place, and where nothing else changes by it: the paragraph then reads as it did but
// for these words, and so do all others. False where a person has to look: marks of emphasis among the words, or words that stand there twice.
func (r Remark) ApplyTo(reviewed, draft string) (string, bool) {
	if r.Kind != CommentSuggestion {
		return "", false
	}
	between, err := anchor.Between(reviewed, draft)
	if err != nil {
		return "", false // no page shows it either
	}
	i, at, ok := between.Sure(r.Block, r.Passage())
	if !ok {
		return "", false
	}
	blocks, want := markdown.Blocks(draft), asRead(at.Before+r.Replacement+at.After)
	var found []string
	for _, source := range r.replaced(blocks[i].Source) {
		changed := slices.Clone(blocks)
		changed[i].Source = source
		if body := markdown.Join(changed); onlyThisReads(draft, body, i, want) {
			found = append(found, body)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

// StandsIn reports whether the words that a suggestion asks for stand in the draft already: a paragraph reads as the one reviewed
// would with them, or they stand there between the words that were around those quoted.
func (r Remark) StandsIn(reviewed, draft string) bool {
	was, errWas := markdown.Words(reviewed)
	is, errIs := markdown.Words(draft)
	if errWas != nil || errIs != nil || r.Kind != CommentSuggestion || r.Block < 0 || r.Block >= len(was) {
		return false
	}
	at, sure := anchor.Sure(was[r.Block], r.Passage())
	around := anchor.Selector{}
	if r.Replacement != "" && r.Prefix != "" && r.Suffix != "" {
		around.Exact = r.Prefix + r.Replacement + r.Suffix
	}
	return slices.ContainsFunc(is, func(words string) bool {
		_, between := anchor.Find(words, around)
		return between || sure && anchor.Alike(words, asRead(at.Before+r.Replacement+at.After))
	})
}

// replaced are all sources in which the words, wherever they stand in one, are replaced once.
func (r Remark) replaced(source string) []string {
	var all []string
	for _, at := range anchor.Every(source, r.Quote) {
		if r.Replacement == "" && (at.Before == "" || strings.HasSuffix(at.Before, " ")) {
			at.After = strings.TrimPrefix(at.After, " ") // two spaces would be left
		}
		all = append(all, at.Before+asRead(r.Replacement)+at.After)
	}
	return all
}

// onlyThisReads reports whether a text reads as another but for one paragraph, which reads as wanted, and keeps its form.
func onlyThisReads(before, after string, i int, want string) bool {
	was, errWas := markdown.RenderBlocks(before)
	is, errIs := markdown.RenderBlocks(after)
	if errWas != nil || errIs != nil || len(was) != len(is) {
		return false
	}
	for k := range is {
		words := was[k].Words()
		if k == i {
			words = want
		}
		if !is[k].SameForm(was[k].Block) || is[k].Words() != words || k != i && is[k].Source != was[k].Source {
			return false
		}
	}
	return true
}

// ApplySuggestion makes a new version of the draft in which a suggestion is followed, on top of the version the officer saw,
// and answers the suggestion: it is accepted. It is applied once; the history of versions brings the words back. What cannot
// be done without a look is refused with CodeOtherText.
func ApplySuggestion(ctx context.Context, tx bun.IDB, recommendation, remark uuid.UUID, seen int, note string, by Person, now time.Time) (*Version, error) {
	if _, err := LockProcess(ctx, tx, recommendation); err != nil {
		return nil, err
	}
	r, err := RemarkByID(ctx, tx, recommendation, remark)
	if err != nil {
		return nil, err
	}
	if r.AppliedVersionID != nil {
		return nil, apperr.About(apperr.CodeClosed, "comment")
	}
	rec, err := RecommendationByID(ctx, tx, recommendation)
	if err != nil {
		return nil, err
	}
	if err := rec.Editable(); err != nil {
		return nil, err
	}
	current, err := lastVersion(ctx, tx, rec)
	if err != nil {
		return nil, err
	}
	if current.Number != seen { // before it is said of words that nobody looked at that they have to be looked at
		return nil, apperr.About(apperr.CodeOutdated, "draft")
	}
	reviewed, err := VersionByID(ctx, tx, r.VersionID)
	if err != nil {
		return nil, err
	}
	body, ok := r.ApplyTo(reviewed.Body, current.Body)
	if !ok {
		return nil, apperr.About(apperr.CodeOtherText, "version")
	}
	v, err := EditDraft(ctx, tx, recommendation, seen, current.draft(body, note), by, now)
	if err != nil {
		return nil, err
	}
	return v, r.markApplied(ctx, tx, recommendation, v.ID, by.ID, now)
}

// draft is a version as it would be saved again with another body.
func (v *Version) draft(body, note string) Draft {
	d := Draft{Title: v.Title, Body: body, Note: note, Measures: make([]DraftMeasure, len(v.Measures))}
	for i, m := range v.Measures {
		d.Measures[i] = DraftMeasure{ID: &m.ID, Text: m.Text, AuthorityIDs: m.AuthorityIDs}
	}
	return d
}

// markApplied answers a suggestion that was followed. A reason that went with accepting it stays, its own or that of its group; one
// against it goes. What a group was answered in part stays as well: some of what it asks for stands in the text now.
func (r Remark) markApplied(ctx context.Context, tx bun.IDB, recommendation, version, by uuid.UUID, now time.Time) error {
	if a := r.Response(); a != nil && a.ByGroup && a.Outcome != ResponseNotAccepted {
		_, err := tx.NewUpdate().Table("comment_responses").Set("applied_version_id = ?", version).Where("id = ?", r.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note that a suggestion of a group was applied: %w", err)
		}
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO comment_responses AS a (id, recommendation_id, comment_id, outcome, applied_version_id, answered_by, answered_at)
		VALUES (?0, ?1, ?0, ?2, ?3, ?4, ?5)
		ON CONFLICT (id) DO UPDATE SET outcome = EXCLUDED.outcome, applied_version_id = EXCLUDED.applied_version_id,
			reason = CASE WHEN a.outcome = EXCLUDED.outcome THEN a.reason ELSE '' END, answered_by = EXCLUDED.answered_by,
			answered_at = EXCLUDED.answered_at, revision = a.revision + 1`, r.ID, recommendation, ResponseAccepted, version, by, now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("answer a suggestion that was applied: %w", err)
	}
	return nil
}
