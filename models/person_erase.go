package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
)

// EraseContact erases somebody who was written to and did nothing else (GDPR, Article 17): the person, what they wanted of the
// mailings, the proof of their consent, where their data came from, their name in audiences, and their words in the journal. What stays is a hash of the
// address, so that no list brings them back, beside nothing that leads to their mails, and that mails went out and what came of each, not to whom; also of one that is on its
// way meanwhile. Who answered, signed or decided anything, or
// has a role, gives CodeInUse: that is part of how something was decided, and leaves by redaction.
func EraseContact(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	if by.ID == person {
		return apperr.About(apperr.CodeForbidden, "person")
	}
	return eraseContact(ctx, tx, by, person, now)
}

// eraseContact does it: by is who erases, or the person themselves.
func eraseContact(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	p, err := PersonForEdit(ctx, tx, person)
	if err != nil {
		return err
	}
	if roles, err := RolesHeld(ctx, tx, p.ID); err != nil {
		return err
	} else if len(roles) > 0 {
		return apperr.About(apperr.CodeInUse, "person")
	}
	if err := Suppress(ctx, tx, p.Email, SuppressedErased, now); err != nil {
		return err
	}
	if err := forgetInJournal(ctx, tx, by, p, now); err != nil {
		return err
	}
	for _, step := range []struct{ query string }{
		// What is on its way keeps its claim: its outcome still counts, see MarkResults.
		{`UPDATE outbox AS o SET state = 'cancelled', reply = '` + replyErased + `', finished_at = ?1 WHERE o.person_id = ?0 AND (o.state = 'queued' OR o.state = 'claimed'
			AND NOT EXISTS (SELECT 1 FROM outbox_windows AS w WHERE w.token = o.claim_token AND o.id = ANY (w.mails)))`},
		{`UPDATE outbox SET person_id = NULL, domain = '', dedupe_key = CASE WHEN mailing_id IS NULL THEN 'erased:' || id END WHERE person_id = ?0`},
		{`UPDATE contact_imports SET changes = (SELECT coalesce(jsonb_agg(c), '[]') FROM jsonb_array_elements(changes) AS c WHERE c->>'id' <> ?0::text)
			WHERE changes @> jsonb_build_array(jsonb_build_object('id', ?0::text))`},
		{`UPDATE reviewer_suggestions SET name = '', email = '', reason = '', forgotten_at = coalesce(forgotten_at, ?1) WHERE lower(email) = (SELECT lower(email) FROM people WHERE id = ?0)`},
		{`UPDATE suppressions SET mail_id = NULL WHERE person_id = ?0 OR address_hash = (SELECT address_hash FROM people WHERE id = ?0)`},
		{`UPDATE mailings SET audience = ` + audienceWithout + ` WHERE ` + audienceNames},
		{`UPDATE mailing_segments SET audience = ` + audienceWithout + ` WHERE ` + audienceNames},
		{`DELETE FROM subscription_requests WHERE lower(email) = (SELECT lower(email) FROM people WHERE id = ?0)`},
	} {
		if _, err := tx.NewRaw(step.query, p.ID, now).Exec(ctx); err != nil {
			return fmt.Errorf("erase somebody: %w", err)
		}
	}
	if err := remove(ctx, tx, "person", nil, tx.NewDelete().Model((*Person)(nil)).Where("id = ?", p.ID)); err != nil {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "person.erased", ObjectKind: "person", Object: p.Pseudonym})
}

// audienceNames finds the audiences that name somebody (?0), and audienceWithout is what such an audience is without them: whom else it
// names stays.
const (
	audienceNames = `audience->'again' @> to_jsonb(?0::text) OR audience#>'{except,people}' @> to_jsonb(?0::text)`

	audienceWithout = `jsonb_set(jsonb_set(audience, '{again}', coalesce(audience->'again', '[]') - ?0::text, false),
		'{except,people}', coalesce(audience#>'{except,people}', '[]') - ?0::text, false)`
)

// forgetInJournal removes the words about somebody from the journal, each with its tombstone. That something was done about a
// pseudonym stays; whose it was, nobody knows any more.
func forgetInJournal(ctx context.Context, tx bun.IDB, by, p Person, now time.Time) error {
	chain, err := InstallationID(ctx, tx)
	if err != nil {
		return err
	}
	items, err := JournalEntries(ctx, tx, JournalFilter{Person: p.ID})
	if err != nil {
		return err
	}
	for _, item := range items {
		if item.ObjectKind != "person" || item.Object != p.Pseudonym {
			continue
		}
		var fields []string
		for field, words := range item.Texts {
			if words != "" {
				fields = append(fields, field)
			}
		}
		slices.Sort(fields)
		for _, field := range fields {
			tombstone := record.Entry{At: now, Actor: by.Pseudonym, Capacity: record.Personal, ObjectKind: item.ObjectKind, Object: item.Object,
				Visibility: record.Confidential}
			if by.ID != p.ID {
				tombstone.Facts = asCoordinator(nil)
			}
			if _, err := record.Redact(ctx, tx, chain, item.Seq, field, tombstone); err != nil && !errors.Is(err, record.ErrNoText) {
				return err
			}
		}
	}
	return nil
}
