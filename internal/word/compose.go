package word

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// shortHash is how much of a text's mark is written on it.
const shortHash = 12

// VersionDocument is a version as it goes out to those who may read it. Where the recommendation names no organisation, because its
// reader must not learn whose it is, nothing is said of who pays for it either: a grant tells that as well.
func VersionDocument(ctx context.Context, db bun.IDB, rec *models.Recommendation, v *models.Version) (Document, error) {
	c := newComposer(ctx, db, rec, rec.Language)
	c.doc.Title = unmarked(v.Title)
	c.doc.Date = c.words.T("word.version", "Number", v.Number, "Date", c.words.Date(v.CreatedAt, nil), "Mark", v.Hash[:min(shortHash, len(v.Hash))])
	if rec.PublishedAt == nil {
		c.doc.Date += ". " + c.words.T("word.working")
	}
	var asked []asked
	for _, m := range v.Measures {
		asked = append(asked, askedOf(m.Number, m.Text, m.AuthorityIDs))
	}
	title := c.words.T("recommendation.section.measures")
	if rec.Organisation == nil {
		return c.compose(v.Body, title, asked)
	}
	return c.compose(v.Body, title, asked, c.funding)
}

// PublicationDocument is what was published, in one of its languages, with what its page says of it. Address is that page.
func PublicationDocument(ctx context.Context, db bun.IDB, rec *models.Recommendation, pub *models.Publication, text *models.PublicationText, address string) (Document, error) {
	c := newComposer(ctx, db, rec, text.Language)
	c.doc.Title = unmarked(text.Title)
	c.doc.Date = c.words.Date(pub.PublishedAt, nil)
	if text.TranslationID != nil {
		c.doc.Date += ", " + c.words.T("published.translated_from", "Language", c.words.Language(rec.Language))
	}
	var asked []asked
	for _, m := range text.Measures {
		asked = append(asked, askedOf(m.Number, m.Text, m.AuthorityIDs))
	}
	return c.compose(text.Body, c.words.T("published.what_is_asked"), asked,
		func() error { return c.uncovered(pub) }, func() error { return c.endorsement(pub) }, c.funding, func() error { c.imprint(pub, address); return nil })
}

// asked is a measure and whom it is addressed to.
type asked struct {
	number      int
	text        string
	authorities []uuid.UUID
}

func askedOf(number int, text string, authorities []uuid.UUID) asked {
	return asked{number, text, authorities}
}

// composer writes a document; the words around the text are those of its language.
type composer struct {
	ctx    context.Context
	db     bun.IDB
	rec    *models.Recommendation
	words  *i18n.Localizer
	doc    Document
	head   string // marks of a heading as wide as the text's widest
	parts  []string
	notes  []models.Footnote // of countries, for the end
	grants []models.Grant
	all    []models.Country             // in the network's order
	named  map[string]models.Designated // by code
}

func newComposer(ctx context.Context, db bun.IDB, rec *models.Recommendation, language string) *composer {
	c := &composer{ctx: ctx, db: db, rec: rec, words: i18n.For(language), named: map[string]models.Designated{}}
	c.doc = Document{Language: language, Kind: c.words.T("published.kind." + rec.Kind)}
	if c.words.Tag() != language {
		c.doc.Around = c.words.Tag()
	}
	if rec.Organisation != nil {
		c.doc.Organisation = rec.Organisation.Name
	}
	return c
}

func (c *composer) compose(body, measures string, asked []asked, rest ...func() error) (Document, error) {
	c.head = strings.Repeat("#", topLevel(body)) + " "
	c.add(unmarked(body))
	steps := append([]func() error{c.countries, func() error { return c.measures(measures, asked) }, c.concerned}, rest...)
	for _, step := range steps {
		if err := step(); err != nil {
			return Document{}, fmt.Errorf("put a document together: %w", err)
		}
	}
	for i, n := range c.notes {
		c.add(countryNote(i) + ": " + c.in(n.Text, n.Language))
	}
	c.doc.Markdown = strings.Join(c.parts, "\n\n") + "\n"
	return c.doc, nil
}

func (c *composer) add(parts ...string) { c.parts = append(c.parts, parts...) }

// in is words in a language, which are marked where it is not the text's; "" is the text's.
func (c *composer) in(words, language string) string {
	if language == c.doc.Language {
		language = ""
	}
	return spoken(escape(words), language)
}

// own is words of ours, which are in another language than the text where its own has no catalog.
func (c *composer) own(words string) string { return c.in(words, c.words.Tag()) }

// gap stands in a sentence for what is put in once the sentence is escaped.
const gap = "\x00"

// fill is a sentence of ours with Markdown in its gap.
func (c *composer) fill(sentence, with string) string {
	return strings.ReplaceAll(c.own(sentence), gap, with)
}

// section begins a part of ours.
func (c *composer) section(heading string) { c.add(c.head + c.own(heading)) }

func (c *composer) countries() error {
	grants, err := models.GrantsOf(c.ctx, c.db, c.rec.ID)
	if err != nil {
		return err
	}
	c.grants = grants
	c.all, err = models.Countries(c.ctx, c.db)
	for _, country := range c.all {
		c.named[country.Code] = models.Designation(country, grants, c.doc.Language)
	}
	return err
}

// country names a country as it is designated; "" for none. Its footnote is said once, however often it is referred to.
func (c *composer) country(code string) string {
	d, known := c.named[code]
	if !known {
		return ""
	}
	name := c.in(d.Name, d.Language)
	if d.Footnote == "" {
		return name
	}
	i := slices.IndexFunc(c.notes, func(n models.Footnote) bool { return n.Text == d.Footnote })
	if i < 0 {
		i = len(c.notes)
		c.notes = append(c.notes, models.Footnote{Text: d.Footnote, Language: d.FootnoteLanguage})
	}
	return name + countryNote(i)
}

func countryNote(i int) string { return fmt.Sprintf("[^country-%d]", i+1) }

func (c *composer) measures(heading string, list []asked) error {
	if len(list) == 0 {
		return nil
	}
	var ids []uuid.UUID
	for _, m := range list {
		ids = append(ids, m.authorities...)
	}
	authorities, err := models.AuthoritiesByID(c.ctx, c.db, ids)
	if err != nil {
		return err
	}
	by := make(map[uuid.UUID]models.Authority, len(authorities))
	for _, a := range authorities {
		by[a.ID] = a
	}
	c.section(heading)
	for _, m := range list {
		var to []string
		for _, id := range m.authorities {
			line := c.in(by[id].Names.In(c.doc.Language))
			if country := c.country(by[id].CountryCode); country != "" {
				line += ", " + country
			}
			to = append(to, "- "+line)
		}
		c.add(indent(fmt.Sprintf("%d.  ", m.number), apart(unmarked(m.text), m.number)+"\n\n"+strings.Join(to, "\n")))
	}
	return nil
}

// concerned names the countries in the network's order.
func (c *composer) concerned() error {
	if len(c.rec.Countries) == 0 {
		return nil
	}
	c.section(c.words.T("published.countries"))
	c.add(strings.Join(c.called(c.rec.Countries), ", "))
	return nil
}

// called names countries in the network's order.
func (c *composer) called(codes []string) []string {
	var names []string
	for _, country := range c.all {
		if slices.Contains(codes, country.Code) {
			names = append(names, c.country(country.Code))
		}
	}
	return names
}

// uncovered says for which countries there was no partner on the day of publication, and who was asked instead.
func (c *composer) uncovered(pub *models.Publication) error {
	codes, byLead, err := models.UncoveredBy(c.ctx, c.db, c.rec, pub)
	if err != nil || len(codes) == 0 {
		return err
	}
	key := "published.uncovered_none"
	if byLead {
		key = "published.uncovered_lead"
	}
	c.add(c.fill(c.words.T(key, "Countries", gap), c.words.ListAnd(c.called(codes))))
	return nil
}

func (c *composer) endorsement(pub *models.Publication) error {
	e, err := models.EndorsementOf(c.ctx, c.db, c.rec.ID, pub.VersionID)
	if err != nil {
		return err
	}
	if len(e.Organisations) > 0 {
		c.section(c.words.T("published.signed_off"))
		var names []string
		for _, o := range e.Organisations {
			names = append(names, c.words.ForUnit(o.Unit, o.Speaker))
		}
		for i, n := range names {
			names[i] = "- " + c.own(n)
		}
		c.add(strings.Join(names, "\n"))
	}
	if e.Reviews > 0 {
		said := c.words.N("published.reviewers", e.Reviews)
		if len(e.Reviewers) > 0 {
			said += " " + c.words.T("published.reviewers_named", "Names", c.words.ListAnd(e.Reviewers))
		}
		c.section(c.words.T("published.reviewed"))
		c.add(c.own(said))
	}
	if len(c.rec.Consulted) > 0 {
		c.section(c.words.T("published.consulted"))
		var lines []string
		for _, g := range c.rec.Consulted {
			lines = append(lines, "- "+c.in(fmt.Sprintf("%s: %s (%d)", g.People, g.Method, g.Number), c.rec.Language))
		}
		c.add(strings.Join(lines, "\n"))
	}
	return nil
}

// funding shows and says under a heading what the grants ask for.
func (c *composer) funding() error {
	if len(c.grants) > 0 {
		c.section(c.words.T("published.funding"))
	}
	return c.credits()
}

// credits show and say what the grants ask for, in the text's language or in the one it exists in.
func (c *composer) credits() error {
	for _, g := range models.Credits(c.grants, c.doc.Language) {
		if err := c.emblem(g); err != nil {
			return err
		}
		if said := strings.TrimSpace(c.in(g.Statement, g.Language) + " " + c.in(g.Disclaimer, g.DisclaimerLanguage)); said != "" {
			c.add(said)
		}
		c.add(c.own(c.words.Credit(g.Funder, g.Number, c.doc.Language, g.Language)))
	}
	return nil
}

// emblem sets a grant's picture.
func (c *composer) emblem(g models.Credit) error {
	if g.Emblem == "" {
		return nil
	}
	e, err := models.EmblemByHash(c.ctx, c.db, g.Emblem)
	if err != nil {
		return err
	}
	c.add(pictured(len(c.doc.Pictures)))
	c.doc.Pictures = append(c.doc.Pictures, Picture{MediaType: e.MediaType, Width: e.Width, Height: e.Height, Bytes: e.Bytes, Instead: g.Funder})
	return nil
}

func (c *composer) imprint(pub *models.Publication, address string) {
	var languages []string
	for _, t := range pub.Texts {
		languages = append(languages, c.in(i18n.NativeLanguage(t.Language), t.Language))
	}
	if len(languages) > 1 {
		c.section(c.words.T("word.languages"))
		c.add(c.fill(gap, c.words.ListAnd(languages)))
	}
	c.section(c.words.T("published.cite"))
	c.add(c.fill(c.words.T("published.citation", "Organisation", c.doc.Organisation, "Year", pub.PublishedAt.UTC().Format("2006"),
		"Title", c.doc.Title, "Kind", c.doc.Kind, "Address", gap), "<"+address+">"))
}

// special is what means something in Markdown.
var special = regexp.MustCompile("[\\\\`*_{}\\[\\]<>#|~!&$^]|^[-+]|^\\d+[.)]")

// escape makes words that mean nothing but themselves in Markdown, on one line.
func escape(words string) string {
	return special.ReplaceAllStringFunc(strings.Join(strings.Fields(unmarked(words)), " "), func(s string) string {
		return s[:len(s)-1] + `\` + s[len(s)-1:]
	})
}

// indent sets lines under a list marker.
func indent(marker, text string) string {
	return marker + strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", len(marker)))
}

var footnoteMark = regexp.MustCompile(`\[\^([^\]\s]+)\]`)

// apart keeps the footnotes of a measure from those of the text and of other measures.
func apart(text string, number int) string {
	return footnoteMark.ReplaceAllString(text, fmt.Sprintf("[^measure-%d-$1]", number))
}
