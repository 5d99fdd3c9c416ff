package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/activities"
	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
	"tribuna/internal/record"
	"tribuna/models"
	"tribuna/workflows"
)

// newWorkingHouse is a house with a real Temporal server and a worker: what is sent is decided.
func newWorkingHouse(t *testing.T) *house {
	t.Helper()
	temporal := testtemporal.Client(t)
	log := slog.New(slog.DiscardHandler)
	// A demo network of its own, so that the brief's process is not that of another test on the same Temporal server.
	db := testdb.New(t)
	require.NoError(t, demo.Load(t.Context(), db, time.Now()))
	var processes *workflows.Client
	h := furnish(t, db, time.Now, func(db *bun.DB) *workflows.Client {
		processes = &workflows.Client{DB: db, Temporal: temporal, Now: time.Now, Log: log, Patience: 30 * time.Second}
		return processes
	})
	// A queue of its own, for databases come from one template; and experts who are given time, however slow the machine.
	for _, change := range []string{"UPDATE installation SET id = gen_random_uuid()",
		`UPDATE procedures SET document = jsonb_set(document, '{review,respond}', '"10m"') WHERE slug = 'fast'`} {
		_, err := h.db.ExecContext(t.Context(), change)
		require.NoError(t, err)
	}
	queue, err := processes.Queue(t.Context())
	require.NoError(t, err)
	worker := workflows.NewWorker(temporal, queue, &activities.Activities{DB: h.db, Now: time.Now, Processes: processes, Log: log})
	require.NoError(t, worker.Start())
	t.Cleanup(worker.Stop)
	return h
}

// eventually asks until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	require.Eventually(t, so, 30*time.Second, 100*time.Millisecond, what)
}

// waitingFor waits until somebody is asked to do something and returns that task's id.
func (h *house) waitingFor(t *testing.T, token string, kind models.TaskKind) uuid.UUID {
	t.Helper()
	var id uuid.UUID
	eventually(t, "a task of kind "+string(kind), func() bool {
		res := h.do(t, request{method: "GET", path: "/waiting", token: token})
		var all list[Waiting]
		require.NoError(t, json.Unmarshal(res.body, &all))
		for _, w := range all.Items {
			if w.Kind == kind {
				id = w.TaskID
			}
		}
		return id != uuid.Nil
	})
	return id
}

func TestTwentyIdenticalPostsAreOneDecision(t *testing.T) {
	h := newWorkingHouse(t)
	rec := h.brief(t)
	officer, expert := h.token(t, "officer-khc"), h.token(t, "expert-01")
	path := "/recommendations/" + rec.ID.String()
	start := models.StartReviewPayload{VersionID: *rec.CurrentVersionID, Invite: []uuid.UUID{demo.ID("person", "expert-01"), demo.ID("person", "expert-02")},
		Reserve: []uuid.UUID{demo.ID("person", "expert-05")}}
	header := key()
	answers := h.twenty(t, request{method: "POST", path: path + "/reviews", token: officer, body: start, header: header})
	for _, a := range answers {
		require.Equal(t, http.StatusOK, a.status, "%s", a.body)
		require.JSONEq(t, string(answers[0].body), string(a.body), "everybody gets the same answer")
	}
	require.Equal(t, 1, h.entries(t, rec, "review.started"))

	start.Enough = 1
	other := h.do(t, request{method: "POST", path: path + "/reviews", token: officer, body: start, header: header})
	require.Equal(t, http.StatusConflict, other.status)
	require.Equal(t, "other_words", other.problem.Code)

	var sub Submission
	var decision Decision
	require.NoError(t, json.Unmarshal(answers[0].body, &decision))
	h.read(t, officer, "/submissions/"+decision.SubmissionID.String(), &sub)
	require.Equal(t, models.SubmissionRecorded, sub.State)
	require.Equal(t, 404, h.do(t, request{method: "GET", path: "/submissions/" + decision.SubmissionID.String(), token: expert}).status, "only who sent it")

	task := h.waitingFor(t, expert, models.TaskReview)
	var view Task
	h.read(t, expert, "/tasks/"+task.String(), &view)
	review := models.ReviewPayload{VersionHash: view.Version.Hash, Answer: models.AnswerSupportWithChanges, Reasons: "Say who pays.",
		Comments: []models.CommentPayload{{Block: 1, Body: "Here."}}}
	for _, a := range h.twenty(t, request{method: "POST", path: "/tasks/" + task.String() + "/review", token: expert, body: review, header: key()}) {
		require.Equal(t, http.StatusOK, a.status, "%s", a.body)
	}
	require.Equal(t, 1, h.entries(t, rec, "review.answered"))

	t.Run("a refusal is told in problem details, again and again", func(t *testing.T) {
		header := key()
		late := review
		late.VersionHash = strings.Repeat("0", 64)
		for range 2 {
			res := h.do(t, request{method: "POST", path: "/tasks/" + task.String() + "/review", token: expert, body: late, header: header})
			require.Equal(t, http.StatusConflict, res.status, "%s", res.body)
			require.Equal(t, "other_text", res.problem.Code)
		}
	})
	t.Run("an officer records for an expert, who is told", func(t *testing.T) {
		id := demo.ID("person", "expert-02")
		second := h.taskOf(t, rec, id)
		body := map[string]any{"version_hash": view.Version.Hash, "answer": "support", "reasons": "By letter.", "on_behalf_of": id, "behalf_note": "Letter of 3 March"}
		path := "/tasks/" + second.String() + "/review"
		res := h.do(t, request{method: "POST", path: path, token: officer, body: without(body, "on_behalf_of", "behalf_note"), header: key()})
		require.Equal(t, http.StatusForbidden, res.status, "an officer does not review")
		res = h.do(t, request{method: "POST", path: path, token: officer, body: without(body, "behalf_note"), header: key()})
		require.Equal(t, "behalf_note", res.problem.Errors[0].Field)
		h.send(t, request{method: "POST", path: path, token: officer, body: body, header: key()}, http.StatusOK, nil)
		n, err := h.db.NewSelect().Table("outbox").Where("kind = 'recorded_on_behalf' AND person_id = ?", id).Count(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
	})
	t.Run("the round closes and is decided by the officer, not by a forwarded link", func(t *testing.T) {
		task := h.waitingFor(t, officer, models.TaskDecideReview)
		link := h.links.Mint("tl_", task, demo.ID("person", "officer-khc"), 1)
		decision := request{method: "POST", path: "/tasks/" + task.String() + "/decide-review", token: link,
			body: models.DecideReviewPayload{Decision: "accept", Reason: "Well founded."}, header: key()}
		require.Equal(t, http.StatusNotFound, h.do(t, decision).status)
		decision.token = officer
		h.send(t, decision, http.StatusOK, nil)
		var now Recommendation
		h.read(t, officer, path, &now)
		require.Equal(t, models.StageTranslation, now.Stage)
		require.Equal(t, models.RibbonDone, now.Ribbon[1].State)
	})
	var verification Verification
	h.read(t, officer, path+"/record/verify", &verification)
	require.True(t, verification.OK, "%v", verification.Faults)
}

// twenty sends a request twenty times at once.
func (h *house) twenty(t *testing.T, r request) []response {
	t.Helper()
	answers := make([]response, 20)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = h.do(t, r) })
	}
	all.Wait()
	return answers
}

func (h *house) entries(t *testing.T, rec *models.Recommendation, verb string) int {
	t.Helper()
	items, err := record.List(context.WithoutCancel(t.Context()), h.db, rec.ID, record.Public, record.Network, record.Confidential)
	require.NoError(t, err)
	n := 0
	for _, i := range items {
		if i.Verb == verb {
			n++
		}
	}
	return n
}

func (h *house) taskOf(t *testing.T, rec *models.Recommendation, person uuid.UUID) uuid.UUID {
	t.Helper()
	tasks, err := models.Tasks(t.Context(), h.db, models.TaskFilter{Recommendation: rec.ID, OpenOnly: true})
	require.NoError(t, err)
	for _, task := range tasks {
		if task.PersonID != nil && *task.PersonID == person {
			return task.ID
		}
	}
	require.Fail(t, "nothing waits for that person")
	return uuid.Nil
}

func without(body map[string]any, fields ...string) map[string]any {
	rest := map[string]any{}
	for k, v := range body {
		rest[k] = v
	}
	for _, f := range fields {
		delete(rest, f)
	}
	return rest
}

func TestAKeyIsItsCallersOwn(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	path, header := "/recommendations/"+rec.ID.String()+"/hold", key()
	send := func(who, reason string, status int) Decision {
		t.Helper()
		var d Decision
		h.send(t, request{method: "POST", path: path, token: h.token(t, who), body: map[string]any{"reason": reason}, header: header}, status, &d)
		return d
	}
	officer := send("officer-khc", "ours", http.StatusAccepted)
	coordinator := send("coordinator", "theirs", http.StatusAccepted)
	require.NotEqual(t, officer.SubmissionID, coordinator.SubmissionID)
	require.NotEqual(t, officer.DecisionID, coordinator.DecisionID)
	require.Equal(t, officer, send("officer-khc", "ours", http.StatusAccepted), "again is the same act")
	res := h.do(t, request{method: "POST", path: path, token: h.token(t, "officer-khc"), body: map[string]any{"reason": "other"}, header: header})
	require.Equal(t, "other_words", res.problem.Code)
	short := h.do(t, request{method: "POST", path: path, token: h.token(t, "officer-khc"), body: map[string]any{"reason": "x"},
		header: map[string]string{"Idempotency-Key": "short"}})
	require.Equal(t, "Idempotency-Key", short.problem.Errors[0].Field)
}
