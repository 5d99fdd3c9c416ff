package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testbrowser"
)

// Widths of the screens people look at, in CSS pixels.
const (
	phone   int64 = 390
	desktop int64 = 1280
)

// visitor is one person at one screen. What they press and write, they do by keyboard once it is where they want it: it
// reaches what is meant wherever the page has moved it. In which order the keyboard gets there is not what they prove.
type visitor struct {
	*house
	t        *testing.T
	ctx      context.Context
	name     string
	language string // of the pages they get
	width    int64
	scripts  bool // false: their browser runs none

	mu         sync.Mutex
	complaints []string
}

// violations makes the console say what the Content-Security-Policy refused.
const violations = `addEventListener("securitypolicyviolation", e => console.error("CSP:", e.violatedDirective, e.blockedURI))`

// visitor opens a window for somebody who reads a language.
func (h *house) visitor(t *testing.T, name, language string, width int64) *visitor {
	t.Helper()
	ctx := testbrowser.Window(t)
	v := &visitor{house: h, t: t, ctx: ctx, name: name, language: language, width: width, scripts: true}
	chromedp.ListenTarget(ctx, v.listen)
	v.run(log.Enable(), runtime.Enable(), screen(width),
		network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": language}),
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument(violations).Do(ctx)
			return err
		}))
	return v
}

// plainVisitor is a visitor whose browser runs no scripts.
func (h *house) plainVisitor(t *testing.T, name, language string, width int64) *visitor {
	v := h.visitor(t, name, language, width)
	v.run(emulation.SetScriptExecutionDisabled(true))
	v.scripts = false
	return v
}

func screen(width int64) chromedp.Action {
	return emulation.SetDeviceMetricsOverride(width, 900, 1, width < 600)
}

// listen gathers what the console says went wrong. That a form was refused is no news: status 422 is looked at where it
// is expected.
func (v *visitor) listen(event any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		refused := e.Entry.Source == log.SourceNetwork && strings.Contains(e.Entry.Text, "status of 422")
		if !refused && (e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning) {
			v.complaints = append(v.complaints, e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			for _, a := range e.Args {
				v.complaints = append(v.complaints, string(a.Value))
			}
		}
	case *runtime.EventExceptionThrown:
		v.complaints = append(v.complaints, e.ExceptionDetails.Error())
	}
}

// run does what is given, within the time one thing may take.
func (v *visitor) run(actions ...chromedp.Action) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		v.t.Fatalf("%s: %v\n%s", v.name, err, v.page())
	}
}

// goes does what leads to another page, waits for that and inspects it. It returns the status of the answer.
func (v *visitor) goes(action chromedp.Action) int64 {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.Evaluate(`window.left = true`, nil)) // of the page that is left
	answer, err := chromedp.RunResponse(ctx, action)
	if err != nil {
		v.t.Fatalf("%s: %v\n%s", v.name, err, v.page())
	}
	status := v.status(ctx, answer)
	v.inspect()
	return status
}

// status is that of the page an answer brought. There is none yet where the page that was left named another address for itself first, as
// one does whose form is gone back to: then the next page is waited for.
func (v *visitor) status(ctx context.Context, answer *network.Response) (status int64) {
	v.t.Helper()
	if answer != nil {
		return answer.Status
	}
	require.Eventually(v.t, func() bool {
		err := chromedp.Run(ctx, chromedp.Evaluate(`!window.left && document.readyState === "complete" ?
			performance.getEntriesByType("navigation")[0].responseStatus : 0`, &status))
		return err == nil && status > 0
	}, patience, 50*time.Millisecond, "%s is led to another page", v.name)
	return status
}

// open goes to an address of the instance.
func (v *visitor) open(path string) {
	v.t.Helper()
	require.EqualValues(v.t, 200, v.goes(chromedp.Navigate(v.site+path)), "%s opens %s", v.name, path)
}

// press uses a link or a button that leads to another page.
func (v *visitor) press(selector string) {
	v.t.Helper()
	require.EqualValues(v.t, 200, v.pressed(selector), "%s presses %s:\n%s", v.name, selector, v.page())
}

// pressed is press for an answer that may be a refusal.
func (v *visitor) pressed(selector string) int64 {
	v.t.Helper()
	return v.goes(chromedp.SendKeys(selector, kb.Enter, by(selector)))
}

// hit uses what changes the page they are on.
func (v *visitor) hit(selector string) {
	v.t.Helper()
	v.run(chromedp.SendKeys(selector, kb.Enter, by(selector)))
}

// unfold opens the parts of the page in which something lies folded, as far as they are closed; it takes a CSS selector of what lies inside them.
func (v *visitor) unfold(selector string) {
	v.t.Helper()
	closed := `details:not([open]):has(` + selector + `) > summary`
	for n := v.count(closed); n > 0; n-- {
		v.hit(closed) // the outermost
		require.Equal(v.t, n-1, v.count(closed), "%s unfolds %s", v.name, selector)
	}
}

// by tells XPath from a CSS selector.
func by(selector string) chromedp.QueryOption {
	if strings.HasPrefix(selector, "//") {
		return chromedp.BySearch
	}
	return chromedp.ByQuery
}

// tick chooses a radio button or a box, unless it is chosen already.
func (v *visitor) tick(selectors ...string) {
	v.t.Helper()
	for _, s := range selectors {
		if !v.is(s, "checked") {
			v.run(chromedp.SendKeys(s, " ", by(s)))
		}
		require.True(v.t, v.is(s, "checked"), "%s ticks %s", v.name, s)
	}
}

// is reports whether an element is checked, or open.
func (v *visitor) is(selector, what string) bool {
	v.t.Helper()
	var so bool
	v.run(chromedp.JavascriptAttribute(selector, what, &so, by(selector)))
	return so
}

// choose takes an option of a select.
func (v *visitor) choose(selector, value string) {
	v.t.Helper()
	var now string
	v.run(chromedp.SetValue(selector, value, by(selector)), chromedp.Value(selector, &now, by(selector)))
	require.Equal(v.t, value, now, "%s chooses in %s", v.name, selector)
}

// write types text in place of what a field holds.
func (v *visitor) write(selector, text string) {
	v.t.Helper()
	v.run(chromedp.Focus(selector, by(selector)), chromedp.Evaluate(`document.activeElement.select()`, nil), input.InsertText(text))
	require.Equal(v.t, text, v.holds(selector), "%s writes into %s", v.name, selector)
}

// setDate puts a date into a date field, which no keyboard fills the same in every language.
func (v *visitor) setDate(selector, date string) {
	v.t.Helper()
	v.choose(selector, date)
}

// speaks chooses the language of the pages, which is kept for the next visit.
func (v *visitor) speaks(language string) {
	v.t.Helper()
	v.hit(`.masthead details:has(form[action="/language"]) summary`)
	v.language = language
	v.press(`.masthead button[name="language"][value="` + language + `"]`)
}

// holds returns what a field holds.
func (v *visitor) holds(selector string) string {
	v.t.Helper()
	var value string
	v.run(chromedp.Value(selector, &value, by(selector)))
	return value
}

// shows waits until something is to be seen on the page.
func (v *visitor) shows(selector string) {
	v.t.Helper()
	v.run(chromedp.WaitVisible(selector, by(selector)))
}

// lacks requires that something is not on the page.
func (v *visitor) lacks(selector string) {
	v.t.Helper()
	require.Zero(v.t, v.count(selector), "%s has no business with %s", v.name, selector)
}

// reads requires words on the page.
func (v *visitor) reads(words ...string) {
	v.t.Helper()
	for _, w := range words {
		require.Contains(v.t, v.page(), w, "%s reads", v.name)
	}
}

// page returns the words of the page.
func (v *visitor) page() string {
	var text string
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.Evaluate(`location.pathname + "\n" + document.body.innerText`, &text))
	return text
}

// path returns the address of the page, without the instance's own.
func (v *visitor) path() string {
	v.t.Helper()
	var path string
	v.run(chromedp.Evaluate(`location.pathname`, &path))
	return path
}

// count counts elements.
func (v *visitor) count(selector string) int {
	v.t.Helper()
	var n int
	v.run(chromedp.Evaluate(`document.querySelectorAll(`+"`"+selector+"`"+`).length`, &n))
	return n
}

// awaits opens a page again and again until it shows something.
func (v *visitor) awaits(path, selector string) {
	v.t.Helper()
	met := poll(v.ctx, patience, func() bool {
		v.run(chromedp.Navigate(v.site + path))
		return v.count(selector) > 0
	})
	require.True(v.t, met, "%s waits for %s:\n%s", v.name, selector, v.page())
	v.inspect()
}
