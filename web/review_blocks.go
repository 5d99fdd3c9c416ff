package web

import (
	"context"
	"html/template"
	"slices"

	"tribuna/internal/markdown"
	"tribuna/models"
)

// commentableBlock is one paragraph with what is said about it.
type commentableBlock struct {
	Index    int // in the text, from 0
	Number   int // as people count
	HTML     template.HTML
	Open     bool // there is a comment
	Plain    bool // nothing to comment on: a heading, a rule
	Comments []commentField
}

// measureView is a measure with the names of whom it is addressed to.
type measureView struct {
	Number      int
	Text        string
	Authorities []addressedTo
}

// measureViews names the authorities of measures.
func (s *Server) measureViews(ctx context.Context, measures []models.VersionMeasure) ([]measureView, error) {
	names, err := s.authorityNames(ctx, measures)
	if err != nil {
		return nil, err
	}
	views := make([]measureView, len(measures))
	for i, m := range measures {
		views[i] = measureView{Number: m.Number, Text: m.Text}
		for _, id := range m.AuthorityIDs {
			views[i].Authorities = append(views[i].Authorities, names[id])
		}
	}
	return views, nil
}

// commentableBlocks renders a text with the comments a form holds on it.
func commentableBlocks(body string, f *Form) ([]commentableBlock, error) {
	rendered, err := markdown.RenderBlocks(body, markdown.WithHeadingShift(headingShift(body)))
	if err != nil {
		return nil, err
	}
	blocks := make([]commentableBlock, 0, len(rendered))
	for i, b := range rendered {
		if b.HTML == "" {
			continue
		}
		c := commentableBlock{Index: i, Number: i + 1, HTML: b.HTML, Comments: commentFields(f, i)}
		c.Open = slices.ContainsFunc(c.Comments, func(m commentField) bool { return !m.empty() || m.Wrong() })
		c.Plain = !c.Open && (b.Kind == markdown.KindHeading || !b.Readable())
		blocks = append(blocks, c)
	}
	return blocks, nil
}

// headingShift is by how much a text's headings are lowered so that the widest stands right below the page's own.
func headingShift(body string) int {
	widest := 6
	for _, b := range markdown.Blocks(body) {
		if b.Kind == markdown.KindHeading {
			widest = min(widest, b.Level)
		}
	}
	return max(0, 2-widest)
}
