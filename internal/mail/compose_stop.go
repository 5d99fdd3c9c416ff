package mail

import (
	"context"
	"errors"

	"tribuna/models"
)

// mailingStopped tells who is in charge that a mailing paused by itself, why, and what to do next.
//
//i18n:keys mailing.stopped.* mailing.stopped.next.*
func (d *draft) mailingStopped(ctx context.Context) (page, error) {
	if d.mail.Data.Mailing == nil {
		return page{}, errors.New("the mail names no mailing")
	}
	m, err := models.MailingByID(ctx, d.db, *d.mail.Data.Mailing)
	if err != nil {
		return page{}, err
	}
	if m.State != models.MailingPaused || m.Stopped == nil {
		return page{}, NotOwed{"the mailing is not paused by itself any more"}
	}
	r, err := models.RecommendationByID(ctx, d.db, m.RecommendationID)
	if err != nil {
		return page{}, err
	}
	why, because := m.Stopped, "mailing_stopped.why"
	if r.OfficerID != d.reader.ID {
		because = "mailing_stopped.why_coordinator"
	}
	p := page{
		Subject:  d.t("mailing_stopped.subject", "Title", r.Title),
		Lead:     []string{d.words.T("mailing.stopped."+string(why.Reason), d.stopArgs(*why)...), d.words.T("mailing.stopped.next." + string(why.Reason))},
		Document: &titled{r.Title, r.Language},
		Facts:    []fact{{d.t("mailing_stopped.at"), d.words.DateTime(why.At, d.zone)}},
		Button:   &button{Label: d.t("mailing_stopped.button"), URL: d.baseURL + "/mailings/" + m.ID.String()},
		Why:      d.t(because),
	}
	if why.Reply != "" {
		p.Facts = append(p.Facts, fact{d.words.T("mailing.stopped.said", "Domain", why.Domain), why.Reply})
	}
	return p, nil
}

func (d *draft) stopArgs(why models.MailingStop) []any {
	args := []any{"Refused", d.words.Number(why.Refused), "Of", d.words.Number(why.Of)}
	if why.Since != nil {
		args = append(args, "Since", d.words.DateTime(*why.Since, d.zone))
	}
	return args
}
