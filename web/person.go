package web

import (
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/i18n"
	"tribuna/models"
)

const (
	peoplePath = administrationPath + "/people"
	peoplePage = 50 // people on one page of the list
)

func personPath(id uuid.UUID) string { return peoplePath + "/" + id.String() }

func (s *Server) personRoutes(r *mux.Router) {
	s.get(r, peoplePath, s.people)
	s.get(r, peoplePath+"/new", s.editPerson)
	s.post(r, peoplePath+"/new", s.editPerson)
	s.get(r, peoplePath+"/{id}", s.person)
	s.get(r, peoplePath+"/{id}/edit", s.editPerson)
	s.post(r, peoplePath+"/{id}/edit", s.editPerson)
	s.post(r, peoplePath+"/{id}/roles", s.giveRole)
	s.post(r, peoplePath+"/{id}/roles/remove", s.takeRole)
	s.get(r, peoplePath+"/{id}/leave", s.leave)
	s.post(r, peoplePath+"/{id}/leave", s.leave)
	s.post(r, peoplePath+"/{id}/return", s.comeBack)
	s.post(r, peoplePath+"/{id}/write-again", s.writeAgain)
	s.get(r, peoplePath+"/{id}/hand-over", s.handOverOf)
	s.post(r, peoplePath+"/{id}/hand-over", s.beginHandOver)
	s.get(r, peoplePath+"/{id}/hand-over/{hand_over}", s.handOverProgress)
}

// peopleView is who is in the network.
type peopleView struct {
	Page
	Form                                         *Form
	Role                                         string // the one that is shown, "" for all
	Tabs                                         []listTab
	Countries, Known, Topics, Organisations, Who []Option
	Filtered                                     bool
	Lists                                        []Option
	Found                                        int        // on all pages
	Narrowed                                     []Option   // by what: value and name of each filter
	Keep                                         listChoice // that those found are put on or taken off
	Rows                                         []personRow
	Pager                                        Pager
}

// personRow is somebody in a list.
type personRow struct {
	Href, Name, Email string
	Roles             []string // each with where they have it
	Country           i18n.Words
	Language          string
}

// listTab leads to a part of a list, or to all of it, with how much that is.
type listTab struct {
	Href, Label, Count string
	Current            bool
}

// listTabs choose which part of a list is shown.
type listTabs struct {
	Label string
	Tabs  []listTab
}

func (s *Server) people(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	l, q := Localizer(r), r.URL.Query()
	f := personFilter(q)
	f.After, _ = uuid.Parse(q.Get("after"))
	f.Limit = peoplePage + 1
	var err error
	if f.Alphabet, err = models.AlphabetOf(r.Context(), s.DB, l.Tag()); err != nil {
		return err
	}
	list, err := models.People(r.Context(), s.DB, f)
	if err != nil {
		return err
	}
	v := peopleView{Page: s.administrationPage(r, l.T("administration.people")), Form: NewForm(q), Role: f.Role,
		Who: []Option{{Value: "left", Label: l.T("person.who.left")}}}
	v.Filtered = anyOf(q, personFilters)
	if len(list) > peoplePage {
		list = list[:peoplePage]
		v.Pager.Next = nextAfter(peoplePath, q, list[peoplePage-1].ID, personFilters...)
	}
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	for _, p := range list {
		v.Rows = append(v.Rows, personRow{personPath(p.ID), p.Name, p.Email, eachRole(l, p.Held), names.names[p.CountryCode], l.Language(p.Language)})
	}
	if v.Countries, err = s.countryOptions(r); err != nil {
		return err
	}
	if v.Tabs, v.Found, err = s.roleTabs(r, f); err != nil {
		return err
	}
	if v.Keep, err = s.listChoice(r, NewForm(nil)); err != nil {
		return err
	}
	v.Lists = v.Keep.Lists
	for _, key := range personFilters {
		if value := q.Get(key); value != "" {
			v.Narrowed = append(v.Narrowed, Option{Label: key, Value: value})
		}
	}
	if v.Known, v.Topics, err = s.knowsOptions(r); err != nil {
		return err
	}
	if v.Organisations, err = s.organisationOptions(r); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "people", v)
	return nil
}

// eachRole says each role with the organisation in which somebody has it.
func eachRole(l *i18n.Localizer, held []models.HeldRole) []string {
	words := make([]string, len(held))
	for i, h := range held {
		words[i] = l.T("person.role_in", "Role", l.T("account.role."+h.Role), "Organisation", h.Organisation)
	}
	return words
}

func rolesInWords(l *i18n.Localizer, roles []string) string {
	var words []string
	for _, role := range models.RoleNames() { // the widest first
		if slices.Contains(roles, role) {
			words = append(words, l.T("account.role."+role))
		}
	}
	return l.ListAnd(words)
}

func roleOptions(l *i18n.Localizer) (options []Option) {
	for _, role := range models.RoleNames() {
		options = append(options, Option{Value: role, Label: l.T("account.role." + role)})
	}
	return options
}

// knowsOptions are the languages of the network and its topics.
func (s *Server) knowsOptions(r *http.Request) (languages, topics []Option, err error) {
	l := Localizer(r)
	tags, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return nil, nil, err
	}
	for _, language := range tags {
		languages = append(languages, Option{Value: language.Tag, Label: l.Language(language.Tag)})
	}
	all, err := models.ListTopics.All(r.Context(), s.DB)
	for _, topic := range all {
		topics = append(topics, optionOf(topic.Key, l.Name(topic.Names)))
	}
	return languages, topics, err
}

func (s *Server) organisationOptions(r *http.Request) ([]Option, error) {
	alphabet, err := models.AlphabetOf(r.Context(), s.DB, Localizer(r).Tag())
	if err != nil {
		return nil, err
	}
	list, err := models.Organisations(r.Context(), s.DB, models.OrganisationFilter{Alphabet: alphabet})
	options := make([]Option, 0, len(list))
	for _, o := range list {
		options = append(options, Option{Value: o.ID.String(), Label: o.Name})
	}
	return options, err
}

// personView is one person: what is known of them, what they are where, what they hold.
type personView struct {
	Page
	Back          crumb
	Path, ID      string
	Email         string
	Facts         []labelled
	Origin        []labelled // of what is known of them
	Notice        string     // where it is noted that they were told; "" where they need not be
	Roles         []roleRow
	Lists         []onListRow
	Others        []Option // lists that they can be put on
	Form          *Form    // for a further role
	RoleChoices   []Option
	Organisations []Option
	Desk          models.Desk // what waits for them, as their own desk says
	Held          int         // processes in which they hold something that can be handed over
	HandOvers     []crumb
	Suppressed    string // why nothing is sent to their address; "" where mails are
	Left          *Moment
	Self          bool
	Access        *accessRow // nil for who left
	AccessPath    string
	MayInvite     bool
	Again         bool
}

// labelled is a fact with what it is called.
type labelled struct {
	Label string
	Text  i18n.Words
}

// roleRow is a role that can be taken away.
type roleRow struct {
	Role, Organisation, Text, Href string
	Fixed                          bool
}

func (s *Server) personOf(r *http.Request) (models.Person, *visitor, error) {
	return administered(s, r, "person", models.PersonByID)
}

func (s *Server) person(w http.ResponseWriter, r *http.Request) error {
	p, by, err := s.personOf(r)
	if err != nil {
		return err
	}
	return s.renderPerson(w, r, p, by, NewForm(nil), http.StatusOK)
}

func (s *Server) renderPerson(w http.ResponseWriter, r *http.Request, p models.Person, by *visitor, form *Form, status int) error {
	l := Localizer(r)
	v := personView{Page: s.administrationPage(r, p.Name), Back: crumb{peoplePath, l.T("administration.people")}, Path: personPath(p.ID), ID: p.ID.String(),
		Email: p.Email, Form: form, RoleChoices: roleOptions(l), Self: by.Person.ID == p.ID, AccessPath: accessPath + "/" + p.ID.String()}
	var err error
	if v.Facts, err = s.personFacts(r, p); err != nil {
		return err
	}
	if v.Organisations, err = s.organisationOptions(r); err != nil {
		return err
	}
	if v.Roles, err = s.roleRows(r, p, v); err != nil {
		return err
	}
	viewer, err := models.ViewerOf(r.Context(), s.DB, p.ID)
	if err != nil {
		return err
	}
	if v.Desk, err = models.DeskOf(r.Context(), s.DB, viewer); err != nil {
		return err
	}
	held, err := models.HeldBy(r.Context(), s.DB, p.ID, uuid.Nil)
	if err != nil {
		return err
	}
	v.Held = len(held)
	zone, err := s.zoneOf(r.Context(), by.Person)
	if err != nil {
		return err
	}
	if v.HandOvers, err = s.handOverCrumbs(r, p.ID, zone); err != nil {
		return err
	}
	if v.Origin, v.Notice, err = s.personOrigin(r, p, zone); err != nil {
		return err
	}
	if v.Lists, v.Others, err = s.personLists(r, p.ID); err != nil {
		return err
	}
	if v.Suppressed, err = s.suppressedInWords(r.Context(), l, p, zone); err != nil {
		return err
	}
	if p.LeftAt != nil {
		v.Left = &Moment{*p.LeftAt, zone}
	} else if err := s.fillAccess(r, p, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, status, "person", v)
	return nil
}

// fillAccess says whether somebody can sign in, and whether they can be invited to.
func (s *Server) fillAccess(r *http.Request, p models.Person, v *personView) error {
	a, err := models.AccountOf(r.Context(), s.DB, p.ID, s.Now())
	if err != nil {
		return err
	}
	row := newAccessRow(a, Localizer(r), zoneName(r), s.Now())
	v.Access = &row
	v.Again = a.State == models.AccountInvited || a.State == models.AccountLapsed
	v.MayInvite = v.Again || a.State == models.AccountNone
	return nil
}

func (s *Server) personFacts(r *http.Request, p models.Person) ([]labelled, error) {
	l := Localizer(r)
	names, err := s.countryNames(r)
	if err != nil {
		return nil, err
	}
	languages, known, err := s.expertise(r, p)
	if err != nil {
		return nil, err
	}
	facts := []labelled{{l.T("person.language"), i18n.Said(l.Language(p.Language))}, {l.T("reference.country"), names.names[p.CountryCode]},
		{l.T("person.languages"), languages}, {l.T("person.topics"), known},
		{l.T("person.max_open"), i18n.Said(l.Number(p.MaxOpen))}, {l.T("person.naming"), i18n.Said(l.T("person.naming." + p.Naming))}}
	return slices.DeleteFunc(facts, func(f labelled) bool { return f.Text.Text == "" }), nil
}

// expertise says which languages and topics somebody knows.
func (s *Server) expertise(r *http.Request, p models.Person) (languages, topics i18n.Words, err error) {
	l := Localizer(r)
	_, all, err := s.knowsOptions(r)
	var spoken []string
	for _, tag := range p.Languages {
		spoken = append(spoken, l.Language(tag))
	}
	var known []i18n.Words
	for _, o := range all {
		if slices.Contains(p.Topics, o.Value) {
			known = append(known, o.words(l))
		}
	}
	return i18n.Said(l.ListAnd(spoken)), l.List(known), err
}

func (s *Server) roleRows(r *http.Request, p models.Person, v personView) ([]roleRow, error) {
	l := Localizer(r)
	roles, err := models.RolesHeld(r.Context(), s.DB, p.ID)
	var rows []roleRow
	for _, role := range roles {
		id := role.OrganisationID.String()
		i := slices.IndexFunc(v.Organisations, func(o Option) bool { return o.Value == id })
		rows = append(rows, roleRow{Role: role.Role, Organisation: id, Href: organisationPath(role.OrganisationID),
			Text:  l.T("person.role_in", "Role", l.T("account.role."+role.Role), "Organisation", v.Organisations[i].Label),
			Fixed: v.Self && role.Role == models.RoleCoordinator})
	}
	return rows, err
}
