package web

import (
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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

// contactRowsShown is how many lines of a file one page shows.
const contactRowsShown = 500

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
	if v.Notices, err = models.CountNotices(r.Context(), s.DB, s.Now()); err != nil {
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

// contactView is what a file would change or changed, or what is wrong with it.
type contactView struct {
	Page
	Name, Path   string
	Form         *Form
	Done, Undone bool
	MayUndo      bool
	Refused      int
	Nothing      bool
	Figures      []figure
	Sheet        string // of a workbook that has several
	Sheets       Input
	Columns      []Input
	Faults       []string // of the whole file
	Rows         []contactRow
	More         int // lines that are not shown
	People       bool
	Source       string
	Basis        string
}

// contactRow is what a line would do.
type contactRow struct {
	Line  int
	Name  string
	State Badge
	Why   []string
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

func (s *Server) contactPreview(w http.ResponseWriter, r *http.Request) error {
	c, _, err := s.contactImportOf(r)
	if err != nil {
		return err
	}
	report := models.ContactReport{Created: c.Created, Changed: c.Changed, Unchanged: c.Unchanged}
	if c.ImportedAt == nil {
		if report, err = c.Plan(r.Context(), s.DB, contactWords()); err != nil {
			return err
		}
	}
	s.renderContact(w, r, c, report, http.StatusOK)
	return nil
}

// contactWords are what roles and kinds are called in every language, in small letters.
func contactWords() map[string]string {
	words := map[string]string{}
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		for _, role := range models.RoleNames() {
			words[strings.ToLower(l.T("account.role."+role))] = role
		}
		for _, kind := range models.OrganisationKinds() {
			words[strings.ToLower(l.T("organisation.kind."+kind))] = kind
		}
	}
	return words
}

var contactBadges = map[string]Badge{
	models.ContactNew:       {Tone: "done", Icon: "plus"},
	models.ContactChanged:   {Tone: "wait", Icon: "edit"},
	models.ContactUnchanged: {Tone: "plain", Icon: "minus"},
	models.ContactRefused:   {Tone: "harm", Icon: "ban"},
}

func (s *Server) renderContact(w http.ResponseWriter, r *http.Request, c *models.ContactImport, report models.ContactReport, status int) {
	l := Localizer(r)
	title := "contacts.preview"
	if c.ImportedAt != nil {
		title = "contacts.imported"
	}
	v := contactView{Page: s.administrationPage(r, l.T(title)), Name: c.Name, Path: contactsImportPath(c.ID), Form: NewForm(nil), Done: c.ImportedAt != nil,
		Undone: c.UndoneAt != nil, MayUndo: c.MayUndo(s.Now()), Refused: report.Refused, Nothing: report.Created+report.Changed == 0,
		People: c.Kind == models.ContactsPeople, Source: c.Source}
	if c.Basis != "" {
		v.Basis = l.T("contacts.basis." + c.Basis)
	}
	for _, n := range []struct {
		key    string
		number int
	}{{models.ContactNew, report.Created}, {models.ContactChanged, report.Changed}, {models.ContactUnchanged, report.Unchanged}, {models.ContactRefused, report.Refused}} {
		v.Figures = append(v.Figures, figure{Label: l.T("contacts.state." + n.key), Number: n.number, Tone: toneIf(n.key == models.ContactRefused && n.number > 0, "late")})
	}
	for _, f := range report.Faults {
		v.Faults = append(v.Faults, contactFault(l, f))
	}
	for _, row := range report.Rows[:min(contactRowsShown, len(report.Rows))] {
		v.Rows = append(v.Rows, contactRowOf(l, row))
	}
	v.More = len(report.Rows) - len(v.Rows)
	if !v.Done {
		v.Columns = contactColumns(l, c)
		v.chooseFrom(l, c)
	}
	s.Engine.Render(w, r, status, "contact_import", v)
}

func contactRowOf(l *i18n.Localizer, row models.ContactRow) contactRow {
	state := contactBadges[row.State]
	state.Text = l.T("contacts.state." + row.State)
	out := contactRow{Line: row.Line, Name: row.Name, State: state}
	for _, f := range row.Faults {
		out.Why = append(out.Why, contactFault(l, f))
	}
	var fields []string
	for _, f := range row.Fields {
		fields = append(fields, l.T("contacts.field."+f))
	}
	if len(out.Why) > 0 {
		return out
	}
	if len(fields) > 0 {
		out.Why = []string{l.ListAnd(fields)}
	}
	for _, d := range row.Days {
		if day, err := time.Parse(time.DateOnly, d.Day); err == nil {
			out.Why = append(out.Why, l.T("contacts.read_as", "Field", l.T("contacts.field."+d.Field), "Date", l.Date(day, time.UTC)))
		}
	}
	return out
}

func contactFault(l *i18n.Localizer, f models.ImportFault) string {
	key := "contacts.fault." + f.Rule
	if whole := "error.field.contacts_" + f.Rule; l.Has(whole) { // what makes a file unusable
		key = whole
	}
	text := l.T(key, f.Args)
	if f.Column != "" {
		text = l.T("contacts.field."+f.Column) + ": " + text
	}
	return text
}

// contactColumns are the choices of a field for each column of the file.
func contactColumns(l *i18n.Localizer, c *models.ContactImport) []Input {
	var options []Option
	for _, f := range models.ContactFields(c.Kind) {
		options = append(options, Option{Value: f, Label: l.T("contacts.field." + f)})
	}
	values := url.Values{}
	for i, f := range c.Mapping {
		values.Set("column."+strconv.Itoa(i), f)
	}
	form := NewForm(values)
	var inputs []Input
	for i, name := range c.Header() {
		inputs = append(inputs, field(form, "column."+strconv.Itoa(i), name, "type", "select", "quiet", true, "any", l.T("contacts.leave_out"), "options", options))
	}
	return inputs
}

// chooseFrom offers the sheets of a workbook that has several.
func (v *contactView) chooseFrom(l *i18n.Localizer, c *models.ContactImport) {
	sheets := c.Sheets()
	if len(sheets) < 2 {
		return
	}
	var options []Option
	for _, name := range sheets {
		options = append(options, Option{Value: name, Label: name})
	}
	v.Sheet = c.Sheet
	v.Sheets = field(NewForm(url.Values{"sheet": {c.Sheet}}), "sheet", l.T("contacts.sheet"), "type", "select", "required", true, "options", options)
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
	if err := c.MapColumns(r.Context(), s.DB, mapping); err != nil {
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
	report, err := models.ConfirmContacts(r.Context(), s.DB, c.ID, by.Person, contactWords(), s.Now())
	if err != nil {
		return err
	}
	if report.Refused > 0 {
		s.renderContact(w, r, c, report, http.StatusUnprocessableEntity)
		return nil
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
