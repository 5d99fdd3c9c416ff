package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// When something waits long enough for an operator to look at it: in order, submissions are settled and mails taken
// within seconds.
const (
	SubmissionStuckAfter = time.Minute
	MailStuckAfter       = 5 * time.Minute
)

// Backlog is what waits, as far as operators need to know: numbers and ages, nobody's words.
type Backlog struct {
	MailsDue      int           `json:"mails_due"`      // and not settled
	OldestMail    time.Duration `json:"-"`              // how long the oldest has been due
	MailsDeferred int           `json:"mails_deferred"` // the mail server put them off
	MailsHeld     int           `json:"mails_held"`     // since a restore
	Unconfirmed   int           `json:"submissions_unconfirmed"`
	// OldestSubmission is how long the oldest has been without an outcome.
	OldestSubmission time.Duration `json:"-"`
	OpenProcesses    int           `json:"processes_open"`
	SweptAt          *time.Time    `json:"swept_at"`
	ExaminedAt       *time.Time    `json:"examined_at"`
	RestoredAt       *time.Time    `json:"restored_at"`
}

// ReadBacklog reads what waits.
func ReadBacklog(ctx context.Context, db bun.IDB, now time.Time) (Backlog, error) {
	var row struct {
		Backlog
		MailSince, SubmissionSince *time.Time
	}
	waiting := []MailState{MailQueued, MailClaimed, MailSending}
	err := db.NewRaw(`
		SELECT o.*, s.*, i.swept_at, i.examined_at, i.restored_at,
			(SELECT count(*) FROM processes WHERE closed_at IS NULL) AS open_processes
		FROM installation AS i,
			(SELECT count(*) FILTER (WHERE not_before <= ? AND held_at IS NULL) AS mails_due,
				min(not_before) FILTER (WHERE not_before <= ? AND held_at IS NULL) AS mail_since,
				count(*) FILTER (WHERE attempts > 0) AS mails_deferred,
				count(*) FILTER (WHERE held_at IS NOT NULL) AS mails_held
			FROM outbox WHERE state IN (?)) AS o,
			(SELECT count(*) AS unconfirmed, min(received_at) AS submission_since FROM submissions WHERE state = ?) AS s`,
		now, now, bun.List(waiting), SubmissionReceived).Scan(ctx, &row)
	if err != nil {
		return Backlog{}, found(err, "installation")
	}
	row.OldestMail, row.OldestSubmission = since(row.MailSince, now), since(row.SubmissionSince, now)
	return row.Backlog, nil
}

func since(t *time.Time, now time.Time) time.Duration {
	if t == nil || t.After(now) {
		return 0
	}
	return now.Sub(*t)
}

// StuckSubmission is a submission that has had no outcome for too long.
type StuckSubmission struct {
	ID               uuid.UUID `json:"id"`
	Kind             string    `json:"kind"`
	RecommendationID uuid.UUID `json:"recommendation_id"`
	Title            string    `json:"-"`
	Language         string    `json:"-"` // of the title
	ReceivedAt       time.Time `json:"received_at"`
}

// StuckSubmissions lists submissions without an outcome that came before a time, oldest first.
func StuckSubmissions(ctx context.Context, db bun.IDB, before time.Time, limit int64) ([]StuckSubmission, error) {
	all := []StuckSubmission{}
	err := db.NewSelect().TableExpr("submissions AS s").ColumnExpr("s.id, s.kind, p.recommendation_id, r.title, r.language, s.received_at").
		Join("JOIN processes AS p ON p.id = s.process_id").Join("JOIN recommendations AS r ON r.id = p.recommendation_id").
		Where("s.state = ?", SubmissionReceived).Where("s.received_at < ?", before).
		Order("s.received_at", "s.id").Limit(limit).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read stuck submissions: %w", err)
	}
	return all, nil
}

// WaitingMail is a mail that has not gone out, without a word on whom it is for.
type WaitingMail struct {
	ID        uuid.UUID  `json:"id"`
	Kind      MailKind   `json:"kind"`
	State     MailState  `json:"state"`
	NotBefore time.Time  `json:"not_before"`
	Attempts  int        `json:"attempts"`
	Reply     string     `json:"reply"` // the server's last words
	HeldAt    *time.Time `json:"held_at,omitempty"`
}

// StuckMails lists mails that were due before a time, and those the server put off, oldest first.
func StuckMails(ctx context.Context, db bun.IDB, before time.Time, limit int64) ([]WaitingMail, error) {
	return waitingMails(ctx, db, limit, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("held_at IS NULL").Where("not_before < ? OR attempts > 0", before)
	})
}

// HeldMails lists the mails that are held since a restore, oldest first; limit 0 lists all.
func HeldMails(ctx context.Context, db bun.IDB, limit int64) ([]WaitingMail, error) {
	return waitingMails(ctx, db, limit, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("held_at IS NOT NULL") })
}

func waitingMails(ctx context.Context, db bun.IDB, limit int64, which func(*bun.SelectQuery) *bun.SelectQuery) ([]WaitingMail, error) {
	all := []WaitingMail{}
	q := which(db.NewSelect().Table("outbox").Column("id", "kind", "state", "not_before", "attempts", "reply", "held_at").
		Where("state IN (?)", bun.List([]MailState{MailQueued, MailClaimed, MailSending}))).Order("not_before", "id")
	if limit > 0 {
		q = q.Limit(limit)
	}
	if err := q.Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("read waiting mails: %w", err)
	}
	return all, nil
}

// Finding is a difference between the rows and Temporal, as it was when last looked at.
type Finding struct {
	bun.BaseModel `bun:"table:findings,alias:f"`

	Kind    string    `bun:",pk" json:"kind"`
	Subject string    `bun:",pk" json:"subject"`
	What    string    `json:"what"`
	FoundAt time.Time `json:"found_at"` // first seen
}

// ReplaceFindings replaces what was found before by what is found now, after a look at everything.
func ReplaceFindings(ctx context.Context, tx bun.IDB, now time.Time, found []Finding) error {
	if err := forgetFindings(ctx, tx, found, func(q *bun.DeleteQuery) *bun.DeleteQuery { return q }); err != nil {
		return err
	}
	if err := writeFindings(ctx, tx, now, found); err != nil {
		return err
	}
	if _, err := tx.NewUpdate().Model((*Process)(nil)).Set("examined_at = ?", now).Where("closed_at IS NULL").Exec(ctx); err != nil {
		return fmt.Errorf("note what was looked at: %w", err)
	}
	return markExamined(ctx, tx, now)
}

// UpdateFindings writes what was found at some processes, all of them where that is so. What was found at others stands
// while they are open; the sweep that looks is the proof that there is one.
func UpdateFindings(ctx context.Context, tx bun.IDB, now time.Time, seen []uuid.UUID, found []Finding, all bool) error {
	err := forgetFindings(ctx, tx, found, func(q *bun.DeleteQuery) *bun.DeleteQuery {
		return q.Where(`kind IN ('no_sweep', 'silent') OR subject IN (SELECT p.kind || ':' || p.id FROM processes AS p WHERE p.id IN (?))
			OR (kind IN ('not_running', 'stuck', 'strayed')
				AND NOT EXISTS (SELECT 1 FROM processes AS p WHERE p.closed_at IS NULL AND p.kind || ':' || p.id = subject))`,
			bun.List(append([]uuid.UUID{uuid.Nil}, seen...)))
	})
	if err != nil {
		return err
	}
	if err := writeFindings(ctx, tx, now, found); err != nil {
		return err
	}
	if len(seen) > 0 {
		_, err := tx.NewUpdate().Model((*Process)(nil)).Set("examined_at = ?", now).Where("id IN (?)", bun.List(seen)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note what was looked at: %w", err)
		}
	}
	if !all {
		return nil
	}
	return markExamined(ctx, tx, now)
}

// forgetFindings removes what is not found any more. What is found again keeps the time it was first seen.
func forgetFindings(ctx context.Context, tx bun.IDB, found []Finding, which func(*bun.DeleteQuery) *bun.DeleteQuery) error {
	q := which(tx.NewDelete().Model((*Finding)(nil)).Where("true"))
	for _, f := range found {
		q = q.Where("NOT (kind = ? AND subject = ?)", f.Kind, f.Subject)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("forget findings: %w", err)
	}
	return nil
}

func writeFindings(ctx context.Context, tx bun.IDB, now time.Time, found []Finding) error {
	if len(found) == 0 {
		return nil
	}
	for i := range found {
		found[i].FoundAt = now
	}
	_, err := tx.NewInsert().Model(&found).On("CONFLICT (kind, subject) DO UPDATE").Set("what = EXCLUDED.what").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return nil
}

func markExamined(ctx context.Context, tx bun.IDB, now time.Time) error {
	_, err := tx.NewUpdate().Table("installation").Set("examined_at = ?", now).Where("single").Exec(ctx)
	return err
}

// Findings lists what was found when last looked at, what was found first comes first.
func Findings(ctx context.Context, db bun.IDB) ([]Finding, error) {
	all := []Finding{}
	err := db.NewSelect().Model(&all).Order("found_at", "kind", "subject").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	return all, nil
}

// MarkSwept notes that the sweep came by.
func MarkSwept(ctx context.Context, db bun.IDB, now time.Time) error {
	_, err := db.NewUpdate().Table("installation").Set("swept_at = ?", now).Where("single").Exec(ctx)
	return err
}
