package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testbrowser"
)

// shotsVariable names a folder for pictures of every page inspected, for people to look at.
const shotsVariable = "TRIBUNA_TEST_SHOTS"

// facts is what is asked of every page by itself.
type facts struct {
	Language string `json:"language"`
	Headings int    `json:"headings"`
	Heading  string `json:"heading"`
	Title    string `json:"title"`
	Path     string `json:"path"`
	Notices  string `json:"notices"` // of which kinds it has
}

const askFacts = `({
	language: document.documentElement.lang,
	headings: document.querySelectorAll("h1").length,
	heading: document.querySelector("h1")?.innerText ?? "",
	title: document.title,
	path: location.pathname,
	notices: [...document.querySelectorAll(".notice")].map(e => e.className).join(" "),
})`

// tooWide names what may be the reason why a page can be moved sideways; nothing when it cannot. A phone says that it has inner
// room for whatever it shows: as wide as its screen is the root alone.
const tooWide = `document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] : [...document.querySelectorAll("body *")]
	.filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 120))`

// zoomed is what is left of a screen of 1280 px at 400 % (WCAG 2.2, 1.4.10).
const zoomed = 320

// inspect holds the page to what every page promises: the reader's language, one heading of the first order, nothing
// beyond the edge of a phone or at 400 %, no barrier for anybody, and neither a script that fails nor one that is refused. A page
// that looks as one did before is inspected only for what is quick.
func (v *visitor) inspect() {
	v.t.Helper()
	var f facts
	v.run(chromedp.WaitReady("body"), chromedp.Evaluate(askFacts, &f))
	where := fmt.Sprintf("%s at %s (%s)", v.name, f.Path, f.Title)
	assert.Equal(v.t, v.language, f.Language, where)
	assert.Equal(v.t, 1, f.Headings, "%s: one heading of the first order", where)
	assert.NotEmpty(v.t, f.Heading, where)
	v.quiet(where)
	if !v.firstTime(f) {
		return
	}
	v.fits(where)
	kind := "barriers " + identifier.ReplaceAllString(f.Path, "…")
	if v.scripts || !v.seen[kind] { // what scripts add is in no other page
		v.seen[kind] = true
		v.hasNoBarriers(where)
	}
	v.shoot(f)
}

func (v *visitor) quiet(where string) {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	require.Empty(v.t, v.complaints, "%s: the Content-Security-Policy is kept and no script fails", where)
}

var identifier = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|/(l|u|a)/[^/]+`)

func (v *visitor) firstTime(f facts) bool {
	key := identifier.ReplaceAllString(strings.Join([]string{f.Path, f.Language, f.Title, f.Notices, fmt.Sprint(v.width, v.scripts)}, " "), "…")
	first := !v.seen[key]
	v.seen[key] = true
	return first
}

func (v *visitor) fits(where string) {
	v.t.Helper()
	for _, width := range []int64{phone, zoomed} {
		var beyond []string
		v.run(screen(width), chromedp.Evaluate(tooWide, &beyond))
		assert.Empty(v.t, beyond, "%s: nothing reaches beyond the edge at %d px", where, width)
	}
	v.run(screen(v.width))
}

func (v *visitor) hasNoBarriers(where string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	v.run(emulation.SetScriptExecutionDisabled(false)) // for the one that looks; the page's own were not loaded
	faults, err := testbrowser.Barriers(ctx)
	require.NoError(v.t, err, where)
	v.run(emulation.SetScriptExecutionDisabled(!v.scripts))
	assert.Empty(v.t, faults, where)
}

var unsafe = regexp.MustCompile(`[^\p{L}\p{N}]+`)

// shoot takes pictures where they are asked for: in light and in dark.
func (v *visitor) shoot(f facts) {
	folder := os.Getenv(shotsVariable)
	if folder == "" {
		return
	}
	v.t.Helper()
	name := fmt.Sprintf("%03d-%s-%s-%d", len(v.seen), unsafe.ReplaceAllString(identifier.ReplaceAllString(f.Path, ""), "-"), f.Language, v.width)
	for _, scheme := range []string{"light", "dark"} {
		var picture []byte
		v.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}}),
			chromedp.FullScreenshot(&picture, 100), screen(v.width))
		require.NoError(v.t, os.WriteFile(filepath.Join(folder, name+"-"+scheme+".png"), picture, 0o644))
	}
	v.run(emulation.SetEmulatedMedia())
}
