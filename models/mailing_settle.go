package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// MailSettlement is what somebody found out by hand about a mail whose fate was not known. It says nothing any more once
// something came back for the mail: see NoteBounce.
type MailSettlement struct {
	bun.BaseModel `bun:"table:mail_settlements,alias:ms"`

	MailID    uuid.UUID `bun:",pk"`
	Arrived   bool
	SettledBy uuid.UUID // pseudonym of who says so
	SettledAt time.Time
}

// SettleUnknown notes whether a mail of a mailing arrived whose fate is not known; saying something else later takes its place.
// A mail of which more is known is refused with CodeWrongStage. Nothing is sent by it.
func SettleUnknown(ctx context.Context, tx bun.IDB, mailing, mail uuid.UUID, arrived bool, by Person, now time.Time) error {
	m := new(OutboxMail)
	if err := tx.NewSelect().Model(m).Where("o.id = ? AND o.mailing_id = ?", mail, mailing).For("UPDATE").Scan(ctx); err != nil {
		return found(err, "mail")
	}
	if m.State != MailUnknown {
		return apperr.About(apperr.CodeWrongStage, "mail")
	}
	s := &MailSettlement{MailID: mail, Arrived: arrived, SettledBy: by.Pseudonym, SettledAt: now}
	_, err := tx.NewInsert().Model(s).On("CONFLICT (mail_id) DO UPDATE").Set("arrived = EXCLUDED.arrived").
		Set("settled_by = EXCLUDED.settled_by").Set("settled_at = EXCLUDED.settled_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("settle a mail by hand: %w", err)
	}
	return nil
}

// arrived settles as delivered the mail of a mailing whose fate was not known, where its person used a link that only that mail
// holds. It comes before the person is locked: reports about mails lock in that order too.
func arrived(ctx context.Context, tx bun.IDB, mailing, person uuid.UUID, now time.Time) error {
	if mailing == uuid.Nil {
		return nil
	}
	_, err := tx.NewUpdate().Model((*OutboxMail)(nil)).Set("state = ?", MailDelivered).Set("reply = ''").Set("finished_at = COALESCE(finished_at, ?)", now).
		Where("mailing_id = ? AND person_id = ?", mailing, person).Where("state = ?", MailUnknown).Exec(ctx)
	if err != nil {
		return fmt.Errorf("settle a mail whose link was used: %w", err)
	}
	return nil
}
