package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestAuthorityIsAddedMovedRetiredAndRemoved(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"", "/new"} {
		require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").get(authoritiesPath+path).StatusCode)
	}
	require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").post(authoritiesPath+"/new", url.Values{}).StatusCode)
	c := h.as("coordinator", "en")
	form := url.Values{"names.en": {"Inspectorate"}, "names.bg": {"Инспекторат"}, "level": {"state"}}
	require.Contains(t, c.post(authoritiesPath+"/new", form).Body, `href="#f-country_code"`)
	form.Set("country_code", "BG")
	saved := c.post(authoritiesPath+"/new", form)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	parent := saved.Header.Get("Location")
	parentID := parent[len(authoritiesPath)+1:]

	require.Contains(t, c.get(authoritiesPath+"/new?country_code=BG&parent_id="+parentID).Body, `value="`+parentID+`" selected`)
	form = url.Values{"names.en": {"Regional office"}, "level": {"municipality"}, "country_code": {"BG"}, "parent_id": {parentID}}
	child := c.post(authoritiesPath+"/new", form).Header.Get("Location")
	require.Contains(t, c.get(parent).Body, "Regional office")
	require.Regexp(t, `(?s)Inspectorate</a>.*<summary>1 below</summary>.*Regional office`, c.get(authoritiesPath+"?country=BG").Body)
	require.Contains(t, c.get(authoritiesPath+"?q=инспекторат").Body, "Inspectorate", "found by its name in any language")
	require.Contains(t, c.get(authoritiesPath+"?q=nothingofthekind").Body, "No authority matches your choice.")

	circle := url.Values{"names.en": {"Inspectorate"}, "level": {"state"}, "country_code": {"BG"}, "parent_id": {child[len(authoritiesPath)+1:]}}
	refused := c.post(parent+"/edit", circle)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.Body, "cannot stand below itself")
	form.Del("parent_id")
	require.Equal(t, http.StatusSeeOther, c.post(child+"/edit", form).StatusCode, "moved to the top")
	form.Set("parent_id", parentID)
	require.Equal(t, http.StatusSeeOther, c.post(child+"/edit", form).StatusCode)

	require.Equal(t, http.StatusConflict, c.post(parent+"/retire", url.Values{}).StatusCode, "something active is below it")
	require.Contains(t, c.get(parent+"/retire").Body, "Regional office")
	require.Equal(t, http.StatusConflict, c.post(parent+"/remove", url.Values{}).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(child+"/retire", url.Values{}).StatusCode)
	require.Contains(t, c.get(child).Body, "No longer active since")
	require.Equal(t, http.StatusSeeOther, c.post(child+"/reinstate", url.Values{}).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(child+"/remove", url.Values{}).StatusCode)
	require.Equal(t, http.StatusNotFound, c.get(child).StatusCode)
	journal := withoutLinks.ReplaceAllString(c.get("/administration/journal").Body, "")
	for _, act := range []string{"added the authority Inspectorate", "changed the authority Regional office", "marked the authority Regional office as no longer active",
		"marked the authority Regional office as active again", "removed the authority Regional office"} {
		require.Contains(t, journal, act)
	}
}

func TestAnAuthorityHasAnAddressForLetters(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	form := url.Values{"names.en": {"Split-Dalmatia County"}, "level": {"county"}, "country_code": {"HR"},
		"postal_address": {" Domovinskog rata 2\r\n\r\n21000 <Split> "}, "email": {"Office <zupanija@dalmacija.example>"}}
	bad := c.post(authoritiesPath+"/new", form)
	require.Equal(t, http.StatusUnprocessableEntity, bad.StatusCode)
	require.Contains(t, bad.Body, `href="#f-email"`)
	form.Set("email", " zupanija@dalmacija.example ")
	saved := c.post(authoritiesPath+"/new", form)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	page := c.get(saved.Header.Get("Location")).Body
	for _, says := range []string{"<dd>County</dd>", "Domovinskog rata 2<br>21000 &lt;Split&gt;", `href="mailto:zupanija@dalmacija.example"`} {
		require.Contains(t, page, says)
	}
	require.Contains(t, c.get(authoritiesPath+"?level=county").Body, "Split-Dalmatia County")
	edit := c.get(saved.Header.Get("Location") + "/edit").Body
	require.Contains(t, edit, "Domovinskog rata 2\n")
	form.Set("postal_address", strings.Repeat("x", 501))
	require.Contains(t, c.post(saved.Header.Get("Location")+"/edit", form).Body, `href="#f-postal_address"`)
}

func TestAddressedAuthorityStays(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	version, err := models.VersionByID(t.Context(), h.db, *h.brief.CurrentVersionID)
	require.NoError(t, err)
	path := authorityPath(version.Measures[0].AuthorityIDs[0])
	refused := c.post(path+"/remove", url.Values{})
	require.Equal(t, http.StatusConflict, refused.StatusCode)
	require.Contains(t, refused.Body, "/recommendations/"+h.brief.ID.String())
	_, err = h.db.NewRaw(`UPDATE authorities SET retired_at = now() WHERE id = ?`, version.Measures[0].AuthorityIDs[0]).Exec(t.Context())
	require.NoError(t, err)
	require.Contains(t, h.as("officer-khc", "en").get("/recommendations/"+h.brief.ID.String()+"/edit").Body, version.Measures[0].AuthorityIDs[0].String(),
		"what is addressed to it is still chosen")
	require.NotContains(t, h.as("officer-khc", "en").get("/recommendations/new").Body, version.Measures[0].AuthorityIDs[0].String(), "nothing new is")
}
