package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// pages reads a list page by page and returns what it holds.
func pages[T any](t *testing.T, h *house, token, path string) []T {
	t.Helper()
	var all []T
	for path != "" {
		var page list[T]
		next := h.read(t, token, path, &page).header.Get("Link")
		all, path = append(all, page.Items...), ""
		if next != "" {
			u, err := url.Parse(strings.Trim(strings.Split(next, ";")[0], "<>"))
			require.NoError(t, err)
			path = strings.TrimPrefix(u.RequestURI(), Prefix)
		}
	}
	return all
}

func (h *house) journalled(t *testing.T, verb string) int {
	t.Helper()
	items, err := models.JournalEntries(t.Context(), h.db, models.JournalFilter{Limit: 100})
	require.NoError(t, err)
	n := 0
	for _, it := range items {
		if it.Verb == verb {
			n++
		}
	}
	return n
}

func TestPeopleAreKeptInOrderByTheRulesOfThePages(t *testing.T) {
	h := newHouse(t)
	token, header := h.token(t, "coordinator"), key()
	in := PersonInput{Name: " Ana Nova ", Email: "ana.nova@tribuna.example", Language: "bg", CountryCode: "BG", Languages: []string{"bg", "en"}, Topics: []string{}}
	create := request{method: "POST", path: "/people", token: token, body: in, header: header}
	var ana, again Person
	res := h.send(t, create, http.StatusCreated, &ana)
	require.Equal(t, "http://tribuna.example/api/v1/people/"+ana.ID.String(), res.header.Get("Location"))
	require.Equal(t, "Ana Nova", ana.Name)
	require.Equal(t, 3, ana.MaxOpen)
	h.send(t, create, http.StatusCreated, &again)
	require.Equal(t, ana.ID, again.ID, "sent twice she is added once")
	in.Name = "Somebody else"
	create.body = in
	require.Equal(t, "other_words", h.send(t, create, http.StatusConflict, nil).problem.Code)
	create.header = key()
	require.Equal(t, FieldProblem{"email", "taken", "This is taken already. Please choose another."}, h.send(t, create, http.StatusUnprocessableEntity, nil).problem.Errors[0])
	in = PersonInput{Name: "X", Email: "nowhere", Language: "xx", CountryCode: "BG", Languages: []string{"xx"}, Topics: []string{"nothing"}}
	create.body, create.header = in, key()
	wrong := map[string]bool{}
	for _, f := range h.send(t, create, http.StatusUnprocessableEntity, nil).problem.Errors {
		wrong[f.Field] = true
	}
	require.True(t, wrong["email"], wrong)

	path := "/people/" + ana.ID.String()
	etag := h.read(t, token, path, &ana).header.Get("ETag")
	change := PersonInput{Name: "Ana Nova-Petrova", Email: ana.Email, Language: "en", Languages: []string{}, Topics: []string{}}
	put := request{method: "PUT", path: path, token: token, body: change}
	require.Equal(t, "precondition", h.send(t, put, http.StatusPreconditionRequired, nil).problem.Code)
	put.header = map[string]string{"If-Match": etag}
	ana = Person{}
	saved := h.send(t, put, http.StatusOK, &ana)
	require.Equal(t, "en", ana.Language)
	require.Empty(t, ana.CountryCode, "what is left out is gone")
	require.Equal(t, 3, ana.MaxOpen)
	require.NotEqual(t, etag, saved.header.Get("ETag"))
	outdated := h.send(t, put, http.StatusPreconditionFailed, nil)
	require.Contains(t, string(outdated.body), `"current":{"id":"`+ana.ID.String())
	require.Equal(t, 1, h.journalled(t, "person.added"))
	require.Equal(t, 1, h.journalled(t, "person.changed"))

	require.Nil(t, ana.Origin, "she was entered by hand")
	list, at := models.NewID(), h.server.Now().UTC().Truncate(time.Microsecond)
	for _, q := range []string{`INSERT INTO contact_imports (id, person_id, kind, name, content, mapping, source, basis, created_at, imported_at)
			VALUES (?0, ?1, 'people', 'l.csv', '', '{}', 'A conference', 'interest', ?2, ?2)`,
		`INSERT INTO contact_notices (person_id, import_id, due_at) VALUES (?1, ?0, ?2)`} {
		_, err := h.db.NewRaw(q, list, ana.ID, at).Exec(t.Context())
		require.NoError(t, err)
	}
	h.read(t, token, path, &ana)
	require.Equal(t, &DataOrigin{"A conference", "interest", at, DataNotice{State: models.NoticeReady, DueAt: at}}, ana.Origin)
	require.NoError(t, models.NoteTold(t.Context(), h.db, models.Person{ID: ana.ID, Pseudonym: uuid.New()}, ana.ID, at))
	h.read(t, token, path, &ana)
	require.Equal(t, models.NoticeTold, ana.Origin.Notice.State)
	require.Equal(t, at, ana.Origin.Notice.ToldAt.UTC())

	role := path + "/roles/" + demo.ID("organisation", "khc").String() + "/expert"
	for range 2 {
		h.send(t, request{method: "PUT", path: role, token: token}, http.StatusOK, &ana)
		require.Equal(t, []Role{{"expert", demo.ID("organisation", "khc")}}, ana.Roles)
	}
	require.Equal(t, 1, h.journalled(t, "person.role_given"))
	h.send(t, request{method: "PUT", path: strings.Replace(role, "expert", "emperor", 1), token: token}, http.StatusUnprocessableEntity, nil)
	h.send(t, request{method: "PUT", path: path + "/roles/" + uuid.NewString() + "/expert", token: token}, http.StatusUnprocessableEntity, nil)
	h.send(t, request{method: "DELETE", path: role, token: token}, http.StatusOK, &ana)
	require.Empty(t, ana.Roles)
	own := "/people/" + demo.ID("person", "coordinator").String() + "/roles/" + demo.ID("organisation", "tdh").String() + "/coordinator"
	refused := h.send(t, request{method: "DELETE", path: own, token: token}, http.StatusForbidden, nil).problem
	require.Equal(t, []string{"forbidden", "role", "own_coordinator"}, []string{refused.Code, refused.Errors[0].Field, refused.Errors[0].Code})
	h.send(t, request{method: "GET", path: "/people/" + uuid.NewString(), token: token}, http.StatusNotFound, nil)
}

// TestTheLastVoiceOfAnOrganisationIsTakenOnlyKnowingly: the page asks the same, once.
func TestTheLastVoiceOfAnOrganisationIsTakenOnlyKnowingly(t *testing.T) {
	h := newHouse(t)
	last := demo.ID("person", "partner-cyi")
	take := request{method: "DELETE", path: "/people/" + last.String() + "/roles/" + demo.ID("organisation", "cyi").String() + "/partner", token: h.token(t, "coordinator")}
	refused := h.send(t, take, http.StatusUnprocessableEntity, nil).problem
	require.Equal(t, []string{"invalid", "confirmed", "voiceless"}, []string{refused.Code, refused.Errors[0].Field, refused.Errors[0].Code})
	require.Contains(t, refused.Errors[0].Detail, "Centre for Youth Integration Serbia")
	held, err := models.RolesHeld(t.Context(), h.db, last)
	require.NoError(t, err)
	require.Len(t, held, 1, "nothing is done before it is confirmed")
	path := take.path
	take.path = path + "?confirmed=perhaps"
	h.send(t, take, http.StatusUnprocessableEntity, nil)
	take.path = path + "?confirmed=true"
	var p Person
	h.send(t, take, http.StatusOK, &p)
	require.Empty(t, p.Roles)
	require.Equal(t, 1, h.journalled(t, "person.role_taken"))
}

func TestListsOfTheNetworkAreReadPageByPage(t *testing.T) {
	h := newHouse(t)
	token := h.token(t, "coordinator")
	people, err := models.People(t.Context(), h.db, models.PersonFilter{})
	require.NoError(t, err)
	read := pages[PersonSummary](t, h, token, "/people?limit=60")
	require.Len(t, read, len(people))
	for i := range people {
		require.Equal(t, people[i].ID, read[i].ID)
	}
	for _, p := range pages[PersonSummary](t, h, token, "/people?role=translator&limit=2") {
		require.Contains(t, p.Roles, "translator")
		require.Equal(t, len(p.Roles) > 0, len(p.Held) > 0, "each with where it is held")
	}
	h.send(t, request{method: "GET", path: "/people?role=emperor", token: token}, http.StatusUnprocessableEntity, nil)

	organisations, err := models.Organisations(t.Context(), h.db, models.OrganisationFilter{})
	require.NoError(t, err)
	some := pages[Organisation](t, h, h.token(t, "reader"), "/organisations?limit=3")
	require.Len(t, some, len(organisations))
	for i := range some {
		require.Equal(t, organisations[i].ID, some[i].ID)
	}
	_, err = h.db.NewRaw(`UPDATE authorities SET postal_address = 'Rue de la Loi 200', email = 'office@ec.example' WHERE slug = 'eu-commission'`).Exec(t.Context())
	require.NoError(t, err)
	authorities, err := models.Authorities(t.Context(), h.db, models.AuthorityFilter{})
	require.NoError(t, err)
	all := pages[models.Authority](t, h, "", "/authorities?limit=7")
	require.Equal(t, len(authorities), len(all))
	for i := range all {
		require.Equal(t, authorities[i].ID, all[i].ID)
		require.Equal(t, [2]string{authorities[i].Address, authorities[i].Email}, [2]string{all[i].Address, all[i].Email})
	}
}

func TestOrganisationsAreKeptInOrderByTheRulesOfThePages(t *testing.T) {
	h := newHouse(t)
	token, tdh := h.token(t, "coordinator"), demo.ID("organisation", "tdh")
	in := map[string]any{"name": "Forum", "kind": "partner", "parent_id": tdh, "voting_unit": tdh, "member_from": "2026-01-01", "countries": []string{"BG"}}
	create := request{method: "POST", path: "/organisations", token: token, body: in, header: key()}
	var forum, same Organisation
	h.send(t, create, http.StatusCreated, &forum)
	h.send(t, create, http.StatusCreated, &same)
	require.Equal(t, forum, same)
	require.Equal(t, tdh, forum.VotingUnit)
	raw, err := json.Marshal(forum.MemberFrom)
	require.NoError(t, err)
	require.Equal(t, `"2026-01-01"`, string(raw), "a day is a day")

	path := "/organisations/" + forum.ID.String()
	put := request{method: "PUT", path: path, token: token, header: map[string]string{"If-Match": h.read(t, token, path, &forum).header.Get("ETag")},
		body: map[string]any{"name": "Forum of Youth", "kind": "partner", "parent_id": forum.ID, "member_from": "2026-01-01", "member_until": "2025-01-01", "countries": []string{}}}
	fields := map[string]bool{}
	for _, f := range h.send(t, put, http.StatusUnprocessableEntity, nil).problem.Errors {
		fields[f.Field] = true
	}
	require.Equal(t, map[string]bool{"parent_id": true, "member_until": true}, fields)
	put.body = map[string]any{"name": "Forum of Youth", "kind": "partner", "countries": []string{"RO"}}
	h.send(t, put, http.StatusOK, &forum)
	require.Equal(t, forum.ID, forum.VotingUnit, "nothing said, it votes for itself")
	require.Equal(t, []string{"RO"}, forum.Countries)
	h.send(t, put, http.StatusPreconditionFailed, nil)
	circle := "/organisations/" + tdh.String()
	h.send(t, request{method: "PUT", path: circle, token: token, header: map[string]string{"If-Match": h.read(t, token, circle, &same).header.Get("ETag")},
		body: map[string]any{"name": same.Name, "kind": same.Kind, "parent_id": demo.ID("organisation", "tdh-al"), "countries": same.Countries}}, http.StatusUnprocessableEntity, nil)
	require.Equal(t, 1, h.journalled(t, "organisation.added"))
	require.Equal(t, 1, h.journalled(t, "organisation.changed"))
}
