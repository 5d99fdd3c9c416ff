package catcher

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mails come in many charsets
	"github.com/emersion/go-message/mail"
	"golang.org/x/net/html"
)

// Message is one accepted mail as the ledger and the lists show it.
type Message struct {
	ID        string    `json:"id"`   // rises with every mail
	Time      time.Time `json:"time"` // of arrival, UTC
	From      string    `json:"from"` // envelope
	To        []string  `json:"to"`   // envelope
	Subject   string    `json:"subject"`
	MessageID string    `json:"message_id"`
	Links     []string  `json:"links"` // http(s) links of text and HTML part, in order, once each
}

// Detail is one mail in full.
type Detail struct {
	Message
	Headers     []Header     `json:"headers"`
	Text        string       `json:"text"`
	HTML        string       `json:"html"`
	Attachments []Attachment `json:"attachments,omitempty"`
}

// Attachment is what hangs on a mail, or stands in it beside the text and the HTML that are shown.
type Attachment struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Content []byte `json:"-"`             // decoded, at most attachmentMost bytes of it
	Cut     bool   `json:"cut,omitempty"` // there is more
}

// attachmentMost bounds what is kept in memory of an attachment, in bytes; the raw mail has all of it.
const attachmentMost = 4 << 20

// Header is one decoded header field, in the order of the mail.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// parse reads what can be read: a malformed mail is shown raw, never refused,
// because seeing it is how its sender finds the mistake.
func parse(raw []byte) Detail {
	d := Detail{Message: Message{Links: []string{}}}
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil && !message.IsUnknownCharset(err) {
		d.Text = strings.ToValidUTF8(string(raw), "\uFFFD")
		return d
	}
	defer r.Close()
	d.readHeader(r.Header)
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !message.IsUnknownCharset(err) {
			break
		}
		d.readPart(part)
	}
	d.Links = links(d.Text, d.HTML)
	return d
}

func (d *Detail) readHeader(h mail.Header) {
	d.Subject, _ = h.Subject()
	if id, err := h.MessageID(); err == nil {
		d.MessageID = id
	}
	for f := h.Fields(); f.Next(); {
		value, err := f.Text()
		if err != nil {
			value = f.Value()
		}
		d.Headers = append(d.Headers, Header{Name: f.Key(), Value: value})
	}
}

func (d *Detail) readPart(part *mail.Part) {
	if h, ok := part.Header.(*mail.AttachmentHeader); ok {
		name, _ := h.Filename()
		d.attach(name, &h.Header, part.Body)
		return
	}
	h, _ := part.Header.(*mail.InlineHeader)
	kind, params, _ := h.ContentType()
	switch {
	case kind == "text/html" && d.HTML == "":
		d.HTML = whole(part.Body)
	case kind == "text/plain" && d.Text == "":
		d.Text = whole(part.Body)
	default:
		d.attach(params["name"], &h.Header, part.Body)
	}
}

func whole(body io.Reader) string {
	text, _ := io.ReadAll(body)
	return string(text)
}

func (d *Detail) attach(name string, h *message.Header, body io.Reader) {
	a := Attachment{Name: name}
	a.Type, _, _ = h.ContentType()
	a.Content, _ = io.ReadAll(io.LimitReader(body, attachmentMost+1))
	if a.Cut = len(a.Content) > attachmentMost; a.Cut {
		a.Content = a.Content[:attachmentMost]
	}
	d.Attachments = append(d.Attachments, a)
}

// plainLink is a link in running text; the punctuation behind it is cut off
// by trimLink.
var plainLink = regexp.MustCompile(`https?://[^\s<>"']+`)

func trimLink(s string) string { return strings.TrimRight(s, ".,;:!?)]}") }

// links collects the links of both parts, each once, in order.
func links(text, htmlPart string) []string {
	found := []string{}
	add := func(link string) {
		if !slices.Contains(found, link) {
			found = append(found, link)
		}
	}
	for _, link := range plainLink.FindAllString(text, -1) {
		add(trimLink(link))
	}
	for _, link := range anchors(htmlPart) {
		add(link)
	}
	return found
}

func anchors(htmlPart string) []string {
	var found []string
	for z := html.NewTokenizer(strings.NewReader(htmlPart)); ; {
		if z.Next() == html.ErrorToken {
			return found
		}
		token := z.Token()
		if token.Data != "a" {
			continue
		}
		for _, attr := range token.Attr {
			if attr.Key == "href" && plainLink.MatchString(attr.Val) {
				found = append(found, attr.Val)
			}
		}
	}
}
