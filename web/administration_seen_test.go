package web

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// firstLine is what the first line of a list is known by.
func (h *house) firstLine(list models.ReferenceList) string {
	h.t.Helper()
	all, err := list.All(h.t.Context(), h.db)
	require.NoError(h.t, err)
	return all[0].Key
}

var seenMarks = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// TestTwoWhoChangeTheSameLoseNothing opens one form twice: the second to save is shown what the first changed.
func TestTwoWhoChangeTheSameLoseNothing(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	for path, form := range map[string]url.Values{
		authorityPath(demo.ID("authority", "bg-sofia-municipality")) + "/edit":          {"names.en": {"Sofia"}, "level": {"municipality"}, "country_code": {"BG"}},
		referencePath(models.ListTopics) + "/" + h.firstLine(models.ListTopics):         {"names.en": {"A topic"}},
		referencePath(models.ListChallenges) + "/" + h.firstLine(models.ListChallenges): {"names.en": {"A challenge"}},
		referencePath(models.ListLanguages) + "/sq":                                     {"names.en": {"The Albanian"}, "endonym": {"shqip"}},
		referencePath(models.ListCountries) + "/BG":                                     {"names.en": {"The Bulgaria"}, "zone": {"Europe/Sofia"}},
		organisationPath(demo.ID("organisation", "khc")) + "/edit":                      {"name": {"Know-how Centre"}, "kind": {"partner"}, "countries": {"BG"}},
		personPath(h.person("reader").ID) + "/edit":                                     {"name": {"Hanna"}, "email": {h.person("reader").Email}, "language": {"en"}, "max_open": {"3"}},
		grantPath(demo.ID("grant", "daphne")) + "/edit": {"number": {"7"}, "title": {"Grant"}, "funder_id": {demo.ID("organisation", "ec").String()},
			"period_from": {"2026-01-01"}, "period_until": {"2027-01-01"}},
	} {
		t.Run(path, func(t *testing.T) {
			opened := seenMarks.FindStringSubmatch(c.get(path).Body)
			require.Len(t, opened, 2)
			form.Set("seen", opened[1])
			require.Equal(t, http.StatusSeeOther, c.post(path, form).StatusCode)

			name := "names.en"
			for _, other := range []string{"name", "title"} {
				if form.Has(other) {
					name = other
				}
			}
			former := form.Get(name)
			form.Set(name, "What the other typed")
			late := c.post(path, form)
			require.Equal(t, http.StatusPreconditionFailed, late.StatusCode)
			require.Contains(t, late.Body, "Somebody changed this while you were writing")
			require.Contains(t, late.Body, `value="What the other typed"`)
			require.Contains(t, late.Body, "Stands there now: "+former)

			again := seenMarks.FindStringSubmatch(late.Body)
			require.Len(t, again, 2)
			form.Set("seen", again[1])
			require.Equal(t, http.StatusSeeOther, c.post(path, form).StatusCode, "saved again it is meant")
		})
	}
}
