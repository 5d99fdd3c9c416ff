package word

import (
	"regexp"
	"slices"
	"strings"

	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
)

// simpleItem is a list item that is one line, not set off under another.
var simpleItem = regexp.MustCompile(`^(?:[-*+]|\d{1,4}[.)]) +(.+)$`)

// TakeMeasures takes the list under a heading that is called what the catalogs call measures, in any language, out of the
// text and returns its items. It keeps away from everything that is not plainly such a list: items of several paragraphs,
// lists in lists, footnotes. Then there are none, and the text stays as it was.
func (x *Text) TakeMeasures() []string {
	blocks := markdown.Blocks(x.Body)
	for i, b := range blocks {
		if b.Kind != markdown.KindHeading || i+1 == len(blocks) || blocks[i+1].Kind != markdown.KindList || !namesMeasures(b.Text) {
			continue
		}
		items := simpleItems(blocks[i+1].Source)
		if len(items) == 0 {
			continue
		}
		from := i
		if hasMore(blocks[i+2:], b.Level) {
			from = i + 1
		}
		x.Body = markdown.Join(slices.Delete(blocks, from, i+2))
		x.Lists--
		x.Headings -= i + 1 - from
		return items
	}
	return nil
}

// hasMore reports whether a heading has anything below it besides footnotes.
func hasMore(below []markdown.Block, level int) bool {
	for _, b := range below {
		switch b.Kind {
		case markdown.KindFootnote, markdown.KindReference:
			continue
		case markdown.KindHeading:
			return b.Level > level
		}
		return true
	}
	return false
}

// numbering is what may stand before the words of a heading.
var numbering = regexp.MustCompile(`^[\d.)\s]+`)

func namesMeasures(heading string) bool {
	heading = strings.ToLower(strings.Trim(numbering.ReplaceAllString(heading, ""), " :."))
	for _, tag := range i18n.Tags() {
		for _, name := range strings.Split(i18n.For(tag).T("word.measure_headings"), "|") {
			if strings.ToLower(name) == heading {
				return true
			}
		}
	}
	return false
}

func simpleItems(list string) []string {
	var items []string
	for _, line := range strings.Split(list, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		m := simpleItem.FindStringSubmatch(line)
		if m == nil || strings.Contains(m[1], "[^") {
			return nil
		}
		items = append(items, strings.TrimSpace(m[1]))
	}
	return items
}
