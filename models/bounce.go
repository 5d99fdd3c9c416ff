package models

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// BounceClass is what something that came back means for the address a mail went to; package bounce judges it.
type BounceClass string

// The classes.
const (
	BounceHard      BounceClass = "hard"       // nobody has that address
	BounceSoft      BounceClass = "soft"       // it did not arrive; the next one may
	BouncePolicy    BounceClass = "policy"     // it was not wanted: our own fault, or at least not the reader's
	BounceAutoReply BounceClass = "auto_reply" // a machine answered for the reader: it arrived
	BounceDelayed   BounceClass = "delayed"    // the server goes on trying
	BounceDelivered BounceClass = "delivered"  // it arrived
	BounceComplaint BounceClass = "complaint"  // the reader called it spam
	BounceUnknown   BounceClass = "unknown"    // it does not say
)

// What of soft bounces makes an address one that is not written to: so many mails one after the other, nothing delivered between
// them, over so long. A full mailbox is emptied after a holiday; one that nobody empties is nobody's.
const (
	SoftBounceLimit = 5
	SoftBounceSpan  = 14 * 24 * time.Hour
)

// bounceOfDelivery is the kind of reports that say what became of a mail.
const bounceOfDelivery = "delivery"

// Bounce is a report that came back for a mail, kept once.
type Bounce struct {
	bun.BaseModel `bun:"table:bounces,alias:b"`

	ID          uuid.UUID `bun:",pk"`
	MailID      uuid.UUID
	Digest      string // names the report by what it says
	Kind        string // delivery, feedback or auto_reply
	Class       BounceClass
	Status      string    // enhanced status code (RFC 3463); "" where there is none
	PersonID    uuid.UUID `bun:",nullzero"` // Nil: of a mail that asks whether somebody wants to be subscribed
	AddressHash string    // of the address they had when it came; "" for nobody: nothing leads from an address to such a mail
	ReceivedAt  time.Time
}

// ReturnedMail is a report about a mail, judged for the address its reader has.
type ReturnedMail struct {
	MailID     uuid.UUID
	PersonID   uuid.UUID // who confirmed what the mail asked about, see MailAddressee; of others the mail says it
	Email      string    // the reader's address it was judged for
	Digest     string
	Kind       string
	Class      BounceClass
	Status     string
	Diagnostic string // the server's words, without addresses
}

// Noted is what a report changed.
type Noted struct {
	Repeated   bool   // it was known: nothing
	Suppressed string // the reason why the address is not written to from now on; "" where that did not change
}

// SentTo is whom a mail went to.
type SentTo struct {
	PersonID uuid.UUID // Nil: nobody whom we know, see SubscriptionRequest
	Email    string    // that they have now
}

// sentTo selects whom a mail went to, see MailAddressee.
func sentTo(db bun.IDB, mail uuid.UUID) *bun.SelectQuery {
	return db.NewSelect().TableExpr("outbox AS o").ColumnExpr("person.id AS person_id, COALESCE(asked.email, person.email) AS email").
		Join("LEFT JOIN subscription_requests AS asked ON o.person_id IS NULL AND asked.id = (o.data->>'request')::uuid").
		Join(`LEFT JOIN people AS person ON person.id = COALESCE(o.person_id, (SELECT cs.person_id FROM consents AS cs
			WHERE cs.via = (o.data->>'request')::uuid AND cs.act = ? AND cs.how = ? LIMIT 1))`, ConsentGiven, ConsentDoubleOptIn).
		Where("o.id = ? AND COALESCE(asked.email, person.email) IS NOT NULL", mail)
}

// MailAddressee returns whom a mail went to, with the address that they have now: its reader; who confirmed the request that it asked
// about; or, while that can be confirmed, the address that was typed, which is nobody's. Of a mail that is gone, or whose reader was
// erased or whose request was forgotten, nobody is found.
func MailAddressee(ctx context.Context, db bun.IDB, mail uuid.UUID) (SentTo, error) {
	var to SentTo
	err := sentTo(db, mail).Scan(ctx, &to)
	return to, found(err, "mail")
}

// SentMail returns whom a mail went to that left, or may have. Others are not found, and neither are those that MailAddressee does not.
func SentMail(ctx context.Context, db bun.IDB, mail uuid.UUID) (SentTo, error) {
	var to SentTo
	err := sentTo(db, mail).Where("o.state IN (?)", bun.List([]MailState{MailSending, MailDelivered, MailUnknown, MailBounced})).Scan(ctx, &to)
	return to, found(err, "mail")
}

// NoteBounce writes what a report says: once, whatever way and however often it comes. A mail that did not arrive is "bounced",
// one whose fate was not known is settled by it, and an address is suppressed where the rules say so. Delays, automatic
// answers and refusals that are our own fault suppress nobody. So it is of a mail to an address that somebody typed into the form for
// subscribing, whoever that was: none that asks goes there again.
func NoteBounce(ctx context.Context, tx bun.IDB, r ReturnedMail, now time.Time) (Noted, error) {
	m := new(OutboxMail)
	if err := tx.NewSelect().Model(m).Where("o.id = ?", r.MailID).For("UPDATE").Scan(ctx); err != nil {
		return Noted{}, found(err, "mail")
	}
	if r.Digest == "" || r.Email == "" {
		return Noted{}, errors.New("a report needs a digest and the address it was judged for")
	}
	b := &Bounce{ID: NewID(), MailID: m.ID, Digest: r.Digest, Kind: r.Kind, Class: r.Class, Status: r.Status, PersonID: m.PersonID, ReceivedAt: now}
	if b.PersonID == uuid.Nil {
		b.PersonID = r.PersonID
	}
	if b.PersonID != uuid.Nil {
		b.AddressHash = AddressHash(r.Email)
	}
	res, err := tx.NewInsert().Model(b).On("CONFLICT (mail_id, digest) DO NOTHING").Exec(ctx)
	if err != nil {
		return Noted{}, fmt.Errorf("keep a report: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return Noted{Repeated: true}, err
	}
	if err := settle(ctx, tx, m, r, now); err != nil {
		return Noted{}, err
	}
	reason, err := suppressFor(ctx, tx, m, *b, r.Email, now)
	if err != nil || reason == "" {
		return Noted{}, err
	}
	return Noted{Suppressed: reason}, carrySuppression(ctx, tx, r.Email)
}

// settle writes where a mail stands after a report.
func settle(ctx context.Context, tx bun.IDB, m *OutboxMail, r ReturnedMail, now time.Time) error {
	next, from := MailState(""), []MailState(nil)
	switch r.Class {
	case BounceHard, BounceSoft, BouncePolicy:
		if r.Kind != bounceOfDelivery { // a provider says what it found in a mail, not that it returned it
			return nil
		}
		// A report may be quicker than the sender, who still holds the mail: it left, or nothing could come back.
		next, from = MailBounced, []MailState{MailDelivered, MailUnknown, MailClaimed, MailSending, MailBounced}
	case BounceDelivered, BounceAutoReply, BounceComplaint:
		next, from = MailDelivered, []MailState{MailUnknown}
	default:
		return nil
	}
	q := tx.NewUpdate().Model((*OutboxMail)(nil)).Set("state = ?", next).Set("finished_at = COALESCE(finished_at, ?)", now).
		Where("id = ?", m.ID).Where("state IN (?)", bun.List(from))
	if words := shorten(r.Diagnostic, maxReply); words != "" || next == MailDelivered { // why it was not known is over
		q = q.Set("reply = ?", words)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("write where a mail stands: %w", err)
	}
	return nil
}

// suppressFor suppresses the address where a report is a reason to, and says which. Where the address is nobody's, nothing beside its
// hash says by which mail.
func suppressFor(ctx context.Context, tx bun.IDB, m *OutboxMail, b Bounce, address string, now time.Time) (string, error) {
	s := Suppression{AddressHash: AddressHash(address), CreatedAt: now}
	if b.PersonID != uuid.Nil {
		s.PersonID, s.MailID = &b.PersonID, &b.MailID
	}
	switch b.Class {
	case BounceHard:
		s.Reason = SuppressedHardBounce
	case BounceComplaint:
		s.Reason = SuppressedComplaint
		if err := complained(ctx, tx, m, b.PersonID, now); err != nil {
			return "", err
		}
	case BounceSoft:
		if b.PersonID == uuid.Nil { // at most three mails went there, see confirmMailLimit
			return "", nil
		}
		lasting, err := softForLong(ctx, tx, b)
		if err != nil || !lasting {
			return "", err
		}
		s.Reason = SuppressedSoftBounces
	default:
		return "", nil
	}
	added, err := suppress(ctx, tx, s)
	if err != nil || !added {
		return "", err
	}
	return s.Reason, nil
}

// complained ends the mailings of who called a mail spam, where that is somebody whom we know.
func complained(ctx context.Context, tx bun.IDB, m *OutboxMail, person uuid.UUID, now time.Time) error {
	if person == uuid.Nil {
		return nil
	}
	gone := Consent{PersonID: person, How: ConsentByComplaint}
	if m.MailingID != nil {
		gone.Via = *m.MailingID
	}
	return WithdrawConsent(ctx, tx, gone, now)
}

// softForLong reports whether mails to an address have come back for long enough, and none was delivered since the first of them.
func softForLong(ctx context.Context, db bun.IDB, b Bounce) (bool, error) {
	var lasting bool
	err := db.NewRaw(`
		WITH back AS (
			SELECT DISTINCT o.id, o.finished_at AS at FROM bounces AS b JOIN outbox AS o ON o.id = b.mail_id
			WHERE b.person_id = ?0 AND b.address_hash = ?1 AND b.class = 'soft' AND o.state = 'bounced'),
		row AS (
			SELECT back.at FROM back WHERE NOT EXISTS (
				SELECT 1 FROM outbox AS arrived WHERE arrived.person_id = ?0 AND arrived.state = 'delivered'
					AND arrived.finished_at > back.at AND arrived.finished_at < (SELECT max(at) FROM back)))
		SELECT (SELECT count(*) FROM back) >= ?2
			AND (SELECT count(*) >= ?2 AND max(at) - min(at) >= make_interval(secs => ?3) FROM row)`,
		b.PersonID, b.AddressHash, SoftBounceLimit, SoftBounceSpan.Seconds()).Scan(ctx, &lasting)
	if err != nil {
		return false, fmt.Errorf("look how long mails have come back: %w", err)
	}
	return lasting, nil
}
