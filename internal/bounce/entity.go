package bounce

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"bufio"
	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // reports come in many charsets
	"github.com/emersion/go-message/textproto"
)

// Limits on what is read of one message: what comes from outside may be as large and as deep as its sender likes.
const (
	MaxSize  = 1 << 20  // bytes of a message; what follows is not read
	maxWords = 64 << 10 // of the text for people: what a server has to say stands at its beginning
	maxParts = 40
	maxDepth = 6
)

// part is one part of a message that holds no other ones.
type part struct {
	media  string // media type, in lower case
	header message.Header
	body   string // decoded, as UTF-8
}

// letter is a message that came back, taken apart.
type letter struct {
	header message.Header
	report string // the report-type of a multipart/report
	parts  []part
}

// open takes a message apart. What is malformed is taken for text: servers that return mails are seldom careful.
func open(r io.Reader) (letter, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxSize))
	if err != nil {
		return letter{}, err
	}
	raw = bytes.TrimLeft(raw, "\r\n")
	if bytes.HasPrefix(raw, []byte("From ")) { // as it lies in a mailbox file
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	buffered := bufio.NewReader(bytes.NewReader(raw))
	header, err := textproto.ReadHeader(buffered)
	if err != nil {
		header = textproto.Header{}
		buffered = bufio.NewReader(bytes.NewReader(raw))
	}
	l := letter{header: message.Header{Header: header}}
	media, params, _ := l.header.ContentType()
	if strings.EqualFold(media, "multipart/report") {
		l.report = strings.ToLower(params["report-type"])
	}
	l.take(l.header, buffered, 0)
	return l, nil
}

// take adds an entity, or those within it.
func (l *letter) take(header message.Header, body io.Reader, depth int) {
	raw, _ := io.ReadAll(body) // of a part that breaks off what there is counts
	media, params, err := header.ContentType()
	if err != nil || media == "" {
		media = looseMedia(header.Get("Content-Type"))
	}
	media = strings.ToLower(media)
	if strings.HasPrefix(media, "multipart/") && params["boundary"] != "" && depth < maxDepth {
		if l.takeParts(raw, params["boundary"], depth) > 0 {
			return
		}
		media = "text/plain"
	}
	if len(l.parts) >= maxParts {
		return
	}
	l.parts = append(l.parts, part{media: media, header: header, body: decoded(header, raw)})
}

func (l *letter) takeParts(raw []byte, boundary string, depth int) (taken int) {
	r := textproto.NewMultipartReader(bytes.NewReader(raw), boundary)
	for taken < maxParts {
		p, err := r.NextPart()
		if err != nil {
			return taken
		}
		l.take(message.Header{Header: p.Header}, p, depth+1)
		taken++
	}
	return taken
}

// decoded is a body as it is read. One in an encoding or a charset that nobody knows is left as it is.
func decoded(header message.Header, raw []byte) string {
	e, err := message.New(header, bytes.NewReader(raw))
	if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	text, err := io.ReadAll(e.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && len(text) == 0 {
		text = raw
	}
	return strings.ReplaceAll(strings.ToValidUTF8(string(text), "\uFFFD"), "\r\n", "\n")
}

// looseMedia is the media type of a field that is not written as it should be.
func looseMedia(field string) string {
	media, _, _ := strings.Cut(field, ";")
	if media = strings.ToLower(strings.TrimSpace(media)); strings.Count(media, "/") == 1 {
		return media
	}
	return "text/plain"
}

// find returns the first part of one of the media types.
func (l letter) find(media ...string) *part {
	for i := range l.parts {
		for _, m := range media {
			if l.parts[i].media == m {
				return &l.parts[i]
			}
		}
	}
	return nil
}

// words is the beginning of the text for people: its first part that is plain text, else what its HTML says.
func (l letter) words() string {
	text := ""
	if p := l.find("text/plain"); p != nil {
		text = p.body
	} else if p := l.find("text/html"); p != nil {
		text = textOf(p.body)
	}
	if len(text) > maxWords {
		text = strings.ToValidUTF8(text[:maxWords], "")
	}
	return text
}

// field is a header field as it is read, decoded and on one line.
func (l letter) field(name string) string {
	value, err := l.header.Text(name)
	if err != nil {
		value = l.header.Get(name)
	}
	return strings.TrimSpace(strings.ToValidUTF8(value, "\uFFFD"))
}
