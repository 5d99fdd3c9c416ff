package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// procedureForm is a procedure in the making: by fields or as text, as the next version or as another procedure.
type procedureForm struct {
	by     *visitor
	newest models.Procedure // as it stands
	form   *Form
	text   bool // as text
	copied bool // becomes another procedure
}

func (s *Server) editProcedure(w http.ResponseWriter, r *http.Request) error {
	return s.workOnProcedure(w, r, procedureForm{})
}

func (s *Server) editProcedureText(w http.ResponseWriter, r *http.Request) error {
	return s.workOnProcedure(w, r, procedureForm{text: true})
}

func (s *Server) copyProcedure(w http.ResponseWriter, r *http.Request) error {
	return s.workOnProcedure(w, r, procedureForm{copied: true})
}

func (s *Server) workOnProcedure(w http.ResponseWriter, r *http.Request, f procedureForm) error {
	var err error
	if f.by, err = s.requireAdministrator(r); err != nil {
		return err
	}
	versions, err := models.ProcedureVersions(r.Context(), s.DB, mux.Vars(r)["slug"])
	if err != nil {
		return err
	}
	f.newest = versions[0]
	if isReading(r) {
		if f.form, err = f.asItStands(); err != nil {
			return err
		}
		return s.renderProcedureForm(w, r, f, versions, nil)
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	f.form = NewForm(r.PostForm)
	p := models.Procedure{Slug: f.newest.Slug, Names: languageValues(r.PostForm, "names")}
	if err = f.read(&p); err == nil {
		if err = s.keepProcedure(r, f, &p); err == nil {
			return s.done(w, r, Localizer(r).T("reference.saved"), procedurePath(p.Slug))
		}
	}
	return s.renderProcedureForm(w, r, f, versions, err)
}

// asItStands fills the form with the newest version.
func (f procedureForm) asItStands() (*Form, error) {
	values := url.Values{"base": {strconv.Itoa(f.newest.Version)}}
	if !f.copied {
		withNames(values, "names", f.newest.Names)
	}
	for _, rule := range models.ProcedureRules() {
		if rule.Kind == models.RuleSpan || rule.Kind == models.RuleSpans {
			putSpans(values, rule, rule.Value(f.newest.Document))
			continue
		}
		if rule.Kind == models.RuleQuestions {
			putQuestions(values, f.newest.Document.Review.Questions)
			continue
		}
		values.Set(rule.Path, rule.Value(f.newest.Document))
	}
	text, err := models.ProcedureYAML(f.newest.Document)
	values.Set("document", text)
	return NewForm(values), err
}

// read makes a document of what was typed. What is wrong with the names is said together with what is wrong with the rules.
func (f procedureForm) read(p *models.Procedure) (err error) {
	if f.copied {
		p.Slug = strings.TrimSpace(f.form.Value("slug"))
	}
	if f.text {
		p.Document, err = models.ReadProcedureYAML(f.form.Value("document"))
	} else {
		p.Document, err = models.ReadProcedure(f.value)
	}
	var bad, more *apperr.Error
	if errors.As(err, &bad) && errors.As(p.CheckNames(), &more) {
		bad.Fields = append(more.Fields, bad.Fields...)
	}
	return err
}

// value is what was typed for a rule, as a procedure writes it.
func (f procedureForm) value(path string) string {
	if path == questionsRule && !f.form.Values.Has("questions") { // a form from before there were any
		return models.WriteQuestions(f.newest.Document.Review.Questions)
	}
	if path == questionsRule {
		return models.WriteQuestions(readQuestionFields(f.form.Values))
	}
	if f.form.Values.Has(path + unitPart) {
		return f.spanValue(path)
	}
	return f.form.Value(path)
}

func (s *Server) keepProcedure(r *http.Request, f procedureForm, p *models.Procedure) error {
	base, _ := strconv.Atoi(f.form.Value("base")) // what is no number is an old version
	err := s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		verb := "procedure.added"
		if f.copied {
			if err := models.AddProcedure(ctx, tx, p, s.Now()); err != nil {
				return err
			}
		} else {
			verb = "procedure.revised"
			if err := models.ReviseProcedure(ctx, tx, p, base, s.Now()); err != nil {
				return err
			}
			if p.Version == base { // nothing was changed, so nothing is put on record
				return nil
			}
		}
		return models.Journal(ctx, tx, f.by.Person, s.Now(), models.JournalEntry{Verb: verb, ObjectKind: "procedure", Object: p.ID,
			Facts: map[string]string{"slug": p.Slug, "version": strconv.Itoa(p.Version)}})
	})
	return err
}

func (s *Server) renderProcedureForm(w http.ResponseWriter, r *http.Request, f procedureForm, versions []models.Procedure, wrong error) error {
	l := Localizer(r)
	v := procedureEditView{editView: s.editPage(r, l.T("procedure.edit"), l.T("procedure.save", "Number", l.Number(f.newest.Version+1)), crumb{procedurePath(f.newest.Slug), l.T("procedure.back")}, f.form)}
	v.Lead = l.T("procedure.edit_lead")
	switch {
	case f.copied:
		v.Page = v.Titled(l.Say("procedure.copy_title", "Name", l.Name(f.newest.Names)))
		v.Button, v.Lead = l.T("procedure.copy_save"), l.T("procedure.copy_lead")
	case f.text:
		v.Title, v.Other = l.T("procedure.edit_text"), crumb{procedurePath(f.newest.Slug) + "/edit", l.T("procedure.as_form")}
	default:
		v.Other = crumb{procedurePath(f.newest.Slug) + "/yaml", l.T("procedure.as_text")}
	}
	if err := v.refuse(f.blameFields(wrong), l); err != nil {
		return err
	}
	if apperr.CodeOf(wrong) == apperr.CodeOutdated {
		v.Changes = changeRows(l, models.CompareProcedures(versionBefore(f.form.Value("base"), versions), f.newest.Document))
		f.form.Values.Set("base", strconv.Itoa(f.newest.Version))
	}
	v.Hidden = []Option{{Value: f.form.Value("base"), Label: "base"}}
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	if f.copied {
		v.add(editSection{Fields: []Input{field(f.form, "slug", l.T("reference.slug"), "required", true, "max", 60, "help", l.T("reference.slug_help"))}})
	}
	v.add(editSection{Title: l.T("reference.names"), Fold: !f.copied, Fields: languageFields(f.form, l, languages, "names", l.T("reference.name"), "max", 200)})
	if f.text {
		v.add(editSection{Fields: []Input{field(f.form, "document", l.T("procedure.document"), "type", "textarea", "rows", 40, "required", true, "help", l.T("procedure.document_help"))}})
		labelLines(v.Form, wrong, l)
	} else {
		addRules(v.editView, l, languages)
	}
	v.labelFields(Localizer(r))
	s.Engine.Render(w, r, v.status, "procedure_edit", v)
	return nil
}

// procedureEditView is the form of a procedure.
type procedureEditView struct {
	*editView
	Other   crumb       // the same otherwise: fields or text
	Changes []changeRow // what somebody else changed meanwhile
}

var itemIndex = regexp.MustCompile(`\[\d+\]$`)

// blameFields turns the blame on one of several reminders into one on the field that holds them all. A blame of the text
// names its line.
func (f procedureForm) blameFields(err error) error {
	var e *apperr.Error
	if f.text || !errors.As(err, &e) {
		return err
	}
	copied := *e
	copied.Fields = nil
	for _, field := range e.Fields {
		field.Path = optionField(itemIndex.ReplaceAllString(field.Path, ""))
		if field.Key == "error.field.span" { // which is about what a procedure looks like as text
			field.Key = "error.field.span_number"
		}
		copied.Fields = append(copied.Fields, field)
	}
	return &copied
}

// labelLines has what is wrong with the text say in which line, and leads to the one field there is.
func labelLines(form *Form, wrong error, l *i18n.Localizer) {
	var bad *apperr.Error
	if !errors.As(wrong, &bad) {
		return
	}
	for i, f := range bad.Fields { // Blame keeps their order
		line, has := f.Args["line"].(int)
		if !has {
			continue
		}
		label := l.T("procedure.line", "Line", l.Number(line))
		if f.Path != "document" {
			label += ", " + f.Path
		}
		form.Errors[i].Name, form.Errors[i].Label = "document", label
	}
}

func versionBefore(base string, versions []models.Procedure) models.ProcedureDocument {
	for _, p := range versions {
		if strconv.Itoa(p.Version) == base {
			return p.Document
		}
	}
	return versions[0].Document
}

// addRules puts the fields of all rules on the form, stage by stage; what belongs to one wait stands side by side.
func addRules(v *editView, l *i18n.Localizer, languages []models.Language) {
	stage, section := "", editSection{}
	for _, rule := range models.ProcedureRules() {
		if rule.Kind == models.RuleQuestions {
			v.add(section)
			section = editSection{}
			addQuestions(v, l, languages)
			continue
		}
		if strings.HasSuffix(rule.Path, ".late_for") && rule.WaitsOn(models.ProcedureDocument{}) && v.Form.Value(rule.Path) == "" {
			continue // there is nothing to say: see Rule.WaitsOn
		}
		group := ""
		if rule.Wait() != "" {
			group = l.T("procedure.wait." + rule.Wait())
		}
		if rule.Stage() != stage || group != section.Group {
			if len(section.Fields) > 0 {
				v.add(section)
			}
			section = editSection{Group: group}
			if rule.Stage() != stage {
				section.Title = l.T("procedure.stage." + rule.Stage())
			}
			stage = rule.Stage()
		}
		section.Fields = append(section.Fields, ruleField(v.Form, l, rule))
	}
	v.add(section)
}

func ruleField(form *Form, l *i18n.Localizer, rule models.Rule) Input {
	label := l.T("procedure.rule." + strings.TrimPrefix(rule.Path, rule.Wait()+"."))
	switch rule.Kind {
	case models.RuleYes:
		return field(form, rule.Path, label, "type", "checkbox")
	case models.RuleChoice:
		var options []Option
		for _, c := range rule.Choices {
			options = append(options, Option{Value: c, Label: l.T(choiceKey(rule, c))})
		}
		return field(form, rule.Path, label, "type", "radios", "quiet", true, "options", options)
	case models.RuleNumber:
		return field(form, rule.Path, label, "inputmode", "numeric", "max", 4, "quiet", true)
	case models.RuleSpans:
		if strings.HasSuffix(rule.Path, ".remind_before") {
			return spanField(form, l, rule, label, "help", l.T("procedure.before_help"))
		}
		return spanField(form, l, rule, label, "help", l.T("procedure.spans_help"))
	default:
		optional := strings.HasSuffix(rule.Path, ".late_for") || strings.HasSuffix(rule.Path, ".remind_late") || rule.Path == "review.extend_up_to"
		return spanField(form, l, rule, label, "quiet", !optional)
	}
}
