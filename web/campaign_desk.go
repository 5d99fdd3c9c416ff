package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tribuna/models"
)

// stepRow is a step of a campaign on the desk of who is responsible for it.
type stepRow struct {
	seriesItem
	Campaign string
}

// withSteps adds to what waits the steps of campaigns that the visitor has to see to, the most urgent of both first. A step whose
// day alone is known is due when the day is over.
func (s *Server) withSteps(r *http.Request, v *visitor, waiting []waitingRow) ([]waitingRow, error) {
	zone, err := s.zoneOf(r.Context(), v.Person)
	if err != nil {
		return nil, err
	}
	list, err := models.DueSteps(r.Context(), s.DB, v.viewer(), s.Now())
	for _, step := range list {
		item := stepItem(Localizer(r), step.CampaignStep, models.DayOf(s.Now(), zone))
		item.Href = campaignPath(step.CampaignID) + "/steps/" + step.ID.String()
		row := waitingRow{Step: &stepRow{item, step.Campaign}, Overdue: item.Late, Due: time.Date(item.Day.Year(), item.Day.Month(), item.Day.Day()+1, 0, 0, 0, 0, zone)}
		if step.At != nil {
			row.Due = *step.At
		}
		waiting = append(waiting, row)
	}
	slices.SortStableFunc(waiting, func(a, b waitingRow) int {
		if a.Overdue != b.Overdue {
			return cmp.Compare(strconv.FormatBool(b.Overdue), strconv.FormatBool(a.Overdue))
		}
		return a.Due.Compare(b.Due)
	})
	return waiting, err
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
