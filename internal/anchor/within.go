package anchor

import (
	"slices"
	"unicode"
)

// Part is where words of another file stand in a paragraph, letter by letter: what blanks stand between them there does not
// count, because word processors move them about.
type Part struct {
	paragraph, words folded
	start            int // of the words, in letters of the paragraph
}

// Within finds words in a paragraph.
func Within(paragraph, words string) (Part, bool) {
	p := Part{paragraph: letters(paragraph), words: letters(words)}
	if len(p.words.runes) == 0 {
		return p, false
	}
	p.start = index(p.paragraph.runes, p.words.runes, 0)
	return p, p.start >= 0
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

// Whole reports whether the words are all there is in the paragraph.
func (p Part) Whole() bool { return len(p.words.runes) == len(p.paragraph.runes) }

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
