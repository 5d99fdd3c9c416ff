package models_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
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

func TestLimitsCountByAccountAndByHost(t *testing.T) {
	db, ctx := testdb.New(t), t.Context()
	l := models.Limit{Act: "try", Window: 10 * time.Minute, Both: 2, ByAccount: 3, ByHost: 4}
	at := noon.Add(4 * time.Minute)
	take := func(account, host string) error { return l.Take(ctx, db, account, host, at) }
	require.NoError(t, take("Ana@people.example", "192.0.2.1"))
	require.NoError(t, take(" ana@people.example", "192.0.2.1"))
	err := take("ana@people.example", "192.0.2.1")
	require.Equal(t, apperr.CodeTooMany, apperr.CodeOf(err))
	require.Equal(t, 6*time.Minute, apperr.WaitOf(err), "until the window ends")
	require.Error(t, take("ana@people.example", "192.0.2.9"), "three from anywhere")
	require.NoError(t, take("bo@people.example", "192.0.2.1"))
	require.Error(t, take("cy@people.example", "192.0.2.1"), "four from one place")
	require.NoError(t, models.Limit{Act: "other", Window: time.Minute, ByHost: 1}.Take(ctx, db, "", "192.0.2.1", at), "another act")

	one := models.Limit{Act: "six", Window: time.Minute, ByHost: 1}
	require.NoError(t, one.Take(ctx, db, "", "2001:db8::1", at))
	require.Error(t, one.Take(ctx, db, "", "2001:db8::ffff:2", at), "one customer has all addresses of a network")
	require.NoError(t, one.Take(ctx, db, "", "2001:db8:0:1::1", at))
}
