package web

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/internal/calendar"
	"tribuna/internal/i18n"
)

// campaignCalendar gives what stands in a campaign and has a day as a file for calendars.
func (s *Server) campaignCalendar(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadCampaign(r, access.ReadCampaign)
	if err != nil {
		return err
	}
	l := Localizer(r)
	items, err := s.series(r.Context(), l, c)
	if err != nil {
		return err
	}
	var entries []calendar.Entry
	for _, item := range items {
		if !item.Day.IsZero() {
			entries = append(entries, s.calendarEntry(l, item))
		}
	}
	w.Header().Set("Content-Type", calendar.MediaType)
	w.Header().Set("Content-Disposition", `attachment; filename="tribuna-campaign.ics"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(calendar.File(c.title.Title, entries, s.Now()))
	return err
}

// calendarEntry is one line of it. The note stays on the page: a calendar is shown to others.
func (s *Server) calendarEntry(l *i18n.Localizer, item seriesItem) calendar.Entry {
	e := calendar.Entry{ID: item.calendarID(), Revision: item.revision, Day: item.Day, At: item.at, Until: item.until, Address: s.BaseURL + item.Href,
		Summary: l.T("campaign.event", "Kind", item.Kind.Text, "Title", item.Title), Place: item.Place, Cancelled: item.CalledOff()}
	if item.With.Text != "" {
		e.About = item.With.Text
	}
	return e
}
