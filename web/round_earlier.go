package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// deskRound is the round whose desk is asked for: the last, at which alone something is done, or with ?round= an earlier one to look at.
func deskRound(r *http.Request, rec *models.Recommendation) (int, error) {
	wanted := r.URL.Query().Get("round")
	if wanted == "" || !isReading(r) {
		wanted = strconv.Itoa(rec.Round)
	}
	number, err := strconv.Atoi(wanted)
	if err != nil || number < 1 || number > rec.Round {
		return 0, apperr.NotFound("review_round")
	}
	return number, nil
}

// deskPath is the desk of a round; earlier ones are named.
func deskPath(rec uuid.UUID, round, last int) string {
	path := recommendationPath(rec) + "/round"
	if round != last {
		path += "?round=" + strconv.Itoa(round)
	}
	return path
}

// otherDesks leads to the desks of the other rounds, first to last.
func (s *Server) otherDesks(ctx context.Context, l *i18n.Localizer, a *officerAct) (others []crumb, err error) {
	rounds, err := models.Rounds(ctx, s.DB, a.rec.ID)
	for i := len(rounds) - 1; i >= 0; i-- {
		if n := rounds[i].Number; n != a.round {
			others = append(others, crumb{deskPath(a.rec.ID, n, a.rec.Round), l.T("agreement.other_round", "Number", l.Number(n))})
		}
	}
	return others, err
}
