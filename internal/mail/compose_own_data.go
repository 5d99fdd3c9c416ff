package mail

import (
	"context"

	"tribuna/internal/links"
	"tribuna/models"
)

// ownData brings somebody the link that shows what is kept about them. It was asked for with nothing but their address, so it says that
// whoever did not ask need do nothing.
func (d *draft) ownData(ctx context.Context) (page, error) {
	ends := d.mail.CreatedAt.Add(models.OwnDataLife)
	if !d.now.Before(ends) {
		return page{}, NotOwed{"the link would have ended"}
	}
	holder, err := models.HolderName(ctx, d.db, d.now)
	if err != nil {
		return page{}, err
	}
	lead := d.t("own_data.lead", "Host", d.host())
	if holder != "" {
		lead = d.t("own_data.lead_of", "Host", d.host(), "Holder", holder)
	}
	return page{
		Subject: d.t("own_data.subject"),
		Lead:    []string{lead},
		Facts:   []fact{{d.t("own_data.until"), d.until(ends)}},
		Button:  &button{Label: d.t("own_data.button"), URL: d.baseURL + "/data/" + d.links.Mint(links.KindOwnData, d.mail.ID, d.reader.ID, 0)},
		After:   []string{d.t("own_data.keep"), d.t("own_data.not_you")},
		Why:     d.t("own_data.why"),
	}, nil
}
