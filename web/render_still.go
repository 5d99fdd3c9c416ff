package web

import (
	"html/template"
	"strconv"
	"text/template/parse"

	"tribuna/internal/i18n"
)

// still writes into templates what they always say: the words of a key that leaves nothing open, and pictures that have a name. Pages
// with hundreds of rows would look each of them up again in every row. The words stand in the text or in a quoted attribute, which are
// escaped alike.
func (e *Engine) still(l *i18n.Localizer, templates []*template.Template) {
	says := map[string]func(string) (string, bool){
		"t": func(key string) (string, bool) { return template.HTMLEscapeString(l.T(key)), true },
		"icon": func(name string) (string, bool) {
			picture, err := e.icon(name)
			return string(picture), err == nil // what there is none of is a mistake that rendering tells
		},
	}
	for _, t := range templates {
		if t.Tree != nil {
			stillIn(t.Tree.Root, says)
		}
	}
}

func stillIn(list *parse.ListNode, says map[string]func(string) (string, bool)) {
	if list == nil {
		return
	}
	for i, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			if name, key, ok := constant(n.Pipe); ok && says[name] != nil {
				if text, ok := says[name](key); ok {
					list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(text)}
				}
			}
		case *parse.IfNode:
			stillIn(n.List, says)
			stillIn(n.ElseList, says)
		case *parse.RangeNode:
			stillIn(n.List, says)
			stillIn(n.ElseList, says)
		case *parse.WithNode:
			stillIn(n.List, says)
			stillIn(n.ElseList, says)
		}
	}
}

// constant takes apart what calls one function with one word that stands there: {{t "desk.title"}}.
func constant(pipe *parse.PipeNode) (function, word string, ok bool) {
	if len(pipe.Decl) > 0 || len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 2 {
		return "", "", false
	}
	called, is := pipe.Cmds[0].Args[0].(*parse.IdentifierNode)
	with, are := pipe.Cmds[0].Args[1].(*parse.StringNode)
	if !is || !are {
		return "", "", false
	}
	word, err := strconv.Unquote(with.Quoted)
	return called.Ident, word, err == nil
}
