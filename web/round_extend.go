package web

import (
	"context"
	"net/http"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// lastDue is the last day on which answers leave the officer time to decide; false where the text is needed by no day.
func lastDue(a *officerAct, procedure *models.Procedure, zone *time.Location) (time.Time, bool) {
	if a.rec.NeededBy == nil {
		return time.Time{}, false
	}
	return procedure.Document.Review.LastDue(*a.rec.NeededBy, zone), true
}

// neededWords say by which day the text is needed, and after which last one there is too little time left to decide; once where it is the
// same day.
func neededWords(l *i18n.Localizer, needed, last string) string {
	if last == needed {
		return l.T("round.extend.needed_same", "Date", needed)
	}
	return l.T("round.extend.needed", "Date", needed, "Last", last)
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

// remindsAtOnce reports whether the procedure of a text has a reminder go out at once, and not with the mail of the day.
func (s *Server) remindsAtOnce(ctx context.Context, rec *models.Recommendation) (bool, error) {
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return false, err
	}
	return procedure.Document.Digest.Immediate, nil
}

// nudged says when the reminder goes out, as the page said before.
func (s *Server) nudged(r *http.Request, rec *models.Recommendation) (string, error) {
	now, err := s.remindsAtOnce(r.Context(), rec)
	if now {
		return Localizer(r).T("round.nudge.done_now"), err
	}
	return Localizer(r).T("round.nudge.done"), err
}
