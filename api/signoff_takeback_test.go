package api

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// signing takes the brief to its sign-off, by a procedure that gives people time, and returns the question to Know-how Centre Bulgaria.
func (h *house) signing(t *testing.T, rec *models.Recommendation) (path, hash string) {
	t.Helper()
	p, err := models.ProcedureBySlug(t.Context(), h.db, "default")
	require.NoError(t, err)
	p.ID, p.Slug = models.NewID(), "patient"
	p.Document.Digest.Immediate, p.Document.Review.Grace, p.Document.Review.ConsultMembers, p.Document.Translation.Skip = true, "1s", false, true
	_, err = h.db.NewInsert().Model(p).Exec(t.Context())
	require.NoError(t, err)
	_, err = h.db.NewUpdate().Model((*models.Recommendation)(nil)).Set("procedure_id = ?", p.ID).Where("id = ?", rec.ID).Exec(t.Context())
	require.NoError(t, err)

	officer, expert, partner := h.token(t, "officer-khc"), h.token(t, "expert-01"), h.token(t, "partner-khc")
	h.send(t, request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/reviews", token: officer, header: key(), body: models.StartReviewPayload{
		VersionID: *rec.CurrentVersionID, Invite: []uuid.UUID{demo.ID("person", "expert-01")}, Enough: 1}}, http.StatusOK, nil)
	var asked Task
	review := "/tasks/" + h.waitingFor(t, expert, models.TaskReview).String()
	h.read(t, expert, review, &asked)
	h.send(t, request{method: "POST", path: review + "/review", token: expert, header: key(),
		body: models.ReviewPayload{VersionHash: asked.Version.Hash, Answer: models.AnswerSupport}}, http.StatusOK, nil)
	h.send(t, request{method: "POST", path: "/tasks/" + h.waitingFor(t, officer, models.TaskDecideReview).String() + "/decide-review", token: officer, header: key(),
		body: models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "Well founded."}}, http.StatusOK, nil)
	path = "/tasks/" + h.waitingFor(t, partner, models.TaskSignOff).String()
	h.read(t, partner, path, &asked)
	return path, asked.Version.Hash
}

// TestASignOffIsTakenBackByProgramme gives an organisation's answer, takes it back, gives another one, and finds it closed in the end.
func TestASignOffIsTakenBackByProgramme(t *testing.T) {
	h := newWorkingHouse(t)
	rec := h.brief(t)
	path, hash := h.signing(t, rec)
	partner, officer, sister := h.token(t, "partner-khc"), h.token(t, "officer-khc"), h.token(t, "partner-tdh-al")
	back := func(token string, body any, header map[string]string) response {
		return h.do(t, request{method: "POST", path: path + "/take-back", token: token, header: header, body: body})
	}
	refused := func(res response, status int, code string) {
		t.Helper()
		require.Equal(t, status, res.status, "%s", res.body)
		require.Equal(t, code, res.problem.Code)
		require.Equal(t, status, res.problem.Status)
	}
	sign := func(token, task, answer, reason string) models.SignOff {
		t.Helper()
		h.send(t, request{method: "POST", path: task + "/sign-off", token: token, header: key(),
			body: models.SignOffPayload{VersionHash: hash, Answer: answer, Reason: reason}}, http.StatusOK, nil)
		so, err := models.SignOffByTask(t.Context(), h.db, uuid.MustParse(task[len("/tasks/"):]))
		require.NoError(t, err)
		return *so
	}
	tally := func() SignOffs {
		t.Helper()
		var all SignOffs
		h.read(t, officer, "/recommendations/"+rec.ID.String()+"/sign-offs", &all)
		return all
	}
	var before, after Task
	h.read(t, partner, path, &before)

	refused(back(partner, map[string]any{}, key()), http.StatusConflict, "wrong_stage") // nothing was given
	given := sign(partner, path, models.SignOffApproveWithCondition, "Once our board has met again.")
	require.Equal(t, 1, tally().Tally.Approved)
	refused(back(partner, map[string]any{}, nil), http.StatusPreconditionRequired, "precondition")
	refused(back("", map[string]any{}, key()), http.StatusUnauthorized, "unauthenticated")
	refused(back(partner, map[string]any{"unknown": 1}, key()), http.StatusUnprocessableEntity, "invalid")
	refused(back(partner, map[string]any{"seen_answer": "another-answer"}, key()), http.StatusPreconditionFailed, "outdated")
	refused(back(sister, map[string]any{}, key()), http.StatusNotFound, "not_found") // another organisation is not asked this
	refused(back(h.token(t, "expert-01"), map[string]any{}, key()), http.StatusNotFound, "not_found")
	require.Equal(t, 1, tally().Tally.Approved, "it stands")

	header := key()
	body := map[string]any{"seen_answer": given.DecisionID}
	for range 2 { // sent twice it is one
		done := back(partner, body, header)
		require.Equal(t, http.StatusOK, done.status, "%s", done.body)
	}
	refused(back(partner, map[string]any{}, header), http.StatusConflict, "other_words")
	refused(back(partner, map[string]any{}, key()), http.StatusConflict, "wrong_stage")
	require.Equal(t, 1, h.entries(t, rec, "signoff.taken_back"))
	res := h.read(t, partner, path, &after)
	require.Equal(t, models.TaskOpen, after.State)
	require.NotNil(t, after.TakenBackAt)
	require.True(t, before.DueAt.Equal(after.DueAt), "the deadline stays")
	require.NotContains(t, string(res.body), "our board has met", "the words are not in the API any more")
	require.Zero(t, tally().Tally.Approved)
	require.Empty(t, tally().Answers)

	sign(partner, path, models.SignOffApprove, "")
	for _, task := range h.stillToSign(t, rec) { // the others
		sign(h.token(t, "partner-tdh-al"), "/tasks/"+task.ID.String(), models.SignOffApprove, "")
	}
	h.waitingFor(t, officer, models.TaskPublish)
	refused(back(partner, map[string]any{}, key()), http.StatusConflict, "wrong_stage") // the sign-off is over
	require.Equal(t, 1, tally().Tally.Approved/len(tally().Answers), "what was answered last stands")
}

// stillToSign are the questions of the sign-off that wait.
func (h *house) stillToSign(t *testing.T, rec *models.Recommendation) []models.Task {
	t.Helper()
	tasks, err := models.Tasks(t.Context(), h.db, models.TaskFilter{Recommendation: rec.ID, OpenOnly: true, Kinds: []models.TaskKind{models.TaskSignOff}})
	require.NoError(t, err)
	return tasks
}
