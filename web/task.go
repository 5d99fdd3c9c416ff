package web

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/validation"
	"tribuna/models"
)

func (s *Server) taskRoutes(r *mux.Router) {
	s.get(r, "/tasks/{id}", s.showTask)
	s.get(r, "/tasks/{id}/thanks", s.showThanks)
	s.get(r, "/tasks/{id}/summary", s.showWhatIsSent)
	s.post(r, "/tasks/{id}/accept", s.acceptTask)
	s.post(r, "/tasks/{id}/decline", s.declineTask)
	s.post(r, "/tasks/{id}/time", s.askTime)
	s.post(r, "/tasks/{id}/time/take-back", s.takeTimeBack)
	s.post(r, "/tasks/{id}/conflict", s.declareConflict)
	s.get(r, "/tasks/{id}/deadline.ics", s.deadlineCalendar)
	s.marginRoutes(r)
	s.certificateRoutes(r)
	s.earlierRoutes(r)
	s.post(r, "/tasks/{id}/review", s.answerReview)
	s.post(r, "/tasks/{id}/consultation", s.answerConsultation)
	s.post(r, "/tasks/{id}/take-back", s.takeBack)
	s.post(r, "/tasks/{id}/sign-off", s.answerSignOff)
	s.post(r, "/tasks/{id}/progress", s.answerProgress)
}

// officersPages are the pages below a recommendation where its officer does what a task asks.
var officersPages = map[models.TaskKind]string{
	models.TaskChooseReviewer:   "reviewers",
	models.TaskDecideReview:     "decide-review",
	models.TaskAssignTranslator: "translators",
	models.TaskResolveSignOff:   "resolve-sign-off",
	models.TaskPublish:          "publish",
	models.TaskDeliver:          "deliveries",
	models.TaskEscalation:       "overdue",
}

func recommendationPath(id uuid.UUID) string { return "/recommendations/" + id.String() }

// showTask is the one address for whoever is asked, whatever they are asked: it shows the page of the question, or leads
// to it.
func (s *Server) showTask(w http.ResponseWriter, r *http.Request) error {
	a, err := s.loadAsked(r)
	if err != nil {
		return err
	}
	action, ours := a.task.Kind.AnswerAction()
	if !ours {
		return officersPage(w, r, a.task)
	}
	answers, err := s.may(r.Context(), a.visitor, action, a.rec, a.task)
	if err != nil {
		return err
	}
	if !answers {
		return s.leadAway(w, r, a)
	}
	reason, err := s.overBecause(r.Context(), a)
	if err != nil {
		return err
	}
	if reason != "" {
		return s.showOver(w, r, a, reason)
	}
	return s.showQuestion(w, r, a)
}

func officersPage(w http.ResponseWriter, r *http.Request, t *models.Task) error {
	to := recommendationPath(t.RecommendationID)
	if t.Kind == models.TaskDecideMailing {
		to = mailingPath(t.ProcessID)
	}
	if page := officersPages[t.Kind]; page != "" {
		to += "/" + page + "?task=" + t.ID.String()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// leadAway shows the recommendation to those who may see a question but not answer it.
func (s *Server) leadAway(w http.ResponseWriter, r *http.Request, a *asked) error {
	if a.visitor.LinkTask != uuid.Nil {
		return apperr.About(apperr.CodeForbidden, "task")
	}
	http.Redirect(w, r, recommendationPath(a.rec.ID), http.StatusSeeOther)
	return nil
}

func (s *Server) showQuestion(w http.ResponseWriter, r *http.Request, a *asked) error {
	switch a.task.Kind {
	case models.TaskReview, models.TaskConsult:
		return s.showReview(w, r, a)
	case models.TaskTranslate:
		return s.showTranslation(w, r, a)
	case models.TaskApproveTranslation:
		return s.showApproval(w, r, a)
	case models.TaskSignOff:
		return s.showSignOff(w, r, a)
	default:
		return s.showProgress(w, r, a)
	}
}

// acceptTask records that an expert will review: they are no longer silent.
func (s *Server) acceptTask(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.Review, models.TaskReview)
	if slowedDown(a, err) {
		return showSlowed(w, r, err, func(f formState) error { return s.acceptAgain(w, r, a, f) })
	}
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	d := decision{a.task.ProcessID, models.DecideAcceptTask, &a.task.ID, models.NoPayload{}}
	done, err := false, ticked(r, "will")
	if err == nil {
		done, err = s.decide(w, r, d, a.path())
	}
	switch {
	case err != nil && f.showAgain(err, Localizer(r)):
		f.Form.sayTick(Localizer(r), "will", newAcceptForm(Localizer(r), a, f).Box)
		return s.acceptAgain(w, r, a, f)
	case err != nil || !done:
		return err
	}
	s.flash(r, "done", Localizer(r).T("review.accepted"))
	http.Redirect(w, r, a.path(), http.StatusSeeOther)
	return nil
}

// ticked refuses a form in which nobody chose: machines that look into mails send forms as they stand.
func ticked(r *http.Request, name string) error {
	if r.PostFormValue(name) == "" {
		return apperr.Invalid(name, "required")
	}
	return nil
}

// sayTick says about a box that was not ticked which one it is.
func (f *Form) sayTick(l *i18n.Localizer, name, box string) {
	f.onlyChoose(name, "", l.T("asked.tick", "Box", box))
}

func (s *Server) acceptAgain(w http.ResponseWriter, r *http.Request, a *asked, f formState) error {
	if a.task.State != models.TaskDeclined && !a.task.Silent() {
		return s.renderReview(w, r, a, f)
	}
	reason, err := s.overBecause(r.Context(), a)
	if err != nil {
		return err
	}
	return s.renderOver(w, r, a, reason, f)
}

// declineTask ends the question for somebody who will not answer it.
func (s *Server) declineTask(w http.ResponseWriter, r *http.Request) error {
	a, slowed := s.loadAsked(r)
	if a == nil {
		return slowed
	}
	if !a.task.Kind.Declinable() {
		return apperr.NotFound("task")
	}
	action, _ := a.task.Kind.AnswerAction()
	if err := s.can(r.Context(), a.visitor, action, a.rec, a.task); err != nil {
		return err
	}
	if slowed != nil {
		return showSlowed(w, r, slowed, func(f formState) error { return s.declineAgain(w, r, a, f) })
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	if kept, err := s.keepWords(w, r, a.declineKept()); kept {
		return err
	}
	p := models.DeclinePayload{Reason: words(r, "reason"), Suggestion: words(r, "suggestion")}
	if a.task.Kind == models.TaskReview {
		p.Suggestions = readSuggestions(r)
	}
	done, err := false, ticked(r, "will_not")
	if err == nil {
		done, err = s.checkAndDecide(w, r, decision{a.task.ProcessID, models.DecideDeclineTask, &a.task.ID, p}, a.path())
	}
	switch {
	case err != nil && f.showAgain(err, Localizer(r)):
		f.Form.sayTick(Localizer(r), "will_not", Localizer(r).T("asked.decline.sure"))
		return s.declineAgain(w, r, a, f)
	case err != nil || !done:
		return err
	}
	if err := models.ForgetKept(r.Context(), s.DB, a.visitor.Person.ID, a.declineKept().name); err != nil {
		return err
	}
	http.Redirect(w, r, a.path(), http.StatusSeeOther)
	return nil
}

func (s *Server) declineAgain(w http.ResponseWriter, r *http.Request, a *asked, f formState) error {
	switch a.task.Kind {
	case models.TaskReview:
		return s.renderReview(w, r, a, f)
	case models.TaskTranslate:
		return s.renderTranslation(w, r, a, f, nil)
	default:
		return s.renderApproval(w, r, a, f)
	}
}

// checkAndDecide checks a form's words by the rules both doors share and passes them on; see decide.
func (s *Server) checkAndDecide(w http.ResponseWriter, r *http.Request, d decision, back string) (bool, error) {
	if err := validation.Check(d.payload); err != nil {
		return false, err
	}
	return s.decide(w, r, d, back)
}

// roundOf returns the review round of a question.
func (s *Server) roundOf(ctx context.Context, a *asked) (*models.ReviewRound, error) {
	if a.round == nil {
		round, err := models.RoundByNumber(ctx, s.DB, a.rec.ID, a.task.Round)
		if err != nil {
			return nil, err
		}
		a.round = round
	}
	return a.round, nil
}
