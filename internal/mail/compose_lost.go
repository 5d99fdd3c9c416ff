package mail

import (
	"context"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// addLost says in the day's mail of who is in charge of texts which mails about them reached nobody: once, what was known since the
// last one went. Names stand on the page it leads to.
func (d *draft) addLost(ctx context.Context, p *page) error {
	viewer, err := models.ViewerOf(ctx, d.db, d.reader.ID)
	if err != nil {
		return err
	}
	texts, err := models.UndeliveredSince(ctx, d.db, viewer)
	for _, text := range texts {
		url := d.baseURL + "/recommendations/" + text.RecommendationID.String()
		if text.Round > 0 {
			url += "/round"
		}
		p.Items = append(p.Items, item{Ask: i18n.Said(d.words.N("mail.digest.undelivered", text.Mails)),
			Document: titled{Title: text.Title, Language: text.Language},
			Until:    d.t("digest.undelivered_until", "Date", d.words.Date(text.Since, d.zone)),
			Button:   button{Label: d.t("digest.undelivered_button"), URL: url}})
	}
	return err
}
