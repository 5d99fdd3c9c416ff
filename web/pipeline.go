package web

import (
	"net/http"
	"strconv"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// pipelineView is the way from draft to follow-up, by step: what stands there and how long it takes. No person is in it.
type pipelineView struct {
	Page
	*Live
	Rows  []pipelineRow
	Bars  []share
	Words string // Bars in words
}

// pipelineRow is a step in words.
type pipelineRow struct {
	Name, Href             string
	Now, Held, Long, Ended int
	Median, Procedure      string
	Slower                 bool // half of them take longer than the procedure gives
	medianDays, givenDays  string
}

func (s *Server) pipeline(w http.ResponseWriter, r *http.Request) error {
	page, err := s.pipelinePage(r)
	if err != nil {
		return err
	}
	return s.renderLive(w, r, "pipeline", page)
}

func (s *Server) pipelinePage(r *http.Request) (pipelineView, error) {
	if _, err := s.requireAdministrator(r); err != nil {
		return pipelineView{}, err
	}
	stages, err := models.Pipeline(r.Context(), s.DB, s.Now())
	if err != nil {
		return pipelineView{}, err
	}
	l := Localizer(r)
	page := pipelineView{Page: NewPage(r, l.T("pipeline.title")), Live: newLive(r)}
	page.Active, page.NoIndex = "dashboard", true
	most := 1
	for _, st := range stages {
		most = max(most, st.Now)
	}
	for _, st := range stages {
		row := newPipelineRow(st, l)
		page.Rows = append(page.Rows, row)
		page.Bars = append(page.Bars, share{Name: row.Name, Number: row.Now, Whole: most})
	}
	page.Words = inWords(l, page.Bars)
	return page, nil
}

func newPipelineRow(st models.PipelineStage, l *i18n.Localizer) pipelineRow {
	return pipelineRow{Name: l.T("ribbon.stage." + st.Step), Href: stepPath(st.Step), Now: st.Now, Held: st.Held, Long: st.Long, Ended: st.Ended,
		Median: inDays(l, st.Median), Procedure: inDays(l, st.Procedure), Slower: st.Procedure > 0 && st.Median > st.Procedure,
		medianDays: daysCell(st.Median), givenDays: daysCell(st.Procedure)}
}

// stepPath leads to what stands in a step; there is no list of campaigns.
func stepPath(step string) string {
	switch step {
	case models.StepCampaign:
		return ""
	case models.StepFollowUp:
		return followUpsOf("imported", "no", "ended", "no")
	default:
		return "/dashboard?stage=" + step
	}
}

// pipelineSheet gives the table out as a file, with times in days.
func (s *Server) pipelineSheet(w http.ResponseWriter, r *http.Request) error {
	page, err := s.pipelinePage(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	t := sheet{name: "pipeline", header: []string{l.T("overview.step"), l.T("pipeline.now"), l.T("dashboard.figure.held"), l.T("pipeline.long"),
		l.T("pipeline.ended"), l.T("overview.median_days"), l.T("overview.procedure_days")}}
	for _, row := range page.Rows {
		t.add(row.Name, figureCell(row.Now), figureCell(row.Held), figureCell(row.Long), figureCell(row.Ended), row.medianDays, row.givenDays)
	}
	return s.serveSheet(w, t)
}

// inDays says a length of time in days, "" for none.
func inDays(l *i18n.Localizer, d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d <= 0:
		return ""
	case d < day:
		return l.T("pipeline.less_than_a_day")
	default:
		return l.N("pipeline.days", int((d+day/2)/day))
	}
}

// daysCell is a length of time in days and tenths, "" for none.
func daysCell(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return strconv.FormatFloat(d.Hours()/24, 'f', 1, 64)
}
