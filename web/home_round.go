package web

import (
	"net/http"

	"tribuna/models"
)

// roundWaitsRow is a round that asks for a decision, on the desk of who is in charge.
type roundWaitsRow struct {
	Href, Title, Lang string
	Ask               string
	About             []string
}

// roundsWaiting are the rounds whose desk asks the visitor for a decision: about time, about a conflict of interest, or to close it.
func (s *Server) roundsWaiting(r *http.Request, v *visitor) ([]roundWaitsRow, error) {
	l := Localizer(r)
	list, err := models.RoundsWaiting(r.Context(), s.DB, v.viewer())
	rows := make([]roundWaitsRow, 0, len(list))
	for _, round := range list {
		row := roundWaitsRow{Href: recommendationPath(round.RecommendationID) + "/round", Title: round.Title, Lang: round.Language,
			Ask: l.T("home.ask.round", "Round", l.Number(round.Round))}
		if round.Times > 0 {
			row.About = append(row.About, l.N("home.round.times", round.Times))
		}
		if round.Conflicts > 0 {
			row.About = append(row.About, l.N("home.round.conflicts", round.Conflicts))
		}
		if round.Enough {
			row.About = append(row.About, l.T("recommendation.act.close_round"))
		}
		rows = append(rows, row)
	}
	return rows, err
}
