package mail

import (
	"cmp"
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

// Fields are what a prepared letter of a mailing says in a language to one reader. What nobody knows of them is said in general.
func (c *Composer) Fields(mailing uuid.UUID, language string, reader models.MailReader, known models.PersonalFields) Fields {
	words := i18n.For(language)
	var f Fields
	f[fieldName] = oneLine(reader.Name)
	f[fieldCalled] = cmp.Or(f[fieldName], words.T("mail.mailing.somebody"))
	f[fieldOrganisation] = cmp.Or(oneLine(known.Organisation), words.T("mail.mailing.your_organisation"))
	f[fieldCountry] = cmp.Or(oneLine(countryIn(words, language, known.Country)), words.T("mail.mailing.your_country"))
	f[fieldUnsubscribe] = c.links.Mint(links.KindUnsubscribe, mailing, reader.ID, 0)
	f[fieldPreferences] = c.links.Mint(links.KindPreferences, mailing, reader.ID, 0)
	f[fieldWritten] = c.links.Mint(links.KindWritten, mailing, reader.ID, 0)
	return f
}

func newMarks() marks {
	raw := make([]byte, 12)
	_, _ = rand.Read(raw) // it never fails
	return marks{secret: "x" + hex.EncodeToString(raw)}
}

// personal is what opens a page of the reader's own; of many readers it is a mark.
func (d *draft) personal(kind links.Kind, f field, mailing uuid.UUID) string {
	if d.marks != nil {
		return d.marks.of(f)
	}
	return d.links.Mint(kind, mailing, d.reader.ID, 0)
}
