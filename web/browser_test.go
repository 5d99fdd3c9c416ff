package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

	"tribuna/internal/i18n"
)

// browser is a headless Chromium for one test; complaints gathers what its console says went wrong.
type browser struct {
	ctx        context.Context
	mu         sync.Mutex
	complaints []string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is not for the short tests")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if path := os.Getenv("CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stopAllocator)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	ctx, stopClock := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stopClock)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // closes the browser in peace, so that nothing of it is left
	b := &browser{ctx: ctx}
	chromedp.ListenTarget(ctx, b.listen)
	require.NoError(t, chromedp.Run(ctx, log.Enable(), runtime.Enable(), chromedp.EmulateViewport(1280, 900)))
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

// seriousFaults runs axe and names what is serious or critical.
func (b *browser) seriousFaults(t *testing.T) []string {
	t.Helper()
	axe, err := os.ReadFile(filepath.Join("..", "node_modules", "axe-core", "axe.min.js"))
	require.NoError(t, err, "npm ci brings axe")
	var faults []string
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Evaluate(string(axe), nil), chromedp.Evaluate(
		`axe.run().then(r => r.violations.filter(v => ["serious", "critical"].includes(v.impact))
			.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" ")))`, &faults, awaited)))
	return faults
}

func TestStylePageInABrowser(t *testing.T) {
	b, server := newBrowser(t), styleServer(t)
	for _, width := range []int64{390, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			for _, tag := range i18n.Tags() {
				t.Run(fmt.Sprint(width, scheme, tag), func(t *testing.T) {
					var tooWide []string
					require.NoError(t, chromedp.Run(b.ctx,
						emulation.SetDeviceMetricsOverride(width, 900, 1, width < 600),
						emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
						network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": tag}),
						chromedp.Navigate(server.URL+"/dev/style"),
						chromedp.Evaluate(`document.fonts.ready.then(() => [...document.querySelectorAll("main *")]
							.filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80)))`, &tooWide, awaited),
					))
					require.Empty(t, tooWide, "nothing reaches beyond the screen")
					require.Empty(t, b.seriousFaults(t))
				})
			}
		}
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
