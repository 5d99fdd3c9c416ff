package api

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// consulted has an organisation answer the consultation of the running round.
func (h *house) consulted(t *testing.T, rec *models.Recommendation, organisation, person string) {
	t.Helper()
	task := h.ask(t, rec, models.TaskConsult, person)
	org := demo.ID("organisation", organisation)
	_, err := h.db.NewUpdate().Model(task).Set("organisation_id = ?", org).WherePK().Exec(t.Context())
	require.NoError(t, err)
	review := &models.Review{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, Round: 1, PersonID: *task.PersonID,
		OrganisationID: &org, Reasons: "words among partners", Naming: models.NamingNone, DecisionID: "decision-2", AnsweredAt: noon}
	require.NoError(t, review.Put(t.Context(), h.db, nil))
}

func TestWhoWasAskedOnceReadsTheTextWhileItIsOutAndNoLaterDraft(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	h.ask(t, rec, models.TaskReview, "expert-02")
	h.consulted(t, rec, "tdh-ro", "partner-tdh-ro")
	base := "/recommendations/" + rec.ID.String()
	pages := []string{"", "/draft", "/versions", "/versions/1", "/measures", "/reviews", "/annotations", "/translations"}
	asked := []string{h.token(t, "expert-02"), h.token(t, "partner-tdh-ro")}
	answers := func(want int) {
		t.Helper()
		for _, token := range asked {
			for _, p := range pages {
				res := h.do(t, request{method: "GET", path: base + p, token: token})
				require.Equal(t, want, res.status, "%s: %s", p, res.body)
			}
		}
	}
	answers(200)
	rec.Enter(models.StageDrafting, noon)
	require.NoError(t, rec.Save(t.Context(), h.db, noon))
	answers(404)
	require.Equal(t, 200, h.do(t, request{method: "GET", path: base + "/draft", token: h.token(t, "officer-khc")}).status)
	rec.Enter(models.StageReview, noon)
	require.NoError(t, rec.Save(t.Context(), h.db, noon))
	answers(200)
}

func TestMattersOfTheNetworkAreNotForExperts(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	h.ask(t, rec, models.TaskReview, "expert-02")
	h.consulted(t, rec, "tdh-ro", "partner-tdh-ro")
	_, err := h.db.NewUpdate().Table("review_rounds").Set("decision = 'revise', decision_reason = 'for the network'").
		Where("recommendation_id = ?", rec.ID).Exec(t.Context())
	require.NoError(t, err)
	follow := h.followed(t, rec)
	base := "/recommendations/" + rec.ID.String()

	for who, network := range map[string]bool{"officer-khc": true, "coordinator": true, "partner-khc": true, "expert-02": false} {
		token := h.token(t, who)
		var rounds list[Round]
		res := h.do(t, request{method: "GET", path: base + "/reviews", token: token})
		require.Equal(t, 200, res.status, who)
		require.NoError(t, json.Unmarshal(res.body, &rounds))
		if network {
			require.Equal(t, "for the network", rounds.Items[0].DecisionReason, who)
			require.Contains(t, string(res.body), "words among partners", who)
		} else {
			require.Empty(t, rounds.Items[0].DecisionReason, who)
			require.NotContains(t, string(res.body), "words among partners", who)
		}
		var f FollowUp
		res = h.do(t, request{method: "GET", path: "/followups/" + follow.String(), token: token})
		require.Equal(t, 200, res.status, who)
		require.NoError(t, json.Unmarshal(res.body, &f))
		require.Equal(t, network, len(f.Notes) > 0, who)
		for _, p := range []string{"/sign-offs", "/deliveries"} {
			want := map[bool]int{true: 200, false: 403}[network]
			require.Equal(t, want, h.do(t, request{method: "GET", path: base + p, token: token}).status, "%s %s", who, p)
		}
	}
}

// followed has progress reported on a measure of a recommendation.
func (h *house) followed(t *testing.T, rec *models.Recommendation) uuid.UUID {
	t.Helper()
	measures, err := models.Measures(t.Context(), h.db, rec.ID)
	require.NoError(t, err)
	var authority uuid.UUID
	require.NoError(t, h.db.NewSelect().Table("authorities").Column("id").Limit(1).Scan(t.Context(), &authority))
	ask := noon.AddDate(0, 2, 0)
	f := &models.FollowUp{ID: models.NewID(), RecommendationID: rec.ID, MeasureID: measures[0].ID, AuthorityID: authority,
		OrganisationID: &rec.OrganisationID, Status: "no_reply", StatusSince: noon, Period: 1, AskAt: &ask, CreatedAt: noon}
	_, err = h.db.NewInsert().Model(f).Exec(t.Context())
	require.NoError(t, err)
	n := &models.ProgressNote{ID: models.NewID(), FollowupID: f.ID, Status: "no_reply", Note: "A call.", SourceTitle: "Notes",
		ObservedOn: noon, PersonID: rec.OfficerID, DecisionID: "progress-1", ReportedAt: noon}
	_, err = h.db.NewInsert().Model(n).Exec(t.Context())
	require.NoError(t, err)
	return f.ID
}

func TestATranslationIsReadByThoseItsRecommendationIsFor(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	v, err := models.VersionByID(t.Context(), h.db, *rec.CurrentVersionID)
	require.NoError(t, err)
	tr, err := models.OpenTranslation(t.Context(), h.db, v, "bg")
	require.NoError(t, err)
	_, err = h.db.NewDelete().Table("recommendation_countries").Where("recommendation_id = ? AND country_code <> 'BG'", rec.ID).Exec(t.Context())
	require.NoError(t, err)
	for stage, want := range map[models.Stage]map[string]int{
		models.StageDrafting:    {"officer-khc": 200, "coordinator": 200, "partner-khc": 404, "officer-tdh": 404, "partner-tdh-ro": 404, "reader": 404},
		models.StageTranslation: {"officer-khc": 200, "coordinator": 200, "partner-khc": 200, "officer-tdh": 404, "partner-tdh-ro": 404, "reader": 404},
	} {
		rec.Enter(stage, noon)
		require.NoError(t, rec.Save(t.Context(), h.db, noon))
		for who, status := range want {
			res := h.do(t, request{method: "GET", path: "/translations/" + tr.ID.String(), token: h.token(t, who)})
			require.Equal(t, status, res.status, "%s, %s: %s", who, stage, res.body)
		}
	}
}
