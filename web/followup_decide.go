package web

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// reportProgress takes a report that was not asked for by a personal question, or by one to the same organisation.
func (s *Server) reportProgress(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadFollowUp(r)
	if err != nil {
		return err
	}
	if err := c.entitled(c.reports); err != nil {
		return err // nobody else's file is read
	}
	f, p, kept, err := s.readReport(w, r, c.keptForm())
	if kept {
		return err
	}
	done := false
	if err == nil {
		done, err = s.decide(w, r, decision{c.f.ID, models.DecideReportProgress, nil, p}, followUpPath(c.f.ID))
	}
	if err != nil && showReportAgain(r, &f, err) {
		return s.renderFollowUp(w, r, c, f, keeping{Keeps: true})
	}
	if err != nil || !done {
		return err
	}
	if err := models.ForgetKept(r.Context(), s.DB, c.visitor.Person.ID, c.keptForm().name); err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("followup.recorded"))
	http.Redirect(w, r, followUpPath(c.f.ID), http.StatusSeeOther)
	return nil
}

// entitled tells those who may not from those who come after the end.
func (c followUpCase) entitled(may bool) error {
	switch {
	case may:
		return nil
	case c.visitor == nil:
		return apperr.New(apperr.CodeUnauthenticated)
	case c.f.EndedAt != nil:
		return apperr.About(apperr.CodeClosed, "followup")
	default:
		return apperr.About(apperr.CodeForbidden, "followup")
	}
}

// endFollowUpView asks once more before a follow-up is ended.
type endFollowUpView struct {
	Page
	formState
	Facts  followUpFacts
	Action string
	Back   string
}

func (s *Server) confirmEndFollowUp(w http.ResponseWriter, r *http.Request) error {
	c, err := s.endable(r)
	if err != nil {
		return err
	}
	return s.renderEndFollowUp(w, r, c, newFormState(nil))
}

func (s *Server) endable(r *http.Request) (followUpCase, error) {
	c, err := s.loadFollowUp(r)
	if err != nil {
		return c, err
	}
	if err := c.f.Followed(); err != nil {
		return c, err
	}
	if c.f.EndedAt == nil {
		return c, s.can(r.Context(), c.visitor, access.EndFollowup, c.rec, nil)
	}
	return c, c.entitled(false)
}

func (s *Server) renderEndFollowUp(w http.ResponseWriter, r *http.Request, c followUpCase, f formState) error {
	l := Localizer(r)
	v := endFollowUpView{Page: NewPage(r, l.T("followup.end_title")), formState: f, Back: followUpPath(c.f.ID),
		Action: followUpPath(c.f.ID) + "/end"}
	v.Active, v.NoIndex = "followups", true
	var err error
	if v.Facts, err = s.followUpFacts(r, l, c.f, nil); err != nil {
		return err
	}
	s.Engine.Render(w, r, f.status, "followup_end", v)
	return nil
}

// endFollowUp ends a follow-up, with a reason.
func (s *Server) endFollowUp(w http.ResponseWriter, r *http.Request) error {
	c, err := s.endable(r)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	d := decision{c.f.ID, models.DecideEndFollowUp, nil, reasonOf(r)}
	done, err := s.checkAndDecide(w, r, d, followUpPath(c.f.ID))
	if err != nil && f.showAgain(err, Localizer(r)) {
		return s.renderEndFollowUp(w, r, c, f)
	}
	if err != nil || !done {
		return err
	}
	s.flash(r, "done", Localizer(r).T("followup.ended_now"))
	http.Redirect(w, r, followUpPath(c.f.ID), http.StatusSeeOther)
	return nil
}
