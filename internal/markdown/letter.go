package markdown

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// Letter writes a document as the plain-text half of a mail: no marks, lists with bullets and numbers, headings
// underlined, and the address of every link behind its words.
func Letter(source string) string {
	src := []byte(Clean(source))
	doc := parse(newEngine(""), src, "")
	return strings.Join(letterBlocks(doc, src), "\n\n")
}

// letterBlocks writes what stands below a node, block by block.
func letterBlocks(parent ast.Node, src []byte) []string {
	var blocks []string
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if text := letterBlock(n, src); text != "" {
			blocks = append(blocks, text)
		}
	}
	return blocks
}

func letterBlock(n ast.Node, src []byte) string {
	switch n := n.(type) {
	case *ast.Heading:
		text := letterInline(n, src)
		return text + "\n" + strings.Repeat("-", min(len([]rune(text)), 72))
	case *ast.List:
		return letterList(n, src)
	case *ast.Blockquote:
		return margin(strings.Join(letterBlocks(n, src), "\n\n"), "> ", "> ")
	case *ast.ThematicBreak:
		return "* * *"
	case *ast.HTMLBlock, *ast.LinkReferenceDefinition:
		return ""
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return margin(plainText(n, src), "    ", "    ")
	case *extast.Table:
		return letterTable(n, src)
	case *extast.FootnoteList:
		return letterFootnotes(n, src)
	}
	return letterInline(n, src)
}

func letterList(list *ast.List, src []byte) string {
	separator := "\n\n"
	if list.IsTight {
		separator = "\n"
	}
	var items []string
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "• "
		if list.IsOrdered() {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		items = append(items, margin(strings.Join(letterBlocks(item, src), separator), mark, strings.Repeat(" ", len([]rune(mark)))))
	}
	return strings.Join(items, separator)
}

func letterTable(table ast.Node, src []byte) string {
	var rows []string
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, letterInline(cell, src))
		}
		rows = append(rows, strings.Join(cells, " | "))
	}
	return strings.Join(rows, "\n")
}

func letterFootnotes(list ast.Node, src []byte) string {
	var notes []string
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		if note, is := n.(*extast.Footnote); is {
			notes = append(notes, margin(strings.Join(letterBlocks(note, src), "\n"), fmt.Sprintf("[%d] ", note.Index), "    "))
		}
	}
	return strings.Join(notes, "\n")
}

// letterInline writes the words of a block.
func letterInline(n ast.Node, src []byte) string {
	var b strings.Builder
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		letterWord(&b, child, src)
	}
	return strings.TrimSpace(b.String())
}

func letterWord(b *strings.Builder, n ast.Node, src []byte) {
	switch n := n.(type) {
	case *ast.Text:
		value := n.Value(src)
		if n.Parent().Kind() != ast.KindCodeSpan {
			value = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(value)))
		}
		b.Write(value)
		if n.HardLineBreak() {
			newline(b)
		} else if n.SoftLineBreak() {
			b.WriteByte(' ')
		}
	case *ast.String, *ast.AutoLink:
		writeText(b, n, src)
	case *ast.RawHTML:
	case *ast.Link:
		text, address := letterInline(n, src), string(n.Destination)
		b.WriteString(text)
		if bare := strings.TrimPrefix(address, "mailto:"); bare != text && bare != "" {
			b.WriteString(" (" + bare + ")")
		}
	case *extast.FootnoteLink:
		fmt.Fprintf(b, "[%d]", n.Index)
	case *extast.FootnoteBacklink:
	default:
		b.WriteString(letterInline(n, src))
	}
}

// margin puts a mark before the first line of a text and a margin before the others.
func margin(text, first, others string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		switch {
		case i == 0:
			lines[i] = first + lines[i]
		case lines[i] != "" || strings.TrimSpace(others) != "":
			lines[i] = strings.TrimRight(others+lines[i], " ")
		}
	}
	return strings.Join(lines, "\n")
}
