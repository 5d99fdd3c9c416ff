package mail

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/links"
	"tribuna/models"
)

// readerOf is who a mail goes to: a person, or whoever reads the address that was typed into the form for subscribing.
func (c *Composer) readerOf(ctx context.Context, m models.OutboxMail, now time.Time) (models.MailReader, error) {
	if m.PersonID != uuid.Nil {
		return models.ReaderOf(ctx, c.db, m.PersonID)
	}
	if m.Data.Request == nil {
		return models.MailReader{}, NotOwed{"the person was erased"}
	}
	r, err := models.SubscriptionRequestOf(ctx, c.db, *m.Data.Request, now)
	if apperr.CodeOf(err) == apperr.CodeLinkExpired {
		return models.MailReader{}, NotOwed{"the request was confirmed or has ended"}
	}
	if err != nil {
		return models.MailReader{}, err
	}
	zone, err := models.ZoneOf(ctx, c.db, r.Country)
	if err != nil {
		return models.MailReader{}, err
	}
	suppressed, err := models.Suppressed(ctx, c.db, r.Email)
	return models.MailReader{Email: r.Email, Zone: zone.String(), Country: r.Country, Suppressed: suppressed}, err
}

// subscription asks whoever reads an address whether it was meant to be subscribed. It repeats nothing that was typed, not even
// the name: the form must not become a way of sending strangers words.
func (d *draft) subscription(ctx context.Context) (page, error) {
	if d.mail.Data.Request == nil {
		return page{}, NotOwed{"the mail names no request"}
	}
	r, err := models.SubscriptionRequestOf(ctx, d.db, *d.mail.Data.Request, d.now)
	if err != nil {
		return page{}, err
	}
	holder, err := models.HolderName(ctx, d.db, d.now)
	if err != nil {
		return page{}, err
	}
	lead := d.t("subscription.lead", "Host", d.host())
	if holder != "" {
		lead = d.t("subscription.lead_of", "Host", d.host(), "Holder", holder)
	}
	return page{
		Subject:  d.t("subscription.subject"),
		Greeting: d.t("subscription.greeting"),
		Lead:     []string{lead},
		Facts: []fact{{d.t("subscription.asked"), d.words.Moment(r.CreatedAt, d.zone)}, // whose clock it is: theirs is not known without a country
			{d.t("label.until"), d.until(r.ExpiresAt)}},
		Button: &button{Label: d.t("subscription.button"), URL: d.baseURL + "/subscribe/" + d.links.Mint(links.KindSubscription, r.ID, uuid.Nil, 0)},
		After:  []string{d.t("subscription.press"), d.t("subscription.not_you")},
		Why:    d.t("subscription.why"),
	}, nil
}

// ListUnsubscribe is the value of the header of that name: the page that takes one click (RFC 8058), before it, where mails come
// back to an address, that address with the link's token as the subject (RFC 2369), for programmes that send a mail. See
// links.InSubject and models.UnsubscribeByMail for what comes of it. With returnTo "" it is the page alone.
func ListUnsubscribe(page, returnTo string) string {
	if returnTo == "" {
		return "<" + page + ">"
	}
	return "<mailto:" + returnTo + "?subject=" + links.ForSubject(page) + ">, <" + page + ">"
}
