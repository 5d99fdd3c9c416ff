// Package testbrowser gives browser tests a real Chromium: one per test program, started by the first test that needs it,
// and for each visitor a window whose cookies are its own.
//
// It is the Chromium on the PATH, or the one that TRIBUNA_CHROMIUM names. A package that uses it stops it in its TestMain:
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		testbrowser.Stop()
//		os.Exit(code)
//	}
package testbrowser

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// without is what a browser for tests does not prepare: pages of its own that nobody opens. The first three are chromedp's.
const without = "site-per-process,Translate,BlinkGenPropertyTrees,PreloadTopChromeWebUI,OptimizationHints,MediaRouter"

// shared is the browser of this test program.
var shared struct {
	sync.Mutex
	ctx  context.Context
	stop func()
}

// Chromium is the one to use where it is not to be looked for on the PATH. Who leaves it alone for conversions (off) has one
// for tests all the same.
func Chromium() string {
	if path := os.Getenv("TRIBUNA_CHROMIUM"); path != "off" {
		return path
	}
	return ""
}

// Options start a Chromium without a screen that asks nobody for news. It has reduced motion set: a page that is still scrolling, as after
// typing into a field further down, moves away between the press and the release of a button, which is then no click.
func Options() []chromedp.ExecAllocatorOption {
	all := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-features", without),
		chromedp.Flag("force-prefers-reduced-motion", true))
	if path := Chromium(); path != "" {
		all = append(all, chromedp.ExecPath(path))
	}
	return all
}

// Stop closes the browser of this test program, if it was started.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	if shared.ctx == nil {
		return
	}
	_ = chromedp.Cancel(shared.ctx) // in peace, so that nothing of it is left
	shared.stop()
	shared.ctx = nil
}

// Window opens an empty window, which is closed after the test.
func Window(t testing.TB) context.Context {
	t.Helper()
	browser, err := start()
	if err != nil {
		t.Fatalf("Chromium: %v", err)
	}
	ctx := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	own, err := target.CreateBrowserContext().Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.DisposeBrowserContext(own).Do(ctx) })
	// Without a window a fresh set of cookies has no place for a page.
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(own).WithNewWindow(true).Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	window, leave := chromedp.NewContext(browser, chromedp.WithTargetID(id))
	t.Cleanup(leave)
	if err := chromedp.Run(window); err != nil { // the window lives as long as the context of its first use
		t.Fatal(err)
	}
	return window
}

func start() (context.Context, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.ctx != nil {
		return shared.ctx, nil
	}
	ctx, stopAllocator := chromedp.NewExecAllocator(context.Background(), Options()...)
	ctx, stopBrowser := chromedp.NewContext(ctx)
	stop := func() { stopBrowser(); stopAllocator() }
	if err := chromedp.Run(ctx); err != nil {
		stop()
		return nil, fmt.Errorf("start it: %w", err)
	}
	shared.ctx, shared.stop = ctx, stop
	return ctx, nil
}
