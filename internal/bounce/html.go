package bounce

import (
	"strings"

	"golang.org/x/net/html"
)

// textOf is what a page says, a line for each block.
func textOf(page string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	hidden := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if !hidden {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			hidden = string(name) == "style" || string(name) == "script"
			if breaks(string(name)) {
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			hidden = false
		}
	}
}

func breaks(tag string) bool {
	switch tag {
	case "br", "p", "div", "tr", "li", "h1", "h2", "h3", "pre", "table":
		return true
	}
	return false
}
