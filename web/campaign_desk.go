package web

import (
	"context"
	"net/http"

	"tribuna/models"
)

// stepRow is a step of a campaign on the desk of who is responsible for it.
type stepRow struct {
	seriesItem
	Campaign string
}

// dueSteps are the steps of campaigns that wait for the visitor, the first due first.
func (s *Server) dueSteps(r *http.Request, v *visitor) ([]stepRow, error) {
	zone, err := s.zoneOf(r.Context(), v.Person)
	if err != nil {
		return nil, err
	}
	list, err := models.DueSteps(r.Context(), s.DB, v.viewer(), s.Now())
	rows := make([]stepRow, 0, len(list))
	for _, step := range list {
		item := stepItem(Localizer(r), step.CampaignStep, models.DayOf(s.Now(), zone))
		item.Href = campaignPath(step.CampaignID) + "/steps/" + step.ID.String()
		rows = append(rows, stepRow{item, step.Campaign})
	}
	return rows, err
}

// deskOf counts what stands on somebody's desk today.
func (s *Server) deskOf(ctx context.Context, v models.Viewer) (models.Desk, error) {
	desk, err := models.DeskOf(ctx, s.DB, v)
	if err != nil {
		return desk, err
	}
	desk.Steps, err = models.CountDueSteps(ctx, s.DB, v, s.Now())
	return desk, err
}
