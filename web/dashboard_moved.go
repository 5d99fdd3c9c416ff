package web

import (
	"net/http"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// movedRows is how much of what moved stands on the dashboard.
const movedRows = 20

// movedRow is something that moved since the reader last looked.
type movedRow struct {
	Href, Title, Language string
	What                  i18n.Words
	When                  time.Time
	Zone                  string
}

// authorityRow counts what is followed up at an authority, and leads to the measures.
type authorityRow struct {
	Name, Country                                  i18n.Words
	Href                                           string
	Total, Unknown, NoReply, Moving, Reached, Lost int
}

// fillMoved says what moved since the reader last said that they have seen it. Looking changes nothing: they say so.
func (s *Server) fillMoved(r *http.Request, v models.Viewer, page *dashboardView) error {
	ctx, l, now := r.Context(), Localizer(r), s.Now()
	since, said, err := models.SeenAt(ctx, s.DB, v.PersonID, now)
	if err != nil {
		return err
	}
	moved, until, err := models.MovedSince(ctx, s.DB, v, page.choice.codes, since, now, movedRows)
	if err != nil {
		return err
	}
	for _, m := range moved {
		page.Moved = append(page.Moved, newMovedRow(m, l, zoneName(r)))
	}
	page.FirstVisit, page.MovedDays = !said, models.MovedDays
	page.Since, page.Until = since, until.UTC().Format(time.RFC3339Nano)
	desk, err := s.deskOf(ctx, v)
	page.Waiting = desk.All()
	return err
}

func newMovedRow(m models.Moved, l *i18n.Localizer, zone string) movedRow {
	row := movedRow{Href: recommendationPath(m.RecommendationID), Title: m.Title, Language: m.Language, When: m.At, Zone: zone}
	if m.FollowUpID == nil {
		row.What = l.Say("dashboard.moved.stage", "Stage", l.T("dashboard.stage."+string(m.Stage)))
		return row
	}
	row.Href = followUpPath(*m.FollowUpID)
	row.What = l.Say("dashboard.moved.status", "Number", l.Number(m.Number), "Authority", l.Name(m.Authority), "Status", l.T("followup.status."+string(m.Status)))
	return row
}

// seen notes that the reader has seen what moved, as far as the page showed it.
func (s *Server) seen(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireMember(r)
	if err != nil {
		return err
	}
	until, err := time.Parse(time.RFC3339Nano, r.PostFormValue("until"))
	if now := s.Now(); err != nil || until.After(now) {
		until = now
	}
	if err := models.MarkSeen(r.Context(), s.DB, v.viewer().PersonID, until); err != nil {
		return err
	}
	http.Redirect(w, r, LocalPath(r.PostFormValue("next"), "/dashboard"), http.StatusSeeOther)
	return nil
}

// fillAuthorities counts by authority, of the countries chosen.
func (s *Server) fillAuthorities(r *http.Request, names countryNames, page *dashboardView) error {
	if len(page.choice.codes) == 0 {
		return nil
	}
	list, err := models.FollowUpsByAuthority(r.Context(), s.DB, page.choice.codes...)
	for _, a := range list {
		page.ByAuthority = append(page.ByAuthority, authorityRow{Name: Localizer(r).Name(a.Names), Country: names.names[a.CountryCode],
			Href:  followUpsOf("authority", a.AuthorityID.String(), "country", a.CountryCode, "ended", "no"),
			Total: a.Total, Unknown: a.Unknown, NoReply: a.NoReply, Moving: a.Moving, Reached: a.Reached, Lost: a.Lost})
	}
	page.OneCountry = page.choice.one() != ""
	return err
}
