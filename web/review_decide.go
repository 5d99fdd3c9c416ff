package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/validation"
	"tribuna/models"
)

// reviewDecisionView is the page on which the officer weighs a round.
type reviewDecisionView struct {
	actView
	Round        *roundView
	Choices      []Option
	Consultation *consultationView // nil: no partner was consulted
	Compared     string            // where the answers are compared; "" where there are none
	PutIn        *toPutIn          // accepted suggestions that the text does not hold; nil: none
	Open         int               // comments of the round that have no answer yet
	OpenPath     string            // where they are
	PutInPath    string            // where they are listed, and put in once the text is drafted again
}

// consultationView says who of the partners has commented, and until when the others can.
type consultationView struct {
	Asked, Answered              int
	Commented, Awaited, NotHeard []string
	Due, Until                   time.Time // the deadline, and until when a late comment is taken
	Zone                         *time.Location
}

func (s *Server) consultationView(ctx context.Context, l *i18n.Localizer, round *models.ReviewRound, zone *time.Location) (*consultationView, error) {
	c, err := models.ConsultationOf(ctx, s.DB, round)
	if err != nil || c.Asked() == 0 {
		return nil, err
	}
	names := func(units []models.AskedUnit) []string {
		var list []string
		for _, u := range units {
			list = append(list, l.ForUnit(u.Name, u.Concerned...))
		}
		return list
	}
	return &consultationView{Asked: c.Asked(), Answered: len(c.Commented), Commented: names(c.Commented), Awaited: names(c.Awaited),
		NotHeard: names(c.Silent), Due: c.Due, Until: c.Until, Zone: zone}, nil
}

// TakesLate reports whether comments are taken after the deadline.
func (v *consultationView) TakesLate() bool { return v.Until.After(v.Due) }

// partnersAwaited asks once before a decision ends a consultation that is still open.
func (s *Server) partnersAwaited(r *http.Request, a *officerAct) error {
	if r.PostFormValue("without_partners") != "" || a.task.State != models.TaskOpen {
		return nil
	}
	round, err := models.RoundByNumber(r.Context(), s.DB, a.rec.ID, a.task.Round)
	if err != nil {
		return err
	}
	c, err := models.ConsultationOf(r.Context(), s.DB, round)
	if err == nil && len(c.Awaited) > 0 {
		err = apperr.Invalid("without_partners", "partners_awaited")
	}
	return err
}

func (s *Server) decideReview(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.DecideReview, true, models.TaskDecideReview)
	if err != nil {
		return err
	}
	if kept, err := s.keepsWords(w, r, a, "decide-review"); kept || err != nil {
		return err
	}
	return s.showReviewDecision(w, r, a)
}

func (s *Server) takeReviewDecision(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.DecideReview, true, models.TaskDecideReview)
	if err != nil {
		return err
	}
	if kept, err := s.keepsWords(w, r, a, "decide-review"); kept || err != nil {
		return err
	}
	payload := models.DecideReviewPayload{Decision: r.PostFormValue("decision"), Reason: words(r, "reason"), Written: writtenIn(r)}
	done := false
	if err = validation.Check(payload); err == nil {
		err = s.partnersAwaited(r, a)
	}
	if err == nil {
		done, err = s.take(w, r, a, models.DecideReview, payload, Localizer(r).T("officer.decide_review.done"))
	}
	if done {
		return nil
	}
	if err := a.again(r, err); err != nil {
		return err
	}
	return s.showReviewDecision(w, r, a)
}

func (s *Server) showReviewDecision(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	l := Localizer(r)
	round, err := models.RoundByNumber(r.Context(), s.DB, a.rec.ID, a.task.Round)
	if err != nil {
		return err
	}
	v := reviewDecisionView{actView: s.newActView(r, a, l.T("officer.decide_review.title"))}
	zone, err := s.zoneOf(r.Context(), a.visitor.Person)
	if err != nil {
		return err
	}
	if v.Round, err = s.roundView(r.Context(), l, a.visitor.viewer(), a.rec, round, true, zone); err != nil {
		return err
	}
	v.Round.withConfidence()
	if v.Consultation, err = s.consultationView(r.Context(), l, round, zone); err != nil {
		return err
	}
	if v.Compared, err = s.agreementLink(r.Context(), a.visitor, a.rec, round.Number); err != nil {
		return err
	}
	if v.PutIn, err = s.suggestionsToPutIn(r.Context(), a.visitor, a.rec); err != nil {
		return err
	}
	if v.Open, err = models.CountOpen(r.Context(), s.DB, a.rec.ID, round.Number); err != nil {
		return err
	}
	v.OpenPath = fmt.Sprintf("%s?round=%d&open=yes", responsesPath(a.rec.ID), round.Number)
	v.PutInPath = putInPath(a.rec.ID)
	for _, d := range []string{models.ReviewAccept, models.ReviewRevise, models.ReviewWithdraw} {
		v.Choices = append(v.Choices, Option{Value: d, Label: l.T("officer.decide_review." + d), Help: l.T("officer.decide_review." + d + "_help")})
	}
	s.Engine.Render(w, r, a.form.status, "review_decide", v)
	return nil
}
