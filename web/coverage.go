package web

import (
	"net/http"
	"net/url"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// coverageView is challenge by country: what there is, and what is missing.
type coverageView struct {
	Page
	*Live
	Countries []i18n.Words
	Rows      []coverageRow
	Gaps, All int
}

type coverageRow struct {
	Name  i18n.Words
	Cells []coverageCell
}

// coverageCell is what there is on a challenge in a country; nothing where both figures are zero.
type coverageCell struct {
	Country                     string
	Published, UnderWay         int
	PublishedHref, UnderWayHref string
}

func (s *Server) coverage(w http.ResponseWriter, r *http.Request) error {
	page, err := s.coveragePage(r)
	if err != nil {
		return err
	}
	return s.renderLive(w, r, "coverage", page)
}

func (s *Server) coveragePage(r *http.Request) (coverageView, error) {
	v, err := s.requireMember(r)
	if err != nil {
		return coverageView{}, err
	}
	cells, err := models.Coverage(r.Context(), s.DB, v.viewer())
	if err != nil {
		return coverageView{}, err
	}
	challenges, err := models.Challenges(r.Context(), s.DB)
	if err != nil {
		return coverageView{}, err
	}
	names, err := s.countryNames(r)
	return newCoverageView(r, cells, challenges, names), err
}

// coverageSheet gives the table out as a file, a line for each challenge in each country.
func (s *Server) coverageSheet(w http.ResponseWriter, r *http.Request) error {
	page, err := s.coveragePage(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	t := sheet{name: "coverage", header: []string{l.T("coverage.challenge"), l.T("dashboard.filter.country"), l.T("dashboard.figure.published"), l.T("overview.under_way")}}
	for _, row := range page.Rows {
		for _, c := range row.Cells {
			t.add(row.Name.Text, c.Country, figureCell(c.Published), figureCell(c.UnderWay))
		}
	}
	return s.serveSheet(w, t)
}

func newCoverageView(r *http.Request, cells []models.CoverageCell, challenges []models.Challenge, names countryNames) coverageView {
	l := Localizer(r)
	page := coverageView{Page: NewPage(r, l.T("coverage.title")), Live: newLive(r)}
	page.Active, page.NoIndex = "dashboard", true
	known := map[[2]string]models.CoverageCell{}
	for _, c := range cells {
		known[[2]string{c.Challenge, c.Country}] = c
	}
	for _, code := range names.codes {
		page.Countries = append(page.Countries, names.names[code])
	}
	for _, ch := range challenges {
		row := coverageRow{Name: l.Name(ch.Names)}
		for _, code := range names.codes {
			c := known[[2]string{ch.Slug, code}]
			if c.Published+c.UnderWay == 0 {
				page.Gaps++
			}
			page.All++
			row.Cells = append(row.Cells, coverageCell{Country: names.names[code].Text, Published: c.Published, UnderWay: c.UnderWay,
				PublishedHref: covering(code, ch.Slug, "yes"), UnderWayHref: covering(code, ch.Slug, "no")})
		}
		page.Rows = append(page.Rows, row)
	}
	return page
}

// covering leads to the recommendations on a challenge in a country that are published, or under way.
func covering(country, challenge, published string) string {
	return "/recommendations?" + url.Values{"country": {country}, "challenge": {challenge}, "published": {published}}.Encode()
}
