package mail

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/mail"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// Prepare writes the letter of a mailing in a language once for all its readers and brings it into the form that travels.
// Like Compose it returns NotOwed or NotYet where nothing must go out, or not now.
func (c *Composer) Prepare(ctx context.Context, mailing uuid.UUID, language string, from mail.Address, now time.Time) (*Prepared, error) {
	m := newMarks()
	d := &draft{Composer: c, mail: models.OutboxMail{Kind: models.MailMailing, MailingID: &mailing, Language: language},
		reader: models.MailReader{Name: m.of(fieldName), Email: from.Address}, words: i18n.For(language), now: now, zone: time.UTC, marks: &m}
	p, err := d.page(ctx)
	if err != nil {
		return nil, err
	}
	l, err := d.letter(p)
	if err != nil {
		return nil, err
	}
	return prepare(l, m, from)
}

// Fields are what a prepared letter of a mailing says to one reader.
func (c *Composer) Fields(mailing uuid.UUID, reader models.MailReader) Fields {
	var f Fields
	f[fieldName] = oneLine(reader.Name)
	f[fieldUnsubscribe] = c.links.Mint(links.KindUnsubscribe, mailing, reader.ID, 0)
	f[fieldPreferences] = c.links.Mint(links.KindPreferences, mailing, reader.ID, 0)
	return f
}

func newMarks() marks {
	raw := make([]byte, 12)
	_, _ = rand.Read(raw) // it never fails
	return marks{secret: "x" + hex.EncodeToString(raw)}
}

// unsubscribe is what opens the page that ends mailings to the reader.
func (d *draft) unsubscribe() string {
	if d.marks != nil {
		return d.marks.of(fieldUnsubscribe)
	}
	return d.links.Mint(links.KindUnsubscribe, *d.mail.MailingID, d.reader.ID, 0)
}

// preferences is what opens the page on which the reader says what they want of the mailings.
func (d *draft) preferences() string {
	if d.marks != nil {
		return d.marks.of(fieldPreferences)
	}
	return d.links.Mint(links.KindPreferences, *d.mail.MailingID, d.reader.ID, 0)
}
