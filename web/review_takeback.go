package web

import (
	"context"
	"net/http"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// takeBackForm is where who answered a question of a round takes that back. It says nothing as it stands: machines that look into mails
// send forms.
type takeBackForm struct {
	formState
	Action string
	Seen   string    // the answer that stands, by its decision
	Label  string    // of the button
	Box    string    // what is ticked
	Until  time.Time // until when another answer is taken
	Zone   *time.Location
	Late   bool // it would be a late one
	Lasts  bool // it is taken while the sign-off lasts, whenever that is
	Apart  bool // and late ones are not counted
	Theirs bool // a colleague sent it, who has its words
	Open   bool
}

// takeBackPath leads to where an answer is taken back: the form is open there, without a script too.
func (a *asked) takeBackPath() string { return a.path() + "/thanks?take-back=1#take-back" }

// takeBackBox is what is ticked to take an answer back.
//
//i18n:keys takeback.label.* takeback.box.*
func takeBackBox(l *i18n.Localizer, a *asked) string {
	return l.T("takeback.box." + string(a.task.Kind))
}

// takeBackForm offers to take back the answer that stands; nil where that is not possible, or not any more.
func (s *Server) takeBackForm(ctx context.Context, l *i18n.Localizer, a *asked, f formState) (*takeBackForm, error) {
	if a.task.Kind == models.TaskSignOff {
		return s.takeSignOffBackForm(ctx, l, a, f)
	}
	if !models.DecideTakeBack.Answers(a.task.Kind) || a.rec.Stage != models.StageReview {
		return nil, nil
	}
	stands, err := models.ReviewByTask(ctx, s.DB, a.task.ID)
	if err != nil {
		return nil, err
	}
	round, err := s.roundOf(ctx, a)
	if err != nil {
		return nil, err
	}
	procedure, err := models.ProcedureByID(ctx, s.DB, a.rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	v := &takeBackForm{formState: f, Action: a.path() + "/take-back", Seen: stands.DecisionID, Zone: a.zone, Label: l.T("takeback.label." + string(a.task.Kind)), Box: takeBackBox(l, a),
		Apart: procedure.Document.Review.LateApart && a.task.Kind == models.TaskReview, Theirs: stands.PersonID != a.visitor.Person.ID, Open: f.Form.Values.Has("seen_answer")}
	zone := a.zone
	if zone == nil {
		zone = time.UTC
	}
	v.Until, v.Late = a.task.AnswerableTakenBack(procedure.Document.WaitFor(a.task.Kind), round, zone, s.Now())
	return v, nil
}

// takeSignOffBackForm is takeBackForm for the organisation that answered a sign-off; nil for others who share its vote.
func (s *Server) takeSignOffBackForm(ctx context.Context, l *i18n.Localizer, a *asked, f formState) (*takeBackForm, error) {
	stands, err := s.signOffOf(ctx, a)
	if apperr.CodeOf(err) == apperr.CodeNotFound || err == nil && !stands.TakenBackBy(a.visitor.viewer().Actor()) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &takeBackForm{formState: f, Action: a.path() + "/take-back", Seen: stands.DecisionID, Zone: a.zone, Label: l.T("takeback.label." + string(a.task.Kind)),
		Box: takeBackBox(l, a), Lasts: true, Theirs: stands.PersonID != a.visitor.Person.ID, Open: f.Form.Values.Has("seen_answer")}, nil
}

// takeBack has who answered a question of a round take that back; the form they are led to holds what they had written.
func (s *Server) takeBack(w http.ResponseWriter, r *http.Request) error {
	a, err := s.loadAsked(r)
	if err != nil {
		return err
	}
	if !models.DecideTakeBack.Answers(a.task.Kind) {
		return apperr.NotFound("task")
	}
	action, _ := a.task.Kind.AnswerAction()
	if err := s.can(r.Context(), a.visitor, action, a.rec, a.task); err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	reason, err := s.overBecause(r.Context(), a)
	switch {
	case err != nil:
		return err
	case reason != "":
		return s.showStands(w, r, a, reason)
	case a.task.State != models.TaskDone: // it is taken back already
		http.Redirect(w, r, a.path(), http.StatusSeeOther)
		return nil
	}
	seen := r.PostFormValue("seen_answer")
	p := models.TakeBackPayload{InsteadOf: models.InsteadOf{SeenAnswer: &seen}}
	done, err := false, ticked(r, "take_back")
	if err == nil {
		done, err = s.checkAndDecide(w, r, decision{a.task.ProcessID, models.DecideTakeBack, &a.task.ID, p}, a.path())
	}
	if apperr.CodeOf(err) == apperr.CodeClosed { // it closed meanwhile
		return s.showStands(w, r, a, overReason(*a.task, a.rec, err))
	}
	switch l := Localizer(r); {
	case err != nil && f.showAgain(err, l):
		f.Form.sayTick(l, "take_back", takeBackBox(l, a))
		if apperr.CodeOf(err) == apperr.CodeOutdated {
			f.Refused = l.T("takeback.other")
		}
		return s.renderThanks(w, r, a, f)
	case err != nil || !done:
		return err
	}
	http.Redirect(w, r, a.path(), http.StatusSeeOther)
	return nil
}

// showStands says that an answer cannot be taken back any more, or not now.
//
//i18n:keys takeback.closed.*
func (s *Server) showStands(w http.ResponseWriter, r *http.Request, a *asked, reason string) error {
	f := newFormState(nil)
	f.status = http.StatusConflict
	if reason == "closed" || reason == "weighed" {
		f.Refused = Localizer(r).T("takeback.closed." + string(a.task.Kind))
	}
	return s.renderOver(w, r, a, reason, f)
}

// takenBack is the answer that the visitor took back under a question that waits again; nil where there is none.
func (s *Server) takenBack(ctx context.Context, a *asked) (*models.Review, error) {
	return models.TakenBack(ctx, s.DB, a.task, a.visitor.Person)
}
