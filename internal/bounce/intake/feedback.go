package intake

import (
	"context"
	"path"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/bounce"
	"tribuna/internal/links"
	"tribuna/models"
)

// reported finds the mail that a feedback report is about by its Message-ID, which names a mail of ours that was sent, where the report
// does not say by whose return address it came. Anybody can write a Message-ID: its recipient has to agree, either as the report
// names them, or by the signed link in the copy that ends their mailings.
func (i *Intake) reported(ctx context.Context, report bounce.Report) (uuid.UUID, bool, error) {
	local, domain, _ := strings.Cut(report.MessageID, "@")
	id, err := uuid.Parse(local)
	if report.Kind != bounce.KindFeedback || i.Domain == "" || err != nil || local != id.String() || !strings.EqualFold(domain, i.Domain) {
		return uuid.Nil, false, nil
	}
	sent, err := models.SentMail(ctx, i.DB, id)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return uuid.Nil, false, nil
	}
	return id, err == nil && i.agrees(report, sent), err
}

// agrees reports whether the report is about a mail to that reader.
func (i *Intake) agrees(report bounce.Report, sent models.SentTo) bool {
	for _, address := range report.Readers {
		if bounce.SameAddress(address, sent.Email) {
			return true
		}
	}
	if i.Links == nil || sent.PersonID == uuid.Nil { // no link is minted for an address that is nobody's
		return false
	}
	for _, link := range report.Endings {
		claims, err := i.Links.Check(path.Base(link))
		if err == nil && claims.Kind == links.KindUnsubscribe && claims.PersonID == sent.PersonID {
			return true
		}
	}
	return false
}
