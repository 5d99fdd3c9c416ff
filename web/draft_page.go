package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/internal/worddiff"
	"tribuna/models"
)

// draftView is the form of a draft.
type draftView struct {
	Page
	keeping
	Form         *Form
	New          bool
	Action, Back string
	Choices      draftChoices
	Measures     []measureRow
	Groups       []groupRow
	DecisionID   string      // under which a new one is created once
	Seen         string      // number of the version the writer saw
	Theirs       *theirText  // what somebody else saved meanwhile; nil: nothing
	Beside       string      // mark of what stood beside the text when the writer saw it
	TheirBeside  []besideRow // what somebody else changed there meanwhile
	Facts        *draftFacts
	Said         *standingComments // what was said of the text before, beside it as it was saved last; nil for a new one
	BringHref    string            // where a Word file can be brought; "": not here
	Brought      *broughtText      // what was understood of one
	Before       string            // what was typed and not saved when its text took the place
	Suggested    *suggestedWords   // of a comment that led here; nil: none
	PutIn        *toPutIn          // accepted suggestions that wait to be put into the text; nil: none
}

// NextMeasure is the number of the measure that "add a measure" makes room for.
func (v draftView) NextMeasure() int { return len(v.Measures) + 1 }

// draftFacts is what a recommendation keeps from its beginning.
type draftFacts struct {
	Kind, Language, Organisation string
	Procedure                    i18n.Words
}

// theirText compares what somebody else saved with what is in the form.
type theirText struct {
	Number   int
	By       string
	At       time.Time
	Zone     *time.Location
	Note     string
	Title    []worddiff.Segment
	Body     []worddiff.Segment
	Measures []worddiff.Segment
}

// showDraft renders the form; a nil recommendation is a new one. What went wrong is said on it as far as the form can
// mend it, else it is returned.
func (s *Server) showDraft(w http.ResponseWriter, r *http.Request, status int, rec *models.Recommendation,
	organisations []models.Organisation, words draftWords, wrong error) error {
	l, ctx := Localizer(r), r.Context()
	view := draftView{Form: NewForm(words.values()), New: rec == nil, Action: "/recommendations/new", Back: "/recommendations",
		keeping: words.keeping, Seen: words.fields.Get("seen"), Beside: words.fields.Get("beside"), DecisionID: words.fields.Get("decision_id")}
	if view.DecisionID == "" || wrong != nil {
		view.DecisionID = NewDecisionID()
	}
	view.Brought, view.BringHref, view.Before = words.brought, s.bringHref(rec), words.fields.Get("before")
	view.Keeps = view.Unsent == nil // a text brought as a file too
	title := l.T("draft.new.title")
	if rec != nil {
		title, view.Back = l.T("draft.edit.title"), recommendationPath(rec.ID)
		view.Action = view.Back + "/edit"
	}
	view.Page = s.workPage(r, title)
	var err error
	if view.Suggested, err = s.suggestedIn(r, rec); err != nil {
		return err
	}
	if view.Choices, err = s.draftChoices(ctx, l, organisations); err != nil {
		return err
	}
	if wrong != nil {
		if status, err = s.explainDraft(ctx, r, &view, rec, words, wrong); err != nil {
			return err
		}
	}
	if rec != nil {
		if view.Facts, err = s.draftFacts(ctx, r, rec); err != nil {
			return err
		}
		if view.Said, err = s.saidOfDraft(ctx, l, r, rec); err != nil {
			return err
		}
		if view.PutIn, err = s.suggestionsToPutIn(ctx, visitorFrom(ctx), rec); err != nil {
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

// explainDraft puts what went wrong on the form. When somebody else saved meanwhile their text, and what they changed
// beside it, is set against what is in the form, and saving again saves on top of theirs.
func (s *Server) explainDraft(ctx context.Context, r *http.Request, view *draftView, rec *models.Recommendation, words draftWords, wrong error) (int, error) {
	code := apperr.CodeOf(wrong)
	switch {
	case view.Form.Blame(wrong, Localizer(r)):
	case code == apperr.CodeOutdated && rec != nil:
		fresh, err := models.RecommendationByID(ctx, s.DB, rec.ID)
		if err != nil {
			return 0, err
		}
		theirs, procedure, err := s.currentText(ctx, fresh)
		if err != nil {
			return 0, err
		}
		if number := strconv.Itoa(theirs.Number); number != view.Seen {
			view.Theirs, view.Seen = compareWords(Localizer(r), theirs, words), number
			if err := s.whoSaved(ctx, visitorFrom(r.Context()), theirs, view.Theirs); err != nil {
				return 0, err
			}
		}
		tag, err := fresh.AttributesTag()
		if err != nil {
			return 0, err
		}
		if tag != view.Beside {
			view.TheirBeside, view.Beside = view.Choices.compare(Localizer(r), wordsOf(fresh, theirs, procedure.Slug), words), tag
		}
		view.Flash = &Flash{Tone: "wait", Text: Localizer(r).T("error.outdated")}
	case code == apperr.CodeWrongStage:
		view.Flash = &Flash{Tone: "harm", Text: Localizer(r).T("draft.too_late")}
	case code == apperr.CodeOtherWords:
		view.Flash = &Flash{Tone: "wait", Text: Localizer(r).T("draft.created_already")}
	default:
		return 0, wrong
	}
	return apperr.HTTPStatus(code), nil
}

// whoSaved names who saved a version, and when: whoever is to save on top of it may want to speak with them first.
func (s *Server) whoSaved(ctx context.Context, v *visitor, theirs *models.Version, t *theirText) error {
	author, err := models.PersonByID(ctx, s.DB, theirs.CreatedBy)
	if err != nil {
		return err
	}
	t.By, t.At = author.Name, theirs.CreatedAt
	t.Zone, err = s.zoneOf(ctx, v.Person)
	return err
}

func compareWords(l *i18n.Localizer, theirs *models.Version, words draftWords) *theirText {
	mine := models.Draft{Title: markdown.Clean(words.fields.Get("title")), Body: markdown.Clean(words.fields.Get("body"))}
	var written []string
	for _, m := range words.measures {
		written = append(written, markdown.Clean(m.text))
	}
	return &theirText{Number: theirs.Number, Note: l.Changed(theirs.Note, theirs.PutIn, theirs.BackTo),
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
	return &draftFacts{Kind: l.T("published.kind." + rec.Kind), Language: l.Language(rec.Language),
		Organisation: rec.Organisation.Name, Procedure: l.Name(procedure.Names)}, nil
}

// saidOfDraft is what was said of a draft in the rounds before, beside its text as it was saved last.
func (s *Server) saidOfDraft(ctx context.Context, l *i18n.Localizer, r *http.Request, rec *models.Recommendation) (*standingComments, error) {
	if rec.Round == 0 {
		return nil, nil
	}
	version, _, err := s.currentText(ctx, rec)
	if err != nil {
		return nil, err
	}
	return s.commentsBeside(ctx, l, visitorFrom(r.Context()), rec, version)
}
