package web

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// pauseMailing stops sending after what is on its way.
func (s *Server) pauseMailing(w http.ResponseWriter, r *http.Request) error {
	return s.steerMailing(w, r, access.PauseMailing, models.DecidePauseMailing, s.pausedWords)
}

// resumeMailing goes on where it was paused.
func (s *Server) resumeMailing(w http.ResponseWriter, r *http.Request) error {
	return s.steerMailing(w, r, access.PauseMailing, models.DecideResumeMailing, s.resumedWords)
}

// cancelMailing stops a mailing for good.
func (s *Server) cancelMailing(w http.ResponseWriter, r *http.Request) error {
	return s.steerMailing(w, r, access.CancelMailing, models.DecideCancelMailing, saying("mailing.cancelled_now"))
}

// steered says what became of a mailing by what was just decided, as it stands now.
type steered func(*http.Request, mailingCase) (string, error)

// saying says one thing, however the mailing stands.
func saying(key string) steered {
	return func(r *http.Request, _ mailingCase) (string, error) { return Localizer(r).T(key), nil }
}

// pausedWords says of a mailing that had not begun that its time is no time any more, and of any other that what has left has left.
func (s *Server) pausedWords(r *http.Request, c mailingCase) (string, error) {
	if ahead, err := s.notOut(r.Context(), c.m); ahead || err != nil {
		return Localizer(r).T("mailing.paused_ahead"), err
	}
	return Localizer(r).T("mailing.paused"), nil
}

// resumedWords says whether a mailing goes on being sent, or waits again, and until when.
func (s *Server) resumedWords(r *http.Request, c mailingCase) (string, error) {
	l := Localizer(r)
	switch {
	case !waitsForTime(c.m):
		return l.T("mailing.resumed"), nil
	case c.m.State == models.MailingAsking || !c.m.NextAt.After(s.Now()):
		return l.T("mailing.resumed_passed"), nil
	}
	zone, err := s.zoneOf(r.Context(), c.visitor.Person)
	if err != nil {
		return "", err
	}
	return l.T("mailing.resumed_waits", "When", l.Moment(*c.m.NextAt, zone)), nil
}

func (s *Server) steerMailing(w http.ResponseWriter, r *http.Request, action access.Action, kind models.DecisionKind, said steered) error {
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
	if c, err = s.loadMailing(r, action); err != nil {
		return err
	}
	words, err := said(r, c)
	if err != nil {
		return err
	}
	s.flash(r, "done", words)
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
	Left         int // mails that have left, or are leaving: they are not called back
	Action, Back string
}

func (s *Server) confirmCancel(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.CancelMailing)
	if err != nil {
		return err
	}
	v := cancelView{Page: s.workPage(r, Localizer(r).T("mailing.cancel_title")), formState: newFormState(nil), Document: c.title.Title,
		DocumentLang: c.title.Language, Action: c.path() + "/cancel", Back: c.path()}
	if v.Counts, err = models.MailingCounts(r.Context(), s.DB, c.m.ID); err != nil {
		return err
	}
	v.Left = v.Counts.Total() - v.Counts.Pending() - v.Counts.Cancelled
	s.Engine.Render(w, r, http.StatusOK, "mailing_cancel", v)
	return nil
}
