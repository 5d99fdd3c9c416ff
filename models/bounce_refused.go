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
// who is still there, or ask an address whether it was meant; the mail stays one that never left. In the order of addresses, so that two
// senders do not wait for each other. Of a mailing's mails only the report is kept, see keepRefused.
func noteRefused(ctx context.Context, tx bun.IDB, token uuid.UUID, results []MailResult, now time.Time) error {
	refused := slices.DeleteFunc(slices.Clone(results), func(r MailResult) bool { return r.Nobody == "" || r.State != MailFailed })
	slices.SortFunc(refused, func(a, b MailResult) int { return cmp.Compare(AddressHash(a.Nobody), AddressHash(b.Nobody)) })
	ours, err := mailsRefused(ctx, tx, token, refused)
	if err != nil {
		return err
	}
	var kept []Bounce
	for _, r := range refused {
		m, is := ours[r.ID]
		switch {
		case !is:
		case m.MailingID != nil:
			kept = append(kept, Bounce{ID: NewID(), MailID: r.ID, Digest: refusedAtOnce, Kind: bounceOfDelivery, Class: BounceHard, Status: r.Status,
				PersonID: m.PersonID, AddressHash: AddressHash(r.Nobody), ReceivedAt: now})
		default:
			report := ReturnedMail{MailID: r.ID, Email: r.Nobody, Digest: refusedAtOnce, Kind: bounceOfDelivery, Class: BounceHard, Status: r.Status, Diagnostic: r.Reply}
			if _, err := NoteBounce(ctx, tx, report, now); err != nil {
				return err
			}
		}
	}
	return keepRefused(ctx, tx, kept)
}

// mailsRefused returns those of some mails whose refusal was written under the claim and concerns somebody.
func mailsRefused(ctx context.Context, tx bun.IDB, token uuid.UUID, refused []MailResult) (map[uuid.UUID]OutboxMail, error) {
	ids := make([]uuid.UUID, len(refused))
	for i, r := range refused {
		ids[i] = r.ID
	}
	var list []OutboxMail
	err := tx.NewSelect().Model(&list).Column("o.id", "o.person_id", "o.mailing_id").Where("o.id = ANY(?::uuid[])", pgUUIDs(ids)).
		Where("o.claim_token = ? AND o.state = ?", token, MailFailed).Where("o.person_id IS NOT NULL OR o.data->>'request' IS NOT NULL").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("look which mails were refused: %w", err)
	}
	ours := make(map[uuid.UUID]OutboxMail, len(list))
	for _, m := range list {
		ours[m.ID] = m
	}
	return ours, nil
}

// keepRefused keeps which addresses of a mailing's readers a server said that nobody has: whose address is another by now is among the
// rest of the mailing. It suppresses none: what a server says to one of thousands is judged by the rules of a mailing.
func keepRefused(ctx context.Context, tx bun.IDB, kept []Bounce) error {
	if len(kept) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&kept).On("CONFLICT (mail_id, digest) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("keep which addresses were refused: %w", err)
	}
	return nil
}
