package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// rewrite saves a further version of the brief: change edits the draft that stands.
func (h *house) rewrite(change func(*models.Draft)) *models.Version {
	h.t.Helper()
	last := h.current()
	d := models.Draft{Title: last.Title, Body: last.Body}
	for i := range last.Measures {
		m := &last.Measures[i]
		d.Measures = append(d.Measures, models.DraftMeasure{ID: &m.ID, Text: m.Text, AuthorityIDs: m.AuthorityIDs})
	}
	change(&d)
	var saved *models.Version
	require.NoError(h.t, h.db.RunInTx(h.t.Context(), nil, func(ctx context.Context, tx bun.Tx) (err error) {
		saved, err = models.EditDraft(ctx, tx, h.brief.ID, last.Number, d, h.person("officer-khc"), h.server.Now())
		return err
	}))
	return saved
}

// threeVersions are the brief's: the second adds a paragraph and changes a measure, the third takes a measure away.
func (h *house) threeVersions() {
	h.rewrite(func(d *models.Draft) {
		d.Body += "\n\nA paragraph that came later."
		d.Measures[0].Text += " At once."
	})
	h.rewrite(func(d *models.Draft) {
		d.Title += " today"
		d.Measures = d.Measures[:len(d.Measures)-1]
	})
}

func TestAnyTwoVersionsAreCompared(t *testing.T) {
	h := newHouse(t)
	h.threeVersions()
	b, path := h.as("officer-khc", "en"), recommendationPath(h.brief.ID)+"/compare"

	all := b.get(path + "?from=1&to=3")
	require.Equal(t, http.StatusOK, all.StatusCode)
	for _, said := range []string{"Title changed", "1 paragraph added", "1 measure changed", "1 measure removed", `<option value="1" selected>`,
		`<option value="3" selected>`, `href="#change-1"`, `href="#change-4"`, `id="change-4"`, "paragraphs stayed as they were"} {
		require.Contains(t, all.Body, said)
	}
	require.Contains(t, all.Body, `<ins><span class="change-label">added:</span> A paragraph that came later.</ins>`, "said in words, not by tint alone")
	require.NotContains(t, all.Body, `id="change-5"`)
	back := b.get(path + "?from=3&to=1")
	require.Contains(t, back.Body, `<del><span class="change-label">removed:</span> A paragraph that came later.</del>`)
	require.Contains(t, back.Body, "1 measure added")

	last := b.get(path)
	require.Contains(t, last.Body, "Version 3 against version 2", "without a choice the last two")
	require.Contains(t, b.get(path+"?from=2&to=2").Body, "are the same")
	for _, wrong := range []string{"?from=9&to=1", "?from=x", "?to=-1"} {
		require.Equal(t, http.StatusNotFound, b.get(path+wrong).StatusCode, wrong)
	}
	require.Equal(t, http.StatusNotFound, h.as("expert-01", "en").get(path).StatusCode, "a draft is its owners' alone")
	require.Equal(t, http.StatusSeeOther, h.public("en").get(path).StatusCode, "nobody signed in")
	for _, tag := range i18n.Tags() {
		unsaid(t, h.as("officer-khc", tag).get(path+"?from=1&to=3"))
	}
}

func TestVersionsAreComparedAsTheyAreRead(t *testing.T) {
	h := newHouse(t)
	h.rewrite(func(d *models.Draft) {
		d.Body = "## The short of it\n\nTwo **short** years.\n\nStays *put*.\n\n- one\n- two"
	})
	h.rewrite(func(d *models.Draft) {
		d.Body = "## The long of it\n\nTwo **long** years.\n\nStays put.\n\n- one\n- two"
	})
	page := h.as("officer-khc", "en").get(recommendationPath(h.brief.ID) + "/compare").Body
	_, page, _ = strings.Cut(page, `<article class="compared">`)
	page, _, _ = strings.Cut(page, `<h2>`)
	require.Contains(t, page, `<h3>The <del><span class="change-label">removed:</span> short</del> <ins><span class="change-label">added:</span> long</ins> of it</h3>`, "a heading, and no two words stuck together")
	require.Contains(t, page, `Two <del><span class="change-label">removed:</span> short</del> <ins><span class="change-label">added:</span> long</ins> years.`)
	require.Contains(t, page, i18n.For("en").T("compare.form"), "emphasis alone is not passed over in silence")
	require.Contains(t, page, "• one")
	require.NotContains(t, page, "*")
	require.NotContains(t, page, "##")
}

// signIn signs somebody of the demo network in with a browser, in English.
func (h *house) signIn(slug string) chromedp.Action {
	post := func(path, fields string) chromedp.Action {
		return chromedp.Evaluate(`fetch("`+path+`", {method: "POST", body: new URLSearchParams(`+fields+`)}).then(r => r.status)`, nil, awaited)
	}
	return chromedp.Tasks{chromedp.Navigate(h.front.URL + "/dev"), post("/dev/sign-in", `{email: "`+h.person(slug).Email+`"}`),
		post("/language", `{language: "en"}`)}
}

func TestComparingInABrowser(t *testing.T) {
	h := newHouse(t)
	h.threeVersions()
	b := newBrowser(t)
	var wide bool
	var faults []string
	var address string
	require.NoError(t, chromedp.Run(b.ctx,
		chromedp.EmulateViewport(390, 844),
		h.signIn("officer-khc"),
		chromedp.Navigate(h.front.URL+recommendationPath(h.brief.ID)+"/compare?from=1&to=3"),
		chromedp.Evaluate(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide),
		chromedp.Click(`a[href="#change-2"]`),
		chromedp.Location(&address)))
	require.False(t, wide, "nothing is cut off on a phone")
	require.True(t, strings.HasSuffix(address, "#change-2"))
	faults = b.seriousFaults(t)
	require.Empty(t, faults)
	require.Empty(t, b.complaints)
	require.NoError(t, chromedp.Run(b.ctx,
		chromedp.SetValue(`select[name=from]`, "2"),
		chromedp.Submit(`select[name=from]`),
		chromedp.WaitVisible(`#change-1`),
		chromedp.Location(&address)))
	u, err := url.Parse(address)
	require.NoError(t, err)
	require.Equal(t, "2", u.Query().Get("from"), "the address says what is compared")
}
