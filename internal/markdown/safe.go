package markdown

import (
	"bytes"
	"html/template"
)

// output is what is rendered into. The renderer would put a buffer of its own before any writer that says less of itself.
type output struct{ bytes.Buffer }

// Buffered implements goldmark's util.BufWriter.
func (o *output) Buffered() int { return 0 }

// Flush implements goldmark's util.BufWriter.
func (o *output) Flush() error { return nil }

// safe passes rendered HTML through the allow-list.
func safe(html []byte) template.HTML {
	if simple, ok := simplySafe(html); ok {
		return template.HTML(simple) //nolint:gosec // it holds no tag but those below
	}
	return template.HTML(policy.SanitizeBytes(html)) //nolint:gosec // the policy is what makes this safe
}

// simpleTags are the tags without attributes that the policy lets pass, as they are rendered and as it writes them.
var simpleTags = map[string]string{"<br />": "<br/>"}

func init() {
	for _, name := range []string{"p", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li"} {
		for _, tag := range []string{"<" + name + ">", "</" + name + ">"} {
			simpleTags[tag] = tag
		}
	}
}

// simpleEntities are how the renderer escapes, and how the policy writes the same.
var simpleEntities = map[string]string{"&amp;": "&amp;", "&lt;": "&lt;", "&gt;": "&gt;", "&quot;": "&#34;"}

// simplySafe is what the policy makes of HTML in which nothing stands but simple tags and text, as most comments are; not ok
// where anything else does. It takes a small part of the policy's time and memory, and hundreds of comments stand on a page.
func simplySafe(html []byte) (_ []byte, ok bool) {
	out := make([]byte, 0, len(html)+len(html)/8)
	for len(html) > 0 {
		text := bytes.IndexAny(html, "<>&'\"\r\x00")
		if text < 0 {
			return append(out, html...), true
		}
		out, html = append(out, html[:text]...), html[text:]
		known, ends := simpleTags, byte('>')
		switch html[0] {
		case '<':
		case '&':
			known, ends = simpleEntities, ';'
		case '\'':
			out, html = append(out, "&#39;"...), html[1:]
			continue
		default:
			return nil, false
		}
		end := bytes.IndexByte(html, ends)
		written, found := known[string(html[:end+1])]
		if !found {
			return nil, false
		}
		out, html = append(out, written...), html[end+1:]
	}
	return out, true
}
