package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const (
	searchPath  = "/search"
	searchFirst = 5  // of each kind, where everything is shown
	searchPage  = 20 // of one kind
)

func (s *Server) searchRoutes(r *mux.Router) {
	s.get(r, searchPath, s.search)
}

// searchView is what was found in everything that the reader may see.
type searchView struct {
	Page
	Form             *Form
	Kinds, Countries []Option
	Asked            bool
	Scopes           []searchScope
	Groups           []searchGroup
	Pager            Pager
}

// searchScope leads to everything found, or to what was found of one kind.
type searchScope struct {
	Href, Label, Count string
	Current            bool
}

// searchGroup is what was found of one kind; All leads to the rest of it.
type searchGroup struct {
	Label, All string
	Rows       []searchRow
}

// searchRow is one thing found.
type searchRow struct {
	Href, Title, Lang string
	About             []i18n.Words
	Of, OfLang        string // in which text a measure stands
}

// search finds recommendations, measures, authorities, organisations and people by words. What is looked for stands in
// the address.
func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	visitor, err := s.requirePerson(r)
	if err != nil {
		return err
	}
	l, q := Localizer(r), r.URL.Query()
	v := searchView{Page: NewPage(r, l.T("search.title")), Form: NewForm(q)}
	v.Active, v.NoIndex = "search", true
	for _, kind := range models.SearchKinds() {
		v.Kinds = append(v.Kinds, Option{Value: string(kind), Label: l.T("search.kind." + string(kind))})
	}
	if v.Countries, err = s.countryOptions(r); err != nil {
		return err
	}
	status := http.StatusOK
	if q.Get("q") != "" {
		if err = s.find(r, visitor, &v); err != nil && !v.Form.Blame(err, l) {
			return err
		}
		if err != nil {
			status = http.StatusUnprocessableEntity
		}
	}
	s.Engine.Render(w, r, status, "search", v)
	return nil
}

// find fills the page with what the words find.
func (s *Server) find(r *http.Request, visitor *visitor, v *searchView) error {
	l, q := Localizer(r), r.URL.Query()
	f := models.SearchFilter{Words: q.Get("q"), Country: q.Get("country"), Language: l.Tag(), Limit: searchFirst}
	shown := models.SearchKinds()
	one := models.SearchKind(q.Get("kind"))
	if slices.Contains(shown, one) {
		shown, f.Limit = []models.SearchKind{one}, searchPage+1
		f.After, _ = uuid.Parse(q.Get("after")) // what is no id begins at the beginning
	} else {
		one = ""
	}
	groups, err := visitor.viewer().Search(r.Context(), s.DB, f, shown...)
	if err != nil {
		return err
	}
	words, err := s.searchWords(r, visitor)
	if err != nil {
		return err
	}
	v.Asked = true
	v.Scopes = append(v.Scopes, searchScope{Href: searchAddress(q, "", uuid.Nil), Label: l.T("search.everything"), Current: one == ""})
	for _, g := range groups {
		v.Scopes = append(v.Scopes, searchScope{Href: searchAddress(q, g.Kind, uuid.Nil), Label: l.T("search.kind." + string(g.Kind)),
			Count: foundInWords(l, g), Current: one == g.Kind})
		if one != "" && len(g.Hits) > searchPage {
			g.Hits = g.Hits[:searchPage]
			v.Pager.Next = searchAddress(q, one, g.Hits[searchPage-1].ID)
		}
		if len(g.Hits) > 0 {
			v.Groups = append(v.Groups, words.group(g, q, one == ""))
		}
	}
	if f.After != uuid.Nil {
		v.Pager.Previous = searchAddress(q, one, uuid.Nil)
	}
	return nil
}

// searchAddress is the same search of a kind, from a row on.
func searchAddress(q url.Values, kind models.SearchKind, after uuid.UUID) string {
	next := url.Values{"q": {q.Get("q")}}
	for name, value := range map[string]string{"kind": string(kind), "country": q.Get("country")} {
		if value != "" {
			next.Set(name, value)
		}
	}
	if after != uuid.Nil {
		next.Set("after", after.String())
	}
	return searchPath + "?" + next.Encode()
}

func foundInWords(l *i18n.Localizer, g models.SearchGroup) string {
	if g.More {
		return l.T("search.more_than", "Number", l.Number(g.Count))
	}
	return l.Number(g.Count)
}

// searchWords puts what is found into words. Who keeps the network in order is led to the pages on which that is done.
type searchWords struct {
	l          *i18n.Localizer
	countries  countryNames
	administer bool
}

func (s *Server) searchWords(r *http.Request, visitor *visitor) (w searchWords, err error) {
	w.l = Localizer(r)
	if w.countries, err = s.countryNames(r); err != nil {
		return w, err
	}
	w.administer, err = s.may(r.Context(), visitor, access.Administer, nil, nil)
	return w, err
}

func (w searchWords) group(g models.SearchGroup, q url.Values, first bool) searchGroup {
	v := searchGroup{Label: w.l.T("search.kind." + string(g.Kind))}
	if first && (g.Count > len(g.Hits) || g.More) {
		v.All = searchAddress(q, g.Kind, uuid.Nil)
	}
	for _, hit := range g.Hits {
		row := w.row(g.Kind, hit)
		for _, about := range []i18n.Words{i18n.Said(hit.Organisations), w.countries.list(hit.Countries)} {
			if about.Text != "" {
				row.About = append(row.About, about)
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

func (w searchWords) row(kind models.SearchKind, hit models.SearchHit) searchRow {
	row := searchRow{Title: hit.Title, Lang: hit.Language}
	switch kind {
	case models.SearchRecommendations:
		row.Href, row.About = recommendationPath(hit.ID), []i18n.Words{w.l.Say("dashboard.stage." + string(hit.Stage))}
	case models.SearchMeasures:
		row.Href, row.Of, row.OfLang = recommendationPath(hit.RecommendationID)+"#measures", hit.Recommendation, hit.Language
		row.About = []i18n.Words{w.l.Say("search.measure", "Number", w.l.Number(hit.Number))}
	case models.SearchAuthorities:
		row.Title, row.Lang = i18n.Pick(hit.Names, w.l.Tag())
		row.Href, row.About = "/follow-ups?authority="+hit.ID.String(), []i18n.Words{w.l.Say("authority.level." + hit.About)}
		if w.administer {
			row.Href = authorityPath(hit.ID)
		}
	case models.SearchOrganisations:
		row.About = []i18n.Words{w.l.Say("organisation.kind." + hit.About)}
		if w.administer {
			row.Href = organisationPath(hit.ID)
		}
	case models.SearchPeople:
		if w.administer {
			row.Href = personPath(hit.ID)
		}
	}
	return row
}
