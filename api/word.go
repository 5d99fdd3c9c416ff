package api

import (
	"fmt"
	"net/http"
	"time"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/word"
	"tribuna/models"
)

// WordText is what was understood of a Word file. Nothing of it is stored: send what should be to saveDraft.
type WordText struct {
	Title     string `json:"title"` // "" where the file has none
	Body      string `json:"body"`  // Markdown
	Headings  int    `json:"headings"`
	Lists     int    `json:"lists"`
	Tables    int    `json:"tables"`
	Footnotes int    `json:"footnotes"`
	Links     int    `json:"links"`
	LeftOut   struct {
		Pictures int  `json:"pictures"`
		Comments int  `json:"comments"`
		Contents bool `json:"contents"` // a table of contents
	} `json:"left_out"`
	ChangesAccepted int `json:"changes_accepted"` // tracked changes
}

// Limits of conversions for one person, or one address where nobody is signed in: each keeps a program busy for seconds.
const (
	conversionWindow = 10 * time.Minute
	conversionsEach  = 30
)

func (s *server) wordRoutes() []route {
	routes := []route{{method: http.MethodPost, path: "/recommendations/{id}/draft/word", id: "readWord", tag: "texts",
		summary: "Read a Word file (.docx) as a text; nothing is stored. Needs pandoc on the server, else 501",
		body:    upload{}, limit: word.MaxFile + 1<<20, reply: WordText{}, serve: s.readWord}}
	for _, of := range []struct {
		form word.Form
		name string
	}{{word.DOCX, "Word"}, {word.PDF, "PDF"}} {
		form, name := of.form, of.name
		routes = append(routes,
			route{method: http.MethodGet, path: "/recommendations/{id}/versions/{number}/" + string(form), id: "getVersionAs" + name, tag: "texts",
				summary: "One version as a file. Needs " + form.Program() + " on the server, else 501", reply: outgoing(form), serve: s.versionAs(form)},
			route{method: http.MethodGet, path: "/published/{slug}/{language}/" + string(form), id: "getPublishedAs" + name, tag: "published", gate: open,
				summary: "A publication in one language as a file. Needs " + form.Program() + " on the server, else 501", reply: outgoing(form), serve: s.publishedAs(form)})
	}
	return routes
}

func (s *server) readWord(c *call) (reply, error) {
	rec, err := c.owned(access.EditDraft)
	if err != nil {
		return reply{}, err
	}
	if !s.Word.ReadsWord() {
		return reply{}, word.NotInstalled("pandoc")
	}
	if err := rec.Editable(); err != nil {
		return reply{}, err
	}
	f, err := c.file(word.MaxFile, word.TooLarge())
	if err != nil {
		return reply{}, err
	}
	if err := c.allowConversion(c.who.person.ID.String()); err != nil {
		return reply{}, err
	}
	text, err := s.Word.Read(c.ctx(), f.Content)
	if err != nil {
		return reply{}, err
	}
	v := WordText{Title: text.Title, Body: text.Body, Headings: text.Headings, Lists: text.Lists, Tables: text.Tables,
		Footnotes: text.Footnotes, Links: text.Links, ChangesAccepted: text.Changes}
	v.LeftOut.Pictures, v.LeftOut.Comments, v.LeftOut.Contents = text.Pictures, text.Comments, text.Contents
	return reply{body: v}, nil
}

// allowConversion counts a conversion against the limit of whoever asks for it, at both doors together.
func (c *call) allowConversion(who string) error {
	ok, err := models.Allow(c.ctx(), c.s.DB, "conversion:"+who, conversionsEach, conversionWindow, c.now())
	if err == nil && !ok {
		err = apperr.New(apperr.CodeTooMany)
	}
	return err
}

func (s *server) versionAs(form word.Form) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		rec, err := c.inside()
		if err != nil {
			return reply{}, err
		}
		n, err := c.number("number", "version")
		if err != nil {
			return reply{}, err
		}
		v, err := models.VersionByNumber(c.ctx(), s.DB, rec.ID, n)
		if err != nil {
			return reply{}, err
		}
		doc, err := word.VersionDocument(c.ctx(), s.DB, rec, v)
		if err != nil {
			return reply{}, err
		}
		return c.document(doc, form, files.File{Name: fmt.Sprintf("%s-%d", rec.Slug, n)}, c.who.person.ID.String())
	}
}

func (s *server) publishedAs(form word.Form) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		rec, pub, err := models.PublishedBySlug(c.ctx(), s.DB, c.variable("slug"))
		if err != nil {
			return reply{}, err
		}
		for i, text := range pub.Texts {
			if text.Language != c.variable("language") {
				continue
			}
			doc, err := word.PublicationDocument(c.ctx(), s.DB, rec, pub, &pub.Texts[i], s.BaseURL+"/published/"+rec.Slug+"/"+text.Language)
			if err != nil {
				return reply{}, err
			}
			return c.document(doc, form, files.File{Name: rec.Slug + "-" + text.Language, Public: true}, c.host())
		}
		return reply{}, apperr.NotFound("publication")
	}
}

// document answers with a document in a form. What the reader has already is not made again, and what lies ready counts
// against nobody's limit.
func (c *call) document(doc word.Document, form word.Form, f files.File, who string) (reply, error) {
	converter := c.s.Word
	if !converter.Writes(form) {
		return reply{}, word.NotInstalled(form.Program())
	}
	f.Name, f.MediaType, f.ETag = f.Name+"."+string(form), form.MediaType(), converter.Tag(doc, form)
	if files.Has(c.r, f) {
		return reply{file: &f}, nil
	}
	if !converter.Kept(doc, form) {
		if err := c.allowConversion(who); err != nil {
			return reply{}, err
		}
	}
	var err error
	f.Content, err = converter.Write(c.ctx(), doc, form)
	return reply{file: &f}, err
}
