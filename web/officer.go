package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/validation"
	"tribuna/models"
)

// officerRoutes register the pages on which those who own a recommendation decide.
func (s *Server) officerRoutes(r *mux.Router) {
	for path, p := range map[string]struct{ show, take page }{
		"start-review":     {s.startReview, s.takeStartReview},
		"reviewers":        {s.chooseReviewer, s.takeReviewer},
		"decide-review":    {s.decideReview, s.takeReviewDecision},
		"translators":      {s.assignTranslator, s.takeTranslator},
		"resolve-sign-off": {s.resolveSignOff, s.takeSignOffResolution},
		"publish":          {s.confirmPublish, s.takePublish},
		"deliveries":       {s.deliveries, s.takeDelivery},
		"hold":             {s.confirmHold, s.takeHold},
		"resume":           {s.confirmResume, s.takeResume},
		"withdraw":         {s.confirmWithdraw, s.takeWithdraw},
		"on-behalf":        {s.onBehalfPage, s.takeOnBehalf},
		"round":            {s.roundPage, s.takeRound},
		"overdue":          {s.overduePage, s.takeOverdue},
	} {
		s.get(r, "/recommendations/{id}/"+path, p.show)
		s.post(r, "/recommendations/{id}/"+path, p.take)
	}
}

// workPage begins a page of the working room.
func (s *Server) workPage(r *http.Request, title string) Page {
	p := NewPage(r, title)
	p.Active, p.NoIndex = "recommendations", true
	return p
}

// readableRecommendation returns the recommendation in the path for a signed-in visitor who may read it.
func (s *Server) readableRecommendation(r *http.Request) (*visitor, *models.Recommendation, error) {
	id, err := idVar(r, "id", "recommendation")
	if err != nil {
		return nil, nil, err
	}
	v, err := s.requirePerson(r)
	if err != nil {
		return nil, nil, err
	}
	rec, err := models.VisibleRecommendation(r.Context(), s.DB, v.viewer(), id)
	return v, rec, err
}

// ownRecommendation returns the recommendation in the path for a visitor who may do something with it.
func (s *Server) ownRecommendation(r *http.Request, action access.Action) (*visitor, *models.Recommendation, error) {
	v, rec, err := s.readableRecommendation(r)
	if err != nil {
		return nil, nil, err
	}
	return v, rec, s.can(r.Context(), v, action, rec, nil)
}

// officerAct is what a page of decisions works with: a recommendation of the visitor's, the task that the decision
// answers or nil, and the form.
type officerAct struct {
	visitor *visitor
	rec     *models.Recommendation
	task    *models.Task
	round   int // whose desk it is; 0 on every other page
	form    formState
	kept    *keptForm // nil for a form that keeps no words
	found   string    // what was read of a Word file just now
	keeping
}

// keepsWords has a page keep what is typed into it. On GET it takes up what was left there; a POST that was only to be kept,
// or to throw that away, is answered, which is reported.
func (s *Server) keepsWords(w http.ResponseWriter, r *http.Request, a *officerAct, what string) (bool, error) {
	k := keptForm{a.visitor, a.rec, models.KeptAct(what, a.rec.ID), r.URL.Path, false}
	if a.task != nil {
		k.name, k.page = models.KeptAct(what, a.task.ID), r.URL.Path+"?task="+a.task.ID.String()
	}
	return s.keepsAs(w, r, a, k, url.Values{})
}

// keepsAs is keepsWords under a name and at an address of its own, for a form that holds values before anything is typed.
func (s *Server) keepsAs(w http.ResponseWriter, r *http.Request, a *officerAct, k keptForm, values url.Values) (bool, error) {
	a.kept, a.keeping = &k, keeping{Keeps: true}
	if r.Method == http.MethodPost {
		return s.keepWords(w, r, k)
	}
	kept, state, err := s.keptIn(r, k, k.page, values)
	if kept != nil {
		a.form = newFormState(kept)
	}
	a.keeping = state
	return false, err
}

// beginAct reads what a decision is about. Tasks of the given kinds are looked for; where one has to be open and none
// is, there is nothing to decide and that is said. A posted form may be about a task closed meanwhile: the decision
// itself knows whether it is the same one sent twice.
func (s *Server) beginAct(r *http.Request, action access.Action, required bool, kinds ...models.TaskKind) (*officerAct, error) {
	if err := ParseForm(r); err != nil {
		return nil, err
	}
	v, rec, err := s.ownRecommendation(r, action)
	if err != nil {
		return nil, err
	}
	a := &officerAct{visitor: v, rec: rec, form: newFormState(nil)}
	if r.Method == http.MethodPost {
		if a.form, err = readFormState(r); err != nil {
			return nil, err
		}
	}
	if len(kinds) > 0 {
		a.task, err = s.taskFor(r.Context(), rec, r.FormValue("task"), r.Method == http.MethodPost, kinds)
	}
	if err == nil && a.task == nil && required {
		err = apperr.About(apperr.CodeClosed, "task")
	}
	return a, err
}

func (s *Server) taskFor(ctx context.Context, rec *models.Recommendation, wanted string, closedToo bool, kinds []models.TaskKind) (*models.Task, error) {
	all, err := models.Tasks(ctx, s.DB, models.TaskFilter{Recommendation: rec.ID, Kinds: kinds, OpenOnly: !closedToo})
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(t models.Task) bool {
		if wanted != "" {
			return t.ID.String() == wanted
		}
		return t.State == models.TaskOpen
	})
	if i < 0 {
		return nil, nil
	}
	return &all[i], nil
}

// taskID returns the id of the task, for the form.
func (a *officerAct) taskID() string {
	if a.task == nil {
		return ""
	}
	return a.task.ID.String()
}

// take checks the words and passes them on. When they were recorded it leads back to the recommendation and says so;
// when they are stored only, the page that says that has been written. False: the form is to be shown again, or the
// error is for an error page.
func (s *Server) take(w http.ResponseWriter, r *http.Request, a *officerAct, kind models.DecisionKind, payload any, said string) (bool, error) {
	if err := validation.Check(payload); err != nil {
		return false, err
	}
	d := decision{process: a.rec.ID, kind: kind, payload: payload}
	if a.task != nil {
		d.task = &a.task.ID
	}
	back := recommendationPath(a.rec.ID)
	done, err := s.decide(w, r, d, back)
	if err != nil {
		return false, err
	}
	if done && a.kept != nil {
		err = models.ForgetKept(r.Context(), s.DB, a.visitor.Person.ID, a.kept.name)
	}
	if err != nil {
		return false, err
	}
	if done {
		s.flash(r, "done", said)
		http.Redirect(w, r, back, http.StatusSeeOther)
	}
	return true, nil
}

// again prepares the form to be shown again; an error that no form can mend is returned.
func (a *officerAct) again(r *http.Request, err error) error {
	if err == nil || a.form.showAgain(err, Localizer(r)) {
		return nil
	}
	return err
}

// actView is what every page of a decision shows.
type actView struct {
	Page
	formState
	keeping
	Rec    *models.Recommendation
	Action string // address the form posts to
	Back   string
	Task   string // id of the task it answers; "" for none
}

func (s *Server) newActView(r *http.Request, a *officerAct, title string) actView {
	v := actView{Page: s.workPage(r, title), formState: a.form, keeping: a.keeping, Rec: a.rec, Action: r.URL.Path, Back: recommendationPath(a.rec.ID), Task: a.taskID()}
	if a.form.Refused != "" {
		v.Flash = &Flash{Tone: "harm", Text: a.form.Refused}
	}
	return v
}

// reasonOf returns the words of the field "reason".
func reasonOf(r *http.Request) models.ReasonPayload {
	return models.ReasonPayload{Reason: words(r, "reason"), Written: writtenIn(r)}
}
