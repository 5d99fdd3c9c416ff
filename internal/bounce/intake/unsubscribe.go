package intake

import (
	"context"

	"tribuna/internal/apperr"
	"tribuna/internal/bounce"
	"tribuna/internal/links"
	"tribuna/models"
)

// unsubscribing reads whose mailings a message ends: its subject holds the token of their link, as List-Unsubscribe has it
// (RFC 2369, 3.2). Who sent it does not count, that is easily forged; what a machine answered for somebody, and what a server
// returned, ends nothing.
func (i *Intake) unsubscribing(report bounce.Report) (links.Claims, bool) {
	if i.Links == nil || report.Kind != bounce.KindNone {
		return links.Claims{}, false
	}
	token, found := links.InSubject(report.Subject)
	if !found {
		return links.Claims{}, false
	}
	claims, err := i.Links.Check(token)
	return claims, err == nil && claims.Kind == links.KindUnsubscribe
}

// unsubscribe ends somebody's mailings; where they had ended before nothing changes.
func (i *Intake) unsubscribe(ctx context.Context, claims links.Claims) (Outcome, error) {
	err := models.UnsubscribeByMail(ctx, i.DB, claims.PersonID, claims.ID, i.Now())
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return Gone, nil
	}
	return Unsubscribed, err
}
