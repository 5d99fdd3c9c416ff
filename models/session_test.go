package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

func TestSessionsAreKeptUntilTheyExpire(t *testing.T) {
	db, now := testdb.New(t), noon
	store := &models.SessionStore{DB: db, Now: func() time.Time { return now }}
	ctx := t.Context()

	_, there, err := store.FindCtx(ctx, "cookie")
	require.NoError(t, err)
	require.False(t, there)

	require.NoError(t, store.CommitCtx(ctx, "cookie", []byte("one"), noon.Add(time.Hour)))
	require.NoError(t, store.CommitCtx(ctx, "cookie", []byte{0, 1, 2}, noon.Add(time.Hour)))
	require.NoError(t, store.CommitCtx(ctx, "other", []byte("two"), noon.Add(3*time.Hour)))
	data, there, err := store.FindCtx(ctx, "cookie")
	require.NoError(t, err)
	require.True(t, there)
	require.Equal(t, []byte{0, 1, 2}, data)

	now = noon.Add(time.Hour)
	_, there, err = store.FindCtx(ctx, "cookie")
	require.NoError(t, err)
	require.False(t, there, "expired")
	removed, err := models.DeleteExpiredSessions(ctx, db, now)
	require.NoError(t, err)
	require.EqualValues(t, 1, removed)

	require.NoError(t, store.DeleteCtx(ctx, "other"))
	require.NoError(t, store.DeleteCtx(ctx, "other"), "once more is no error")
	_, there, err = store.Find("other")
	require.NoError(t, err)
	require.False(t, there)
}

func TestWhatACookieHoldsIsNotStored(t *testing.T) {
	db := testdb.New(t)
	store := &models.SessionStore{DB: db, Now: func() time.Time { return noon }}
	require.NoError(t, store.Commit("cookie", []byte("one"), noon.Add(time.Hour)))
	var stored string
	require.NoError(t, db.NewSelect().Table("sessions").Column("token").Scan(t.Context(), &stored))
	require.Len(t, stored, 64)
	_, there, err := store.FindCtx(t.Context(), stored)
	require.NoError(t, err)
	require.False(t, there, "what is stored opens nothing")
	require.NoError(t, store.Delete("cookie"))
	count, err := db.NewSelect().Table("sessions").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, count)
}
