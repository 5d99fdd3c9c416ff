package web

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
)

var seenMarks = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// TestTwoWhoChangeTheSameLoseNothing opens one form twice: the second to save is shown what the first changed.
func TestTwoWhoChangeTheSameLoseNothing(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	for path, form := range map[string]url.Values{
		organisationPath(demo.ID("organisation", "khc")): {"name": {"Know-how Centre"}, "kind": {"partner"}, "countries": {"BG"}},
		personPath(h.person("reader").ID):                {"name": {"Hanna"}, "email": {h.person("reader").Email}, "language": {"en"}, "max_open": {"3"}},
		grantPath(demo.ID("grant", "daphne")): {"number": {"7"}, "title": {"Grant"}, "funder_id": {demo.ID("organisation", "ec").String()},
			"period_from": {"2026-01-01"}, "period_until": {"2027-01-01"}},
	} {
		t.Run(path, func(t *testing.T) {
			opened := seenMarks.FindStringSubmatch(c.get(path + "/edit").Body)
			require.Len(t, opened, 2)
			form.Set("seen", opened[1])
			require.Equal(t, http.StatusSeeOther, c.post(path+"/edit", form).StatusCode)

			name := "name"
			if form.Has("title") {
				name = "title"
			}
			former := form.Get(name)
			form.Set(name, "What the other typed")
			late := c.post(path+"/edit", form)
			require.Equal(t, http.StatusPreconditionFailed, late.StatusCode)
			require.Contains(t, late.Body, "Somebody changed this while you were writing")
			require.Contains(t, late.Body, `value="What the other typed"`)
			require.Contains(t, late.Body, "Stands there now: "+former)

			again := seenMarks.FindStringSubmatch(late.Body)
			require.Len(t, again, 2)
			form.Set("seen", again[1])
			require.Equal(t, http.StatusSeeOther, c.post(path+"/edit", form).StatusCode, "saved again it is meant")
		})
	}
}
