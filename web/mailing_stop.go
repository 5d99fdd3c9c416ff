package web

import (
	"net/http"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// mailingStopView is why a mailing paused by itself, in words, and what to do next.
type mailingStopView struct {
	Why, Next   string
	Said, Reply string // whose words these are, and the words as the server gave them
}

//i18n:keys mailing.stopped.* mailing.stopped.next.*
func newMailingStopView(l *i18n.Localizer, s models.MailingStop, zone *time.Location) *mailingStopView {
	since := ""
	if s.Since != nil {
		since = l.DateTime(*s.Since, zone)
	}
	return &mailingStopView{
		Why:  l.T("mailing.stopped."+string(s.Reason), "Refused", l.Number(s.Refused), "Of", l.Number(s.Of), "Since", since),
		Next: l.T("mailing.stopped.next." + string(s.Reason)),
		Said: l.T("mailing.stopped.said", "Domain", s.Domain), Reply: s.Reply,
	}
}

// fillPace says why a mailing does not go on, or not as fast as it could.
func (v *mailingProgressView) fillPace(l *i18n.Localizer, m *models.Mailing, waits []models.MailingWait, now time.Time) {
	if v.Resumable && m.Stopped != nil {
		v.Stopped = newMailingStopView(l, *m.Stopped, v.Zone)
	}
	for _, w := range waits {
		if w.Why == models.WaitServer {
			v.Holds = append(v.Holds, serverSilent(l, w, v.Zone, now))
			continue
		}
		v.Holds = append(v.Holds, l.T("mailing.wait."+string(w.Why), "Domain", w.Domain, "Most", l.Number(w.Most), "Until", l.DateTime(w.Until, v.Zone)))
	}
}

// fillHidden says of a mailing that is being sent, and of which nothing leaves, that a text in it is hidden.
func (s *Server) fillHidden(r *http.Request, v *mailingProgressView, m *models.Mailing) error {
	if !v.Running {
		return nil
	}
	hides, err := m.HidesSomething(r.Context(), s.DB)
	if hides {
		v.Holds = append(v.Holds, Localizer(r).T("mailing.wait.hidden"))
	}
	return err
}

// serverSilent says which mail server has not answered since when, and when it is tried again where that is to come: while it is being
// tried nobody knows.
func serverSilent(l *i18n.Localizer, w models.MailingWait, zone *time.Location, now time.Time) string {
	key := "mailing.wait.server"
	if !w.Until.After(now) {
		key = "mailing.wait.server_now"
	}
	return l.T(key, "Server", w.Server, "Since", l.DateTime(*w.Since, zone), "Until", l.DateTime(w.Until, zone))
}

// stoppedRow is a mailing that paused by itself, on the desk of who is in charge.
type stoppedRow struct {
	Href, Subject, Lang string // Lang is that of the subject
	Kind, Why           string
	State               Badge
}

// stoppedMailings are those that wait for the visitor to look why.
func (s *Server) stoppedMailings(r *http.Request, v *visitor) ([]stoppedRow, error) {
	l := Localizer(r)
	list, err := models.StoppedMailings(r.Context(), s.DB, v.viewer(), l.Tag())
	rows := make([]stoppedRow, 0, len(list))
	for _, m := range list {
		rows = append(rows, stoppedRow{Href: mailingPath(m.ID), Subject: shownSubject(l, m.SubjectLine), Lang: m.Language, Kind: mailingKind(l, m.Kind),
			Why: l.T("mailing.stop." + string(m.Stopped.Reason)), State: mailingBadge(l, models.MailingPaused)})
	}
	return rows, err
}
