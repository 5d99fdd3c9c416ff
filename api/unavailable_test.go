package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

func TestTheAPISaysThatTheDatabaseIsDown(t *testing.T) {
	pg := testdb.OwnCluster(t)
	db, err := models.Open(pg.AppURL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	require.NoError(t, demo.Load(t.Context(), db, noon))
	h := newHouse(t)
	h.server.DB = db
	require.Equal(t, http.StatusOK, h.do(t, request{method: http.MethodGet, path: "/published"}).status)
	require.NoError(t, pg.Kill(t.Context()))
	res := h.do(t, request{method: http.MethodGet, path: "/published"})
	require.Equal(t, http.StatusServiceUnavailable, res.status, h.log.text())
	require.Equal(t, string(apperr.CodeUnavailable), res.problem.Code)
	require.Equal(t, apperr.RetryAfter, res.header.Get("Retry-After"))
}
