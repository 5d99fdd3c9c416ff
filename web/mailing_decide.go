package web

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// pauseMailing stops sending after what is on its way.
func (s *Server) pauseMailing(w http.ResponseWriter, r *http.Request) error {
	return s.steerMailing(w, r, access.PauseMailing, models.DecidePauseMailing, "mailing.paused")
}

// resumeMailing goes on where it was paused.
func (s *Server) resumeMailing(w http.ResponseWriter, r *http.Request) error {
	return s.steerMailing(w, r, access.PauseMailing, models.DecideResumeMailing, "mailing.resumed")
}

// cancelMailing stops a mailing for good.
func (s *Server) cancelMailing(w http.ResponseWriter, r *http.Request) error {
	return s.steerMailing(w, r, access.CancelMailing, models.DecideCancelMailing, "mailing.cancelled_now")
}

func (s *Server) steerMailing(w http.ResponseWriter, r *http.Request, action access.Action, kind models.DecisionKind, said string) error {
	c, err := s.loadMailing(r, action)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	done, err := s.decide(w, r, decision{c.m.ID, kind, nil, models.NoPayload{}}, c.path())
	if err != nil && f.showAgain(err, l) {
		if code := apperr.CodeOf(err); code == apperr.CodeWrongStage || code == apperr.CodeClosed {
			if c, err = s.loadMailing(r, action); err != nil {
				return err
			}
			f.Refused = l.T("mailing.gone_on", "State", l.T("mailing.state."+string(c.m.State)))
		}
		s.flash(r, "harm", f.why())
		http.Redirect(w, r, c.path(), http.StatusSeeOther)
		return nil
	}
	if err != nil || !done {
		return err
	}
	s.flash(r, "done", l.T(said))
	http.Redirect(w, r, c.path(), http.StatusSeeOther)
	return nil
}

// cancelView asks once more before a mailing is stopped for good.
type cancelView struct {
	Page
	formState
	Document     string
	DocumentLang string
	Counts       models.MailCounts
	Action, Back string
}

func (s *Server) confirmCancel(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.CancelMailing)
	if err != nil {
		return err
	}
	v := cancelView{Page: s.workPage(r, Localizer(r).T("mailing.cancel_title")), formState: newFormState(nil), Document: c.rec.Title,
		DocumentLang: c.rec.Language, Action: c.path() + "/cancel", Back: c.path()}
	if v.Counts, err = models.MailingCounts(r.Context(), s.DB, c.m.ID); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "mailing_cancel", v)
	return nil
}
