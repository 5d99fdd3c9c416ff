package web

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/models"
)

// signOffResolutionView is the page on which the officer says what follows when the rule is not met.
type signOffResolutionView struct {
	actView
	SignOff *signOffStanding
	Choices []Option
}

func (s *Server) resolveSignOff(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.ResolveSignoff, true, models.TaskResolveSignOff)
	if err != nil {
		return err
	}
	if kept, err := s.keepsWords(w, r, a, "resolve-sign-off"); kept || err != nil {
		return err
	}
	return s.showSignOffResolution(w, r, a)
}

func (s *Server) takeSignOffResolution(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.ResolveSignoff, true, models.TaskResolveSignOff)
	if err != nil {
		return err
	}
	if kept, err := s.keepsWords(w, r, a, "resolve-sign-off"); kept || err != nil {
		return err
	}
	payload := models.ResolveSignOffPayload{Decision: r.PostFormValue("decision"), Reason: words(r, "reason"), Written: writtenIn(r)}
	done, err := s.take(w, r, a, models.DecideResolveSignOff, payload, Localizer(r).T("officer.resolve.done"))
	if done {
		return nil
	}
	if err := a.again(r, err); err != nil {
		return err
	}
	return s.showSignOffResolution(w, r, a)
}

func (s *Server) showSignOffResolution(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	l := Localizer(r)
	v := signOffResolutionView{actView: s.newActView(r, a, l.T("officer.resolve.title"))}
	zone, err := s.zoneOf(r.Context(), a.visitor.Person)
	if err != nil {
		return err
	}
	if v.SignOff, err = s.signOffStanding(r.Context(), l, a.rec, a.visitor.viewer(), zone); err != nil {
		return err
	}
	for _, d := range []string{models.ResolvePublish, models.ResolveRevise, models.ResolveWithdraw} {
		v.Choices = append(v.Choices, Option{Value: d, Label: l.T("officer.resolve." + d), Help: l.T("officer.resolve." + d + "_help")})
	}
	s.Engine.Render(w, r, a.form.status, "signoff_resolve", v)
	return nil
}
