package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestAnswersToQuestionsAreReadByWhoMay has two reviews that differ, one of them with a conflict of interest and a word in confidence.
func TestAnswersToQuestionsAreReadByWhoMay(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	answer := models.AnswerSupport
	for slug, value := range map[string]string{"expert-02": "1", "expert-03": "5"} {
		task := h.ask(t, rec, models.TaskReview, slug)
		rv := &models.Review{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, Round: 1, PersonID: *task.PersonID, Answer: &answer,
			Naming: models.NamingNone, DecisionID: "decision-" + slug, AnsweredAt: noon, Answers: []models.ReviewAnswer{{Question: "evidence", Value: value}}}
		if slug == "expert-03" {
			rv.ConfidentialNote = "Ask the ministry."
			c := &models.Conflict{TaskID: task.ID, PersonID: *task.PersonID, RecommendationID: rec.ID, Kind: models.ConflictFunded, Words: "By it.", DeclaredAt: noon}
			require.NoError(t, c.Put(t.Context(), h.db))
		}
		require.NoError(t, rv.Put(t.Context(), h.db, nil))
		var asked Task
		h.read(t, h.token(t, slug), "/tasks/"+task.ID.String(), &asked)
		require.Len(t, asked.Questions, 3, "the standard ones")
		require.Equal(t, []Answer{{Question: "evidence", Value: value}}, asked.Review.Answers)
		require.Equal(t, slug == "expert-03", asked.Conflict != nil)
		require.Equal(t, slug == "expert-03", asked.Review.ConfidentialNote != "", "who wrote it reads it")
	}
	path := "/recommendations/" + rec.ID.String()
	notes := func(who string) (n int) {
		var rounds list[Round]
		h.read(t, h.token(t, who), path+"/reviews", &rounds)
		for _, rv := range rounds.Items[0].Reviews {
			if rv.ConfidentialNote != "" {
				n++
			}
		}
		return n
	}
	require.Equal(t, 1, notes("officer-khc"))
	require.Equal(t, 1, notes("coordinator"))
	require.Zero(t, notes("partner-khc"))
	require.Zero(t, notes("expert-02"))

	var all list[Agreement]
	h.read(t, h.token(t, "officer-khc"), path+"/agreement", &all)
	require.Len(t, all.Items, 4)
	require.Equal(t, "recommendation", all.Items[0].Question)
	require.Equal(t, models.AgreementFull, all.Items[0].Level)
	require.Equal(t, "evidence", all.Items[1].Question)
	require.InDelta(t, 1, *all.Items[1].Spread, 1e-9)
	require.Equal(t, AgreedOn{"5", 1, 1}, all.Items[1].Counts[4])
	require.Nil(t, all.Items[2].Spread)
	require.Equal(t, http.StatusUnprocessableEntity, h.do(t, request{method: "GET", path: path + "/agreement?round=9", token: h.token(t, "officer-khc")}).status)

	_, err := h.db.NewRaw("UPDATE recommendations SET officer_id = (SELECT person_id FROM roles WHERE role = 'coordinator' LIMIT 1) WHERE id = ?", rec.ID).Exec(t.Context())
	require.NoError(t, err)
	require.Zero(t, notes("officer-khc"), "no longer in charge")
}
