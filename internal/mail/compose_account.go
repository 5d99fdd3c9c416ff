package mail

import (
	"context"

	"tribuna/internal/apperr"
	"tribuna/internal/links"
	"tribuna/models"
)

// accountLink reads the mail's link to an account while it still opens something.
func (d *draft) accountLink(ctx context.Context) (models.AccountLink, error) {
	if d.mail.Data.Link == nil {
		return models.AccountLink{}, NotOwed{"the mail names no link"}
	}
	link, _, err := models.OpenAccountLink(ctx, d.db, *d.mail.Data.Link, d.reader.ID, d.now)
	if apperr.CodeOf(err) == apperr.CodeAccountLink {
		return link, NotOwed{"the link was used, replaced or has ended"}
	}
	return link, err
}

func (d *draft) accountAddress(link models.AccountLink) string {
	return d.baseURL + "/a/" + d.links.Mint(links.KindAccount, link.ID, d.reader.ID, 0)
}

// accountInvitation brings the link with which somebody chooses their first password.
func (d *draft) accountInvitation(ctx context.Context) (page, error) {
	link, err := d.accountLink(ctx)
	if err != nil {
		return page{}, err
	}
	p := page{
		Subject: d.t("account_invitation.subject"),
		Lead:    []string{d.t("account_invitation.lead")},
		Button:  &button{Label: d.t("account_invitation.button"), URL: d.accountAddress(link)},
		After:   []string{d.t("account_invitation.what"), d.t("account_invitation.no_need")},
		Why:     d.t("account_invitation.why"),
	}
	if link.CreatedBy != nil {
		by, err := models.PersonByID(ctx, d.db, *link.CreatedBy)
		if err != nil {
			return page{}, err
		}
		p.Facts = append(p.Facts, fact{d.t("label.asks"), by.Name})
	}
	p.Facts = append(p.Facts, fact{d.t("label.until"), d.until(link.ExpiresAt)})
	return p, nil
}

// passwordReset brings the link with which somebody chooses a new password.
func (d *draft) passwordReset(ctx context.Context) (page, error) {
	link, err := d.accountLink(ctx)
	if err != nil {
		return page{}, err
	}
	return page{
		Subject: d.t("password_reset.subject"),
		Lead:    []string{d.t("password_reset.lead")},
		Facts: []fact{{d.t("password_reset.asked"), d.words.DateTime(link.CreatedAt, d.zone)},
			{d.t("label.until"), d.until(link.ExpiresAt)}},
		Button: &button{Label: d.t("password_reset.button"), URL: d.accountAddress(link)},
		After:  []string{d.t("password_reset.not_you"), d.t("password_reset.ends")},
		Why:    d.t("password_reset.why"),
	}, nil
}

// passwordChanged tells the owner of an account what was done, and what to do if it was somebody else. It holds no link that
// would let whoever reads the mail do more.
func (d *draft) passwordChanged() page {
	return page{
		Subject: d.t("password_changed.subject"),
		Lead:    []string{d.t("password_changed.lead"), d.t("password_changed.not_you")},
		Facts:   []fact{{d.t("password_changed.when"), d.words.DateTime(d.mail.CreatedAt, d.zone)}},
		Button:  &button{Label: d.t("password_changed.button"), URL: d.baseURL + "/reset-password"},
		Why:     d.t("password_changed.why"),
	}
}
