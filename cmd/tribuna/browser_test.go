package main

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// browserLimit bounds all browser tests together, patience the wait for one thing.
const (
	browserLimit = 6 * time.Minute
	patience     = 45 * time.Second
)

// TestInABrowser does what people do with the pages of one running instance, in a real browser and with the mails that
// were really sent. Every page that anybody sees on the way is inspected: see inspect.
func TestInABrowser(t *testing.T) {
	wholeInstance(t)
	h := openHouse(t)
	t.Run("whole story", func(t *testing.T) { (&story{house: h, t: t}).tell() })
	t.Run("invitation", func(t *testing.T) { (&invitationStory{house: h, t: t}).tell() })
	t.Run("without scripts", func(t *testing.T) { (&plainStory{house: h, t: t}).tell() })
}

// house is an instance with its visitors' browser.
type house struct {
	site    string
	db      *bun.DB
	browser context.Context // a Chromium; every visitor has a window with cookies of its own
	axe     string          // the script that looks for barriers
	seen    map[string]bool // what was inspected before
}

func openHouse(t *testing.T) *house {
	dir := t.TempDir()
	h := &house{site: launchDev(t, dir).readyURL(), seen: map[string]bool{}}
	axe, err := os.ReadFile("../../node_modules/axe-core/axe.min.js")
	require.NoError(t, err, "npm ci brings axe")
	h.axe = string(axe)
	h.db, err = models.Open(instanceOf(t, dir)["DATABASE_URL"])
	require.NoError(t, err)
	t.Cleanup(func() { _ = h.db.Close() })
	h.browser = openChromium(t)
	return h
}

func openChromium(t *testing.T) context.Context {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if path := os.Getenv("CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, stopClock := context.WithTimeout(context.Background(), browserLimit)
	t.Cleanup(stopClock)
	ctx, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stopAllocator)
	ctx, stopBrowser := chromedp.NewContext(ctx)
	t.Cleanup(stopBrowser)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // closes it in peace, so that nothing of it is left
	require.NoError(t, chromedp.Run(ctx))
	return ctx
}
