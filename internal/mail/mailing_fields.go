package mail

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"html/template"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// fieldValues fill in a mailing's fields. While a text is made into a letter each field is a mark: letters and digits that
// nobody can guess, which no Markdown and no escaping changes. What it stands for takes its place at the end, as text: so a
// name is never markup, whatever it holds.
type fieldValues struct {
	secret  string
	values  map[models.MailingField]string
	edition string // language of the title and the summary where it is not the letter's
}

// mailingFields reads what fills a mailing's fields for the letter's reader. What nobody knows of a reader is said in general,
// in the language of the letter: "your organisation", "your country".
func (d *draft) mailingFields(ctx context.Context, m models.MailingWords) (fieldValues, error) {
	f := newFieldValues(map[models.MailingField]string{
		models.FieldName:         oneLine(cmp.Or(d.reader.Name, d.t("mailing.somebody"))),
		models.FieldOrganisation: d.t("mailing.your_organisation"),
		models.FieldCountry:      d.t("mailing.your_country"),
		models.FieldTitle:        oneLine(m.Title),
		models.FieldSummary:      summary(m.Published),
		models.FieldLink:         d.baseURL + publicPath + m.Slug, // which chooses the reader's language
	})
	if m.Edition == d.mail.Language {
		f.values[models.FieldLink] += "/" + m.Edition
	} else {
		f.edition = m.Edition
	}
	if d.marks != nil { // of many readers
		f.values[models.FieldName], f.values[models.FieldOrganisation] = d.marks.of(fieldCalled), d.marks.of(fieldOrganisation)
		f.values[models.FieldCountry] = d.marks.of(fieldCountry)
	}
	if d.reader.ID == uuid.Nil {
		return f, nil
	}
	known, err := models.PersonalFieldsOf(ctx, d.db, []uuid.UUID{d.reader.ID})
	if err != nil {
		return f, err
	}
	p := known[d.reader.ID]
	f.values[models.FieldOrganisation] = cmp.Or(oneLine(p.Organisation), f.values[models.FieldOrganisation])
	f.values[models.FieldCountry] = cmp.Or(oneLine(countryIn(d.words, d.mail.Language, p.Country)), f.values[models.FieldCountry])
	return f, nil
}

// countryIn is what a country is called in the language of a letter, else in that of our own sentences.
func countryIn(words *i18n.Localizer, language string, names models.Names) string {
	return cmp.Or(names[language], words.Name(names).Text)
}

func newFieldValues(values map[models.MailingField]string) fieldValues {
	raw := make([]byte, 12)
	_, _ = rand.Read(raw) // it never fails
	return fieldValues{secret: "x" + hex.EncodeToString(raw), values: values}
}

// mark stands for a field. The address of the page holds nothing that Markdown reads as markup, and has to be an address for it; what
// nobody can guess tells it from the same address, or a longer one, that somebody wrote.
func (f fieldValues) mark(field models.MailingField) string {
	i := slices.Index(models.MailingFields(), field)
	switch {
	case i < 0: // of a text from before there were fields
		return "{" + string(field) + "}"
	case field == models.FieldLink:
		return f.values[field] + "#" + f.secret
	}
	return f.secret + string('a'+rune(i))
}

// fill puts the values in the place of the marks, each as written says it.
func (f fieldValues) fill(text string, written func(models.MailingField) string) string {
	var pairs []string
	for field := range f.values {
		pairs = append(pairs, f.mark(field), written(field))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func asItIs(s string) string { return s }

// plain is a value as text.
func (f fieldValues) plain(field models.MailingField) string { return f.values[field] }

// marked is a value as HTML: text alone, marked where it is in another language than the letter.
func (f fieldValues) marked(field models.MailingField) string {
	value := template.HTMLEscapeString(f.values[field])
	if f.edition != "" && (field == models.FieldTitle || field == models.FieldSummary) {
		return `<span lang="` + template.HTMLEscapeString(f.edition) + `">` + value + `</span>`
	}
	return value
}

// line fills in a subject.
func (f fieldValues) line(subject string) string {
	return oneLine(f.fill(models.Literal(models.CutFields(subject).Fill(f.mark)), f.plain))
}

// html makes a body into safe HTML.
func (f fieldValues) html(body string, pictures func(string) markdown.Shown) (template.HTML, error) {
	made, err := markdown.Render(models.CutFields(body).Fill(f.mark), markdown.WithHeadingShift(1), markdown.WithPictures(pictures))
	if err != nil {
		return "", err
	}
	return template.HTML(f.fill(f.linked(f.outsideTags(string(made))), f.marked)), nil //nolint:gosec // rendered safe, values escaped
}

// overTags writes HTML anew: what stands between tags as words says, and what stands within one as tag says.
func overTags(made string, words, tag func(string) string) string {
	var out strings.Builder
	for rest := made; rest != ""; {
		text, within, found := strings.Cut(rest, "<")
		out.WriteString(words(text))
		if !found {
			break
		}
		within, rest, _ = strings.Cut(within, ">")
		out.WriteString("<" + tag(within) + ">")
	}
	return out.String()
}

// outsideTags drops marks that stand within a tag, in the address of a link above all: what people are called must not lead
// anywhere.
func (f fieldValues) outsideTags(made string) string {
	return overTags(made, asItIs, func(tag string) string {
		for field := range f.values {
			if field != models.FieldLink {
				tag = strings.ReplaceAll(tag, f.mark(field), "")
			}
		}
		return tag
	})
}

// linked makes a link of the page's address where it stands as words: whoever put the field there wants it followed.
func (f fieldValues) linked(made string) string {
	address := f.mark(models.FieldLink)
	link := `<a href="` + template.HTMLEscapeString(address) + `">` + template.HTMLEscapeString(address) + `</a>`
	inLink := false
	return overTags(made, func(text string) string {
		if inLink {
			return text
		}
		return strings.ReplaceAll(text, address, link)
	}, func(tag string) string {
		inLink = strings.HasPrefix(tag, "a ") || inLink && tag != "/a"
		return tag
	})
}

// text makes the plain-text half: as it was written, else from the body.
func (f fieldValues) text(m models.MailingWords) string {
	if strings.TrimSpace(m.Plain) != "" {
		return wrap(f.fill(models.Literal(models.CutFields(m.Plain).Fill(f.mark)), f.plain))
	}
	return f.fill(markdown.Letter(models.CutFields(m.Body).Fill(f.mark)), f.plain)
}

// PlainOf is the plain-text half that would be made from a mailing's body, its fields left open, as somebody would write it by hand.
func PlainOf(body string) string {
	fields := map[models.MailingField]string{}
	for _, field := range models.MailingFields() {
		fields[field] = "{" + string(field) + "}"
	}
	f := newFieldValues(fields)
	address := "https://" + f.secret + ".example" // a link has to lead to an address, or it is none
	mark := func(field models.MailingField) string {
		if field == models.FieldLink {
			return address
		}
		return f.mark(field)
	}
	made := models.WithoutFields(markdown.Letter(models.CutFields(body).Fill(mark)))
	return f.fill(strings.ReplaceAll(made, address, "{"+string(models.FieldLink)+"}"), f.plain)
}

// longestSummary is how much of a first paragraph is a summary, in characters.
const longestSummary = 400

// summary is the first paragraph of a text, whole words of it where it is long.
func summary(text string) string {
	blocks := markdown.Blocks(text)
	i := slices.IndexFunc(blocks, func(b markdown.Block) bool { return b.Kind == markdown.KindParagraph })
	if i < 0 {
		return ""
	}
	words := []rune(oneLine(blocks[i].Text))
	if len(words) <= longestSummary {
		return string(words)
	}
	cut := string(words[:longestSummary])
	if at := strings.LastIndexByte(cut, ' '); at > 0 {
		cut = cut[:at]
	}
	return cut + " …"
}
