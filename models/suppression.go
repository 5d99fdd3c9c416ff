package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Why an address is not written to.
const (
	SuppressedHardBounce  = "hard_bounce"  // nobody has it
	SuppressedSoftBounces = "soft_bounces" // nothing has arrived for long enough: SoftBounceLimit, SoftBounceSpan
	SuppressedComplaint   = "complaint"    // its reader called a mail spam
	SuppressedUnsubscribe = "unsubscribe"  // its reader wants nothing more at all
	SuppressedByHand      = "by_hand"      // somebody asked for it otherwise
	SuppressedErased      = "erased"       // it is all that stayed of somebody
)

// SuppressionReasons returns every reason why an address is not written to.
func SuppressionReasons() []string {
	return []string{SuppressedHardBounce, SuppressedSoftBounces, SuppressedComplaint, SuppressedUnsubscribe, SuppressedByHand, SuppressedErased}
}

// Suppression is an address that is not written to. It outlives the person and their mails, and names the address by its
// hash alone.
type Suppression struct {
	bun.BaseModel `bun:"table:suppressions,alias:s"`

	AddressHash string `bun:",pk"`
	Reason      string // one of SuppressionReasons
	PersonID    *uuid.UUID
	MailID      *uuid.UUID // the mail it came to that by
	CreatedAt   time.Time
}

// Suppress makes sure that an address is not written to again, even when its person is gone. Saying so again keeps the first
// time and the first reason.
func Suppress(ctx context.Context, db bun.IDB, address, reason string, now time.Time) error {
	if _, err := suppress(ctx, db, Suppression{AddressHash: AddressHash(address), Reason: reason, CreatedAt: now}); err != nil {
		return err
	}
	return carrySuppression(ctx, db, address)
}

func suppress(ctx context.Context, db bun.IDB, s Suppression) (added bool, err error) {
	res, err := db.NewInsert().Model(&s).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("suppress an address: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// SuppressionOf returns why an address is not written to, or nil where it may be.
func SuppressionOf(ctx context.Context, db bun.IDB, address string) (*Suppression, error) {
	var list []Suppression
	if err := db.NewSelect().Model(&list).Where("s.address_hash IN (?)", bun.List(addressHashes(address))).Order("s.created_at").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read why an address is not written to: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return &list[0], nil
}

// LiftSuppression has the address of a person written to again. Where it is, nothing happens.
func LiftSuppression(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	p, err := PersonByID(ctx, tx, person)
	if err != nil {
		return err
	}
	res, err := tx.NewDelete().Model((*Suppression)(nil)).Where("address_hash IN (?)", bun.List(addressHashes(p.Email))).Exec(ctx)
	if err != nil {
		return fmt.Errorf("lift a suppression: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "suppression.lifted", ObjectKind: "person", Object: p.Pseudonym})
}
