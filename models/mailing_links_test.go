package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestALinkHasOneCodeForAllAndLeadsNowhereElse(t *testing.T) {
	n := newEngagedNetwork(t)
	ctx := t.Context()
	a, b := "https://example.org/a?x=1&y=2", "https://example.org/b"
	codes, err := models.KeepMailingLinks(ctx, n.db, n.mailing, "en", []string{a, b})
	require.NoError(t, err)
	require.Len(t, codes, 2)
	again, err := models.KeepMailingLinks(ctx, n.db, n.mailing, "en", []string{b, a})
	require.NoError(t, err)
	require.Equal(t, codes, again, "written out again, or elsewhere, it is the same")
	other, err := models.KeepMailingLinks(ctx, n.db, n.mailing, "bg", []string{a})
	require.NoError(t, err)
	require.NotEqual(t, codes[a], other[a], "another language is counted by itself")

	for _, by := range []models.FollowedBy{models.FollowedByPerson, models.FollowedByPerson, models.FollowedByMachine, models.FollowedByNobody} {
		to, err := models.FollowMailingLink(ctx, n.db, codes[a], by)
		require.NoError(t, err)
		require.Equal(t, a, to)
	}
	for _, none := range []string{"", "x", b, uuid.NewString(), codes[a] + "x"} {
		_, err := models.FollowMailingLink(ctx, n.db, none, models.FollowedByPerson)
		require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), none)
	}
	list, err := models.MailingLinksOf(ctx, n.db, n.mailing)
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.Equal(t, []any{a, "en", 2, 1}, []any{list[0].URL, list[0].Language, list[0].People, list[0].Machines})
	n.exec(t, `DELETE FROM mailings WHERE id = ?`, n.mailing)
	list, err = models.MailingLinksOf(ctx, n.db, n.mailing)
	require.NoError(t, err)
	require.Empty(t, list)
}
