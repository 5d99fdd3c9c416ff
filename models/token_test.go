package models_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestTokensStandForTheirPerson(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	ana, bo := n.person(t, "ana", models.RoleOfficer, n.partner), n.person(t, "bo", models.RoleOfficer, n.partner)
	plain, token, err := models.IssueToken(ctx, n.db, ana.ID, "reports", models.Scopes(), time.Hour, noon)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(plain, models.TokenPrefix))
	other, _, err := models.IssueToken(ctx, n.db, bo.ID, "reports", models.Scopes(), time.Hour, noon)
	require.NoError(t, err)
	require.NotEqual(t, plain, other)

	p, scopes, err := models.PersonByToken(ctx, n.db, plain, noon)
	require.NoError(t, err)
	require.Equal(t, ana.ID, p.ID)
	require.Equal(t, models.Scopes(), scopes)

	refused := func(plain string, at time.Time) {
		_, _, err := models.PersonByToken(ctx, n.db, plain, at)
		require.Equal(t, apperr.CodeUnauthenticated, apperr.CodeOf(err))
	}
	refused(plain, noon.Add(time.Hour))
	refused(plain[:len(plain)-1]+"_", noon)
	refused(strings.TrimPrefix(plain, models.TokenPrefix), noon)
	refused("", noon)
	refused(models.TokenPrefix+strings.Repeat("x", 1_000_000), noon)

	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(models.RevokeToken(ctx, n.db, bo.ID, token.ID, noon)), "somebody else's")
	_, _, err = models.PersonByToken(ctx, n.db, plain, noon)
	require.NoError(t, err)
	require.NoError(t, models.RevokeToken(ctx, n.db, ana.ID, token.ID, noon))
	refused(plain, noon)
	_, _, err = models.PersonByToken(ctx, n.db, other, noon)
	require.NoError(t, err)
}

func TestTokensOfWhoLeftStandForNobody(t *testing.T) {
	n := newNetwork(t)
	gone := n.person(t, "gone", models.RoleOfficer, n.partner, left)
	plain, _, err := models.IssueToken(t.Context(), n.db, gone.ID, "reports", models.Scopes(), time.Hour, noon)
	require.NoError(t, err)
	_, _, err = models.PersonByToken(t.Context(), n.db, plain, noon)
	require.Equal(t, apperr.CodeUnauthenticated, apperr.CodeOf(err))
}

func TestTokensAreListedWithoutWhatTheyAre(t *testing.T) {
	n := newNetwork(t)
	ana := n.person(t, "ana", models.RoleOfficer, n.partner)
	plain, first, err := models.IssueToken(t.Context(), n.db, ana.ID, "first", models.Scopes(), time.Hour, noon)
	require.NoError(t, err)
	_, _, err = models.IssueToken(t.Context(), n.db, ana.ID, "second", models.Scopes(), 2*time.Hour, noon.Add(time.Minute))
	require.NoError(t, err)
	require.NotContains(t, string(first.Hash), plain)

	list, err := models.TokensOf(t.Context(), n.db, ana.ID, noon.Add(time.Minute))
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "second", list[0].Name)
	list, err = models.TokensOf(t.Context(), n.db, ana.ID, noon.Add(90*time.Minute))
	require.NoError(t, err)
	require.Len(t, list, 1)

	for _, ttl := range []time.Duration{0, -time.Hour, models.TokenLife + time.Hour} {
		_, _, err = models.IssueToken(t.Context(), n.db, ana.ID, "never", models.Scopes(), ttl, noon)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err))
	}
}

func TestTokensNameWhatTheyAreFor(t *testing.T) {
	n := newNetwork(t)
	ana := n.person(t, "ana", models.RoleOfficer, n.partner)
	for _, scopes := range [][]string{nil, {}, {"everything"}, {"read", "everything"}} {
		_, _, err := models.IssueToken(t.Context(), n.db, ana.ID, "reports", scopes, time.Hour, noon)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), scopes)
	}
	plain, _, err := models.IssueToken(t.Context(), n.db, ana.ID, "reports", []string{models.ScopeRead}, time.Hour, noon)
	require.NoError(t, err)
	_, scopes, err := models.PersonByToken(t.Context(), n.db, plain, noon.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, []string{models.ScopeRead}, scopes)
	list, err := models.TokensOf(t.Context(), n.db, ana.ID, noon)
	require.NoError(t, err)
	require.Equal(t, noon.Add(time.Minute), list[0].LastUsedAt.UTC(), "its owner sees when it was used")
}
