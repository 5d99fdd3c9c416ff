package markdown

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const brief = `Children *first*
===

Intro with a [link][l], a note[^n] and
a second line.
## Measures
1. One
2. Two

   still two

> Quoted

| a | b |
|---|---|
| 1 | 2 |
after the table

[l]: https://a.example/ "T"
[^n]: The note.
[^unused]: Nobody refers to this.

` + "```\ncode\n\nmore\n```" + `
***
    indented code
`

func TestBlocks(t *testing.T) {
	blocks := Blocks(brief)
	var got []Kind
	for i, b := range blocks {
		require.Equal(t, i, b.Position)
		got = append(got, b.Kind)
	}
	require.Equal(t, []Kind{KindHeading, KindParagraph, KindHeading, KindList, KindQuote, KindTable, KindReference,
		KindFootnote, KindFootnote, KindCode, KindRule, KindCode}, got)
	require.Equal(t, 1, blocks[0].Level)
	require.Equal(t, "Children first", blocks[0].Text)
	require.Equal(t, "Children *first*\n===", blocks[0].Source)
	require.Equal(t, "Intro with a link, a note and a second line.", blocks[1].Text)
	require.Equal(t, "One\nTwo\nstill two", blocks[3].Text)
	require.Equal(t, "    indented code", blocks[11].Source)
}

func TestRenderBlocksResolvesAcrossBlocks(t *testing.T) {
	blocks, err := RenderBlocks(brief)
	require.NoError(t, err)
	require.Contains(t, string(blocks[1].HTML), `href="https://a.example/"`)
	require.Contains(t, string(blocks[1].HTML), `href="#t-fn:1"`)
	require.Contains(t, string(blocks[7].HTML), `<ol start="1">`)
	require.Contains(t, string(blocks[7].HTML), "The note.")
	require.Empty(t, blocks[6].HTML)
	require.Empty(t, blocks[8].HTML)
}

func TestText(t *testing.T) {
	require.Equal(t, "Title\n\nA bold word.\n\none\ntwo", Text("# Title\n\nA **bold** word.\n\n- one\n- two"))
}

// FuzzBlocks holds the promise that splitting is lossless and stable.
func FuzzBlocks(f *testing.F) {
	for _, seed := range []string{brief, "", "a\nb", "- a\n\n\n  b\n- c\n* d", "\n\n    code\n\ntext", "```\nopen\n\n",
		"[a]: /x\n[b]: /y\ntext [a] [b]", "> a\nlazy\n\n> b", "<!-- c\n\n-->\n# h", "1. a\n[^x]: n\n\n   more\nb[^x]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		blocks := Blocks(doc)
		joined := Join(blocks)
		require.Equal(t, blocks, Blocks(joined), "splitting again gives the same blocks")
		before, err := Render(doc)
		require.NoError(t, err)
		after, err := Render(joined)
		require.NoError(t, err)
		require.Equal(t, squeeze(string(before)), squeeze(string(after)))
	})
}

// squeeze leaves white space out: that at the end of a block carries no meaning.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
