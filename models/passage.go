package models

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
)

// A passage that is removed is at least so long, in characters: shorter ones stand in other words too.
const minPassage = 3

// RemovedMarker stands where a passage was; the function redact_versions and its like write the same.
const RemovedMarker = "[removed]"

// PassageInput names words to remove from a text and all that belongs to it, exactly as they are written there.
type PassageInput struct {
	Passage string `json:"passage" validate:"required,max=4000"`
	Reason  string `json:"reason" validate:"required,max=2000"`
}

// clean leaves out the space around a passage and refuses what is too short, or would not be gone once it is removed.
func (in PassageInput) clean() (PassageInput, error) {
	in.Passage = strings.ReplaceAll(strings.TrimSpace(in.Passage), "\r\n", "\n")
	switch {
	case utf8.RuneCountInString(in.Passage) < minPassage, strings.Contains(RemovedMarker, in.Passage):
		return in, apperr.Invalid("passage", "passage_short", "min", minPassage)
	case strings.Contains(in.Passage, "\n\n"): // comments and translations count the paragraphs
		return in, apperr.Invalid("passage", "passage_paragraphs")
	case strings.Contains(in.Reason, in.Passage):
		return in, apperr.Invalid("reason", "passage_in_reason")
	}
	return in, nil
}

// place is where words of a text are kept. Where names the rows that belong to a recommendation, ?1 being its id.
type place struct {
	Key     string // completes the catalog key "passage.place.<key>"
	table   string
	columns []string // plain text
	json    []string
	where   string
	also    string // what else is set where words were removed
}

const (
	ofRecommendation = "recommendation_id = ?1"
	ofProcess        = "process_id IN (SELECT id FROM processes WHERE recommendation_id = ?1)"
)

// passagePlaces are all places outside the record in which words about a recommendation stand, but versions, which a
// function of the database redacts, and attachments, which are emptied as a whole. A test reads every column there is.
var passagePlaces = []place{
	{Key: "title", table: "recommendations", columns: []string{"title", "held_reason"}, where: "id = ?1"},
	{Key: "measures", table: "measures", columns: []string{"text"}, where: ofRecommendation},
	{Key: "measures", table: "imported_measures", columns: []string{"issued_by", "response"}, where: "measure_id IN (SELECT id FROM measures WHERE " + ofRecommendation + ")"},
	{Key: "listened", table: "consulted_groups", columns: []string{"people", "method"}, where: ofRecommendation},
	{Key: "reviews", table: "reviews", columns: []string{"reasons", "confidential_note"}, where: ofRecommendation},
	{Key: "reviews", table: "review_answers", columns: []string{"body"}, where: "task_id IN (SELECT task_id FROM reviews WHERE " + ofRecommendation + ")"},
	{Key: "reviews", table: "review_conflicts", columns: []string{"words", "reason"}, where: ofRecommendation},
	{Key: "reviews", table: "review_rounds", columns: []string{"decision_reason"}, where: ofRecommendation},
	{Key: "reviews", table: "tasks", columns: []string{"time_refused"}, where: ofRecommendation},
	{Key: "reviews", table: "reviewer_suggestions", columns: []string{"name", "email", "reason"}, where: ofRecommendation},
	{Key: "comments", table: "comments", columns: []string{"body", "quote", "prefix", "suffix", "replacement"}, where: ofRecommendation},
	{Key: "comments", table: "comment_groups", columns: []string{"title", "reason"}, where: ofRecommendation},
	{Key: "comments", table: "comment_responses", columns: []string{"reason"}, where: ofRecommendation},
	{Key: "translations", table: "translations", columns: []string{"title", "return_note"}, json: []string{"measures"}, where: ofRecommendation},
	{Key: "translations", table: "translation_blocks", columns: []string{"source", "text", "note"}, where: "translation_id IN (SELECT id FROM translations WHERE " + ofRecommendation + ")"},
	{Key: "signoffs", table: "signoffs", columns: []string{"reason"}, where: ofRecommendation},
	{Key: "publications", table: "publication_texts", columns: []string{"title", "body"}, json: []string{"measures"}, where: "publication_id IN (SELECT id FROM publications WHERE " + ofRecommendation + ")"},
	{Key: "publications", table: "deliveries", columns: []string{"reference", "not_delivered"}, where: ofRecommendation},
	{Key: "notes", table: "progress_notes", columns: []string{"note", "source_title", "source_url"}, where: "followup_id IN (SELECT id FROM followups WHERE " + ofRecommendation + ")"},
	{Key: "mailings", table: "campaigns", columns: []string{"title"}, where: ofRecommendation},
	{Key: "steps", table: "campaign_steps", columns: []string{"title", "note", "result", "reference", "registration", "reply"}, where: "campaign_id IN (SELECT id FROM campaigns WHERE " + ofRecommendation + ")"},
	{Key: "mailings", table: "mailing_texts", columns: []string{"subject", "body", "plain"}, where: "mailing_id IN (SELECT id FROM mailings WHERE " + ofRecommendation + ")"},
	{Key: "mailings", table: "mailing_letters", columns: []string{"subject", "body"}, where: "mailing_id IN (SELECT id FROM mailings WHERE " + ofRecommendation + ")"},
	{Key: "mailings", table: "mailing_items", columns: []string{"link"}, where: "mailing_id IN (SELECT id FROM mailings WHERE " + ofRecommendation + ")"},
	{Key: "mailings", table: "mailing_item_texts", columns: []string{"heading", "body"},
		where: "item_id IN (SELECT id FROM mailing_items WHERE mailing_id IN (SELECT id FROM mailings WHERE " + ofRecommendation + "))"},
	{Key: "mailings", table: "mailing_events", columns: []string{"place", "link"}, where: "mailing_id IN (SELECT id FROM mailings WHERE " + ofRecommendation + ")"},
	{Key: "mailings", table: "mailings", json: []string{"stopped"}, where: ofRecommendation},
	{Key: "mailings", table: "mailing_links", columns: []string{"url"}, where: "mailing_id IN (SELECT id FROM mailings WHERE " + ofRecommendation + ")"},
	{Key: "mailings", table: "mailing_files", columns: []string{"name"}, where: "mailing_id IN (SELECT id FROM mailings WHERE " + ofRecommendation + ")"},
	{Key: "mails", table: "outbox", columns: []string{"reply"}, json: []string{"data"}, where: "(" + ofRecommendation + " OR task_id IN (SELECT id FROM tasks WHERE " + ofRecommendation + "))"},
	{Key: "answers", table: "submissions", columns: []string{"behalf_note"}, json: []string{"payload"}, where: ofProcess, also: "args_salt = ''"},
	{Key: "kept", table: "kept_words", json: []string{"fields", "beside"}, where: ofRecommendation},
	{Key: "reports", table: "content_reports", columns: []string{"reason"}, where: ofRecommendation},
}

// holds is true of a row of the place that holds the passage ?0.
func (p place) holds() string {
	var any []string
	for _, c := range p.columns {
		any = append(any, "position(?0 IN "+c+") > 0")
	}
	for _, c := range p.json {
		any = append(any, "redacted_json("+c+", ?0) <> "+c)
	}
	return p.where + " AND (" + strings.Join(any, " OR ") + ")"
}

func (p place) update() string {
	var set []string
	for _, c := range p.columns {
		set = append(set, c+" = replace("+c+", ?0, '"+RemovedMarker+"')")
	}
	for _, c := range p.json {
		set = append(set, c+" = redacted_json("+c+", ?0)")
	}
	if p.also != "" {
		set = append(set, p.also)
	}
	return "UPDATE " + p.table + " SET " + strings.Join(set, ", ") + " WHERE " + p.holds()
}

// PassageCount is in how many rows of a place a passage stands.
type PassageCount struct {
	Place string `json:"place"`
	Count int    `json:"count"`
}

// FindPassage says where a passage stands, in the order of the places, and leaves it there. What stands nowhere is
// refused with a blame on the field.
func FindPassage(ctx context.Context, db bun.IDB, r *Recommendation, in PassageInput) ([]PassageCount, error) {
	in, err := in.clean()
	if err != nil {
		return nil, err
	}
	counts := passageCounts{}
	for _, look := range []place{
		{Key: "versions", table: "versions", columns: []string{"title", "body", "note"}, json: []string{"measures"}, where: ofRecommendation},
		{Key: "record", table: "record_texts", columns: []string{"body"}, where: "chain = ?1"},
		{Key: "attachments", table: "attachments", where: attachmentHolds},
	} {
		if err := counts.look(ctx, db, look, in.Passage, r.ID); err != nil {
			return nil, err
		}
	}
	for _, p := range passagePlaces {
		if err := counts.look(ctx, db, p, in.Passage, r.ID); err != nil {
			return nil, err
		}
	}
	if len(counts.list) == 0 {
		return nil, apperr.Invalid("passage", "passage_nowhere")
	}
	return counts.list, nil
}

// attachmentHolds finds files whose name or, where they are plain text or a mail, whose content holds the passage. What
// stands in a picture or a document only a person can see.
const attachmentHolds = `recommendation_id = ?1 AND redacted_at IS NULL AND (position(?0 IN name) > 0
	OR (media_type IN ('text/plain', 'message/rfc822') AND position(convert_to(?0, 'UTF8') IN bytes) > 0))`

// passageCounts gathers the counts of places with the same key.
type passageCounts struct{ list []PassageCount }

func (c *passageCounts) look(ctx context.Context, db bun.IDB, p place, passage string, r uuid.UUID) error {
	condition := p.where
	if len(p.columns)+len(p.json) > 0 {
		condition = p.holds()
	}
	var n int
	if err := db.NewRaw("SELECT count(*) FROM "+p.table+" WHERE "+condition, passage, r).Scan(ctx, &n); err != nil {
		return fmt.Errorf("look for a passage in %s: %w", p.table, err)
	}
	c.add(p.Key, n)
	return nil
}

func (c *passageCounts) add(key string, n int) {
	if n == 0 {
		return
	}
	for i := range c.list {
		if c.list[i].Place == key {
			c.list[i].Count += n
			return
		}
	}
	c.list = append(c.list, PassageCount{key, n})
}

// RedactPassage removes a passage wherever it stands about a recommendation: a marker takes its place in every version,
// answer, translation, note, letter and copy; of the record the words of the whole field go, as their hash is of the
// whole, and of attachments the file. The chain stays whole: a tombstone for each of these says who removed what, when
// and why, never the words. A version keeps the hash of the words it had, under which it was answered.
func RedactPassage(ctx context.Context, tx bun.IDB, r *Recommendation, in PassageInput, by Person, now time.Time) ([]PassageCount, error) {
	found, err := FindPassage(ctx, tx, r, in)
	if err != nil {
		return nil, err
	}
	if in, err = in.clean(); err != nil {
		return nil, err
	}
	for _, remove := range []func(context.Context, bun.IDB, *Recommendation, PassageInput, record.Entry) error{redactVersions, redactRecorded, redactFiles} {
		if err := remove(ctx, tx, r, in, record.Entry{At: now, Actor: by.Pseudonym, Capacity: record.Personal, ObjectKind: "recommendation",
			Object: r.ID, Visibility: record.Network, Facts: asCoordinator(nil)}); err != nil {
			return nil, err
		}
	}
	for _, p := range passagePlaces {
		if _, err := tx.NewRaw(p.update(), in.Passage, r.ID).Exec(ctx); err != nil {
			return nil, fmt.Errorf("remove a passage from %s: %w", p.table, err)
		}
	}
	if err := r.loseSlug(ctx, tx, in.Passage); err != nil {
		return nil, err
	}
	facts := map[string]string{}
	for _, c := range found {
		facts[c.Place] = fmt.Sprint(c.Count)
	}
	return found, recordOnText(ctx, tx, r.ID, "text.passage_removed", facts, map[string]string{"reason": in.Reason}, by, now)
}

// redactVersions replaces the passage in every version; the tombstone stands for the entry by which it was saved.
func redactVersions(ctx context.Context, tx bun.IDB, r *Recommendation, in PassageInput, tombstone record.Entry) error {
	var touched []uuid.UUID
	if err := tx.NewRaw("SELECT redact_versions(?, ?, ?)", r.ID, in.Passage, tombstone.At).Scan(ctx, &touched); err != nil {
		return fmt.Errorf("remove a passage from versions: %w", err)
	}
	if len(touched) == 0 {
		return nil
	}
	changed := map[uuid.UUID]bool{}
	for _, id := range touched {
		changed[id] = true
	}
	items, err := record.List(ctx, tx, r.ID, record.Public, record.Network, record.Confidential)
	if err != nil {
		return err
	}
	for _, item := range items {
		if item.Verb != "version.saved" || !changed[item.Object] {
			continue
		}
		stone := tombstone
		stone.ObjectKind, stone.Object = item.ObjectKind, item.Object
		if _, err := record.Bury(ctx, tx, r.ID, item.Seq, "passage", stone); err != nil {
			return err
		}
	}
	return nil
}

// redactRecorded removes from the record the words of every field that holds the passage.
func redactRecorded(ctx context.Context, tx bun.IDB, r *Recommendation, in PassageInput, tombstone record.Entry) error {
	var texts []struct {
		Seq   int64
		Field string
	}
	err := tx.NewRaw("SELECT seq, field FROM record_texts WHERE chain = ? AND position(? IN body) > 0 ORDER BY seq, field", r.ID, in.Passage).Scan(ctx, &texts)
	if err != nil {
		return fmt.Errorf("look for a passage in the record: %w", err)
	}
	for _, t := range texts {
		if _, err := record.Redact(ctx, tx, r.ID, t.Seq, t.Field, tombstone); err != nil {
			return err
		}
	}
	return nil
}

// redactFiles empties the attachments that hold the passage, each with a tombstone for the entry that tells of it.
func redactFiles(ctx context.Context, tx bun.IDB, r *Recommendation, in PassageInput, tombstone record.Entry) error {
	var ids []string
	if err := tx.NewRaw("SELECT id FROM attachments WHERE "+attachmentHolds, in.Passage, r.ID).Scan(ctx, &ids); err != nil {
		return fmt.Errorf("look for a passage in attachments: %w", err)
	}
	if len(ids) == 0 {
		return nil
	}
	items, err := record.List(ctx, tx, r.ID, record.Public, record.Network, record.Confidential)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := redactAttachment(ctx, tx, r.ID, id, tombstone.At); err != nil {
			return err
		}
		for _, item := range items {
			if item.Facts[record.FactAttachment] != id || item.Verb == record.VerbRedacted {
				continue
			}
			if _, err := record.Bury(ctx, tx, r.ID, item.Seq, record.FactAttachment, tombstone); err != nil {
				return err
			}
		}
	}
	return nil
}

// loseSlug gives a text another address where the passage stands in the one it has.
func (r *Recommendation) loseSlug(ctx context.Context, tx bun.IDB, passage string) error {
	words := slugOf(passage)
	if words == "" || !strings.Contains(r.Slug, words) {
		return nil
	}
	r.Slug = "text-" + shortID(r.ID)
	if _, err := tx.NewUpdate().Model(r).Column("slug").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("change the address of a text: %w", err)
	}
	return nil
}
