package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Withdrawal says that an address is not to be written to, by its hash alone: its reader took their consent back, or it is
// suppressed. It is how what was said after a backup is brought over into the database that is restored from it.
type Withdrawal struct {
	AddressHash string    `json:"address_hash"` // see AddressHash
	Reason      string    `json:"reason"`       // of a suppression; Unsubscribed where a consent was withdrawn
	At          time.Time `json:"at"`
}

// Unsubscribed is the reason of those who want no mailings and may be written to about what is asked of them.
const Unsubscribed = "unsubscribed"

// Validate refuses what is no hash, names no reason of ours, or says no time.
func (w Withdrawal) Validate() error {
	reasons := append(SuppressionReasons(), Unsubscribed)
	sum, err := hex.DecodeString(w.AddressHash)
	if err != nil || len(sum) != sha256.Size || !slices.Contains(reasons, w.Reason) || w.At.IsZero() {
		return errors.New("not an address that is not to be written to")
	}
	return nil
}

// Withdrawals lists who is not to be written to, by hash.
func Withdrawals(ctx context.Context, db bun.IDB) ([]Withdrawal, error) {
	var list []Withdrawal
	err := db.NewRaw(`SELECT address_hash, ? AS reason, unsubscribed_at AS at
			FROM people WHERE unsubscribed_at IS NOT NULL AND email IS NOT NULL
		UNION ALL SELECT address_hash, reason, created_at FROM suppressions ORDER BY 1, 2`, Unsubscribed).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("list who is not to be written to: %w", err)
	}
	return list, nil
}

// withdrawalsAtOnce is how many addresses are looked up at once.
const withdrawalsAtOnce = 1000

// TakeWithdrawals has nobody written to who took their consent back, or whose address was suppressed, in another database, and
// returns how many of them were new here. From is where the list comes from, for the proof of consent. Addresses that nobody has
// here are suppressed all the same where they were; taking a list again changes nothing.
func TakeWithdrawals(ctx context.Context, tx bun.IDB, list []Withdrawal, from string, now time.Time) (taken int, err error) {
	at := map[string]time.Time{}
	for _, w := range list {
		if w.Reason == Unsubscribed {
			at[w.AddressHash] = w.At
			continue
		}
		added, err := suppress(ctx, tx, Suppression{AddressHash: w.AddressHash, Reason: w.Reason, CreatedAt: w.At})
		if err != nil {
			return taken, err
		}
		if added {
			taken++
		}
	}
	hashes := make([]string, 0, len(at))
	for hash := range at {
		hashes = append(hashes, hash)
	}
	slices.Sort(hashes)
	for some := range slices.Chunk(hashes, withdrawalsAtOnce) {
		n, err := takeConsentsBack(ctx, tx, some, at, from, now)
		if taken += n; err != nil {
			return taken, err
		}
	}
	return taken, nil
}

// ErasedAgain returns who is here of those whom a list says to have been erased: a backup that was restored brought them back.
func ErasedAgain(ctx context.Context, db bun.IDB, list []Withdrawal) ([]uuid.UUID, error) {
	var hashes []string
	for _, w := range list {
		if w.Reason == SuppressedErased {
			hashes = append(hashes, w.AddressHash)
		}
	}
	var back []uuid.UUID
	err := db.NewRaw(`SELECT id FROM people WHERE address_hash = ANY (?) ORDER BY id`, pgArray(hashes)).Scan(ctx, &back)
	if err != nil {
		return nil, fmt.Errorf("find who was erased and is here: %w", err)
	}
	return back, nil
}

func takeConsentsBack(ctx context.Context, tx bun.IDB, hashes []string, at map[string]time.Time, from string, now time.Time) (int, error) {
	var people []struct {
		ID   uuid.UUID
		Hash string
	}
	err := tx.NewRaw(`SELECT id, address_hash AS hash FROM people WHERE unsubscribed_at IS NULL AND address_hash = ANY (?) ORDER BY id`, pgArray(hashes)).Scan(ctx, &people)
	if err != nil {
		return 0, fmt.Errorf("find who is not to be written to: %w", err)
	}
	for i, p := range people {
		c := Consent{PersonID: p.ID, At: at[p.Hash], How: ConsentUnknown, Source: from}
		if err := WithdrawConsent(ctx, tx, c, now); err != nil {
			return i, err
		}
	}
	return len(people), nil
}
