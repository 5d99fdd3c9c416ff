package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tribuna/models"
)

// personFilters are the parts of the address that narrow the list.
var personFilters = []string{"q", "role", "organisation", "country", "language", "topic", "list", "who"}

// personFilter reads what the address narrows the list to; what cannot be read sets no limit.
func personFilter(q url.Values) models.PersonFilter {
	f := models.PersonFilter{Search: q.Get("q"), Country: q.Get("country"), Language: q.Get("language"), Topic: q.Get("topic"), Left: q.Get("who") == "left"}
	if role := q.Get("role"); role == models.NoRole || slices.Contains(models.RoleNames(), role) {
		f.Role = role
	}
	f.Organisation, _ = uuid.Parse(q.Get("organisation"))
	f.List, _ = uuid.Parse(q.Get("list"))
	return f
}

// roleTabs lead to the people of each role that the list has, with how many they are and how many of them are found in all.
func (s *Server) roleTabs(r *http.Request, f models.PersonFilter) (tabs []listTab, found int, err error) {
	l, q := Localizer(r), r.URL.Query()
	counts, all, err := models.CountPeople(r.Context(), s.DB, f)
	tab := func(role, label string, people int) listTab {
		if role == f.Role {
			found = people
		}
		values := url.Values{"role": {role}}
		for _, key := range personFilters {
			if key != "role" {
				values.Set(key, q.Get(key))
			}
		}
		return listTab{Href: narrowed(peoplePath, values, personFilters...), Label: label, Count: l.Number(people), Current: role == f.Role}
	}
	tabs = []listTab{tab("", l.T("person.tab.all"), all)}
	for _, c := range counts {
		label := l.T("person.tab.none")
		if c.Role != models.NoRole {
			label = l.T("mailing.role." + c.Role)
		}
		tabs = append(tabs, tab(c.Role, label, c.People))
	}
	return tabs, found, err
}

// nextAfter is the address of the page after a line of a list, with the same filters.
func nextAfter(path string, q url.Values, last uuid.UUID, filters ...string) string {
	next := url.Values{"after": {last.String()}}
	for _, key := range filters {
		next.Set(key, q.Get(key))
	}
	return narrowed(path, next, append([]string{"after"}, filters...)...)
}

// narrowed is the address of a list with those of the filters that say something.
func narrowed(path string, q url.Values, filters ...string) string {
	values := url.Values{}
	for _, key := range filters {
		if v := q.Get(key); v != "" {
			values.Set(key, v)
		}
	}
	return strings.TrimSuffix(path+"?"+values.Encode(), "?")
}
