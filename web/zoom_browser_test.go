package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

const (
	// tooWideAt400 unfolds all of a page and names what makes it wider than the screen, and what is moved sideways by itself and
	// does not say what it is, or cannot be moved by the keyboard.
	tooWideAt400 = `(() => {
		document.querySelectorAll("details").forEach(d => d.open = true);
		const root = document.documentElement, found = [];
		const wide = e => e.getBoundingClientRect().right > root.clientWidth + 1;
		if (root.scrollWidth > root.clientWidth) {
			found.push("needs " + root.scrollWidth + " px", ...[...document.querySelectorAll("body *")]
				.filter(e => wide(e) && ![...e.children].some(wide)).map(e => e.outerHTML.slice(0, 120)));
		}
		for (const e of document.querySelectorAll("body *")) {
			if (e.scrollWidth <= e.clientWidth + 1 || !["auto", "scroll"].includes(getComputedStyle(e).overflowX) || e.matches("input, textarea, select")) continue;
			if (e.tabIndex < 0 || !(e.ariaLabel || e.getAttribute("aria-labelledby"))) found.push("moves sideways, without a name or the keyboard: " + e.outerHTML.slice(0, 120));
		}
		return found;
	})()`
	// follow writes down where the keyboard comes to.
	follow = `(() => {
		window.walked = [];
		document.addEventListener("focusin", () => window.walked.push(` + stop + `));
	})()`
	// fieldsOfSeveral are fields in which the keyboard stops more than once.
	fieldsOfSeveral = `document.querySelectorAll("input[type^=date], input[type=time], input[type=month]").length`
)

// TestEveryPageAt400Percent opens every page there is as whoever it is for, on a screen of which 400 % leave 320 points: nobody
// has to move it sideways, nothing on it is a barrier, and the keyboard alone reaches all of it, is seen where it is, and gets
// out again.
func TestEveryPageAt400Percent(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"drafting", "review", "signoff", "done"} {
		t.Run(stage, func(t *testing.T) { newBrowser(t).zoomsThrough(t, stage) })
	}
}

// zoomsThrough opens the pages that are another at a stage, and in the end those that are always the same.
func (b *browser) zoomsThrough(t *testing.T, stage string) {
	w, seen := newWorld(t, stage), map[string]bool{}
	rows := entitlements
	if stage == "done" {
		rows = concat(entitlements, w.there())
	}
	require.NoError(t, chromedp.Run(b.ctx, emulation.SetDeviceMetricsOverride(320, 256, 1, false)))
	for _, row := range rows {
		route, isPage := strings.CutPrefix(row.route, "GET ")
		anyStage := row.drafting == row.review && row.review == row.done
		letters, at := row.at(stage)
		if !at || !isPage || (anyStage && stage != "done") || (stage == "signoff" && letters == row.review && route != "/tasks/{id}#sign_off") {
			continue
		}
		if strings.HasSuffix(route, "/letter") {
			continue // a mail as it goes out, shown without scripts: nothing can look at it from within
		}
		task := w.subject(route)
		address := w.address(sample(route), task)
		if shape := shapeOf(address); !seen[shape] && b.standsZoomed(t, w, address, task) {
			seen[shape] = true
		}
	}
	require.Greater(t, len(seen), map[string]int{"drafting": 30, "review": 15, "done": 90}[stage], "%s: %v", stage, seen)
	require.Empty(t, b.complaints)
}

// shapeOf is an address without what tells one of a list from another: their pages are made alike.
func shapeOf(address string) string {
	path, _, _ := strings.Cut(address, "?")
	parts := strings.Split(path, "/")
	if len(parts) > 3 && parts[1] == "administration" {
		parts[3] = "one"
	}
	return strings.Join(parts, "/")
}

// standsZoomed looks at a page as whoever may see it, and tells whether there was one: not where it is a file, or led elsewhere.
func (b *browser) standsZoomed(t *testing.T, w *world, address string, task *models.Task) bool {
	t.Helper()
	reader := w.readers[3] // the coordinator
	if task != nil {
		reader = w.readers[2] // by the personal link
		w.byLink(reader, task)
	}
	got := reader.get(address)
	require.True(t, got.StatusCode < 500 || got.StatusCode == http.StatusNotImplemented, "%s: %d", address, got.StatusCode)
	if got.StatusCode != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
		return false
	}
	b.become(t, w, reader)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(w.front.URL+address)))
	assert.Empty(t, b.sideways(t), "%s in %s", address, w.stage)
	assert.Empty(t, b.seriousFaults(t), "%s in %s", address, w.stage)
	assert.Empty(t, b.tabsRound(t), "%s in %s", address, w.stage)
	return true
}

func (b *browser) sideways(t *testing.T) (faults []string) {
	t.Helper()
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Evaluate(tooWideAt400, &faults)))
	return faults
}

// become gives the browser the cookies of a reader.
func (b *browser) become(t *testing.T, w *world, r *reader) {
	t.Helper()
	base, err := url.Parse(w.front.URL)
	require.NoError(t, err)
	cookies := r.client.Jar.Cookies(base)
	if link, err := http.ParseCookie(r.header.Get("Cookie")); err == nil {
		cookies = append(cookies, link...)
	}
	require.NoError(t, chromedp.Run(b.ctx, network.ClearBrowserCookies(), chromedp.ActionFunc(func(ctx context.Context) error {
		for _, c := range cookies {
			if err := network.SetCookie(c.Name, c.Value).WithURL(w.front.URL).Do(ctx); err != nil {
				return err
			}
		}
		return nil
	})))
}

// mostInFrame is how many stops of the keyboard a letter shown in a page may have.
const mostInFrame = 40

// tabs presses the tab key, without awaiting after each what it does, for the page takes them up in turn; unless it leads into
// other documents, which may hand the keyboard on only after the key is done.
func tabs(presses int, eachAwaited bool) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		var pressed sync.WaitGroup
		faults := make([]error, presses)
		for i := range faults {
			pressed.Go(func() {
				faults[i] = input.DispatchKeyEvent(input.KeyRawDown).WithKey("Tab").WithCode("Tab").WithWindowsVirtualKeyCode(9).Do(ctx)
			})
			if eachAwaited {
				pressed.Wait()
			}
		}
		pressed.Wait()
		return errors.Join(faults...)
	})
}

// tabsRound presses the tab key until the keyboard is back where it began, and says what is not as it should be on the way.
func (b *browser) tabsRound(t *testing.T) (faults []string) {
	t.Helper()
	var stops []string
	var several, frames, presses int
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Evaluate(reachable, &stops), chromedp.Evaluate(fieldsOfSeveral, &several), chromedp.Evaluate(`document.querySelectorAll("iframe").length`, &frames), chromedp.Evaluate(follow, nil)))
	var walked [][]any
	for presses = len(stops) + 2 + 6*several + mostInFrame*frames; presses > 0; presses -= 40 {
		require.NoError(t, chromedp.Run(b.ctx, tabs(min(presses, 40), frames > 0), chromedp.Evaluate(`window.walked`, &walked)))
		if frames > 0 {
			walked = forward(walked, len(stops))
		}
		if len(walked) > len(stops) {
			break
		}
	}
	for i, want := range stops {
		switch {
		case i >= len(walked):
			return append(faults, "the keyboard never came to "+want)
		case walked[i][0] != float64(i):
			return append(faults, "expected "+want+", came to "+walked[i][2].(string))
		case walked[i][1] != true:
			faults = append(faults, "one does not see that the keyboard is on "+want)
		}
	}
	if len(walked) <= len(stops) || walked[len(stops)][0] != 0.0 {
		faults = append(faults, "the keyboard does not get out at the end")
	}
	return faults
}

// forward leaves out of a walk where the keyboard came once more to a stop behind it. A frame of another process takes a key before it
// has handed the keyboard on, and may then hand it on once more: to where it was. What is passed over, or never come to, stays to be
// seen, and so does the way out to the first stop again.
func forward(walked [][]any, stops int) (on [][]any) {
	next := 0
	for _, stop := range walked {
		at := int(stop[0].(float64))
		if at >= 0 && at < next && !(at == 0 && next == stops) {
			continue
		}
		on, next = append(on, stop), at+1
	}
	return on
}

func TestAWalkThatComesBackOutOfAFrameGoesForward(t *testing.T) {
	walk := func(stops ...float64) (all [][]any) {
		for _, at := range stops {
			all = append(all, []any{at, true, ""})
		}
		return all
	}
	for name, c := range map[string]struct{ walked, want [][]any }{
		"straight":           {walk(0, 1, 2, 3, 0), walk(0, 1, 2, 3, 0)},
		"back to the same":   {walk(0, 1, 1, 2, 3, 0), walk(0, 1, 2, 3, 0)},
		"back and on":        {walk(0, 1, 2, 1, 2, 3, 0), walk(0, 1, 2, 3, 0)},
		"one is passed over": {walk(0, 2, 3, 0), walk(0, 2, 3, 0)},
		"caught":             {walk(0, 1, 2, 1, 2, 1, 2), walk(0, 1, 2)},
		"to what is no stop": {walk(0, -1, 1), walk(0, -1, 1)},
	} {
		require.Equal(t, c.want, forward(c.walked, 4), name)
	}
}

// TestWhatIsLookedForAt400PercentIsFound: a page with one of each.
func TestWhatIsLookedForAt400PercentIsFound(t *testing.T) {
	b := newBrowser(t)
	const first, last = `<!doctype html><html lang="en"><title>Bad</title><body><a href="/1">one</a>`, `<a href="/3">three</a></body></html>`
	found := func(part string, look func(*testing.T) []string) string {
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(first + part + last))
		}))
		defer site.Close()
		require.NoError(t, chromedp.Run(b.ctx, emulation.SetDeviceMetricsOverride(320, 256, 1, false), chromedp.Navigate(site.URL)))
		return strings.Join(look(t), "\n")
	}
	require.Empty(t, found(`<a href="/2">two</a><details><summary>more</summary><input type="date"></details>`, b.tabsRound))
	require.Contains(t, found(`<p style="width: 400px">wide</p>`, b.sideways), `<p style="width: 400px">`)
	require.Contains(t, found(`<div style="overflow: auto"><p style="width: 400px">wide</p></div>`, b.sideways), "without a name or the keyboard")
	require.Empty(t, found(`<div style="overflow: auto" tabindex="0" role="region" aria-label="Wide"><p style="width: 400px">wide</p></div>`, b.sideways))
	require.Contains(t, found(`<a href="/2" tabindex="2">two</a>`, b.tabsRound), "expected")
	require.Contains(t, found(`<button style="outline: none">two</button>`, b.tabsRound), "one does not see")
	require.Contains(t, found(`<button id="trap">two</button><script>trap.onkeydown = e => e.preventDefault()</script>`, b.tabsRound), "never came to")
}
