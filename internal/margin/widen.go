package margin

import (
	"slices"
	"unicode"
)

// wholeWords widens a change to whole words, so that it can be read: nobody quotes half a word, or a full stop. What only puts
// words in quotes the word beside them.
func wholeWords(text []rune, from, to int, with string) (int, int, string) {
	put, out := []rune(with), text[from:to]
	first, last := from, to
	if from > 0 && joins(text[from-1], edge(out, 0), edge(put, 0)) {
		from = back(text, from, !letter(edge(out, 0)))
	}
	if to < len(text) && joins(text[to], edge(out, len(out)-1), edge(put, len(put)-1)) {
		to = on(text, to, !letter(edge(out, len(out)-1)))
	}
	if len(put) > 0 && from > 0 && begins(text[from:to]) != begins([]rune(string(text[from:first])+with)) {
		from = back(text, from, true)
	}
	if len(put) > 0 && to < len(text) && ends(text[from:to]) != ends([]rune(with+string(text[last:to]))) {
		to = on(text, to, true)
	}
	if !slices.ContainsFunc(out, solid) && len(put) == 0 { // two words become one
		from, to = back(text, from, true), on(text, to, true)
	}
	if !slices.ContainsFunc(text[from:to], letter) {
		for from > 0 && unicode.IsSpace(text[from-1]) {
			from--
		}
		from = back(text, from, true)
	}
	if !slices.ContainsFunc(text[from:to], letter) {
		for to < len(text) && unicode.IsSpace(text[to]) {
			to++
		}
		to = on(text, to, true)
	}
	return from, to, string(text[from:first]) + with + string(text[last:to])
}

// begins and ends report whether there is a blank at that side of words.
func begins(words []rune) bool { return len(words) > 0 && unicode.IsSpace(words[0]) }

func ends(words []rune) bool { return len(words) > 0 && unicode.IsSpace(words[len(words)-1]) }

func solid(r rune) bool { return !unicode.IsSpace(r) }

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// nothing is the edge of no words.
const nothing rune = -1

func edge(words []rune, i int) rune {
	if i < 0 || i >= len(words) {
		return nothing
	}
	return words[i]
}

// joins reports whether what stands beside a change is of one word with what was taken out or put in at that side.
func joins(beside, out, put rune) bool {
	grows := put != nothing && !unicode.IsSpace(put) && !unicode.IsSpace(beside)
	if out == nothing || unicode.IsSpace(out) {
		return grows
	}
	return letter(beside) && letter(out)
}

// back and on are the ends of the word at a place, with the marks that stand at it where it is to be all of them.
func back(text []rune, i int, all bool) int {
	for i > 0 && (letter(text[i-1]) || all && !unicode.IsSpace(text[i-1])) {
		i--
	}
	return i
}

func on(text []rune, i int, all bool) int {
	for i < len(text) && (letter(text[i]) || all && !unicode.IsSpace(text[i])) {
		i++
	}
	return i
}
