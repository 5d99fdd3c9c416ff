package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// askedToSign asks Know-how Centre Bulgaria to sign off the brief.
func (h *house) askedToSign(t *testing.T) *models.Task {
	t.Helper()
	rec, org := h.brief(t), demo.ID("organisation", "khc")
	rec.AcceptedVersionID = rec.CurrentVersionID
	require.NoError(t, rec.Save(t.Context(), h.db, noon))
	task := &models.Task{ID: models.NewID(), ProcessID: rec.ID, RecommendationID: rec.ID, Kind: models.TaskSignOff, OrganisationID: &org,
		VersionID: rec.CurrentVersionID, Round: rec.Round, State: models.TaskOpen, OpenedAt: noon, DueAt: noon.Add(time.Hour), GraceUntil: noon.Add(time.Hour)}
	_, err := h.db.NewInsert().Model(task).Exec(t.Context())
	require.NoError(t, err)
	return task
}

func TestAnApprovalWithAConditionIsCountedAndShown(t *testing.T) {
	h := newHouse(t)
	task := h.askedToSign(t)
	so := &models.SignOff{TaskID: task.ID, RecommendationID: task.RecommendationID, VersionID: *task.VersionID, OrganisationID: *task.OrganisationID,
		PersonID: demo.ID("person", "partner-khc"), Answer: models.SignOffApproveWithCondition, Reason: "Once the budget line is named.", DecisionID: "d", AnsweredAt: noon}
	require.NoError(t, so.Put(t.Context(), h.db))

	var got SignOffs
	h.read(t, h.token(t, "officer-khc"), "/recommendations/"+task.RecommendationID.String()+"/sign-offs", &got)
	require.Equal(t, []int{1, 1}, []int{got.Tally.Approved, got.Tally.Conditional})
	require.Equal(t, models.SignOffApproveWithCondition, got.Answers[0].Answer)
	require.Equal(t, "Once the budget line is named.", got.Answers[0].Reason)
}

func TestWhoSignsOffGetsTheApprovedTranslations(t *testing.T) {
	h := newHouse(t)
	task := h.askedToSign(t)
	version, err := models.VersionByID(t.Context(), h.db, *task.VersionID)
	require.NoError(t, err)
	for _, language := range []string{"bg", "ro"} {
		tr, err := models.OpenTranslation(t.Context(), h.db, version, language)
		require.NoError(t, err)
		in := models.TranslationInput{Title: new(string), Blocks: []models.BlockInput{{Position: 0, Text: "Дума"}},
			Measures: []models.TranslatedMeasure{{ID: version.Measures[0].ID, Text: "Мярка"}}}
		*in.Title = "Заглавие"
		_, err = models.SaveTranslation(t.Context(), h.db, tr.ID, tr.Revision, in)
		require.NoError(t, err)
		if language == "bg" {
			tr.State, tr.ApprovedAt = models.TranslationApproved, &noon
			require.NoError(t, tr.SaveState(t.Context(), h.db))
		}
	}
	var got Task
	h.read(t, h.token(t, "partner-khc"), "/tasks/"+task.ID.String(), &got)
	require.Len(t, got.Translations, 1, "Romanian is not approved")
	require.Equal(t, []string{"bg", "Заглавие", "Мярка"}, []string{got.Translations[0].Language, got.Translations[0].Title, got.Translations[0].Measures[0].Text})
	require.Contains(t, got.Translations[0].Body, "Дума")
	require.Equal(t, version.Hash, got.Version.Hash)
}
