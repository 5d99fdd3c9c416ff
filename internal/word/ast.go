package word

import (
	"encoding/json"
	"fmt"
	"strings"
)

// tree is a document as pandoc knows it (https://hackage.haskell.org/package/pandoc-types).
type tree struct {
	Version json.RawMessage `json:"pandoc-api-version"`
	Meta    map[string]node `json:"meta"`
	Blocks  []node          `json:"blocks"`
}

// node is a block or an inline: its kind, and what that kind holds.
type node struct {
	Kind    string          `json:"t"`
	Content json.RawMessage `json:"c,omitempty"`
}

// attributes are identifier, classes and pairs of a node.
type attributes struct {
	id      string
	classes []string
	pairs   [][2]string
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *attributes) UnmarshalJSON(raw []byte) error { return fields(raw, &a.id, &a.classes, &a.pairs) }

// get returns the value of a pair, "" for none.
func (a attributes) get(name string) string {
	for _, p := range a.pairs {
		if p[0] == name {
			return p[1]
		}
	}
	return ""
}

// noAttributes is what a node has that needs none.
var noAttributes = []any{"", []string{}, []string{}}

// fields reads what stands in a list, place by place; a nil target is passed over.
func fields(raw json.RawMessage, into ...any) error {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	if len(list) < len(into) {
		return fmt.Errorf("pandoc's tree holds %d things where %d were expected", len(list), len(into))
	}
	for i, target := range into {
		if target == nil {
			continue
		}
		if err := json.Unmarshal(list[i], target); err != nil {
			return err
		}
	}
	return nil
}

// of returns a node of a kind. What we put into it can always be encoded.
func of(kind string, content any) node {
	raw, err := json.Marshal(content)
	if err != nil {
		panic("word: a node cannot be encoded: " + err.Error())
	}
	return node{Kind: kind, Content: raw}
}

// words are text as inlines.
func words(text string) []node {
	var list []node
	for i, w := range strings.Fields(text) {
		if i > 0 {
			list = append(list, node{Kind: "Space"})
		}
		list = append(list, of("Str", w))
	}
	return list
}

// plain is the text of inlines.
func plain(list []node) string {
	var b strings.Builder
	for _, n := range list {
		switch n.Kind {
		case "Str":
			var s string
			_ = json.Unmarshal(n.Content, &s)
			b.WriteString(s)
		case "Space", "SoftBreak", "LineBreak":
			b.WriteByte(' ')
		case "Emph", "Strong", "Strikeout", "Superscript", "Subscript":
			var inner []node
			_ = json.Unmarshal(n.Content, &inner)
			b.WriteString(plain(inner))
		case "Link", "Code":
			var inner []node
			var code string
			if fields(n.Content, nil, &inner) == nil {
				b.WriteString(plain(inner))
			} else if fields(n.Content, nil, &code) == nil {
				b.WriteString(code)
			}
		}
	}
	return strings.TrimSpace(b.String())
}
