package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// A database that was restored from a backup stands still until somebody releases it: mails that were due when the backup
// was made may have gone out since, and workflows may remember what the rows no longer know.

// notRestored is true where nothing is held up by a restore.
const notRestored = "NOT EXISTS (SELECT 1 FROM installation WHERE restored_at IS NOT NULL)"

// whyUnknown is the reply of mails of which a restore left nobody knowing whether they went out.
const whyUnknown = "it was waiting when the backup was made that was restored since"

// MarkRestored makes a restored database stand still, and returns how many mails are held. What was on the wire when the
// backup was made may have left, and so becomes unknown; what was due by now is held; what comes due later cannot have
// gone out. Sessions end, because some may have been ended on purpose since.
func MarkRestored(ctx context.Context, tx bun.IDB, now time.Time) (held int, err error) {
	if _, err := tx.NewUpdate().Table("installation").Set("restored_at = ?", now).Set("examined_at = NULL").Where("single").Exec(ctx); err != nil {
		return 0, fmt.Errorf("mark the database as restored: %w", err)
	}
	_, err = tx.NewRaw(`UPDATE outbox AS o SET state = ? FROM outbox_windows AS w
		WHERE o.state = ? AND o.claim_token = w.token AND o.id = ANY (w.mails)`, MailSending, MailClaimed).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("find mails on the wire: %w", err)
	}
	_, err = tx.NewUpdate().Model((*OutboxMail)(nil)).Set("state = ?", MailUnknown).Set("finished_at = ?", now).Set("reply = ?", whyUnknown).
		Set("claimed_until = NULL").Where("state = ?", MailSending).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("settle mails on the wire: %w", err)
	}
	res, err := tx.NewUpdate().Model((*OutboxMail)(nil)).Set("state = ?", MailQueued).Set("claim_token = NULL").
		Set("claimed_until = NULL").Set("held_at = CASE WHEN not_before <= ? THEN ?::timestamptz END", now, now).
		Where("state IN (?)", bun.List([]MailState{MailQueued, MailClaimed})).Where("state = ? OR not_before <= ?", MailClaimed, now).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("hold mails: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	// One that waits for its time may have been sent meanwhile, sooner or as it was, and so may a draft: whoever launches it says.
	if _, err := tx.NewUpdate().Table("mailings").Set("asks = true").Where("state IN (?)", bun.List([]MailingState{MailingDraft, MailingScheduled, MailingSending, MailingPaused})).Exec(ctx); err != nil {
		return 0, fmt.Errorf("have mailings ask that are not out: %w", err)
	}
	for _, table := range []string{"sessions", "person_sessions", "account_links", "findings", "outbox_claims", "mail_paces", "slow_domains", "mailing_waits"} {
		if _, err := tx.NewDelete().Table(table).Where("true").Exec(ctx); err != nil {
			return 0, fmt.Errorf("empty %s: %w", table, err)
		}
	}
	return int(n), nil
}

// Release lets a restored database go on. The mails that were held go out if send says so; otherwise they become unknown
// and never go out by themselves.
func Release(ctx context.Context, tx bun.IDB, send bool, now time.Time) error {
	held := tx.NewUpdate().Model((*OutboxMail)(nil)).Set("held_at = NULL").Where("held_at IS NOT NULL")
	if !send {
		held = held.Set("state = ?", MailUnknown).Set("finished_at = ?", now).Set("reply = ?", whyUnknown)
	}
	if _, err := held.Exec(ctx); err != nil {
		return fmt.Errorf("release mails: %w", err)
	}
	_, err := tx.NewUpdate().Table("installation").Set("restored_at = NULL").Where("single").Exec(ctx)
	return err
}

// LockProcessToDecide is LockProcess for a decision: it returns an error that asks for patience while the database stands
// still after a restore.
func LockProcessToDecide(ctx context.Context, tx bun.IDB, id uuid.UUID) (*Process, error) {
	var p struct {
		Process    `bun:",extend"`
		RestoredAt *time.Time `bun:",scanonly"`
	}
	err := tx.NewSelect().Model(&p).ColumnExpr("?TableColumns, (SELECT restored_at FROM installation) AS restored_at").
		Where("p.id = ?", id).For("UPDATE").Scan(ctx)
	if err != nil {
		return nil, found(err, "process")
	}
	if p.RestoredAt != nil {
		return nil, apperr.About(apperr.CodeUnavailable, "installation")
	}
	return &p.Process, nil
}
