package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Text returns the words of a document without markup, blocks separated by blank lines: the plain-text half of a
// mail, an excerpt, a word count.
func Text(source string) string {
	var parts []string
	for _, b := range Blocks(source) {
		if b.Text != "" {
			parts = append(parts, b.Text)
		}
	}
	return strings.Join(parts, "\n\n")
}

// wordsPerMinute is how fast people read a careful text in their second language.
const wordsPerMinute = 150

// exactMinutes is up to where single minutes are told: beyond, nobody's minute is exact, and it is rounded up to five.
const exactMinutes = 10

// ReadingMinutes is how long a text of so many words takes.
func ReadingMinutes(words int) int {
	minutes := max(1, (words+wordsPerMinute-1)/wordsPerMinute)
	if minutes > exactMinutes {
		minutes = (minutes + 4) / 5 * 5
	}
	return minutes
}

// MinutesToAnswer is how long the few questions below a text take whoever has read it.
const MinutesToAnswer = 2

// plainText gathers the words below a node. List items and table rows end lines, cells end with a tab.
func plainText(n ast.Node, src []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			return writeText(&b, n, src), nil
		}
		switch n.Kind() {
		case ast.KindListItem, ast.KindParagraph, ast.KindTextBlock, extast.KindTableRow, extast.KindTableHeader:
			newline(&b)
		case extast.KindTableCell:
			b.WriteByte('\t')
		}
		return ast.WalkContinue, nil
	})
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func writeText(b *strings.Builder, n ast.Node, src []byte) ast.WalkStatus {
	switch n := n.(type) {
	case *ast.Text:
		b.Write(n.Value(src))
		if n.HardLineBreak() {
			newline(b)
		} else if n.SoftLineBreak() {
			b.WriteByte(' ')
		}
	case *ast.String:
		b.Write(n.Value)
	case *ast.AutoLink:
		b.Write(n.Label(src))
		return ast.WalkSkipChildren
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			b.Write(line.Value(src))
		}
	case *ast.RawHTML, *ast.HTMLBlock, *ast.LinkReferenceDefinition:
		return ast.WalkSkipChildren
	}
	return ast.WalkContinue
}

func newline(b *strings.Builder) {
	if b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
		b.WriteByte('\n')
	}
}

// footnoteCollector remembers every footnote of a document before the extension's own transformer sorts them to the
// end and throws away those that nothing refers to.
type footnoteCollector struct{ found []ast.Node }

// Transform implements goldmark's parser.ASTTransformer.
func (c *footnoteCollector) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && n.Kind() == extast.KindFootnote {
			c.found = append(c.found, n)
		}
		return ast.WalkContinue, nil
	})
}
