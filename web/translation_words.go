package web

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// read gathers what a form says about the part: only fields that it has, so that nothing is emptied by a form that was
// cut off.
func (c translationCase) read(values url.Values) models.TranslationInput {
	var in models.TranslationInput
	if c.first() && values.Has("title") {
		title := typed(values.Get("title"))
		in.Title = &title
	}
	for _, b := range c.blocks() {
		name := fmt.Sprintf("blocks[%d]", b.Position)
		if values.Has(name + ".text") {
			in.Blocks = append(in.Blocks, models.BlockInput{Position: b.Position, Text: typedBlock(values.Get(name + ".text")),
				LeftOut: values.Get(name+".left_out") == "yes", Note: typed(values.Get(name + ".note"))})
		}
	}
	if !c.last() {
		return in
	}
	for i, m := range c.version.Measures {
		if name := fmt.Sprintf("measures[%d].text", i); values.Has(name) {
			in.Measures = append(in.Measures, models.TranslatedMeasure{ID: m.ID, Text: typed(values.Get(name))})
		}
	}
	return in
}

// typedBlock is what was typed for a block, with the spaces before its first line: they may be what makes it preformatted.
func typedBlock(text string) string {
	if typed(text) == "" {
		return ""
	}
	return strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// overlay puts the words of a form in the place of those stored. Where somebody else saved other words meanwhile, these
// are kept beside them.
func (v *translationView) overlay(in models.TranslationInput, meanwhile bool) {
	if in.Title != nil {
		v.TheirTitle = theirs(meanwhile, v.storedTitle, *in.Title)
	}
	for _, b := range in.Blocks {
		for i := range v.Blocks {
			p := &v.Blocks[i]
			if p.Number == b.Position+1 {
				p.Theirs = theirs(meanwhile, p.Text, b.Text)
				p.Text, p.LeftOut, p.Note = b.Text, b.LeftOut, b.Note
			}
		}
	}
	for i, m := range in.Measures {
		if i < len(v.Measures) {
			v.Measures[i].Theirs = theirs(meanwhile, v.Measures[i].Text, m.Text)
			v.Measures[i].Text = m.Text
		}
	}
}

// theirs returns stored words that differ from one's own and are not nothing.
func theirs(meanwhile bool, stored, own string) string {
	if !meanwhile || stored == own {
		return ""
	}
	return stored
}

var blockPath = regexp.MustCompile(`^blocks\[(\d+)\]`)

// atTheirFields turns blame on the third block sent into blame on the block of the text that it is.
func (c translationCase) atTheirFields(err error, in models.TranslationInput) error {
	var e *apperr.Error
	if !errors.As(err, &e) {
		return err
	}
	for i, f := range e.Fields {
		if k, ok := pathIndex(blockPath, f.Path); ok && k < len(in.Blocks) {
			e.Fields[i].Path = fmt.Sprintf("blocks[%d]%s", in.Blocks[k].Position, strings.TrimPrefix(f.Path, fmt.Sprintf("blocks[%d]", k)))
		}
	}
	return e
}

func pathIndex(form *regexp.Regexp, path string) (int, bool) {
	m := form.FindStringSubmatch(path)
	if m == nil {
		return 0, false
	}
	k, err := strconv.Atoi(m[1])
	return k, err == nil
}

// partOf returns the part on which a field stands.
func (c translationCase) partOf(path string) int {
	if position, ok := pathIndex(blockPath, path); ok {
		return min(position/blocksPerPart, c.parts()-1)
	}
	if strings.HasPrefix(path, "measures") {
		return c.parts() - 1
	}
	return 0
}

var measurePath = regexp.MustCompile(`^measures\[(\d+)\]`)

// missing says what keeps a translation from being handed over, each with the way to it.
func (c translationCase) missing(l *i18n.Localizer, err error) []missingPiece {
	var e *apperr.Error
	if !errors.As(err, &e) || e.Code != apperr.CodeInvalid {
		return nil
	}
	var pieces []missingPiece
	for _, f := range e.Fields {
		pieces = append(pieces, missingPiece{
			Text: c.pieceName(l, f.Path) + ": " + l.T(f.Key, f.Args),
			Href: c.href(c.partOf(f.Path)) + "#" + fieldID(f.Path),
		})
	}
	return pieces
}

func (c translationCase) pieceName(l *i18n.Localizer, path string) string {
	if k, ok := pathIndex(blockPath, path); ok {
		return l.T("translation.paragraph", "Number", l.Number(k+1))
	}
	if k, ok := pathIndex(measurePath, path); ok {
		return l.T("translation.measure", "Number", l.Number(k+1))
	}
	return l.T("translation.title")
}
