package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// How a mail is sent: it is claimed under a token until a lease ends, marked "sending" just before it goes on the wire,
// and then its outcome is written. Every step is fenced by the token, so that a sender that was slow or cut off cannot
// overwrite what another did. What a crash leaves behind is put right by ReapExpired.

// defaultClaim is how many mails are claimed at once where nobody says.
const defaultClaim = 50

// ClaimFilter says which mails to claim, and how.
type ClaimFilter struct {
	MailingID     *uuid.UUID // only this mailing's
	Transactional bool       // only those that belong to no mailing
	Limit         int        // default 50
	Token         uuid.UUID  // the claim's, fresh for every claim
	Until         time.Time  // the lease's end

	After *MailPlace // of a mailing: none but those behind this one; nil: any

	among []uuid.UUID // of a mailing: none but these; nil: any
}

// ClaimMails claims mails that are due, most urgent first. Two claimers never get the same mail.
func ClaimMails(ctx context.Context, db bun.IDB, f ClaimFilter, now time.Time) ([]OutboxMail, error) {
	due := db.NewSelect().Model((*OutboxMail)(nil)).Column("id").
		Where("o.waits").Where("o.not_before <= ?", now).Where("o.held_at IS NULL").Where(notRestored).
		Order("o.priority DESC", "o.not_before", "o.id").Limit(int64(cmp.Or(f.Limit, defaultClaim))).For("UPDATE SKIP LOCKED")
	due = due.Where("(o.kind = ? OR NOT "+aboutQuarantined+")", MailContentReported)
	if f.MailingID != nil {
		due = due.Where("o.mailing_id = ?", *f.MailingID)
	}
	if f.Transactional {
		due = due.Where("o.ready")
	}
	var claimed []OutboxMail
	err := db.NewUpdate().Model(&claimed).With("due", due).TableExpr("due").
		Set("state = ?", MailClaimed).Set("claim_token = ?", f.Token).Set("claimed_until = ?", f.Until).
		Where("o.id = due.id").Returning("o.*").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("claim mails: %w", err)
	}
	slices.SortFunc(claimed, func(a, b OutboxMail) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.NotBefore.Compare(b.NotBefore), slices.Compare(a.ID[:], b.ID[:]))
	})
	return claimed, nil
}

// MarkSending marks claimed mails as about to go on the wire, under a lease that ends at until. It returns those that may
// be sent: still claimed under the token by a lease that is not over, of a mailing, if of any, that is being sent, and about
// a text that is not hidden.
func MarkSending(ctx context.Context, db bun.IDB, token uuid.UUID, ids []uuid.UUID, now, until time.Time) ([]uuid.UUID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var taken []uuid.UUID
	err := db.NewRaw(`
		UPDATE outbox AS o SET claimed_until = ?, state = ?
		WHERE o.id IN (?) AND o.claim_token = ? AND o.state = ? AND o.claimed_until > ?
			AND (o.mailing_id IS NULL OR o.mailing_id IN (SELECT m.id FROM mailings AS m WHERE m.state = ?))
			AND (o.kind = ? OR NOT `+aboutQuarantined+`)
		RETURNING o.id`,
		until, MailSending, bun.List(ids), token, MailClaimed, now, MailingSending, MailContentReported).Scan(ctx, &taken)
	if err != nil {
		return nil, fmt.Errorf("mark mails as sending: %w", err)
	}
	return taken, nil
}

// ExtendClaim lets what is claimed under the token or being sent, and not over, be held until another instant, and reports whether
// anything is.
func ExtendClaim(ctx context.Context, db bun.IDB, token uuid.UUID, now, until time.Time) (bool, error) {
	res, err := db.NewUpdate().Model((*OutboxMail)(nil)).Set("claimed_until = ?", until).
		Where("o.claim_token = ?", token).Where("o.state IN (?)", bun.List([]MailState{MailClaimed, MailSending})).
		Where("o.claimed_until > ?", now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("extend a claim: %w", err)
	}
	held, err := res.RowsAffected()
	return held > 0, err
}

// MailResult is what came of a mail. State is a final one, or MailQueued to try again.
type MailResult struct {
	ID      uuid.UUID
	State   MailState
	Reply   string
	RetryAt time.Time // with MailQueued; zero: when it was due before
	Counts  bool      // with MailQueued: this was an attempt that the server refused
	Lost    bool      // with MailQueued: the connection was lost before the message was complete, which is not the reader's fault
	Nobody  string    // with MailFailed: the address that it went to, where the server said that nobody has it
	Status  string    // likewise the enhanced status code it gave; "" where it gave none
}

// maxReply keeps a server's chatter short, in characters.
const maxReply = 500

// MarkResults writes what came of mails claimed under the token and returns how many it wrote. A claim that is over
// writes nothing, with one exception: a sender whose lease ended while the server was taking its mail may still say
// that it was delivered or refused, since it alone knows. So may one whose mail went to somebody who was erased meanwhile; such a mail
// is not tried again.
//
// Which addresses nobody has is noted with it, see noteRefused.
func MarkResults(ctx context.Context, db bun.IDB, token uuid.UUID, results []MailResult, now time.Time) (written int, err error) {
	if !slices.ContainsFunc(results, func(r MailResult) bool { return r.Nobody != "" }) {
		return markResults(ctx, db, token, results, now)
	}
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		if written, err = markResults(ctx, tx, token, results, now); err != nil {
			return err
		}
		return noteRefused(ctx, tx, token, results, now)
	})
	return written, err
}

func markResults(ctx context.Context, db bun.IDB, token uuid.UUID, results []MailResult, now time.Time) (int, error) {
	if len(results) == 0 {
		return 0, nil
	}
	c := resultColumns{}
	for _, r := range results {
		c.add(r)
	}
	res, err := plannedExec(ctx, db, writeResults, now, pgUUIDs(c.ids), c.states, c.replies, "{"+strings.Join(c.retryAt, ",")+"}",
		pgInts(c.counts), pgInts(c.tried), token)
	if err != nil {
		return 0, fmt.Errorf("write what came of mails: %w", err)
	}
	written, err := res.RowsAffected()
	return int(written), err
}

// writeResults is the statement of MarkResults, its text the same for any number of mails: they come in arrays.
const writeResults = `UPDATE outbox AS o SET state = CASE WHEN r.state = 'queued' AND ` + mailOfErased + ` THEN 'cancelled' ELSE r.state END,
			reply = CASE WHEN r.state = 'queued' AND ` + mailOfErased + ` THEN '` + replyErased + `' ELSE r.reply END, attempts = o.attempts + r.counts,
			tried_at = CASE WHEN r.tried > 0 THEN COALESCE(o.tried_at, $1::timestamptz) ELSE o.tried_at END,
			not_before = COALESCE(r.retry_at, o.not_before),
			finished_at = CASE WHEN r.state <> 'queued' OR ` + mailOfErased + ` THEN $1::timestamptz END,
			claim_token = CASE WHEN r.state <> 'queued' THEN o.claim_token END, claimed_until = NULL
		FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::int[], $7::int[]) AS r (id, state, reply, retry_at, counts, tried)
		WHERE o.id = r.id AND o.claim_token = $8::uuid
			AND (o.state IN ('claimed', 'sending') OR o.state = 'unknown' AND r.state IN ('delivered', 'failed')
				OR o.state = 'cancelled' AND o.reply = '` + replyErased + `' AND r.state IN ('delivered', 'failed', 'unknown'))`

// replyErased is the reply of mails that had not left when their reader was erased.
const replyErased = "the person was erased"

// mailOfErased is whether a mail (alias o) went to somebody who was erased since; one to the address of a request never had a person.
const mailOfErased = `(o.person_id IS NULL AND o.data ->> 'request' IS NULL)`

// resultColumns are results of mails, column by column.
type resultColumns struct {
	ids             []uuid.UUID
	states, replies []string
	retryAt         []string // an instant, or NULL
	counts          []int64  // 1: an attempt that the server refused
	tried           []int64  // 1: it was tried, and is to be tried again
}

func (c *resultColumns) add(r MailResult) {
	retryAt, counts, tried := "NULL", int64(0), int64(0)
	if !r.State.Final() {
		if !r.RetryAt.IsZero() {
			retryAt = `"` + r.RetryAt.UTC().Format(time.RFC3339Nano) + `"`
		}
		if r.Counts {
			counts = 1
		}
		if r.Counts || r.Lost {
			tried = 1
		}
	}
	c.ids, c.states, c.replies = append(c.ids, r.ID), append(c.states, string(r.State)), append(c.replies, shorten(writable(r.Reply), maxReply))
	c.retryAt, c.counts, c.tried = append(c.retryAt, retryAt), append(c.counts, counts), append(c.tried, tried)
}

// writable leaves out of a server's words what the database takes for no text.
func writable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func shorten(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}

// whyCutOff is the reply of mails that were on their way when their sender ended.
const whyCutOff = "the sender was cut off"

// ReapExpired puts right what senders left behind whose lease is over: what was only claimed is queued again, what was
// being sent may have left and becomes unknown.
func ReapExpired(ctx context.Context, db bun.IDB, now time.Time) (queued, unknown int, err error) {
	queued, err = reap(ctx, db, now, MailClaimed, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", MailQueued).Set("claim_token = NULL")
	})
	if err != nil {
		return 0, 0, err
	}
	again, doubtful, err := reapMailings(ctx, db, now)
	if err != nil {
		return 0, 0, err
	}
	if err := CancelLeft(ctx, db, uuid.Nil, now); err != nil {
		return 0, 0, err
	}
	unknown, err = reap(ctx, db, now, MailSending, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", MailUnknown).Set("finished_at = ?", now).Set("reply = ?", whyCutOff)
	})
	return queued + again, unknown + doubtful, err
}

// leftFor is how long after it was cancelled one looks what was given back to a mailing meanwhile. Who gives something back looks at once,
// so that this is for one who ended between the two.
const leftFor = 24 * time.Hour

// CancelLeft cancels what was given back to a mailing after it was cancelled: to one, or to any that was lately where that is uuid.Nil.
func CancelLeft(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) error {
	q := db.NewSelect().TableExpr("mailings AS m").Column("m.id").Where("m.state = ?", MailingCancelled).Order("m.id")
	if mailing != uuid.Nil {
		q = q.Where("m.id = ?", mailing)
	} else {
		q = q.Where("coalesce(m.finished_at > ?, true)", now.Add(-leftFor))
	}
	var cancelled []uuid.UUID
	if err := q.Scan(ctx, &cancelled); err != nil {
		return fmt.Errorf("read which mailings were cancelled: %w", err)
	}
	for _, id := range cancelled { // one by one: joined, all mails there are may be read to find out that of none anything is left
		if _, err := CancelMailing(ctx, db, id, now); err != nil {
			return err
		}
	}
	return nil
}

func reap(ctx context.Context, db bun.IDB, now time.Time, state MailState, change func(*bun.UpdateQuery) *bun.UpdateQuery) (int, error) {
	expired := db.NewSelect().Model((*OutboxMail)(nil)).Column("id").
		Where("o.state = ?", state).Where("o.claimed_until <= ?", now).For("UPDATE SKIP LOCKED")
	res, err := change(db.NewUpdate().Model((*OutboxMail)(nil))).Set("claimed_until = NULL").
		Where("o.id IN (?)", expired).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("reap %s mails: %w", state, err)
	}
	reaped, err := res.RowsAffected()
	return int(reaped), err
}
