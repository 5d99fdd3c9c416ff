package models

import (
	"fmt"
	"regexp"
	"strings"

	"tribuna/internal/apperr"
)

// MailingField is something that a mailing's text leaves open: it stands there as {name}. A backslash before the brace keeps it
// as it is written.
type MailingField string

// The fields. The first three differ from reader to reader, the others from language to language.
const (
	FieldName         MailingField = "name"         // the reader's
	FieldOrganisation MailingField = "organisation" // of the reader; the first by name
	FieldCountry      MailingField = "country"      // where the reader lives, in the language of the text
	FieldTitle        MailingField = "title"        // of the recommendation, as published in that language
	FieldSummary      MailingField = "summary"      // its first paragraph
	FieldLink         MailingField = "link"         // address of its page in that language
)

// MailingFields returns every field, those of the reader first.
func MailingFields() []MailingField {
	return []MailingField{FieldName, FieldOrganisation, FieldCountry, FieldTitle, FieldSummary, FieldLink}
}

// Personal reports whether a field differs from reader to reader.
func (f MailingField) Personal() bool {
	return f == FieldName || f == FieldOrganisation || f == FieldCountry
}

// FieldText is a text cut at its fields: Words[0], Fields[0], Words[1] … Words[n]. It is cut once and filled in for many.
type FieldText struct {
	Words  []string // what is the same for all; one more than Fields
	Fields []MailingField
}

var fieldPattern = regexp.MustCompile(`\\?\{[a-z_]+\}`)

// CutFields cuts a text at its fields, whether or not there are such fields. Anything else in braces is text.
func CutFields(text string) FieldText {
	var t FieldText
	from := 0
	for _, at := range fieldPattern.FindAllStringIndex(text, -1) {
		if text[at[0]] == '\\' {
			continue
		}
		t.Words = append(t.Words, text[from:at[0]])
		t.Fields = append(t.Fields, MailingField(text[at[0]+1:at[1]-1]))
		from = at[1]
	}
	t.Words = append(t.Words, text[from:])
	return t
}

// Fill puts the text together again with what stands for each field.
func (t FieldText) Fill(value func(MailingField) string) string {
	var out strings.Builder
	for i, f := range t.Fields {
		out.WriteString(t.Words[i])
		out.WriteString(value(f))
	}
	out.WriteString(t.Words[len(t.Words)-1])
	return out.String()
}

// Literal takes the backslash from braces that are meant as they are written, where no Markdown does so.
func Literal(text string) string { return literalBrace.ReplaceAllString(text, "$1") }

var literalBrace = regexp.MustCompile(`\\(\{[a-z_]+\})`)

// unknown returns the first field that there is not.
func (t FieldText) unknown() (MailingField, bool) {
	for _, f := range t.Fields {
		if !f.known() {
			return f, true
		}
	}
	return "", false
}

func (f MailingField) known() bool {
	for _, k := range MailingFields() {
		if f == k {
			return true
		}
	}
	return false
}

// checkFields blames each part of a mailing's texts that names a field there is not.
func checkFields(texts []MailingText) error {
	bad := apperr.New(apperr.CodeInvalid)
	for i, t := range texts {
		for _, part := range []struct{ name, text string }{{"subject", t.Subject}, {"body", t.Body}, {"plain", t.Plain}} {
			if f, is := CutFields(part.text).unknown(); is {
				bad.And(fmt.Sprintf("texts[%d].%s", i, part.name), "mailing_field", "field", "{"+string(f)+"}", "allowed", fieldList())
			}
		}
	}
	return bad.OrNil()
}

// noFields blames the head and the body of a text in which no field is filled in where one is named, whether or not there is such a
// field: readers would get its braces.
func noFields(bad *apperr.Error, path, headName, head, body string) {
	for _, part := range []struct{ name, text string }{{headName, head}, {"body", body}} {
		if fields := CutFields(part.text).Fields; len(fields) > 0 {
			bad.And(path+"."+part.name, "mailing_field_here", "field", "{"+string(fields[0])+"}")
		}
	}
}

func fieldList() string {
	var all []string
	for _, f := range MailingFields() {
		all = append(all, "{"+string(f)+"}")
	}
	return strings.Join(all, ", ")
}

// WithoutFields writes a text in which nothing is a field: braces that read as one get a backslash.
func WithoutFields(text string) string { return openBrace.ReplaceAllString(text, `\$0`) }

var openBrace = regexp.MustCompile(`\{[a-z_]+\}`)
