package web

import (
	"net/http"
	"time"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// timeBackView is where an expert takes back that they asked for more time, or gives back time that they took. It says nothing as it
// stands: machines that look into mails send forms.
type timeBackView struct {
	Action string
	Now    string // how it stands
	Link   string // leads to the form
	Label  string // of the button
	Text   string // what follows from it
	Box    string // what is ticked
	Open   bool
}

// timeBack offers to take time back; nil where there is none, or the officer has answered.
//
//i18n:keys time.back.asked.* time.back.taken.*
func (s *Server) timeBack(r *http.Request, a *asked, form *Form) (*timeBackView, error) {
	round, err := s.roundOf(r.Context(), a)
	if err != nil {
		return nil, err
	}
	if a.task.TakesTimeBack(round, s.Now()) != nil {
		return nil, nil
	}
	l := Localizer(r)
	kind, due, until := "asked", a.task.DueAt, l.Date(a.task.DueAt, a.zone)
	if a.task.AskedUntil != nil {
		until = l.Date(*a.task.AskedUntil, time.UTC)
	} else {
		kind, due = "taken", *a.task.GivesTimeBack(round, s.Now())
	}
	say := func(what string) string {
		return l.T("time.back."+kind+"."+what, "Date", l.Date(due, a.zone), "Until", until)
	}
	return &timeBackView{Action: a.path() + "/time/take-back", Link: a.path() + "?time-back=1#time-back", Now: say("now"), Label: say("label"), Text: say("text"),
		Box: say("box"), Open: form.Values.Has("time_back") || form.Error("time_back") != "" || r.URL.Query().Has("time-back")}, nil
}

// takeTimeBack has an expert take back the time they asked for or took. Where the officer has answered meanwhile the page says so.
func (s *Server) takeTimeBack(w http.ResponseWriter, r *http.Request) error {
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
	done, err := false, ticked(r, "time_back")
	if err == nil {
		done, err = s.decide(w, r, decision{a.task.ProcessID, models.DecideTakeTimeBack, &a.task.ID, models.NoPayload{}}, a.path())
	}
	switch l := Localizer(r); {
	case err != nil && f.showAgain(err, l):
		if back, err := s.timeBack(r, a, f.Form); err != nil {
			return err
		} else if back != nil {
			f.Form.sayTick(l, "time_back", back.Box)
		}
		if apperr.CodeOf(err) == apperr.CodeWrongStage {
			f.Refused = l.T("time.back.none")
		}
		return s.renderReview(w, r, a, f)
	case err != nil || !done:
		return err
	}
	t, err := models.TaskByID(r.Context(), s.DB, a.task.ID)
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("time.back.done", "Date", Localizer(r).Date(t.DueAt, a.zone)))
	http.Redirect(w, r, a.path(), http.StatusSeeOther)
	return nil
}
