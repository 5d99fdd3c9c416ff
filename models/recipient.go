package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Recipient is somebody who gets a mailing, and what came of their mail.
type Recipient struct {
	ID         uuid.UUID // of the mail
	PersonID   uuid.UUID
	Name       string // "" where the viewer may not know it, and of somebody erased
	Language   string
	State      MailState
	Reply      string // the server's last words, or why there are none
	FinishedAt *time.Time
	Outcome    MailOutcome
	Bounce     BounceClass // of a mail that came back: how; "" for others
}

// sends limits a query over recommendations (alias sent) to those whose mailings the viewer may say of who got them and who did not,
// by name: the officers of the organisation that sends them, who answer for it, and the network's coordinators. It is the rule of
// access.ReadMailing, and a test holds one against the other. How people want to be named elsewhere (Viewer.named) is said to others
// than those who write to them.
func (v Viewer) sends(q *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case v.PersonID == uuid.Nil || v.LinkTask != uuid.Nil:
		return q.Where("FALSE")
	case v.Has(RoleCoordinator):
		return q
	default:
		return q.Where("sent.organisation_id IN (?)", bun.List(v.organisationsAs(RoleOfficer)))
	}
}

// knowsRecipients selects whether a viewer may know the recipients of a mailing by name.
func (v Viewer) knowsRecipients(db bun.IDB, mailing uuid.UUID) *bun.SelectQuery {
	return v.sends(db.NewSelect().TableExpr("mailings AS theirs").Join("JOIN recommendations AS sent ON sent.id = theirs.recommendation_id").
		ColumnExpr("count(*) > 0").Where("theirs.id = ?", mailing))
}

// NamedRecipients returns the names of those of some people who are recipients of a mailing whose recipients the viewer may know.
func NamedRecipients(ctx context.Context, db bun.IDB, v Viewer, people []uuid.UUID) (map[uuid.UUID]string, error) {
	got := v.sends(db.NewSelect().TableExpr("outbox AS o").ColumnExpr("1").Join("JOIN mailings AS theirs ON theirs.id = o.mailing_id").
		Join("JOIN recommendations AS sent ON sent.id = theirs.recommendation_id").Where("o.person_id = p.id"))
	return namesBy(ctx, whereIn(db.NewSelect().TableExpr("people AS p").Column("p.id", "p.name"), "p.id", people).Where("EXISTS (?)", got))
}

// Recipients lists who gets a mailing, in the order of the mails' ids; the alphabet of the filter does not matter. They have names for
// whom knowsRecipients lets know them. Whom it does not finds nobody by a name or an address: who is found would tell.
func Recipients(ctx context.Context, db bun.IDB, v Viewer, mailing uuid.UUID, f RecipientFilter) ([]Recipient, error) {
	var list []Recipient
	q := selectRecipients(db, v, mailing, f.State).Where("o.id > ?", f.After).Order("o.id")
	if strings.TrimSpace(f.Search) != "" {
		q = q.Where("(?)", v.knowsRecipients(db, mailing)).Apply(f.search)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	if err := q.Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read a mailing's recipients: %w", err)
	}
	return list, nil
}

func selectRecipients(db bun.IDB, v Viewer, mailing uuid.UUID, state MailState) *bun.SelectQuery {
	q := withOutcome(db.NewSelect().TableExpr("outbox AS o")).Column("o.id", "o.person_id", "o.language", "o.state", "o.reply", "o.finished_at").
		ColumnExpr("COALESCE((?), '') AS bounce", lastBounce(db)).
		ColumnExpr("CASE WHEN (?) THEN coalesce(person.name, '') ELSE '' END AS name", v.knowsRecipients(db, mailing)).
		Join("LEFT JOIN people AS person ON person.id = o.person_id").Where("o.mailing_id = ?", mailing)
	if state != "" {
		q = q.Where("o.state = ?", state)
		if state == MailFailed || state == MailUnknown || state == MailCancelled {
			q = q.Where("o.astray") // the index of what went wrong
		}
	}
	return q
}

// lastBounce selects how a mail came back, by the last report that says so.
func lastBounce(db bun.IDB) *bun.SelectQuery {
	return db.NewSelect().TableExpr("bounces AS b").Column("b.class").Where("b.mail_id = o.id AND o.state = ?", MailBounced).
		Where("b.class IN (?)", bun.List([]BounceClass{BounceHard, BounceSoft, BouncePolicy})).Order("b.received_at DESC", "b.id DESC").Limit(1)
}
