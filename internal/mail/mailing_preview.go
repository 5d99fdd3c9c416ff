package mail

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/mail"
	"strings"
	"time"

	"tribuna/models"
)

// MailingPreview is a mailing as one reader will get it, both halves.
type MailingPreview struct {
	Subject string
	HTML    string // pictures stand in it as data
	Text    string
	Size    int64                // of the whole mail as it travels, in bytes; names and addresses make some difference
	Along   []models.MailingFile // which go with this letter
}

// PreviewMailing writes a mailing's text in a language as a person will get it, whatever state it is in. A person without an
// id is nobody in particular: only the name is filled in, and the address that ends mailings ends nobody's.
func (c *Composer) PreviewMailing(ctx context.Context, m *models.Mailing, language string, to models.MailReader, now time.Time) (MailingPreview, error) {
	words, err := models.MailingWordsIn(ctx, c.db, m.ID, language)
	if err != nil {
		return MailingPreview{}, err
	}
	d := c.draftTo(to, language, now)
	p, err := d.mailingPage(ctx, m.ID, words)
	if err != nil {
		return MailingPreview{}, err
	}
	p.Unsubscribe, p.Preferences = c.baseURL+"/", c.baseURL+"/" // a look at a letter opens nobody's mailings to whoever looks
	l, err := d.letter(p)
	if err != nil {
		return MailingPreview{}, err
	}
	made := MailingPreview{Subject: p.Subject, HTML: withPictures(l.HTML, l.Attached), Text: l.Text}
	files, err := models.MailingFiles(ctx, c.db, m.ID)
	if err != nil {
		return made, err
	}
	made.Along = m.Along(files, language)
	made.Size, err = travelling(l)
	return made, err
}

// travelling is how large a letter is when it travels, in bytes.
func travelling(l *Letter) (int64, error) {
	somebody := *l
	somebody.To = mail.Address{Name: l.To.Name, Address: "reader@reader.example"}
	msg, err := message(&somebody, envelope{id: "0", from: somebody.To})
	if err != nil {
		return 0, err
	}
	return msg.WriteTo(io.Discard)
}

// withPictures puts pictures themselves where a letter names them, for a page to show it.
func withPictures(html string, files []Attached) string {
	for _, a := range files {
		if a.Within == "" {
			continue
		}
		var data bytes.Buffer
		data.WriteString("data:" + a.MediaType + ";base64,")
		data.WriteString(base64.StdEncoding.EncodeToString(a.Content))
		html = strings.ReplaceAll(html, `src="cid:`+a.Within+`"`, `src="`+data.String()+`"`)
	}
	return html
}
