package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// looks sends a form that leads to another page, and opens that.
func looks(t testing.TB, b *reader, action string, f url.Values) answer {
	t.Helper()
	got := b.post(action, f)
	require.Equal(t, http.StatusSeeOther, got.StatusCode, got.Body)
	to, _, _ := strings.Cut(got.Header.Get("Location"), "#")
	got = b.get(to)
	require.Equal(t, http.StatusOK, got.StatusCode, to)
	return got
}

// TestWhatWillBeSentIsAPage that can be opened again and again: it sends nothing, and its form says nothing as it stands.
func TestWhatWillBeSentIsAPage(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(2, "expert-02", "expert-04")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	require.Equal(t, path, b.get(path+"/summary").Header.Get("Location"), "there is nothing to look at")
	f := filled(t, b.get(path).Body, path+"/review")
	f.Set("do", "look")
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path+"/review", f).StatusCode)
	require.Nil(t, n.left("expert-02", models.KeptAnswer(task.ID)), "a form without words leaves none")

	f.Set("comment-3", "This needs a source.")
	wrong := looks(t, b, path+"/review", f)
	sound(t, wrong)
	require.Contains(t, wrong.Body, `id="f-answer"`)
	require.Contains(t, wrong.Body, "This needs a source.")
	require.Contains(t, wrong.Body, `id="error-summary"`, "what is wrong is said on a page that can be opened again")
	f.Set("answer", models.AnswerSupport)
	f.Set("do", "another-3")
	more := looks(t, b, path+"/review", f)
	require.Contains(t, more.Body, `id="f-comment-3-1"`, "a place for another one, also where the page is opened again")
	require.Contains(t, more.Body, `value="support" checked`)

	f = filled(t, more.Body, path+"/review")
	f.Set("do", "look")
	shown := looks(t, b, path+"/review", f)
	sound(t, shown)
	require.Contains(t, shown.Body, "This needs a source.")
	n.scannedAt(task, n.person("expert-02"), path+"/summary?page="+f.Get("page"))
	require.NotContains(t, n.public("en").get(path+"/summary").Body, "This needs a source.", "who has no link reads nothing")
	send := filled(t, shown.Body, path+"/review")
	send.Set("do", "send")
	unsure := b.post(path+"/review", send)
	require.Equal(t, http.StatusUnprocessableEntity, unsure.StatusCode)
	sound(t, unsure)
	require.Contains(t, unsure.Body, `id="f-sure-error"`)
	require.Equal(t, models.TaskOpen, n.task(task.ID).State)
	send = filled(t, unsure.Body, path+"/review")
	send.Set("do", "send")
	send.Set("sure", "yes")
	require.Equal(t, path+"/thanks", b.post(path+"/review", send).Header.Get("Location"))
	require.Equal(t, path+"/thanks", b.get(path+"/summary?page="+f.Get("page")).Header.Get("Location"), "who goes back reads what was sent")
	require.Equal(t, path+"/thanks", b.get(path+"/summary").Header.Get("Location"))
}

// TestBackAndForwardSendNothingTwice goes back and forward between the pages from the mail to the thanks, with scripts and without: the
// browser never asks to send a form again.
func TestBackAndForwardSendNothingTwice(t *testing.T) {
	b, n := newBrowser(t), newOffice(t)
	n.patient(nil)
	n.review(3, "expert-02", "expert-04", "expert-06")
	t.Run("without scripts", func(t *testing.T) {
		n.t = t
		task := n.goesToSummary(b, "expert-04", false)
		n.goesBack(b, -1, ".review-form")
		n.goesBack(b, 1, ".summary-form")
		require.NoError(t, chromedp.Run(b.ctx, press(`.summary-form [name="sure"]`)))
		rv := n.sendsFromSummary(b, task)
		// The browser may show the page out of its memory, ticked: what is sent from there is what was sent.
		if n.goesBack(b, -1, "main") != taskPath(task.ID)+"/thanks" {
			n.sendsFromSummary(b, task)
		}
		again, err := models.ReviewByTask(t.Context(), n.db, task.ID)
		require.NoError(t, err)
		require.Equal(t, rv.DecisionID, again.DecisionID)
	})
	t.Run("with scripts", func(t *testing.T) {
		n.t = t
		task := n.goesToSummary(b, "expert-02", true)
		n.goesBack(b, -1, ".review-form")
		n.goesBack(b, 1, ".summary-form:not([inert])")
		require.NoError(t, chromedp.Run(b.ctx, press(`.summary-form [name="sure"]`)))
		rv := n.sendsFromSummary(b, task)
		require.Equal(t, taskPath(task.ID)+"/thanks", n.goesBack(b, -1, ".answer-given"), "a page that was sent leads to the thanks")
		n.goesBack(b, -1, ".review-form")
		require.Equal(t, taskPath(task.ID)+"/thanks", n.goesBack(b, 1, ".answer-given"))
		again, err := models.ReviewByTask(t.Context(), n.db, task.ID)
		require.NoError(t, err)
		require.Equal(t, rv.DecisionID, again.DecisionID)
	})
	require.Empty(t, b.complaints)
}

// goesToSummary goes from the link in the mail over an error to what would be sent.
func (n *office) goesToSummary(b *browser, slug string, scripts bool) *models.Task {
	n.t.Helper()
	task := n.taskOf(slug)
	require.NoError(n.t, chromedp.Run(b.ctx, chromedp.EmulateViewport(390, 844), emulation.SetScriptExecutionDisabled(!scripts),
		chromedp.Navigate(n.front.URL+n.linkFor(task, n.person(slug).ID)), chromedp.WaitVisible(".review-form"),
		press(`[data-block="2"] summary`), press(`[name="comment-2"]`), chromedp.KeyEvent("Which year?"),
		chromedp.Evaluate(`document.querySelector(".review-form").noValidate = true`, nil),
		press(`.review-form button[value="look"]`), chromedp.WaitVisible("#error-summary"),
		press(`label:has(> [name="answer"][value="support"])`),
		press(`.review-form button[value="look"]`), chromedp.WaitVisible(".summary-form")))
	return task
}

// press presses as a mouse does, also where no script runs and where the page came out of the browser's memory, of which the browser does
// not tell that its elements are others.
func press(selector string) chromedp.Action {
	find := `(() => {
		const e = document.querySelector(` + strconv.Quote(selector) + `)
		e.scrollIntoView({ block: "center", behavior: "instant" })
		const at = e.getBoundingClientRect()
		return [at.x + at.width / 2, at.y + at.height / 2]
	})()`
	return chromedp.ActionFunc(func(ctx context.Context) error {
		var at []float64
		if err := chromedp.Evaluate(find, &at).Do(ctx); err != nil {
			return err
		}
		return chromedp.MouseClickXY(at[0], at[1]).Do(ctx)
	})
}

// goesBack goes a page back (-1) or forward (1) as the button of the browser does, waits until another page holds what is looked for, and
// returns its path. The browser's own page, which asks whether to send a form again, holds nothing of ours. A page that is left is told by
// a mark, for it may look like the one that comes.
func (n *office) goesBack(b *browser, by int64, selector string) (path string) {
	n.t.Helper()
	left := strconv.FormatInt(time.Now().UnixNano(), 36)
	require.NoError(n.t, chromedp.Run(b.ctx, chromedp.Evaluate("window.left = "+strconv.Quote(left), nil), chromedp.ActionFunc(func(ctx context.Context) error {
		at, entries, err := cdppage.GetNavigationHistory().Do(ctx)
		if err != nil {
			return err
		}
		return cdppage.NavigateToHistoryEntry(entries[at+by].ID).Do(ctx)
	})))
	n.findsOn(b, selector, "window.left !== "+strconv.Quote(left))
	require.NoError(n.t, chromedp.Run(b.ctx, chromedp.Evaluate("location.pathname", &path)))
	return path
}

// sendsFromSummary sends what is ticked, and waits for the thanks; what was sent is what is there.
func (n *office) sendsFromSummary(b *browser, task *models.Task) *models.Review {
	n.t.Helper()
	require.NoError(n.t, chromedp.Run(b.ctx, press(`.summary-form button[value="send"]`)))
	n.findsOn(b, ".answer-given ~ .actions a", `location.pathname.endsWith("/thanks")`)
	rv, err := models.ReviewByTask(n.t.Context(), n.db, task.ID)
	require.NoError(n.t, err)
	require.Len(n.t, rv.Comments, 1)
	return rv
}

// findsOn waits until a page is there that holds something, and of which something is so.
func (n *office) findsOn(b *browser, selector, so string) {
	n.t.Helper()
	n.waitFor(selector+" stands on the page", func() bool {
		var stands bool
		err := chromedp.Run(b.ctx, chromedp.Evaluate("document.readyState === \"complete\" && "+so+" && !!document.querySelector("+strconv.Quote(selector)+")", &stands))
		return err == nil && stands
	})
}
