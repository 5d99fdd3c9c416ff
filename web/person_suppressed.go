package web

import (
	"context"
	"net/http"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// suppressedInWords says why nothing is sent to somebody's address, and since when; "" where mails are.
func (s *Server) suppressedInWords(ctx context.Context, l *i18n.Localizer, p models.Person, zone *time.Location) (string, error) {
	why, err := models.SuppressionOf(ctx, s.DB, p.Email)
	if err != nil || why == nil {
		return "", err
	}
	since := l.Date(why.CreatedAt, zone)
	switch why.Reason {
	case models.SuppressedHardBounce, models.SuppressedSoftBounces, models.SuppressedComplaint, models.SuppressedUnsubscribe:
		return l.T("suppressed."+why.Reason, "Date", since), nil
	default:
		return l.T("suppressed.other", "Date", since), nil
	}
}

// writeAgain has somebody's address written to again: the mailbox was emptied, or the provider was mistaken. Whether they want
// mailings is for themselves to say.
func (s *Server) writeAgain(w http.ResponseWriter, r *http.Request) error {
	p, by, err := s.personOf(r)
	if err != nil {
		return err
	}
	return s.personAct(w, r, p, by, models.LiftSuppression, "suppressed.lifted_now")
}
