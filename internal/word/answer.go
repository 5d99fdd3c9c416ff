package word

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"path"
	"strings"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
)

// Far more than one answer takes: comments of one file, bytes of one comment, characters that a comment is shown to be about.
const (
	commentsMost = 1000
	commentMost  = 256 << 10
	putMost      = 10_000
)

// commentBody is what a comment says; its author is not read.
type commentBody struct{ id, body string }

// AnswerTooLarge says of a file that it is larger than is read as an answer.
func AnswerTooLarge() error {
	return apperr.Invalid(files.Field, "word_size", "megabytes", MaxAnswer>>20)
}

// inspectAnswer makes sure of more than inspect does, since this file comes from outside the network: nothing in it runs, leads
// elsewhere by itself, or declares what it is made of. It returns what its comments say.
func inspectAnswer(ctx context.Context, file []byte) ([]commentBody, error) {
	if _, err := inspect(file, MaxAnswer); err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, notWord(err, MaxAnswer)
	}
	var bodies []commentBody
	for _, part := range archive.File {
		switch name := strings.ToLower(part.Name); {
		case strings.HasSuffix(name, "vbaproject.bin"), strings.HasSuffix(name, "vbadata.xml"):
			return nil, invalid("word_macros", nil)
		case strings.HasSuffix(name, ".xml"), strings.HasSuffix(name, ".rels"):
			some, err := examine(ctx, part)
			if err != nil {
				return nil, err
			}
			bodies = append(bodies, some...)
		}
	}
	return bodies, nil
}

func examine(ctx context.Context, part *zip.File) ([]commentBody, error) {
	content, err := part.Open()
	if err != nil {
		return nil, invalid("word_broken", err)
	}
	defer content.Close()
	e := examiner{part: part.Name}
	decoder := xml.NewDecoder(io.LimitReader(content, textMost))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // pandoc judges the letters
	for ctx.Err() == nil {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return e.bodies, nil
		}
		if err != nil {
			return nil, invalid("word_broken", err)
		}
		if err := e.take(token); err != nil {
			return nil, err
		}
	}
	return nil, ctx.Err()
}

// examiner reads one part.
type examiner struct {
	part   string
	bodies []commentBody
	in     bool   // in a comment
	id     string // of that comment
	body   strings.Builder
	says   bool // words follow
}

func (e *examiner) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.Directive:
		return invalid("word_doctype", nil)
	case xml.StartElement:
		return e.start(t)
	case xml.EndElement:
		e.end(t.Name.Local)
	case xml.CharData:
		if e.in && e.says {
			e.body.Write(t)
		}
	}
	if e.body.Len() > commentMost {
		return invalid("word_much", nil)
	}
	return nil
}

func (e *examiner) start(t xml.StartElement) error {
	switch {
	case t.Name.Local == "Relationship":
		return leadsElsewhere(t)
	case e.part == "[Content_Types].xml" && strings.Contains(strings.ToLower(attribute(t, "ContentType")), "macroenabled"):
		return invalid("word_macros", nil)
	case e.part != "word/comments.xml":
	case t.Name.Local == "comment":
		if len(e.bodies) >= commentsMost {
			return invalid("word_comments_many", nil)
		}
		e.in, e.id = true, attribute(t, "id")
		e.body.Reset()
	case !e.in:
	case t.Name.Local == "t":
		e.says = true
	case t.Name.Local == "tab":
		e.body.WriteByte(' ')
	case t.Name.Local == "br", t.Name.Local == "cr":
		e.body.WriteByte('\n')
	}
	return nil
}

func (e *examiner) end(name string) {
	switch {
	case !e.in:
	case name == "t":
		e.says = false
	case name == "p":
		e.body.WriteByte('\n')
	case name == "comment":
		e.bodies = append(e.bodies, commentBody{e.id, strings.TrimSpace(unmarked(e.body.String()))})
		e.in = false
	}
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// leadsElsewhere refuses what Word fetches by itself from outside a file. A link that somebody has to follow is none of it,
// and a template on the writer's own disk is what offices work with.
func leadsElsewhere(t xml.StartElement) error {
	if !strings.EqualFold(attribute(t, "TargetMode"), "External") {
		return nil
	}
	target, err := url.Parse(attribute(t, "Target"))
	local := err == nil && target.Scheme == "file" && target.Host == ""
	switch kind := path.Base(attribute(t, "Type")); {
	case kind == "hyperlink", kind == "attachedTemplate" && local:
		return nil
	}
	return invalid("word_external", nil)
}
