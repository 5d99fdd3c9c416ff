package web

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

func TestPagesSayThatTheDatabaseIsDown(t *testing.T) {
	pg := testdb.OwnCluster(t)
	db, err := models.Open(pg.AppURL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	require.NoError(t, demo.Load(t.Context(), db, time.Now()))
	h := newHouseOver(t, db)
	require.Equal(t, http.StatusOK, h.public("en").get("/published").StatusCode)
	require.NoError(t, pg.Kill(t.Context()))
	for _, b := range []*reader{h.public("en"), h.public("bg")} {
		got := b.get("/published")
		require.Equal(t, http.StatusServiceUnavailable, got.StatusCode)
		require.Equal(t, apperr.RetryAfter, got.Header.Get("Retry-After"))
	}
}
