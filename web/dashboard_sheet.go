package web

import (
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"tribuna/internal/i18n"
)

// sheetRows is how many recommendations a file holds at most.
const sheetRows = 20_000

// fileQuery is what narrows the tables of an address, with a leading question mark; a file has no pages.
func fileQuery(q url.Values) string {
	kept := url.Values{}
	for _, name := range []string{"country", "stage", "status", "overdue"} {
		if value := q.Get(name); value != "" {
			kept.Set(name, value)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + kept.Encode()
}

// dashboardSheet gives a table of the overview out as a file: read as the page is, for the same reader, whole.
func (s *Server) dashboardSheet(w http.ResponseWriter, r *http.Request) error {
	name := mux.Vars(r)["table"]
	rows := sheetRows
	if name != "recommendations" {
		rows = 1
	}
	page, err := s.dashboardPage(r, rows)
	if err != nil {
		return err
	}
	return s.serveSheet(w, page.sheet(name, Localizer(r), zoneName(r)))
}

func (v dashboardView) sheet(name string, l *i18n.Localizer, zone string) sheet {
	switch name {
	case "countries":
		return v.countrySheet(l)
	case "authorities":
		return v.authoritySheet(l)
	case "statuses":
		return v.statusSheet(l)
	default:
		return v.recommendationSheet(l, zone)
	}
}

func (v dashboardView) recommendationSheet(l *i18n.Localizer, zone string) sheet {
	t := sheet{name: "recommendations", header: []string{l.T("dashboard.column.recommendation"), l.T("person.organisation"), l.T("mailing.countries"),
		l.T("dashboard.column.stage"), l.T("dashboard.column.until"), l.T("dashboard.column.awaited"), l.T("dashboard.column.overdue"), l.T("dashboard.column.undelivered"), l.T("dashboard.column.followups")}}
	for _, row := range v.Rows {
		until := dayCell(row.Until, zone)
		if row.Held {
			until = ""
		}
		t.add(row.Title, row.Organisation, row.Countries.Text, row.Stage.Text, until, figureCell(row.Awaited), figureCell(row.Overdue), figureCell(row.Lost), figureCell(row.FollowUps))
	}
	return t
}

func (v dashboardView) countrySheet(l *i18n.Localizer) sheet {
	t := sheet{name: "countries", header: []string{l.T("dashboard.filter.country"), l.T("dashboard.column.total")}}
	for _, stage := range v.Stages {
		t.header = append(t.header, stage.Name)
	}
	for _, row := range v.ByCountry {
		cells := []string{row.Name.Text, figureCell(row.Total)}
		for _, c := range row.Cells {
			cells = append(cells, figureCell(c.Number))
		}
		t.add(cells...)
	}
	return t
}

func (v dashboardView) authoritySheet(l *i18n.Localizer) sheet {
	t := sheet{name: "authorities", header: []string{l.T("followup.authority"), l.T("dashboard.filter.country"), l.T("dashboard.column.total"),
		l.T("following.unknown"), l.T("dashboard.authority.no_reply"), l.T("dashboard.authority.moving"), l.T("dashboard.authority.reached"), l.T("dashboard.authority.lost")}}
	for _, row := range v.ByAuthority {
		t.add(row.Name.Text, row.Country.Text, figureCell(row.Total), figureCell(row.Unknown), figureCell(row.NoReply), figureCell(row.Moving), figureCell(row.Reached), figureCell(row.Lost))
	}
	return t
}

func (v dashboardView) statusSheet(l *i18n.Localizer) sheet {
	t := sheet{name: "measures", header: []string{l.T("followup.status"), l.T("overview.measures")}}
	for _, row := range v.ByStatus {
		t.add(row.Name, figureCell(row.Number))
	}
	return t
}
