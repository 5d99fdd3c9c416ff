package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Recipient is somebody a mailing goes to, and what came of it.
type Recipient struct {
	ID         uuid.UUID // of the mail
	Name       string
	Email      string
	Language   string // of the text they get
	State      MailState
	Reply      string // the server's last words, or why it was cancelled
	FinishedAt *time.Time
}

// RecipientFilter narrows a list of recipients; zero fields do not.
type RecipientFilter struct {
	State MailState
	After uuid.UUID // the mail after which the list goes on
	Limit int64
}

// Recipients lists whom a mailing goes to, in a fixed order that says nothing about them. Who may see it is for the
// caller to ask: the addresses are personal data.
func Recipients(ctx context.Context, db bun.IDB, mailing uuid.UUID, f RecipientFilter) ([]Recipient, error) {
	var list []Recipient
	q := db.NewSelect().TableExpr("outbox AS o").
		Column("o.id", "o.language", "o.state", "o.reply", "o.finished_at").
		ColumnExpr("person.name, person.email").
		Join("JOIN people AS person ON person.id = o.person_id").
		Where("o.mailing_id = ?", mailing)
	if f.State != "" {
		q = q.Where("o.state = ?", f.State)
	}
	if f.After != uuid.Nil {
		q = q.Where("o.id > ?", f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	if err := q.Order("o.id").Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read the recipients of a mailing: %w", err)
	}
	return list, nil
}
