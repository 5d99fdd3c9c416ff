package web

import (
	"net/http"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// pipelineView is the way from draft to follow-up, by stage: what stands there and how long it takes. No person is in it.
type pipelineView struct {
	Page
	Rows  []pipelineRow
	Whole int // recommendations on their way
}

// pipelineRow is a stage in words.
type pipelineRow struct {
	Name, Href             string
	Now, Held, Long, Ended int
	Median, Procedure      string
	Slower                 bool // half of them take longer than the procedure gives
}

func (s *Server) pipeline(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	stages, err := models.Pipeline(r.Context(), s.DB, s.Now())
	if err != nil {
		return err
	}
	l := Localizer(r)
	page := pipelineView{Page: NewPage(r, l.T("pipeline.title"))}
	page.Active, page.NoIndex = "dashboard", true
	for _, st := range stages {
		page.Whole += st.Now
		page.Rows = append(page.Rows, pipelineRow{Name: l.T("dashboard.stage." + string(st.Stage)), Href: "/dashboard?stage=" + string(st.Stage),
			Now: st.Now, Held: st.Held, Long: st.Long, Ended: st.Ended, Median: inDays(l, st.Median), Procedure: inDays(l, st.Procedure),
			Slower: st.Procedure > 0 && st.Median > st.Procedure})
	}
	s.Engine.Render(w, r, http.StatusOK, "pipeline", page)
	return nil
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
