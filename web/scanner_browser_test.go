package web

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/links"
	"tribuna/models"
)

// machine is a scanner of mails that runs a browser and keeps its cookies: it follows every link of the site from the mail on and
// presses every button, past what the browser would check.
type machine struct {
	*house
	b       *browser
	site    string
	pressed map[string]bool // what was pressed: where it goes and what it says
	seen    map[string]bool // addresses
}

// newMachine is one before the pages as they are outside demonstrations: no door signs it in.
func (h *house) newMachine(b *browser) *machine {
	h.t.Helper()
	doors := h.server.Demo
	h.server.Demo = nil
	site := httptest.NewServer(h.server.Handler())
	h.t.Cleanup(site.Close)
	h.server.Demo = doors
	return &machine{house: h, b: b, site: site.URL, pressed: map[string]bool{}, seen: map[string]bool{}}
}

// button is one of a page, under the number it has there; form is that of the form it sends, -1 for none. A form is pressed without
// any button as well (button -1), as some machines send it.
type button struct {
	Form, Button int
	Says         string // where it sends what
}

// everything of a page that can be followed or pressed. What differs by a number alone, a place for a comment on each paragraph, is one.
const everything = `(() => {
	const forms = [...document.forms], found = {Links: [], Buttons: []}
	for (const a of document.querySelectorAll("a[href]")) if (a.origin === location.origin) found.Links.push(a.pathname + a.search)
	const path = address => new URL(address, location).pathname
	forms.forEach((f, i) => found.Buttons.push({Form: i, Button: -1, Says: f.method + " " + path(f.getAttribute("action") || "")}));
	[...document.querySelectorAll("button, input[type=submit], input[type=image]")].forEach((e, i) => found.Buttons.push({Form: forms.indexOf(e.form), Button: i,
		Says: e.form && e.type !== "button" ? [e.form.method, path(e.getAttribute("formaction") || e.form.getAttribute("action") || ""), e.name, e.value.replace(/\d+/g, "N")].join(" ")
			: "script " + e.textContent.trim()}))
	return found
})()`

// pressing presses a button or sends a form, and tells whether the page is left by it.
const pressing = `((form, button) => {
	const f = document.forms[form], e = document.querySelectorAll("button, input[type=submit], input[type=image]")[button]
	let leaves = false
	window.machine = true
	if (f) {
		f.noValidate = true
		f.target = ""
	}
	addEventListener("submit", event => { leaves = !event.defaultPrevented })
	if (!e) {
		f.submit()
		return true
	}
	e.click()
	return leaves
})`

// scan does everything that can be done from a mail's link on, and holds what it left against what it found.
func (m *machine) scan(task *models.Task, who models.Person) {
	m.t.Helper()
	before, began, buttons := m.standing(), time.Now(), len(m.pressed)
	link := "/l/" + m.server.Links.Mint(links.KindTask, task.ID, who.ID, task.Generation)
	for pages := []string{link}; len(pages) > 0; pages = pages[1:] {
		for m.visit(pages[0]); m.pressesAll(link, &pages); {
			m.visit(pages[0]) // it may offer something else now
		}
	}
	m.t.Logf("%s: %d buttons, %d addresses so far, %s", task.Kind, len(m.pressed)-buttons, len(m.seen), time.Since(began).Round(time.Second))
	m.stands(before)
}

// visit opens an address; what is no page (a calendar, a file) leaves the browser where it was.
func (m *machine) visit(address string) {
	m.t.Helper()
	m.seen[address] = true
	if err := chromedp.Run(m.b.ctx, chromedp.Navigate(m.site+address)); err != nil {
		require.Contains(m.t, err.Error(), "net::ERR_ABORTED", address)
	}
}

// pressesAll presses what was not pressed before, on the page one is on and on those it leads to, and tells whether there was any.
func (m *machine) pressesAll(link string, pages *[]string) (any bool) {
	m.t.Helper()
	for next := m.look(pages); next != nil; next = m.look(pages) {
		any = true
		m.pressed[next.Says] = true
		m.press(*next)
		if strings.HasSuffix(next.Says, "/leave") { // the link was forgotten; the mail is still there
			m.visit(link)
		}
	}
	return any
}

// look notes the links of the page one is on and returns a button that was not pressed before, or nil.
func (m *machine) look(pages *[]string) (next *button) {
	m.t.Helper()
	var found struct {
		Links   []string
		Buttons []button
	}
	require.NoError(m.t, chromedp.Run(m.b.ctx, chromedp.Evaluate(everything, &found)))
	for _, to := range found.Links {
		if !m.seen[to] {
			m.seen[to] = true
			*pages = append(*pages, to)
		}
	}
	i := slices.IndexFunc(found.Buttons, func(one button) bool { return !m.pressed[one.Says] })
	if i < 0 {
		return nil
	}
	return &found.Buttons[i]
}

func (m *machine) press(one button) {
	m.t.Helper()
	var leaves bool
	require.NoError(m.t, chromedp.Run(m.b.ctx, chromedp.Evaluate(fmt.Sprintf("%s(%d, %d)", pressing, one.Form, one.Button), &leaves)), one.Says)
	over := `!document.querySelector(".htmx-request")`
	if leaves {
		over = `window.machine === undefined && document.readyState === "complete"`
	}
	require.Eventually(m.t, func() (is bool) {
		err := chromedp.Run(m.b.ctx, chromedp.Evaluate(over, &is)) // an error while one page makes way for the next
		return err == nil && is
	}, 30*time.Second, 10*time.Millisecond, one.Says)
}

// TestScannerInABrowserDecidesNothing has a machine look at the mails to an expert, a partner who is consulted, and one who signs off; it
// presses no button by which anything changes. In between an expert sends the review.
func TestScannerInABrowserDecidesNothing(t *testing.T) {
	b, n := newBrowser(t), newOffice(t)
	n.patient(func(d *models.ProcedureDocument) {
		d.Review.Grace, d.Translation.Skip = "1s", true
	})
	n.withWord(testbrowser.Chromium())
	n.concerns("RS")
	n.review(1, "expert-02")
	task, m := n.taskOf("expert-02"), n.newMachine(b)
	m.scan(task, n.person("expert-02"))
	for _, says := range []string{"/accept", "/decline", "/time", "/conflict", "/review", "/leave", "/language", "/report", "/word"} {
		require.Contains(t, m.pressed, "post "+taskPath(task.ID)+says)
	}
	require.Contains(t, m.pressed, "post /language language bg", "the page was read in another language")
	consulted := n.open(models.TaskConsult)
	i := slices.IndexFunc(consulted, func(one models.Task) bool { return *one.OrganisationID == demo.ID("organisation", "cyi") })
	m.scan(&consulted[i], n.person("partner-cyi"))
	require.Contains(t, m.pressed, "post "+taskPath(consulted[i].ID)+"/consultation do look")
	require.NoError(t, chromedp.Run(b.ctx, network.ClearBrowserCookies()))
	n.sendsInFewPresses(b, task, "expert-02")

	n.say(n.brief.ID, n.officer, models.DecideReview, &n.open(models.TaskDecideReview)[0], models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "The review supports it."})
	signs := n.signOffTask("khc")
	m.scan(signs, n.person("partner-khc"))
	require.Contains(t, m.pressed, "post "+taskPath(signs.ID)+"/sign-off")
}

// TestScannerInABrowserHandsNothingOver has a machine look at the mails to a translator whose words are whole, to the second reader of them,
// and to who reports on progress.
func TestScannerInABrowserHandsNothingOver(t *testing.T) {
	b := newBrowser(t)
	for stage, links := range map[string]map[models.TaskKind][]string{
		"signoff": {models.TaskTranslate: {"/translation then hand_over", "/decline", "/decline do keep"},
			models.TaskApproveTranslation: {"/approve-translation", "/return-translation", "/decline"}},
		"done": {models.TaskReportProgress: {"/progress", "/progress do keep", "/report"}},
	} {
		w := newWorld(t, stage)
		if stage == "signoff" {
			w.translated()
		}
		m := w.newMachine(b)
		for kind, presses := range links {
			require.NoError(t, chromedp.Run(b.ctx, network.ClearBrowserCookies()))
			task := w.tasks[kind]
			who, err := models.PersonByID(t.Context(), w.db, w.answers(task))
			require.NoError(t, err)
			m.scan(task, who)
			for _, says := range presses {
				require.Contains(t, slices.Collect(maps.Keys(m.pressed)), strings.TrimSpace("post "+taskPath(task.ID)+says))
			}
		}
	}
}

// translated has the words of the world's translation whole: only that somebody says so is wanting.
func (w *world) translated() {
	w.t.Helper()
	tr, err := models.TranslationByID(w.t.Context(), w.db, *w.tasks[models.TaskTranslate].SubjectID)
	require.NoError(w.t, err)
	version, err := models.VersionByID(w.t.Context(), w.db, *w.brief.CurrentVersionID)
	require.NoError(w.t, err)
	in := models.TranslationInput{Title: &version.Title}
	for _, block := range tr.Blocks {
		in.Blocks = append(in.Blocks, models.BlockInput{Position: block.Position, Text: block.Source})
	}
	for _, m := range version.Measures {
		in.Measures = append(in.Measures, models.TranslatedMeasure{ID: m.ID, Text: m.Text})
	}
	whole, err := models.SaveTranslation(w.t.Context(), w.db, tr.ID, tr.Revision, in)
	require.NoError(w.t, err)
	require.NoError(w.t, whole.Missing(version).OrNil())
}
