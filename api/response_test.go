package api

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/models"
)

func TestCommentsAreAnsweredOverTheAPIOnTopOfWhatWasSeen(t *testing.T) {
	h := newHouse(t)
	rec, officer := h.brief(t), h.token(t, "officer-khc")
	closed, expert := noon, demo.ID("person", "expert-02")
	round := &models.ReviewRound{RecommendationID: rec.ID, Number: 1, VersionID: *rec.CurrentVersionID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{}, Enough: 1,
		DueAt: noon, ClosedAt: &closed}
	require.NoError(t, round.Insert(t.Context(), h.db))
	task := &models.Task{ID: models.NewID(), ProcessID: rec.ID, RecommendationID: rec.ID, Kind: models.TaskReview, Round: 1, PersonID: &expert,
		VersionID: rec.CurrentVersionID, State: models.TaskOpen, OpenedAt: noon, DueAt: noon, GraceUntil: noon, Generation: 1}
	task.Close(models.TaskDone, noon)
	require.NoError(t, task.Insert(t.Context(), h.db))
	rv := &models.Review{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, Round: 1, PersonID: expert, Reasons: "It costs more.",
		Naming: models.NamingNone, DecisionID: uuid.NewString(), AnsweredAt: noon}
	require.NoError(t, h.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return rv.Put(ctx, tx, []models.CommentPayload{{Block: 1, Body: "Which year?", Kind: models.CommentQuestion}})
	}))

	base := "/recommendations/" + rec.ID.String() + "/responses"
	var all list[Remark]
	h.read(t, officer, base, &all)
	require.Len(t, all.Items, 2)
	require.Nil(t, all.Items[1].Response)
	h.read(t, officer, base+"?kind=question&from=experts&open=true&round=1", &all)
	require.Len(t, all.Items, 1)
	question := all.Items[0]
	require.Zero(t, question.Revision)
	h.send(t, request{method: "GET", path: base + "?kind=gossip", token: officer}, http.StatusUnprocessableEntity, nil)

	put := request{method: "PUT", path: base + "/" + question.ID.String(), token: officer, header: map[string]string{"If-Match": `"0"`},
		body: map[string]any{"outcome": "partly", "reason": ""}}
	h.send(t, put, http.StatusUnprocessableEntity, nil)
	put.body = map[string]any{"outcome": "partly", "reason": "Not this year.", "written_in": "en"}
	var saved SavedResponse
	require.Equal(t, `"1"`, h.send(t, put, http.StatusOK, &saved).header.Get("ETag"))
	h.send(t, put, http.StatusPreconditionFailed, nil)
	h.read(t, officer, base+"?kind=question", &all)
	require.Equal(t, &ResponseTo{Outcome: "partly", Reason: "Not this year.", In: "en"}, all.Items[0].Response)

	var g *models.CommentGroup
	require.NoError(t, h.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) (err error) {
		g, err = models.GroupRemarks(ctx, tx, rec.ID, 1, []models.SeenRemark{{ID: rv.ID}}, models.GroupInput{Title: "Money"}, noon)
		return err
	}))
	group := request{method: "PUT", path: base + "/" + g.ID.String(), token: officer, header: map[string]string{"If-Match": `"1"`}, body: map[string]any{"outcome": "accepted", "reason": ""}}
	h.send(t, group, http.StatusOK, nil)
	h.send(t, group, http.StatusPreconditionFailed, nil)
	h.read(t, officer, base+"?kind=reasons", &all)
	require.True(t, all.Items[0].Response.ByGroup)
	require.Equal(t, 2, all.Items[0].GroupRev)
	put.path = base + "/" + uuid.NewString()
	h.send(t, put, http.StatusNotFound, nil)
}
