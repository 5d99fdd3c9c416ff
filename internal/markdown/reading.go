package markdown

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// Reading is a part of a document as it is read: a heading, a paragraph, an item of a list, a table.
type Reading struct {
	Level int    // of a heading, 1 to 6; else 0
	Text  string // its words without marks, bullets before items, the address of a link behind its words; no numbers of footnotes
	Form  string // what it looks like: two with the same words and forms cannot be told apart
}

// Readings splits a document into what is read one after the other. Numbers that change because something was put in before
// them, of items and of footnotes, are left out.
func Readings(source string) []Reading {
	src := []byte(unixNewlines(source))
	engine := newEngine(defaultPrefix)
	var list []Reading
	for _, p := range split(engine, src, defaultPrefix) {
		if !p.block.Readable() {
			continue
		}
		for _, n := range items(p.node) {
			var form output
			if err := renderNode(&form, engine, src, n); err != nil {
				form.Reset() // a Buffer takes everything, and what cannot be rendered has no looks
			}
			withoutNumbers(n)
			if text := readingText(n, src); text != "" {
				list = append(list, Reading{Level: p.block.Level, Text: text, Form: string(p.block.Kind) + unnumbered.ReplaceAllString(form.String(), "")})
			}
		}
	}
	return list
}

// ReadingOf is a short text as it is read, as one part.
func ReadingOf(source string) Reading {
	var texts, forms []string
	for _, r := range Readings(source) {
		texts, forms = append(texts, r.Text), append(forms, r.Form)
	}
	return Reading{Text: strings.Join(texts, "\n\n"), Form: strings.Join(forms, "\n")}
}

// items are the items of a list; anything else is one by itself.
func items(n ast.Node) []ast.Node {
	if n.Kind() != ast.KindList {
		return []ast.Node{n}
	}
	var list []ast.Node
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		list = append(list, item)
	}
	return list
}

// unnumbered finds what in a rendered part depends on where in the document it stands, and line ends, which look like spaces.
var unnumbered = regexp.MustCompile(`<sup id=.*?</sup>| (?:id|start)="[^"]*"|\s+`)

func withoutNumbers(n ast.Node) {
	var marks []ast.Node
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if k := n.Kind(); entering && (k == extast.KindFootnoteLink || k == extast.KindFootnoteBacklink) {
			marks = append(marks, n)
		}
		return ast.WalkContinue, nil
	})
	for _, m := range marks {
		m.Parent().RemoveChild(m.Parent(), m)
	}
}

func readingText(n ast.Node, src []byte) string {
	switch n.Kind() {
	case ast.KindHeading:
		return letterInline(n, src)
	case ast.KindListItem:
		return margin(strings.Join(letterBlocks(n, src), "\n"), "• ", "  ")
	case extast.KindFootnote:
		return strings.Join(letterBlocks(n, src), "\n")
	}
	return letterBlock(n, src)
}
