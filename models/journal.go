package models

import (
	"context"
	"fmt"
	"maps"
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
	Texts      map[string]string // words: a reason, and what was changed, see Changing
}

// Journal puts an act of administration on the installation's own record, in the transaction that does it. Like every
// record it is append-only and checked by verify.
func Journal(ctx context.Context, tx bun.IDB, by Person, now time.Time, e JournalEntry) error {
	chain, err := InstallationID(ctx, tx)
	if err != nil {
		return err
	}
	entry := record.Entry{At: now, Verb: e.Verb, Actor: by.Pseudonym, Capacity: record.Personal,
		ObjectKind: e.ObjectKind, Object: e.Object, Visibility: record.Confidential, Facts: e.Facts, Texts: e.Texts}
	switch {
	case by.Pseudonym == uuid.Nil: // from a shell, where nobody is signed in
		entry.Capacity = record.System
	case e.ObjectKind != "person" || e.Object != by.Pseudonym: // not about themselves
		if err := actsInRole(ctx, tx, by, &entry); err != nil {
			return err
		}
	}
	if _, err := record.Append(ctx, tx, chain, entry); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

// actsInRole says in which role somebody administers, and where: the widest they have.
func actsInRole(ctx context.Context, db bun.IDB, by Person, entry *record.Entry) error {
	roles, err := RolesOf(ctx, db, by.ID)
	if err != nil {
		return err
	}
	role, has := WidestRole(roles)
	if !has {
		return nil
	}
	facts := map[string]string{record.FactAs: role.Role}
	maps.Copy(facts, entry.Facts)
	entry.Capacity, entry.Organisation, entry.Facts = record.Institutional, role.OrganisationID, facts
	return nil
}

// JournalFilter narrows the journal; its zero value leaves out nothing.
type JournalFilter struct {
	Areas  []string // first parts of verbs: "person", "organisation" …
	Person uuid.UUID
	Before int64 // sequence number; 0 begins with the newest
	Limit  int
}

// JournalEntries lists acts of administration, newest first. Of a person there is what they did, and what was done about them.
func JournalEntries(ctx context.Context, db bun.IDB, f JournalFilter) ([]record.Item, error) {
	chain, err := InstallationID(ctx, db)
	if err != nil {
		return nil, err
	}
	// The act that removed words tells of it; its tombstones are for verify.
	n := record.Narrow{About: f.Areas, But: record.VerbRedacted, Before: f.Before, Limit: f.Limit}
	if f.Person != uuid.Nil {
		p, err := PersonByID(ctx, db, f.Person)
		if err != nil {
			return nil, err
		}
		n.Who = p.Pseudonym
	}
	return record.Newest(ctx, db, chain, n, record.Confidential)
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
