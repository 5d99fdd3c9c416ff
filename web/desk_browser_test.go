package web

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestDeskInABrowser looks at the officer's pages as people do: nothing reaches beyond the screen, axe finds nothing
// serious, and the browser has nothing to complain about.
func TestDeskInABrowser(t *testing.T) {
	b, h := newBrowser(t), newHouse(t)
	asked := h.ask(models.TaskReview, h.person("expert-04").ID)
	h.many()
	home := recommendationPath(h.brief.ID)
	var status int
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(h.front.URL+"/dev"), chromedp.Evaluate(
		`fetch("/dev/sign-in", {method: "POST", body: new URLSearchParams({email: "`+h.person("officer-khc").Email+`"})}).then(r => r.status)`, &status, awaited)))
	require.Equal(t, 200, status)
	for _, page := range []string{"", "/edit", "/start-review", "/on-behalf", "/on-behalf?task=" + asked.ID.String(), "/hold", "/record", "/record/verification", "/versions/1"} {
		t.Run(page, func(t *testing.T) { b.inspect(t, h.front.URL+home+page, fewLooks) })
	}
	t.Run("on paper", func(t *testing.T) { b.prints(t, h) })
	t.Run("finding", func(t *testing.T) { findsWhileTyping(t, b, h.front.URL+home+"/start-review") })
	require.Empty(t, b.complaints)
}

// brokenWords are the words of the head of a table that stand on more than one line, and what is wider than its cell.
const brokenWords = `document.fonts.ready.then(() => [...document.querySelectorAll("main thead th")].flatMap(th => {
	const found = th.scrollWidth > th.clientWidth + 1 ? [th.innerText + " is too wide"] : []
	const texts = document.createTreeWalker(th, NodeFilter.SHOW_TEXT)
	while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[\p{L}\p{M}]+/gu)) {
		const range = document.createRange()
		range.setStart(texts.currentNode, word.index)
		range.setEnd(texts.currentNode, word.index + word[0].length)
		if (range.getClientRects().length > 1) found.push(word[0])
	}
	return found
}))`

// prints looks at overviews, the widest pages, as they come out on A4: no controls of the screen, and no word cut in two.
func (b *browser) prints(t *testing.T, h *house) {
	for _, tag := range i18n.Tags() {
		for _, page := range []string{"/dashboard", "/dashboard/coverage"} {
			b.printsPage(t, h, tag, page)
		}
	}
}

func (b *browser) printsPage(t *testing.T, h *house, tag, page string) {
	const landscape, upright = 986, 720 // CSS pixels between the margins, and on a sheet that is not turned
	var status int
	var broken, narrow, shown []string
	require.NoError(t, chromedp.Run(b.ctx,
		chromedp.Evaluate(`fetch("/language", {method: "POST", body: new URLSearchParams({language: "`+tag+`", next: "/"})}).then(r => r.status)`, &status, awaited),
		chromedp.Navigate(h.front.URL+page),
		emulation.SetDeviceMetricsOverride(landscape, 700, 1, false), emulation.SetEmulatedMedia().WithMedia("print"),
		chromedp.Evaluate(`[...document.querySelectorAll(".masthead-search, .masthead-end, .sidenav, main button")].filter(e => e.checkVisibility()).map(e => e.className)`, &shown),
		chromedp.Evaluate(brokenWords, &broken, awaited),
		emulation.SetDeviceMetricsOverride(upright, 900, 1, false), chromedp.Evaluate(brokenWords, &narrow, awaited), emulation.SetEmulatedMedia()))
	require.Equal(t, 200, status)
	require.Empty(t, shown, "%s in %s", page, tag)
	require.Empty(t, append(broken, narrow...), "%s in %s", page, tag)
}

// findsWhileTyping types into the field above a long list: it follows every letter, what was chosen stays, how many are
// shown is said, and Enter sends nothing.
func findsWhileTyping(t *testing.T, b *browser, address string) {
	t.Helper()
	const shown = `[...document.querySelectorAll("#experts [data-find-item]")].filter(e => e.checkVisibility()).map(e => e.querySelector(".row-title").textContent)`
	const chosen = `[...document.querySelectorAll("#experts select")].filter(s => s.value).length`
	var before, found []string
	var stay int
	var said, at string
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(address), chromedp.Evaluate(shown, &before), chromedp.Evaluate(chosen, &stay),
		chromedp.SendKeys("#f-find-experts", "Ћосић 77А\r"), chromedp.Evaluate(shown, &found),
		chromedp.Poll(`document.getElementById("f-find-experts-shown").textContent`, &said), chromedp.Location(&at)))
	require.Greater(t, len(before), 150)
	require.Positive(t, stay)
	require.Contains(t, found, "Ružica Ćosić-Hadžiahmetović 77a", "found by Cyrillic letters as well")
	require.Len(t, found, stay+1, "and what was chosen stays")
	require.NotEmpty(t, said)
	require.Equal(t, address, at)
}

// TestAddingAMeasureWithTheKeyboard: Enter in the title saves, it does not press the first button that happens to stand
// in the form; a row more keeps what was typed.
func TestAddingAMeasureWithTheKeyboard(t *testing.T) {
	b, h := newBrowser(t), newHouse(t)
	edit := recommendationPath(h.brief.ID) + "/edit"
	var status, rows int
	var title, saved string
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(h.front.URL+"/dev"), chromedp.Evaluate(
		`fetch("/dev/sign-in", {method: "POST", body: new URLSearchParams({email: "`+h.person("officer-khc").Email+`"})}).then(r => r.status)`, &status, awaited),
		chromedp.Navigate(h.front.URL+edit),
		chromedp.SetValue("#f-title", "A title typed before"),
		chromedp.Evaluate(`document.querySelector('button[value="add_measure"]').click()`, nil),
		chromedp.WaitVisible("#f-measures-6-text"),
		chromedp.Value("#f-title", &title),
		chromedp.Evaluate(`document.querySelectorAll('[id^="measure-"]').length`, &rows),
		chromedp.SendKeys("#f-title", "\r"),
		chromedp.WaitVisible(".notice-done"),
		chromedp.Text(".notice-done", &saved),
	))
	require.Equal(t, "A title typed before", title)
	require.Equal(t, 7, rows)
	require.Contains(t, saved, i18n.For("bg").T("draft.saved", "Number", 2))
	require.Equal(t, "A title typed before", h.current().Title)
	require.Empty(t, b.complaints)
}
