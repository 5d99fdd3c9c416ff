package web

import (
	"html/template"
	"text/template/parse"
)

// borrow gives a page a copy of each shared template that it leads to and does not define itself. A copy of all of them in
// every page of every language would be hundreds of megabytes, which the garbage collector would walk through again and again
// while somebody waits for a page.
func borrow(page, shared *template.Template) error {
	var missing []string
	for _, t := range page.Templates() {
		missing = append(missing, leadsTo(t.Tree.Root)...)
	}
	for len(missing) > 0 {
		name := missing[len(missing)-1]
		missing = missing[:len(missing)-1]
		lent := shared.Lookup(name)
		if lent == nil || page.Lookup(name) != nil { // what nobody defines is a mistake that rendering tells
			continue
		}
		if _, err := page.AddParseTree(name, lent.Tree.Copy()); err != nil {
			return err
		}
		missing = append(missing, leadsTo(lent.Tree.Root)...)
	}
	return nil
}

// leadsTo lists the templates that a part of a template names.
func leadsTo(n parse.Node) []string {
	switch n := n.(type) {
	case *parse.TemplateNode:
		return []string{n.Name}
	case *parse.IfNode:
		return leadIn(n.List, n.ElseList)
	case *parse.RangeNode:
		return leadIn(n.List, n.ElseList)
	case *parse.WithNode:
		return leadIn(n.List, n.ElseList)
	case *parse.ListNode:
		return leadIn(n)
	default:
		return nil
	}
}

func leadIn(lists ...*parse.ListNode) (names []string) {
	for _, list := range lists {
		if list == nil {
			continue
		}
		for _, n := range list.Nodes {
			names = append(names, leadsTo(n)...)
		}
	}
	return names
}
