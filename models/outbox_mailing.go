package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// MailingMail is a claimed mail of a mailing with all that it takes to write it out.
type MailingMail struct {
	OutboxMail
	Name       string
	Email      string
	Consents   bool
	Left       bool
	Suppressed bool
}

// Reader is who the mail goes to.
func (m MailingMail) Reader() MailReader {
	return MailReader{ID: m.PersonID, Name: m.Name, Email: m.Email, Consents: m.Consents, Left: m.Left, Suppressed: m.Suppressed}
}

// ClaimMailing claims mails of one mailing that are due, while it is being sent and its text is not hidden, in the order in
// which they were frozen. Whether their readers still want them is asked in the same statement. Two claimers never get the
// same mail.
func ClaimMailing(ctx context.Context, db bun.IDB, f ClaimFilter, now time.Time) ([]MailingMail, error) {
	var claimed []MailingMail
	err := db.NewRaw(`
		WITH due AS MATERIALIZED (
			SELECT o.id FROM outbox AS o
			WHERE o.mailing_id = ? AND o.state = ? AND o.not_before <= ? AND o.held_at IS NULL AND `+notRestored+`
				AND EXISTS (SELECT 1 FROM mailings AS m JOIN recommendations AS r ON r.id = m.recommendation_id
					WHERE m.id = ? AND m.state = ? AND `+notQuarantined+`)
			ORDER BY o.not_before, o.id LIMIT ? FOR UPDATE OF o SKIP LOCKED)
		UPDATE outbox AS o SET state = ?, claim_token = ?, claimed_until = ?
		FROM due, people AS person WHERE o.id = due.id AND person.id = o.person_id
		RETURNING o.id, o.kind, o.person_id, o.language, o.mailing_id, o.not_before, o.attempts, o.trace, person.name, person.email,
			person.consent_at IS NOT NULL AND person.unsubscribed_at IS NULL AS consents, person.left_at IS NOT NULL AS "left",
			EXISTS (SELECT 1 FROM suppressions AS s
				WHERE s.address_hash = encode(sha256(convert_to(lower(person.email), 'UTF8')), 'hex')) AS suppressed`,
		f.MailingID, MailQueued, now, f.MailingID, MailingSending, cmp.Or(f.Limit, defaultClaim), MailClaimed, f.Token, f.Until).Scan(ctx, &claimed)
	if err != nil {
		return nil, fmt.Errorf("claim mails of a mailing: %w", err)
	}
	slices.SortFunc(claimed, func(a, b MailingMail) int {
		return cmp.Or(a.NotBefore.Compare(b.NotBefore), slices.Compare(a.ID[:], b.ID[:]))
	})
	return claimed, nil
}
