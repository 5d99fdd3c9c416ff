package web

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"tribuna/api"
	"tribuna/internal/demo"
	"tribuna/internal/devstack/catcher"
	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/mail"
	"tribuna/models"
)

// masked is a round of the demo's brief in which everybody has an unusual name, so that one finds it in every byte.
type masked struct {
	*office
	t         *testing.T
	mode      string
	reviewers []string // slugs
	tasks     map[string]*models.Task
	api       http.Handler
	out       *mail.Sender
}

// Who wrote the text, and where they work.
var authorWords = []string{"quaggascribe", "quaggapost", "quaggahouse"}

// identities are what leads to a reviewer: name, address, ids, and the times of what they did.
func (m *masked) identities(slug string) []string {
	i := slices.Index(m.reviewers, slug)
	p := m.person(slug)
	return []string{fmt.Sprintf("numbatname%d", i), fmt.Sprintf("numbatpost%d", i), p.ID.String(), p.Pseudonym.String(), m.tasks[slug].ID.String(),
		fmt.Sprintf("2019-03-0%d", i+1)}
}

// answer is a word that only this reviewer said.
func (m *masked) answer(slug string) string {
	return fmt.Sprintf("numbatsaid%d", slices.Index(m.reviewers, slug))
}

func newMasked(t *testing.T, mode string) *masked {
	t.Helper()
	m := &masked{office: newOffice(t), t: t, mode: mode, reviewers: []string{"expert-02", "expert-06", "expert-12"}, tasks: map[string]*models.Task{}}
	m.patient(func(d *models.ProcedureDocument) {
		d.Review.Anonymity, d.Review.Enough, d.Review.WhenEnough, d.Review.Grace, d.Review.LateApart = mode, 2, models.EnoughAsks, "1s", true
		askedInTest(d)
	})
	change := func(query string, args ...any) {
		_, err := m.db.NewRaw(query, args...).Exec(t.Context())
		require.NoError(t, err)
	}
	change("UPDATE people SET name = ?, email = ? WHERE id = ?", "Quaggascribe Officer", "quaggapost@office.example", m.officer.ID)
	change("UPDATE organisations SET name = ? WHERE id = ?", "Quaggahouse", demo.ID("organisation", "khc"))
	for i, slug := range m.reviewers {
		change("UPDATE people SET name = ?, email = ?, naming = ? WHERE id = ?", fmt.Sprintf("Numbatname%d Expert", i), fmt.Sprintf("numbatpost%d@experts.example", i), models.NamingNone, m.person(slug).ID)
		m.server.Demo.Accounts = append(m.server.Demo.Accounts, DemoAccount{Email: m.person(slug).Email})
	}
	m.server.Demo.Accounts = append(m.server.Demo.Accounts, DemoAccount{Email: "quaggapost@office.example"})
	m.officer = m.person("officer-khc")
	m.withWord(testbrowser.Chromium())
	m.out = m.office.sender()
	m.api = api.New(api.Options{DB: m.db, Processes: m.server.Processes, Links: m.server.Links, Now: time.Now, Log: slog.New(slog.DiscardHandler), Word: m.server.Word,
		BaseURL: m.server.BaseURL})
	m.review(2, m.reviewers...)
	for _, slug := range m.reviewers {
		m.tasks[slug] = m.taskOf(slug)
	}
	return m
}

// says has the next reviewer answer, with all that an answer can hold. When they did is then put where a byte tells it.
func (m *masked) says(slug string) {
	m.t.Helper()
	v, err := models.VersionByID(m.t.Context(), m.db, *m.brief.CurrentVersionID)
	require.NoError(m.t, err)
	word := m.answer(slug)
	m.say(m.brief.ID, m.person(slug), models.DecideAnswerReview, m.tasks[slug], models.ReviewPayload{VersionHash: v.Hash, Answer: models.AnswerSupportWithChanges,
		Reasons: "Reasons " + word, Naming: models.NamingPublic, ConfidentialNote: "Note " + word,
		Comments: []models.CommentPayload{{Block: 2, Body: "Comment " + word},
			{Block: 2, Kind: models.CommentSuggestion, Quote: "several hundred", Replacement: "Instead " + word, Body: "Because " + word}},
		Answers: []models.AnswerPayload{{Question: "sound", Value: "2", Expertise: models.ExpertiseWell}, {Question: "private", Text: "Private " + word}}})
	i := slices.Index(m.reviewers, slug)
	when := time.Date(2019, 3, i+1, 9, 0, 0, 0, time.UTC)
	_, err = m.db.NewRaw("UPDATE reviews SET answered_at = ? WHERE task_id = ?", when, m.tasks[slug].ID).Exec(m.t.Context())
	require.NoError(m.t, err)
	_, err = m.db.NewRaw("UPDATE comments SET created_at = ? WHERE task_id = ?", when, m.tasks[slug].ID).Exec(m.t.Context())
	require.NoError(m.t, err)
}

// happens is what goes on beside the answers, each with a mail of its own: a conflict of interest is declared and decided about, more time is
// refused and given, somebody is reminded, and a new link is asked for.
func (m *masked) happens() {
	m.t.Helper()
	first, second, third := m.reviewers[0], m.reviewers[1], m.reviewers[2]
	m.say(m.brief.ID, m.person(first), models.DecideDeclareConflict, m.tasks[first], models.DeclareConflictPayload{Kind: models.ConflictOther, Words: "numbatconflict"})
	m.say(m.brief.ID, m.officer, models.DecideRuleConflict, m.tasks[first], models.RuleConflictPayload{Ruling: models.RulingMayAnswer, Reason: "It is far enough."})
	far := models.Day(m.tasks[second].DueAt.AddDate(0, 6, 0))
	m.say(m.brief.ID, m.person(second), models.DecideAskTime, m.tasks[second], models.AskTimePayload{DueOn: &far, Reason: "numbattime"})
	m.say(m.brief.ID, m.officer, models.DecideRefuseTime, m.tasks[second], models.RefuseTimePayload{Reason: "It is read in June."})
	near := models.Day(m.tasks[second].DueAt.AddDate(0, 0, 7))
	m.say(m.brief.ID, m.officer, models.DecideExtendReview, m.tasks[second], models.AskTimePayload{DueOn: &near})
	m.say(m.brief.ID, m.officer, models.DecideNudgeReview, m.tasks[third], models.NoPayload{})
	require.NoError(m.t, models.RenewLink(m.t.Context(), m.db, m.tasks[first].ID, m.person(first).ID, time.Now()))
	for slug, task := range m.tasks {
		m.tasks[slug] = m.task(task.ID)
	}
}

// close closes the round; nothing is waited for but that.
func (m *masked) close() {
	m.t.Helper()
	m.say(m.brief.ID, m.officer, models.DecideCloseReview, nil, models.NoPayload{})
	m.open(models.TaskDecideReview)
}

// told is one address, and what was answered to somebody.
type told struct {
	door string
	body string // as it is read: unzipped where it is an archive
}

// ids are what addresses name: the text's questions, and its answers and comments as the database knows them.
func (m *masked) ids(query string) []string {
	var all []uuid.UUID
	require.NoError(m.t, m.db.NewRaw(query, m.brief.ID).Scan(m.t.Context(), &all))
	return listed(all, uuid.UUID.String)
}

func listed[T any](all []T, say func(T) string) (words []string) {
	for _, one := range all {
		words = append(words, say(one))
	}
	return words
}

// doorsOf are the addresses that a path stands for.
func (m *masked) doorsOf(path string) []string {
	doors := []string{path}
	fill := func(variable string, values ...string) {
		var filled []string
		for _, d := range doors {
			if !strings.Contains(d, variable) {
				filled = append(filled, d)
				continue
			}
			for _, v := range values {
				filled = append(filled, strings.ReplaceAll(d, variable, v))
			}
		}
		doors = filled
	}
	switch {
	case strings.HasPrefix(path, "/tasks/{id}"):
		fill("{id}", m.ids("SELECT id FROM tasks WHERE recommendation_id = ?")...)
	case strings.HasPrefix(path, "/recommendations/{id}"):
		fill("{id}", m.brief.ID.String())
	case strings.HasPrefix(path, "/people/{id}"), strings.HasPrefix(path, administrationPath+"/people/{id}"):
		fill("{id}", listed(m.reviewers, func(slug string) string { return m.person(slug).ID.String() })...)
	}
	fill("{item}", m.ids("SELECT c.id FROM comments AS c WHERE c.recommendation_id = ?0 UNION SELECT rv.id FROM reviews AS rv WHERE rv.recommendation_id = ?0 UNION SELECT task_id FROM reviews WHERE recommendation_id = ?0")...)
	fill("{number:[0-9]+}", "1")
	fill("{number}", "1")
	fill("{language}", "en")
	fill("{form:docx|pdf}", "docx", "pdf")
	for _, d := range doors {
		if strings.HasSuffix(d, "/round") {
			doors = append(doors, d+"?round=1")
			for _, slug := range m.reviewers {
				doors = append(doors, d+"?task="+m.tasks[slug].ID.String())
			}
		}
	}
	doors = append(doors, map[string][]string{"/search": {"/search?q=numbat", "/search?q=quagga", "/search?q=" + url.QueryEscape(m.brief.Title)}}[path]...)
	return slices.DeleteFunc(doors, func(d string) bool { return strings.ContainsAny(d, "{}") })
}

// readable is an answer's text; of an archive, that of everything in it.
func readable(body string) string {
	if strings.HasPrefix(body, "%PDF") {
		return body + printed(body)
	}
	archive, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		return body
	}
	var all bytes.Buffer
	for _, f := range archive.File {
		r, err := f.Open()
		if err == nil {
			_, _ = io.Copy(&all, r) //nolint:gosec // a file of our own
			_ = r.Close()
		}
	}
	return all.String()
}

// printed is the text of a PDF file and what it says of itself; scripts/ensure poppler installs what reads it.
func printed(body string) string {
	var all strings.Builder
	for _, program := range [][]string{{"pdftotext", "-", "-"}, {"pdfinfo", "-"}} {
		cmd := exec.Command(program[0], program[1:]...) //nolint:gosec // those above
		cmd.Stdin = strings.NewReader(body)
		out, _ := cmd.Output()
		all.Write(out)
	}
	return all.String()
}

// about reports whether a door leads to the brief or to one of its questions.
func (m *masked) about(d told) bool {
	return strings.Contains(d.door, m.brief.ID.String()) || strings.HasPrefix(d.door, "/tasks/")
}

func has(text string, words ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, strings.ToLower(w)) })
}

// joined reports whether something says a word and, of the same thing, one of others: the innermost entry of a page, or in JSON
// any object on the way to the word.
func (d told) joined(word string, others []string) bool {
	if !has(d.body, word) || !has(d.body, others...) {
		return false
	}
	var value any
	if json.Unmarshal([]byte(strings.TrimSpace(d.body)), &value) == nil {
		_, both := inJSON(value, word, others)
		return both
	}
	page, err := html.Parse(strings.NewReader(d.body))
	if err != nil || !strings.Contains(d.body, "<html") {
		return true // a file: whatever it holds it says of the same
	}
	return inHTML(page, word, others)
}

func inJSON(value any, word string, others []string) (found, both bool) {
	switch v := value.(type) {
	case string:
		return has(v, word), has(v, word) && has(v, others...)
	case []any:
		for _, one := range v {
			f, b := inJSON(one, word, others)
			found, both = found || f, both || b
		}
	case map[string]any:
		names := false
		for _, one := range v {
			if s, is := one.(string); is {
				names = names || has(s, others...)
			}
			f, b := inJSON(one, word, others)
			found, both = found || f, both || b
		}
		both = both || found && names
	}
	return found, both
}

func inHTML(n *html.Node, word string, others []string) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && has(allOf(c), word) {
			if inHTML(c, word, others) {
				return true
			}
			if slices.Contains([]string{"li", "article", "tr", "form", "dl"}, c.Data) && has(allOf(c), others...) {
				return true
			}
		}
	}
	return false
}

func allOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for _, a := range n.Attr {
			b.WriteString(a.Val + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}

// inOneLine puts the lines of a calendar together again, which are broken wherever they are full (RFC 5545, 3.1).
var inOneLine = strings.NewReplacer("\r\n ", "", "\r\n\t", "")

// mailsTo are all mails that came to somebody, every part, attachment and header decoded.
func (m *masked) mailsTo(address string) (all []string) {
	m.t.Helper()
	for _, one := range m.mails.Messages(catcher.Filter{To: address}) {
		d, err := m.mails.Message(one.ID)
		require.NoError(m.t, err)
		text := d.Text + "\n" + html.UnescapeString(d.HTML)
		for _, a := range d.Attachments {
			require.False(m.t, a.Cut, "%s is larger than what is read of it", a.Name)
			text += "\n" + a.Name + "\n" + inOneLine.Replace(readable(string(a.Content)))
		}
		for _, h := range d.Headers {
			text += "\n" + h.Name + ": " + h.Value
		}
		all = append(all, text)
	}
	return all
}

func TestNobodyWhoHoldsTheKeyOfARunningRoundTakesChargeOfItsText(t *testing.T) {
	m := newMasked(t, models.AnonymitySingle)
	c, to := m.as("coordinator", "en"), m.person("coordinator")
	path := personPath(m.officer.ID) + "/hand-over"
	page := c.get(path).Body
	require.Contains(t, page, "none of them can take charge of it until the round is decided")
	require.NotContains(t, page, `value="`+to.ID.String()+`"`, "no coordinator is offered")
	refused := c.post(path, url.Values{"to_id": {to.ID.String()}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.Body, "whoever is in charge of the text must not know")
	require.Equal(t, m.officer.ID, m.reload().OfficerID)
	for _, slug := range m.reviewers[:2] {
		m.says(slug)
	}
	m.close()
	require.Contains(t, m.as("officer-khc", "en").get("/recommendations/"+m.brief.ID.String()).Body, "known only to coordinators who do not work on this text")
	decide := m.open(models.TaskDecideReview)
	m.say(m.brief.ID, m.officer, models.DecideReview, &decide[0], models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "Good."})
	done := c.post(path, url.Values{"to_id": {to.ID.String()}})
	require.Equal(t, http.StatusSeeOther, done.StatusCode, done.Body)
	m.waitFor("the officer in charge to change", func() bool { return m.reload().OfficerID == to.ID })
	require.NotContains(t, c.get("/recommendations/"+m.brief.ID.String()).Body, "known only to coordinators who do not work on this text")
	require.Contains(t, c.get("/recommendations/"+m.brief.ID.String()).Body, "they may have read the names before")
	m.mailsGiveNobodyAway(t, models.MailHandedOver)
}
