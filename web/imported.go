package web

import (
	"mime"
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// importsPath is where coordinators import what others recommended.
const importsPath = administrationPath + "/imports"

// importsPattern is its address; its form may hold a file of importsLimit, read to its end as that of a recorded answer.
const importsPattern = "POST " + importsPath

const importsLimit = 4*models.ImportMaxBytes + bodyLimit

// faultsShown is how many faults of a file one page shows.
const faultsShown = 200

func (s *Server) importedRoutes(r *mux.Router) {
	s.get(r, importsPath, s.imports)
	s.post(r, importsPath, s.bringImport)
	s.get(r, importsPath+"/{id}", s.importPreview)
	s.post(r, importsPath+"/{id}", s.confirmImport)
}

// importsView is what was imported, and the form for a file.
type importsView struct {
	Page
	Form      *Form
	Columns   []importColumn
	TextLangs []Option
	Rows      []importedRow
}

// importColumn is a column of the file and what stands in it.
type importColumn struct{ Name, About string }

// importedRow is a recommendation that others issued.
type importedRow struct {
	Title                i18n.Words
	Href                 string
	Measures, Unfollowed int
	UnfollowedHref       string
}

// requireImporter returns the coordinator who imports.
func (s *Server) requireImporter(r *http.Request) (*visitor, error) {
	v := visitorFrom(r.Context())
	return v, s.can(r.Context(), v, access.ImportRecommendations, nil, nil)
}

func (s *Server) imports(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireImporter(r); err != nil {
		return err
	}
	return s.renderImports(w, r, NewForm(url.Values{"language": {i18n.Default}}), http.StatusOK)
}

func (s *Server) renderImports(w http.ResponseWriter, r *http.Request, f *Form, status int) error {
	l := Localizer(r)
	v := importsView{Page: s.administrationPage(r, l.T("administration.imports")), Form: f}
	for _, name := range models.ImportColumns() {
		v.Columns = append(v.Columns, importColumn{name, l.T("imported.column." + name)})
	}
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	for _, language := range languages {
		v.TextLangs = append(v.TextLangs, Option{Value: language.Tag, Label: l.Language(language.Tag)})
	}
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	list, err := models.ImportedList(r.Context(), s.DB)
	for _, i := range list {
		row := importedRow{Title: importedTitle(l, i.Source, names.names[i.Country], i.Session), Href: importedPath(i.ID),
			Measures: i.Measures, Unfollowed: i.Unfollowed}
		row.UnfollowedHref = row.Href + "&unfollowed=yes"
		v.Rows = append(v.Rows, row)
	}
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, status, "administration_imports", v)
	return nil
}

// importedPath is where the measures of an imported recommendation stand: it has no text of its own.
func importedPath(id uuid.UUID) string { return "/follow-ups?recommendation=" + id.String() }

// importedTitle names an imported recommendation in the reader's language.
func importedTitle(l *i18n.Localizer, source string, country i18n.Words, session string) i18n.Words {
	return l.Say("imported.title", "Source", sourceName(l, source), "Country", country, "Session", session)
}

// sourceName says a source that the network knows in the reader's language.
func sourceName(l *i18n.Localizer, source string) string {
	if key := "imported.source." + source; l.Has(key) {
		return l.T(key)
	}
	return source
}

// bringImport keeps a file and leads to what it would change.
func (s *Server) bringImport(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireImporter(r)
	if err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return apperr.New(apperr.CodeUnsupportedType)
	}
	values, file, err := files.Read(r, models.ImportMaxBytes)
	if err != nil {
		return err
	}
	tidy(values)
	kept := &models.ImportFile{ID: models.NewID(), PersonID: v.Person.ID, Language: values.Get("language"), CreatedAt: s.Now()}
	if err = takeImport(kept, file); err == nil {
		err = models.KeepImportFile(r.Context(), s.DB, kept)
	}
	if err != nil {
		f := NewForm(values)
		if !f.Blame(err, Localizer(r)) {
			return err
		}
		for i := range f.Errors {
			if f.Errors[i].Name == files.Field {
				f.Errors[i].Label = Localizer(r).T("imported.file")
			}
		}
		return s.renderImports(w, r, f, http.StatusUnprocessableEntity)
	}
	http.Redirect(w, r, importPath(kept.ID), http.StatusSeeOther)
	return nil
}

func takeImport(kept *models.ImportFile, file *files.File) error {
	switch {
	case file == nil:
		return apperr.Invalid(files.Field, "required")
	case file.TooLarge:
		return apperr.Invalid(files.Field, "import_size", "megabytes", models.ImportMaxBytes>>20)
	}
	kept.Name, kept.Content = file.Name, file.Content
	return nil
}

func importPath(id uuid.UUID) string { return importsPath + "/" + id.String() }

// importView is what a file would change or changed, or what is wrong with it.
type importView struct {
	Page
	Name    string
	Action  string
	Done    bool
	Figures []figure
	Groups  []importGroupRow
	Faults  []importFaultRow
	Refused int // lines
	More    int // faults that are not shown
	Nothing bool
}

// importGroupRow is what a file holds for one source, country and session.
type importGroupRow struct {
	Title                       i18n.Words
	Created, Changed, Unchanged int
}

// importFaultRow says what is wrong, and where. Line 0 is the file as a whole.
type importFaultRow struct {
	Line         int
	Column, Text string
}

func (s *Server) importPreview(w http.ResponseWriter, r *http.Request) error {
	v, f, err := s.loadImport(r)
	if err != nil {
		return err
	}
	if f.ImportedAt != nil {
		return s.renderImport(w, r, f, models.ImportReport{Created: f.Created, Changed: f.Changed, Unchanged: f.Unchanged})
	}
	report, err := f.Preview(r.Context(), s.DB, &v.Person, s.Now())
	if err != nil {
		return err
	}
	return s.renderImport(w, r, f, report)
}

func (s *Server) loadImport(r *http.Request) (*visitor, *models.ImportFile, error) {
	v, err := s.requireImporter(r)
	if err != nil {
		return nil, nil, err
	}
	id, err := idVar(r, "id", "import")
	if err != nil {
		return nil, nil, err
	}
	f, err := models.ImportFileOf(r.Context(), s.DB, id, v.Person.ID)
	return v, f, err
}

func (s *Server) renderImport(w http.ResponseWriter, r *http.Request, f *models.ImportFile, report models.ImportReport) error {
	l := Localizer(r)
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	v := importView{Name: f.Name, Action: importPath(f.ID), Done: f.ImportedAt != nil, Refused: report.Refused,
		Nothing: report.Created+report.Changed == 0}
	switch {
	case v.Done:
		v.Page = s.administrationPage(r, l.T("imported.done_title"))
	case v.Refused > 0:
		v.Page = s.administrationPage(r, l.T("imported.refused_title"))
	default:
		v.Page = s.administrationPage(r, l.T("imported.preview_title"))
	}
	for _, n := range []struct {
		key    string
		number int
	}{{"created", report.Created}, {"changed", report.Changed}, {"unchanged", report.Unchanged}, {"refused", report.Refused}} {
		v.Figures = append(v.Figures, figure{Label: l.T("imported.figure." + n.key), Number: n.number,
			Tone: toneIf(n.key == "refused" && n.number > 0, "late")})
	}
	for _, g := range report.Recommendations {
		v.Groups = append(v.Groups, importGroupRow{importedTitle(l, g.Source, names.names[g.Country], g.Session), g.Created, g.Changed, g.Unchanged})
	}
	v.Faults, v.More = importFaults(l, report.Faults)
	status := http.StatusOK
	if v.Refused > 0 {
		status = http.StatusUnprocessableEntity
	}
	s.Engine.Render(w, r, status, "administration_import", v)
	return nil
}

func importFaults(l *i18n.Localizer, faults []models.ImportFault) (rows []importFaultRow, more int) {
	for _, f := range faults[:min(faultsShown, len(faults))] {
		rows = append(rows, importFaultRow{f.Line, f.Column, l.T("imported.fault."+f.Rule, f.Args)})
	}
	return rows, len(faults) - len(rows)
}

// confirmImport imports a file. Where it cannot be any more, its page says why, and nothing was changed.
func (s *Server) confirmImport(w http.ResponseWriter, r *http.Request) error {
	v, f, err := s.loadImport(r)
	if err != nil {
		return err
	}
	_, report, err := models.ConfirmImport(r.Context(), s.DB, f.ID, &v.Person, s.Now())
	if err != nil {
		return err
	}
	if report.Refused > 0 {
		return s.renderImport(w, r, f, report)
	}
	http.Redirect(w, r, importPath(f.ID), http.StatusSeeOther)
	return nil
}
