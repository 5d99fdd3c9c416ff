// Package anchor says where in a paragraph words that somebody quoted stand, and where they stand in a later version.
//
// A quote is a TextQuoteSelector of the W3C Web Annotation Data Model (section 4.2.4) over the paragraph's text as it is
// read (markdown.Words). Blanks, quotation marks, apostrophes and dashes are alike however they were typed.
package anchor

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Context is how many characters of what stands before and after a quote are kept with it.
const Context = 32

// Selector is a quote with what stands before and after it.
type Selector struct{ Exact, Prefix, Suffix string }

// Find looks for a quote in a paragraph and returns it as it stands there, with what stands around it. Where it stands
// more than once, the place counts whose surroundings are most like those of the quote; of equal ones the first.
func Find(paragraph string, quote Selector) (Selector, bool) {
	text := fold(paragraph)
	exact := fold(quote.Exact).trimmed()
	if len(exact) == 0 {
		return Selector{}, false
	}
	prefix, suffix := fold(quote.Prefix).runes, fold(quote.Suffix).runes
	found, best := -1, -1
	for at := index(text.runes, exact, 0); at >= 0; at = index(text.runes, exact, at+1) {
		if like := ending(text.runes[:at], prefix) + beginning(text.runes[at+len(exact):], suffix); like > best {
			found, best = at, like
		}
	}
	if found < 0 {
		return Selector{}, false
	}
	return text.selector(found, found+len(exact)), true
}

// folded is a text in which what is typed in several ways is written in one. Each of its characters knows where it came
// from: at[i] to at[i+1] in the text it was made of.
type folded struct {
	runes []rune
	from  []rune
	at    []int
}

func fold(text string) folded {
	f := folded{from: []rune(norm.NFC.String(text))}
	for i, r := range f.from {
		switch {
		case invisible(r):
			continue
		case unicode.IsSpace(r):
			if n := len(f.runes); n > 0 && f.runes[n-1] == ' ' {
				continue
			}
			r = ' '
		default:
			if plain, ok := alike[r]; ok {
				r = plain
			}
		}
		f.runes, f.at = append(f.runes, r), append(f.at, i)
	}
	f.at = append(f.at, len(f.from))
	return f
}

// invisible are characters that show nothing: a soft hyphen, and marks of zero width.
func invisible(r rune) bool {
	return r == '\u00ad' || r == '\ufeff' || r >= '\u200b' && r <= '\u200f' || r == '\u2060'
}

var alike = map[rune]rune{
	'“': '"', '”': '"', '„': '"', '‟': '"', '«': '"', '»': '"', '″': '"',
	'‘': '\'', '’': '\'', '‚': '\'', '‛': '\'', '′': '\'', '´': '\'', '`': '\'', '‹': '\'', '›': '\'',
	'‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '−': '-',
}

// trimmed are the characters without blanks around them.
func (f folded) trimmed() []rune { return []rune(strings.TrimSpace(string(f.runes))) }

func (f folded) selector(start, end int) Selector {
	before, after := max(0, start-Context), min(len(f.runes), end+Context)
	prefix, suffix := f.between(before, start), f.between(end, after)
	return Selector{
		Exact:  string(f.between(start, end)),
		Prefix: string(prefix[max(0, len(prefix)-Context):]), // what shows nothing counts too
		Suffix: string(suffix[:min(len(suffix), Context)]),
	}
}

func (f folded) between(start, end int) []rune { return f.from[f.at[start]:f.at[end]] }

func index(text, words []rune, from int) int {
	for i := from; i+len(words) <= len(text); i++ {
		if slices.Equal(text[i:i+len(words)], words) {
			return i
		}
	}
	return -1
}

// ending counts how many characters at the end of two texts are the same.
func ending(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// beginning counts how many characters at the beginning of two texts are the same.
func beginning(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
