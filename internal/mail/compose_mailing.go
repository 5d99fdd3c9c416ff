package mail

import (
	"cmp"
	"context"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/links"
	"tribuna/models"
)

// publicPath is where the public pages of recommendations live.
const publicPath = "/published/"

// mailing writes the letter of a mailing to one of its recipients.
func (d *draft) mailing(ctx context.Context) (page, error) {
	if d.mail.MailingID == nil {
		return page{}, NotOwed{"the mail names no mailing"}
	}
	m, err := models.MailingWordsIn(ctx, d.db, *d.mail.MailingID, d.mail.Language)
	if err != nil {
		return page{}, err
	}
	switch m.State {
	case models.MailingSending:
	case models.MailingCancelled:
		return page{}, NotOwed{"the mailing was cancelled"}
	default:
		// Nobody claims the mails of a paused mailing; when it is resumed they are due at once.
		return page{}, NotYet{}
	}
	if d.marks == nil { // of one reader; of many it is asked before they are claimed
		if wanted, err := models.MailWanted(ctx, d.db, d.mail.ID, d.now); err != nil || !wanted {
			return page{}, cmp.Or(err, error(NotOwed{models.ReplyUnwanted}))
		}
	}
	p, err := d.mailingPage(ctx, *d.mail.MailingID, m)
	if err != nil || !m.CountsLinks {
		return p, err
	}
	return d.countLinks(ctx, *d.mail.MailingID, p)
}

// mailingTest writes the letter of a mailing to who wants to see it before it goes out.
func (d *draft) mailingTest(ctx context.Context) (page, error) {
	if d.mail.Data.Mailing == nil {
		return page{}, NotOwed{"the mail names no mailing"}
	}
	m, err := models.MailingWordsIn(ctx, d.db, *d.mail.Data.Mailing, d.mail.Language)
	if err != nil {
		return page{}, err
	}
	p, err := d.mailingPage(ctx, *d.mail.Data.Mailing, m)
	p.Subject = d.t("mailing_test.subject", "Subject", p.Subject)
	return p, err
}

func (d *draft) mailingPage(ctx context.Context, id uuid.UUID, m models.MailingWords) (page, error) {
	f, err := d.mailingFields(ctx, m)
	if err != nil {
		return page{}, err
	}
	along, err := d.alongWith(ctx, id)
	if err != nil {
		return page{}, err
	}
	body, err := f.html(m.Body, along.shown)
	if err != nil {
		return page{}, err
	}
	subject, why := f.line(m.Subject), d.t("mailing.why", "Owner", m.Owner)
	if m.CountsLinks {
		why += " " + d.t("mailing.counts_links")
	}
	p := page{
		Language:    d.mail.Language, // of what was written, whether or not we have sentences in it
		Subject:     subject,
		Heading:     subject,
		Body:        body,
		BodyText:    f.text(m),
		Button:      &button{Label: d.t("mailing.button"), URL: d.baseURL + publicPath + m.Slug},
		Why:         why,
		Unsubscribe: d.baseURL + "/u/" + d.personal(links.KindUnsubscribe, fieldUnsubscribe, id),
		Preferences: d.baseURL + "/preferences/" + d.personal(links.KindPreferences, fieldPreferences, id),
		Attached:    along.attached(),
	}
	if m.Kind == models.MailingKindEvent {
		if p, err = d.announce(ctx, id, m, p); err != nil {
			return page{}, err
		}
	}
	return d.ofKind(ctx, id, m, p)
}

// InLook shows a letter as a mail program in light or in dark does, whatever the looker's own is set to.
func InLook(html string, dark bool) string {
	const asked = "@media (prefers-color-scheme: dark)"
	if dark {
		return strings.Replace(html, asked, "@media all", 1)
	}
	return strings.Replace(html, asked, "@media not all", 1)
}
