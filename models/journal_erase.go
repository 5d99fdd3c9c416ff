package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/record"
)

// JournalErasure is what a coordinator has removed from an entry of the journal: words by the names of their fields.
type JournalErasure struct {
	Fields []string `json:"fields" validate:"required,min=1,max=100,unique"` // "reason", "was[name]" …
	Reason string   `json:"reason" validate:"required,max=2000"`
}

// JournalEntryAt returns one act of administration by its place in the journal.
func JournalEntryAt(ctx context.Context, db bun.IDB, seq int64) (record.Item, error) {
	chain, err := InstallationID(ctx, db)
	if err != nil {
		return record.Item{}, err
	}
	items, err := record.Newest(ctx, db, chain, record.Narrow{But: record.VerbRedacted, Before: seq + 1, Limit: 1}, record.Confidential)
	if err != nil {
		return record.Item{}, err
	}
	if len(items) == 0 || items[0].Seq != seq {
		return record.Item{}, apperr.NotFound("record_entry")
	}
	return items[0], nil
}

// EraseJournal removes words from an entry of the journal, all that are named or none, and puts on the journal who did it, why
// and where. The chain stays whole: each field has a tombstone. What the entry was about keeps the words it has now.
func EraseJournal(ctx context.Context, tx bun.IDB, by Person, seq int64, in JournalErasure, now time.Time) error {
	actor, err := AccessActor(ctx, tx, by.ID, nil)
	if err != nil {
		return err
	}
	if err := access.Can(actor, access.Administer, access.Object{}); err != nil {
		return err
	}
	entry, err := JournalEntryAt(ctx, tx, seq)
	if err != nil {
		return err
	}
	chain, err := InstallationID(ctx, tx)
	if err != nil {
		return err
	}
	for _, field := range slices.Sorted(slices.Values(in.Fields)) {
		if gone := entry.Texts[field]; utf8.RuneCountInString(gone) >= minPassage && strings.Contains(in.Reason, gone) {
			return apperr.Invalid("reason", "passage_in_reason")
		}
		tombstone := record.Entry{At: now, Actor: by.Pseudonym, Capacity: record.Personal, ObjectKind: entry.ObjectKind, Object: entry.Object,
			Visibility: record.Confidential, Facts: asCoordinator(nil)}
		_, err := record.Redact(ctx, tx, chain, seq, field, tombstone)
		if errors.Is(err, record.ErrNoText) {
			return apperr.Invalid("fields", "unknown")
		}
		if err != nil {
			return err
		}
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "journal.texts_erased", ObjectKind: entry.ObjectKind, Object: entry.Object,
		Facts: map[string]string{"entry": fmt.Sprint(seq)}, Texts: map[string]string{"reason": in.Reason}})
}

// ChangesErased takes the fields of what was changed out of those whose words were removed, and returns the others.
func ChangesErased(removed []string) (changes, others []string) {
	for _, key := range removed {
		field, is := changedField(key)
		switch {
		case !is:
			others = append(others, key)
		case !slices.Contains(changes, field):
			changes = append(changes, field)
		}
	}
	return changes, others
}

// ChangeFields are the fields of an entry that hold the words of a change.
func ChangeFields(texts map[string]string, change string) (fields []string) {
	for _, key := range []string{changeWas + change + "]", changeNow + change + "]"} {
		if texts[key] != "" {
			fields = append(fields, key)
		}
	}
	return fields
}
