package models

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
)

// Redaction names what to remove: one field of one entry of a recommendation's record.
type Redaction struct {
	Recommendation *Recommendation
	Seq            int64
	Field          string // "reasons", "comment[0]" …; "attachment" for the original that was attached
	By             Person
	Reason         string
}

// RedactText removes words from the record and every copy of them that the same decision left: in the answer it was
// and in the submission it came by. The chain stays whole; a tombstone says who removed what, when and why. It returns
// the tombstone's place in the record.
//
// Of an attachment the bytes and the name are removed; its hash and size stay in the entry.
//
// Notes on versions stay: versions are kept as they were written, so words there are refused with a blame on the field.
func RedactText(ctx context.Context, tx bun.IDB, in Redaction, now time.Time) (int64, error) {
	entry, err := recordedEntry(ctx, tx, in.Recommendation, in.Seq)
	if err != nil {
		return 0, err
	}
	if entry.Verb == "version.saved" {
		return 0, apperr.Invalid("field", "kept_in_version")
	}
	tombstone := record.Entry{At: now, Actor: in.By.Pseudonym, Capacity: record.Personal, ObjectKind: entry.ObjectKind, Object: entry.Object,
		Visibility: record.Network, Facts: asCoordinator(nil), Texts: map[string]string{"reason": in.Reason}}
	if id := entry.Facts[record.FactAttachment]; id != "" && in.Field == record.FactAttachment {
		if err := redactAttachment(ctx, tx, in.Recommendation.ID, id, now); err != nil {
			return 0, err
		}
		return record.Bury(ctx, tx, in.Recommendation.ID, in.Seq, in.Field, tombstone)
	}
	if _, there := entry.Texts[in.Field]; !there {
		return 0, apperr.Invalid("field", "unknown")
	}
	seq, err := record.Redact(ctx, tx, in.Recommendation.ID, in.Seq, in.Field, tombstone)
	if errors.Is(err, record.ErrNoText) {
		return 0, apperr.Invalid("field", "unknown")
	}
	if err != nil {
		return 0, err
	}
	return seq, removeCopies(ctx, tx, in, entry)
}

func recordedEntry(ctx context.Context, db bun.IDB, r *Recommendation, seq int64) (record.Item, error) {
	items, err := record.List(ctx, db, r.ID, record.Public, record.Network, record.Confidential)
	if err != nil {
		return record.Item{}, err
	}
	for _, item := range items {
		if item.Seq == seq {
			return item, nil
		}
	}
	return record.Item{}, apperr.NotFound("record_entry")
}

// removeCopies empties what the decision behind an entry wrote elsewhere.
func removeCopies(ctx context.Context, tx bun.IDB, in Redaction, entry record.Item) error {
	if entry.DecisionID != "" {
		_, err := tx.NewRaw(`UPDATE submissions SET payload = '{"redacted": true}', args_salt = '',
				behalf_note = CASE WHEN ? THEN '' ELSE behalf_note END
			WHERE decision_id = ? AND process_id IN (SELECT id FROM processes WHERE recommendation_id = ?)`,
			in.Field == "behalf_note", entry.DecisionID, in.Recommendation.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("remove the words from the submission: %w", err)
		}
	}
	query, args := copyOf(in, entry)
	if query == "" {
		return nil
	}
	if _, err := tx.NewRaw(query, args...).Exec(ctx); err != nil {
		return fmt.Errorf("remove the words from where they were copied: %w", err)
	}
	return nil
}

// copyOf returns the statement that empties the copy of a recorded text, "" where there is none beside the submission.
func copyOf(in Redaction, entry record.Item) (string, []any) {
	r, decision, object := in.Recommendation.ID, entry.DecisionID, entry.Object
	switch entry.Verb + " " + in.Field {
	case "review.answered reasons", "consultation.answered reasons":
		return `UPDATE reviews SET reasons = '' WHERE recommendation_id = ? AND decision_id = ?`, []any{r, decision}
	case "review.conflict_declared words":
		return `UPDATE review_conflicts SET words = '' WHERE task_id = ? AND words = ?`, []any{object, entry.Texts["words"]}
	case "review.conflict_ruled reason":
		return `UPDATE review_conflicts SET reason = '' WHERE task_id = ? AND reason = ?`, []any{object, entry.Texts["reason"]}
	case "signoff.answered reason":
		return `UPDATE signoffs SET reason = '' WHERE recommendation_id = ? AND decision_id = ?`, []any{r, decision}
	case "followup.reported note":
		return `UPDATE progress_notes SET note = '' WHERE followup_id = ? AND decision_id = ?`, []any{object, decision}
	case "review.decided reason":
		return `UPDATE review_rounds SET decision_reason = '' WHERE recommendation_id = ? AND number = ?::int`, []any{r, entry.Facts["round"]}
	case "recommendation.held reason":
		return `UPDATE recommendations SET held_reason = '' WHERE id = ?`, []any{r}
	case "translation.returned note":
		return `UPDATE translations SET return_note = '' WHERE id = ? AND return_note = ?`, []any{object, entry.Texts["note"]}
	case "delivery.recorded reference":
		return `UPDATE deliveries SET reference = '' WHERE recommendation_id = ? AND authority_id = ?`, []any{r, object}
	case "delivery.not_made not_delivered":
		return `UPDATE deliveries SET not_delivered = '' WHERE recommendation_id = ? AND authority_id = ?`, []any{r, object}
	}
	const ofComment = ` WHERE position = ? AND task_id IN (SELECT task_id FROM reviews WHERE recommendation_id = ? AND decision_id = ?)`
	if n, ok := indexIn("question", in.Field); ok {
		return `UPDATE review_answers SET body = ''` + ofComment, []any{n, r, decision}
	}
	if n, ok := indexIn("comment", in.Field); ok {
		return `UPDATE comments SET body = '', quote = '', prefix = '', suffix = ''` + ofComment, []any{n, r, decision}
	}
	if n, ok := indexIn("replacement", in.Field); ok {
		return `UPDATE comments SET replacement = ''` + ofComment, []any{n, r, decision}
	}
	return "", nil
}

// indexIn reads the place of a comment from the name of a field: "comment[2]".
func indexIn(list, field string) (int, bool) {
	inner, ok := strings.CutPrefix(field, list+"[")
	if !ok || !strings.HasSuffix(inner, "]") {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSuffix(inner, "]"))
	return n, err == nil
}
