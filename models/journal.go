package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/record"
)

// JournalEntry is an act of administration: who is in the network, in which role, under which procedure.
type JournalEntry struct {
	Verb       string            // "person.invited": the catalog key is "journal.<verb>"
	ObjectKind string            // "person", "organisation", "authority", "grant", "procedure" …
	Object     uuid.UUID         // of a person the pseudonym, of the others the id; Nil where a slug names it
	Facts      map[string]string // codes, slugs, counts; never a person's data
	Texts      map[string]string // words: the former and the new name of an organisation, a reason
}

// Journal puts an act of administration on the installation's own record, in the transaction that does it. Like every
// record it is append-only and checked by verify.
func Journal(ctx context.Context, tx bun.IDB, by Person, now time.Time, e JournalEntry) error {
	chain, err := InstallationID(ctx, tx)
	if err != nil {
		return err
	}
	capacity := record.Personal
	if by.Pseudonym == uuid.Nil { // from a shell, where nobody is signed in
		capacity = record.System
	}
	_, err = record.Append(ctx, tx, chain, record.Entry{At: now, Verb: e.Verb, Actor: by.Pseudonym, Capacity: capacity,
		ObjectKind: e.ObjectKind, Object: e.Object, Visibility: record.Confidential, Facts: e.Facts, Texts: e.Texts})
	if err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

// JournalEntries lists acts of administration, newest first: at most limit of those before a sequence number, where 0 begins
// with the newest.
func JournalEntries(ctx context.Context, db bun.IDB, before int64, limit int) ([]record.Item, error) {
	chain, err := InstallationID(ctx, db)
	if err != nil {
		return nil, err
	}
	return record.Newest(ctx, db, chain, before, limit, record.Confidential)
}

// Chains lists every record there is to verify: that of each recommendation, oldest first, and the journal.
func Chains(ctx context.Context, db bun.IDB) ([]uuid.UUID, error) {
	var chains []uuid.UUID
	if err := db.NewSelect().Model((*Recommendation)(nil)).Column("id").Order("created_at", "id").Scan(ctx, &chains); err != nil {
		return nil, fmt.Errorf("read recommendations: %w", err)
	}
	journal, err := InstallationID(ctx, db)
	return append(chains, journal), err
}
