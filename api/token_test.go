package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
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

// scoped is a token of somebody of the demo network that may do no more than is named.
func (h *house) scoped(t *testing.T, slug string, scopes ...string) string {
	t.Helper()
	token, _, err := models.IssueToken(t.Context(), h.db, demo.ID("person", slug), "test", scopes, 24*time.Hour, h.now())
	require.NoError(t, err)
	return token
}

func TestEveryRouteKeepsToTheScopesOfItsTokens(t *testing.T) {
	h := newHouse(t)
	tokens := map[string]string{}
	for _, scope := range models.Scopes() {
		tokens[scope] = h.scoped(t, "coordinator", scope)
	}
	administer := map[string]bool{"redactRecord": true, "listReports": true, "settleReport": true, "quarantine": true, "release": true, "redactPassage": true,
		"listPeople": true, "listConsents": true, "listPersonConsents": true, "createPerson": true, "getPerson": true, "updatePerson": true, "giveRole": true, "takeRole": true,
		"createOrganisation": true, "updateOrganisation": true, "listPeopleLists": true, "createPeopleList": true, "getPeopleList": true, "updatePeopleList": true, "deletePeopleList": true, "putOnList": true, "takeOffList": true}
	for _, r := range h.server.routes() {
		want := models.ScopeAct
		switch {
		case r.gate == open:
			continue
		case administer[r.id]:
			want = models.ScopeAdminister
		case r.method == http.MethodGet:
			want = models.ScopeRead
		}
		path := strings.NewReplacer("{id}", uuid.NewString(), "{slug}", "none", "{language}", "en", "{number}", "1", "{seq}", "1",
			"{organisation}", uuid.NewString(), "{role}", "reader", "{segment}", uuid.NewString()).Replace(r.path)
		for scope, token := range tokens {
			res := h.do(t, request{method: r.method, path: path, token: token})
			if scope == want {
				require.NotEqual(t, "scope", res.problem.Code, "%s with %s", r.id, scope)
				continue
			}
			require.Equal(t, http.StatusForbidden, res.status, "%s with %s", r.id, scope)
			require.Equal(t, "scope", res.problem.Code, r.id)
			require.Contains(t, res.problem.Detail, want)
			require.Equal(t, `Bearer error="insufficient_scope", scope="`+want+`"`, res.header.Get("WWW-Authenticate"))
		}
	}
}

func TestTokensForAPasswordNameTheirScopes(t *testing.T) {
	h := newHouse(t)
	ask := func(in TokenInput) response {
		in.Email, in.Password = "hanna.lindqvist@tribuna.example", demo.Password
		return h.do(t, request{method: http.MethodPost, path: "/tokens", body: in})
	}
	var got Token
	require.NoError(t, json.Unmarshal(ask(TokenInput{}).body, &got))
	require.Equal(t, []string{models.ScopeRead, models.ScopeAct}, got.Scopes, "administering is asked for")
	require.Equal(t, noon.AddDate(0, 0, 30), got.ExpiresAt.UTC())
	require.NoError(t, json.Unmarshal(ask(TokenInput{Name: "figures", Scopes: []string{models.ScopeRead}, Days: 365}).body, &got))
	require.Equal(t, noon.AddDate(0, 0, 365), got.ExpiresAt.UTC())
	var all list[OwnToken]
	h.read(t, got.Token, "/tokens", &all)
	require.Len(t, all.Items, 2)
	require.Equal(t, http.StatusUnprocessableEntity, ask(TokenInput{Days: 400}).status)
	require.Equal(t, http.StatusUnprocessableEntity, ask(TokenInput{Scopes: []string{"everything"}}).status)
}

func TestGuessingTokensIsLimited(t *testing.T) {
	h := newHouse(t)
	good := h.token(t, "reader")
	var last response
	for range models.BadTokenLimit.ByHost + 1 {
		last = h.do(t, request{method: http.MethodGet, path: "/me", token: "tb_nonsense"})
	}
	require.Equal(t, http.StatusTooManyRequests, last.status)
	require.Equal(t, "900", last.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, h.do(t, request{method: http.MethodGet, path: "/me", token: good}).status, "who has one is not kept out")
}
