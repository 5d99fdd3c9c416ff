package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// listChoice is a choice of the list that people are put on: one that there is, or a new one.
type listChoice struct {
	Form                 *Form
	Lists, Organisations []Option
}

func (s *Server) listChoice(r *http.Request, form *Form) (c listChoice, err error) {
	c.Form = form
	if c.Lists, err = s.listOptions(r); err != nil {
		return c, err
	}
	c.Organisations, err = s.organisationOptions(r)
	return c, err
}

// listOptions are all lists that there are.
func (s *Server) listOptions(r *http.Request) ([]Option, error) {
	lists, err := models.PeopleLists(r.Context(), s.DB)
	return optionsOfLists(Localizer(r), lists), err
}

// optionsOfLists names each list with its owner, for two owners may have one of the same name.
func optionsOfLists(l *i18n.Localizer, lists []models.PeopleList) []Option {
	options := make([]Option, 0, len(lists))
	for _, list := range lists {
		options = append(options, Option{Value: list.ID.String(), Label: l.T("list.named", "Name", list.Name, "Owner", listOwner(l, list.Owner)),
			Help: l.N("list.people", list.People)})
	}
	return options
}

// chosenList reads which list was chosen.
func chosenList(form url.Values) models.ListChoice {
	if id := idOf(form.Get("list_id")); id != nil {
		return models.ListChoice{ID: *id}
	}
	return models.ListChoice{Name: typed(form.Get("list_name")), Organisation: idOf(form.Get("list_organisation"))}
}

// listFound puts everybody whom the list of people finds on a list, or takes them off it.
func (s *Server) listFound(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	l, f, choice := Localizer(r), personFilter(r.PostForm), chosenList(r.PostForm)
	if !anyOf(r.PostForm, personFilters) {
		return apperr.Invalid("q", "required") // everybody there is is no set that was found
	}
	var list models.PeopleList
	n, done := 0, "list.put"
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) (err error) {
		switch {
		case choice.None():
			return apperr.Invalid("list_id", "choice")
		case r.PostForm.Get("do") == "take":
			done = "list.taken"
			list, n, err = models.TakeFoundOffList(ctx, tx, by.Person, choice.ID, f, s.Now())
		default:
			list, n, err = models.PutFoundOnList(ctx, tx, by.Person, choice, f, s.Now())
		}
		return err
	})
	back := narrowed(peoplePath, r.PostForm, personFilters...)
	form := NewForm(nil)
	if form.Blame(err, l) {
		s.flash(r, "harm", form.Errors[0].Text)
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	return s.done(w, r, l.N(done, n, "Name", list.Name), back)
}

func anyOf(values url.Values, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return values.Get(name) != "" })
}

// onListRow is a list that somebody is on.
type onListRow struct{ ID, Href, Text string }

// personLists are the lists that somebody is on, and those that they could be put on.
func (s *Server) personLists(r *http.Request, person uuid.UUID) (on []onListRow, others []Option, err error) {
	l := Localizer(r)
	lists, err := models.ListsOfPerson(r.Context(), s.DB, person)
	if err != nil {
		return nil, nil, err
	}
	for _, list := range lists {
		on = append(on, onListRow{list.ID.String(), peopleListPath(list.ID), l.T("list.named", "Name", list.Name, "Owner", listOwner(l, list.Owner))})
	}
	others, err = s.listOptions(r)
	others = slices.DeleteFunc(others, func(o Option) bool {
		return slices.ContainsFunc(on, func(row onListRow) bool { return row.ID == o.Value })
	})
	return on, others, err
}

func (s *Server) listPerson(w http.ResponseWriter, r *http.Request) error {
	return s.changeList(w, r, models.PutOnList, "list.put_one")
}

func (s *Server) unlistPerson(w http.ResponseWriter, r *http.Request) error {
	return s.changeList(w, r, models.TakeOffList, "list.taken_one")
}

func (s *Server) changeList(w http.ResponseWriter, r *http.Request,
	act func(context.Context, bun.IDB, models.Person, uuid.UUID, uuid.UUID, time.Time) error, done string) error {
	p, by, err := s.personOf(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	list := idOf(r.PostForm.Get("list_id"))
	if list == nil {
		return apperr.NotFound("list")
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return act(ctx, tx, by.Person, *list, p.ID, s.Now()) })
	if err != nil {
		return err
	}
	return s.done(w, r, Localizer(r).T(done), personPath(p.ID))
}

// listImported puts those who came with a file on a list, after it was imported.
func (s *Server) listImported(w http.ResponseWriter, r *http.Request) error {
	c, by, err := s.contactImportOf(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.ListContacts(ctx, tx, c.ID, by.Person, chosenList(r.PostForm), s.Now())
	})
	form := NewForm(r.PostForm)
	if form.Blame(err, Localizer(r)) {
		return s.renderContact(w, r, c, c.Written(), form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, Localizer(r).T("list.imported"), contactsImportPath(c.ID))
}
