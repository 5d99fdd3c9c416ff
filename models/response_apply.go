package models

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
)

// asRead is how words look on a page: space is one space.
func asRead(words string) string { return strings.Join(strings.Fields(words), " ") }

// ApplyTo puts the words that a suggestion asks for in the place of those it quotes. It does so where they still stand in the
// paragraph, and where nothing else changes by it: the paragraph then reads as it did but for these words, and so do all
// others. False where a person has to look: marks of emphasis among the words, or words that stand there twice.
func (r Remark) ApplyTo(reviewed, draft string) (string, bool) {
	if r.Kind != CommentSuggestion || asRead(r.Quote) == "" {
		return "", false
	}
	blocks := markdown.Blocks(draft)
	i := r.place(markdown.Blocks(reviewed), blocks)
	if i < 0 {
		return "", false
	}
	want, ok := r.wanted(asRead(blocks[i].Text))
	if !ok {
		return "", false
	}
	var found []string
	for _, source := range r.replaced(blocks[i].Source) {
		changed := append([]markdown.Block{}, blocks...)
		changed[i].Source = source
		if body := markdown.Join(changed); onlyThisReads(blocks, markdown.Blocks(body), i, want) {
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
	was := markdown.Blocks(reviewed)
	if r.Kind != CommentSuggestion || asRead(r.Quote) == "" || r.Block < 0 || r.Block >= len(was) {
		return false
	}
	want, ok := r.wanted(asRead(was[r.Block].Text))
	around := ""
	if r.Replacement != "" && r.Prefix != "" && r.Suffix != "" {
		around = asRead(r.Prefix + r.Replacement + r.Suffix)
	}
	return slices.ContainsFunc(markdown.Blocks(draft), func(b markdown.Block) bool {
		text := asRead(b.Text)
		return ok && text == want || around != "" && strings.Contains(text, around)
	})
}

// place finds the paragraph in a draft: the one at the same place if it reads as it did; else the only one with the same
// words; else the one at the same place where no paragraph came or went.
func (r Remark) place(was, is []markdown.Block) int {
	if r.Block < 0 || r.Block >= len(was) {
		return -1
	}
	words := was[r.Block].Source
	if r.Block < len(is) && is[r.Block].Source == words {
		return r.Block
	}
	at := -1
	for i, b := range is {
		if b.Source != words {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	if at < 0 && len(is) == len(was) {
		return r.Block
	}
	return at
}

// wanted is the paragraph as it is to be read. Words that stand there more than once are told apart by what is before and
// after them.
func (r Remark) wanted(text string) (string, bool) {
	quote, before, after := asRead(r.Quote), asRead(r.Prefix), asRead(r.Suffix)
	var all, told []int
	for from := 0; ; {
		k := strings.Index(text[from:], quote)
		if k < 0 {
			break
		}
		at := from + k
		all = append(all, at)
		if strings.HasSuffix(strings.TrimSpace(text[:at]), before) && strings.HasPrefix(strings.TrimSpace(text[at+len(quote):]), after) {
			told = append(told, at)
		}
		from = at + len(quote)
	}
	if len(all) != 1 {
		all = told
	}
	if len(all) != 1 {
		return "", false
	}
	return asRead(text[:all[0]] + r.Replacement + text[all[0]+len(quote):]), true
}

// replaced are all sources in which the words, wherever they stand in one, are replaced once.
func (r Remark) replaced(source string) []string {
	var parts []string
	for _, word := range strings.Fields(r.Quote) {
		parts = append(parts, regexp.QuoteMeta(word))
	}
	var all []string
	for _, at := range regexp.MustCompile(strings.Join(parts, `\s+`)).FindAllStringIndex(source, -1) {
		before, after := source[:at[0]], source[at[1]:]
		if r.Replacement == "" && (before == "" || strings.HasSuffix(before, " ")) {
			after = strings.TrimPrefix(after, " ") // two spaces would be left
		}
		all = append(all, before+asRead(r.Replacement)+after)
	}
	return all
}

// onlyThisReads reports whether a text reads as it did but for one paragraph, which reads as wanted.
func onlyThisReads(was, is []markdown.Block, i int, want string) bool {
	if len(was) != len(is) {
		return false
	}
	for k := range is {
		words := was[k].Text
		if k == i {
			words = want
		}
		if !is[k].SameForm(was[k]) || asRead(is[k].Text) != asRead(words) {
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

// markApplied answers a suggestion that was followed. A reason that went with accepting it stays; one against it goes.
func (r Remark) markApplied(ctx context.Context, tx bun.IDB, recommendation, version, by uuid.UUID, now time.Time) error {
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
