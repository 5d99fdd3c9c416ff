package markdown

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/text/unicode/norm"
)

var (
	// idPattern allows letters of any script: headings in Bulgarian deserve readable anchors too.
	idPattern     = regexp.MustCompile(`^[\p{L}\p{N}:_-]+$`)
	footnoteClass = regexp.MustCompile(`^footnote(s|-ref|-backref)$`)
	footnoteRole  = regexp.MustCompile(`^doc-(noteref|backlink|endnotes)$`)
	relPattern    = regexp.MustCompile(`^nofollow noopener$`)
)

// headingIDs makes ids from the words of a heading in any script; goldmark's own keeps ASCII only, which leaves a
// Cyrillic heading with "heading-7".
type headingIDs struct {
	prefix string
	used   map[string]bool
}

func newHeadingIDs(prefix string) *headingIDs {
	return &headingIDs{prefix: prefix, used: map[string]bool{}}
}

// Generate implements goldmark's parser.IDs.
func (h *headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	base := slug(string(value))
	if base == "" {
		base = "section"
	}
	id := h.prefix + base
	for n := 2; h.used[id]; n++ {
		id = h.prefix + base + "-" + strconv.Itoa(n)
	}
	h.used[id] = true
	return []byte(id)
}

// Put implements goldmark's parser.IDs.
func (h *headingIDs) Put(value []byte) { h.used[string(value)] = true }

func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(norm.NFC.String(s)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}
