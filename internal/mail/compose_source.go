package mail

import (
	"context"

	"tribuna/internal/apperr"
	"tribuna/internal/links"
	"tribuna/models"
)

// sourceNotice tells somebody who came from a list kept elsewhere what GDPR, Article 14, has them told: who holds their
// data, which, from where, on which ground, for what, for how long, and what they can do about it, here and now.
func (d *draft) sourceNotice(ctx context.Context) (page, error) {
	n, err := models.NoticeOf(ctx, d.db, d.reader.ID)
	if apperr.CodeOf(err) == apperr.CodeNotFound || n.ToldAt != nil {
		return page{}, NotOwed{"the person was told another way"}
	}
	if err != nil {
		return page{}, err
	}
	holder, err := models.DataHolderOf(ctx, d.db)
	if err != nil {
		return page{}, err
	}
	data, err := d.held(ctx)
	if err != nil {
		return page{}, err
	}
	p := page{
		Subject: d.t("source_notice.subject", "Holder", holder.Name),
		Lead:    []string{d.t("source_notice.lead", "Holder", holder.Name)},
		Facts: []fact{{d.t("source_notice.holder"), holder.Name}, {d.t("source_notice.contact"), holder.Contact},
			{d.t("source_notice.source"), n.Source}, {d.t("source_notice.basis"), d.t("source_notice.basis." + n.Basis)},
			{d.t("source_notice.data"), data}},
		Passages: []passage{{Heading: d.t("source_notice.purpose"), Text: d.t("source_notice.purpose_text")},
			{Heading: d.t("source_notice.who"), Text: d.t("source_notice.who_text")},
			{Heading: d.t("source_notice.rights"), Text: d.t("source_notice.rights_text")}},
		Button:           &button{Label: d.t("source_notice.button"), URL: d.baseURL + "/o/" + d.links.Mint(links.KindObjection, n.ImportID, d.reader.ID, 0)},
		After:            []string{d.t("source_notice.after")},
		Why:              d.t("source_notice.why"),
		Unsubscribe:      d.baseURL + "/u/" + d.links.Mint(links.KindUnsubscribe, n.ImportID, d.reader.ID, 0),
		UnsubscribeLabel: d.t("source_notice.no_mailings"),
	}
	if n.Basis == "consent" {
		p.After = append([]string{d.t("source_notice.withdraw")}, p.After...)
	}
	return p, nil
}

// held says in words which data there are about the reader.
func (d *draft) held(ctx context.Context) (string, error) {
	person, err := models.PersonByID(ctx, d.db, d.reader.ID)
	if err != nil {
		return "", err
	}
	roles, err := models.RolesHeld(ctx, d.db, person.ID)
	if err != nil {
		return "", err
	}
	words := []string{d.t("source_notice.data.name"), d.t("source_notice.data.email"), d.t("source_notice.data.language")}
	for _, also := range []struct {
		there bool
		what  string
	}{{person.CountryCode != "", "country"}, {len(person.Topics) > 0, "topics"}, {len(roles) > 0, "organisation"}} {
		if also.there {
			words = append(words, d.t("source_notice.data."+also.what))
		}
	}
	return d.words.ListAnd(words), nil
}

// dataObjection tells coordinators that somebody answered a notice with an objection. Who it is stands on the page, not in
// the mail.
func (d *draft) dataObjection() page {
	return page{
		Subject: d.t("data_objection.subject"),
		Lead:    []string{d.t("data_objection.lead")},
		Facts: []fact{{d.t("data_objection.at"), d.words.DateTime(d.mail.CreatedAt, d.zone)},
			{d.t("data_objection.until"), d.words.Date(d.mail.CreatedAt.AddDate(0, 1, 0), d.zone)}},
		Button: &button{Label: d.t("data_objection.button"), URL: d.baseURL + "/administration/contacts/notices"},
		Why:    d.t("data_objection.why"),
	}
}
