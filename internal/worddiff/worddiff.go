// Package worddiff compares two texts word by word, so that a reader sees which words were added and which removed.
package worddiff

import (
	"strings"
	"time"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Kind says what became of some words.
type Kind string

// The kinds of segments.
const (
	Same    Kind = "same"
	Added   Kind = "added"
	Removed Kind = "removed"
)

// Segment is a run of words with the same fate. The texts of all but the added ones make the text before, those of all
// but the removed ones the text after.
type Segment struct {
	Kind Kind   `json:"kind"`
	Text string `json:"text"`
}

// Lead is the space a segment begins with, so that what labels its words can stand behind it.
func (s Segment) Lead() string {
	return s.Text[:len(s.Text)-len(strings.TrimLeftFunc(s.Text, unicode.IsSpace))]
}

// Words is a segment without the space it begins and ends with.
func (s Segment) Words() string { return strings.TrimSpace(s.Text) }

// Tail is the space a segment ends with, which is neither underlined nor struck.
func (s Segment) Tail() string { return s.Text[len(s.Lead())+len(s.Words()):] }

// patience bounds the search for the smallest difference; after it the comparison is still right, only coarser.
const patience = time.Second

// Compare returns the segments that lead from one text to the other.
func Compare(before, after string) []Segment {
	var out []Segment
	for _, r := range diff(words(before), words(after)) {
		out = append(out, Segment{Kind: r.kind, Text: strings.Join(r.units, "")})
	}
	return tidy(out)
}

// run is several words, or several paragraphs, with the same fate.
type run struct {
	kind  Kind
	units []string
}

// diff compares two lists of words or paragraphs.
func diff(before, after []string) []run {
	alphabet := newAlphabet()
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = patience
	var out []run
	for _, d := range dmp.DiffMainRunes(alphabet.encode(before), alphabet.encode(after), false) {
		out = append(out, run{kindOf(d.Type), alphabet.decode(d.Text)})
	}
	return out
}

// Changed reports whether any segment is an addition or a removal.
func Changed(segments []Segment) bool {
	for _, s := range segments {
		if s.Kind != Same {
			return true
		}
	}
	return false
}

func kindOf(op diffmatchpatch.Operation) Kind {
	switch op {
	case diffmatchpatch.DiffInsert:
		return Added
	case diffmatchpatch.DiffDelete:
		return Removed
	default:
		return Same
	}
}

// words splits a text into words, single line ends, runs of other space, and single other characters.
func words(text string) []string {
	var list []string
	var word strings.Builder
	last := 0
	flush := func() {
		if word.Len() > 0 {
			list = append(list, word.String())
			word.Reset()
		}
	}
	for _, r := range text {
		class := classOf(r)
		if class != last || class == other {
			flush()
		}
		word.WriteRune(r)
		last = class
	}
	flush()
	return list
}

const (
	letter = iota + 1
	space
	other
)

func classOf(r rune) int {
	switch {
	case r == '\n':
		return other
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
		return letter
	case unicode.IsSpace(r):
		return space
	default:
		return other
	}
}

// alphabet gives each word a character of its own, so that comparing characters is comparing words.
type alphabet struct {
	runes map[string]rune
	words map[rune]string
}

func newAlphabet() *alphabet {
	return &alphabet{runes: map[string]rune{}, words: map[rune]string{}}
}

// Surrogates cannot stand in a Go string, so their range is left out.
const firstSurrogate, surrogates = 0xD800, 0x800

func (a *alphabet) encode(words []string) []rune {
	encoded := make([]rune, len(words))
	for i, w := range words {
		r, known := a.runes[w]
		if !known {
			r = rune(len(a.runes) + 1)
			if r >= firstSurrogate {
				r += surrogates
			}
			a.runes[w], a.words[r] = r, w
		}
		encoded[i] = r
	}
	return encoded
}

func (a *alphabet) decode(encoded string) []string {
	var units []string
	for _, r := range encoded {
		units = append(units, a.words[r])
	}
	return units
}

// tidy joins changes between which only a space stayed the same: "two ~~short~~ **long** years" reads better as one
// removal and one addition than as a chain of single words.
func tidy(in []Segment) []Segment {
	var out []Segment
	for i := 0; i < len(in); {
		if in[i].Kind == Same {
			out = append(out, in[i])
			i++
			continue
		}
		var removed, added strings.Builder
		for i < len(in) && (in[i].Kind != Same || (onlySpace(in[i].Text) && i+1 < len(in))) {
			if in[i].Kind != Added {
				removed.WriteString(in[i].Text)
			}
			if in[i].Kind != Removed {
				added.WriteString(in[i].Text)
			}
			i++
		}
		out = appendText(out, Removed, removed.String())
		out = appendText(out, Added, added.String())
	}
	return out
}

func onlySpace(s string) bool { return strings.Trim(s, " \t") == "" }

func appendText(out []Segment, kind Kind, text string) []Segment {
	if text == "" {
		return out
	}
	return append(out, Segment{Kind: kind, Text: text})
}
