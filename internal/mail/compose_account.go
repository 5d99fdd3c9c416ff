package mail

import (
	"context"
	"strings"

	"github.com/google/uuid"

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
		After: []string{d.t("account_invitation.next", "Host", d.host(), "Min", models.PasswordMin),
			d.t("account_invitation.what"), d.t("account_invitation.no_need")},
		Why: d.t("account_invitation.why"),
	}
	if link.CreatedBy != nil {
		if err := d.invitedBy(ctx, &p, *link.CreatedBy); err != nil {
			return page{}, err
		}
	}
	if err := d.invitedTo(ctx, &p); err != nil {
		return page{}, err
	}
	p.Facts = append(p.Facts, fact{d.t("account_invitation.until"), d.words.Moment(link.ExpiresAt, d.zone)})
	return p, nil
}

// invitedBy says who invites, and that they can be asked.
func (d *draft) invitedBy(ctx context.Context, p *page, id uuid.UUID) error {
	by, err := models.PersonByID(ctx, d.db, id)
	if err != nil {
		return err
	}
	who := by.Name
	if roles, err := d.rolesOf(ctx, id); err != nil {
		return err
	} else if len(roles) > 0 {
		who = d.t("officer_of", "Officer", by.Name, "Owner", roles[0].organisation)
	}
	p.Subject, p.Lead = d.t("account_invitation.subject_by", "By", by.Name), []string{d.t("account_invitation.lead_by", "By", by.Name)}
	p.Facts = append(p.Facts, fact{d.t("account_invitation.by"), who})
	p.After = append(p.After, d.t("account_invitation.ask", "Name", by.Name, "Email", by.Email))
	return nil
}

// invitedTo says to which network somebody is invited, and what they are in it.
func (d *draft) invitedTo(ctx context.Context, p *page) error {
	holder, err := models.DataHolderOf(ctx, d.db)
	if err != nil {
		return err
	}
	network := d.t("account_invitation.network_at", "Host", d.host())
	if holder.Name != "" {
		network = d.t("account_invitation.network_of", "Host", d.host(), "Holder", holder.Name)
	}
	p.Facts = append(p.Facts, fact{d.t("account_invitation.network"), network})
	roles, err := d.rolesOf(ctx, d.reader.ID)
	for _, r := range roles {
		p.Facts = append(p.Facts, fact{d.t("account_invitation.role"), d.t("account_invitation.role_in",
			"Role", d.words.T("account.role."+r.role), "Organisation", r.organisation)})
	}
	return err
}

// post is a role in an organisation, by name.
type post struct{ role, organisation string }

func (d *draft) rolesOf(ctx context.Context, person uuid.UUID) ([]post, error) {
	roles, err := models.RolesOf(ctx, d.db, person)
	if err != nil {
		return nil, err
	}
	var list []post
	for _, r := range roles {
		o, err := models.OrganisationByID(ctx, d.db, r.OrganisationID)
		if err != nil {
			return nil, err
		}
		list = append(list, post{r.Role, o.Name})
	}
	return list, nil
}

// host is where the pages are, as one reads it aloud.
func (d *draft) host() string {
	_, host, _ := strings.Cut(d.baseURL, "://")
	return host
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
