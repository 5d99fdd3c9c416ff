package word

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// AuthorityLetter is a letter to an authority about a publication, for a person to complete and to send.
type AuthorityLetter struct {
	Document
	Text   string   // the same as plain text
	Spoken string   // language of the authority's country, where nothing is published in it; "" otherwise
	Also   []string // the other languages in which it can be had
}

// LetterToAuthority writes the letter in one of the languages of the publication: the one asked for or, where that is "", the one of
// the authority's country, else English, else that of the recommendation. One that is asked for and does not exist is not found. At
// is the address under which the publication is read, with a slash.
func LetterToAuthority(ctx context.Context, db bun.IDB, rec *models.Recommendation, m *models.LetterMatter, language, at string) (AuthorityLetter, error) {
	text, spoken := letterEdition(m, language, rec.Language)
	if text == nil {
		return AuthorityLetter{}, apperr.NotFound("publication")
	}
	asked, named, err := m.Asked(ctx, db, text)
	if err != nil {
		return AuthorityLetter{}, fmt.Errorf("read what a letter asks for: %w", err)
	}
	c := newComposer(ctx, db, rec, text.Language)
	c.doc.Kind, c.doc.Date = "", c.words.T("letter.dated", "Date", c.words.Date(m.Day, time.UTC))
	name, in := m.Authority.Names.In(text.Language)
	to := []string{c.in(name, in)}
	for _, line := range m.Authority.AddressLines() {
		to = append(to, escape(line))
	}
	c.add(lines(to))
	about := []string{"**" + c.fill(c.words.T("letter.subject", "Title", gap), escape(text.Title)) + "**"}
	if m.Step.Reference != "" {
		about = append(about, c.own(c.words.T("letter.reference", "Reference", m.Step.Reference)))
	}
	c.add(lines(about), c.own(c.words.T("letter.salutation")))
	if m.Earlier != nil {
		c.add(c.own(c.wrote(*m.Earlier)))
	}
	c.add(c.fill(c.words.T("letter.opening", "Date", c.words.Date(m.Publication.PublishedAt, nil), "Title", gap), escape(text.Title)))
	c.asks(asked, named)
	c.add(c.fill(c.words.T("letter.link", "Address", gap), "<"+at+rec.Slug+"/"+text.Language+">"))
	if due := m.Step.ReplyDue; due != nil {
		c.add(c.own(c.words.T("letter.reply_by", "Date", c.words.Date(*due, time.UTC))))
	} else {
		c.add(c.own(c.words.T("letter.reply")))
	}
	c.add(c.own(c.words.T("letter.closing")), lines([]string{escape(m.Responsible.Name), escape(c.doc.Organisation)}))
	if err := c.paid(); err != nil {
		return AuthorityLetter{}, fmt.Errorf("say in a letter who pays: %w", err)
	}
	c.doc.Markdown = strings.Join(c.parts, "\n\n") + "\n"
	letter := AuthorityLetter{Document: c.doc, Spoken: spoken, Text: plainLetter(c.doc)}
	for _, t := range m.Publication.Texts {
		if t.Language != text.Language {
			letter.Also = append(letter.Also, t.Language)
		}
	}
	return letter, nil
}

// FileName is what the letter is called as a file, without its ending; slug is the recommendation's.
func (a AuthorityLetter) FileName(slug string) string { return slug + "-letter-" + a.Language }

// TextFile is the letter as a file of plain text.
func (a AuthorityLetter) TextFile(slug string) files.File {
	return files.File{Name: a.FileName(slug) + ".txt", MediaType: "text/plain; charset=utf-8", Content: []byte(a.Text)}
}

// letterEdition chooses the text that a letter is about, nil where the one asked for does not exist; spoken is the language of the
// authority's country where there is none in it.
func letterEdition(m *models.LetterMatter, asked, original string) (text *models.PublicationText, spoken string) {
	find := func(is func(tag string) bool) *models.PublicationText {
		i := slices.IndexFunc(m.Publication.Texts, func(t models.PublicationText) bool { return is(t.Language) })
		if i < 0 {
			return nil
		}
		return &m.Publication.Texts[i]
	}
	one := func(want string) func(string) bool { return func(tag string) bool { return tag == want } }
	spoken = i18n.SpokenIn(m.Authority.CountryCode)
	there := find(func(tag string) bool { return i18n.ReadWhere(spoken, tag) })
	if there != nil {
		spoken = ""
	}
	switch {
	case asked != "":
		return find(one(asked)), spoken
	case there != nil:
		return there, spoken
	}
	for _, tag := range []string{i18n.Default, original} {
		if text = find(one(tag)); text != nil {
			return text, spoken
		}
	}
	return find(func(string) bool { return true }), spoken
}

// asks says what is asked, measure by measure, with the numbers that the measures have in the publication.
func (c *composer) asks(asked []models.PublishedMeasure, named bool) {
	switch {
	case len(asked) == 0:
		c.add(c.own(c.words.T("letter.whole")))
		return
	case named:
		c.add(c.own(c.words.T("letter.asked")))
	default:
		c.add(c.own(c.words.T("letter.asked_country")))
	}
	for _, m := range asked {
		c.add("**" + c.own(c.words.T("letter.measure", "Number", c.words.Number(m.Number))) + "**")
		c.add(apart(unmarked(m.Text), m.Number))
	}
}

// wrote says when an earlier letter was sent to which no reply came.
func (c *composer) wrote(earlier models.CampaignStep) string {
	day := earlier.Day
	if earlier.SentOn != nil {
		day = *earlier.SentOn
	}
	return c.words.T("letter.wrote", "Date", c.words.Date(day, time.UTC))
}

// paid shows and says below a letter what the grants of the recommendation ask for.
func (c *composer) paid() error {
	var err error
	if c.grants, err = models.GrantsOf(c.ctx, c.db, c.rec.ID); err != nil || len(c.grants) == 0 {
		return err
	}
	c.add("---")
	return c.credits()
}

// lines sets lines under each other in one paragraph.
func lines(of []string) string {
	of = slices.DeleteFunc(of, func(line string) bool { return line == "" })
	return strings.Join(of, "\\\n")
}

// plainLetter is the letter as it is copied into a mail program.
func plainLetter(d Document) string {
	body := markdown.Letter(unmarked(langMark.ReplaceAllString(pictureRow.ReplaceAllString(d.Markdown, ""), "")))
	return strings.Join([]string{d.Organisation, d.Date, body}, "\n\n") + "\n"
}
