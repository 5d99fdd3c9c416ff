package web

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// reachable lists what the keyboard should get to, in the order it stands on the page: radio buttons of one question are one
// stop, so is a toolbar, within which the arrows lead. stop names where the keyboard is, and whether one sees that it is there.
const (
	reachable = `(() => {
		const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter(e =>
			e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" && e.checkVisibility({checkOpacity: false, checkVisibilityCSS: true}));
		const groups = new Set();
		window.stops = all.filter(e => {
			const bar = e.closest("[role=toolbar]");
			if (bar) return e === all.find(o => bar.contains(o));
			if (e.type !== "radio") return true;
			const group = (e.form?.action ?? "") + e.name;
			if (groups.has(group)) return false;
			groups.add(group);
			return true;
		});
		return window.stops.map(e => e.outerHTML.slice(0, 90));
	})()`
	stop = `(() => {
		const e = document.activeElement, style = getComputedStyle(e);
		const at = window.stops.findIndex(s => s === e || (s.closest("[role=toolbar]")?.contains(e)) || (s.type === "radio" && e.type === "radio" && s.name === e.name));
		const seen = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
		return [at, seen, e.outerHTML.slice(0, 90)];
	})()`
)

// TestEveryPageByKeyboardAlone goes through pages with the tab key: it reaches everything one can act on, in the order of the
// page, shows where it is, and gets out again.
func TestEveryPageByKeyboardAlone(t *testing.T) {
	b, h := newBrowser(t), newHouse(t)
	b.signIn(t, h, "coordinator")
	for _, page := range []string{"/", "/recommendations", "/recommendations/new", "/dashboard", "/dashboard/coverage", "/dashboard/pipeline", "/follow-ups",
		"/published", "/account", "/account/keys", administrationPath, proceduresPath + "/default/edit", grantsPath, accessPath} {
		t.Run(page, func(t *testing.T) { b.tabsThrough(t, h.front.URL+page) })
	}
	t.Run("the first key leads past the navigation", func(t *testing.T) {
		var at string
		require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(h.front.URL+"/dashboard"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter),
			chromedp.Evaluate(`location.hash`, &at)))
		require.Equal(t, "#main", at)
	})
	t.Run("a page that keeps itself up to date leaves the keyboard where it is", func(t *testing.T) { b.refreshes(t, h) })
	require.Empty(t, b.complaints, fmt.Sprint(b.complaints))
}

// tabsThrough goes through a page from its beginning to its end.
func (b *browser) tabsThrough(t *testing.T, address string) {
	t.Helper()
	var stops []string
	page, err := chromedp.RunResponse(b.ctx, chromedp.Navigate(address))
	require.NoError(t, err)
	require.EqualValues(t, 200, page.Status)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Evaluate(reachable, &stops)))
	require.Greater(t, len(stops), 10, "a page on which there is nothing to do: %v", stops)
	for i, want := range stops {
		got := []any{float64(i - 1)}
		for inner := 0; got[0] == float64(i-1) && inner < 5; inner++ { // a date is a field of several
			require.NoError(t, chromedp.Run(b.ctx, chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(stop, &got)))
		}
		require.EqualValues(t, i, got[0], "expected %s, came to %v", want, got[2])
		require.Equal(t, true, got[1], "one does not see where the keyboard is: %v", got[2])
	}
	var out string
	require.NoError(t, chromedp.Run(b.ctx, chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(`document.activeElement.tagName`, &out)))
	require.Contains(t, []string{"BODY", "HTML"}, out, "the keyboard is not caught at the end")
}

// TestEveryRoleByKeyboardAlone goes through the pages that others than the coordinator are there for, each as whoever it is for.
func TestEveryRoleByKeyboardAlone(t *testing.T) {
	b, done := newBrowser(t), newWorld(t, "done")
	for name, kind := range map[string]models.TaskKind{"a partner reports": models.TaskReportProgress, "a translator": models.TaskTranslate,
		"a translator approves": models.TaskApproveTranslation} {
		t.Run(name, func(t *testing.T) { b.tabsThrough(t, done.front.URL+done.link(kind)) })
	}
	t.Run("anybody", func(t *testing.T) { b.tabsThrough(t, done.front.URL+"/published/"+done.brief.Slug+"/en") })
	b.signIn(t, done.house, "officer-khc")
	for _, page := range []string{recommendationPath(done.brief.ID) + "/mailings/new", "/mailings/" + done.mailing.String()} {
		t.Run("an officer, "+page, func(t *testing.T) { b.tabsThrough(t, done.front.URL+page) })
	}
	review := newWorld(t, "review")
	require.NoError(t, chromedp.Run(b.ctx, network.ClearBrowserCookies()))
	t.Run("an expert reviews", func(t *testing.T) { b.tabsThrough(t, review.front.URL+review.link(models.TaskReview)) })
	t.Run("a partner comments", func(t *testing.T) { b.tabsThrough(t, review.front.URL+review.link(models.TaskConsult)) })
	review.enter(models.StageSignOff)
	t.Run("a partner signs off", func(t *testing.T) { b.tabsThrough(t, review.front.URL+review.link(models.TaskSignOff)) })
	require.Empty(t, b.complaints)
}

// link is the address of the personal link that leads whoever is asked to a question.
func (w *world) link(kind models.TaskKind) string {
	task := w.tasks[kind]
	return "/l/" + w.server.Links.Mint(links.KindTask, task.ID, w.answers(task), task.Generation)
}

func (b *browser) signIn(t *testing.T, h *house, slug string) {
	t.Helper()
	var status int
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(h.front.URL+"/dev"), chromedp.Evaluate(
		`fetch("/dev/sign-in", {method: "POST", body: new URLSearchParams({email: "`+h.person(slug).Email+`"})}).then(r => r.status)`, &status, awaited)))
	require.Equal(t, 200, status)
}

// refreshes changes what the overview shows while its reader has opened the table behind a chart and stands on a link in it.
func (b *browser) refreshes(t *testing.T, h *house) {
	change := func(sql string) {
		_, err := h.db.NewRaw(sql).Exec(t.Context())
		require.NoError(t, err)
	}
	const link = `#statuses-table a`
	change(`INSERT INTO followups (id, recommendation_id, measure_id, authority_id, status, status_since, created_at)
		SELECT gen_random_uuid(), m.recommendation_id, m.id, ma.authority_id, 'not_followed', now(), now() FROM measures AS m
		JOIN measure_authorities AS ma ON ma.measure_id = m.id`)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(h.front.URL+"/dashboard"),
		chromedp.Evaluate(`document.getElementById("statuses-table").open = true; document.querySelector("`+link+`").focus(); window.before = document.getElementById("overview"); 0`, nil)))
	change(`UPDATE recommendations SET held_at = now()`)
	var kept []string
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Evaluate(`new Promise(done => {
		document.addEventListener("htmx:afterSettle", () => done([
			String(document.getElementById("overview") !== window.before), String(document.getElementById("statuses-table").open),
			String(document.activeElement === document.querySelector("`+link+`")), document.getElementById("live")?.textContent ?? ""]));
		window.before.dispatchEvent(new Event("look"));
	})`, &kept, awaited)))
	require.Equal(t, []string{"true", "true", "true"}, kept[:3], "it is new, as open as it was, and the keyboard stands where it stood")
	require.Contains(t, kept[3], i18n.For("en").T("dashboard.figure.held"), "and the figures are said aloud")
}
