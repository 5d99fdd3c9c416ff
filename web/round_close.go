package web

import (
	"context"
	"net/http"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// roundClose is where the officer closes a round in which enough have answered, with what follows from it.
type roundClose struct {
	Text     string
	Awaited  string // who has not answered; "" where everybody has
	Partners bool   // some of them are partners
	Box      string // what is ticked
}

// closeBox is what is ticked to close a round.
func closeBox(l *i18n.Localizer) string { return l.T("round.close.box") }

// roundClose says what closing the round now means for those the desk shows; nil where it cannot be closed.
func (s *Server) roundClose(ctx context.Context, l *i18n.Localizer, rec *models.Recommendation, rules models.ReviewRules, v *roundDeskView) (*roundClose, error) {
	if !v.Enough {
		return nil, nil
	}
	until, err := models.ClosesAt(ctx, s.DB, rec, rules, s.Now())
	if err != nil {
		return nil, err
	}
	c := &roundClose{Text: l.T("round.close.text", "Until", l.Moment(until, v.Zone)), Box: closeBox(l)}
	var awaited []string
	for _, rows := range [][]roundDeskRow{v.Experts, v.Partners} {
		for _, row := range rows {
			if row.Open {
				awaited, c.Partners = append(awaited, row.Who), c.Partners || !row.Expert
			}
		}
	}
	if len(awaited) > 0 {
		c.Awaited = l.T("round.close.awaited", "Names", l.ListAnd(awaited))
	}
	return c, nil
}

// closesKnowing refuses to close a round of which nobody ticked that they want it closed: it cannot be opened again.
func closesKnowing(r *http.Request, kind models.DecisionKind) error {
	if kind != models.DecideCloseReview {
		return nil
	}
	return ticked(r, "close_round")
}
