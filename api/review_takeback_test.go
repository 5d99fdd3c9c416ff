package api

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// TestAnAnswerIsTakenBackByProgramme gives a review, takes it back, and looks at it as everybody sees it then.
func TestAnAnswerIsTakenBackByProgramme(t *testing.T) {
	h := newWorkingHouse(t)
	rec := h.brief(t)
	officer, expert := h.token(t, "officer-khc"), h.token(t, "expert-01")
	home := "/recommendations/" + rec.ID.String()
	h.send(t, request{method: "POST", path: home + "/reviews", token: officer, header: key(), body: models.StartReviewPayload{VersionID: *rec.CurrentVersionID,
		Invite: []uuid.UUID{demo.ID("person", "expert-01"), demo.ID("person", "expert-02")}, Enough: 2}}, http.StatusOK, nil)
	path := "/tasks/" + h.waitingFor(t, expert, models.TaskReview).String()
	var view Task
	h.read(t, expert, path, &view)
	back := func(body any, header map[string]string) response {
		return h.do(t, request{method: "POST", path: path + "/take-back", token: expert, header: header, body: body})
	}
	none := back(map[string]any{}, key())
	require.Equal(t, http.StatusConflict, none.status, "%s", none.body)
	require.Equal(t, "wrong_stage", none.problem.Code, "nothing was given")
	review := models.ReviewPayload{VersionHash: view.Version.Hash, Answer: models.AnswerSupport, Comments: []models.CommentPayload{{Block: 1, Body: "Here."}}}
	h.send(t, request{method: "POST", path: path + "/review", token: expert, body: review, header: key()}, http.StatusOK, nil)
	other := back(map[string]any{"seen_answer": "another-answer"}, key())
	require.Equal(t, http.StatusPreconditionFailed, other.status, "%s", other.body)
	require.Equal(t, "outdated", other.problem.Code)
	require.Equal(t, http.StatusForbidden, h.do(t, request{method: "POST", path: path + "/take-back", token: officer, header: key(), body: map[string]any{}}).status)

	header := key()
	for range 2 {
		done := back(map[string]any{}, header)
		require.Equal(t, http.StatusOK, done.status, "%s", done.body)
	}
	require.Equal(t, 1, h.entries(t, rec, "review.taken_back"))
	var after Task
	h.read(t, expert, path, &after)
	require.Equal(t, models.TaskOpen, after.State)
	require.NotNil(t, after.TakenBackAt)
	require.Nil(t, after.Review)
	require.True(t, view.DueAt.Equal(after.DueAt))
	var rounds list[Round]
	h.read(t, officer, home+"/reviews", &rounds)
	require.Zero(t, rounds.Items[0].Answered)
	require.Empty(t, rounds.Items[0].Reviews)
}
