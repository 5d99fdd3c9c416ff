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
func Find(paragraph string, quote Selector) (Selector, bool) { return fold(paragraph).find(quote) }

func (f folded) find(quote Selector) (Selector, bool) {
	all := f.places(quote)
	if len(all) == 0 {
		return Selector{}, false
	}
	best := all[0]
	for _, p := range all {
		if p.like > best.like {
			best = p
		}
	}
	return f.selector(best.start, best.end), true
}

// Sure is Find where words are to be changed, not only shown: it finds the place only where there is no doubt about it. It is the
// only one, or the only one with the surroundings of the quote, all of them. What it finds, Find finds.
func Sure(paragraph string, quote Selector) (Passage, bool) {
	text := fold(paragraph)
	all := text.places(quote)
	if len(all) > 1 {
		all = slices.DeleteFunc(all, func(p place) bool { return !p.whole })
	}
	if len(all) != 1 {
		return Passage{}, false
	}
	return text.passage(all[0]), true
}

// Every lists all places of a text where words stand, also those that overlap.
func Every(text, words string) []Passage {
	var list []Passage
	f := fold(text)
	for _, p := range f.places(Selector{Exact: words}) {
		list = append(list, f.passage(p))
	}
	return list
}

// Alike reports whether two texts read the same, however they are typed.
func Alike(a, b string) bool { return slices.Equal(fold(a).trimmed(), fold(b).trimmed()) }

// Passage is where words stand in a text: what is before them, and what after.
type Passage struct{ Before, After string }

// place is where a quote stands, in characters of a folded text.
type place struct {
	start, end int
	like       int  // how many characters of what stands around are those around the quote
	whole      bool // all of them are
}

// places finds where a quote stands. Blanks around it do not count, and nothing stands nowhere.
func (f folded) places(quote Selector) (all []place) {
	exact := fold(quote.Exact).trimmed()
	if len(exact) == 0 {
		return nil
	}
	prefix, suffix := fold(quote.Prefix).runes, fold(quote.Suffix).runes
	for at := index(f.runes, exact, 0); at >= 0; at = index(f.runes, exact, at+1) {
		end := at + len(exact)
		like := ending(f.runes[:at], prefix) + beginning(f.runes[end:], suffix)
		all = append(all, place{at, end, like, like == len(prefix)+len(suffix)})
	}
	return all
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

func (f folded) passage(p place) Passage {
	return Passage{string(f.from[:f.at[p.start]]), string(f.from[f.at[p.end]:])}
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
