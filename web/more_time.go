package web

import (
	"net/http"
	"time"

	ics "github.com/arran4/golang-ical"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// moreTimeView is where an expert asks for more time, in one step.
type moreTimeView struct {
	Action   string
	Calendar string // the deadline as a file for a calendar
	UpTo     string // the last day that is theirs for the taking, in words; "" where the officer is asked of every day
	Asked    string // they asked for a day and wait for the officer
	Open     bool
}

func (s *Server) moreTime(r *http.Request, a *asked, form *Form) (*moreTimeView, error) {
	if a.task.Kind != models.TaskReview || a.task.State != models.TaskOpen {
		return nil, nil
	}
	procedure, err := models.ProcedureByID(r.Context(), s.DB, a.rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	l := Localizer(r)
	v := &moreTimeView{Action: a.path() + "/time", Calendar: a.path() + "/deadline.ics", Open: form.Values.Has("due_on")}
	if limit, may := a.task.Limit(procedure.Document.Review, a.zone); may && limit.After(a.task.DueAt) {
		v.UpTo = l.Date(limit, a.zone)
	}
	if a.task.AskedUntil != nil {
		v.Asked = l.T("time.asked", "Date", l.Date(*a.task.AskedUntil, time.UTC))
	}
	return v, nil
}

// askTime takes an expert's wish for more time.
func (s *Server) askTime(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.Review, models.TaskReview)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	bad := apperr.New(apperr.CodeInvalid)
	p := models.AskTimePayload{DueOn: readDay(bad, "due_on", r.PostFormValue("due_on")), Reason: words(r, "time_reason"), Written: writtenIn(r)}
	done := false
	if err = bad.OrNil(); err == nil {
		done, err = s.checkAndDecide(w, r, decision{a.task.ProcessID, models.DecideAskTime, &a.task.ID, p}, a.path())
	}
	switch {
	case err != nil && f.showAgain(err, Localizer(r)):
		return s.renderReview(w, r, a, f)
	case err != nil || !done:
		return err
	}
	t, err := models.TaskByID(r.Context(), s.DB, a.task.ID)
	if err != nil {
		return err
	}
	said := "time.given"
	if t.AskedUntil != nil {
		said = "time.sent"
	}
	s.flash(r, "done", Localizer(r).T(said, "Date", Localizer(r).Date(t.DueAt, a.zone)))
	http.Redirect(w, r, a.path(), http.StatusSeeOther)
	return nil
}

// deadlineCalendar gives the deadline of a review as a file for a calendar. It says what the invitation says and leads to the
// question without what opens it; when the deadline moves it is the same event, newer.
func (s *Server) deadlineCalendar(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.Review, models.TaskReview)
	if err != nil {
		return err
	}
	cal := ics.NewCalendarFor("Tribuna")
	cal.SetMethod(ics.MethodPublish)
	e := cal.AddEvent(a.task.ID.String() + "@tribuna")
	e.SetDtStampTime(s.Now())
	e.SetSequence(a.task.Extensions)
	e.SetSummary(Localizer(r).T("time.event", "Title", a.facts.Title))
	e.SetURL(s.BaseURL + a.path())
	if due := a.task.DueAt.In(a.zone); i18n.DeadlineWhole(s.Now(), a.task.DueAt, a.zone) {
		e.SetAllDayStartAt(time.Date(due.Year(), due.Month(), due.Day(), 0, 0, 0, 0, time.UTC))
		e.SetAllDayEndAt(time.Date(due.Year(), due.Month(), due.Day()+1, 0, 0, 0, 0, time.UTC))
	} else {
		e.SetStartAt(due)
		e.SetEndAt(due)
	}
	if a.task.State == models.TaskCancelled || a.task.State == models.TaskDeclined {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="tribuna.ics"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write([]byte(cal.Serialize()))
	return err
}
