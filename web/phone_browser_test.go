package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// sideways puts a page in the place of another with the same styles, which is quicker than to go there, unfolds all of it, and
// names what makes it wider than the screen.
const sideways = `(async html => {
	const page = new DOMParser().parseFromString(html, "text/html"), root = document.documentElement;
	root.lang = page.documentElement.lang;
	document.body.replaceWith(page.body);
	document.querySelectorAll("details").forEach(d => d.open = true);
	if (root.scrollWidth <= root.clientWidth) return [];
	await document.fonts.ready;
	if (root.scrollWidth <= root.clientWidth) return [];
	const wide = e => e.getBoundingClientRect().right > root.clientWidth + 1;
	return ["needs " + root.scrollWidth + " px", ...[...document.querySelectorAll("body *")]
		.filter(e => wide(e) && ![...e.children].some(wide)).map(e => e.outerHTML.slice(0, 120))];
})`

// TestEveryPageHasRoomOnAPhone shows every page there is to those it is for, in every language: nobody has to move it sideways.
func TestEveryPageHasRoomOnAPhone(t *testing.T) {
	b := newBrowser(t)
	for _, stage := range []string{"drafting", "review", "done"} {
		w, shown := newWorld(t, stage), 0
		w.writeInEveryLanguage()
		require.NoError(t, chromedp.Run(b.ctx, emulation.SetDeviceMetricsOverride(390, 900, 1, true), chromedp.Navigate(w.front.URL)))
		for _, row := range entitlements {
			route, isPage := strings.CutPrefix(row.route, "GET ")
			anyStage := row.drafting == row.review && row.review == row.done
			if _, at := row.at(stage); at && isPage && (!anyStage || stage == "done") {
				shown += b.hasRoom(t, w, route)
			}
		}
		require.Greater(t, shown, 10*len(i18n.Tags()), stage)
		if stage == "review" {
			w.enter(models.StageSignOff)
			require.Equal(t, len(i18n.Tags()), b.hasRoom(t, w, "/tasks/{id}#sign_off"))
		}
	}
}

// hasRoom shows a page in every language, if there is one, and returns in how many there was.
func (b *browser) hasRoom(t *testing.T, w *world, route string) (shown int) {
	t.Helper()
	task := w.subject(route)
	for _, tag := range i18n.Tags() {
		reader := w.readers[3] // the coordinator
		if task != nil {
			reader = w.readers[2] // by the personal link
			w.byLink(reader, task)
		}
		require.Equal(t, http.StatusSeeOther, reader.post("/language", url.Values{"language": {tag}}).StatusCode)
		got := reader.get(w.address(sample(route), task))
		if got.StatusCode != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
			continue
		}
		shown++
		itsOwn := strings.Contains(route, "/published/") || strings.HasSuffix(route, "/letter") // speaks the language of its address
		require.True(t, itsOwn || strings.Contains(got.Body, `<html lang="`+tag+`"`), "%s is shown in %s", route, tag)
		page, err := json.Marshal(got.Body)
		require.NoError(t, err)
		var tooWide []string
		require.NoError(t, chromedp.Run(b.ctx, chromedp.Evaluate(sideways+"("+string(page)+")", &tooWide, awaited)))
		assert.Empty(t, tooWide, "%s in %s, %s", route, tag, w.stage)
	}
	return shown
}

// writeInEveryLanguage makes the mailing as wide as it gets: its table names every language twice.
func (w *world) writeInEveryLanguage() {
	if w.stage != "done" {
		return
	}
	in := models.MailingInput{FallbackLanguage: "en"}
	for _, tag := range i18n.Tags() {
		in.Texts = append(in.Texts, models.MailingText{Language: tag, Subject: "S", Body: "B"})
	}
	m, err := models.CreateMailing(w.t.Context(), w.db, w.brief, in, w.person("officer-khc").ID, time.Now())
	require.NoError(w.t, err)
	w.mailing = m.ID
}
