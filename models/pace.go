package models

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Pace is how fast the mails of mailings may go, all workers together. Zero sets no limit. Mails that one person waits for are
// few, and wait for nothing.
type Pace struct {
	PerMinute int   // in all
	PerDomain int   // in a minute to each domain of addresses
	WarmUp    []int // at most on the first day, on the second, and so on; after the last there is no such limit
}

// limits reports whether any limit is set.
func (p Pace) limits() bool { return p.PerMinute > 0 || p.PerDomain > 0 || len(p.WarmUp) > 0 }

// plan names a warm-up by what it says: another one begins anew.
func (p Pace) plan() string {
	days := make([]string, len(p.WarmUp))
	for i, n := range p.WarmUp {
		days[i] = strconv.Itoa(n)
	}
	return strings.Join(days, ",")
}

// WaitReason is what mails of a mailing wait for.
type WaitReason string

// The reasons.
const (
	WaitMinute WaitReason = "minute" // no more go in a minute
	WaitDomain WaitReason = "domain" // no more go to a domain in a minute
	WaitDay    WaitReason = "day"    // no more go on this day of the warm-up
	WaitSlow   WaitReason = "slow"   // the domain takes nothing for now
	WaitServer WaitReason = "server" // no mail server we hand mails to answers
)

// MailingWait is something that mails of a mailing wait for.
type MailingWait struct {
	bun.BaseModel `bun:"table:mailing_waits,alias:mw"`

	MailingID uuid.UUID
	Why       WaitReason
	Domain    string     // "" where it is about all
	Most      int        // that are taken in a minute or a day; 0 for WaitSlow
	Until     time.Time  // of WaitServer: when it is tried again
	Since     *time.Time // of WaitServer alone
	Server    string     // likewise: the servers by host and port
}

// MailingWaits lists what mails of a mailing wait for at an instant, what is over first at the head. A server that does not answer is
// waited for until it does.
func MailingWaits(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) ([]MailingWait, error) {
	var list []MailingWait
	err := db.NewSelect().Model(&list).Where("mw.mailing_id = ?", mailing).Where("mw.until > ? OR mw.why = ?", now, WaitServer).Order("mw.until", "mw.why", "mw.domain").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what a mailing waits for: %w", err)
	}
	return list, nil
}

// maxWaits is how many domains are written down that mails wait for: they are for people to read.
const maxWaits = 50

// PaceUse is what mails counted under when they were taken to be sent.
type PaceUse struct {
	At     time.Time
	Domain string
}

// PacedClaim is what was claimed, and under what it counts.
type PacedClaim struct {
	Mails []MailingMail
	Slow  []SlowDomain
	Uses  map[uuid.UUID]PaceUse // by mail; nil where no limit is set
}

// ClaimAtPace claims mails of one mailing as ClaimMailing does, as many as the pace allows and none for domains that take
// nothing for now; where f says behind which mail and none is left there, from the beginning. What the others wait for is written down for people to read. Where no limit is set and no domain is slow
// this is ClaimMailing and the reading of an empty table, and from the beginning what mails waited for before is forgotten.
func ClaimAtPace(ctx context.Context, db bun.IDB, f ClaimFilter, p Pace, now time.Time) (PacedClaim, error) {
	slow, err := slowDomains(ctx, db, now)
	if err != nil {
		return PacedClaim{}, err
	}
	if !p.limits() && len(slow) == 0 {
		if f.After == nil { // once, not with each claim of those that follow
			if err := forgetWaits(ctx, db, *f.MailingID); err != nil {
				return PacedClaim{}, err
			}
		}
		mails, err := ClaimMailing(ctx, db, f, now)
		if err == nil && len(mails) == 0 && f.After != nil { // something may have been given back meanwhile that stands before it
			f.After = nil
			mails, err = ClaimMailing(ctx, db, f, now)
		}
		return PacedClaim{Mails: mails}, err
	}
	var c PacedClaim
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		c, err = claimInTurn(ctx, tx, f, p, now)
		return err
	})
	return c, err
}

// forgetWaits forgets what mails of a mailing waited for, but for a server that does not answer: that is known from sending alone.
func forgetWaits(ctx context.Context, db bun.IDB, mailing uuid.UUID) error {
	_, err := db.NewDelete().Model((*MailingWait)(nil)).Where("mailing_id = ? AND why <> ?", mailing, WaitServer).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget what a mailing waited for: %w", err)
	}
	return nil
}

// paceLock is the advisory lock of all who claim where the pace is limited: what one takes the next must see.
const paceLock = 0x7261636b70616365

func claimInTurn(ctx context.Context, tx bun.IDB, f ClaimFilter, p Pace, now time.Time) (PacedClaim, error) {
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(?)`, int64(paceLock)).Exec(ctx); err != nil {
		return PacedClaim{}, err
	}
	f.After = nil // the turn chooses by itself
	t := turn{tx: tx, filter: f, pace: p, now: now}
	for _, step := range []func(context.Context) error{t.readLimits, t.readDomains, t.pick} {
		if err := step(ctx); err != nil {
			return PacedClaim{}, fmt.Errorf("claim at a pace: %w", err)
		}
	}
	c := PacedClaim{Slow: t.slow}
	if len(t.filter.among) > 0 {
		var err error
		if c.Mails, err = ClaimMailing(ctx, tx, t.filter, now); err != nil {
			return c, err
		}
	}
	uses, err := t.count(ctx, c.Mails)
	if err != nil {
		return c, fmt.Errorf("count what was claimed: %w", err)
	}
	c.Uses = uses
	return c, t.writeWaits(ctx)
}

// onlyAmong is the condition of a claim that takes none but some mails, as SQL.
func (f ClaimFilter) onlyAmong() string {
	if f.among == nil {
		return ""
	}
	return " AND o.id = ANY ('" + pgUUIDs(f.among) + "'::uuid[])"
}

// domainOf is the domain of the address in a column "email", as SQL; null where it has none.
const domainOf = `lower(substring(email FROM '@([^@]*)$'))`

// AddressDomain is the domain of an address as mails count under it; "" where it has none.
func AddressDomain(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// ReturnPace gives back what was taken to be sent and did not leave: uses, and how many mails under each.
func ReturnPace(ctx context.Context, db bun.IDB, unused map[PaceUse]int) error {
	for u, n := range unused {
		for _, domain := range slices.Compact([]string{u.Domain, ""}) {
			_, err := db.NewRaw(`UPDATE mail_paces SET mails = mails - ? WHERE at = ? AND domain = ?`, n, u.At, domain).Exec(ctx)
			if err != nil {
				return fmt.Errorf("give back what did not leave: %w", err)
			}
		}
	}
	return nil
}
