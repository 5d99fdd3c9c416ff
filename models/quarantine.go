package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/record"
)

// notQuarantined is true of a recommendation (alias r) that is not hidden.
const notQuarantined = "r.quarantined_at IS NULL"

// aboutQuarantined is true of a mail (alias o) about a text that is hidden: it waits until the text is shown again.
const aboutQuarantined = `EXISTS (SELECT 1 FROM recommendations AS hidden WHERE hidden.quarantined_at IS NOT NULL
	AND hidden.id = COALESCE(o.recommendation_id, (SELECT t.recommendation_id FROM tasks AS t WHERE t.id = o.task_id)))`

// Quarantined reports whether all but coordinators are kept from reading.
func (r Recommendation) Quarantined() bool { return r.QuarantinedAt != nil }

// Quarantine hides a recommendation with all that belongs to it from everybody but coordinators, at once, and puts on
// record who did. One that is hidden already stays so.
func Quarantine(ctx context.Context, tx bun.IDB, id uuid.UUID, by Person, now time.Time) error {
	return setQuarantine(ctx, tx, id, &now, "text.quarantined", by, now)
}

// LiftQuarantine shows a recommendation again to those who could read it before.
func LiftQuarantine(ctx context.Context, tx bun.IDB, id uuid.UUID, by Person, now time.Time) error {
	return setQuarantine(ctx, tx, id, nil, "text.released", by, now)
}

func setQuarantine(ctx context.Context, tx bun.IDB, id uuid.UUID, since *time.Time, verb string, by Person, now time.Time) error {
	res, err := tx.NewUpdate().Model((*Recommendation)(nil)).Set("quarantined_at = ?", since).
		Where("id = ? AND (quarantined_at IS NULL) = ?", id, since != nil).Exec(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return nil
	}
	return recordOnText(ctx, tx, id, verb, nil, nil, by, now)
}

// recordOnText puts an act upon a text on its own record and in the journal. Neither ever holds the words it is about.
func recordOnText(ctx context.Context, tx bun.IDB, id uuid.UUID, verb string, facts, texts map[string]string, by Person, now time.Time) error {
	_, err := record.Append(ctx, tx, id, record.Entry{At: now, Verb: verb, Actor: by.Pseudonym, Capacity: record.Personal,
		ObjectKind: "recommendation", Object: id, Visibility: record.Network, Facts: facts, Texts: texts})
	if err != nil {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: verb, ObjectKind: "recommendation", Object: id, Facts: map[string]string{"text": shortID(id)}})
}

// shortID is enough of an id to find what it belongs to.
func shortID(id uuid.UUID) string { return id.String()[:8] }

// MailHidden reports whether a mail is about a text that is hidden.
func MailHidden(ctx context.Context, db bun.IDB, id uuid.UUID) (bool, error) {
	hidden, err := db.NewSelect().Model((*OutboxMail)(nil)).Where("o.id = ? AND o.kind <> ? AND "+aboutQuarantined, id, MailContentReported).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("ask whether a mail's text is hidden: %w", err)
	}
	return hidden, nil
}
