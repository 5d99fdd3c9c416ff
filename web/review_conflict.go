package web

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/internal/validation"
	"tribuna/models"
)

// conflictView asks an expert for a conflict of interest, and says what became of what they declared.
type conflictView struct {
	Action   string
	Kinds    []Option
	Declared string // what they declared, in words; "" where they did not yet
	Words    string
	Lang     string // of Words; "" where nobody said
	State    string // what was decided, or that it is not yet; "" where there is nothing to decide
	Reason   string // of the decision
	ReasonIn string // its language; "" where nobody said
	Stands   string // when it was declared: what the device keeps of the form before that was sent; "" where it was not
	Open     bool
}

// conflictView asks, and says what was declared.
//
//i18n:keys conflict.kind.* conflict.told.*
func (s *Server) conflictView(ctx context.Context, l *i18n.Localizer, a *asked, f *Form) (*conflictView, error) {
	c, err := models.ConflictOf(ctx, s.DB, a.task.ID)
	if err != nil {
		return nil, err
	}
	v := &conflictView{Action: a.path() + "/conflict", Kinds: choices(l, "conflict.kind.", models.ConflictKinds()...),
		Open: f.Values.Has("conflict") || f.Error("conflict")+f.Error("conflict_words") != ""}
	if c == nil {
		return v, nil
	}
	v.Stands = c.DeclaredAt.UTC().Format(time.RFC3339Nano)
	v.Declared, v.Words, v.Lang = l.T("conflict.kind."+c.Kind), c.Words, c.WrittenIn
	if c.Declared() {
		v.State, v.Reason, v.ReasonIn = l.T("conflict.told."+c.Told(a.task.State)), c.Reason, c.ReasonWrittenIn
	}
	return v, nil
}

// replacedView is what an expert is told whose question ended with the decision about their conflict of interest; nil where it
// did not.
func (s *Server) replacedView(ctx context.Context, l *i18n.Localizer, a *asked) (*conflictView, error) {
	if a.task.Kind != models.TaskReview {
		return nil, nil
	}
	c, err := models.ConflictOf(ctx, s.DB, a.task.ID)
	if err != nil || !c.Replaced() {
		return nil, err
	}
	return &conflictView{State: l.T("conflict.told." + c.Told(a.task.State)), Reason: c.Reason, ReasonIn: c.ReasonWrittenIn}, nil
}

// declareConflict takes what an expert declares. They go on reading and writing: nothing waits for what is decided about it.
func (s *Server) declareConflict(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.Review, models.TaskReview)
	if slowedDown(a, err) {
		return s.reviewSlowed(w, r, a, err)
	}
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	p := conflictIn(r)
	done, err := s.checkAndDecide(w, r, decision{a.task.ProcessID, models.DecideDeclareConflict, &a.task.ID, p}, a.path())
	switch {
	case err != nil && f.showAgain(err, l):
		f.Form.renameErrors(map[string]string{"kind": "conflict", "words": "conflict_words"}, l)
		f.Form.onlyChooseIf(p.Kind == "", "conflict", "conflict_words", l.T("asked.choose"))
		return s.renderReview(w, r, a, f)
	case err != nil || !done:
		return err
	}
	said := "conflict.declared"
	if p.Kind == models.ConflictNone {
		said = "conflict.declared_none"
	}
	s.flash(r, "done", l.T(said))
	http.Redirect(w, r, a.path(), http.StatusSeeOther)
	return nil
}

// besideSending checks that somebody wants to send what they have looked at, and declares what they say beside it.
func (s *Server) besideSending(r *http.Request, a *asked) error {
	if unsure(r) {
		return ticked(r, "sure")
	}
	return s.declareBeside(r, a)
}

// declareBeside passes on what an expert says of a conflict of interest on the page that sends their review, where they say anything:
// before the review, under an id that follows from its own, so that sending twice declares once.
func (s *Server) declareBeside(r *http.Request, a *asked) error {
	p := conflictIn(r)
	if p.Kind == "" {
		return nil
	}
	if err := validation.Check(p); err != nil {
		return err
	}
	sub, err := models.NewSubmission(a.task.ProcessID, r.PostFormValue("decision_id")+"-conflict", models.DecideDeclareConflict, a.visitor.Person.ID, p)
	if err != nil {
		return err
	}
	sub.TaskID, sub.ByLink = &a.task.ID, a.visitor.LinkTask != uuid.Nil
	_, _, err = s.Processes.Decide(r.Context(), sub) // received is enough: it is decided before the review, which is told after it
	return err
}

// summaryAgain shows what would be sent once more, with what is wrong about the conflict declared.
func (s *Server) summaryAgain(w http.ResponseWriter, r *http.Request, a *asked, f formState, p models.ReviewPayload, wrong error) error {
	l := Localizer(r)
	if !f.showAgain(wrong, l) {
		return wrong
	}
	if f.Refused != "" { // the question is over: its form says why
		return s.renderReview(w, r, a, f)
	}
	f.Form.renameErrors(map[string]string{"kind": "conflict", "words": "conflict_words"}, l)
	f.Form.sayTick(l, "sure", sureBox(l, a))
	return s.showSummary(w, r, a, f, p)
}

// conflictIn reads what a form says of a conflict of interest.
func conflictIn(r *http.Request) models.DeclareConflictPayload {
	return models.DeclareConflictPayload{Kind: r.PostFormValue("conflict"), Words: words(r, "conflict_words"),
		Written: models.Written{WrittenIn: Localizer(r).Tag()}}
}

// onlyChooseIf is onlyChoose where the choice was not made.
func (f *Form) onlyChooseIf(open bool, name, follows, text string) {
	if open {
		f.onlyChoose(name, follows, text)
	}
}

// renameErrors has the blame on fields of a payload be on the fields of the form that hold them.
func (f *Form) renameErrors(names map[string]string, l *i18n.Localizer) {
	for i, e := range f.Errors {
		if name := names[e.Name]; name != "" {
			f.Errors[i].Name, f.Errors[i].Label = name, fieldLabel(name, l)
		}
	}
}

// roundConflict is what the officer's desk says of a conflict of interest.
type roundConflict struct {
	Kind, Words, Lang string
	State             string // what was decided, or that it is not yet
	Reason, ReasonIn  string
	Undecided         bool
	Rulings           []Option // nil: nothing can be decided any more
}

// ofConflict says on the desk what was declared, and leads to where it is decided: also of who has answered already.
//
//i18n:keys conflict.ruling.* conflict.rule.*.help conflict.rule.*
func (row *roundDeskRow) ofConflict(l *i18n.Localizer, c *models.Conflict, v *roundDeskView, act string) {
	if row.Expert && row.Decidable && c == nil { // which is not the same as none
		row.About = append(row.About, l.T("conflict.not_answered"))
	}
	if !c.Declared() {
		return
	}
	row.Conflict = &roundConflict{Kind: l.T("conflict.kind." + c.Kind), Words: c.Words, Lang: c.WrittenIn, State: l.T("conflict.ruling.undecided"),
		Reason: c.Reason, ReasonIn: c.ReasonWrittenIn, Undecided: c.Undecided()}
	if c.Ruling != nil {
		row.Conflict.State = l.T("conflict.ruling." + *c.Ruling)
	}
	if v.Open && row.Decidable && (c.Ruling == nil || *c.Ruling != models.RulingReplaced) {
		row.Conflict.Rulings = choices(l, "conflict.rule.", models.Rulings()...)
		row.Act = act
		if c.Undecided() {
			row.Decide = l.T("conflict.rule.button")
		}
	}
}
