package web

import (
	"net/http"
	"time"

	"tribuna/models"
)

// lastDue is the last day on which answers leave the officer time to decide; false where the text is needed by no day.
func lastDue(a *officerAct, procedure *models.Procedure, zone *time.Location) (time.Time, bool) {
	if a.rec.NeededBy == nil {
		return time.Time{}, false
	}
	return procedure.Document.Review.LastDue(*a.rec.NeededBy, zone), true
}

// extended says what came of giving more time: also that it leaves too little to decide.
func (s *Server) extended(r *http.Request, a *officerAct, day time.Time) (string, error) {
	l := Localizer(r)
	procedure, err := models.ProcedureByID(r.Context(), s.DB, a.rec.ProcedureID)
	if err != nil {
		return "", err
	}
	zone, err := s.zoneOf(r.Context(), a.visitor.Person)
	if err != nil {
		return "", err
	}
	said := l.T("round.extend.done")
	if last, needed := lastDue(a, procedure, zone); needed && models.EndOfDay(day, zone).After(last) {
		said += " " + l.T("round.extend.beyond", "Date", l.Date(*a.rec.NeededBy, time.UTC))
	}
	return said, nil
}

// nudged says when the reminder goes out, as the page said before.
func (s *Server) nudged(r *http.Request, a *officerAct) (string, error) {
	procedure, err := models.ProcedureByID(r.Context(), s.DB, a.rec.ProcedureID)
	if err != nil {
		return "", err
	}
	if procedure.Document.Digest.Immediate {
		return Localizer(r).T("round.nudge.done_now"), nil
	}
	return Localizer(r).T("round.nudge.done"), nil
}
