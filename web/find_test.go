package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
)

// many makes the network as large as it may become: 150 experts, and organisations with long names.
func (h *house) many() {
	h.t.Helper()
	h.exec(`WITH o AS (SELECT i, gen_random_uuid() AS id FROM generate_series(1, 30) AS i)
		INSERT INTO organisations (id, slug, name, kind, voting_unit, member_from)
		SELECT id, 'many-' || i, 'Udruženje građana za prava djece i mladih ' || i || 'a', 'partner', id, '2020-01-01' FROM o`)
	h.exec(`WITH p AS (INSERT INTO people (id, name, email, language, languages, country_code)
			SELECT gen_random_uuid(), 'Ružica Ćosić-Hadžiahmetović ' || i || 'a', 'many-' || i || '@tribuna.example', 'en', '{en,bg}', 'RS'
			FROM generate_series(1, 150) AS i RETURNING id)
		INSERT INTO roles (person_id, organisation_id, role) SELECT p.id, ?, 'expert' FROM p`, demo.ID("organisation", "khc"))
}

func TestExpertsAreFoundAmongManyAndStayChosen(t *testing.T) {
	h := newHouse(t)
	h.many()
	path := recommendationPath(h.brief.ID) + "/start-review"
	b := h.as("officer-khc", "en")
	page := b.get(path)
	sound(t, page)
	f := filled(t, page.Body, path)
	invited := 0
	for field, v := range f {
		if strings.HasPrefix(field, "expert[") && v[0] == inviteNow {
			invited++
		}
	}
	require.Positive(t, invited)
	all := strings.Count(page.Body, "data-find-item")
	require.Greater(t, all, findFrom)
	f.Set("do", doFind)
	f.Set("find.experts", "ĆOSIC 77A")
	found := b.post(path, f)
	require.Equal(t, http.StatusOK, found.StatusCode)
	sound(t, found)
	require.Contains(t, found.Body, "Hadžiahmetović 77a")
	require.NotContains(t, found.Body, "Hadžiahmetović 78a")
	again := filled(t, found.Body, path)
	for field, v := range f {
		if strings.HasPrefix(field, "expert[") && v[0] != "" {
			require.Equal(t, v, again[field], "what was chosen stays")
		}
	}
	require.Less(t, strings.Count(found.Body, "data-find-item"), all)
	require.Zero(t, h.rows("submissions"), "looking decides nothing")
	f.Set("find.experts", "qqqq")
	require.Contains(t, b.post(path, f).Body, i18n.For("en").T("find.none"))
}

func TestAuthoritiesAreFoundInTheFormOfAMeasure(t *testing.T) {
	h := newHouse(t)
	path := recommendationPath(h.brief.ID) + "/edit"
	b := h.as("officer-khc", "en")
	f := filled(t, b.get(path).Body, path)
	chosen := f["measures[0].authority_ids"]
	require.NotEmpty(t, chosen)
	f.Set("do", doFind+":0")
	f.Set("measures[0].find", "brcko district")
	f.Set("title", "Typed before")
	found := b.post(path, f)
	require.Equal(t, http.StatusOK, found.StatusCode)
	sound(t, found)
	first, rest, _ := strings.Cut(found.Body[strings.Index(found.Body, `id="measure-1"`):], `id="measure-2"`)
	require.Contains(t, first, "Brčko")
	require.NotContains(t, first, "Parliament of Romania")
	require.Contains(t, rest, "Romania", "other measures keep their list")
	again := filled(t, found.Body, path)
	require.Equal(t, chosen, again["measures[0].authority_ids"])
	require.Equal(t, "Typed before", again.Get("title"))
	require.NotEqual(t, "Typed before", h.current().Title, "looking saves nothing")
}

func TestOrganisationsAndSuccessorsAreFoundWhereverTheyAreChosen(t *testing.T) {
	h := newHouse(t)
	h.many()
	c := h.as("coordinator", "en")
	person := h.person("officer-khc")
	path := personPath(person.ID)
	require.Contains(t, c.get(path).Body, `name="find.organisation_id"`)
	khc := demo.ID("organisation", "khc").String()
	found := c.post(path+"/roles", url.Values{"do": {doFind}, "find.organisation_id": {"građana 7a"}, "role": {"partner"}, "organisation_id": {khc}})
	require.Equal(t, http.StatusOK, found.StatusCode)
	require.Contains(t, found.Body, "mladih 7a")
	require.NotContains(t, found.Body, "mladih 8a")
	require.Contains(t, found.Body, `value="`+khc+`" selected`, "what was chosen stays")
	require.NotContains(t, c.get(path).Body, "Partner, Know-how Centre Bulgaria", "looking gives no role")

	org := organisationPath(demo.ID("organisation", "khc")) + "/edit"
	again := c.post(org, url.Values{"do": {doFind}, "find.parent_id": {"gradana 7a"}, "name": {"Renamed"}, "kind": {"partner"}, "countries": {"BG"}})
	require.Equal(t, http.StatusOK, again.StatusCode)
	require.Contains(t, again.Body, `value="Renamed"`)
	require.NotContains(t, c.get(organisationPath(demo.ID("organisation", "khc"))).Body, "Renamed", "looking saves nothing")

	for _, address := range []string{"/follow-ups?find.authority=brcko", peoplePath + "?find.organisation=građana+7a", authoritiesPath + "/new?find.parent_id=brcko",
		path + "/hand-over?find.to_id=x"} {
		page := c.get(address)
		require.Equal(t, http.StatusOK, page.StatusCode, address)
		sound(t, page)
	}
	require.NotContains(t, c.get(peoplePath+"?find.organisation=građana+7a").Body, "mladih 8a")
}
