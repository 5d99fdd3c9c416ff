package web

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/models"
)

// reviewDecisionView is the page on which the officer weighs a round.
type reviewDecisionView struct {
	actView
	Round   *roundView
	Choices []Option
}

func (s *Server) decideReview(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.DecideReview, true, models.TaskDecideReview)
	if err != nil {
		return err
	}
	return s.showReviewDecision(w, r, a)
}

func (s *Server) takeReviewDecision(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.DecideReview, true, models.TaskDecideReview)
	if err != nil {
		return err
	}
	payload := models.DecideReviewPayload{Decision: r.PostFormValue("decision"), Reason: words(r, "reason")}
	done, err := s.take(w, r, a, models.DecideReview, payload, Localizer(r).T("officer.decide_review.done"))
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
	if v.Round, err = s.roundView(r.Context(), l, a.rec, round, true, zone); err != nil {
		return err
	}
	for _, d := range []string{models.ReviewAccept, models.ReviewRevise, models.ReviewWithdraw} {
		v.Choices = append(v.Choices, Option{Value: d, Label: l.T("officer.decide_review." + d), Help: l.T("officer.decide_review." + d + "_help")})
	}
	s.Engine.Render(w, r, a.form.status, "review_decide", v)
	return nil
}
