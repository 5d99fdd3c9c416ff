package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/i18n"
	"tribuna/models"
)

const (
	authoritiesPath = administrationPath + "/authorities"
	mostAuthorities = 5000 // on one page; folded, they are a few lines
)

func authorityPath(id uuid.UUID) string { return authoritiesPath + "/" + id.String() }

func (s *Server) authorityRoutes(r *mux.Router) {
	s.get(r, authoritiesPath, s.authorities)
	s.get(r, authoritiesPath+"/new", s.editAuthority)
	s.post(r, authoritiesPath+"/new", s.editAuthority)
	s.get(r, authoritiesPath+"/{id}", s.authority)
	s.get(r, authoritiesPath+"/{id}/edit", s.editAuthority)
	s.post(r, authoritiesPath+"/{id}/edit", s.editAuthority)
	s.get(r, authoritiesPath+"/{id}/retire", s.retireAuthority)
	s.post(r, authoritiesPath+"/{id}/retire", s.retireAuthority)
	s.post(r, authoritiesPath+"/{id}/reinstate", s.reinstateAuthority)
	s.get(r, authoritiesPath+"/{id}/remove", s.removeAuthority)
	s.post(r, authoritiesPath+"/{id}/remove", s.removeAuthority)
}

// authoritiesView is the tree of authorities, folded by country, or what a search finds.
type authoritiesView struct {
	Page
	Form      *Form
	Countries []Option
	Levels    []Option
	Filtered  bool
	Groups    []authorityTree
	Found     []keptRow
}

// authorityTree are the authorities of a country, or those above all countries.
type authorityTree struct {
	Name  i18n.Words
	Code  string
	Count int
	Open  bool
	Roots []authorityBranch
}

// authorityBranch is an authority with what is below it.
type authorityBranch struct {
	Href, Name, Lang, Level string
	Retired                 bool
	Below                   []authorityBranch
	Count                   int // of all that is below
}

// authorities shows the tree. The filter stands in the address; words, a level or the retired are found across countries.
func (s *Server) authorities(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	l, q := Localizer(r), r.URL.Query()
	country, level, words := q.Get("country"), q.Get("level"), strings.TrimSpace(q.Get("q"))
	v := authoritiesView{Page: s.administrationPage(r, l.T("administration.authorities")), Form: NewForm(q), Levels: levelOptions(l),
		Filtered: country != "" || level != "" || words != ""}
	var err error
	if v.Countries, err = s.countryOptions(r); err != nil {
		return err
	}
	list, err := models.Authorities(r.Context(), s.DB, models.AuthorityFilter{Country: country, Level: level, Query: words, Limit: mostAuthorities})
	if err != nil {
		return err
	}
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	if level != "" || words != "" {
		v.Found = foundAuthorities(l, names, list)
	} else {
		v.Groups = authorityTrees(l, names, list, country)
	}
	s.Engine.Render(w, r, http.StatusOK, "authorities", v)
	return nil
}

func foundAuthorities(l *i18n.Localizer, countries countryNames, list []models.Authority) []keptRow {
	rows := make([]keptRow, 0, len(list))
	for _, a := range list {
		name := l.Name(a.Names)
		row := keptRow{Href: authorityPath(a.ID), Title: name.Text, Lang: name.Language, Names: []i18n.Words{countryOrAll(l, countries, a.CountryCode)},
			About: []string{l.T("authority.level." + a.Level)}}
		if a.RetiredAt != nil {
			row.Badges = []Badge{retiredBadge(l)}
		}
		rows = append(rows, row)
	}
	return rows
}

func retiredBadge(l *i18n.Localizer) Badge {
	return Badge{"plain", "archive", l.T("authority.retired")}
}

func countryOrAll(l *i18n.Localizer, countries countryNames, code string) i18n.Words {
	if code == "" {
		return i18n.Said(l.T("authority.above"))
	}
	return countries.names[code]
}

// authorityTrees folds the list, which is in the order of countries, into one tree for each.
func authorityTrees(l *i18n.Localizer, countries countryNames, list []models.Authority, open string) []authorityTree {
	var groups []authorityTree
	for len(list) > 0 {
		code, n := list[0].CountryCode, 0
		for n < len(list) && list[n].CountryCode == code {
			n++
		}
		groups = append(groups, authorityTree{Name: countryOrAll(l, countries, code), Code: code, Count: n, Open: open != "", Roots: branches(l, models.AuthorityTree(list[:n]))})
		list = list[n:]
	}
	return groups
}

func branches(l *i18n.Localizer, nodes []models.AuthorityNode) []authorityBranch {
	var list []authorityBranch
	for _, n := range nodes {
		name, tag := i18n.Pick(n.Names, l.Tag())
		list = append(list, authorityBranch{Href: authorityPath(n.ID), Name: name, Lang: tag, Level: l.T("authority.level." + n.Level),
			Retired: n.RetiredAt != nil, Below: branches(l, n.Below), Count: n.Size() - 1})
	}
	return list
}

func levelOptions(l *i18n.Localizer) []Option {
	var options []Option
	for _, level := range models.AuthorityLevels() {
		options = append(options, Option{Value: level, Label: l.T("authority.level." + level)})
	}
	return options
}

// authorityView is one authority: what it is, what is below it, what follows there.
type authorityView struct {
	Page
	Back      crumb
	Path      string
	AddBelow  string
	Level     string
	Country   i18n.Words
	Names     []namedIn
	Address   []string // in lines
	Email     string
	Parents   []authorityBranch // from the top down
	Below     []authorityBranch
	FollowUps followsThere
	Uses      []usedAt
	Retired   *Moment
}

// namedIn is a name in one language.
type namedIn struct{ Language, Name string }

func (s *Server) authorityOf(r *http.Request) (models.Authority, *visitor, error) {
	return administered(s, r, "authority", models.AuthorityByID)
}

func (s *Server) authority(w http.ResponseWriter, r *http.Request) error {
	a, by, err := s.authorityOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	name := l.Name(a.Names)
	v := authorityView{Page: s.administrationPage(r, name.Text).Titled(name), Back: crumb{authoritiesPath + "?country=" + a.CountryCode, l.T("administration.authorities")},
		Path: authorityPath(a.ID), Level: l.T("authority.level." + a.Level), Address: a.AddressLines(), Email: a.Email}
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	v.AddBelow = authoritiesPath + "/new?" + url.Values{"parent_id": {a.ID.String()}, "country_code": {a.CountryCode}, "level": {a.Level}}.Encode()
	v.Country = countryOrAll(l, names, a.CountryCode)
	if a.RetiredAt != nil {
		zone, err := s.zoneOf(r.Context(), by.Person)
		if err != nil {
			return err
		}
		v.Retired = &Moment{*a.RetiredAt, zone}
	}
	if v.Names, err = s.namesIn(r.Context(), a.Names); err != nil {
		return err
	}
	if err := s.aroundAuthority(r, l, a, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "authority", v)
	return nil
}

// namesIn lists a name in every language there is one in, in the network's order.
func (s *Server) namesIn(ctx context.Context, names models.Names) ([]namedIn, error) {
	languages, err := models.Languages(ctx, s.DB)
	var list []namedIn
	for _, lang := range languages {
		if names[lang.Tag] != "" {
			list = append(list, namedIn{lang.Tag, names[lang.Tag]})
		}
	}
	return list, err
}

// aroundAuthority reads what is above and below an authority, and what is followed up there.
func (s *Server) aroundAuthority(r *http.Request, l *i18n.Localizer, a models.Authority, v *authorityView) error {
	ctx := r.Context()
	for up := a.ParentID; up != nil; {
		p, err := models.AuthorityByID(ctx, s.DB, *up)
		if err != nil {
			return err
		}
		name, tag := i18n.Pick(p.Names, l.Tag())
		v.Parents = append([]authorityBranch{{Href: authorityPath(p.ID), Name: name, Lang: tag}}, v.Parents...)
		up = p.ParentID
	}
	children, err := models.Authorities(ctx, s.DB, models.AuthorityFilter{Parent: &a.ID, Limit: mostAuthorities})
	if err != nil {
		return err
	}
	v.Below = branches(l, models.AuthorityTree(children))
	if v.FollowUps, err = s.openFollowUps(r, a.ID); err != nil {
		return err
	}
	uses, err := models.AuthorityUses(ctx, s.DB, a.ID)
	for _, u := range uses {
		if u.Kind != "authority" {
			v.Uses = append(v.Uses, places(l, []models.Use{u})...)
		}
	}
	return err
}

// followsShown is how many measures a page of the administration shows.
const followsShown = 20

// followsThere are the measures still followed up at an authority: the first of them, how many there are, and where all are.
type followsThere struct {
	Rows   []followUpFacts
	Number string // in words; "" for none
	All    string // "" where all are shown
}

func (s *Server) openFollowUps(r *http.Request, authority uuid.UUID) (followsThere, error) {
	filter := models.FollowUpFilter{Authority: authority, Open: true}
	var v followsThere
	var err error
	if v.Number, err = s.howManyFollowUps(r, filter, "following.all_there"); err != nil {
		return v, err
	}
	filter.Limit = followsShown + 1
	list, err := models.FollowUps(r.Context(), s.DB, filter)
	if err != nil {
		return v, err
	}
	if len(list) > followsShown {
		list = list[:followsShown]
		v.All = followUpsOf("authority", authority.String(), "ended", "no")
	}
	var notes models.Footnotes // the administration names countries as the network does
	v.Rows, err = s.followUpRows(r, Localizer(r), list, &notes)
	return v, err
}
