package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// selectWords selects words of a paragraph as a mouse, a finger or the keys do.
func selectWords(block int, words string) chromedp.Action {
	return chromedp.Evaluate(`((block, words) => {
		const walk = document.createTreeWalker(document.querySelector('[data-block="' + block + '"] > .prose'), NodeFilter.SHOW_TEXT)
		for (let node = walk.nextNode(); node; node = walk.nextNode()) {
			const at = node.data.indexOf(words)
			if (at < 0) continue
			document.getSelection().setBaseAndExtent(node, at, node, at + words.length)
			return true
		}
		throw new Error("no such words")
	})(`+jsNumber(block)+`, "`+words+`")`, nil)
}

// tap clicks on what has come to rest: a press on what still moves, as the page does when a comment opens, goes beside it.
func tap(selector string) chromedp.Action {
	return chromedp.Tasks{chromedp.WaitVisible(selector, chromedp.ByQuery), chromedp.Evaluate(`(async selector => {
		const e = document.querySelector(selector)
		e.scrollIntoView({block: "center", behavior: "instant"})
		for (let was = "", same = 0; same < 5;) {
			await new Promise(requestAnimationFrame)
			const {x, y, width, height} = e.getBoundingClientRect(), is = [x, y, width, height].join()
			same = is === was ? same + 1 : 0
			was = is
		}
	})(`+strconv.Quote(selector)+`)`, nil, awaited), chromedp.Click(selector, chromedp.ByQuery)}
}

func jsNumber(n int) string { return string(rune('0' + n)) }

// TestCommentsOnAPhone comments on two paragraphs in the fewest taps, and on words of one; a browser that is killed loses nothing.
func TestCommentsOnAPhone(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	name, link := models.KeptAnswer(task.ID), h.front.URL+h.linkFor(task, h.person("expert-02").ID)
	b := newBrowser(t)
	comment := func(block string) string { return `[data-block="` + block + `"] ` }
	var quoted, instead, focused string
	require.NoError(t, chromedp.Run(b.ctx, network.Enable(), chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch),
		chromedp.Navigate(link), chromedp.WaitVisible(".review-form"),
		// one tap and one can type
		tap(comment("0")+"summary"), chromedp.Evaluate(`document.activeElement.name`, &focused)))
	require.Equal(t, "comment-0", focused)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.KeyEvent("A clear beginning."), tap(comment("0")+`input[value="praise"] + span`),
		selectWords(2, "several hundred"), chromedp.WaitVisible("[data-pick] button"),
		tap("[data-pick] button"), chromedp.WaitNotVisible("[data-pick]"), chromedp.Evaluate(`document.activeElement.name`, &focused),
		chromedp.Value(comment("2")+`[name="quote-2"]`, &quoted), tap(comment("2")+`input[value="suggestion"] + span`),
		chromedp.Value(comment("2")+`[name="replacement-2"]`, &instead)))
	require.Equal(t, "comment-2", focused)
	require.Equal(t, "several hundred", quoted)
	require.Equal(t, "several hundred", instead, "a suggestion begins with the words there are")
	require.NoError(t, chromedp.Run(b.ctx, chromedp.SendKeys(comment("2")+`[name="replacement-2"]`, " and more"),
		chromedp.ScrollIntoView(`#p-3`),
		tap(comment("2")+"[data-another]"), chromedp.KeyEvent("Which year?"),
		tap(comment("2")+`.comment:nth-of-type(2) input[value="question"] + span`)))
	require.Empty(t, b.seriousFaults(t))
	// With the keys alone: the words are selected, the tab key leads to the button.
	require.NoError(t, chromedp.Run(b.ctx, tap(comment("3")+"> .prose"), selectWords(3, "by a key, a name"), chromedp.WaitVisible("[data-pick] button"),
		chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(`document.activeElement.textContent.trim()`, &focused)))
	require.Equal(t, "Comment on these words", focused)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(comment("3")+`[name="comment-3"]`), chromedp.KeyEvent("And a bed.")))
	require.Eventually(t, func() bool {
		kept := h.left("expert-02", name)
		return kept != nil && len(kept.Fields["comment-3"]) == 1 && kept.Fields["comment-3"][0] == "And a bed."
	}, 30*time.Second, 50*time.Millisecond)
	require.Equal(t, "Every year ", h.left("expert-02", name).Fields["prefix-2"][0])
	require.Empty(t, b.complaints)

	// The server has lost them and the browser was killed: the device holds them, more comments than the form has places for.
	left := h.left("expert-02", name)
	require.NoError(t, models.ForgetKept(t.Context(), h.db, left.PersonID, name))
	var second, kind, prefix string
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(h.front.URL+taskPath(task.ID)), chromedp.WaitVisible("#f-comment-2-1"),
		chromedp.Value("#f-comment-2-1", &second), chromedp.Evaluate(`document.querySelector('[name="kind-2-1"]:checked').value`, &kind),
		chromedp.Evaluate(`document.querySelector('[name="prefix-2"]').value`, &prefix)))
	require.Equal(t, "Which year?", second)
	require.Equal(t, "question", kind)
	require.Equal(t, "Every year ", prefix)
	require.NoError(t, left.Keep(t.Context(), h.db))
	// The browser is gone; another device goes on.
	going := h.public("en")
	require.Equal(t, http.StatusSeeOther, going.get(h.linkFor(task, h.person("expert-02").ID)).StatusCode)
	page := going.get(taskPath(task.ID) + "?kept=continue").Body
	require.Regexp(t, `name="kind-2" value="suggestion" checked`, page)
	require.Contains(t, page, ">several hundred and more</textarea>")
	require.Contains(t, page, ">by a key, a name</textarea>")
	require.Contains(t, page, `name="kind-0" value="praise" checked`)
	require.Contains(t, page, ">Which year?</textarea>")
}

// TestAnExpertsPageIsLight counts what goes over the wire before an expert can read and answer.
func TestAnExpertsPageIsLight(t *testing.T) {
	const most = 60_000
	h := newHouse(t)
	task := h.reviewing("expert-02")
	for _, tag := range []string{"en", "bg"} {
		b := h.public(tag)
		require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, h.person("expert-02").ID)).StatusCode)
		total := 0
		weigh := func(path string) string {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.front.URL+path, nil)
			require.NoError(t, err)
			r.Header.Set("Accept-Encoding", "gzip") // set by hand, so that the bytes arrive as they are
			r.Header.Set("Accept-Language", tag)
			res, err := b.client.Do(r)
			require.NoError(t, err)
			defer res.Body.Close()
			require.Equal(t, http.StatusOK, res.StatusCode, path)
			raw, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			total += len(raw)
			t.Logf("%s %s: %d bytes", tag, path, len(raw))
			if res.Header.Get("Content-Encoding") != "gzip" {
				return string(raw)
			}
			z, err := gzip.NewReader(bytes.NewReader(raw))
			require.NoError(t, err)
			body, err := io.ReadAll(z)
			require.NoError(t, err)
			return string(body)
		}
		page := weigh(taskPath(task.ID))
		seen := map[string]bool{}
		for _, m := range loaded.FindAllStringSubmatch(page, -1) {
			if !seen[m[1]] {
				seen[m[1]] = true
				weigh(m[1])
			}
		}
		require.GreaterOrEqual(t, len(seen), 4, "stylesheet, script, icons, and the sign in the tab")
		require.Contains(t, page, "plain-fonts", "and no fonts: those of the system do")
		require.Less(t, total, most)
	}
}

// loaded finds what a page loads.
var loaded = regexp.MustCompile(`(?:href|src)="(/static/[^"#]+)`)
