package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// LockMail returns where the mail with a dedupe key stands, or "" if it was never written. One that is queued is not claimed before
// the transaction ends: what it will say can still be added to.
func LockMail(ctx context.Context, tx bun.IDB, dedupeKey string) (MailState, error) {
	var state MailState
	err := tx.NewSelect().Model((*OutboxMail)(nil)).Column("state").Where("dedupe_key = ?", dedupeKey).For("UPDATE").Scan(ctx, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, err
}

// OtherDigests are the digests of a day, besides one that is about to go.
type OtherDigests struct {
	Went    bool // one went already
	Follows bool // a newer one goes the same day, and says all that this one would
	Leaving bool // a newer one is being sent by somebody else
}

// OtherDigestsOf returns what other digests somebody gets on the day from begins to ends. Those of procedures that gather nothing
// are not counted.
func OtherDigestsOf(ctx context.Context, db bun.IDB, m OutboxMail, begins, ends time.Time) (OtherDigests, error) {
	var o OtherDigests
	newer := "(o.created_at, o.id) > (?, ?)"
	err := db.NewSelect().Model((*OutboxMail)(nil)).
		ColumnExpr("COALESCE(bool_or(o.state = ? OR o.state IN (?, ?) AND o.finished_at >= ?), false) AS went", MailSending, MailDelivered, MailUnknown, begins).
		ColumnExpr("COALESCE(bool_or("+newer+" AND (o.state = ? AND o.not_before < ? OR o.state = ? AND o.claim_token = ?)), false) AS follows",
			m.CreatedAt, m.ID, MailQueued, ends, MailClaimed, m.ClaimToken).
		ColumnExpr("COALESCE(bool_or("+newer+" AND o.state = ? AND o.claim_token IS DISTINCT FROM ?), false) AS leaving", m.CreatedAt, m.ID, MailClaimed, m.ClaimToken).
		Where("o.kind = ? AND o.person_id = ? AND o.id <> ?", MailDigest, m.PersonID, m.ID).
		Where("COALESCE(jsonb_array_length(o.data->'tasks'), 0) = 0").Where("o.finished_at IS NULL OR o.finished_at >= ?", begins).Scan(ctx, &o)
	if err != nil {
		return o, fmt.Errorf("read the other digests of a day: %w", err)
	}
	return o, nil
}
