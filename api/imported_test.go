package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// bringIn imports two measures addressed to Albania.
func (h *house) bringIn(t *testing.T) uuid.UUID {
	t.Helper()
	report, err := models.ImportRecommendations(t.Context(), h.db, models.Import{Language: "en", Content: []byte(
		"external_ref,source,addressee_country,session,issued_by,response,action_category,topics,text\n" +
			"UPR-AL-06-001,UPR,AL,6,Egypt,accepted,4,Rights of the Child; Justice,Adopt the law\n" +
			"UPR-AL-06-002,UPR,AL,6,Belgium,noted,,,Adopt a plan\n")}, noon)
	require.NoError(t, err)
	require.Equal(t, 2, report.Created, "%v", report.Faults)
	return *report.Recommendations[0].ID
}

func TestWhatOthersRecommendedIsReadByTheWholeNetwork(t *testing.T) {
	h := newHouse(t)
	id := h.bringIn(t)
	var all list[FollowUp]
	h.read(t, h.token(t, "reader"), "/followups?imported=true&country=AL", &all)
	require.Len(t, all.Items, 2)
	f := all.Items[0]
	require.Equal(t, "2009-11-30", f.Origin.SessionBegan.Time().Format(time.DateOnly))
	require.Equal(t, models.StatusNotFollowed, f.Status)
	require.Equal(t, Origin{Source: "UPR", Session: "6", SessionBegan: f.Origin.SessionBegan, Address: "https://www.ohchr.org/en/hr-bodies/upr/al-index", ExternalRef: "UPR-AL-06-001",
		IssuedBy: "Egypt", Response: "supported", ActionCategory: f.Origin.ActionCategory, Topics: []string{"Rights of the Child", "Justice"}}, *f.Origin)
	for query, want := range map[string]int{"q=plan": 1, "response=supported": 1, "topic=Justice": 1, "focal_point=" + uuid.NewString(): 0,
		"authority=" + f.AuthorityID.String(): 2, "challenge=political-unrest": 0, "overdue=true": 0, "ended=false": 2, "status=no_reply": 0} {
		h.read(t, h.token(t, "reader"), "/followups?imported=true&country=AL&"+query, &all)
		require.Len(t, all.Items, want, query)
	}
	require.Nil(t, f.AskAt)
	require.Nil(t, f.OrganisationID)

	partner := h.token(t, "partner-tdh-al")
	var recommendations list[RecommendationSummary]
	h.read(t, partner, "/recommendations?imported=true", &recommendations)
	require.Len(t, recommendations.Items, 1)
	h.read(t, partner, "/recommendations/"+id.String(), &Recommendation{})
	var board Dashboard
	h.read(t, partner, "/dashboard", &board)
	require.Equal(t, 2, board.Statuses[0].Imported)
}

func TestAFocalPointIsAssignedOnce(t *testing.T) {
	h := newHouse(t)
	h.bringIn(t)
	var all list[FollowUp]
	h.read(t, h.token(t, "reader"), "/followups?unfollowed=true", &all)
	require.Len(t, all.Items, 2)
	path := "/followups/" + all.Items[0].ID.String()
	khc := models.FocalPointInput{OrganisationID: demo.ID("organisation", "khc")}
	assign := func(who string, in models.FocalPointInput) response {
		return h.do(t, request{method: "POST", path: path + "/focal-point", token: h.token(t, who), body: in, header: key()})
	}
	report := request{method: "POST", path: path + "/progress", token: h.token(t, "coordinator"), body: models.ProgressPayload{Status: "adopted", Note: "It is law.", DayUnknown: true}, header: key()}
	require.Equal(t, http.StatusConflict, h.do(t, report).status, "nobody follows it yet")
	require.Equal(t, http.StatusForbidden, assign("partner-khc", khc).status)
	require.Equal(t, http.StatusForbidden, assign("officer-khc", models.FocalPointInput{OrganisationID: demo.ID("organisation", "cyi")}).status, "an officer takes it on for their own")
	require.Equal(t, http.StatusUnprocessableEntity, assign("coordinator", models.FocalPointInput{OrganisationID: uuid.New()}).status)
	for range 2 {
		require.Equal(t, http.StatusOK, assign("officer-khc", khc).status)
	}
	require.Equal(t, http.StatusConflict, assign("coordinator", models.FocalPointInput{OrganisationID: demo.ID("organisation", "cyi")}).status)
	var f FollowUp
	h.read(t, h.token(t, "reader"), path, &f)
	require.Equal(t, khc.OrganisationID, *f.OrganisationID)
	require.NotNil(t, f.AskAt)
	h.read(t, h.token(t, "reader"), "/followups?unfollowed=true", &all)
	require.Len(t, all.Items, 1)
}
