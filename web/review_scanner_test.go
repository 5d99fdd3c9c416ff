package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/links"
	"tribuna/models"
)

var (
	postForm    = regexp.MustCompile(`<form[^>]*method="post"[^>]*action="([^"]+)"|<form[^>]*action="([^"]+)"[^>]*method="post"`)
	namedButton = regexp.MustCompile(`<button[^>]*type="submit"[^>]*name="([^"]+)"[^>]*value="([^"]*)"`)
	anyLink     = regexp.MustCompile(`href="(/[^"#]*)`)
)

// TestScannerByFormsDecidesNothing is a scanner of mails that follows every link of the pages of a question and sends every
// form as it stands, by each of its buttons: reviews, consultations and sign-offs are as they were.
func TestScannerByFormsDecidesNothing(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.concerns("RS")
	n.review(1, "expert-02")
	asks := []struct {
		slug string
		task *models.Task
	}{{"expert-02", n.taskOf("expert-02")}, {"partner-cyi", n.consultedBy("cyi")}}
	for _, asked := range asks {
		n.scanned(asked.task, asked.slug, "")
		n.undecided(asked.task)
	}
	words := url.Values{"reasons": {"Typed and not sent."}, "answer": {models.AnswerSupport}, "comment-5": {"Who pays?"}}
	for _, asked := range asks { // what was typed and left stands in the form, for their owner alone to send
		b, path := n.byLink(asked.task, n.person(asked.slug), "en")
		keep := filled(t, b.get(path).Body, answerPathOf(asked.task))
		keep.Set("do", "keep")
		for name, v := range words {
			keep[name] = v
		}
		require.Equal(t, http.StatusSeeOther, b.post(answerPathOf(asked.task), keep).StatusCode)
		n.scanned(asked.task, asked.slug, "?kept=continue")
		n.scanned(asked.task, asked.slug, "")
		n.undecided(asked.task)
		require.NotNil(t, n.left(asked.slug, models.KeptAnswer(asked.task.ID)), "nor is it thrown away")
	}
	for _, asked := range asks { // nor is an answer sent once more that was given
		b, path := n.byLink(asked.task, n.person(asked.slug), "en")
		send := filled(t, b.get(path+"?kept=continue").Body, answerPathOf(asked.task))
		for name, v := range words {
			send[name] = v
		}
		send.Set("sure", "yes")
		require.Equal(t, http.StatusSeeOther, b.post(answerPathOf(asked.task), send).StatusCode)
		was, err := models.ReviewByTask(t.Context(), n.db, asked.task.ID)
		require.NoError(t, err)
		n.scanned(asked.task, asked.slug, "")
		is, err := models.ReviewByTask(t.Context(), n.db, asked.task.ID)
		require.NoError(t, err)
		require.Equal(t, was, is)
	}
}

func answerPathOf(task *models.Task) string {
	return (&asked{task: task}).answerPath()
}

// consultedBy waits for the open question to an organisation.
func (n *office) consultedBy(organisation string) *models.Task {
	n.t.Helper()
	consulted := n.open(models.TaskConsult)
	i := slices.IndexFunc(consulted, func(task models.Task) bool { return *task.OrganisationID == demo.ID("organisation", organisation) })
	require.GreaterOrEqual(n.t, i, 0)
	return &consulted[i]
}

// scanned opens the page of a question as a scanner does, follows its links, and sends every form as it stands, by each of its buttons.
func (n *office) scanned(task *models.Task, slug, query string) {
	n.t.Helper()
	n.scannedAt(task, slug, taskPath(task.ID)+query, 2)
}

// scannedAt does so with a page on which there are so many forms at least.
func (n *office) scannedAt(task *models.Task, slug, address string, forms int) {
	n.t.Helper()
	b, _ := n.byLink(task, n.person(slug), "en")
	page := b.get(address)
	require.Equal(n.t, http.StatusOK, page.StatusCode)
	for _, link := range anyLink.FindAllStringSubmatch(page.Body, -1) {
		b.send(http.MethodHead, link[1], nil)
		require.Less(n.t, b.get(link[1]).StatusCode, http.StatusInternalServerError, link[1])
	}
	sent := 0
	for _, m := range postForm.FindAllStringSubmatch(page.Body, -1) {
		action := m[1] + m[2]
		values := filled(n.t, page.Body, action)
		n.sendAsScanner(task, slug, action, values)
		for _, button := range namedButton.FindAllStringSubmatch(formAt(page.Body, action), -1) {
			with := url.Values{button[1]: {button[2]}}
			for name, v := range values {
				with[name] = v
			}
			n.sendAsScanner(task, slug, action, with)
		}
		sent++
	}
	require.GreaterOrEqual(n.t, sent, forms, "it saw the forms")
}

// TestScannerInABrowserDecidesNothing is one that runs a browser: it opens the link and sends every form as it stands, past what
// the browser would check, and once more as a click on its first button.
func TestScannerInABrowserDecidesNothing(t *testing.T) {
	b, n := newBrowser(t), newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	link := n.front.URL + "/l/" + n.server.Links.Mint(links.KindTask, task.ID, n.person("expert-02").ID, task.Generation)
	var forms int
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(link), chromedp.WaitReady("form.accept"),
		chromedp.Evaluate(`document.querySelectorAll("main form").length`, &forms)))
	require.GreaterOrEqual(t, forms, 3)
	for _, how := range []string{"f.submit()", "(f.querySelector('[type=submit]') || f).click()"} {
		for i := range forms {
			require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(link), chromedp.WaitReady("form.accept"),
				chromedp.Evaluate(`(() => { const f = document.querySelectorAll("main form")[`+strconv.Itoa(i)+`]; `+how+` })()`, nil),
				chromedp.WaitReady("body")))
		}
	}
	n.undecided(task)
	n.sendsInFewPresses(b, task, "expert-02")
}

func (n *office) sendAsScanner(task *models.Task, slug, action string, values url.Values) {
	n.t.Helper()
	scanner, _ := n.byLink(task, n.person(slug), "en") // anew, for one of the forms forgets the link
	require.Less(n.t, scanner.post(action, values).StatusCode, http.StatusInternalServerError, action)
}

// undecided makes sure that nothing was said under a task, but what says nothing and is refused for it.
func (n *office) undecided(task *models.Task) {
	n.t.Helper()
	var said []models.DecisionKind
	require.NoError(n.t, n.db.NewSelect().Model((*models.Submission)(nil)).Column("kind").Where("task_id = ? AND state <> ?", task.ID, models.SubmissionRefused).Scan(n.t.Context(), &said))
	require.Empty(n.t, said)
	after := n.task(task.ID)
	require.Equal(n.t, models.TaskOpen, after.State)
	require.Nil(n.t, after.AcceptedAt)
	require.Equal(n.t, task.DueAt.UTC(), after.DueAt.UTC())
}

// formAt is the source of the form that posts to an address.
func formAt(body, action string) string {
	_, rest, _ := strings.Cut(body, `action="`+action+`"`)
	rest, _, _ = strings.Cut(rest, "</form>")
	return rest
}
