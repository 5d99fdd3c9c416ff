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
	Countries []string
	Rows      []coverageRow
	Gaps, All int
}

type coverageRow struct {
	Name  string
	Cells []coverageCell
}

// coverageCell is what there is on a challenge in a country; nothing where both figures are zero.
type coverageCell struct {
	Country, Href       string
	Published, UnderWay int
}

func (s *Server) coverage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireMember(r)
	if err != nil {
		return err
	}
	cells, err := models.Coverage(r.Context(), s.DB, v.viewer())
	if err != nil {
		return err
	}
	challenges, err := models.Challenges(r.Context(), s.DB)
	if err != nil {
		return err
	}
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	page := newCoverageView(r, cells, challenges, names)
	s.Engine.Render(w, r, http.StatusOK, "coverage", page)
	return nil
}

func newCoverageView(r *http.Request, cells []models.CoverageCell, challenges []models.Challenge, names countryNames) coverageView {
	l := Localizer(r)
	page := coverageView{Page: NewPage(r, l.T("coverage.title"))}
	page.Active, page.NoIndex = "dashboard", true
	known := map[[2]string]models.CoverageCell{}
	for _, c := range cells {
		known[[2]string{c.Challenge, c.Country}] = c
	}
	for _, code := range names.codes {
		page.Countries = append(page.Countries, names.names[code])
	}
	for _, ch := range challenges {
		name, _ := i18n.Pick(ch.Names, l.Tag())
		row := coverageRow{Name: name}
		for _, code := range names.codes {
			c := known[[2]string{ch.Slug, code}]
			if c.Published+c.UnderWay == 0 {
				page.Gaps++
			}
			page.All++
			row.Cells = append(row.Cells, coverageCell{Country: names.names[code], Published: c.Published, UnderWay: c.UnderWay,
				Href: "/recommendations?" + url.Values{"country": {code}, "challenge": {ch.Slug}}.Encode()})
		}
		page.Rows = append(page.Rows, row)
	}
	return page
}
