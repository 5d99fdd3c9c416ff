package word

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// tidy cuts a tree down to what our dialect can show, and counts what it leaves out.
type tidy struct {
	pictures, links int
	contents        bool      // a table of contents was left out
	goes            *Document // whose marks give way to what Word has for them; nil for a text that comes in
	err             error
}

// contentsStyle are the styles of the lines of a table of contents.
var contentsStyle = regexp.MustCompile(`(?i)^toc[ -]?([0-9]|heading)$`)

func (t *tidy) read(raw json.RawMessage, into ...any) {
	if err := fields(raw, into...); err != nil && t.err == nil {
		t.err = err
	}
}

func (t *tidy) decode(raw json.RawMessage, into any) {
	if err := json.Unmarshal(raw, into); err != nil && t.err == nil {
		t.err = err
	}
}

func (t *tidy) blocks(list []node) []node {
	out := make([]node, 0, len(list))
	for _, n := range list {
		for _, b := range t.block(n) {
			out = appendBlock(out, b)
		}
	}
	return out
}

// appendBlock joins a list of bullets to the one right before it: Markdown could not tell them apart.
func appendBlock(out []node, b node) []node {
	if len(out) == 0 || b.Kind != "BulletList" || out[len(out)-1].Kind != "BulletList" {
		return append(out, b)
	}
	var before, after []json.RawMessage
	if json.Unmarshal(out[len(out)-1].Content, &before) == nil && json.Unmarshal(b.Content, &after) == nil {
		out[len(out)-1] = of("BulletList", append(before, after...))
		return out
	}
	return append(out, b)
}

// block returns what becomes of a block: itself tidied, what was in it, or nothing.
func (t *tidy) block(n node) []node {
	switch n.Kind {
	case "Para", "Plain":
		var inner []node
		t.decode(n.Content, &inner)
		if inner = t.line(inner); t.goes != nil {
			inner = t.goes.pictures(inner)
		}
		if len(inner) > 0 {
			return []node{of(n.Kind, inner)}
		}
		return nil
	case "Header":
		return t.header(n)
	case "BulletList":
		var items [][]node
		t.decode(n.Content, &items)
		if items = t.items(items); len(items) > 0 {
			return []node{of("BulletList", items)}
		}
		return nil
	case "OrderedList":
		return t.ordered(n)
	case "BlockQuote":
		var inner []node
		t.decode(n.Content, &inner)
		if inner = t.blocks(inner); len(inner) > 0 {
			return []node{of("BlockQuote", inner)}
		}
		return nil
	case "Table":
		return t.table(n)
	case "CodeBlock", "HorizontalRule":
		return []node{n}
	}
	return t.wrapped(n)
}

// wrapped takes what is in blocks that our dialect does not have.
func (t *tidy) wrapped(n node) []node {
	var inner []node
	switch n.Kind {
	case "Div":
		var a attributes
		t.read(n.Content, &a, &inner)
		if contentsStyle.MatchString(a.get("custom-style")) {
			t.contents = true
			return nil
		}
		return t.blocks(inner)
	case "Figure":
		t.read(n.Content, nil, nil, &inner)
		return t.blocks(inner)
	case "LineBlock":
		var lines [][]node
		t.decode(n.Content, &lines)
		for i, l := range lines {
			if i > 0 {
				inner = append(inner, node{Kind: "LineBreak"})
			}
			inner = append(inner, l...)
		}
		return t.block(of("Para", inner))
	case "DefinitionList":
		var list []json.RawMessage
		t.decode(n.Content, &list)
		for _, entry := range list {
			var term []node
			var meanings [][]node
			t.read(entry, &term, &meanings)
			inner = append(inner, of("Para", []node{of("Strong", term)}))
			inner = append(inner, slices.Concat(meanings...)...)
		}
		return t.blocks(inner)
	}
	return nil // raw text of another kind
}

// header keeps a heading's words; that it is bold, it is by itself.
func (t *tidy) header(n node) []node {
	var level int
	var a attributes
	var inner []node
	t.read(n.Content, &level, &a, &inner)
	if slices.ContainsFunc(a.classes, contentsStyle.MatchString) {
		t.contents = true
		return nil
	}
	inner = trim(t.unwrap(t.inlines(inner), "Strong"))
	if plain(inner) == "" && !slices.ContainsFunc(inner, isRun) {
		return nil
	}
	return []node{of("Header", []any{max(1, min(level, 6)), noAttributes, inner})}
}

func (t *tidy) unwrap(list []node, kind string) []node {
	var out []node
	for _, n := range list {
		if n.Kind != kind {
			out = append(out, n)
			continue
		}
		var inner []node
		t.decode(n.Content, &inner)
		out = append(out, inner...)
	}
	return out
}

func (t *tidy) items(items [][]node) [][]node {
	var out [][]node
	for _, item := range items {
		if item = t.blocks(item); len(item) > 0 {
			out = append(out, item)
		}
	}
	return out
}

// ordered keeps where a list begins; letters and Roman figures become numbers.
func (t *tidy) ordered(n node) []node {
	var how []json.RawMessage
	var items [][]node
	t.read(n.Content, &how, &items)
	if items = t.items(items); len(items) == 0 || len(how) == 0 {
		return nil
	}
	decimal := []any{how[0], node{Kind: "Decimal"}, node{Kind: "Period"}}
	return []node{of("OrderedList", []any{decimal, items})}
}

// line tidies the inlines of one block and trims them.
func (t *tidy) line(list []node) []node { return trim(t.inlines(list)) }

func trim(list []node) []node {
	for len(list) > 0 && isSpace(list[0]) {
		list = list[1:]
	}
	for len(list) > 0 && isSpace(list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	return list
}

func isSpace(n node) bool {
	return n.Kind == "Space" || n.Kind == "SoftBreak" || n.Kind == "LineBreak"
}

func (t *tidy) inlines(list []node) []node {
	out := make([]node, 0, len(list))
	for _, n := range list {
		out = append(out, t.inline(n)...)
	}
	if t.goes != nil {
		return speak(out)
	}
	return out
}

func (t *tidy) inline(n node) []node {
	var inner []node
	switch n.Kind {
	case "Str", "Space", "SoftBreak", "LineBreak", "Code":
		return []node{n}
	case "Emph", "Strong", "Strikeout", "Superscript", "Subscript":
		t.decode(n.Content, &inner)
		if inner = t.inlines(inner); plain(inner) == "" && !slices.ContainsFunc(inner, isNote) {
			return inner // nothing to lay stress on
		}
		return []node{of(n.Kind, inner)}
	case "Underline", "SmallCaps":
		t.decode(n.Content, &inner)
	case "Span", "Cite":
		t.read(n.Content, nil, &inner)
	case "Quoted":
		return t.quoted(n)
	case "Link":
		return t.link(n)
	case "Note":
		t.decode(n.Content, &inner)
		if inner = t.blocks(inner); len(inner) > 0 {
			return []node{of("Note", inner)}
		}
		return nil
	case "Image":
		t.pictures++
		return nil
	case "Math":
		var formula string
		t.read(n.Content, nil, &formula)
		return []node{of("Code", []any{noAttributes, formula})}
	}
	return t.inlines(inner)
}

func isNote(n node) bool { return n.Kind == "Note" }

// isRun reports whether a node is a run of ours: see wordRun.
func isRun(n node) bool { return n.Kind == "RawInline" }

func (t *tidy) quoted(n node) []node {
	var inner []node
	t.read(n.Content, nil, &inner)
	return slices.Concat([]node{of("Str", "“")}, t.inlines(inner), []node{of("Str", "”")})
}

// link keeps what leads somewhere; what leads about in the file itself becomes words.
func (t *tidy) link(n node) []node {
	var inner []node
	var target [2]string
	t.read(n.Content, nil, &inner, &target)
	inner = t.inlines(inner)
	u, err := url.Parse(strings.TrimSpace(target[0]))
	if err != nil || !slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(u.Scheme)) || plain(inner) == "" {
		return inner
	}
	t.links++
	return []node{of("Link", []any{noAttributes, inner, []string{strings.TrimSpace(target[0]), ""}})}
}
