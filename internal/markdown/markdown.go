// Package markdown turns the Markdown that people write into safe HTML, splits a document into the blocks that
// comments and translations attach to, and cleans up text pasted from a word processor.
//
// The dialect is CommonMark with GitHub's tables, strikethrough and bare links, and with footnotes, because policy
// papers have them. Raw HTML is dropped, or shown as it was typed: WithTypedHTML.
package markdown

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Option changes how one document is rendered.
type Option func(*options)

type options struct {
	idPrefix     string
	headingShift int
	typedHTML    bool
	pictures     func(name string) Shown
}

// WithTypedHTML shows raw HTML as the characters that were typed instead of dropping it: in what people say of a text, where
// <b> or a < may be meant as they stand.
func WithTypedHTML() Option {
	return func(o *options) { o.typedHTML = true }
}

// WithIDPrefix puts a prefix before every id in the output, so that several documents can stand on one page without
// their headings' and footnotes' ids clashing. Only letters, digits and hyphens survive the sanitiser.
func WithIDPrefix(prefix string) Option {
	return func(o *options) { o.idPrefix = prefix }
}

// WithHeadingShift lowers every heading by n levels (never below level 6): a document's own "# Title" becomes an h2
// on a page that already has its h1.
func WithHeadingShift(n int) Option {
	return func(o *options) { o.headingShift = n }
}

// defaultPrefix keeps the ids of a text away from those of the page around it.
const defaultPrefix = "t-"

func newOptions(opts []Option) options {
	o := options{idPrefix: defaultPrefix}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// Render returns safe HTML for a document that anybody may have written: it is first rendered without raw HTML and
// then passed through an allow-list, so that neither layer alone has to be trusted.
func Render(source string, opts ...Option) (template.HTML, error) {
	o := newOptions(opts)
	if o.pictures != nil { // whoever asks says what they show
		return render(source, o)
	}
	return result(&remembered, o.asked("whole", source), func() (template.HTML, error) { return render(source, o) })
}

func render(source string, o options) (template.HTML, error) {
	var out output
	src := []byte(unixNewlines(source))
	engine, notes := noteless, bytes.Contains(src, []byte("[^"))
	switch {
	case notes && o.typedHTML:
		engine = newEngine(o.idPrefix, withoutHTML())
	case notes:
		engine = newEngine(o.idPrefix)
	case o.typedHTML:
		engine = notelessTyped
	}
	doc := parse(engine, src, o.idPrefix)
	shiftHeadings(doc, o.headingShift)
	if o.pictures != nil {
		showPictures(doc, o.pictures)
	}
	if err := engine.Renderer().Render(&out, src, doc); err != nil {
		return "", fmt.Errorf("render markdown: %w", err)
	}
	if o.pictures != nil {
		return template.HTML(picturePolicy.SanitizeBytes(out.Bytes())), nil //nolint:gosec // the policy is what makes this safe
	}
	return safe(out.Bytes()), nil
}

// newEngine builds a parser and renderer. It is cheap, and the footnote renderer keeps its id prefix, so there is one
// engine per prefix rather than one shared and mutated.
func newEngine(idPrefix string, more ...goldmark.Option) goldmark.Markdown {
	return goldmark.New(append(more,
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough,
			extension.Linkify,
			extension.NewFootnote(extension.WithFootnoteIDPrefix(idPrefix)),
		),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithXHTML()),
	)...)
}

// withoutHTML has a parser take raw HTML for words, which are escaped.
func withoutHTML() goldmark.Option {
	blocks := slices.DeleteFunc(parser.DefaultBlockParsers(), func(p util.PrioritizedValue) bool { return p.Value == parser.NewHTMLBlockParser() })
	inlines := slices.DeleteFunc(parser.DefaultInlineParsers(), func(p util.PrioritizedValue) bool { return p.Value == parser.NewRawHTMLParser() })
	return goldmark.WithParser(parser.NewParser(parser.WithBlockParsers(blocks...), parser.WithInlineParsers(inlines...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...)))
}

// noteless is the engine of documents without footnotes, which leave no trace of its prefix: hundreds of comments on a page
// need not have one each. Nobody adds to it.
var noteless = newEngine(defaultPrefix)

// notelessTyped is the same for WithTypedHTML.
var notelessTyped = newEngine(defaultPrefix, withoutHTML())

// parse reads a document; the watcher, if any, sees it before other transformers change it.
func parse(engine goldmark.Markdown, src []byte, idPrefix string, watchers ...parser.ASTTransformer) ast.Node {
	for _, w := range watchers {
		engine.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(w, 1)))
	}
	ctx := parser.NewContext(parser.WithIDs(newHeadingIDs(idPrefix)))
	doc := engine.Parser().Parse(text.NewReader(src), parser.WithContext(ctx))
	markLinks(doc)
	return doc
}

// markLinks tells search engines and browsers that Tribuna does not vouch for what writers link to.
func markLinks(doc ast.Node) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if k := n.Kind(); entering && (k == ast.KindLink || k == ast.KindAutoLink) {
			n.SetAttributeString("rel", []byte("nofollow noopener"))
		}
		return ast.WalkContinue, nil
	})
}

func shiftHeadings(doc ast.Node, by int) {
	if by == 0 {
		return
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			h.Level = min(h.Level+by, 6)
		}
		return ast.WalkContinue, nil
	})
}

// policy is the user-generated-content policy of bluemonday narrowed to what the dialect above can produce.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "em", "strong", "del", "code", "pre",
		"blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "sup", "div", "section")
	p.AllowAttrs("id").Matching(idPattern).OnElements("h1", "h2", "h3", "h4", "h5", "h6", "li", "sup")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("th", "td")
	p.AllowAttrs("class").Matching(footnoteClass).OnElements("a", "div")
	p.AllowAttrs("role").Matching(footnoteRole).OnElements("a", "div")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(false)
	p.AddTargetBlankToFullyQualifiedLinks(false)
	p.AllowAttrs("rel").Matching(relPattern).OnElements("a")
	return p
}
