package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// RecipientFilter narrows a list of a mailing's recipients; its zero value leaves out nobody.
type RecipientFilter struct {
	State    MailState // "": whatever came of their mails
	Search   string    // words or parts of words that a name holds, or a whole address
	After    uuid.UUID // the mail after which the page begins
	Limit    int       // 0: none
	Alphabet Alphabet  // in which they are sorted
}

// mostWords is how many words of a search are looked for; what follows them narrows nothing.
const mostWords = 8

// search narrows to who has the name or the address. An address is found whole or not at all, by the index of addresses: officers see
// none, and none is to be guessed letter by letter. Names are gone through, of this mailing's recipients alone.
func (f RecipientFilter) search(q *bun.SelectQuery) *bun.SelectQuery {
	words := strings.TrimSpace(f.Search)
	if strings.Contains(words, "@") {
		return q.Where("lower(person.email) = lower(?)", Address(words))
	}
	all := strings.Fields(words)
	for _, word := range all[:min(len(all), mostWords)] {
		q = q.Where("person.name ILIKE ?", containing(word))
	}
	return q
}

func (f RecipientFilter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	q = f.search(q)
	if f.After != uuid.Nil {
		q = q.Where(`(person.id IS NULL, coalesce(person.name, '') COLLATE ?0, o.id) > (SELECT p.id IS NULL, coalesce(p.name, '') COLLATE ?0, b.id
			FROM outbox AS b LEFT JOIN people AS p ON p.id = b.person_id WHERE b.id = ?1)`, f.Alphabet.ident(), f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	return q
}

// RecipientsByName lists who gets a mailing by name, those at the end who were erased since. Whom knowsRecipients does not let know
// them finds nobody: the order alone would tell.
func RecipientsByName(ctx context.Context, db bun.IDB, v Viewer, mailing uuid.UUID, f RecipientFilter) ([]Recipient, error) {
	var list []Recipient
	q := selectRecipients(db, v, mailing, f.State).Where("(?)", v.knowsRecipients(db, mailing)).Apply(f.apply)
	if err := recipientsInOrder(q, f.Alphabet).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read a mailing's recipients by name: %w", err)
	}
	return list, nil
}

func recipientsInOrder(q *bun.SelectQuery, a Alphabet) *bun.SelectQuery {
	return q.OrderExpr("person.id IS NULL, coalesce(person.name, '') COLLATE ?, o.id", a.ident())
}

// Reached is somebody who got a mailing, as far as anybody knows.
type Reached struct {
	Name       string // "" of somebody erased
	Language   string
	Country    string // "" for none
	Outcome    MailOutcome
	FinishedAt *time.Time
	SettledBy  string // who says that it arrived; "" where the mail server did
}

// ReachedBy lists who got a mailing by name, at most limit, narrowed to a country and a language. It is read at once: to sort all of
// them again for each page of a file would take many times as long. Whom knowsRecipients does not let know them finds nobody.
func ReachedBy(ctx context.Context, db bun.IDB, v Viewer, mailing uuid.UUID, f OutcomeFilter, a Alphabet, limit int) ([]Reached, error) {
	q := withOutcome(f.narrow(db.NewSelect().TableExpr("outbox AS o").Join("LEFT JOIN people AS person ON person.id = o.person_id").
		Join("LEFT JOIN mail_settlements AS told ON told.mail_id = o.id AND o.state = ?", MailUnknown).
		Join("LEFT JOIN people AS teller ON teller.pseudonym = told.settled_by").
		Where("o.mailing_id = ?", mailing).Where("(?)", v.knowsRecipients(db, mailing)).
		Where("(o.state = ? OR told.arrived)", MailDelivered))).
		Column("o.language", "o.finished_at").ColumnExpr("COALESCE(person.name, '') AS name, COALESCE(person.country_code, '') AS country").
		ColumnExpr("COALESCE(teller.name, '') AS settled_by")
	var list []Reached
	if err := recipientsInOrder(q, a).Limit(int64(limit)).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read who got a mailing: %w", err)
	}
	return list, nil
}
