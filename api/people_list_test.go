package api

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

func TestListsOfPeopleAreKeptAndNarrowAnAudience(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	coordinator, officer := h.token(t, "coordinator"), h.token(t, "officer-khc")
	khc, tdh := demo.ID("organisation", "khc"), demo.ID("organisation", "tdh")
	create := func(name string, owner uuid.UUID) (l PeopleList) {
		h.send(t, request{method: "POST", path: "/lists", token: coordinator, body: PeopleListInput{Name: name, OrganisationID: &owner}, header: key()}, http.StatusCreated, &l)
		return l
	}
	ours, theirs := create("Ours", khc), create("Theirs", tdh)
	require.Equal(t, 2, h.journalled(t, "list.added"))
	taken := h.send(t, request{method: "POST", path: "/lists", token: coordinator, body: PeopleListInput{Name: "OURS", OrganisationID: &khc}, header: key()}, http.StatusUnprocessableEntity, nil)
	require.Equal(t, "name", taken.problem.Errors[0].Field)

	reader := demo.ID("person", "reader")
	_, err := h.db.NewRaw(`UPDATE people SET consent_at = now(), consent_source = 'form', unsubscribed_at = NULL WHERE id = ?`, reader).Exec(t.Context())
	require.NoError(t, err)
	member := "/lists/" + ours.ID.String() + "/people/" + reader.String()
	for range 2 { // again changes nothing
		h.send(t, request{method: "PUT", path: member, token: coordinator}, http.StatusOK, &ours)
		require.Equal(t, 1, ours.People)
	}
	require.Equal(t, 1, h.journalled(t, "person.listed"))
	on := pages[PersonSummary](t, h, coordinator, "/people?list="+ours.ID.String())
	require.Len(t, on, 1)
	require.Equal(t, reader, on[0].ID)

	home := "/recommendations/" + rec.ID.String()
	var usable list[PeopleList]
	h.read(t, officer, home+"/lists", &usable)
	require.Equal(t, []PeopleList{ours}, usable.Items, "another organisation's is not theirs to know")
	count := func(query string) int {
		var size AudienceSize
		h.read(t, officer, home+"/audience?"+query, &size)
		return size.Total
	}
	all := count("")
	require.Equal(t, 1, count("lists="+ours.ID.String()))
	require.Equal(t, all-1, count("except_lists="+ours.ID.String()))
	require.Zero(t, count("lists="+theirs.ID.String()))
	require.Zero(t, count("except_lists="+theirs.ID.String()), "nobody learns who is on it")

	mailing := models.MailingInput{FallbackLanguage: "en", Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}, Audience: models.Audience{Lists: []uuid.UUID{theirs.ID}}}
	draft := request{method: "POST", path: home + "/mailings", token: officer, body: mailing, header: key()}
	require.Equal(t, "audience.lists[0]", h.send(t, draft, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field)
	mailing.Audience.Lists[0] = ours.ID
	draft.body, draft.header = mailing, key()
	h.send(t, draft, http.StatusCreated, nil)

	path := "/lists/" + ours.ID.String()
	require.Equal(t, "in_use", h.send(t, request{method: "DELETE", path: path, token: coordinator}, http.StatusConflict, nil).problem.Code)
	etag := h.read(t, coordinator, path, &ours).header.Get("ETag")
	rename := request{method: "PUT", path: path, token: coordinator, body: PeopleListInput{Name: "All of ours"}, header: map[string]string{"If-Match": etag}}
	h.send(t, rename, http.StatusOK, &ours)
	require.Equal(t, "outdated", h.send(t, rename, http.StatusPreconditionFailed, nil).problem.Code)
	h.send(t, request{method: "DELETE", path: member, token: coordinator}, http.StatusOK, &ours)
	require.Zero(t, ours.People)
	h.send(t, request{method: "DELETE", path: "/lists/" + theirs.ID.String(), token: coordinator}, http.StatusNoContent, nil)
}
