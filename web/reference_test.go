package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReferenceListsAreKeptByCoordinators(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	officer := h.as("officer-khc", "en")
	for list, form := range map[string]url.Values{
		"topics":     {"key": {"new-one"}, "names.en": {"A new topic"}},
		"challenges": {"key": {"new-one"}, "names.en": {"A new challenge"}},
		"languages":  {"key": {"mk"}, "names.en": {"Macedonian"}, "endonym": {"македонски"}},
		"countries":  {"key": {"ME"}, "names.en": {"Montenegro"}, "zone": {"Europe/Podgorica"}, "designations.en": {"Montenegro*"}, "footnotes.en": {"* A note."}},
	} {
		t.Run(list, func(t *testing.T) {
			path := "/administration/" + list
			require.Equal(t, http.StatusForbidden, officer.get(path).StatusCode)
			require.Equal(t, http.StatusForbidden, officer.post(path+"/new", form).StatusCode)
			key, name := form.Get("key"), form.Get("names.en")
			wrong := url.Values{"key": {"?"}}
			bad := c.post(path+"/new", wrong)
			require.Equal(t, http.StatusUnprocessableEntity, bad.StatusCode)
			require.Contains(t, bad.Body, `href="#f-key"`)
			require.Contains(t, bad.Body, `href="#f-names-en"`)
			require.Equal(t, http.StatusSeeOther, c.post(path+"/new", form).StatusCode)
			require.Contains(t, c.get(path).Body, name)
			require.Contains(t, c.get(path).Body, "no name in:")
			form.Set("names.bg", "Име")
			require.Equal(t, http.StatusSeeOther, c.post(path+"/"+key, form).StatusCode)
			require.Contains(t, c.get(path+"/"+key).Body, "Име")
			before := strings.Index(c.get(path).Body, `id="line-`+key)
			require.Equal(t, http.StatusSeeOther, c.post(path+"/"+key+"/raise", url.Values{}).StatusCode)
			require.Less(t, strings.Index(c.get(path).Body, `id="line-`+key), before, "it moved up")
			require.Contains(t, c.get(path+"/"+key+"/remove").Body, "Nothing uses it.")
			require.Equal(t, http.StatusSeeOther, c.post(path+"/"+key+"/remove", url.Values{}).StatusCode)
			require.Equal(t, http.StatusNotFound, c.get(path+"/"+key).StatusCode)
			require.Contains(t, withoutLinks.ReplaceAllString(c.get("/administration/journal").Body, ""), key)
		})
	}
}

func TestReferenceInUseSaysWhere(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	for path, where := range map[string]string{"languages/en": "English stands wherever another language is missing.",
		"countries/BG": "/recommendations/" + h.brief.ID.String(), "languages/bg": "people"} {
		refused := c.post("/administration/"+path+"/remove", url.Values{})
		require.Equal(t, http.StatusConflict, refused.StatusCode, path)
		require.Contains(t, refused.Body, where, path)
	}
	require.Contains(t, c.get("/administration/languages").Body, "pages and mails too")
}

func TestNetworkZoneIsASetting(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	require.Contains(t, c.get("/administration/countries").Body, "people without a country: Europe/Budapest.")
	require.Equal(t, http.StatusUnprocessableEntity, c.post(zonePath, url.Values{"zone": {"Europe/Nowhere"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(zonePath, url.Values{"zone": {"Europe/Vienna"}}).StatusCode)
	require.Contains(t, c.get("/administration/countries").Body, "people without a country: Europe/Vienna.")
	require.Contains(t, withoutLinks.ReplaceAllString(c.get("/administration/journal").Body, ""), "time zone: Europe/Vienna")
	require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").get(zonePath).StatusCode)
}
