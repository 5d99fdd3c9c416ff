package web

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/models"
)

var (
	postForm  = regexp.MustCompile(`<form[^>]*method="post"[^>]*action="([^"]+)"|<form[^>]*action="([^"]+)"[^>]*method="post"`)
	anyButton = regexp.MustCompile(`<button[^>]*>`)
	anyNumber = regexp.MustCompile(`\d+`)
	attribute = regexp.MustCompile(`\s(type|name|value|formaction)="([^"]*)"`)
	anyLink   = regexp.MustCompile(`href="(/[^"#]*)`)
)

// TestScannerByFormsDecidesNothing is a scanner of mails that follows every link of the pages of a question and sends every form of
// them as it stands, by each of its buttons: reviews and consultations are as they were. TestOrganisationsSignOff,
// TestTranslationFromOpeningToApproval and TestFollowUpIsReportedAndEnded have it look at the mails of the questions that come later.
func TestScannerByFormsDecidesNothing(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.concerns("RS")
	n.review(2, "expert-02", "expert-04") // so that no answer below closes the round
	asks := []struct {
		slug string
		task *models.Task
	}{{"expert-02", n.taskOf("expert-02")}, {"partner-cyi", n.consultedBy("cyi")}}
	for _, asked := range asks {
		n.scanned(asked.task, n.person(asked.slug), "")
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
		n.scanned(asked.task, n.person(asked.slug), "?kept=continue")
		n.scanned(asked.task, n.person(asked.slug), "")
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
		n.scanned(asked.task, n.person(asked.slug), "")
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

// scanned opens the page of a question as a scanner does, follows its links, sends every form there and on the pages below it as it
// stands, by each of its buttons, and holds what it left against what it found.
func (n *office) scanned(task *models.Task, who models.Person, query string) {
	n.t.Helper()
	sent := n.scannedAt(task, who, taskPath(task.ID)+query)
	require.Contains(n.t, sent, taskPath(task.ID)+"/report", "it saw the forms of the pages below")
	require.GreaterOrEqual(n.t, len(sent), 3, "it saw the forms")
}

// scannedAt does so from another page of the question on, and returns where it sent what.
func (n *office) scannedAt(task *models.Task, who models.Person, address string) (sent map[string]bool) {
	n.t.Helper()
	before := n.standing()
	b, path := n.byLink(task, who, "en")
	sent, seen := map[string]bool{}, map[string]bool{path: true}
	for pages := []string{address}; len(pages) > 0; pages = pages[1:] {
		page := b.get(pages[0])
		require.Less(n.t, page.StatusCode, http.StatusInternalServerError, pages[0])
		if !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
			continue
		}
		for _, link := range anyLink.FindAllStringSubmatch(page.Body, -1) {
			to := html.UnescapeString(link[1])
			if seen[to] {
				continue
			}
			seen[to] = true
			b.send(http.MethodHead, to, nil)
			if strings.HasPrefix(to, path) {
				pages = append(pages, to)
			} else {
				require.Less(n.t, b.get(to).StatusCode, http.StatusInternalServerError, to)
			}
		}
		for _, m := range postForm.FindAllStringSubmatch(page.Body, -1) {
			n.sendAsScanner(task, who, page.Body, m[1]+m[2], sent)
		}
	}
	require.NotEmpty(n.t, sent, "it saw forms")
	n.stands(before)
	return sent
}

// sendAsScanner sends a form as it stands, by none of its buttons and by each, and notes where it went.
func (n *office) sendAsScanner(task *models.Task, who models.Person, page, action string, sent map[string]bool) {
	n.t.Helper()
	values := filled(n.t, page, action)
	send := func(to string, values url.Values) {
		scanner, _ := n.byLink(task, who, "en") // anew, for one of the forms forgets the link
		to, _, _ = strings.Cut(html.UnescapeString(to), "#")
		require.Less(n.t, scanner.post(to, values).StatusCode, http.StatusInternalServerError, to)
		sent[to] = true
	}
	send(action, values)
	for _, button := range anyButton.FindAllString(formAt(page, action), -1) {
		is := map[string]string{"formaction": action}
		for _, m := range attribute.FindAllStringSubmatch(button, -1) {
			is[m[1]] = m[2]
		}
		if is["type"] == "button" {
			continue
		}
		with, says := maps.Clone(values), action+" "+is["name"]+" "+anyNumber.ReplaceAllString(is["value"], "N")
		if is["name"] != "" {
			with[is["name"]] = []string{html.UnescapeString(is["value"])}
		}
		if !sent[says] { // a place for a comment on each paragraph is one button
			send(is["formaction"], with)
		}
		sent[says] = true
	}
}

// standing is all that a machine has to leave as it is, row by row: what was said and decided, who is asked what, and how people are
// written to. What was refused says nothing.
func (h *house) standing() map[string]map[string]bool {
	h.t.Helper()
	all := map[string]map[string]bool{}
	for table, which := range map[string]string{"decisions": "TRUE", "submissions": "state <> 'refused'", "tasks": "TRUE", "people": "TRUE", "reviews": "TRUE", "comments": "TRUE",
		"review_answers": "TRUE", "review_conflicts": "TRUE", "reviewer_suggestions": "TRUE", "signoffs": "TRUE", "consents": "TRUE", "suppressions": "TRUE", "progress_notes": "TRUE",
		"content_reports": "TRUE"} {
		var rows []string
		require.NoError(h.t, h.db.NewRaw("SELECT to_jsonb(x)::text FROM ? AS x WHERE "+which, bun.Ident(table)).Scan(h.t.Context(), &rows), table)
		all[table] = map[string]bool{}
		for _, row := range rows {
			all[table][row] = true
		}
	}
	all["kept_words"] = h.keptForOpen()
	require.NotEmpty(h.t, all["people"])
	require.NotEmpty(h.t, all["tasks"])
	return all
}

// keptForOpen are the words that wait in reviews and consultations that are asked for, whenever they were kept last. In one that was
// answered a machine can keep the answer that stands, which is offered to nobody.
func (h *house) keptForOpen() map[string]bool {
	h.t.Helper()
	var rows []string
	require.NoError(h.t, h.db.NewRaw(`SELECT jsonb_build_array(kw.person_id, kw.form, kw.fields->'reasons', kw.fields->'comment-5')::text
		FROM kept_words AS kw JOIN tasks AS t ON kw.form = 'task:' || t.id WHERE t.state = 'open' AND t.kind IN ('review', 'consult')`).Scan(h.t.Context(), &rows))
	all := map[string]bool{}
	for _, row := range rows {
		all[row] = true
	}
	return all
}

// stands holds what there is against what there was.
func (h *house) stands(before map[string]map[string]bool) {
	h.t.Helper()
	now := h.standing()
	for table, rows := range before {
		for row := range now[table] {
			require.True(h.t, rows[row], "a machine wrote into %s: %s", table, row)
		}
		require.Len(h.t, now[table], len(rows), table)
	}
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
