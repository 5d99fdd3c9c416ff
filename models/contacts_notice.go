package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// NoticeState is where a notice stands.
type NoticeState string

// The states of a notice. What is ready can be sent as a mail; what is out of reach has to be told another way.
const (
	NoticeReady      NoticeState = "ready"
	NoticeOutOfReach NoticeState = "out_of_reach"
	NoticeSent       NoticeState = "sent"
	NoticeTold       NoticeState = "told"
)

// Why somebody is out of reach of a mail.
const (
	UnreachedLeft       = "left"
	UnreachedSuppressed = "suppressed" // the address must not be written to
	UnreachedFailed     = "failed"     // the server refused the mail, or it came back
	UnreachedUnknown    = "unknown"    // it may have arrived
	UnreachedCancelled  = "cancelled"
)

// ContactNotice is what somebody is owed whose data came from elsewhere: to be told so within a month.
type ContactNotice struct {
	bun.BaseModel `bun:"table:contact_notices,alias:cn"`

	PersonID   uuid.UUID `bun:",pk"`
	ImportID   uuid.UUID
	DueAt      time.Time
	ToldAt     *time.Time // by hand
	ToldBy     *uuid.UUID
	SentAt     *time.Time // as a mail
	SentBy     *uuid.UUID
	MailID     *uuid.UUID
	ObjectedAt *time.Time

	Name       string      `bun:",scanonly"`
	Email      string      `bun:",scanonly"`
	Language   string      `bun:",scanonly"`
	Source     string      `bun:",scanonly"`
	Basis      string      `bun:",scanonly"`
	ImportedAt time.Time   `bun:",scanonly"`
	MailState  MailState   `bun:",scanonly"`
	State      NoticeState `bun:",scanonly"`
	Unreached  string      `bun:",scanonly"` // one of the reasons, of what is out of reach
}

// Late reports whether somebody should have been told by now.
func (n ContactNotice) Late(now time.Time) bool {
	return (n.State == NoticeReady || n.State == NoticeOutOfReach) && now.After(n.DueAt)
}

// noticeKey names the mail with a notice by person and address: the same address never gets it twice, while one that was
// wrong can be corrected.
const noticeKey = `'source_notice:' || person.id || ':' || encode(sha256(convert_to(lower(person.email), 'UTF8')), 'hex')`

// unreached says why no mail can bring a notice: "" where one can. What may have arrived is not sent again.
const unreached = `CASE WHEN person.left_at IS NOT NULL THEN 'left'
	WHEN EXISTS (SELECT 1 FROM suppressions AS s WHERE s.address_hash = person.address_hash) THEN 'suppressed'
	WHEN cn.sent_at IS NULL THEN ''
	WHEN coalesce(o.state, 'delivered') = 'unknown' THEN 'unknown'
	WHEN EXISTS (SELECT 1 FROM outbox AS before WHERE before.dedupe_key = ` + noticeKey + `)
		THEN CASE o.state WHEN 'bounced' THEN 'failed' ELSE o.state END
	ELSE '' END`

const noticeState = `CASE WHEN cn.told_at IS NOT NULL THEN 'told'
	WHEN cn.sent_at IS NOT NULL AND coalesce(o.state, 'delivered') NOT IN ('failed','bounced','cancelled','unknown') THEN 'sent'
	WHEN (` + unreached + `) <> '' THEN 'out_of_reach' ELSE 'ready' END`

// selectNotices reads notices with what they say and where they stand.
func selectNotices(db bun.IDB, into any) *bun.SelectQuery {
	return joinNotices(db.NewSelect().Model(into).ColumnExpr("cn.*, person.name, person.email, person.language, ci.source, ci.basis, ci.imported_at").
		ColumnExpr("coalesce(o.state, '') AS mail_state").ColumnExpr(noticeState + " AS state").ColumnExpr("coalesce(" + unreached + ", '') AS unreached"))
}

func joinNotices(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Join("JOIN people AS person ON person.id = cn.person_id").Join("JOIN contact_imports AS ci ON ci.id = cn.import_id").
		Join("LEFT JOIN outbox AS o ON o.id = cn.mail_id")
}

// NoticeFilter narrows a list of notices; its zero value leaves out nothing.
type NoticeFilter struct {
	States []NoticeState
	Search string    // part of a name, an address or of where the data came from
	After  uuid.UUID // the person after whom the page begins
	Limit  int       // at most so many; 0 means all
}

func (f NoticeFilter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	if len(f.States) > 0 {
		q = q.Where("("+noticeState+") IN (?)", bun.List(f.States))
	}
	if words := strings.TrimSpace(f.Search); words != "" {
		q = q.Where("(person.name ILIKE ?0 OR person.email ILIKE ?0 OR ci.source ILIKE ?0)", containing(words))
	}
	if f.After != uuid.Nil { // wherever their own notice stands by now
		q = q.Where(`(cn.due_at, `+peopleInOrder+`) > (SELECT before.due_at, `+peopleInOrder+` FROM contact_notices AS before
			JOIN people AS person ON person.id = before.person_id WHERE person.id = ?)`, f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	return q
}

// ContactNotices lists the notices of a filter, soonest due first.
func ContactNotices(ctx context.Context, db bun.IDB, f NoticeFilter) ([]ContactNotice, error) {
	var list []ContactNotice
	if err := selectNotices(db, &list).Apply(f.apply).OrderExpr("cn.due_at, " + peopleInOrder).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read who has to be told: %w", err)
	}
	return list, nil
}

// ReadyNotices lists all who can be told by mail.
func ReadyNotices(ctx context.Context, db bun.IDB) ([]ContactNotice, error) {
	return ContactNotices(ctx, db, NoticeFilter{States: []NoticeState{NoticeReady}})
}

// Objections lists the notices of people who objected to the use of their data and are still here, oldest first.
func Objections(ctx context.Context, db bun.IDB) ([]ContactNotice, error) {
	var list []ContactNotice
	err := selectNotices(db, &list).Where("cn.objected_at IS NOT NULL AND person.left_at IS NULL").OrderExpr("cn.objected_at, person.id").Limit(500).Scan(ctx)
	return list, err
}

// NoticeCounts counts notices.
type NoticeCounts struct {
	Ready, OutOfReach, Sent, Told int
	Late                          int // of those ready and out of reach
	Objected                      int // and not gone since
}

// Owed is how many people were not told yet.
func (c NoticeCounts) Owed() int { return c.Ready + c.OutOfReach }

// In is how many notices are in any of the states.
func (c NoticeCounts) In(states ...NoticeState) int {
	n := 0
	for _, state := range states {
		n += map[NoticeState]int{NoticeReady: c.Ready, NoticeOutOfReach: c.OutOfReach, NoticeSent: c.Sent, NoticeTold: c.Told}[state]
	}
	return n
}

// CountNotices counts the notices that a search finds; "" finds all.
func CountNotices(ctx context.Context, db bun.IDB, search string, now time.Time) (NoticeCounts, error) {
	var c NoticeCounts
	stands := joinNotices(db.NewSelect().TableExpr("contact_notices AS cn")).ColumnExpr(noticeState + " AS state").Column("cn.due_at").
		ColumnExpr("cn.objected_at IS NOT NULL AND person.left_at IS NULL AS objected").Apply(NoticeFilter{Search: search}.apply)
	q := db.NewSelect().TableExpr("(?) AS n", stands).ColumnExpr("count(*) FILTER (WHERE objected) AS objected").
		ColumnExpr("count(*) FILTER (WHERE state IN ('ready','out_of_reach') AND due_at < ?) AS late", now)
	for _, s := range []NoticeState{NoticeReady, NoticeOutOfReach, NoticeSent, NoticeTold} {
		q = q.ColumnExpr("count(*) FILTER (WHERE state = ?) AS ?", s, bun.Ident(s))
	}
	if err := q.Scan(ctx, &c); err != nil {
		return c, fmt.Errorf("count who has to be told: %w", err)
	}
	return c, nil
}

// SendNotices writes the mail with the notice to everybody who can be told by mail, once each, in their language. Expected
// is how many were seen: where it is another number by now, nothing is sent.
func SendNotices(ctx context.Context, tx bun.IDB, by Person, expected int, now time.Time) error {
	if _, err := NoticeHolder(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.NewRaw("LOCK TABLE contact_notices IN SHARE ROW EXCLUSIVE MODE").Exec(ctx); err != nil {
		return fmt.Errorf("hold the notices: %w", err)
	}
	ready, err := ReadyNotices(ctx, tx)
	if err != nil {
		return err
	}
	if len(ready) != expected || expected == 0 {
		return apperr.About(apperr.CodeOutdated, "notice")
	}
	ids := make([]uuid.UUID, 0, len(ready))
	for _, n := range ready {
		ids = append(ids, n.PersonID)
	}
	_, err = tx.NewRaw(`INSERT INTO outbox (id, kind, dedupe_key, person_id, language, priority, not_before, created_at)
		SELECT gen_random_uuid(), ?, `+noticeKey+`, person.id, person.language, ?, ?, ? FROM people AS person WHERE person.id IN (?)`,
		MailSourceNotice, MailingPriority, now, now, bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write the notices: %w", err)
	}
	_, err = tx.NewRaw(`UPDATE contact_notices AS cn SET sent_at = ?, sent_by = ?, mail_id = o.id FROM people AS person, outbox AS o
		WHERE person.id = cn.person_id AND o.dedupe_key = `+noticeKey+` AND cn.person_id IN (?)`, now, by.ID, bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note that notices were sent: %w", err)
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "contacts.noticed", ObjectKind: "notice", Facts: map[string]string{"count": fmt.Sprint(len(ids))}})
}

// NoteTold puts down that somebody was told where their data came from.
func NoteTold(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	p, err := PersonByID(ctx, tx, person)
	if err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model((*ContactNotice)(nil)).Set("told_at = ?", now).Set("told_by = ?", by.ID).Where("person_id = ? AND told_at IS NULL", person).Exec(ctx)
	if err := changed(res, err, "person"); err != nil {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "contacts.told", ObjectKind: "person", Object: p.Pseudonym})
}

// NoticeOf returns the notice of a person; who came in by no list has none.
func NoticeOf(ctx context.Context, db bun.IDB, person uuid.UUID) (ContactNotice, error) {
	var n ContactNotice
	err := selectNotices(db, &n).Where("cn.person_id = ?", person).Scan(ctx)
	return n, found(err, "notice")
}

// ObjectToData notes that somebody objects to the use of data that came from elsewhere: mailings to them end at once, and
// the coordinators are told, who answer within a month. Saying so again changes nothing.
func ObjectToData(ctx context.Context, tx bun.IDB, person Person, now time.Time) error {
	res, err := tx.NewUpdate().Model((*ContactNotice)(nil)).Set("objected_at = ?", now).Where("person_id = ? AND objected_at IS NULL", person.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note an objection: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return nil
	}
	if err := WithdrawConsent(ctx, tx, Consent{PersonID: person.ID, How: ConsentByObjection}, now); err != nil {
		return err
	}
	coordinators, err := Coordinators(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range coordinators {
		m := &OutboxMail{Kind: MailDataObjection, DedupeKey: fmt.Sprintf("%s:%s:%s", MailDataObjection, person.ID, c.ID), PersonID: c.ID, CreatedAt: now}
		if err := Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return Journal(ctx, tx, person, now, JournalEntry{Verb: "contacts.objected", ObjectKind: "person", Object: person.Pseudonym})
}
