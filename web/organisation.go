package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/i18n"
	"tribuna/models"
)

const (
	organisationsPath = administrationPath + "/organisations"
	organisationsPage = 50 // organisations on one page of the list
)

func organisationPath(id uuid.UUID) string { return organisationsPath + "/" + id.String() }

func (s *Server) organisationRoutes(r *mux.Router) {
	s.get(r, organisationsPath, s.organisations)
	s.get(r, organisationsPath+"/new", s.editOrganisation)
	s.post(r, organisationsPath+"/new", s.editOrganisation)
	s.get(r, organisationsPath+"/{id}", s.organisationPage)
	s.get(r, organisationsPath+"/{id}/edit", s.editOrganisation)
	s.post(r, organisationsPath+"/{id}/edit", s.editOrganisation)
	s.get(r, organisationsPath+"/{id}/remove", s.removeOrganisation)
	s.post(r, organisationsPath+"/{id}/remove", s.removeOrganisation)
}

// organisationsView is which organisations there are.
type organisationsView struct {
	Page
	Form             *Form
	Kinds, Countries []Option
	Membership       []Option
	Filtered         bool
	Rows             []keptRow
	Pager            Pager
}

// organisationFilters are the parts of the address that narrow the list.
var organisationFilters = []string{"q", "kind", "country", "member"}

func (s *Server) organisations(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	l, q := Localizer(r), r.URL.Query()
	f := models.OrganisationFilter{Query: strings.TrimSpace(q.Get("q")), Country: q.Get("country"), Limit: organisationsPage + 1}
	f.After, _ = uuid.Parse(q.Get("after"))
	if kind := q.Get("kind"); slices.Contains(models.OrganisationKinds(), kind) {
		f.Kinds = []string{kind}
	}
	now := s.Now()
	if q.Get("member") == "now" {
		f.MemberOn = &now
	}
	v := organisationsView{Page: s.administrationPage(r, l.T("administration.organisations")), Form: NewForm(q), Kinds: kindOptions(l),
		Membership: []Option{{Value: "now", Label: l.T("organisation.members_now")}},
		Filtered:   f.Query != "" || f.Country != "" || f.Kinds != nil || f.MemberOn != nil}
	var err error
	if f.Alphabet, err = models.AlphabetOf(r.Context(), s.DB, l.Tag()); err != nil {
		return err
	}
	list, err := models.Organisations(r.Context(), s.DB, f)
	if err != nil {
		return err
	}
	if len(list) > organisationsPage {
		list = list[:organisationsPage]
		v.Pager.Next = nextAfter(organisationsPath, q, list[organisationsPage-1].ID, organisationFilters...)
	}
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	for _, o := range list {
		row := keptRow{Href: organisationPath(o.ID), Title: o.Name, About: []string{l.T("organisation.kind." + o.Kind)}}
		if countries := countriesInWords(l, names, o.Countries); countries.Text != "" {
			row.Names = []i18n.Words{countries}
		}
		row.About = append(row.About, membership(l, o, now))
		v.Rows = append(v.Rows, row)
	}
	if v.Countries, err = s.countryOptions(r); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "organisations", v)
	return nil
}

func kindOptions(l *i18n.Localizer) (options []Option) {
	for _, kind := range models.OrganisationKinds() {
		options = append(options, Option{Value: kind, Label: l.T("organisation.kind." + kind)})
	}
	return options
}

func countriesInWords(l *i18n.Localizer, names countryNames, codes []string) i18n.Words {
	var list []i18n.Words
	for _, code := range codes {
		list = append(list, names.names[code])
	}
	return l.List(list)
}

// membership says since when or until when an organisation is a member.
func membership(l *i18n.Localizer, o models.Organisation, now time.Time) string {
	switch {
	case o.MemberFrom == nil:
		return l.T("organisation.no_member")
	case o.MemberUntil != nil:
		return l.T("organisation.member_between", "From", l.Date(*o.MemberFrom, time.UTC), "Until", l.Date(*o.MemberUntil, time.UTC))
	case o.IsMemberOn(now):
		return l.T("organisation.member_since", "Date", l.Date(*o.MemberFrom, time.UTC))
	default:
		return l.T("organisation.member_from", "Date", l.Date(*o.MemberFrom, time.UTC))
	}
}

// organisationView is one organisation: what it is, how it votes, who is there.
type organisationView struct {
	Page
	Back       crumb
	Path       string
	Kind       string
	Countries  i18n.Words
	Membership string
	Parent     *crumb
	Votes      *crumb  // who holds its vote; nil: itself
	Sisters    []crumb // for whom it votes
	Below      []crumb
	People     []memberRow
	Uses       []usedAt
}

// memberRow is somebody of an organisation.
type memberRow struct{ Href, Name, Roles string }

func (s *Server) organisationOf(r *http.Request) (models.Organisation, *visitor, error) {
	return administered(s, r, "organisation", models.OrganisationByID)
}

func (s *Server) organisationPage(w http.ResponseWriter, r *http.Request) error {
	o, _, err := s.organisationOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	v := organisationView{Page: s.administrationPage(r, o.Name), Back: crumb{organisationsPath, l.T("administration.organisations")},
		Path: organisationPath(o.ID), Kind: l.T("organisation.kind." + o.Kind), Countries: countriesInWords(l, names, o.Countries),
		Membership: membership(l, o, s.Now())}
	if err := s.aroundOrganisation(r, o, &v); err != nil {
		return err
	}
	if v.People, err = s.memberRows(r, o.ID); err != nil {
		return err
	}
	uses, err := models.OrganisationUses(r.Context(), s.DB, o.ID)
	if err != nil {
		return err
	}
	for _, u := range uses {
		if u.Kind != "organisation" && u.Kind != "person" { // they stand above
			v.Uses = append(v.Uses, places(l, []models.Use{u})...)
		}
	}
	s.Engine.Render(w, r, http.StatusOK, "organisation", v)
	return nil
}

// aroundOrganisation names the organisations above and below one, and those it shares a vote with.
func (s *Server) aroundOrganisation(r *http.Request, o models.Organisation, v *organisationView) error {
	all, err := models.Organisations(r.Context(), s.DB, models.OrganisationFilter{})
	for _, other := range all {
		to := crumb{organisationPath(other.ID), other.Name}
		if o.ParentID != nil && *o.ParentID == other.ID {
			v.Parent = &to
		}
		if other.ID == o.ID {
			continue
		}
		if o.VotingUnit == other.ID {
			v.Votes = &to
		}
		if other.VotingUnit == o.ID {
			v.Sisters = append(v.Sisters, to)
		}
		if other.ParentID != nil && *other.ParentID == o.ID {
			v.Below = append(v.Below, to)
		}
	}
	return err
}

func (s *Server) memberRows(r *http.Request, organisation uuid.UUID) ([]memberRow, error) {
	roles, err := models.RolesIn(r.Context(), s.DB, organisation)
	if err != nil {
		return nil, err
	}
	held := map[uuid.UUID][]string{}
	var ids []uuid.UUID
	for _, role := range roles {
		if held[role.PersonID] == nil {
			ids = append(ids, role.PersonID)
		}
		held[role.PersonID] = append(held[role.PersonID], role.Role)
	}
	people, err := models.PeopleByID(r.Context(), s.DB, ids)
	rows := make([]memberRow, 0, len(ids))
	for _, id := range ids {
		rows = append(rows, memberRow{personPath(id), people[id].Name, rolesInWords(Localizer(r), held[id])})
	}
	return rows, err
}
