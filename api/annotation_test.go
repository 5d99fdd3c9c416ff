package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/annotation"
	"tribuna/models"
)

func TestAnnotationsAreThoseOfTheAnswersOneMayReadAndNameNobodyElse(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	task, answer := h.ask(t, rec, models.TaskReview, "expert-02"), models.AnswerSupport
	rv := &models.Review{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, Round: 1, PersonID: *task.PersonID,
		Answer: &answer, Naming: models.NamingNone, WrittenIn: "bg", DecisionID: "decision-1", AnsweredAt: noon}
	require.NoError(t, rv.Put(t.Context(), h.db, []models.CommentPayload{
		{Block: 2, Kind: models.CommentSuggestion, Quote: "several hundred", Prefix: "Every year ", Suffix: " young", Replacement: "", Body: "Защо?"}}))
	for who, total := range map[string]int{"officer-khc": 1, "expert-02": 1, "coordinator": 1, "partner-khc": 0} {
		var all annotation.AnnotationCollection
		h.read(t, h.token(t, who), "/recommendations/"+rec.ID.String()+"/annotations", &all)
		require.Equal(t, total, all.Total, who)
		require.Len(t, all.First.Items, total)
		for _, a := range all.First.Items {
			require.Equal(t, annotation.AnnotationAgent{Type: annotation.AgentPerson}, a.Creator, "%s: a file names nobody who wants no name", who)
			require.Equal(t, "editing", a.Motivation)
			require.Equal(t, "p-3", a.Target.Selector.Value)
			require.Equal(t, annotation.TextQuoteSelector{Type: "TextQuoteSelector", Exact: "several hundred", Prefix: "Every year ", Suffix: " young"}, *a.Target.Selector.RefinedBy)
			require.Equal(t, "bg", a.Body[0].Language)
			require.Equal(t, annotation.AnnotationBody{Type: "TextualBody", Format: "text/plain", Purpose: "editing", Language: "en"}, a.Body[1], "left out")
		}
	}
	network := models.NamingNetwork
	for who, name := range map[string]string{"officer-khc": "Fiona Carmichael", "expert-02": ""} {
		_, err := h.db.NewRaw("UPDATE reviews SET naming = ?", network).Exec(t.Context())
		require.NoError(t, err)
		var all annotation.AnnotationCollection
		h.read(t, h.token(t, who), "/recommendations/"+rec.ID.String()+"/annotations", &all)
		require.Equal(t, name, all.First.Items[0].Creator.Name, who)
	}
}
