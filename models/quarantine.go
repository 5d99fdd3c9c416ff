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
// record who did. From then on its processes stand still. One that is hidden already stays so. Nobody has to be told.
func Quarantine(ctx context.Context, tx bun.IDB, id uuid.UUID, by Person, now time.Time) ([]Submission, error) {
	hidden, err := setQuarantine(ctx, tx, id, &now, "text.quarantined", by, now)
	if err != nil || !hidden {
		return nil, err
	}
	_, err = tx.NewUpdate().Model((*Process)(nil)).Set("held_since = ?", now).
		Where("recommendation_id = ? AND closed_at IS NULL AND held_since IS NULL AND kind <> ?", id, ProcessMailing).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("let the processes of a hidden text stand still: %w", err)
	}
	return nil, nil
}

// LiftQuarantine shows a recommendation again to those who could read it before. It stores what every process that stood still
// is to decide, and returns it for them to be told: each moves its deadlines and goes on.
func LiftQuarantine(ctx context.Context, tx bun.IDB, id uuid.UUID, by Person, now time.Time) ([]Submission, error) {
	shown, err := setQuarantine(ctx, tx, id, nil, "text.released", by, now)
	if err != nil || !shown {
		return nil, err
	}
	var still []Process
	if err := tx.NewSelect().Model(&still).Where("p.recommendation_id = ? AND p.held_since IS NOT NULL AND p.closed_at IS NULL", id).
		Order("p.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read which processes stand still: %w", err)
	}
	subs := make([]Submission, 0, len(still))
	for _, p := range still {
		s, err := NewSubmission(p.ID, uuid.NewString(), DecideRelease, by.ID, NoPayload{})
		if err != nil {
			return nil, err
		}
		if s, err = Receive(ctx, tx, s, now); err != nil {
			return nil, err
		}
		subs = append(subs, *s)
	}
	return subs, nil
}

// LeaveOutOfStage leaves the time a recommendation stood still out of the time it has been in its stage.
func LeaveOutOfStage(ctx context.Context, tx bun.IDB, id uuid.UUID, still time.Duration) error {
	_, err := tx.NewRaw("UPDATE stage_spells SET held = held + ? * interval '1 second' WHERE recommendation_id = ? AND left_at IS NULL", still.Seconds(), id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("leave out the time a text was hidden: %w", err)
	}
	return nil
}

// setQuarantine reports whether anything changed.
func setQuarantine(ctx context.Context, tx bun.IDB, id uuid.UUID, since *time.Time, verb string, by Person, now time.Time) (bool, error) {
	// Its processes are held first, in the order in which their own decisions hold what they write.
	if _, err := tx.NewRaw("SELECT 1 FROM processes WHERE recommendation_id = ? ORDER BY id FOR UPDATE", id).Exec(ctx); err != nil {
		return false, fmt.Errorf("%s: %w", verb, err)
	}
	res, err := tx.NewUpdate().Model((*Recommendation)(nil)).Set("quarantined_at = ?", since).
		Where("id = ? AND (quarantined_at IS NULL) = ?", id, since != nil).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("%s: %w", verb, err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return false, nil
	}
	return true, recordOnText(ctx, tx, id, verb, nil, nil, by, now)
}

// recordOnText puts an act upon a text on its own record and in the journal. Neither ever holds the words it is about.
func recordOnText(ctx context.Context, tx bun.IDB, id uuid.UUID, verb string, facts, texts map[string]string, by Person, now time.Time) error {
	_, err := record.Append(ctx, tx, id, record.Entry{At: now, Verb: verb, Actor: by.Pseudonym, Capacity: record.Personal,
		ObjectKind: "recommendation", Object: id, Visibility: record.Network, Facts: asCoordinator(facts), Texts: texts})
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
