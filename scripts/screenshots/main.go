// Command screenshots takes the pictures of README from a running `tribuna dev` after a walkthrough. It sends
// one more recommendation to review, so that there is one on its way.
//
//	go run ./scripts/screenshots BASE_URL
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// reader is the coordinator of the demo network, who reads English.
const reader = "ilona.vermes@tribuna.example"

const (
	folder   = "docs/images"
	maxBytes = 200_000 // of one picture
)

// picture is the first screen of one page.
type picture struct {
	name, address string
	width, height int64
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: screenshots BASE_URL")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if err := take(ctx, strings.TrimSuffix(os.Args[1], "/")); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func take(ctx context.Context, base string) error {
	w, err := sendOut(ctx, base)
	if err != nil {
		return fmt.Errorf("send a recommendation to review: %w", err)
	}
	tab, done := browser(ctx)
	defer done()
	// The expert first: whoever is signed in is not asked by a link.
	if err := (picture{"expert-phone", w.invitation, 390, 780}).shoot(tab); err != nil {
		return err
	}
	if err := signIn(tab, base); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return picture{"recommendation", base + "/recommendations/" + w.recommendation, 1280, 860}.shoot(tab)
}

func browser(ctx context.Context) (tab context.Context, done func()) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-quic", true))
	if path := os.Getenv("TRIBUNA_CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	tab, leave := chromedp.NewContext(ctx)
	return tab, func() { leave(); stop() }
}

func signIn(tab context.Context, base string) error {
	const button = `//form[.//*[@name="email" and @value="` + reader + `"]]//button | //button[@name="email" and @value="` + reader + `"]`
	_, err := chromedp.RunResponse(tab, chromedp.Navigate(base+"/dev"))
	if err != nil {
		return err
	}
	_, err = chromedp.RunResponse(tab, chromedp.Click(button, chromedp.BySearch))
	return err
}

func (p picture) shoot(tab context.Context) error {
	var png []byte
	err := chromedp.Run(tab, emulation.SetDeviceMetricsOverride(p.width, p.height, 1, p.width < 600),
		chromedp.Navigate(p.address),
		chromedp.Evaluate(`document.fonts.ready.then(() => true)`, new(bool), awaited),
		chromedp.CaptureScreenshot(&png))
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	if len(png) > maxBytes {
		return fmt.Errorf("%s: %d bytes are more than %d", p.name, len(png), maxBytes)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, p.name+".png"), png, 0o644)
}

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
