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

// refusedAtOnce names what a server said while a mail was handed to it, among the reports about that mail.
const refusedAtOnce = "refused at once"

// noteRefused notes of mails that were refused for good because nobody has their address what NoteBounce notes of those that came back
// for it: the address is not written to from now on. Only of mails whose result was written under the claim, and that went to somebody
// who is still there, or ask an address whether it was meant; the mail stays one that never left. In the order of addresses, so that two senders do not wait for each other.
func noteRefused(ctx context.Context, tx bun.IDB, token uuid.UUID, results []MailResult, now time.Time) error {
	refused := slices.DeleteFunc(slices.Clone(results), func(r MailResult) bool { return r.Nobody == "" || r.State != MailFailed })
	slices.SortFunc(refused, func(a, b MailResult) int { return cmp.Compare(AddressHash(a.Nobody), AddressHash(b.Nobody)) })
	for _, r := range refused {
		ours, err := tx.NewSelect().Model((*OutboxMail)(nil)).Where("o.id = ? AND o.claim_token = ? AND o.state = ?", r.ID, token, MailFailed).
			Where("o.mailing_id IS NULL AND (o.person_id IS NOT NULL OR o.data->>'request' IS NOT NULL)").Exists(ctx)
		if err != nil {
			return fmt.Errorf("look whether a mail was refused: %w", err)
		}
		if !ours {
			continue
		}
		report := ReturnedMail{MailID: r.ID, Email: r.Nobody, Digest: refusedAtOnce, Kind: bounceOfDelivery, Class: BounceHard, Status: r.Status, Diagnostic: r.Reply}
		if _, err := NoteBounce(ctx, tx, report, now); err != nil {
			return err
		}
	}
	return nil
}
