package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestATextInQuarantineIsForCoordinatorsAlone(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	officer, coordinator := h.token(t, "officer-khc"), h.token(t, "coordinator")
	base := "/recommendations/" + rec.ID.String()
	report := models.ReportInput{Kind: models.ReportChild, Reason: "The second paragraph.", Email: "reader@example.org"}
	var said Reported
	h.send(t, request{method: "POST", path: base + "/reports", token: officer, body: report}, 202, &said)
	h.send(t, request{method: "POST", path: base + "/reports", token: officer, body: models.ReportInput{Kind: "rude"}}, 422, nil)
	h.send(t, request{method: "POST", path: base + "/reports", body: report}, 404, nil) // nobody signed in cannot read it

	h.send(t, request{method: "POST", path: base + "/quarantine", token: officer}, 403, nil)
	h.send(t, request{method: "POST", path: base + "/redact-passage", token: officer, body: models.PassageInput{Passage: "care", Reason: "x"}}, 403, nil)
	h.send(t, request{method: "GET", path: "/reports", token: officer}, 403, nil)
	h.send(t, request{method: "POST", path: base + "/quarantine", token: h.token(t, "partner-tdh-ro")}, 404, nil) // learns nothing
	var state QuarantineState
	for range 2 { // once more changes nothing
		h.send(t, request{method: "POST", path: base + "/quarantine", token: coordinator}, 200, &state)
		require.True(t, state.Quarantined)
	}
	for _, p := range []string{"", "/draft", "/versions/1", "/comparison?from=1&to=1", "/record", "/reviews"} {
		require.Equal(t, 404, h.do(t, request{method: "GET", path: base + p, token: officer}).status, p)
		require.Equal(t, 200, h.do(t, request{method: "GET", path: base + p, token: coordinator}).status, p)
	}
	var reports list[Report]
	h.read(t, coordinator, "/reports", &reports)
	require.Len(t, reports.Items, 1)
	require.Equal(t, report.Reason, reports.Items[0].Reason)

	var removed RemovedPassage
	words := models.PassageInput{Passage: rec.Title, Reason: "It names a child."}
	h.send(t, request{method: "POST", path: base + "/redact-passage", token: coordinator, body: words}, 200, &removed)
	require.NotEmpty(t, removed.Places)
	h.send(t, request{method: "POST", path: base + "/redact-passage", token: coordinator, body: words}, 422, nil)
	h.send(t, request{method: "POST", path: base + "/release", token: coordinator}, 200, &state)
	require.False(t, state.Quarantined)
	var draft Version
	h.read(t, officer, base+"/draft", &draft)
	require.Equal(t, models.RemovedMarker, draft.Title)
	settle := request{method: "POST", path: "/reports/" + reports.Items[0].ID.String() + "/settle", token: coordinator, body: SettleInput{Outcome: "removed"}}
	h.send(t, settle, 204, nil)
	h.send(t, settle, 409, nil)
	var whole Verification
	h.read(t, coordinator, base+"/record/verify", &whole)
	require.True(t, whole.OK)
}
