package models_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

func TestAttemptsAreAllowedUpToTheLimit(t *testing.T) {
	db, ctx := testdb.New(t), t.Context()
	allow := func(bucket string, at time.Time) bool {
		ok, err := models.Allow(ctx, db, bucket, 3, time.Minute, at)
		require.NoError(t, err)
		return ok
	}
	for range 3 {
		require.True(t, allow("sign-in:ana@people.example", noon))
	}
	require.False(t, allow("sign-in:ana@people.example", noon.Add(59*time.Second)))
	require.True(t, allow("sign-in:bo@people.example", noon), "another bucket")
	require.True(t, allow("sign-in:ana@people.example", noon.Add(time.Minute)), "the next window")

	var buckets []string
	require.NoError(t, db.NewSelect().Table("rate_limits").Column("bucket").Scan(ctx, &buckets))
	for _, b := range buckets {
		require.NotContains(t, b, "@", "no address is kept")
	}
	removed, err := models.DeleteOldAttempts(ctx, db, noon.Add(time.Minute))
	require.NoError(t, err)
	require.EqualValues(t, 2, removed)
}

func TestParallelAttemptsAreAllCounted(t *testing.T) {
	db := testdb.New(t)
	var allowed atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if ok, err := models.Allow(context.Background(), db, "b", 5, time.Minute, noon); ok && err == nil {
				allowed.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 5, allowed.Load())
}
