package web

import (
	"net/http"
	"strings"
	"time"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/deadline"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// moreTimeView is where an expert asks for more time, in one step.
type moreTimeView struct {
	Asks               bool // more can be asked for: not while the round is closing
	Action             string
	UpTo               string // the last day that is theirs for the taking, in words; "" where the officer is asked of every day
	Refused, RefusedIn string // why the time asked for was not given, and in which language
	Open               bool
	Days               dayRange
	Needed             string        // by which day the text is needed; "" for none, or where it is over
	Stands             string        // what the words come after: see timeStands
	Back               *timeBackView // nil: there is none to take back
}

func (s *Server) moreTime(r *http.Request, a *asked, form *Form) (*moreTimeView, error) {
	if a.task.Kind != models.TaskReview || a.task.State != models.TaskOpen {
		return nil, nil
	}
	round, err := s.roundOfReview(r.Context(), a)
	if err != nil {
		return nil, err
	}
	procedure, err := models.ProcedureByID(r.Context(), s.DB, a.rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	l := Localizer(r)
	back, err := s.timeBack(r, a, form)
	if err != nil {
		return nil, err
	}
	v := &moreTimeView{Action: a.path() + "/time", Open: form.Values.Has("due_on"), Back: back, Asks: round == nil || round.GivesTime()}
	if limit, may := a.task.Limit(procedure.Document.Review, a.rec.NeededBy, a.zone); may {
		v.UpTo = l.Date(limit, a.zone)
	}
	v.Days = daysFor([]models.Task{*a.task}, s.Now(), a.zone)
	if needed := a.rec.NeededBy; needed != nil && !needed.Before(models.DayOf(s.Now(), a.zone)) {
		v.Needed = l.T("time.needed", "Date", l.Date(*needed, time.UTC))
	}
	v.Stands = timeStands(a.task)
	v.Refused, v.RefusedIn = a.task.TimeRefused, a.task.TimeRefusedIn
	return v, nil
}

// dayRange is between which days a deadline is moved, as the field for the day writes them.
type dayRange struct{ First, Last string }

// daysFor are the days that give at least one of those asked more time, by the clock of whoever looks.
func daysFor(asked []models.Task, now time.Time, zone *time.Location) dayRange {
	r := dayRange{Last: models.LastDay(now, zone).Format(time.DateOnly)}
	for _, t := range asked {
		if first := t.FirstDay(now, zone).Format(time.DateOnly); r.First == "" || first < r.First {
			r.First = first
		}
	}
	return r
}

// timeStands is something else once time was asked for, given or taken back: what the device keeps of the form was sent then.
func timeStands(t *models.Task) string {
	stands := []string{t.DueAt.UTC().Format(time.RFC3339)}
	for _, at := range []*time.Time{t.AskedUntil, t.TimeTakenBackAt} {
		if at != nil {
			stands = append(stands, at.UTC().Format(time.RFC3339))
		}
	}
	return strings.Join(stands, " ")
}

// askTime takes an expert's wish for more time.
func (s *Server) askTime(w http.ResponseWriter, r *http.Request) error {
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
	s.flash(r, "done", timeSaid(Localizer(r), a.task, t, a.zone))
	http.Redirect(w, r, a.path(), http.StatusSeeOther)
	return nil
}

// timeSaid says what came of a wish for more time: it was given, or the officer is asked, which takes the place of what was asked before.
func timeSaid(l *i18n.Localizer, before, after *models.Task, zone *time.Location) string {
	due := l.Date(after.DueAt, zone)
	switch {
	case after.AskedUntil == nil:
		return l.T("time.given", "Date", due)
	case before.AskedUntil != nil && !before.AskedUntil.Equal(*after.AskedUntil):
		return l.T("time.sent_instead", "Date", due, "Before", l.Date(*before.AskedUntil, time.UTC), "Now", l.Date(*after.AskedUntil, time.UTC))
	}
	return l.T("time.sent", "Date", due)
}

// deadlineCalendar gives the deadline of a review as a file for a calendar. It says what the invitation says and leads to the
// question without what opens it; when the deadline moves it is the same event, newer.
func (s *Server) deadlineCalendar(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.Review, models.TaskReview)
	if err != nil {
		return err
	}
	e := deadline.Event{Task: a.task.ID, Moved: a.task.Extensions, Cancelled: a.task.State == models.TaskCancelled || a.task.State == models.TaskDeclined,
		Summary: Localizer(r).T("time.event", "Title", a.facts.Title), Address: s.BaseURL + a.path(), Due: a.facts.DueAt, Zone: a.zone}
	w.Header().Set("Content-Type", e.MediaType())
	w.Header().Set("Content-Disposition", `attachment; filename="`+deadline.FileName+`"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(e.File(s.Now()))
	return err
}
