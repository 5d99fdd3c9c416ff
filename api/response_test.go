package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/markdown"
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

func TestTheAPISaysThatTheTextStillFollowsASuggestionNotAccepted(t *testing.T) {
	h := newHouse(t)
	rec, officer := h.brief(t), h.token(t, "officer-khc")
	words, err := models.VersionByID(t.Context(), h.db, *rec.CurrentVersionID)
	require.NoError(t, err)
	block, quote := -1, ""
	for _, b := range markdown.Blocks(words.Body) {
		if f := strings.Fields(b.Text); block < 0 && b.Kind == markdown.KindParagraph && len(f) > 4 && strings.Contains(b.Source, f[0]+" "+f[1]) {
			block, quote = b.Position, f[0]+" "+f[1]
		}
	}
	closed, expert := noon, demo.ID("person", "expert-02")
	round := &models.ReviewRound{RecommendationID: rec.ID, Number: 1, VersionID: words.ID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{}, Enough: 1,
		DueAt: noon, ClosedAt: &closed}
	require.NoError(t, round.Insert(t.Context(), h.db))
	task := &models.Task{ID: models.NewID(), ProcessID: rec.ID, RecommendationID: rec.ID, Kind: models.TaskReview, Round: 1, PersonID: &expert,
		VersionID: &words.ID, State: models.TaskOpen, OpenedAt: noon, DueAt: noon, GraceUntil: noon, Generation: 1}
	task.Close(models.TaskDone, noon)
	require.NoError(t, task.Insert(t.Context(), h.db))
	rv := &models.Review{TaskID: task.ID, RecommendationID: rec.ID, VersionID: words.ID, Round: 1, PersonID: expert, Naming: models.NamingNone,
		DecisionID: uuid.NewString(), AnsweredAt: noon}
	require.NoError(t, h.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return rv.Put(ctx, tx, []models.CommentPayload{{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"}})
	}))
	base := "/recommendations/" + rec.ID.String() + "/responses"
	var all list[Remark]
	h.read(t, officer, base, &all)
	require.Len(t, all.Items, 1)
	require.NoError(t, h.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		by, err := models.PersonByID(ctx, tx, rec.OfficerID)
		if err == nil {
			_, err = models.ApplySuggestion(ctx, tx, rec.ID, all.Items[0].ID, words.Number, "", by, noon)
		}
		return err
	}))
	h.read(t, officer, base, &all)
	require.NotNil(t, all.Items[0].Applied)
	require.Empty(t, all.Items[0].Left)
	h.send(t, request{method: "PUT", path: base + "/" + all.Items[0].ID.String(), token: officer, header: map[string]string{"If-Match": `"1"`},
		body: map[string]any{"outcome": "not_accepted", "reason": "Costs too much."}}, http.StatusOK, nil)
	h.read(t, officer, base, &all)
	require.Equal(t, models.LeftStands, all.Items[0].Left)
}
