package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// How a mailing is sent: its mails are claimed some hundred at a time. The claim has a row of its own with its lease, and what
// may be leaving is written down beside it, a window at a time, before anything of the window goes on the wire. So a mail's
// own row is written twice, when it is claimed and when it is known what came of it.

// lockInOrder ends a select of mails (alias o, of outbox) that are to be written: several senders prepare the same mailing at the same
// time, and those who hold rows in one order never wait for each other in a circle.
const lockInOrder = `ORDER BY o.id FOR NO KEY UPDATE OF o`

// stillWaits is true of a mail (alias o, of outbox) that is queued. What waits did not go astray: it is said because the indexes of what
// is to be sent leave out only that. That they leave out what was claimed or delivered would have each mail written to every
// index anew at its claim.
const stillWaits = `o.waits AND NOT o.astray`

// MailPlace is where a mail stands in the order in which a mailing is sent.
type MailPlace struct {
	NotBefore time.Time
	ID        uuid.UUID
}

// onlyAfter is the condition of a claim that goes on behind a mail, as SQL.
func (f ClaimFilter) onlyAfter() string {
	if f.After == nil {
		return ""
	}
	return " AND (o.not_before, o.id) > ('" + f.After.NotBefore.UTC().Format(time.RFC3339Nano) + "'::timestamptz, '" + f.After.ID.String() + "'::uuid)"
}

// MailingMail is a claimed mail of a mailing with all that it takes to write it out.
type MailingMail struct {
	OutboxMail
	Name       string
	Email      string
	Consents   bool
	Left       bool
	Suppressed bool

	Known PersonalFields `bun:"-"` // see ReadKnown
}

// Reader is who the mail goes to.
func (m MailingMail) Reader() MailReader {
	return MailReader{ID: m.PersonID, Name: m.Name, Email: m.Email, Consents: m.Consents, Left: m.Left, Suppressed: m.Suppressed}
}

// ClaimMailing claims mails of one mailing that are due, while it is being sent and its text is not hidden, in the order in
// which they were frozen. Whether their readers still want them is asked in the same statement. Two claimers never get the
// same mail.
func ClaimMailing(ctx context.Context, db bun.IDB, f ClaimFilter, now time.Time) (claimed []MailingMail, err error) {
	if f.among != nil {
		claimed, err = claimMailing(ctx, db, f, now)
	} else {
		err = inOrderOfIndex(ctx, db, func(tx bun.Tx) error {
			claimed, err = claimMailing(ctx, tx, f, now)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("claim mails of a mailing: %w", err)
	}
	slices.SortFunc(claimed, func(a, b MailingMail) int {
		return cmp.Or(a.NotBefore.Compare(b.NotBefore), slices.Compare(a.ID[:], b.ID[:]))
	})
	return claimed, nil
}

// inOrderOfIndex has a transaction read what it orders through an index that has that order. A mailing that was frozen just now is not in
// the statistics of its table: the planner takes a hundred thousand mails for a handful, and would sort all that are left for each claim.
func inOrderOfIndex(ctx context.Context, db bun.IDB, do func(bun.Tx) error) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw(`SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off`).Exec(ctx); err != nil {
			return err
		}
		return do(tx)
	})
}

// claimMailing finds each mail that it has locked by where its row lies, which needs no index; a row that was moved while it was being
// locked waits for the next claim.
func claimMailing(ctx context.Context, db bun.IDB, f ClaimFilter, now time.Time) (claimed []MailingMail, err error) {
	err = db.NewRaw(`
		WITH due AS MATERIALIZED (
			SELECT o.ctid AS place FROM outbox AS o
			WHERE o.mailing_id = ? AND `+stillWaits+` AND o.not_before <= ? AND o.held_at IS NULL AND `+notRestored+f.onlyAmong()+f.onlyAfter()+`
				AND EXISTS (SELECT 1 FROM mailings AS m JOIN recommendations AS r ON r.id = m.recommendation_id
					WHERE m.id = ? AND m.state = ? AND `+notQuarantined+` AND `+carriesNothingHidden+`)
			ORDER BY o.not_before, o.id LIMIT ? FOR UPDATE OF o SKIP LOCKED),
		claim AS (INSERT INTO outbox_claims (token, mailing_id, until) SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM due))
		UPDATE outbox AS o SET state = ?, claim_token = ?
		FROM people AS person WHERE o.ctid = ANY (ARRAY (SELECT due.place FROM due)) AND person.id = o.person_id
		RETURNING o.id, o.kind, o.person_id, o.language, o.mailing_id, o.domain, o.not_before, o.attempts, o.tried_at, o.reply, o.trace, person.name, person.email,
			person.consent_at IS NOT NULL AND person.unsubscribed_at IS NULL AS consents, person.left_at IS NOT NULL AS "left",
			EXISTS (SELECT 1 FROM suppressions AS s
				WHERE s.address_hash = person.address_hash) AS suppressed`,
		f.MailingID, now, f.MailingID, MailingSending, cmp.Or(f.Limit, defaultClaim),
		f.Token, f.MailingID, f.Until, MailClaimed, f.Token).Scan(ctx, &claimed)
	return claimed, err
}

// SaysWhatIsKnown reports whether a mailing says to its readers what has to be read for each of them: their organisation or country.
func SaysWhatIsKnown(ctx context.Context, db bun.IDB, mailing uuid.UUID) (bool, error) {
	says, err := db.NewSelect().TableExpr("mailing_texts AS mt").Where("mt.mailing_id = ?", mailing).
		Where("mt.subject || mt.body || mt.plain ~ ?", `\{(`+string(FieldOrganisation)+"|"+string(FieldCountry)+`)\}`).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read which fields a mailing has: %w", err)
	}
	return says, nil
}

// ReadKnown reads what is known of the readers of claimed mails.
func ReadKnown(ctx context.Context, db bun.IDB, claimed []MailingMail) error {
	people := make([]uuid.UUID, len(claimed))
	for i, m := range claimed {
		people[i] = m.PersonID
	}
	known, err := PersonalFieldsOf(ctx, db, people)
	if err != nil {
		return err
	}
	for i := range claimed {
		claimed[i].Known = known[claimed[i].PersonID]
	}
	return nil
}

// MailWindow is mails that go on the wire one after the other, and the claim under which they are held.
type MailWindow struct {
	Token  uuid.UUID
	Mails  []uuid.UUID
	People []uuid.UUID // to whom they go, in the same order
}

// MarkWindows writes down windows of mails as about to go on the wire, and returns those that may be sent: under claims whose lease
// is not over, of mailings that are being sent, about texts that are not hidden, to people who still want them. Who took back their
// consent since the claim is left out here; a later claim says so of their mail.
func MarkWindows(ctx context.Context, db bun.IDB, windows []MailWindow, now time.Time) ([]uuid.UUID, error) {
	var tokens, each, mails, people []uuid.UUID
	for _, w := range windows {
		tokens, mails, people = append(tokens, w.Token), append(mails, w.Mails...), append(people, w.People...)
		for range w.Mails {
			each = append(each, w.Token)
		}
	}
	rows, err := planned(ctx, db, `
		WITH alive AS MATERIALIZED (
			SELECT c.token FROM outbox_claims AS c JOIN mailings AS m ON m.id = c.mailing_id
			JOIN recommendations AS r ON r.id = m.recommendation_id
			WHERE c.token = ANY ($1::uuid[]) AND c.until > $2::timestamptz AND m.state = $3::text
				AND `+notQuarantined+` AND `+carriesNothingHidden+` FOR SHARE OF c),
		marked AS (INSERT INTO outbox_windows (token, mails)
			SELECT w.token, array_agg(w.mail) FROM unnest($4::uuid[], $5::uuid[], $6::uuid[]) AS w (token, mail, person) JOIN alive USING (token)
			JOIN people AS person ON person.id = w.person WHERE `+mayBeWrittenTo+`
			GROUP BY w.token RETURNING mails)
		SELECT unnest(mails) FROM marked`, pgUUIDs(tokens), now, string(MailingSending), pgUUIDs(each), pgUUIDs(mails), pgUUIDs(people))
	if err != nil {
		return nil, fmt.Errorf("mark windows of a mailing: %w", err)
	}
	defer rows.Close()
	var marked []uuid.UUID
	for rows.Next() {
		var mail uuid.UUID
		if err := rows.Scan(&mail); err != nil {
			return nil, fmt.Errorf("mark windows of a mailing: %w", err)
		}
		marked = append(marked, mail)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("mark windows of a mailing: %w", err)
	}
	return marked, nil
}

// pgUUIDs writes ids as PostgreSQL reads an array of them.
func pgUUIDs(ids []uuid.UUID) string {
	all := make([]byte, 0, 2+37*len(ids))
	all = append(all, '{')
	for i, id := range ids {
		if i > 0 {
			all = append(all, ',')
		}
		all = append(all, id.String()...)
	}
	return string(append(all, '}'))
}

// ExtendMailingClaim moves the end of a claim whose lease is not over, and reports whether there is one.
func ExtendMailingClaim(ctx context.Context, db bun.IDB, token uuid.UUID, now, until time.Time) (bool, error) {
	res, err := db.NewRaw(`UPDATE outbox_claims SET until = ? WHERE token = ? AND until > ?`, until, token, now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("extend a claim of a mailing: %w", err)
	}
	held, err := res.RowsAffected()
	return held > 0, err
}

// EndMailingClaims forgets claims of which no mail is left.
func EndMailingClaims(ctx context.Context, db bun.IDB, tokens []uuid.UUID) error {
	if len(tokens) == 0 {
		return nil
	}
	_, err := db.NewRaw(`DELETE FROM outbox_claims AS c WHERE c.token IN (?)
		AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.mailing_id = c.mailing_id AND o.state = ? AND o.claim_token = c.token)`,
		bun.List(tokens), MailClaimed).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end claims of a mailing: %w", err)
	}
	return nil
}

// reapMailings puts right what senders of mailings left behind whose lease is over: what was only claimed is queued again,
// what stands in a window may have left and becomes unknown.
func reapMailings(ctx context.Context, db bun.IDB, now time.Time) (queued, unknown int, err error) {
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var tokens []uuid.UUID
		// Whoever marks a window holds the claim while they do: from here on nobody can, and all that was marked is seen below.
		err := tx.NewRaw(`SELECT token FROM outbox_claims WHERE until <= ? FOR UPDATE SKIP LOCKED`, now).Scan(ctx, &tokens)
		if err != nil || len(tokens) == 0 {
			return err
		}
		unknown, err = settleClaims(ctx, tx, tokens, now)
		if err != nil {
			return err
		}
		res, err := tx.NewUpdate().Model((*OutboxMail)(nil)).Set("state = ?", MailQueued).Set("claim_token = NULL").
			Where("o.state = ?", MailClaimed).Where("o.claim_token IN (?)", bun.List(tokens)).
			Where("o.mailing_id IN (SELECT c.mailing_id FROM outbox_claims AS c WHERE c.token IN (?))", bun.List(tokens)).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		queued = int(n)
		var mailings []uuid.UUID
		err = tx.NewRaw(`WITH over AS (DELETE FROM outbox_claims WHERE token IN (?) RETURNING mailing_id) SELECT DISTINCT mailing_id FROM over ORDER BY 1`,
			bun.List(tokens)).Scan(ctx, &mailings)
		if err != nil {
			return err
		}
		for _, mailing := range mailings {
			if err := CancelLeft(ctx, tx, mailing, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("reap claims of mailings: %w", err)
	}
	return queued, unknown, nil
}

// settleClaims makes unknown what may have left under claims: what stands in their windows and nobody has said more of.
func settleClaims(ctx context.Context, tx bun.IDB, tokens []uuid.UUID, now time.Time) (int, error) {
	res, err := tx.NewRaw(`UPDATE outbox AS o SET state = ?, finished_at = ?, reply = ?
		FROM (SELECT w.token, unnest(w.mails) AS id FROM outbox_windows AS w WHERE w.token IN (?)) AS leaving
		WHERE o.id = leaving.id AND o.claim_token = leaving.token AND o.state = ?`,
		MailUnknown, now, whyCutOff, bun.List(tokens), MailClaimed).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}
