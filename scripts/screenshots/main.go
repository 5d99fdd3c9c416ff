// Command screenshots takes the pictures of README and docs from a running `tribuna dev` after a walkthrough.
//
//	go run ./scripts/screenshots BASE_URL
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// reader is the coordinator of the demo network, who reads English.
const reader = "ilona.vermes@tribuna.example"

const folder = "docs/images"

// picture is one page at one size, the first screen of it.
type picture struct {
	name, path    string
	width, height int64
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: screenshots BASE_URL")
		os.Exit(2)
	}
	if err := take(strings.TrimSuffix(os.Args[1], "/")); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func take(base string) error {
	slug, err := published(base)
	if err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true))
	browser, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	tab, cancel := chromedp.NewContext(browser)
	defer cancel()
	tab, cancel = context.WithTimeout(tab, 2*time.Minute)
	defer cancel()
	if err := signIn(tab, base); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	newest, err := newestRecommendation(tab, base)
	if err != nil {
		return fmt.Errorf("find a recommendation: %w", err)
	}
	for _, p := range []picture{
		{"recommendation", newest, 1280, 860},
		{"dashboard", "/dashboard", 1280, 860},
		{"publication-phone", "/published/" + slug + "/bg", 390, 780},
	} {
		if err := p.shoot(tab, base); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// published finds the newest publication.
func published(base string) (slug string, err error) {
	var list struct{ Items []struct{ Slug string } }
	if err := get(base+"/api/v1/published", &list); err != nil {
		return "", err
	}
	if len(list.Items) == 0 {
		return "", fmt.Errorf("nothing is published yet: run the walkthrough first")
	}
	return list.Items[0].Slug, nil
}

func get(url string, into any) error {
	res, err := http.Get(url) //nolint:gosec // the instance named on the command line
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(into)
}

func signIn(tab context.Context, base string) error {
	const button = `button[name="email"][value="` + reader + `"], form:has(input[name="email"][value="` + reader + `"]) button`
	return chromedp.Run(tab, chromedp.Navigate(base+"/dev"), chromedp.Click(button, chromedp.ByQuery), chromedp.WaitVisible(`form[action="/sign-out"], a.brand`, chromedp.ByQuery))
}

// newestRecommendation follows the first link of the list to a recommendation.
func newestRecommendation(tab context.Context, base string) (path string, err error) {
	err = chromedp.Run(tab, chromedp.Navigate(base+"/recommendations"),
		chromedp.Evaluate(`[...document.links].map(a => a.pathname).find(p => /^\/recommendations\/[0-9a-f-]{36}$/.test(p)) || ""`, &path))
	if err == nil && path == "" {
		err = fmt.Errorf("the list is empty")
	}
	return path, err
}

func (p picture) shoot(tab context.Context, base string) error {
	var png []byte
	err := chromedp.Run(tab, emulation.SetDeviceMetricsOverride(p.width, p.height, 1, p.width < 600), chromedp.Navigate(base+p.path),
		chromedp.Evaluate(`document.fonts.ready.then(() => true)`, nil), chromedp.CaptureScreenshot(&png))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, p.name+".png"), png, 0o644)
}
