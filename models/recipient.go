package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Recipient is somebody who gets a mailing, and what came of their mail.
type Recipient struct {
	ID         uuid.UUID // of the mail
	PersonID   uuid.UUID
	Name       string // "" of somebody erased
	Language   string
	State      MailState
	Reply      string // the server's last words, or why there are none
	FinishedAt *time.Time
	Outcome    MailOutcome
	Bounce     BounceClass // of a mail that came back: how; "" for others
}

// Recipients lists who gets a mailing, in the order of the mails' ids: those in a state or, where it is "", all; after
// the mail given, at most limit.
func Recipients(ctx context.Context, db bun.IDB, mailing uuid.UUID, state MailState, after uuid.UUID, limit int64) ([]Recipient, error) {
	var list []Recipient
	q := withOutcome(db.NewSelect().TableExpr("outbox AS o")).Column("o.id", "o.person_id", "o.language", "o.state", "o.reply", "o.finished_at").
		ColumnExpr("COALESCE((?), '') AS bounce", lastBounce(db)).
		ColumnExpr("coalesce(person.name, '') AS name").Join("LEFT JOIN people AS person ON person.id = o.person_id").
		Where("o.mailing_id = ? AND o.id > ?", mailing, after).Order("o.id").Limit(limit)
	if state != "" {
		q = q.Where("o.state = ?", state)
	}
	if err := q.Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read a mailing's recipients: %w", err)
	}
	return list, nil
}

// lastBounce selects how a mail came back, by the last report that says so.
func lastBounce(db bun.IDB) *bun.SelectQuery {
	return db.NewSelect().TableExpr("bounces AS b").Column("b.class").Where("b.mail_id = o.id AND o.state = ?", MailBounced).
		Where("b.class IN (?)", bun.List([]BounceClass{BounceHard, BounceSoft, BouncePolicy})).Order("b.received_at DESC", "b.id DESC").Limit(1)
}
