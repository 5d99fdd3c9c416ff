package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
	"tribuna/internal/worddiff"
	"tribuna/models"
)

// draftRoutes register the pages on which a recommendation is written.
func (s *Server) draftRoutes(r *mux.Router) {
	s.get(r, "/recommendations/new", s.newDraft)
	s.post(r, "/recommendations/new", s.createDraft)
	s.get(r, "/recommendations/{id}/edit", s.editDraft)
	s.post(r, "/recommendations/{id}/edit", s.saveDraft)
}

// draftView is the form of a draft.
type draftView struct {
	Page
	Form         *Form
	New          bool
	Action, Back string
	Choices      draftChoices
	Measures     []measureRow
	Groups       []groupRow
	Seen         string     // number of the version the writer saw
	Theirs       *theirText // what somebody else saved meanwhile; nil: nothing
	Facts        *draftFacts
}

// NextMeasure is the number of the measure that "add a measure" makes room for.
func (v draftView) NextMeasure() int { return len(v.Measures) + 1 }

// draftFacts is what a recommendation keeps from its beginning.
type draftFacts struct{ Kind, Language, Organisation, Procedure string }

// theirText compares what somebody else saved with what is in the form.
type theirText struct {
	Number   int
	Note     string
	Title    []worddiff.Segment
	Body     []worddiff.Segment
	Measures []worddiff.Segment
}

// newDraft shows an empty form with what is likely chosen already.
func (s *Server) newDraft(w http.ResponseWriter, r *http.Request) error {
	v, organisations, err := s.writer(r)
	if err != nil {
		return err
	}
	words := draftWords{measures: make([]measureWords, 1)}
	words.fields = map[string][]string{"kind": {"policy_brief"}, "language": {v.Person.Language}, "procedure": {"default"},
		"organisation_id": {organisations[0].ID.String()}, "countries": organisations[0].Countries}
	return s.showDraft(w, r, http.StatusOK, nil, organisations, words, nil)
}

// writer returns the visitor and in whose name they may write.
func (s *Server) writer(r *http.Request) (*visitor, []models.Organisation, error) {
	v, err := s.requirePerson(r)
	if err != nil {
		return nil, nil, err
	}
	organisations, err := s.organisationsToWriteFor(r.Context(), v)
	if err == nil && len(organisations) == 0 {
		err = apperr.About(apperr.CodeForbidden, "recommendation")
	}
	return v, organisations, err
}

func (s *Server) createDraft(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	v, organisations, err := s.writer(r)
	if err != nil {
		return err
	}
	words := readDraftWords(r.PostForm)
	if _, rows := words.edit(r.PostFormValue("do")); rows {
		return s.showDraft(w, r, http.StatusOK, nil, organisations, words, nil)
	}
	words.dropEmpty()
	rec, err := s.create(r.Context(), v, organisations, words)
	if err != nil {
		return s.showDraft(w, r, http.StatusUnprocessableEntity, nil, organisations, words, err)
	}
	s.Processes.StartSoon(r.Context(), rec.ID)
	s.flash(r, "done", Localizer(r).T("draft.created"))
	http.Redirect(w, r, recommendationPath(rec.ID), http.StatusSeeOther)
	return nil
}

func (s *Server) create(ctx context.Context, v *visitor, organisations []models.Organisation, words draftWords) (*models.Recommendation, error) {
	in, err := words.input()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(organisations, func(o models.Organisation) bool { return o.ID == in.OrganisationID }) {
		return nil, apperr.Invalid("organisation_id", "unknown")
	}
	var rec *models.Recommendation
	err = s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		rec, err = models.CreateRecommendation(ctx, tx, in, v.Person, s.Now())
		return err
	})
	return rec, err
}

func (s *Server) editDraft(w http.ResponseWriter, r *http.Request) error {
	_, rec, err := s.ownRecommendation(r, access.EditDraft)
	if err != nil {
		return err
	}
	if rec.Stage != models.StageDrafting {
		return apperr.About(apperr.CodeWrongStage, "draft")
	}
	version, procedure, err := s.currentText(r.Context(), rec)
	if err != nil {
		return err
	}
	return s.showDraft(w, r, http.StatusOK, rec, nil, wordsOf(rec, version, procedure.Slug), nil)
}

func (s *Server) currentText(ctx context.Context, rec *models.Recommendation) (*models.Version, *models.Procedure, error) {
	if rec.CurrentVersionID == nil {
		return nil, nil, apperr.NotFound("version")
	}
	version, err := models.VersionByID(ctx, s.DB, *rec.CurrentVersionID)
	if err != nil {
		return nil, nil, err
	}
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	return version, procedure, err
}

func (s *Server) saveDraft(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	v, rec, err := s.ownRecommendation(r, access.EditDraft)
	if err != nil {
		return err
	}
	words := readDraftWords(r.PostForm)
	if _, rows := words.edit(r.PostFormValue("do")); rows {
		return s.showDraft(w, r, http.StatusOK, rec, nil, words, nil)
	}
	words.dropEmpty()
	version, err := s.save(r.Context(), v, rec, words)
	if err != nil {
		return s.showDraft(w, r, http.StatusUnprocessableEntity, rec, nil, words, err)
	}
	s.flash(r, "done", Localizer(r).T("draft.saved", "Number", version.Number))
	http.Redirect(w, r, recommendationPath(rec.ID), http.StatusSeeOther)
	return nil
}

func (s *Server) save(ctx context.Context, v *visitor, rec *models.Recommendation, words draftWords) (*models.Version, error) {
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	// These stay as they began, whatever the form says.
	words.fields.Set("kind", rec.Kind)
	words.fields.Set("language", rec.Language)
	words.fields.Set("organisation_id", rec.OrganisationID.String())
	words.fields.Set("procedure", procedure.Slug)
	in, err := words.input()
	if err != nil {
		return nil, err
	}
	seen, err := strconv.Atoi(words.fields.Get("seen"))
	if err != nil {
		return nil, apperr.About(apperr.CodeOutdated, "draft")
	}
	var version *models.Version
	err = s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := models.LockProcess(ctx, tx, rec.ID); err != nil {
			return err
		}
		// First what stands beside the text: saving the text adds its authorities' countries to it.
		if err := rec.UpdateAttributes(ctx, tx, in, s.Now()); err != nil {
			return err
		}
		version, err = models.EditDraft(ctx, tx, rec.ID, seen, in.Draft, v.Person, s.Now())
		return err
	})
	return version, err
}

// showDraft renders the form; a nil recommendation is a new one. What went wrong is said on it as far as the form can
// mend it, else it is returned.
func (s *Server) showDraft(w http.ResponseWriter, r *http.Request, status int, rec *models.Recommendation,
	organisations []models.Organisation, words draftWords, wrong error) error {
	l, ctx := Localizer(r), r.Context()
	view := draftView{Form: NewForm(words.values()), New: rec == nil, Action: "/recommendations/new", Back: "/recommendations",
		Seen: words.fields.Get("seen")}
	title := l.T("draft.new.title")
	if rec != nil {
		title, view.Back = l.T("draft.edit.title"), recommendationPath(rec.ID)
		view.Action = view.Back + "/edit"
	}
	view.Page = s.workPage(r, title)
	if wrong != nil {
		var err error
		if status, err = s.explainDraft(ctx, r, &view, rec, words, wrong); err != nil {
			return err
		}
	}
	var err error
	if view.Choices, err = s.draftChoices(ctx, l, organisations); err != nil {
		return err
	}
	if rec != nil {
		if view.Facts, err = s.draftFacts(ctx, r, rec); err != nil {
			return err
		}
	}
	for i, m := range words.measures {
		view.Measures = append(view.Measures, view.Choices.row(i, m, view.Form, l))
	}
	for i := range words.groups {
		view.Groups = append(view.Groups, groupRow{i, view.Form})
	}
	s.Engine.Render(w, r, status, "draft", view)
	return nil
}

// explainDraft puts what went wrong on the form. When somebody else saved meanwhile their text is set against the one in
// the form, and saving again saves on top of theirs.
func (s *Server) explainDraft(ctx context.Context, r *http.Request, view *draftView, rec *models.Recommendation, words draftWords, wrong error) (int, error) {
	code := apperr.CodeOf(wrong)
	switch {
	case view.Form.Blame(wrong, Localizer(r)):
	case code == apperr.CodeOutdated && rec != nil:
		fresh, err := models.RecommendationByID(ctx, s.DB, rec.ID)
		if err != nil {
			return 0, err
		}
		theirs, _, err := s.currentText(ctx, fresh)
		if err != nil {
			return 0, err
		}
		view.Theirs, view.Seen = compareWords(theirs, words), strconv.Itoa(theirs.Number)
		view.Flash = &Flash{Tone: "wait", Text: Localizer(r).T("error.outdated")}
	case code == apperr.CodeWrongStage:
		view.Flash = &Flash{Tone: "harm", Text: Localizer(r).T("draft.too_late")}
	default:
		return 0, wrong
	}
	return apperr.HTTPStatus(code), nil
}

func compareWords(theirs *models.Version, words draftWords) *theirText {
	mine := models.Draft{Title: markdown.Clean(words.fields.Get("title")), Body: markdown.Clean(words.fields.Get("body"))}
	var written []string
	for _, m := range words.measures {
		written = append(written, markdown.Clean(m.text))
	}
	return &theirText{Number: theirs.Number, Note: theirs.Note,
		Title:    worddiff.Compare(theirs.Title, mine.Title),
		Body:     worddiff.Compare(theirs.Body, mine.Body),
		Measures: worddiff.Compare(numbered(measureTexts(theirs)), numbered(written))}
}

func measureTexts(v *models.Version) []string {
	texts := make([]string, len(v.Measures))
	for i, m := range v.Measures {
		texts[i] = m.Text
	}
	return texts
}

// numbered writes measures as one text, a line each.
func numbered(texts []string) string {
	var all string
	for i, t := range texts {
		all += fmt.Sprintf("%d. %s\n", i+1, t)
	}
	return all
}

func (s *Server) draftFacts(ctx context.Context, r *http.Request, rec *models.Recommendation) (*draftFacts, error) {
	l := Localizer(r)
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	name, _ := procedure.Names.In(l.Tag())
	return &draftFacts{Kind: l.T("published.kind." + rec.Kind), Language: l.Language(rec.Language),
		Organisation: rec.Organisation.Name, Procedure: name}, nil
}

func rowField(list string, i int, name string) string { return fmt.Sprintf("%s[%d].%s", list, i, name) }
