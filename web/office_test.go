package web

import (
	"context"
	"log/slog"
	"net/http"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/activities"
	"tribuna/internal/demo"
	"tribuna/internal/devstack/catcher"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
	"tribuna/internal/mail"
	"tribuna/models"
	"tribuna/workflows"
)

// office is a house in which decisions are taken: with a Temporal server, a worker and a mail server, all real.
type office struct {
	*house
	officer     models.Person
	mails       *catcher.Catcher
	acts        *activities.Activities
	startWorker func()
	stopWorker  func()
}

// newOffice opens one for a test, beside which others may run: most of the time it waits for the process.
func newOffice(t *testing.T) *office {
	t.Helper()
	if testing.Short() {
		t.Skip("a running process is not for the short tests")
	}
	alongside(t)
	// A demo network of its own, so that the brief's process is not that of another test on the same Temporal server.
	db := testdb.New(t)
	require.NoError(t, demo.Load(t.Context(), db, time.Now()))
	c := &office{house: newHouseOver(t, db)}
	c.officer = c.person("officer-khc")
	// A queue of its own: tests share the Temporal server, and their databases come from one template.
	_, err := c.db.NewUpdate().Table("installation").Set("id = ?", uuid.New()).Where("TRUE").Exec(t.Context())
	require.NoError(t, err)
	temporal := testtemporal.Client(t)
	c.server.Processes = &workflows.Client{DB: c.db, Temporal: temporal, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Patience: time.Minute} // beside other tests a decision can take longer than a person waits
	c.acts = &activities.Activities{DB: c.db, Now: time.Now, Mails: batches{c.sender()}, Processes: c.server.Processes,
		Log: slog.New(slog.DiscardHandler)}
	queue, err := c.server.Processes.Queue(t.Context())
	require.NoError(t, err)
	c.startWorker = func() {
		w := workflows.NewWorker(temporal, queue, c.acts)
		require.NoError(t, w.Start())
		c.stopWorker = sync.OnceFunc(w.Stop)
		t.Cleanup(c.stopWorker)
	}
	c.startWorker()
	return c
}

func (c *office) sender() *mail.Sender {
	var err error
	c.mails, err = catcher.Start(c.t.Context(), catcher.Options{Dir: c.t.TempDir()})
	require.NoError(c.t, err)
	c.t.Cleanup(func() { _ = c.mails.Stop(context.Background()) })
	smtp, err := mail.NewSMTP(c.mails.URL(), mail.Timeouts{Command: 5 * time.Second})
	require.NoError(c.t, err)
	return &mail.Sender{DB: c.db, Transport: smtp, Composer: mail.NewComposer(c.db, c.server.Links, c.server.BaseURL),
		From: netmail.Address{Name: "Tribuna", Address: "office@tribuna.example"}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// batches lets a mailing's process send through the loop that sends all mails.
type batches struct{ *mail.Sender }

func (b batches) SendMailing(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error) {
	return b.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: limit, Progress: func(int) { progress() }})
}

// say takes a decision of somebody's as the pages of others do.
func (c *office) say(process uuid.UUID, who models.Person, kind models.DecisionKind, task *models.Task, payload any) {
	c.t.Helper()
	sub, err := models.NewSubmission(process, NewDecisionID(), kind, who.ID, payload)
	require.NoError(c.t, err)
	if task != nil {
		sub.TaskID = &task.ID
	}
	outcome, _, err := c.server.Processes.Decide(c.t.Context(), sub)
	require.NoError(c.t, err)
	require.Equal(c.t, models.SubmissionRecorded, outcome.State)
}

// patience is for how long a test waits for what does not come in the end: longer than a busy machine takes.
const patience = 2 * time.Minute

// waitFor waits until something is so.
func (c *office) waitFor(what string, so func() bool) {
	c.t.Helper()
	require.Eventually(c.t, so, patience, 50*time.Millisecond, what)
}

// open waits until questions of a kind are open and returns them.
func (c *office) open(kind models.TaskKind) []models.Task {
	c.t.Helper()
	var list []models.Task
	c.waitFor("a question of kind "+string(kind), func() bool {
		var err error
		list, err = models.Tasks(c.t.Context(), c.db, models.TaskFilter{Recommendation: c.brief.ID, Kinds: []models.TaskKind{kind}, OpenOnly: true})
		require.NoError(c.t, err)
		return len(list) > 0
	})
	return list
}

// task reads a question again.
func (c *office) task(id uuid.UUID) *models.Task {
	c.t.Helper()
	t, err := models.TaskByID(c.t.Context(), c.db, id)
	require.NoError(c.t, err)
	return t
}

// reload reads the brief again.
func (c *office) reload() *models.Recommendation {
	c.t.Helper()
	r, err := models.RecommendationByID(c.t.Context(), c.db, c.brief.ID)
	require.NoError(c.t, err)
	return r
}

// patient makes the network's own procedure that of the brief, with room for a test that takes its time.
func (c *office) patient(change func(*models.ProcedureDocument)) {
	c.t.Helper()
	p, err := models.ProcedureBySlug(c.t.Context(), c.db, "default")
	require.NoError(c.t, err)
	p.ID, p.Slug = models.NewID(), "patient"
	p.Document.Digest.Immediate = true
	if change != nil {
		change(&p.Document)
	}
	_, err = c.db.NewInsert().Model(p).Exec(c.t.Context())
	require.NoError(c.t, err)
	_, err = c.db.NewUpdate().Model((*models.Recommendation)(nil)).Set("procedure_id = ?", p.ID).Where("id = ?", c.brief.ID).Exec(c.t.Context())
	require.NoError(c.t, err)
}

// concerns adds a country to those the brief concerns.
func (c *office) concerns(country string) {
	c.t.Helper()
	row := map[string]any{"recommendation_id": c.brief.ID, "country_code": country}
	_, err := c.db.NewInsert().Model(&row).TableExpr("recommendation_countries").Exec(c.t.Context())
	require.NoError(c.t, err)
}

// review sends the brief to experts.
func (c *office) review(enough int, experts ...string) {
	c.t.Helper()
	var invite []uuid.UUID
	for _, slug := range experts {
		invite = append(invite, demo.ID("person", slug))
	}
	c.say(c.brief.ID, c.officer, models.DecideStartReview, nil,
		models.StartReviewPayload{VersionID: *c.brief.CurrentVersionID, Invite: invite, Enough: enough})
}

// accept has a review's answers in and the text accepted.
func (c *office) accept() {
	c.t.Helper()
	c.review(1, "expert-02")
	task := &c.open(models.TaskReview)[0]
	v, err := models.VersionByID(c.t.Context(), c.db, *task.VersionID)
	require.NoError(c.t, err)
	c.say(c.brief.ID, c.person("expert-02"), models.DecideAnswerReview, task,
		models.ReviewPayload{VersionHash: v.Hash, Answer: models.AnswerSupport})
	c.say(c.brief.ID, c.officer, models.DecideReview, &c.open(models.TaskDecideReview)[0],
		models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "The reviews support it."})
}

// byLink opens somebody's personal link and returns the browser and the address it leads to.
func (c *office) byLink(task *models.Task, person models.Person, language string) (*reader, string) {
	c.t.Helper()
	b := c.public(language)
	got := b.get(c.linkFor(task, person.ID))
	require.Equal(c.t, http.StatusSeeOther, got.StatusCode)
	return b, got.Header.Get("Location")
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// form returns the hidden fields of the form that posts to action.
func form(t testing.TB, body, action string) url.Values {
	t.Helper()
	_, rest, found := strings.Cut(body, `action="`+action+`"`)
	require.True(t, found, "the page has a form that posts to %s:\n%s", action, body)
	rest, _, _ = strings.Cut(rest, "</form>")
	values := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(rest, -1) {
		values.Add(m[1], m[2])
	}
	return values
}

// sound checks what holds for every page: no key in the place of words, nothing left unset.
func sound(t testing.TB, got answer) {
	t.Helper()
	require.NotContains(t, got.Body, "&lt;no value&gt;")
	require.NotContains(t, got.Body, "ZgotmplZ")
	require.NotContains(t, got.Body, `href=""`, "a link leads nowhere")
	require.Empty(t, bareKeyOfAsked.FindString(got.Body), "a key is shown instead of its words")
}

var bareKeyOfAsked = regexp.MustCompile(`[>" ](asked|review|signoff|translation|followup|mailing|mail|error|form)\.[a-z_]+(\.[a-z_]+)*[<" ]`)
