package web

import (
	"cmp"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// contactsPath is where coordinators import people and organisations.
const contactsPath = administrationPath + "/contacts"

// contactsPattern is its address; its form may hold a file of contactsLimit.
const contactsPattern = "POST " + contactsPath

const contactsLimit = 4*models.ContactsMaxBytes + bodyLimit

func (s *Server) contactRoutes(r *mux.Router) {
	s.get(r, contactsPath, s.contacts)
	s.post(r, contactsPath, s.bringContacts)
	s.get(r, noticesPath, s.contactNotices)
	s.post(r, noticesPath, s.noteTold)
	s.get(r, noticesPath+"/send", s.confirmNotices)
	s.post(r, noticesPath+"/send", s.sendNotices)
	s.get(r, noticesPath+"/preview", s.previewNotice)
	s.get(r, noticesPath+"/holder", s.dataHolder)
	s.post(r, noticesPath+"/holder", s.dataHolder)
	s.get(r, contactsPath+"/{id}", s.contactPreview)
	s.post(r, contactsPath+"/{id}", s.confirmContacts)
	s.post(r, contactsPath+"/{id}/sheet", s.chooseContactSheet)
	s.post(r, contactsPath+"/{id}/columns", s.mapContacts)
	s.get(r, contactsPath+"/{id}/undo", s.undoContacts)
	s.post(r, contactsPath+"/{id}/undo", s.undoContacts)
}

func contactsImportPath(id uuid.UUID) string { return contactsPath + "/" + id.String() }

// contactsView is what was imported, who has to be told, and the form for a file.
type contactsView struct {
	Page
	Form         *Form
	Kinds, Bases []Option
	Rows         []keptRow
	Notices      models.NoticeCounts
}

func (s *Server) contacts(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	return s.renderContacts(w, r, NewForm(url.Values{"kind": {models.ContactsPeople}}), http.StatusOK)
}

func (s *Server) renderContacts(w http.ResponseWriter, r *http.Request, f *Form, status int) error {
	l := Localizer(r)
	v := contactsView{Page: s.administrationPage(r, l.T("administration.contacts")), Form: f}
	for _, kind := range []string{models.ContactsPeople, models.ContactsOrganisations} {
		v.Kinds = append(v.Kinds, Option{Value: kind, Label: l.T("administration." + kind)})
	}
	for _, basis := range models.ContactBases() {
		v.Bases = append(v.Bases, Option{Value: basis, Label: l.T("contacts.basis." + basis)})
	}
	list, err := models.ContactImports(r.Context(), s.DB)
	if err != nil {
		return err
	}
	for _, c := range list {
		row := keptRow{Href: contactsImportPath(c.ID), Title: c.Name, About: []string{l.T("administration." + c.Kind), l.Date(*c.ImportedAt, time.UTC),
			l.T("contacts.counts", "Created", c.Created, "Changed", c.Changed)}}
		if c.UndoneAt != nil {
			row.Badges = []Badge{{"plain", "arrow-back-up", l.T("contacts.undone")}}
		}
		v.Rows = append(v.Rows, row)
	}
	if v.Notices, err = models.CountNotices(r.Context(), s.DB, "", s.Now()); err != nil {
		return err
	}
	s.Engine.Render(w, r, status, "contacts", v)
	return nil
}

// bringContacts keeps a file and leads to what it would change.
func (s *Server) bringContacts(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return apperr.New(apperr.CodeUnsupportedType)
	}
	values, file, err := files.Read(r, models.ContactsMaxBytes)
	if err != nil {
		return err
	}
	tidy(values)
	kept := &models.ContactImport{ID: models.NewID(), PersonID: by.Person.ID, Kind: values.Get("kind"), Source: values.Get("source"), CreatedAt: s.Now()}
	if kept.Kind == models.ContactsPeople {
		kept.Basis = values.Get("basis")
	}
	switch {
	case file == nil:
		err = apperr.Invalid(files.Field, "required")
	case file.TooLarge:
		err = apperr.Invalid(files.Field, "import_size", "megabytes", models.ContactsMaxBytes>>20)
	default:
		kept.Name, kept.Content = file.Name, file.Content
		err = models.KeepContactImport(r.Context(), s.DB, kept)
	}
	if err != nil {
		f := NewForm(values)
		if !f.Blame(err, Localizer(r)) {
			return err
		}
		nameFields(f, Localizer(r))
		return s.renderContacts(w, r, f, http.StatusUnprocessableEntity)
	}
	http.Redirect(w, r, contactsImportPath(kept.ID), http.StatusSeeOther)
	return nil
}

// nameFields calls the fields of a file of contacts in the summary of errors as the page does.
func nameFields(f *Form, l *i18n.Localizer) {
	called := map[string]string{"kind": "contacts.kind", files.Field: "imported.file", "source": "contacts.source", "basis": "contacts.basis"}
	for i := range f.Errors {
		if key := called[f.Errors[i].Name]; key != "" {
			f.Errors[i].Label = l.T(key)
		}
	}
}

func (s *Server) contactImportOf(r *http.Request) (*models.ContactImport, *visitor, error) {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return nil, nil, err
	}
	id, err := idVar(r, "id", "import")
	if err != nil {
		return nil, nil, err
	}
	c, err := models.ContactImportOf(r.Context(), s.DB, id, by.Person.ID)
	return c, by, err
}

// chooseContactSheet says which sheet of a workbook is meant.
func (s *Server) chooseContactSheet(w http.ResponseWriter, r *http.Request) error {
	c, _, err := s.contactImportOf(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	if err := c.ChooseSheet(r.Context(), s.DB, r.PostForm.Get("sheet")); err != nil {
		return err
	}
	http.Redirect(w, r, contactsImportPath(c.ID), http.StatusSeeOther)
	return nil
}

// mapContacts says anew which column fills which field.
func (s *Server) mapContacts(w http.ResponseWriter, r *http.Request) error {
	c, _, err := s.contactImportOf(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	var mapping []string
	for i := range c.Mapping {
		mapping = append(mapping, r.PostForm.Get("column."+strconv.Itoa(i)))
	}
	if err := c.MapColumns(r.Context(), s.DB, mapping, cmp.Or(r.PostForm.Get("language"), c.Language)); err != nil {
		return err
	}
	http.Redirect(w, r, contactsImportPath(c.ID), http.StatusSeeOther)
	return nil
}

// confirmContacts imports a file. Where it cannot be any more, its page says why, and nothing was changed.
func (s *Server) confirmContacts(w http.ResponseWriter, r *http.Request) error {
	c, by, err := s.contactImportOf(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	report, err := models.ConfirmContacts(r.Context(), s.DB, c.ID, by.Person, contactWords(), chosenList(r.PostForm), s.Now())
	form := NewForm(r.PostForm)
	if form.Blame(err, Localizer(r)) {
		return s.renderContact(w, r, c, report, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	if report.Refused > 0 {
		return s.renderContact(w, r, c, report, form, http.StatusUnprocessableEntity)
	}
	return s.done(w, r, Localizer(r).T("contacts.done"), contactsImportPath(c.ID))
}

// undoContacts asks once, then takes an import back.
func (s *Server) undoContacts(w http.ResponseWriter, r *http.Request) error {
	c, by, err := s.contactImportOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	if !isReading(r) {
		err := models.UndoContacts(r.Context(), s.DB, c.ID, by.Person, s.Now())
		if err == nil {
			return s.done(w, r, l.T("contacts.undone_now"), contactsImportPath(c.ID))
		}
		if code := apperr.CodeOf(err); code != apperr.CodeOutdated && code != apperr.CodeInUse && code != apperr.CodeClosed {
			return err
		}
		return s.renderRemove(w, r, removeView{Page: s.administrationPage(r, l.T("contacts.undo")), Back: crumb{contactsImportPath(c.ID), c.Name}, What: i18n.Said(c.Name),
			Uses: []usedAt{{Name: l.T("contacts.undo_refused")}}})
	}
	return s.renderRemove(w, r, removeView{Page: s.administrationPage(r, l.T("contacts.undo")), Back: crumb{contactsImportPath(c.ID), c.Name}, What: i18n.Said(c.Name),
		Follows: l.Say("contacts.undo_text", "Created", c.Created, "Changed", c.Changed), Button: l.T("contacts.undo")})
}
