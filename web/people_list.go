package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/models"
)

const peopleListsPath = administrationPath + "/lists"

func peopleListPath(id uuid.UUID) string { return peopleListsPath + "/" + id.String() }

// peopleOnList is where those on a list are found.
func peopleOnList(id uuid.UUID) string { return peoplePath + "?list=" + id.String() }

func (s *Server) peopleListRoutes(r *mux.Router) {
	s.get(r, peopleListsPath, s.peopleLists)
	s.get(r, peopleListsPath+"/new", s.editPeopleList)
	s.post(r, peopleListsPath+"/new", s.editPeopleList)
	s.post(r, peopleListsPath+"/found", s.listFound)
	s.get(r, peopleListsPath+"/{id}", s.editPeopleList)
	s.post(r, peopleListsPath+"/{id}", s.editPeopleList)
	s.get(r, peopleListsPath+"/{id}/remove", s.removePeopleList)
	s.post(r, peopleListsPath+"/{id}/remove", s.removePeopleList)
	s.post(r, peoplePath+"/{id}/lists", s.listPerson)
	s.post(r, peoplePath+"/{id}/lists/remove", s.unlistPerson)
	s.post(r, contactsPath+"/{id}/list", s.listImported)
}

func (s *Server) peopleLists(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	l, add := Localizer(r), peopleListsPath+"/new"
	lists, err := models.PeopleLists(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v := keptView{Page: s.administrationPage(r, l.T("administration.lists")), Lead: l.T("administration.lists.about"), Add: crumb{add, l.T("list.add")},
		Empty: Empty{Icon: "users", Title: l.T("list.none"), Text: l.T("list.none_text")}.To(add, l.T("list.add"))}
	for _, list := range lists {
		v.Rows = append(v.Rows, keptRow{Href: peopleListPath(list.ID), Title: list.Name, About: []string{listOwner(l, list.Owner)},
			Names: []i18n.Words{linkedTo(i18n.Said(l.N("list.people", list.People)), peopleOnList(list.ID))}})
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_list", v)
	return nil
}

// listOwner says whose a list is.
func listOwner(l *i18n.Localizer, organisation string) string {
	if organisation == "" {
		return l.T("list.of_network")
	}
	return organisation
}

func (s *Server) peopleListOf(r *http.Request) (models.PeopleList, *visitor, error) {
	return administered(s, r, "list", models.PeopleListByID)
}

// editPeopleList adds a list, or changes what it is called and whose it is.
func (s *Server) editPeopleList(w http.ResponseWriter, r *http.Request) error {
	list, e, err := begun(s, r, models.NewPeopleList(s.Now()), s.peopleListOf)
	if err != nil {
		return err
	}
	l, former := Localizer(r), list
	e.title, e.back, e.next = l.T("list.edit"), crumb{peopleListsPath, l.T("administration.lists")}, peopleListsPath
	if e.added {
		e.title = l.T("list.add")
	}
	e.lead = l.T("list.lead")
	e.values = url.Values{"name": {list.Name}}
	if list.OrganisationID != nil {
		e.values.Set("organisation_id", list.OrganisationID.String())
	}
	e.read = func(form url.Values) error {
		list.Name, list.OrganisationID = strings.TrimSpace(form.Get("name")), idOf(form.Get("organisation_id"))
		return nil
	}
	e.save = func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		if e.added {
			return list.Entry("list.added", nil).Changing(nil, list.Facts()), list.Insert(ctx, tx)
		}
		return list.Entry("list.changed", nil).Changing(former.Facts(), list.Facts()), list.Save(ctx, tx)
	}
	e.fields = func(v *editView) error {
		if !e.added {
			v.Remove = crumb{peopleListPath(list.ID) + "/remove", l.T("list.remove")}
		}
		organisations, err := s.organisationOptions(r)
		v.add(editSection{Fields: []Input{field(v.Form, "name", l.T("reference.name"), "required", true, "max", 120),
			field(v.Form, "organisation_id", l.T("list.owner"), "type", "select", "quiet", true, "any", l.T("list.of_network"), "find", true,
				"options", organisations, "help", l.T("list.owner_help"))}})
		return err
	}
	return s.edit(w, r, e)
}

// idOf reads an id; nil for what is none.
func idOf(text string) *uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		return nil
	}
	return &id
}

func (s *Server) removePeopleList(w http.ResponseWriter, r *http.Request) error {
	list, by, err := s.peopleListOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	return s.remove(w, r, removing{by: by, next: peopleListsPath, uses: func() ([]usedAt, error) {
		uses, err := models.PeopleListUses(r.Context(), s.DB, list.ID)
		return places(l, uses), err
	}, act: func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		return list.Entry("list.removed", nil).Changing(list.Facts(), nil), models.RemovePeopleList(ctx, tx, list.ID)
	}, ask: removeView{Page: s.administrationPage(r, l.T("list.remove")), Back: crumb{peopleListPath(list.ID), list.Name}, What: i18n.Said(list.Name),
		Follows: l.Say("list.remove_text", "Name", list.Name), Button: l.T("list.remove")}})
}
