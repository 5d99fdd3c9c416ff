package markdown

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// Kind says what a block is.
type Kind string

// The kinds of blocks. A KindReference holds link definitions: it prints nothing but other blocks lean on it.
const (
	KindHeading   Kind = "heading"
	KindParagraph Kind = "paragraph"
	KindList      Kind = "list"
	KindTable     Kind = "table"
	KindQuote     Kind = "quote"
	KindCode      Kind = "code"
	KindRule      Kind = "rule"
	KindFootnote  Kind = "footnote"
	KindReference Kind = "reference"
	KindHTML      Kind = "html"
)

// Block is one top-level part of a document: what a comment or a translation attaches to.
type Block struct {
	Position int    // counts from 0, in the order of the source
	Kind     Kind   //
	Level    int    // of a heading, 1 to 6; else 0
	Columns  int    // of a table; else 0
	Source   string // its Markdown, without the blank lines around it
	Text     string // its words without markup, for counting, searching and plain-text mails
}

// Readable reports whether the block prints anything that a person could comment on or translate.
func (b Block) Readable() bool {
	return b.Kind != KindReference && b.Kind != KindHTML && b.Kind != KindRule
}

// SameForm reports whether a block looks like another once printed: a heading of the same level, a list, a table with as
// many columns, a quotation, preformatted text.
func (b Block) SameForm(other Block) bool {
	return b.Kind == other.Kind && b.Level == other.Level && b.Columns == other.Columns
}

// RenderedBlock is a block together with its HTML, rendered with the whole document in view, so that footnotes and
// reference links resolve across blocks.
type RenderedBlock struct {
	Block
	HTML template.HTML
}

// Blocks splits a document into its top-level blocks. It is lossless and stable: Join(Blocks(x)) reads the same as x
// and splits into the same blocks again.
func Blocks(source string) []Block {
	blocks, _ := result(&remembered, asked{what: "split", source: source}, func() ([]Block, error) { return cut(source), nil }) // cutting makes no mistakes
	return slices.Clone(blocks)
}

func cut(source string) []Block {
	src := []byte(unixNewlines(source))
	parts := split(newEngine(defaultPrefix), src, defaultPrefix)
	blocks := make([]Block, len(parts))
	for i, p := range parts {
		blocks[i] = p.block
	}
	return blocks
}

// Join puts blocks' sources back into one document.
func Join(blocks []Block) string {
	sources := make([]string, len(blocks))
	for i, b := range blocks {
		sources[i] = b.Source
	}
	return strings.Join(sources, "\n\n")
}

// RenderBlocks splits a document and renders each block to safe HTML. A block that prints nothing has empty HTML.
func RenderBlocks(source string, opts ...Option) ([]RenderedBlock, error) {
	o := newOptions(opts)
	blocks, err := result(&remembered, o.asked("blocks", source), func() ([]RenderedBlock, error) { return renderBlocks(source, o) })
	return slices.Clone(blocks), err
}

func renderBlocks(source string, o options) ([]RenderedBlock, error) {
	src := []byte(unixNewlines(source))
	engine := newEngine(o.idPrefix)
	parts := split(engine, src, o.idPrefix)
	out := make([]RenderedBlock, len(parts))
	for i, p := range parts {
		out[i].Block = p.block
		var buf output
		shiftHeadings(p.node, o.headingShift)
		if err := renderNode(&buf, engine, src, p.node); err != nil {
			return nil, err
		}
		out[i].HTML = safe(buf.Bytes())
	}
	return out, nil
}

// renderNode renders one top-level node; a footnote gets the list around it that its number comes from.
func renderNode(buf *output, engine goldmark.Markdown, src []byte, n ast.Node) error {
	note, isNote := n.(*extast.Footnote)
	if isNote && note.Index < 0 {
		return nil // nothing refers to it, so it has no number and is not shown
	}
	if isNote {
		buf.WriteString(`<div class="footnotes"><ol start="` + strconv.Itoa(note.Index) + `">`)
	}
	if err := engine.Renderer().Render(buf, src, n); err != nil {
		return fmt.Errorf("render markdown block: %w", err)
	}
	if isNote {
		buf.WriteString("</ol></div>")
	}
	return nil
}

// part is a block with the node that it came from.
type part struct {
	block Block
	node  ast.Node
}

// split cuts the source at the lines where top-level nodes begin.
func split(engine goldmark.Markdown, src []byte, idPrefix string) []part {
	nodes, starts := topLevel(engine, src, idPrefix)
	var parts []part
	for i, n := range nodes {
		end := len(src)
		if i+1 < len(nodes) {
			end = starts[i+1]
		}
		source := trimBlankLines(string(src[starts[i]:end]))
		if source == "" {
			continue
		}
		parts = append(parts, part{
			block: Block{Position: len(parts), Kind: kindOf(n), Level: levelOf(n), Columns: columnsOf(n), Source: source, Text: plainText(n, src)},
			node:  n,
		})
	}
	return parts
}

// topLevel returns the document's nodes in the order of the source and the offset of the line where each begins.
// Nodes that begin on the same line stay with the first of them.
func topLevel(engine goldmark.Markdown, src []byte, idPrefix string) ([]ast.Node, []int) {
	notes := &footnoteCollector{}
	doc := parse(engine, src, idPrefix, notes)
	var all []ast.Node
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() != extast.KindFootnoteList && n.Pos() >= 0 {
			all = append(all, n)
		}
	}
	for _, n := range notes.found {
		if n.Pos() >= 0 && lineStart(src, n.Pos()) == n.Pos() {
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(a, b ast.Node) int { return a.Pos() - b.Pos() })
	var nodes []ast.Node
	var starts []int
	for _, n := range all {
		start := lineStart(src, n.Pos())
		if len(starts) == 0 {
			start = 0 // whatever precedes the first node belongs to it
		} else if start <= starts[len(starts)-1] {
			continue
		}
		nodes, starts = append(nodes, n), append(starts, start)
	}
	return nodes, starts
}

func lineStart(src []byte, pos int) int {
	return bytes.LastIndexByte(src[:min(pos, len(src))], '\n') + 1
}

func kindOf(n ast.Node) Kind {
	switch n.Kind() {
	case ast.KindHeading:
		return KindHeading
	case ast.KindList:
		return KindList
	case extast.KindTable:
		return KindTable
	case ast.KindBlockquote:
		return KindQuote
	case ast.KindCodeBlock, ast.KindFencedCodeBlock:
		return KindCode
	case ast.KindThematicBreak:
		return KindRule
	case extast.KindFootnote:
		return KindFootnote
	case ast.KindLinkReferenceDefinition:
		return KindReference
	case ast.KindHTMLBlock:
		return KindHTML
	default:
		return KindParagraph
	}
}

func levelOf(n ast.Node) int {
	if h, ok := n.(*ast.Heading); ok {
		return h.Level
	}
	return 0
}

func columnsOf(n ast.Node) int {
	if t, ok := n.(*extast.Table); ok {
		return len(t.Alignments)
	}
	return 0
}
