package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/uptrace/bun"
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

// DeleteOldAttempts removes what was counted in windows that began before an instant.
func DeleteOldAttempts(ctx context.Context, db bun.IDB, before time.Time) (int64, error) {
	res, err := db.NewRaw(`DELETE FROM rate_limits WHERE window_start < ?`, before).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("remove old attempts: %w", err)
	}
	return res.RowsAffected()
}
