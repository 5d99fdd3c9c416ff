package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

func TestPeopleAreFoundAndPaged(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	expert, officer := h.person("expert-01"), h.person("officer-khc")
	require.Contains(t, c.get(peoplePath+"?q="+url.QueryEscape(expert.Name)).Body, personPath(expert.ID))
	require.Contains(t, c.get(peoplePath+"?q="+url.QueryEscape(expert.Email)).Body, personPath(expert.ID))
	found := c.get(peoplePath + "?q=" + url.QueryEscape("know-how centre")).Body
	require.Contains(t, found, personPath(officer.ID), "found by the organisation")
	require.NotContains(t, found, personPath(h.person("partner-cyi").ID))
	require.NotContains(t, c.get(peoplePath+"?role=expert").Body, personPath(officer.ID))
	require.Contains(t, c.get(peoplePath+"?organisation="+demo.ID("organisation", "khc").String()).Body, personPath(officer.ID))
	require.Contains(t, c.get(peoplePath+"?q=nobodyofthatname").Body, "Nobody like that")

	require.NoError(t, models.AddRole(t.Context(), h.db, models.Role{PersonID: officer.ID, OrganisationID: demo.ID("organisation", "cyi"), Role: models.RoleTranslator}))
	both := c.get(peoplePath + "?role=translator&q=" + url.QueryEscape(officer.Name)).Body
	require.Contains(t, both, "Policy officer, Know-how Centre Bulgaria<br>Translator, Centre for Youth Integration Serbia", "each role where it is held")
	require.Contains(t, both, `aria-current="page">Translators (1)</a>`)
	require.Contains(t, html.UnescapeString(both), `href="/administration/people?q=`+url.QueryEscape(officer.Name)+`">Everybody (1)</a>`)
	require.Contains(t, both, `<input type="hidden" name="role" value="translator">`, "what is searched for next stays among them")
	require.Contains(t, c.get(accessPath+"?q="+url.QueryEscape(officer.Email)).Body, "Translator, Centre for Youth Integration Serbia")
	menu := h.as("officer-khc", "en").get("/published").Body
	require.Contains(t, menu, "<small>Policy officer, Know-how Centre Bulgaria</small><br><small>Translator, Centre for Youth Integration Serbia</small>")

	next := regexp.MustCompile(`href="(/administration/people\?after=[^"]+)" rel="next"|rel="next" href="(/administration/people\?after=[^"]+)"`)
	first := c.get(peoplePath).Body
	m := next.FindStringSubmatch(first)
	require.NotEmpty(t, m, "there are more people than one page shows")
	all, err := models.People(t.Context(), h.db, models.PersonFilter{Limit: peoplePage + 1})
	require.NoError(t, err)
	second := c.get(m[1] + m[2]).Body
	require.Contains(t, second, personPath(all[peoplePage].ID))
	require.NotContains(t, second, personPath(all[peoplePage-1].ID))
}

func TestPersonIsAddedChangedAndLeaves(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	form := url.Values{"name": {"Ana Test"}, "email": {"nonsense"}, "language": {"bg"}, "country_code": {"BG"}, "languages": {"bg", "xx"}, "max_open": {"many"}}
	bad := c.post(peoplePath+"/new", form)
	require.Equal(t, http.StatusUnprocessableEntity, bad.StatusCode)
	require.Contains(t, bad.Body, `href="#f-email"`)
	require.Contains(t, bad.Body, `href="#f-max_open"`)
	form.Set("max_open", "2")
	form.Set("email", h.person("expert-01").Email)
	form["languages"] = []string{"bg"}
	require.Contains(t, c.post(peoplePath+"/new", form).Body, "This is taken already")
	form.Set("email", "ana.test@tribuna.example")
	saved := c.post(peoplePath+"/new", form)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	path := saved.Header.Get("Location")
	page := c.get(path).Body
	require.Contains(t, page, "ana.test@tribuna.example")
	require.Contains(t, page, "/invite", "who has no account can be invited to one")

	khc := demo.ID("organisation", "khc").String()
	require.Equal(t, http.StatusUnprocessableEntity, c.post(path+"/roles", url.Values{"role": {"emperor"}, "organisation_id": {khc}}).StatusCode)
	role := url.Values{"role": {"officer"}, "organisation_id": {khc}}
	require.Equal(t, http.StatusSeeOther, c.post(path+"/roles", role).StatusCode)
	require.Contains(t, c.get(path).Body, "Policy officer, Know-how Centre Bulgaria")
	require.Contains(t, c.get(organisationPath(demo.ID("organisation", "khc"))).Body, "Ana Test")
	form.Set("name", "Ana Testova")
	require.Equal(t, http.StatusSeeOther, c.post(path+"/edit", form).StatusCode)

	require.Contains(t, c.get(path+"/leave").Body, "If you mark Ana Testova as having left")
	require.Equal(t, http.StatusSeeOther, c.post(path+"/leave", url.Values{}).StatusCode)
	require.Contains(t, c.get(path).Body, "Has left on")
	require.NotContains(t, c.get(path).Body, "/invite")
	require.NotContains(t, c.get(peoplePath+"?q=testova").Body, path)
	require.Contains(t, c.get(peoplePath+"?q=testova&who=left").Body, path)
	require.Equal(t, http.StatusSeeOther, c.post(path+"/return", url.Values{}).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(path+"/roles/remove", role).StatusCode)
	require.NotContains(t, c.get(path).Body, "Policy officer, Know-how Centre Bulgaria")
	journal := c.get("/administration/journal").Body
	for _, act := range []string{"added Ana Testova", "changed what is known of Ana Testova", "gave Ana Testova a role: Policy officer, Know-how Centre Bulgaria",
		"took a role from Ana Testova", "noted that Ana Testova has left", "noted that Ana Testova is back", "Name: Ana Test → Ana Testova",
		"(Coordinator, Terre des hommes, Regional Office for Europe (Budapest))"} {
		require.Contains(t, withoutLinks.ReplaceAllString(journal, ""), act)
	}
}

func TestWhoLeavesIsSignedOutAndCoordinatorsStay(t *testing.T) {
	h := newHouse(t)
	c, officer := h.as("coordinator", "en"), h.as("officer-khc", "en")
	require.Equal(t, http.StatusOK, officer.get("/").StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(personPath(h.person("officer-khc").ID)+"/leave", url.Values{}).StatusCode)
	require.Equal(t, http.StatusSeeOther, officer.get("/account").StatusCode, "led to signing in")
	self := personPath(h.person("coordinator").ID)
	require.Equal(t, http.StatusForbidden, c.post(self+"/leave", url.Values{}).StatusCode)
	roles, err := models.RolesHeld(t.Context(), h.db, h.person("coordinator").ID)
	require.NoError(t, err)
	require.Equal(t, http.StatusForbidden,
		c.post(self+"/roles/remove", url.Values{"role": {"coordinator"}, "organisation_id": {roles[0].OrganisationID.String()}}).StatusCode)
}

func TestHandingOverIsShownBeforeAndAfter(t *testing.T) {
	c := newOffice(t)
	coordinator := c.as("coordinator", "en")
	from := c.person("officer-khc")
	to := c.person("reader")
	path := personPath(from.ID) + "/hand-over"
	require.NoError(t, models.AddRole(t.Context(), c.db, models.Role{PersonID: to.ID, OrganisationID: c.brief.OrganisationID, Role: models.RoleOfficer}))

	first := coordinator.get(path).Body
	require.Contains(t, first, c.brief.Title)
	require.Contains(t, first, "In charge of the recommendation")
	require.NotContains(t, first, "hand_over_id", "nothing is handed over before somebody is chosen")
	second := coordinator.get(path + "?to_id=" + to.ID.String()).Body
	require.Contains(t, second, "Goes to "+to.Name)
	id := regexp.MustCompile(`name="hand_over_id" value="([^"]+)"`).FindStringSubmatch(second)[1]

	require.Equal(t, http.StatusUnprocessableEntity, coordinator.post(path, url.Values{"to_id": {c.person("expert-05").ID.String()}}).StatusCode)
	form := url.Values{"to_id": {to.ID.String()}, "hand_over_id": {id}}
	done := coordinator.post(path, form)
	require.Equal(t, http.StatusSeeOther, done.StatusCode, done.Body)
	again := coordinator.post(path, form)
	require.Equal(t, done.Header.Get("Location"), again.Header.Get("Location"))
	c.waitFor("the officer in charge to change", func() bool { return c.reload().OfficerID == to.ID })
	page := coordinator.get(done.Header.Get("Location")).Body
	require.Contains(t, page, c.brief.Title)
	require.Contains(t, page, "Handed over")
	foreign := personPath(to.ID) + "/hand-over/" + id
	require.Equal(t, http.StatusNotFound, coordinator.get(foreign).StatusCode, "it is not theirs")
	require.Contains(t, coordinator.get(path).Body, "Nothing waits for them")
	require.Contains(t, coordinator.get(personPath(from.ID)).Body, "Handed over to "+to.Name)
	require.Contains(t, withoutLinks.ReplaceAllString(coordinator.get("/administration/journal").Body, ""), "handed over what waited for "+from.Name+" to "+to.Name)
	require.Contains(t, coordinator.get("/recommendations/"+c.brief.ID.String()+"/record").Body, "put "+to.Name+" in charge of the recommendation in place of "+from.Name)
}

func TestOrganisationIsAddedPlacedAndRemoved(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	form := url.Values{"name": {"Youth Forum"}, "kind": {"partner"}, "countries": {"BG", "RO"}, "member_from": {"2026-05-01"}, "member_until": {"2026-04-01"}}
	bad := c.post(organisationsPath+"/new", form)
	require.Equal(t, http.StatusUnprocessableEntity, bad.StatusCode)
	require.Contains(t, bad.Body, `href="#f-member_until"`)
	form.Del("member_until")
	saved := c.post(organisationsPath+"/new", form)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	path := saved.Header.Get("Location")
	page := c.get(path).Body
	require.Contains(t, page, "Bulgaria and Romania")
	require.Contains(t, page, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC).Format("2 January 2006"))
	id := path[len(organisationsPath)+1:]

	form.Set("name", "Youth Forum South")
	form.Set("parent_id", id)
	form.Set("voting_unit", id)
	branch := c.post(organisationsPath+"/new", form).Header.Get("Location")
	require.Contains(t, c.get(path).Body, "Youth Forum South", "below it, and it votes for it")
	circle := url.Values{"name": {"Youth Forum"}, "kind": {"partner"}, "parent_id": {branch[len(organisationsPath)+1:]}}
	require.Contains(t, c.post(path+"/edit", circle).Body, "cannot stand below itself")
	away := url.Values{"name": {"Youth Forum"}, "kind": {"partner"}, "voting_unit": {demo.ID("organisation", "khc").String()}}
	require.Contains(t, c.post(path+"/edit", away).Body, "Other organisations vote through this one")
	funder := url.Values{"name": {"Fourth"}, "kind": {"partner"}, "voting_unit": {demo.ID("organisation", "ec").String()}}
	refused := c.post(organisationsPath+"/new", funder)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.Body, `href="#f-voting_unit"`)
	require.Contains(t, refused.Body, "only they can hold a vote")
	holders := c.get(organisationsPath + "/new").Body
	holders = holders[strings.Index(holders, `name="voting_unit"`):]
	require.Contains(t, holders, "Know-how Centre Bulgaria")
	for _, none := range []string{"European Commission", "University of Tirana", "Terre des hommes Albania"} {
		require.NotContains(t, holders, none, "a funder, an academic partner and who gave its vote away cannot hold one")
	}
	third := url.Values{"name": {"Third"}, "kind": {"other"}, "voting_unit": {branch[len(organisationsPath)+1:]}}
	require.Contains(t, c.post(organisationsPath+"/new", third).Body, "votes through another itself")

	require.Contains(t, c.get(organisationsPath+"?q=forum&country=RO&kind=partner&member=now").Body, "Youth Forum South")
	require.NotContains(t, c.get(organisationsPath+"?kind=funder").Body, "Youth Forum")
	require.Contains(t, c.get(organisationsPath+"?q=nothingofthekind").Body, "No organisation matches your choice.")
	inUse := c.post(path+"/remove", url.Values{})
	require.Equal(t, http.StatusConflict, inUse.StatusCode)
	require.Contains(t, inUse.Body, branch)
	require.Equal(t, http.StatusConflict, c.post(organisationPath(demo.ID("organisation", "khc"))+"/remove", url.Values{}).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(branch+"/edit", url.Values{"name": {"South"}, "kind": {"other"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(branch+"/remove", url.Values{}).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(path+"/remove", url.Values{}).StatusCode)
	require.Equal(t, http.StatusNotFound, c.get(path).StatusCode)
	journal := c.get("/administration/journal").Body
	for _, act := range []string{"Name: Youth Forum South → South", "removed the organisation South", "removed the organisation Youth Forum"} {
		require.Contains(t, withoutLinks.ReplaceAllString(journal, ""), act)
	}
}

// withoutLinks takes the links out of a page, not their words.
var withoutLinks = regexp.MustCompile(`<a [^>]*>|</a>`)
