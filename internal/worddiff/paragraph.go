package worddiff

import (
	"strings"

	"tribuna/internal/markdown"
)

// Altered says of a paragraph that some of its words changed.
const Altered Kind = "changed"

// Paragraph is a paragraph and what became of it: the same, added, removed, or changed in some words.
type Paragraph struct {
	Kind     Kind      `json:"kind"`
	Segments []Segment `json:"segments"`
	Level    int       `json:"-"` // of a heading; 0 for all else
	Reshaped bool      `json:"-"` // its words stayed as they were, and look otherwise
}

// Paragraphs compares two texts paragraph by paragraph, and those that stayed in part word by word. Paragraphs are what
// blank lines separate.
func Paragraphs(before, after string) []Paragraph { return units(split(before), split(after)) }

// Texts compares two Markdown documents as they are read: no marks, headings as headings, item by item.
func Texts(before, after string) []Paragraph {
	was, is := markdown.Readings(before), markdown.Readings(after)
	out := units(texts(was), texts(is))
	for k := range out {
		switch p := &out[k]; p.Kind {
		case Removed:
			p.Level, was = was[0].Level, was[1:]
		case Added:
			p.Level, is = is[0].Level, is[1:]
		default:
			p.Level = is[0].Level
			if p.Kind == Same && was[0].Form != is[0].Form {
				p.Kind, p.Reshaped = Altered, true
			}
			was, is = was[1:], is[1:]
		}
	}
	return out
}

// Text compares two short Markdown texts, as they are read, word by word, and says whether they look otherwise.
func Text(before, after string) (segments []Segment, reshaped bool) {
	was, is := markdown.ReadingOf(before), markdown.ReadingOf(after)
	return Compare(was.Text, is.Text), was.Text == is.Text && was.Form != is.Form
}

func texts(list []markdown.Reading) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.Text
	}
	return out
}

// units compares two lists of paragraphs; in the result those of each stand in their order.
func units(before, after []string) []Paragraph {
	var out []Paragraph
	var removed, added []string
	flush := func() {
		out = append(out, pair(removed, added)...)
		removed, added = nil, nil
	}
	for _, d := range diff(before, after) {
		switch d.kind {
		case Removed:
			removed = append(removed, d.units...)
		case Added:
			added = append(added, d.units...)
		default:
			flush()
			for _, p := range d.units {
				out = append(out, Paragraph{Kind: Same, Segments: []Segment{{Kind: Same, Text: p}}})
			}
		}
	}
	flush()
	return out
}

// Summary counts what became of paragraphs.
type Summary struct {
	Changed int `json:"changed"`
	Added   int `json:"added"`
	Removed int `json:"removed"`
}

// Summarise counts the paragraphs that changed, came and went.
func Summarise(paragraphs []Paragraph) Summary {
	var s Summary
	for _, p := range paragraphs {
		s.Count(p.Kind)
	}
	return s
}

// Count adds one of a kind; what stayed the same is not counted.
func (s *Summary) Count(kind Kind) {
	switch kind {
	case Altered:
		s.Changed++
	case Added:
		s.Added++
	case Removed:
		s.Removed++
	}
}

// Nothing reports whether all stayed as it was.
func (s Summary) Nothing() bool { return s == Summary{} }

func split(text string) []string {
	var paragraphs []string
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.Trim(p, "\n"); strings.TrimSpace(p) != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	return paragraphs
}

// likeness is from which share of words in common two paragraphs count as one that was changed.
const likeness = 0.4

// pairings bounds the search for the best pairs; a text rewritten throughout is paired in order instead.
const pairings = 40_000

// pair matches paragraphs that went with those that came in their place, in order, so that the pairs have most words
// in common. What has no match was removed or added.
func pair(removed, added []string) []Paragraph {
	n, m := len(removed), len(added)
	if n*m > pairings {
		return append(whole(Removed, removed), whole(Added, added)...)
	}
	like, best := make([][]float64, n), make([][]float64, n+1)
	best[n] = make([]float64, m+1)
	for i := n - 1; i >= 0; i-- {
		like[i], best[i] = make([]float64, m), make([]float64, m+1)
		for j := m - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if like[i][j] = alike(removed[i], added[j]); like[i][j] >= likeness {
				best[i][j] = max(best[i][j], like[i][j]+best[i+1][j+1])
			}
		}
	}
	var out []Paragraph
	i, j := 0, 0
	for i < n && j < m {
		switch {
		case like[i][j] >= likeness && best[i][j] == like[i][j]+best[i+1][j+1]:
			out = append(out, Paragraph{Kind: Altered, Segments: Compare(removed[i], added[j])})
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			out = append(out, whole(Removed, removed[i:i+1])...)
			i++
		default:
			out = append(out, whole(Added, added[j:j+1])...)
			j++
		}
	}
	return append(append(out, whole(Removed, removed[i:])...), whole(Added, added[j:])...)
}

func whole(kind Kind, paragraphs []string) []Paragraph {
	out := make([]Paragraph, 0, len(paragraphs))
	for _, p := range paragraphs {
		out = append(out, Paragraph{Kind: kind, Segments: []Segment{{Kind: kind, Text: p}}})
	}
	return out
}

// alike is the share of words that two paragraphs have in common, from 0 to 1.
func alike(a, b string) float64 {
	mine, theirs := strings.Fields(strings.ToLower(a)), strings.Fields(strings.ToLower(b))
	count := map[string]int{}
	for _, w := range mine {
		count[w]++
	}
	common := 0
	for _, w := range theirs {
		if count[w] > 0 {
			count[w]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(mine)+len(theirs))
}

// Pairs says which paragraph after is which before: by the position of each before, that of the same or the changed one
// after; -1 where it went.
func Pairs(before, after []string) []int {
	pairs, j := make([]int, 0, len(before)), 0
	for _, p := range units(before, after) {
		switch p.Kind {
		case Removed:
			pairs = append(pairs, -1)
		case Added:
			j++
		default:
			pairs = append(pairs, j)
			j++
		}
	}
	return pairs
}
