package mail

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"tribuna/models"
)

// handedOver tells both people what passed from one to the other. What waits for the new one comes with links of its own.
func (d *draft) handedOver(ctx context.Context) (page, error) {
	if d.mail.Data.HandOver == nil {
		return page{}, NotOwed{"the mail names no handing over"}
	}
	h, err := models.HandOverByID(ctx, d.db, *d.mail.Data.HandOver)
	if err != nil {
		return page{}, err
	}
	people, err := models.PeopleByID(ctx, d.db, []uuid.UUID{h.FromID, h.ToID, h.PersonID})
	if err != nil {
		return page{}, err
	}
	titles, err := models.HandOverTitles(ctx, d.db, h.ID)
	if err != nil {
		return page{}, err
	}
	from, to := people[h.FromID].Name, people[h.ToID].Name
	if reviews, err := h.HandsOverReview(ctx, d.db); err != nil {
		return page{}, err
	} else if reviews {
		somebody := d.words.T("anonymity.somebody")
		from, to = somebody, somebody
	}
	which := "from"
	if d.reader.ID == h.ToID {
		which = "to"
	}
	p := page{
		Subject: d.t("handed_over.subject_" + which),
		Lead:    []string{d.t("handed_over.lead_"+which, "From", from, "To", to)},
		Facts: []fact{{d.t("handed_over.by"), people[h.PersonID].Name},
			{d.t("handed_over.on"), d.words.DateTime(h.CreatedAt, d.zone)}},
		Passages: []passage{{Heading: d.t("handed_over.what"), Text: strings.Join(titles, "\n")}},
		After:    []string{d.t("handed_over.after_" + which)},
		Why:      d.t("handed_over.why"),
	}
	if which == "to" {
		p.Button = &button{Label: d.t("handed_over.button"), URL: d.baseURL}
	}
	return p, nil
}
