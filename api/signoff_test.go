package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

func TestAnApprovalWithAConditionIsCountedAndShown(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	org, speaker := demo.ID("organisation", "khc"), demo.ID("person", "partner-khc")
	rec.AcceptedVersionID = rec.CurrentVersionID
	require.NoError(t, rec.Save(t.Context(), h.db, noon))
	task := &models.Task{ID: models.NewID(), ProcessID: rec.ID, RecommendationID: rec.ID, Kind: models.TaskSignOff, OrganisationID: &org,
		VersionID: rec.CurrentVersionID, Round: rec.Round, State: models.TaskDone, OpenedAt: noon, ClosedAt: &noon, DueAt: noon.Add(time.Hour), GraceUntil: noon.Add(time.Hour)}
	_, err := h.db.NewInsert().Model(task).Exec(t.Context())
	require.NoError(t, err)
	so := &models.SignOff{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, OrganisationID: org, PersonID: speaker,
		Answer: models.SignOffApproveWithCondition, Reason: "Once the budget line is named.", DecisionID: "d", AnsweredAt: noon}
	require.NoError(t, so.Put(t.Context(), h.db))

	var got SignOffs
	h.read(t, h.token(t, "officer-khc"), "/recommendations/"+rec.ID.String()+"/sign-offs", &got)
	require.Equal(t, []int{1, 1}, []int{got.Tally.Approved, got.Tally.Conditional})
	require.Equal(t, models.SignOffApproveWithCondition, got.Answers[0].Answer)
	require.Equal(t, "Once the budget line is named.", got.Answers[0].Reason)
}
