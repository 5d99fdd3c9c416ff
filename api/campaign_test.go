package api

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// campaign begins one by the API, sent twice.
func (h *house) campaign(t *testing.T, token string, rec uuid.UUID) Campaign {
	t.Helper()
	create := request{method: "POST", path: "/recommendations/" + rec.String() + "/campaigns", token: token, body: models.CampaignInput{Title: "Spring"}, header: key()}
	var first, again Campaign
	h.send(t, create, http.StatusCreated, &first)
	h.send(t, create, http.StatusCreated, &again)
	require.Equal(t, first.ID, again.ID, "the same key begins one campaign")
	return first
}

func seen(revision string) map[string]string {
	return map[string]string{"If-Match": `"` + revision + `"`}
}

func TestACampaignIsBegunFoundAndRenamed(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	c := h.campaign(t, officer, rec.ID)
	path := "/campaigns/" + c.ID.String()
	require.Empty(t, c.MailingIDs)

	mailing := models.MailingInput{CampaignID: &c.ID, FallbackLanguage: "en", Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}
	var m Mailing
	h.send(t, request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/mailings", token: officer, body: mailing, header: key()}, http.StatusCreated, &m)
	require.Equal(t, c.ID, m.CampaignID)
	stranger := uuid.New()
	mailing.CampaignID = &stranger
	refused := h.send(t, request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/mailings", token: officer, body: mailing, header: key()}, http.StatusUnprocessableEntity, nil)
	require.Equal(t, "campaign_id", refused.problem.Errors[0].Field)
	h.read(t, officer, path, &c)
	require.Equal(t, []uuid.UUID{m.ID}, c.MailingIDs)

	rename := request{method: "PUT", path: path, token: officer, body: models.CampaignInput{Title: "Autumn"}, header: seen("1")}
	h.send(t, rename, http.StatusOK, &c)
	require.Equal(t, "Autumn", c.Title)
	require.Equal(t, "outdated", h.send(t, rename, http.StatusPreconditionFailed, nil).problem.Code)
	taken := h.send(t, request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/campaigns", token: officer, body: models.CampaignInput{Title: "autumn"}, header: key()}, http.StatusUnprocessableEntity, nil)
	require.Equal(t, [2]string{"title", "campaign_taken"}, [2]string{taken.problem.Errors[0].Field, taken.problem.Errors[0].Code})
	rename.body, rename.header = models.CampaignInput{Title: "One\nTwo"}, seen("2")
	require.Equal(t, "title", h.send(t, rename, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field)

	var found list[CampaignSummary]
	h.read(t, officer, "/campaigns?open=true&q=autumn&recommendation="+rec.ID.String(), &found)
	require.Len(t, found.Items, 1)
	require.Equal(t, [2]int{1, 0}, [2]int{found.Items[0].Planned, found.Items[0].Done})
	h.campaign(t, officer, rec.ID)
	h.read(t, officer, "/campaigns?limit=1", &found)
	require.Len(t, found.Items, 1)
	h.read(t, officer, "/campaigns?limit=1&cursor="+found.Next, &found)
	require.Equal(t, c.ID, found.Items[0].ID, "the older one stands on the next page")
	h.read(t, h.token(t, "officer-tdh"), "/campaigns", &found)
	require.Empty(t, found.Items, "another organisation's")
}

func TestAStepOfACampaignIsPlannedChangedSettledAndTakenBack(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	steps := "/campaigns/" + h.campaign(t, officer, rec.ID).ID.String() + "/steps"
	in := map[string]any{"kind": "meeting", "title": "With the ministry", "day": "2026-03-20", "time": "14:30", "zone": "Europe/Sofia", "note": "Bring the figures", "written_in": "en",
		"responsible_id": demo.ID("person", "officer-khc"), "organisation_id": demo.ID("organisation", "khc"), "authority_id": demo.ID("authority", "bg-sofia-municipality")}
	plan := request{method: "POST", path: steps, token: officer, body: in, header: key()}
	var step, again CampaignStep
	h.send(t, plan, http.StatusCreated, &step)
	h.send(t, plan, http.StatusCreated, &again)
	require.Equal(t, step.ID, again.ID)
	require.Equal(t, "2026-03-20T12:30:00Z", step.At.UTC().Format("2006-01-02T15:04:05Z07:00"))
	path := steps + "/" + step.ID.String()
	h.read(t, officer, path, &again)
	require.Equal(t, step.Revision, again.Revision)

	in["responsible_id"] = demo.ID("person", "reader")
	in["kind"] = "party"
	edit := request{method: "PUT", path: path, token: officer, body: in, header: seen("1")}
	require.Equal(t, "kind", h.send(t, edit, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field)
	in["kind"] = "call"
	require.Equal(t, "responsible_id", h.send(t, edit, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field, "who may not see it cannot see to it")
	in["responsible_id"] = demo.ID("person", "coordinator")
	h.send(t, edit, http.StatusOK, &step)
	require.Equal(t, models.StepCall, step.Kind)
	require.Equal(t, "outdated", h.send(t, edit, http.StatusPreconditionFailed, nil).problem.Code)

	settle := request{method: "PUT", path: path + "/result", token: officer, body: map[string]any{"state": "planned"}, header: seen("2")}
	require.Equal(t, "state", h.send(t, settle, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field)
	settle.body = map[string]any{"state": "done", "result": "They will answer", "written_in": "en"}
	ahead := h.send(t, settle, http.StatusUnprocessableEntity, nil).problem.Errors[0]
	require.Equal(t, [2]string{"state", "lies_ahead"}, [2]string{ahead.Field, ahead.Code})
	in["day"] = "2026-03-11"
	edit.header = seen("2")
	h.send(t, edit, http.StatusOK, &step)
	settle.header = seen("3")
	h.send(t, settle, http.StatusOK, &step)
	require.Equal(t, [2]string{"done", "They will answer"}, [2]string{string(step.State), step.Result})
	require.Equal(t, demo.ID("person", "officer-khc"), *step.SettledBy)
	settle.header = seen("4")
	require.Equal(t, "wrong_stage", h.send(t, settle, http.StatusConflict, nil).problem.Code)
	var listed list[CampaignStep]
	h.read(t, officer, steps+"?kind=call&state=done", &listed)
	require.Len(t, listed.Items, 1)
	h.read(t, officer, steps+"?state=planned", &listed)
	require.Empty(t, listed.Items)

	reopen := request{method: "DELETE", path: path + "/result", token: officer, header: seen("4")}
	step = CampaignStep{}
	h.send(t, reopen, http.StatusOK, &step)
	require.Equal(t, [2]string{"planned", ""}, [2]string{string(step.State), step.Result})
	require.Equal(t, 404, h.do(t, request{method: "GET", path: steps + "/" + uuid.NewString(), token: officer}).status)
	for who, want := range map[string]int{"reader": 404, "partner-khc": 404, "officer-tdh": 404, "coordinator": 200} {
		require.Equal(t, want, h.do(t, request{method: "GET", path: path, token: h.token(t, who)}).status, who)
	}
}
