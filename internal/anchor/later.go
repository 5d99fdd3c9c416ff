package anchor

import (
	"tribuna/internal/markdown"
	"tribuna/internal/worddiff"
)

// Place is where something said of a paragraph stands in a later version.
type Place struct {
	Block   int      // of the later version; -1: its paragraph went
	Quote   Selector // in that block; empty where the whole paragraph was meant, or the words are not there any more
	Changed bool     // the words it is about changed since: it is shown beside those it was said of
}

// Versions finds where things said of one version stand in another. It is made once for two versions, for one goroutine.
type Versions struct {
	before, after []string
	now           []int          // block of the later version by block of the earlier one; -1: it went
	folded        map[int]folded // paragraphs of the later version in which something was looked for: of a paragraph much is said
}

// Between compares the paragraphs of two versions as the page that compares versions does.
func Between(before, after string) (*Versions, error) {
	was, err := markdown.Words(before)
	if err != nil {
		return nil, err
	}
	is, err := markdown.Words(after)
	if err != nil {
		return nil, err
	}
	return &Versions{was, is, worddiff.Pairs(was, is), map[int]folded{}}, nil
}

// Place finds a quote again, within its own paragraph alone: by its words, and where they stand more than once by what
// stands around them. Without a quote the whole paragraph counts.
func (v *Versions) Place(block int, quote Selector) Place {
	if block < 0 || block >= len(v.before) || v.now[block] < 0 {
		return Place{Block: -1, Changed: true}
	}
	p := Place{Block: v.now[block]}
	if quote.Exact == "" {
		p.Changed = v.before[block] != v.after[p.Block]
		return p
	}
	found, ok := v.fold(p.Block).find(quote)
	p.Quote, p.Changed = found, !ok
	return p
}

func (v *Versions) fold(block int) folded {
	f, is := v.folded[block]
	if !is {
		f = fold(v.after[block])
		v.folded[block] = f
	}
	return f
}

// Sure is Place where words are to be changed: it finds the paragraph and the words in it only where there is no doubt. There is some where
// a paragraph that reads like it came or went.
func (v *Versions) Sure(block int, quote Selector) (at int, words Passage, ok bool) {
	p := v.Place(block, quote)
	if p.Block < 0 || count(v.after, v.after[p.Block]) > 1 && count(v.after, v.after[p.Block]) != count(v.before, v.after[p.Block]) {
		return -1, Passage{}, false
	}
	words, ok = Sure(v.after[p.Block], quote)
	return p.Block, words, ok
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}
