package api

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

func TestManyMeasuresAreTakenOnAtOnceOrNone(t *testing.T) {
	h := newHouse(t)
	h.bringIn(t)
	var all list[FollowUp]
	h.read(t, h.token(t, "reader"), "/followups?unfollowed=true", &all)
	require.Len(t, all.Items, 2)
	ids := []uuid.UUID{all.Items[0].ID, all.Items[1].ID}
	tdh, khc := demo.ID("organisation", "tdh-al"), demo.ID("organisation", "khc")
	albania := &FollowUpNarrowing{Country: "AL"}
	take := func(who string, in FocalPointsInput, header map[string]string) response {
		return h.do(t, request{method: "POST", path: "/followups/focal-point", token: h.token(t, who), body: in, header: header})
	}
	for name, c := range map[string]struct {
		who         string
		in          FocalPointsInput
		field, code string
	}{
		"nothing meant":        {"coordinator", FocalPointsInput{OrganisationID: tdh}, "ids", "required"},
		"no number":            {"coordinator", FocalPointsInput{OrganisationID: tdh, Filter: albania}, "expected", "required"},
		"another number":       {"coordinator", FocalPointsInput{OrganisationID: tdh, Filter: albania, Expected: 3}, "expected", "other_number"},
		"one that is not free": {"coordinator", FocalPointsInput{OrganisationID: tdh, IDs: append(ids, uuid.New())}, "ids", "not_free"},
		"the same twice":       {"coordinator", FocalPointsInput{OrganisationID: tdh, IDs: append(ids, ids[0])}, "ids", "unique"},
		"no such organisation": {"coordinator", FocalPointsInput{OrganisationID: uuid.New(), IDs: ids}, "organisation_id", "unknown"},
		"another country":      {"partner-khc", FocalPointsInput{OrganisationID: khc, IDs: ids}, "organisation_id", "other_country"},
	} {
		res := take(c.who, c.in, key())
		require.Equal(t, http.StatusUnprocessableEntity, res.status, "%s: %s", name, res.body)
		require.Equal(t, c.field, res.problem.Errors[0].Field, name)
		require.Equal(t, c.code, res.problem.Errors[0].Code, name)
	}
	both := take("coordinator", FocalPointsInput{OrganisationID: tdh, Filter: albania, IDs: ids, Expected: 2}, key())
	require.Equal(t, http.StatusUnprocessableEntity, both.status)
	require.Equal(t, http.StatusForbidden, take("reader", FocalPointsInput{OrganisationID: tdh, IDs: ids}, key()).status)
	require.Equal(t, http.StatusForbidden, take("officer-khc", FocalPointsInput{OrganisationID: tdh, IDs: ids}, key()).status)
	require.Equal(t, http.StatusPreconditionRequired, take("coordinator", FocalPointsInput{OrganisationID: tdh, IDs: ids}, nil).status)
	h.read(t, h.token(t, "reader"), "/followups?unfollowed=true", &all)
	require.Len(t, all.Items, 2, "none was taken on the way")

	once := key()
	for range 2 { // the same key is the same act
		res := take("partner-tdh-al", FocalPointsInput{OrganisationID: tdh, Filter: albania, Expected: 2}, once)
		require.Equal(t, http.StatusOK, res.status, "%s", res.body)
	}
	require.Equal(t, http.StatusConflict, take("partner-tdh-al", FocalPointsInput{OrganisationID: tdh, Filter: albania, Expected: 1}, once).status)
	require.Equal(t, "ids", take("coordinator", FocalPointsInput{OrganisationID: khc, IDs: ids}, key()).problem.Errors[0].Field, "somebody follows them")
	h.read(t, h.token(t, "reader"), "/followups?focal_point="+tdh.String(), &all)
	require.Len(t, all.Items, 2)
	entries, err := models.JournalEntries(t.Context(), h.db, models.JournalFilter{Areas: []string{"followups"}, Limit: 9})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "2", entries[0].Facts["measures"])
}
