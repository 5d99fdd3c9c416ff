package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Allow counts an attempt and reports whether it is within the limit of its bucket ("sign-in:" and an address, for
// one) in the current window of time. Windows are counted from a fixed origin, so two bursts across a border can pass
// together: choose the limit with that in mind. The bucket is stored as a hash, for it may hold an address.
//
// Give it the pool, not a transaction that may be rolled back: the attempt must stay counted.
func Allow(ctx context.Context, db bun.IDB, bucket string, limit int, window time.Duration, now time.Time) (bool, error) {
	sum := sha256.Sum256([]byte(bucket))
	var attempts int
	err := db.NewRaw(`INSERT INTO rate_limits AS r (bucket, window_start) VALUES (?, ?)
		ON CONFLICT (bucket, window_start) DO UPDATE SET attempts = r.attempts + 1
		RETURNING attempts`, hex.EncodeToString(sum[:]), now.UTC().Truncate(window)).Scan(ctx, &attempts)
	if err != nil {
		return false, fmt.Errorf("count an attempt: %w", err)
	}
	return attempts <= limit, nil
}

// Limit bounds attempts at one act, in a window of time: by whom an attempt is about, by where it comes from, and by both.
// The bound on both keeps somebody from guessing; those on one alone are wider, because a whole office may share an
// address, and nobody shall be kept out of their account by others' guesses easily. A bound of 0 is none.
type Limit struct {
	Act                     string
	Window                  time.Duration
	Both, ByAccount, ByHost int
}

// The limits of what strangers can try, whichever door they come by.
var (
	SignInLimit      = Limit{Act: "sign-in", Window: 15 * time.Minute, Both: 10, ByAccount: 50, ByHost: 100}
	ResetLimit       = Limit{Act: "reset", Window: time.Hour, Both: 3, ByAccount: 6, ByHost: 30}
	AccountLinkLimit = Limit{Act: "account-link", Window: 15 * time.Minute, Both: 20, ByHost: 100}
	PasswordLimit    = Limit{Act: "password", Window: 15 * time.Minute, ByAccount: 10}
	KeyLimit         = Limit{Act: "key", Window: 24 * time.Hour, ByAccount: 30}
	LinkPostLimit    = Limit{Act: "link-post", Window: 15 * time.Minute, ByAccount: 1500} // of one link: pages keep what is typed every few seconds
	SlowedFileLimit  = Limit{Act: "slowed-file", Window: 15 * time.Minute, ByAccount: 5}  // of one link, beyond the limit before
	BadTokenLimit    = Limit{Act: "bad-token", Window: 15 * time.Minute, ByHost: 100}
)

// Take counts an attempt and returns CodeTooMany, with how long to wait, where it is one too many.
func (l Limit) Take(ctx context.Context, db bun.IDB, account, host string, now time.Time) error {
	account, host = strings.ToLower(Address(account)), network(host)
	for _, b := range []struct {
		bucket string
		most   int
	}{{l.Act + ":host:" + host, l.ByHost}, {l.Act + ":account:" + account, l.ByAccount}, {l.Act + ":both:" + host + ":" + account, l.Both}} {
		if b.most == 0 {
			continue
		}
		ok, err := Allow(ctx, db, b.bucket, b.most, l.Window, now)
		if err != nil {
			return err
		}
		if !ok {
			return apperr.TooMany(now.UTC().Truncate(l.Window).Add(l.Window).Sub(now))
		}
	}
	return nil
}

// network is what one customer of a provider has: an IPv4 address, the first 64 bits of an IPv6 one.
func network(host string) string {
	address, err := netip.ParseAddr(host)
	if err != nil || address.Unmap().Is4() {
		return host
	}
	prefix, err := address.WithZone("").Prefix(64)
	if err != nil {
		return host
	}
	return prefix.String()
}

// DeleteOldAttempts removes what was counted in windows that began before an instant.
func DeleteOldAttempts(ctx context.Context, db bun.IDB, before time.Time) (int64, error) {
	res, err := db.NewRaw(`DELETE FROM rate_limits WHERE window_start < ?`, before).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("remove old attempts: %w", err)
	}
	return res.RowsAffected()
}
