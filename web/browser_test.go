package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/i18n"
)

// browserLimit bounds one test, however busy the machine.
const browserLimit = 15 * time.Minute

// browser is a window of the tests' Chromium, with cookies of its own; complaints gathers what its console says went wrong.
type browser struct {
	ctx        context.Context
	mu         sync.Mutex
	complaints []string
}

// newBrowser opens a window for a test, beside which others may run: most of the time either waits for an answer.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is not for the short tests")
	}
	alongside(t)
	ctx, stopClock := context.WithTimeout(testbrowser.Window(t), browserLimit)
	t.Cleanup(stopClock)
	b := &browser{ctx: ctx}
	chromedp.ListenTarget(ctx, b.listen)
	require.NoError(t, chromedp.Run(ctx, log.Enable(), runtime.Enable(), emulation.SetFocusEmulationEnabled(true), chromedp.EmulateViewport(1280, 900)))
	return b
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
			b.complaints = append(b.complaints, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Error())
	}
}

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// styleServer serves the style page with all the headers that pages have in production.
func styleServer(t *testing.T) *httptest.Server {
	t.Helper()
	e := testEngine(t)
	mux := http.NewServeMux()
	mux.Handle("/static/", e.assets)
	mux.HandleFunc("GET /dev/style", e.Style)
	mux.HandleFunc("POST /preview", e.Preview)
	mux.HandleFunc("GET /missing", e.NotFound)
	server := httptest.NewServer(RequestIDs(SecurityHeaders(e.Recover(e.SameOrigin()(Languages(mux))))))
	t.Cleanup(server.Close)
	return server
}

// seriousFaults names what is a serious or critical barrier.
func (b *browser) seriousFaults(t testing.TB) []string {
	t.Helper()
	faults, err := testbrowser.Barriers(b.ctx)
	require.NoError(t, err)
	return faults
}

// look is a screen and how its owner has set it.
type look struct {
	width  int64
	scheme string
}

// everyLook is what a page is looked at in; in fewLooks each width and each scheme comes once.
var (
	everyLook = []look{{390, "light"}, {390, "dark"}, {1280, "light"}, {1280, "dark"}}
	fewLooks  = []look{{390, "dark"}, {1280, "light"}}
)

// beyond names what reaches beyond the screen, which is as wide as it is: a phone says that it has inner room for whatever it
// shows. The head of a table that is stacked on a phone is for screen readers alone.
const beyond = `document.fonts.ready.then(() => [...document.querySelectorAll("main *")]
	.filter(e => !e.closest(".table-stack > thead") && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 80)))`

// inspect opens a page with all that is folded in it, and holds it to what every page promises, however it is looked at:
// nothing reaches beyond the screen, and nothing is a barrier.
func (b *browser) inspect(t testing.TB, address string, looks []look) {
	t.Helper()
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(address),
		chromedp.Evaluate(`document.querySelectorAll("main details").forEach(d => d.open = true)`, nil)))
	for _, l := range looks {
		var tooWide []string
		require.NoError(t, chromedp.Run(b.ctx,
			emulation.SetDeviceMetricsOverride(l.width, 900, 1, l.width < 600),
			emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme},
				{Name: "prefers-reduced-motion", Value: "reduce"}}), // so that colours change at once
			chromedp.Evaluate(beyond, &tooWide, awaited)))
		require.Empty(t, tooWide, "%v: nothing reaches beyond the screen", l)
		require.Empty(t, b.seriousFaults(t), l)
	}
}

func TestStylePageInABrowser(t *testing.T) {
	b, server := newBrowser(t), styleServer(t)
	for _, tag := range i18n.Tags() {
		t.Run(tag, func(t *testing.T) {
			require.NoError(t, chromedp.Run(b.ctx, network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": tag})))
			b.inspect(t, server.URL+"/dev/style", everyLook)
		})
	}
	require.Empty(t, b.complaints, "the Content-Security-Policy is kept and no script fails")
}

func TestPreviewInABrowser(t *testing.T) {
	b, server := newBrowser(t), styleServer(t)
	var preview, focused string
	require.NoError(t, chromedp.Run(b.ctx,
		chromedp.Navigate(server.URL+"/dev/style"),
		chromedp.Evaluate(`document.activeElement.id`, &focused),
		chromedp.SetValue("#f-text", "## Words\n\nfrom the field", chromedp.ByQuery),
		chromedp.SendKeys(`button[hx-post^="/preview"]`, kb.Enter, chromedp.ByQuery),
		chromedp.WaitVisible("#f-text-preview h4", chromedp.ByQuery),
		chromedp.Text("#f-text-preview", &preview, chromedp.ByQuery),
	))
	require.Equal(t, "error-summary", focused, "the summary of errors is read first")
	require.Equal(t, "Words\n\nfrom the field", strings.TrimSpace(preview))
	require.Empty(t, b.complaints)
}

func TestSecondClickSendsNothing(t *testing.T) {
	b := newBrowser(t)
	e := testEngine(t)
	var mu sync.Mutex
	var posts []string
	mux := http.NewServeMux()
	mux.Handle("/static/", e.assets)
	mux.HandleFunc("GET /dev/style", e.Style)
	mux.HandleFunc("POST /preview", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		posts = append(posts, r.PostFormValue("title"))
		w.WriteHeader(http.StatusNoContent) // the page stays as it is
	})
	server := httptest.NewServer(SecurityHeaders(mux))
	t.Cleanup(server.Close)
	var disabled bool
	require.NoError(t, chromedp.Run(b.ctx,
		chromedp.Navigate(server.URL+"/dev/style"),
		chromedp.SetValue("#f-title", "once", chromedp.ByQuery),
		chromedp.Evaluate(`new Promise(resolve => {
			const button = document.querySelector(".form-foot .btn-primary");
			for (const after of [0, 0, 60, 120]) setTimeout(() => button.click(), after);
			setTimeout(() => resolve(button.disabled), 180);
		})`, &disabled, awaited),
	))
	require.True(t, disabled, "the button shows that the click was heard")
	sent := func() int { mu.Lock(); defer mu.Unlock(); return len(posts) }
	require.Eventually(t, func() bool { return sent() > 0 }, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(server.URL+"/dev/style")), "whatever was to be sent has been")
	require.Equal(t, []string{"once"}, posts)
}
