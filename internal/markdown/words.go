package markdown

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Words is a block's text as it is read on a page: what a reader who selects all of it selects, in one line, without the
// numbers of footnotes.
func (b RenderedBlock) Words() string {
	var words strings.Builder
	skipped := 0 // how deep inside what is not read
	for z := html.NewTokenizer(strings.NewReader(string(b.HTML))); ; {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(words.String()), " ")
		case html.TextToken:
			if skipped == 0 {
				words.WriteString(string(z.Text()))
			}
		case html.StartTagToken:
			t := z.Token()
			if skipped > 0 || t.DataAtom == atom.Sup || slices.Contains(t.Attr, html.Attribute{Key: "class", Val: "footnote-backref"}) {
				skipped++
			}
			breakWords(&words, t)
		case html.EndTagToken:
			skipped = max(0, skipped-1)
			breakWords(&words, z.Token())
		case html.SelfClosingTagToken:
			breakWords(&words, z.Token())
		}
	}
}

// inWords are elements within which words go on.
var inWords = []atom.Atom{atom.A, atom.Em, atom.Strong, atom.Del, atom.Code, atom.Sup}

func breakWords(words *strings.Builder, t html.Token) {
	if !slices.Contains(inWords, t.DataAtom) {
		words.WriteByte(' ')
	}
}

// Words are the texts of a document's blocks as they are read, by their position.
func Words(source string) ([]string, error) {
	blocks, err := RenderBlocks(source)
	if err != nil {
		return nil, err
	}
	words := make([]string, len(blocks))
	for i, b := range blocks {
		words[i] = b.Words()
	}
	return words, nil
}
