package web

import (
	"html"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
)

// TestLinksThatEndedSpeakAsTheirReaderIsWrittenTo, in a browser that asks for no language: of whoever is known still and, where they were
// erased in it, until it is closed.
func TestLinksThatEndedSpeakAsTheirReaderIsWrittenTo(t *testing.T) {
	h := newHouse(t)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.public("")
		p := h.subscriber("mara-"+tag+"@readers.example", tag)
		ended := func(b *reader, path, key string, status int) {
			t.Helper()
			page := b.get(path)
			sound(t, page)
			require.Equal(t, status, page.StatusCode)
			require.Contains(t, html.UnescapeString(page.Body), l.T(key), path)
		}
		require.Equal(t, http.StatusOK, b.post(ownDataPath, url.Values{"email": {p.Email}}).StatusCode)
		link := h.ownDataLink(p)
		h.exec(`UPDATE outbox SET created_at = created_at - interval '60 days' WHERE person_id = ?`, p.ID)
		ended(b, link, "own_data.over", http.StatusGone)
		h.exec(`UPDATE outbox SET created_at = created_at + interval '60 days' WHERE person_id = ?`, p.ID)

		h.exec(`UPDATE people SET left_at = now() WHERE id = ?`, p.ID)
		ended(b, h.server.preferencesLink(p.ID, p.ID), "published.unsubscribe.broken_text", http.StatusNotFound)
		ended(b, "/w/"+h.server.Links.Mint(links.KindWritten, p.ID, p.ID, 0), "write.broken_text", http.StatusNotFound)
		h.exec(`UPDATE people SET left_at = NULL WHERE id = ?`, p.ID)

		shownOwnData(t, b, link)
		done := b.post(ownDataShown+"/erase", url.Values{"choice": {"erase"}, "sure": {"yes"}})
		require.Equal(t, http.StatusOK, done.StatusCode)
		ended(b, ownDataShown, "own_data.over", http.StatusGone)
		ended(b, link, "own_data.over", http.StatusGone)
		ended(b, "/u/"+h.server.Links.Mint(links.KindUnsubscribe, p.ID, p.ID, 0), "published.unsubscribe.broken_text", http.StatusNotFound)
		ended(h.public(tag), link, "own_data.over", http.StatusGone)
	}
}
