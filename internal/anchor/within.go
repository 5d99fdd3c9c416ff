package anchor

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Letters are a paragraph, or words that are looked for in one, spelt out without blanks: word processors move those about.
type Letters struct {
	folded
	plain string
}

// Spell spells a text out.
func Spell(text string) Letters {
	l := letters(text)
	return Letters{l, string(l.runes)}
}

// Nothing reports whether there is no letter.
func (l Letters) Nothing() bool { return l.plain == "" }

// Same reports whether two are spelt alike.
func (l Letters) Same(other Letters) bool { return l.plain == other.plain }

// Count is how many letters there are.
func (l Letters) Count() int { return len(l.runes) }

// Part is where words stand in a paragraph, letter by letter.
type Part struct {
	paragraph, words Letters
	start            int // of the words, in letters of the paragraph
}

// Find finds words in the paragraph.
func (l Letters) Find(words Letters) (Part, bool) {
	at := strings.Index(l.plain, words.plain)
	if at < 0 || words.Nothing() {
		return Part{}, false
	}
	return Part{l, words, utf8.RuneCountInString(l.plain[:at])}, true
}

// letters is a text without its blanks.
func letters(text string) folded {
	f := fold(text)
	kept := folded{from: f.from}
	for i, r := range f.runes {
		if r != ' ' {
			kept.runes, kept.at = append(kept.runes, r), append(kept.at, f.at[i])
		}
	}
	return kept
}

// Text is what the words are in the paragraph, and where it begins, in characters.
func (p Part) Text() (text string, at int) {
	from, to := p.paragraph.at[p.start], p.paragraph.at[p.start+len(p.words.runes)-1]+1
	return string(p.paragraph.from[from:to]), from
}

// Quote is a passage of the words, told by its characters, as it stands in the paragraph; empty where it has no letter.
func (p Part) Quote(from, to int) Selector {
	first, _ := slices.BinarySearch(p.words.at, from)
	last, _ := slices.BinarySearch(p.words.at, to)
	if last <= first {
		return Selector{}
	}
	return At(p.paragraph.from, p.paragraph.at[p.start+first], p.paragraph.at[p.start+last-1]+1)
}

// At is a passage of a paragraph, told by its characters, without the blanks around it.
func At(paragraph []rune, from, to int) Selector {
	for from < to && unicode.IsSpace(paragraph[from]) {
		from++
	}
	for from < to && unicode.IsSpace(paragraph[to-1]) {
		to--
	}
	return Selector{Exact: string(paragraph[from:to]), Prefix: string(paragraph[max(0, from-Context):from]),
		Suffix: string(paragraph[to:min(len(paragraph), to+Context)])}
}
