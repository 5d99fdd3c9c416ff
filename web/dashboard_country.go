package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tribuna/models"
)

// everyCountry is what the address says of somebody who wants to see more than their own countries.
const everyCountry = "all"

// countryChoice is which countries the overview shows: those of the reader's organisations, until they choose others.
type countryChoice struct {
	codes []string // of the filter; none is every one
	own   []string
	all   bool // the reader coordinates: theirs is the whole network
}

func (s *Server) countryChoice(r *http.Request, v models.Viewer) (countryChoice, error) {
	c := countryChoice{all: v.Has(models.RoleCoordinator)}
	if !c.all {
		var err error
		if c.own, err = models.OwnCountries(r.Context(), s.DB, v); err != nil {
			return c, err
		}
	}
	switch chosen := r.URL.Query().Get("country"); chosen {
	case "":
		c.codes = c.own
	case everyCountry:
	default:
		c.codes = []string{chosen}
	}
	return c, nil
}

// one is the country chosen where it is one alone.
func (c countryChoice) one() string {
	if len(c.codes) == 1 {
		return c.codes[0]
	}
	return ""
}

// followUps is what the address of the list of follow-ups says for the measures that the overview counts.
func (c countryChoice) followUps(overview url.Values) url.Values {
	q := url.Values{"country": {strings.Join(c.codes, ",")}, "ended": {"no"}}
	for _, name := range []string{"stage", "status", "overdue"} {
		q.Set(name, overview.Get(name))
	}
	return narrowedBy(q)
}

// describe fills the choice of countries, and says in words which are shown where the reader did not choose.
func (c countryChoice) describe(r *http.Request, names countryNames, page *dashboardView) {
	l := names.words
	page.AnyCountry, page.Everything = l.T("dashboard.filter.any"), "/dashboard"
	for _, code := range names.codes {
		page.Countries = append(page.Countries, optionOf(code, names.names[code]))
	}
	if len(c.own) == 0 {
		if !c.all {
			page.CountryNote = l.Say("overview.no_country")
		}
		return
	}
	page.AnyCountry, page.Everything = l.T("overview.own_countries"), "/dashboard?country="+everyCountry
	page.Countries = slices.Insert(page.Countries, 0, Option{Value: everyCountry, Label: l.T("overview.all_countries")})
	if r.URL.Query().Get("country") == "" {
		page.CountryNote = l.Say("overview.own_shown", "Countries", names.list(c.own))
		page.AllCountries = filterBy(r.URL, "country", everyCountry)
	}
}
