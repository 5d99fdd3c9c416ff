package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// crumb leads back to where a page of the administration belongs.
type crumb struct{ Href, Label string }

// editSection is some fields of a form under one heading. A folded one opens on a click.
type editSection struct {
	Title, Help string
	Fold, Open  bool
	Group       string // a heading below that of the section, for fields that stand side by side
	Fields      []Input
}

// editView is a form of the administration.
type editView struct {
	Page
	Form     *Form
	Back     crumb
	Lead     string
	Hidden   []Option // value and name of fields that say what was seen
	Sections []editSection
	File     bool // the form holds a file
	Remove   crumb
	Button   string
	Refused  string
	status   int
}

// editPage begins a page with a form. Its fields are shown with the values as they were typed.
func (s *Server) editPage(r *http.Request, title, button string, back crumb, form *Form) *editView {
	return &editView{Page: s.administrationPage(r, title), Form: form, Back: back, Button: button, status: http.StatusOK}
}

// add puts a section on the form.
func (v *editView) add(section editSection) {
	for _, in := range section.Fields {
		section.Open = section.Open || in.Error != ""
	}
	v.Sections = append(v.Sections, section)
}

// blamed shows the form again with what is wrong with it; false where the error is one for an error page.
func (f *Form) blamed(err error, l *i18n.Localizer) (status int, refused string, again bool) {
	var e *apperr.Error
	switch {
	case f.Blame(err, l):
		return http.StatusUnprocessableEntity, "", true
	case !errors.As(err, &e):
		return 0, "", false
	case e.Code == apperr.CodeOutdated || e.Code == apperr.CodeInUse || e.Code == apperr.CodeClosed:
		return apperr.HTTPStatus(e.Code), l.T("error."+string(e.Code), e.Args), true
	}
	return 0, "", false
}

// refuse shows why the form comes back; an error that is none of the form's is returned.
func (v *editView) refuse(wrong error, l *i18n.Localizer) error {
	if wrong == nil {
		return nil
	}
	status, refused, again := v.Form.blamed(wrong, l)
	if !again {
		return wrong
	}
	v.status, v.Refused = status, refused
	return nil
}

// renderEdit writes the page. In the summary of errors fields are called as on the form.
func (s *Server) renderEdit(w http.ResponseWriter, r *http.Request, v *editView) error {
	v.labelFields(Localizer(r))
	if v.Form.Stored != nil { // what is saved again after it was shown is meant
		v.Hidden = append(v.Hidden, Option{Label: seenField, Value: seenMark(v.Form.Stored)})
	}
	if v.Form.outdated() != nil {
		v.showStored(Localizer(r))
	}
	s.Engine.Render(w, r, v.status, "administration_edit", v)
	return nil
}

// labelFields calls the fields of the summary what this form calls them, and not what another form would. What was called
// otherwise on purpose, like a line of a text, keeps that.
func (v *editView) labelFields(l *i18n.Localizer) {
	for i, e := range v.Form.Errors {
		for _, section := range v.Sections {
			for _, in := range section.Fields {
				if in.Name == e.Name && (e.Label == "" || e.Label == fieldLabel(e.Name, l)) {
					v.Form.Errors[i].Label = in.Label
				}
			}
		}
	}
}

// field is newInput for forms that are put together here.
func field(form *Form, name, label string, pairs ...any) Input {
	in, err := newInput(form, name, label, pairs...)
	if err != nil {
		panic(err) // a setting is misspelt here
	}
	return in
}

// languageFields are one field per language of the network: names.en, names.bg.
func languageFields(form *Form, l *i18n.Localizer, languages []models.Language, name, label string, pairs ...any) []Input {
	fields := make([]Input, 0, len(languages))
	for _, lang := range languages {
		fields = append(fields, field(form, name+"."+lang.Tag, label+" ("+l.Language(lang.Tag)+")", append([]any{"lang", lang.Tag, "required", lang.Tag == i18n.Default && name == "names"}, pairs...)...))
	}
	return fields
}

// languageValues reads what languageFields took; empty ones are left out.
func languageValues(form url.Values, name string) models.Names {
	names := models.Names{}
	for key, values := range form {
		if tag, is := strings.CutPrefix(key, name+"."); is && len(values) > 0 && strings.TrimSpace(values[0]) != "" {
			names[tag] = strings.TrimSpace(values[0])
		}
	}
	return names
}

// withNames puts names into the fields that languageFields shows.
func withNames(form url.Values, name string, names map[string]string) {
	for tag, value := range names {
		form.Set(name+"."+tag, value)
	}
}

// administer does one act of administration and writes it into the journal, in one transaction.
func (s *Server) administer(r *http.Request, by *visitor, act administering) error {
	return s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		entry, err := act(ctx, tx)
		if err != nil {
			return err
		}
		return models.Journal(ctx, tx, by.Person, s.Now(), entry)
	})
}

// done leads on after an act, with a sentence that says what was done.
func (s *Server) done(w http.ResponseWriter, r *http.Request, text, next string) error {
	s.flash(r, "done", text)
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// usedAt is a place where something is needed, as a link where there is a page.
type usedAt struct{ Href, Name, Lang string }

// places says in words where something is used.
func places(l *i18n.Localizer, uses []models.Use) []usedAt {
	list := make([]usedAt, 0, len(uses))
	for _, u := range uses {
		at := usedAt{Name: u.Name, Lang: u.Language}
		switch {
		case u.ID == uuid.Nil:
			at.Name = l.N("reference.used."+u.Kind, u.Count)
		case u.Kind == "recommendation":
			at.Href = "/recommendations/" + u.ID.String()
		case u.Kind == "imported":
			at.Href = importedPath(u.ID)
		case u.Kind == "organisation":
			at.Href = organisationPath(u.ID)
		case u.Kind == "authority":
			at.Href = authorityPath(u.ID)
		case u.Kind == "followup":
			at.Href = followUpPath(u.ID)
		}
		list = append(list, at)
	}
	return list
}

// removeView asks once before something is removed, or says where it is still used.
type removeView struct {
	Page
	Form    *Form
	Back    crumb
	What    i18n.Words // what is removed
	Follows i18n.Words // what follows from it
	Uses    []usedAt
	Button  string
}

// renderRemove shows the question, or where a thing is used that cannot be removed for that.
func (s *Server) renderRemove(w http.ResponseWriter, r *http.Request, v removeView) error {
	status := http.StatusOK
	if !isReading(r) {
		status = http.StatusConflict
	}
	v.Form = NewForm(nil)
	s.Engine.Render(w, r, status, "administration_remove", v)
	return nil
}

// keptRow is one thing of a list of the administration.
type keptRow struct {
	Href, Title, Lang string
	Names             []i18n.Words // whose it is; they stand before what else is said
	About             []string
	Badges            []Badge
	Raise             string // address of the form that moves it one up; "" for the first
	ID                string
}

// keptView is a list of the administration.
type keptView struct {
	Page
	Lead  string
	Add   crumb
	Rows  []keptRow
	Empty Empty

	Setting setting // that belongs to the list
}

// setting is something set for the whole network.
type setting struct {
	Text   string
	Change crumb
}
