package api

import (
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/sergi/go-diff/diffmatchpatch"

	"tribuna/models"
)

// compareTimeout bounds a comparison; what is found by then is coarser, never wrong.
const compareTimeout = 2 * time.Second

func compare(before, after *models.Version) Comparison {
	c := Comparison{From: before.Number, To: after.Number, Title: words(before.Title, after.Title), Body: words(before.Body, after.Body),
		Measures: []MeasureComparison{}}
	was := map[uuid.UUID]string{}
	for _, m := range before.Measures {
		was[m.ID] = m.Text
	}
	for _, m := range after.Measures {
		c.Measures = append(c.Measures, MeasureComparison{ID: m.ID, Text: words(was[m.ID], m.Text)})
		delete(was, m.ID)
	}
	for _, m := range before.Measures {
		if gone, ok := was[m.ID]; ok {
			c.Measures = append(c.Measures, MeasureComparison{ID: m.ID, Text: words(gone, "")})
		}
	}
	return c
}

// words compares two texts word by word: each different word becomes one rune, and the runes are compared.
func words(before, after string) []Segment {
	differ := diffmatchpatch.New()
	differ.DiffTimeout = compareTimeout
	dictionary := &dictionary{code: map[string]rune{}}
	a, b := dictionary.encode(before), dictionary.encode(after)
	segments := []Segment{}
	for _, d := range differ.DiffMainRunes(a, b, false) {
		change := map[diffmatchpatch.Operation]string{diffmatchpatch.DiffEqual: "same", diffmatchpatch.DiffInsert: "inserted",
			diffmatchpatch.DiffDelete: "deleted"}[d.Type]
		if text := dictionary.decode(d.Text); text != "" {
			segments = append(segments, Segment{Change: change, Text: text})
		}
	}
	return segments
}

// dictionary gives every different word a rune, leaving out those that are no characters on their own.
type dictionary struct {
	code map[string]rune
	word []string
}

const firstSurrogate, afterSurrogates = 0xD800, 0xE000

func (d *dictionary) encode(text string) []rune {
	var runes []rune
	for _, w := range splitWords(text) {
		r, known := d.code[w]
		if !known {
			r = d.next()
			d.code[w] = r
			d.word = append(d.word, w)
		}
		runes = append(runes, r)
	}
	return runes
}

func (d *dictionary) next() rune {
	n := rune(len(d.word) + 1)
	if n >= firstSurrogate {
		n += afterSurrogates - firstSurrogate
	}
	return n
}

func (d *dictionary) decode(coded string) string {
	var b strings.Builder
	for _, r := range coded {
		if r >= afterSurrogates {
			r -= afterSurrogates - firstSurrogate
		}
		b.WriteString(d.word[r-1])
	}
	return b.String()
}

// splitWords cuts a text into words, each run of white space and each sign of punctuation standing for itself.
func splitWords(text string) []string {
	var all []string
	start := 0
	kind := func(r rune) int {
		switch {
		case unicode.IsSpace(r):
			return 1
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return 2
		}
		return 3
	}
	last := 0
	for i, r := range text {
		k := kind(r)
		if i > start && (k != last || k == 3) {
			all = append(all, text[start:i])
			start = i
		}
		last = k
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}
