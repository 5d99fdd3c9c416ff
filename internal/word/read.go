package word

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"tribuna/internal/markdown"
)

// Text is what was understood of a Word file, and what was left out of it.
type Text struct {
	Title string
	Body  string // Markdown

	Headings, Lists, Tables, Footnotes, Links int

	Pictures int  // left out
	Comments int  // left out
	Changes  int  // tracked, and accepted
	Contents bool // a table of contents was left out
}

// dialect is the Markdown of internal/markdown in pandoc's words.
const dialect = "commonmark+footnotes+pipe_tables+strikeout+autolink_bare_uris"

// treeMost bounds what pandoc may say of a document, in bytes: its tree is many times as long as the text.
const treeMost = 128 << 20

// heap is the memory pandoc may use. It ends by itself where that is not enough (https://pandoc.org/MANUAL.html#a-note-on-security).
const heap = "-M768M"

// heapExhausted is how it ends then.
const heapExhausted = 251

// Read turns a Word file into a title and Markdown. What is wrong with the file is said of the field that holds it.
func (c *Converter) Read(ctx context.Context, file []byte) (*Text, error) {
	if !c.ReadsWord() {
		return nil, NotInstalled("pandoc")
	}
	seen, err := inspect(file, MaxFile)
	if err != nil {
		return nil, err
	}
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	doc, err := c.tree(ctx, file, "--from=docx+styles", "--track-changes=accept")
	if err != nil {
		return nil, c.blame(ctx, err)
	}
	text := &Text{Comments: seen.comments, Changes: seen.changes}
	if err := text.take(doc); err != nil {
		return nil, c.blame(ctx, err)
	}
	raw, err := c.write(ctx, doc, maxResult, "--sandbox", "--to="+dialect+"-raw_html", "--wrap=none")
	if err != nil {
		return nil, c.blame(ctx, err)
	}
	return text, text.finish(string(raw))
}

// tree has pandoc read a document.
func (c *Converter) tree(ctx context.Context, input []byte, args ...string) (*tree, error) {
	raw, err := c.pandoc.withPatience(ctx, input, treeMost, append([]string{"+RTS", heap, "-RTS", "--sandbox", "--to=json"}, args...)...)
	if err != nil {
		return nil, err
	}
	doc := &tree{}
	if err := json.Unmarshal(raw, doc); err != nil {
		return nil, fmt.Errorf("read what pandoc said: %w", err)
	}
	return doc, nil
}

// write has pandoc write a document.
func (c *Converter) write(ctx context.Context, doc *tree, most int, args ...string) ([]byte, error) {
	return c.writeWith(ctx, nil, doc, most, args...)
}

// writeWith is write for a document that shows files.
func (c *Converter) writeWith(ctx context.Context, files map[string][]byte, doc *tree, most int, args ...string) ([]byte, error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("say to pandoc what to write: %w", err)
	}
	return c.pandoc.withFiles(ctx, files, raw, most, append([]string{"+RTS", heap, "-RTS", "--from=json"}, args...)...)
}

// blame says what a program's complaint means for who brought the file.
func (c *Converter) blame(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.log.WarnContext(ctx, "a Word file could not be read", "error", err)
	var ended *exitError
	switch {
	case errors.Is(err, errTooLong), errors.Is(err, errTooMuch), errors.As(err, &ended) && ended.code == heapExhausted:
		return invalid("word_much", err)
	case errors.As(err, &ended):
		return invalid("word_broken", err)
	}
	return err
}

// take tidies a document that was read, and finds its title.
func (x *Text) take(doc *tree) error {
	t := &tidy{}
	doc.Blocks = t.blocks(append(t.front(doc.Meta), doc.Blocks...))
	x.Title = t.title(doc)
	doc.Meta = map[string]node{}
	x.Pictures, x.Links, x.Contents = t.pictures, t.links, t.contents
	return t.err
}

// front is what pandoc takes for facts about a document because of its style, and what its writer sees as its first lines.
func (t *tidy) front(meta map[string]node) []node {
	var out []node
	for _, name := range []string{"subtitle", "author", "date", "abstract"} {
		out = append(out, t.value(meta[name])...)
	}
	return out
}

func (t *tidy) value(n node) []node {
	var inner []node
	switch n.Kind {
	case "MetaInlines":
		t.decode(n.Content, &inner)
		return []node{of("Para", inner)}
	case "MetaBlocks":
		t.decode(n.Content, &inner)
	case "MetaList":
		var list []node
		t.decode(n.Content, &list)
		for _, one := range list {
			inner = append(inner, t.value(one)...)
		}
	}
	return inner
}

// title is the paragraph with the style of a title, else the first heading where it stands above all others; it is not
// repeated in the text.
func (t *tidy) title(doc *tree) string {
	if n := doc.Meta["title"]; n.Kind == "MetaInlines" {
		var inner []node
		t.decode(n.Content, &inner)
		return plain(t.line(inner))
	}
	if len(doc.Blocks) == 0 || doc.Blocks[0].Kind != "Header" {
		return ""
	}
	var first int
	var inner []node
	t.read(doc.Blocks[0].Content, &first, nil, &inner)
	for _, b := range doc.Blocks[1:] {
		var level int
		if b.Kind != "Header" {
			continue
		}
		if t.read(b.Content, &level); level <= first {
			return ""
		}
	}
	doc.Blocks = doc.Blocks[1:]
	return plain(inner)
}

// finish counts what a reader of Tribuna will see.
func (x *Text) finish(written string) error {
	x.Title, x.Body = markdown.Clean(x.Title), markdown.Clean(written)
	switch {
	case strings.TrimSpace(x.Body) == "":
		return invalid("word_empty", nil)
	case utf8.RuneCountInString(x.Body) > maxBody:
		return invalid("word_much", nil)
	}
	for _, b := range markdown.Blocks(x.Body) {
		switch b.Kind {
		case markdown.KindHeading:
			x.Headings++
		case markdown.KindList:
			x.Lists++
		case markdown.KindTable:
			x.Tables++
		case markdown.KindFootnote:
			x.Footnotes++
		}
	}
	return nil
}
