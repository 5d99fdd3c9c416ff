package word

import (
	"context"
	"encoding/json"

	"golang.org/x/text/unicode/norm"

	"tribuna/internal/markdown"
)

// MaxAnswer is the largest Word file that is read as an answer, in bytes.
const MaxAnswer = 10 << 20

// paragraphsMost is how many paragraphs an answer can have: more than any text of ours.
const paragraphsMost = 6000

// Marked is a Word file as somebody answered in it: its paragraphs with what was commented and changed in them. Who did so is
// not read.
type Marked struct {
	Paragraphs []MarkedParagraph
	Loose      []string // comments that stand on no words of the file
}

// MarkedParagraph is a paragraph, an item of a list, or a cell. Its blanks beside changes may be other ones than in the text it
// was made of; places count its characters as it was before it was changed.
type MarkedParagraph struct {
	Before   string // without what was put in
	After    string // without what was taken out
	Changed  bool   // there are changes that were tracked
	Comments []MarkedComment
	Note     bool // a footnote
}

// MarkedComment is a comment and the words it is about; none where From and To are the same.
type MarkedComment struct {
	From, To int
	Put      string // the words it is about where they were put in by the same hand
	Body     string
}

// ReadMarked reads what somebody commented and changed in a Word file. What is wrong with the file is said of the field that
// holds it.
func (c *Converter) ReadMarked(ctx context.Context, file []byte) (*Marked, error) {
	if !c.ReadsWord() {
		return nil, NotInstalled("pandoc")
	}
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	bodies, err := inspectAnswer(ctx, file)
	if err != nil {
		return nil, err
	}
	doc, err := c.tree(ctx, file, "--from=docx", "--track-changes=all")
	if err != nil {
		return nil, c.blame(ctx, err)
	}
	m := &marker{bodies: bodies, seen: map[string]bool{}}
	m.document(doc)
	if m.err != nil {
		return nil, c.blame(ctx, m.err)
	}
	if len(m.out.Paragraphs) > paragraphsMost {
		return nil, invalid("word_much", nil)
	}
	for _, b := range bodies {
		if !m.seen[b.id] && b.body != "" {
			m.out.Loose = append(m.out.Loose, b.body)
		}
	}
	return &m.out, nil
}

// marker walks a tree that was read with all its changes.
type marker struct {
	tidy   // reads nodes
	bodies []commentBody
	seen   map[string]bool // comments that were placed
	out    Marked
	now    *markedLine
	notes  []node // blocks of the footnotes of the paragraph
	note   bool
}

// fate is what becomes of words.
type fate int

const (
	stays fate = iota
	putIn
	takenOut
)

// markedLine is a paragraph that is being read.
type markedLine struct {
	before, after []rune
	p             MarkedParagraph
	open          map[string]int // comments that began, by where in the paragraph's comments
	fate          fate
}

func (m *marker) document(doc *tree) {
	for _, name := range []string{"title", "subtitle", "author", "date", "abstract"} {
		m.walk(m.value(doc.Meta[name]))
	}
	m.walk(doc.Blocks)
}

func (m *marker) walk(list []node) {
	for _, n := range list {
		m.one(n)
	}
}

func (m *marker) one(n node) {
	var inner []node
	var items [][]node
	switch n.Kind {
	case "Para", "Plain":
		m.decode(n.Content, &inner)
		m.paragraph(inner)
	case "Header":
		m.tidy.read(n.Content, nil, nil, &inner)
		m.paragraph(inner)
	case "CodeBlock":
		var code string
		m.tidy.read(n.Content, nil, &code)
		m.paragraph([]node{of("Str", code)})
	case "BulletList":
		m.decode(n.Content, &items)
	case "OrderedList":
		m.tidy.read(n.Content, nil, &items)
	case "BlockQuote":
		m.decode(n.Content, &inner)
		m.walk(inner)
	case "Table":
		m.cells(n.Content)
	default: // Div, Figure, LineBlock, DefinitionList
		m.walk(m.within(n))
	}
	for _, item := range items {
		m.walk(item)
	}
}

// within are the blocks in a block that our dialect does not have.
func (m *marker) within(n node) []node {
	var inner []node
	switch n.Kind {
	case "Div":
		m.tidy.read(n.Content, nil, &inner)
	case "Figure":
		m.tidy.read(n.Content, nil, nil, &inner)
	case "LineBlock":
		var lines [][]node
		m.decode(n.Content, &lines)
		for _, l := range lines {
			inner = append(inner, of("Para", l))
		}
	case "DefinitionList":
		var list []json.RawMessage
		m.decode(n.Content, &list)
		for _, entry := range list {
			var term []node
			var meanings [][]node
			m.tidy.read(entry, &term, &meanings)
			inner = append(inner, of("Para", term))
			for _, meaning := range meanings {
				inner = append(inner, meaning...)
			}
		}
	}
	return inner
}

// cells walks what stands in a table, wherever in it: a cell is the fifth thing in a list of five that holds blocks.
func (m *marker) cells(raw json.RawMessage) {
	var head, foot, caption []json.RawMessage
	var bodies [][]json.RawMessage
	m.tidy.read(raw, nil, &caption, nil, &head, &bodies, &foot)
	var rows []json.RawMessage
	add := func(list []json.RawMessage, at int) {
		var some []json.RawMessage
		if at < len(list) {
			m.decode(list[at], &some)
			rows = append(rows, some...)
		}
	}
	add(head, 1)
	for _, b := range bodies {
		add(b, 2)
		add(b, 3)
	}
	add(foot, 1)
	for _, row := range rows {
		var cells []json.RawMessage
		m.tidy.read(row, nil, &cells)
		for _, cell := range cells {
			var blocks []node
			m.tidy.read(cell, nil, nil, nil, nil, &blocks)
			m.walk(blocks)
		}
	}
	var said []node
	if len(caption) > 1 {
		m.decode(caption[1], &said)
		m.walk(said)
	}
}

// paragraph reads one paragraph, then its footnotes.
func (m *marker) paragraph(list []node) {
	m.now = &markedLine{open: map[string]int{}}
	m.inline(list)
	line, notes := m.now, m.notes
	for _, i := range line.open { // it goes on in the next paragraph
		line.p.Comments[i].To = len(line.before)
	}
	line.p.Before, line.p.After, line.p.Note = string(line.before), string(line.after), m.note
	if line.p.Before+line.p.After != "" || len(line.p.Comments) > 0 {
		m.out.Paragraphs = append(m.out.Paragraphs, line.p)
	}
	m.now, m.notes = nil, nil
	if len(notes) > 0 && !m.note {
		m.note = true
		m.walk(notes)
		m.note = false
	}
}

func (m *marker) inline(list []node) {
	for _, n := range list {
		var inner []node
		switch n.Kind {
		case "Str":
			var text string
			m.decode(n.Content, &text)
			m.now.say(text)
		case "Space", "SoftBreak", "LineBreak":
			m.now.say(" ")
		case "Code", "Math":
			var text string
			m.tidy.read(n.Content, nil, &text)
			m.now.say(text)
		case "Span":
			m.span(n)
		case "Note":
			m.decode(n.Content, &inner)
			m.notes = append(m.notes, inner...)
		case "Quoted":
			m.tidy.read(n.Content, nil, &inner)
			m.now.say("“")
			m.inline(inner)
			m.now.say("”")
		case "Link", "Cite":
			m.tidy.read(n.Content, nil, &inner)
			m.inline(inner)
		case "Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Underline", "SmallCaps":
			m.decode(n.Content, &inner)
			m.inline(inner)
		}
	}
}

// span is a passage with a mark of Word's, or without one that is known.
func (m *marker) span(n node) {
	var a attributes
	var inner []node
	m.tidy.read(n.Content, &a, &inner)
	class := ""
	if len(a.classes) > 0 {
		class = a.classes[0]
	}
	switch class {
	case "comment-start":
		m.begin(a.get("id"), plain(inner))
	case "comment-end":
		m.now.end(a.get("id"))
	case "insertion", "deletion":
		was := m.now.fate
		if m.now.fate = putIn; class == "deletion" {
			m.now.fate = takenOut
		}
		m.inline(inner)
		m.now.fate = was
	case "paragraph-insertion", "paragraph-deletion":
	default:
		m.inline(inner)
	}
}

// begin is where a comment begins. Its words are read from its own part, which knows its paragraphs.
func (m *marker) begin(id, body string) {
	if m.seen[id] {
		return
	}
	for _, b := range m.bodies {
		if b.id == id {
			body = b.body
		}
	}
	if m.seen[id] = true; body == "" {
		return
	}
	at := len(m.now.before)
	m.now.open[id] = len(m.now.p.Comments)
	m.now.p.Comments = append(m.now.p.Comments, MarkedComment{From: at, To: at, Body: body})
}

func (l *markedLine) end(id string) {
	if i, open := l.open[id]; open {
		l.p.Comments[i].To = len(l.before)
		delete(l.open, id)
	}
}

// say adds words with their fate.
func (l *markedLine) say(text string) {
	words := []rune(norm.NFC.String(unmarked(text)))
	switch l.fate {
	case stays:
		l.before, l.after = append(l.before, words...), append(l.after, words...)
	case putIn:
		l.p.Changed, l.after = true, append(l.after, words...)
		for _, i := range l.open {
			if c := &l.p.Comments[i]; c.From == len(l.before) && len(c.Put) < putMost {
				c.Put += string(words)
			}
		}
	case takenOut:
		l.p.Changed, l.before = true, append(l.before, words...)
	}
}

// Words are the paragraphs of a document as they are read, with what stands around its text.
func (d Document) Words() ([]string, error) {
	words, err := markdown.Words(unmarked(langMark.ReplaceAllString(d.Markdown, "")))
	return append(words, d.Title, d.Kind, d.Organisation, d.Date), err
}
