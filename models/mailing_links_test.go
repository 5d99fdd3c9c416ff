package models_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/links"
	"tribuna/models"
)

// ours is where our own pages are.
const ours = "https://tribuna.example"

func TestALinkHasOneCodeForAllAndLeadsNowhereElse(t *testing.T) {
	n := newEngagedNetwork(t)
	ctx := t.Context()
	a, b := "https://example.org/a?x=1&y=2", "https://example.org/b"
	codes, err := models.KeepMailingLinks(ctx, n.db, n.mailing, "en", ours, []string{a, b})
	require.NoError(t, err)
	require.Len(t, codes, 2)
	again, err := models.KeepMailingLinks(ctx, n.db, n.mailing, "en", ours, []string{b, a})
	require.NoError(t, err)
	require.Equal(t, codes, again, "written out again, or elsewhere, it is the same")
	other, err := models.KeepMailingLinks(ctx, n.db, n.mailing, "bg", ours, []string{a})
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
	list, err = models.MailingLinksIn(ctx, n.db, n.mailing, "bg")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, other[a], list[0].Code)
	n.exec(t, `DELETE FROM mailings WHERE id = ?`, n.mailing)
	list, err = models.MailingLinksOf(ctx, n.db, n.mailing)
	require.NoError(t, err)
	require.Empty(t, list)
}

func TestNoLinkThatIsAReadersOwnIsKept(t *testing.T) {
	n := newEngagedNetwork(t)
	minter, err := links.New(bytes.Repeat([]byte{7}, links.MinKey))
	require.NoError(t, err)
	token := minter.Mint(links.KindWritten, n.mailing, n.officer.ID, 0)
	counted := []string{ours, ours + "/published/a", ours + "/writers", "https://example.org/w/a", "https://example.org/u/somebody", "https://example.org/to_do_list"}
	own := []string{ours + "/w/" + token, ours + "/w", ours + "/w/mark", "HTTPS://TRIBUNA.EXAMPLE//w/mark", ours + ":443/u/mark", ours + "/x/../u/mark", ours + "/%77/mark",
		ours + "/preferences/mark", ours + "/preferences/mark?x=1", ours + "/write/" + n.mailing.String(), ours + "/l/" + token,
		"https://example.org/?to=" + token, "https://example.org/" + token, "https://example.org/tw%5F" + token[3:], "https://%zz", ours + "/" + strings.Repeat("a", models.LongestCounted)}
	asked := append(slices.Clone(own), counted...)
	codes, err := models.KeepMailingLinks(t.Context(), n.db, n.mailing, "en", ours, asked)
	require.NoError(t, err)
	require.ElementsMatch(t, counted, slices.Collect(maps.Keys(codes)))
	require.Equal(t, append(slices.Clone(own), counted...), asked, "what was asked is left as it is")
	list, err := models.MailingLinksOf(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.Len(t, list, len(counted))
	for _, l := range list {
		require.Contains(t, counted, l.URL)
	}
	codes, err = models.KeepMailingLinks(t.Context(), n.db, n.mailing, "en", ours+"/sub/", []string{ours + "/sub/w/mark", ours + "/sub/a"})
	require.NoError(t, err)
	require.NotContains(t, codes, ours+"/sub/w/mark")
	require.Contains(t, codes, ours+"/sub/a", "our pages may lie deeper")
}
