package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPeopleEndTheirOwnTokensAlone(t *testing.T) {
	h := newHouse(t)
	mine, other, theirs := h.token(t, "officer-khc"), h.token(t, "officer-khc"), h.token(t, "coordinator")
	var all list[OwnToken]
	h.read(t, theirs, "/tokens", &all)
	require.Len(t, all.Items, 1)
	end := func(token string) int {
		return h.do(t, request{method: http.MethodDelete, path: "/tokens/" + all.Items[0].ID.String(), token: token}).status
	}
	require.Equal(t, http.StatusNotFound, end(mine), "somebody else's")
	require.Equal(t, http.StatusUnauthorized, end(""))
	require.Equal(t, http.StatusNoContent, end(theirs))
	require.Equal(t, http.StatusUnauthorized, h.do(t, request{method: http.MethodGet, path: "/tokens", token: theirs}).status)
	h.read(t, mine, "/tokens", &all)
	require.Len(t, all.Items, 2)
	require.Equal(t, http.StatusOK, h.do(t, request{method: http.MethodGet, path: "/tokens", token: other}).status)
}
