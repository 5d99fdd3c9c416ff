package mail

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Prepared is a letter to many in the form that travels, encoded once: what is the same for all lies in pieces, and
// between them are gaps for what is each reader's. It is safe for concurrent use.
type Prepared struct {
	header  []byte // fields that are the same for all
	subject []span // where it has gaps; else it is in header
	pieces  [][]byte
	gaps    []gap  // one fewer than pieces
	list    span   // the address that ends mailings, with its gap
	tail    Tail   // follows the last piece where files go along
	domain  string // of Message-IDs
}

// gap is a place for a personal field.
type gap struct {
	field field
	html  bool
}

// span is words, or a gap where words is "".
type span struct {
	words string
	field field
}

// Copy is one reader's copy of a prepared letter.
type Copy struct {
	ID     string // of the outbox row: the same mail has the same Message-ID whoever sends it
	To     mail.Address
	Date   time.Time
	BackTo string // the signed address that it comes back to; "" where there is none
	Fields Fields
}

// prepare encodes a letter in which personal fields stand as marks. Go-mail composes it, as it does every other mail; what
// it made is then cut at the marks.
func prepare(l *Letter, m marks, from mail.Address) (*Prepared, error) {
	sender, err := clean(from)
	if err != nil {
		return nil, fmt.Errorf("sender's address: %w", err)
	}
	shared := *l
	shared.To = mail.Address{Address: from.Address} // each reader's takes its place
	shared.HTML, shared.Text = m.in(l.HTML, true), m.in(l.Text, false)
	msg, err := message(&shared, envelope{id: "0", from: from})
	if err != nil {
		return nil, err
	}
	var whole bytes.Buffer
	if _, err := msg.WriteTo(&whole); err != nil {
		return nil, fmt.Errorf("encode a letter to many: %w", err)
	}
	header, body, found := bytes.Cut(whole.Bytes(), []byte("\r\n\r\n"))
	if !found {
		return nil, errors.New("encode a letter to many: it has no body")
	}
	p := &Prepared{domain: domain(sender.Address), list: span{words: l.Unsubscribe}}
	p.keep(header, m.spans(oneLine(l.Subject)))
	p.list.words, p.list.field = m.before(l.Unsubscribe)
	p.cut(body, m)
	if last := len(p.pieces) - 1; last > 0 && len(l.Attached) > 0 {
		if p.tail, err = newTail(p.pieces[last]); err != nil {
			return nil, fmt.Errorf("encode what goes along: %w", err)
		}
		p.pieces[last] = nil
	}
	return p, nil
}

// keep takes over the fields of a header that are the same for all.
func (p *Prepared) keep(header []byte, subject []span) {
	each := []string{"Date", "Message-ID", "To", "List-Unsubscribe"}
	if len(subject) > 1 || subject[0].words == "" {
		each, p.subject = append(each, "Subject"), subject
	}
	drop := false
	for line := range bytes.SplitSeq(header, []byte("\r\n")) {
		if line[0] != ' ' && line[0] != '\t' {
			name, _, _ := strings.Cut(string(line), ":")
			drop = slices.ContainsFunc(each, func(e string) bool { return strings.EqualFold(e, name) })
		}
		if !drop {
			p.header = append(append(p.header, line...), "\r\n"...)
		}
	}
}

// softBreak continues a line of quoted-printable on the next one (RFC 2045, 6.7): it stands around every personal field, so
// that neither the field nor what is around it makes a line longer than 76 characters.
const softBreak = "=\r\n"

// cut splits a body at its marks.
func (p *Prepared) cut(body []byte, m marks) {
	for {
		start, end, g, found := m.find(body)
		if !found {
			break
		}
		p.pieces = append(p.pieces, slices.Concat(bytes.TrimSuffix(body[:start], []byte(softBreak)), []byte(softBreak)))
		p.gaps = append(p.gaps, g)
		body = slices.Concat([]byte(softBreak), bytes.TrimPrefix(body[end:], []byte(softBreak)))
	}
	p.pieces = append(p.pieces, body)
}

// Fill appends a reader's copy to a buffer, all but the letter's Tail.
func (p *Prepared) Fill(to []byte, c Copy) ([]byte, error) {
	recipient, err := header(c.To)
	if err != nil {
		return to, fmt.Errorf("reader's address: %w", err)
	}
	to = append(to, "Date: "...)
	to = c.Date.AppendFormat(to, time.RFC1123Z)
	to = append(append(append(append(to, "\r\nMessage-ID: <"...), c.ID...), '@'), p.domain...)
	to = append(append(to, ">\r\nTo: "...), recipient...)
	if len(p.subject) > 0 {
		to = append(append(to, "\r\nSubject: "...), folded(encodedWords(c.Fields.said(p.subject)))...)
	}
	if p.list.words != "" {
		ways := ListUnsubscribe(p.list.words+c.Fields[p.list.field], c.BackTo)
		to = append(append(to, "\r\nList-Unsubscribe:\r\n "...), strings.Replace(ways, ">, <", ">,\r\n <", 1)...)
	}
	to = append(append(append(to, "\r\n"...), p.header...), "\r\n"...)
	for i, g := range p.gaps {
		to = append(to, p.pieces[i]...)
		to = appendQuoted(to, c.Fields.value(g))
	}
	return append(to, p.pieces[len(p.pieces)-1]...), nil
}

// appendQuoted appends words in quoted-printable.
func appendQuoted(to []byte, words string) []byte {
	if len(words) < 70 && !strings.ContainsFunc(words, func(r rune) bool { return r <= ' ' || r > '~' || r == '=' }) {
		return append(to, words...)
	}
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	_, _ = w.Write([]byte(words)) // neither fails: it goes to memory
	_ = w.Close()
	return append(to, out.Bytes()...)
}

// longestName is how much of a name is written before an address, in characters: a header is for finding one's way.
const longestName = 100

// header is an address as it stands in a header: on lines of their own where it is long, and never more than one address.
func header(a mail.Address) (string, error) {
	address, err := clean(a)
	if err != nil {
		return "", err
	}
	if name := []rune(address.Name); len(name) > longestName {
		address.Name = strings.TrimSpace(string(name[:longestName])) + "…"
	}
	if address.Name == "" {
		return "<" + address.Address + ">", nil
	}
	return folded(address.String()), nil
}

// encodedWords is text as a header may hold it (RFC 2047).
func encodedWords(s string) string { return mime.QEncoding.Encode("UTF-8", oneLine(s)) }

// lineOfHeader is how long a line of a header gets before it is folded (RFC 5322, 2.1.1, advises 78).
const lineOfHeader = 74

// folded breaks a header's words into lines.
func folded(value string) string {
	if len(value) < lineOfHeader-len("Subject: ") {
		return value
	}
	var out strings.Builder
	length := len("Subject: ")
	for i, word := range strings.Split(value, " ") {
		switch {
		case i > 0 && length+1+len(word) > lineOfHeader:
			out.WriteString("\r\n ")
			length = 1
		case i > 0:
			out.WriteByte(' ')
			length++
		}
		out.WriteString(word)
		length += len(word)
	}
	return out.String()
}

// field is something personal in a letter to many.
type field int

const (
	fieldName   field = iota // the reader's; "" where nobody knows it
	fieldCalled              // the same, or how one speaks to somebody unknown
	fieldOrganisation
	fieldCountry
	fieldUnsubscribe // what follows the slash in the address that ends mailings
	fieldPreferences // likewise in that of what the reader wants of them
	fieldWritten     // likewise in that of the letter to their representatives
	fieldCount
)

// Fields are the personal fields of one reader.
type Fields [fieldCount]string

// value is a field as it stands in either half of the mail.
func (f Fields) value(g gap) string {
	if g.html {
		return html.EscapeString(f[g.field])
	}
	return f[g.field]
}

func (f Fields) said(spans []span) string {
	var out strings.Builder
	for _, s := range spans {
		if s.words != "" {
			out.WriteString(s.words)
		} else {
			out.WriteString(f[s.field])
		}
	}
	return out.String()
}

// marks stand for personal fields while a letter is written and encoded. They are letters and digits that nobody can guess,
// so that nothing escapes them, and no text that people write can hold one.
type marks struct{ secret string }

const (
	fieldDigits = 2
	halfPlain   = "t"
	halfHTML    = "h"
)

func (m marks) of(f field) string { return m.secret + halfPlain + fmt.Sprintf("%0*d", fieldDigits, f) }

// in says of marks in which half of the mail they stand.
func (m marks) in(text string, isHTML bool) string {
	if isHTML {
		return strings.ReplaceAll(text, m.secret+halfPlain, m.secret+halfHTML)
	}
	return text
}

// find returns where the first mark begins and ends. Lines of quoted-printable may have been broken within it.
func (m marks) find(body []byte) (start, end int, g gap, found bool) {
	length := len(m.secret) + 1 + fieldDigits
	for start = range body {
		if body[start] != m.secret[0] {
			continue
		}
		var read []byte
		for end = start; end < len(body) && len(read) < length; {
			if bytes.HasPrefix(body[end:], []byte(softBreak)) {
				end += len(softBreak)
				continue
			}
			read = append(read, body[end])
			if i := len(read) - 1; i < len(m.secret) && read[i] != m.secret[i] {
				break
			}
			end++
		}
		if len(read) == length {
			number, _ := strconv.Atoi(string(read[length-fieldDigits:]))
			return start, end, gap{field(number), string(read[len(m.secret):len(m.secret)+1]) == halfHTML}, true
		}
	}
	return 0, 0, gap{}, false
}

// spans splits a line of text at its marks.
func (m marks) spans(text string) []span {
	var all []span
	for {
		words, rest, found := strings.Cut(text, m.secret+halfPlain)
		if words != "" {
			all = append(all, span{words: words})
		}
		if !found {
			if len(all) == 0 {
				all = []span{{words: text}}
			}
			return all
		}
		number, _ := strconv.Atoi(rest[:fieldDigits])
		all = append(all, span{field: field(number)})
		text = rest[fieldDigits:]
	}
}

// before returns what stands before the mark that ends a text, and its field.
func (m marks) before(text string) (string, field) {
	words, rest, found := strings.Cut(text, m.secret+halfPlain)
	if !found {
		return text, 0
	}
	number, _ := strconv.Atoi(rest)
	return words, field(number)
}
