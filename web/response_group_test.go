package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// stretchOf is what stands on a page after something and before something else.
func stretchOf(body, after, before string) string {
	_, rest, _ := strings.Cut(body, after)
	part, _, _ := strings.Cut(rest, before)
	return part
}

// TestWhoGroupsCommentsIsToldWhichGroupsTheyLeft and that a group without comments is gone.
func TestWhoGroupsCommentsIsToldWhichGroupsTheyLeft(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."}, models.CommentPayload{Block: 1, Body: "And the year."})
	page := responsesPath(h.brief.ID)
	group := func(tag, title string, which ...int) string {
		t.Helper()
		b := h.as("officer-khc", tag)
		all, chosen := picks(b.get(page).Body), []string{}
		for _, i := range which {
			chosen = append(chosen, all[i])
		}
		got := b.post(page, url.Values{"do": {"group"}, "pick": chosen, "title": {title}})
		require.Equal(t, http.StatusSeeOther, got.StatusCode, got.Body)
		return stretchOf(b.get(page).Body, `class="notice notice-done"`, "</div>")
	}
	answered := func(title string) {
		h.exec(`UPDATE comment_groups SET outcome = 'accepted', answered_at = now() WHERE title = ?`, title)
	}
	l := i18n.For("en")
	require.NotContains(t, group("en", "First", 0, 1, 2), "First", "they were in none")
	require.Contains(t, group("en", "Second", 1), l.N("responses.grouped", 1)+" "+l.N("responses.group_left", 1, "Title", "First"))
	require.Contains(t, group("en", "Third", 1), l.T("responses.group_gone", "Title", "Second"))
	answered("First")
	for _, tag := range i18n.Tags() {
		got := group(tag, "Of "+tag, 0, 1, 2)
		require.Contains(t, got, i18n.For(tag).N("responses.grouped", 3))
		if tag == i18n.Tags()[0] {
			require.Contains(t, got, i18n.For(tag).T("responses.group_gone_answered", "Title", "First"))
			require.Contains(t, got, i18n.For(tag).T("responses.group_gone", "Title", "Third"))
		}
		require.Equal(t, 1, h.counts("comment_groups", "true"))
	}
}
