package mail

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	textTemplate "text/template"

	"tribuna/internal/i18n"
)

//go:embed templates
var templateFiles embed.FS

// One layout for each half of the mail; they differ by what a page holds, not by kind of mail.
var (
	htmlLayout = template.Must(template.ParseFS(templateFiles, "templates/layout.html"))
	textLayout = textTemplate.Must(textTemplate.New("layout.txt").
			Funcs(textTemplate.FuncMap{"wrap": wrap, "indent": indent}).ParseFS(templateFiles, "templates/layout.txt"))
)

// page is what a letter says: one question, one button, until when, who asks and why you.
type page struct {
	Language string
	Catalog  string // language of our own sentences where it is another: there is no catalog in Language
	BaseURL  string

	Subject  string
	Greeting string   // "Dear …,"
	Heading  string   // of a mailing; other mails begin with the greeting
	Lead     []string // what is asked, a sentence a paragraph
	Document *titled  // what it is about
	Facts    []fact
	Items    []item // of a digest
	Passages []passage
	Body     template.HTML // of a mailing, made safe by package markdown
	BodyText string
	News     []news // of a newsletter
	Button   *button
	After    []string     // what one should know before deciding
	Notes    []i18n.Words // of a mailing: the countries it is about, with their footnotes
	Grants   []credit     // of a mailing: what those who pay want shown and said
	Why      string       // why this reader gets it

	Attached         []Attached
	Unsubscribe      string // address
	UnsubscribeLabel string
	Preferences      string // address where the reader says what they want of the mailings
	PreferencesLabel string
	Automatic        string // who sent this, and that answering it reaches nobody
}

type titled struct{ Title, Language string }

// credit is what a grant wants shown and said.
type credit struct {
	picture *Attached // goes along; nil is none
	Funder  string
	Said    i18n.Words
	Line    string
}

// Emblem names the picture within the letter (RFC 2392): nothing is fetched to show it. "" is none.
func (c credit) Emblem() template.URL {
	if c.picture == nil {
		return ""
	}
	return template.URL("cid:" + c.picture.Within) //nolint:gosec // of our own making
}

// fact is a line of what one should know. Value is a sentence, or i18n.Words.
type fact struct {
	Label string
	Value any
}

// Words are the value for either half of the mail.
func (f fact) Words() i18n.Words {
	if w, is := f.Value.(i18n.Words); is {
		return w
	}
	return i18n.Said(fmt.Sprint(f.Value))
}

type button struct {
	Label, URL string
	Personal   bool // it opens what is the reader's own: its visits are not counted
}

// item is one of several things asked.
type item struct {
	Ask      i18n.Words
	Document titled
	Until    string
	Overdue  bool
	Button   button
}

// passage is something the reader wrote.
type passage struct {
	Heading       string
	Quote         string // what it is about
	QuoteLanguage string
	Suggests      string // what is suggested for it, in a sentence; "" where nothing is
	Instead       string // the words themselves, in the language of the quote
	Text          string
	Language      string // of the text; "" where it is the mail's, or nobody said
}

// Paragraphs splits a text where its writer did.
func (p passage) Paragraphs() []string {
	return strings.FieldsFunc(p.Text, func(r rune) bool { return r == '\n' || r == '\r' })
}

func render(p page) (html, text string, err error) {
	var h, t bytes.Buffer
	if err := htmlLayout.Execute(&h, p); err != nil {
		return "", "", err
	}
	if err := textLayout.Execute(&t, p); err != nil {
		return "", "", err
	}
	return h.String(), squeeze(t.String()), nil
}

// lineLength keeps plain text readable in every window (RFC 3676 advises at most 78 characters).
const lineLength = 72

// wrap breaks paragraphs into lines; words longer than a line, addresses above all, stay whole.
func wrap(s string) string { return fold(s, "") }

// indent is wrap with a margin, for what is quoted.
func indent(s string) string { return fold(s, "  ") }

func fold(s, margin string) string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		line := margin
		for word := range strings.FieldsSeq(paragraph) {
			if line != margin && len([]rune(line))+1+len([]rune(word)) > lineLength {
				lines, line = append(lines, line), margin
			}
			if line != margin {
				line += " "
			}
			line += word
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return strings.Join(lines, "\n")
}

// squeeze leaves one empty line where conditions in the template left several.
func squeeze(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}
