package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/worddiff"
	"tribuna/models"
)

// compareView sets two versions against each other.
type compareView struct {
	Page
	Rec      *models.Recommendation
	Home     string
	Form     *Form
	Versions []Option
	From, To int
	Swapped  string // address of the same comparison the other way round
	Changes  comparedText
}

// comparedText is what changed from one text to another: the title, the paragraphs, and the measures. Changes are
// numbered through, so that each leads to the next.
type comparedText struct {
	Title    *comparedBlock
	Body     []comparedBlock
	Measures []comparedMeasure
	Summary  []string // sentences; empty when all is the same
	Count    int
}

// comparedBlock is a change, or a run of paragraphs that stayed as they were.
type comparedBlock struct {
	Kind     worddiff.Kind
	Segments []worddiff.Segment
	Heading  bool
	Reshaped bool                 // the words stayed, and look otherwise
	Same     []worddiff.Paragraph // that stayed
	Number   int                  // of the change, from 1; 0 for what stayed
	Next     int                  // number of the next change; 0 after the last
}

// comparedMeasure is a measure with what became of it and of whom it is addressed to.
type comparedMeasure struct {
	comparedBlock
	Measure     int // its number
	Addressees  []worddiff.Segment
	Readdressed bool
}

// comparePath is where two versions are compared.
func comparePath(rec uuid.UUID, from, to int) string {
	return fmt.Sprintf("%s/compare?from=%d&to=%d", recommendationPath(rec), from, to)
}

// compare shows what changed between any two versions of a recommendation; without a choice, between the last two.
func (s *Server) compare(w http.ResponseWriter, r *http.Request) error {
	_, rec, err := s.ownRecommendation(r, access.ReadWorkingText)
	if err != nil {
		return err
	}
	ctx, l := r.Context(), Localizer(r)
	versions, err := models.Versions(ctx, s.DB, rec.ID)
	if err != nil {
		return err
	}
	before, after, err := chosenVersions(versions, r.URL.Query())
	if err != nil {
		return err
	}
	v := compareView{Page: s.workPage(r, l.T("compare.title")), Rec: rec, Home: recommendationPath(rec.ID), From: before.Number, To: after.Number,
		Form: NewForm(url.Values{"from": {strconv.Itoa(before.Number)}, "to": {strconv.Itoa(after.Number)}}), Swapped: comparePath(rec.ID, after.Number, before.Number)}
	for _, version := range versions {
		v.Versions = append(v.Versions, Option{Value: strconv.Itoa(version.Number), Label: l.T("version.title", "Number", version.Number)})
	}
	if v.Changes, err = s.compareTexts(ctx, l, before, after); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "compare", v)
	return nil
}

// chosenVersions finds the two versions an address names in a list, newest first.
func chosenVersions(versions []models.Version, q url.Values) (before, after *models.Version, err error) {
	if len(versions) == 0 {
		return nil, nil, apperr.NotFound("version")
	}
	choose := func(name string, otherwise int) (*models.Version, error) {
		number := q.Get(name)
		if number == "" {
			return &versions[otherwise], nil
		}
		i := slices.IndexFunc(versions, func(v models.Version) bool { return strconv.Itoa(v.Number) == number })
		if i < 0 {
			return nil, apperr.NotFound("version")
		}
		return &versions[i], nil
	}
	if before, err = choose("from", min(1, len(versions)-1)); err != nil {
		return nil, nil, err
	}
	after, err = choose("to", 0)
	return before, after, err
}

// compareTexts finds what changed, and says how much.
func (s *Server) compareTexts(ctx context.Context, l *i18n.Localizer, before, after *models.Version) (comparedText, error) {
	var c comparedText
	if title := worddiff.Compare(before.Title, after.Title); worddiff.Changed(title) {
		c.Title = &comparedBlock{Kind: worddiff.Altered, Segments: title}
		c.Summary = append(c.Summary, l.T("compare.summary.title"))
	}
	paragraphs := worddiff.Texts(before.Body, after.Body)
	c.Body = foldSame(paragraphs)
	var err error
	if c.Measures, err = s.compareMeasures(ctx, before, after); err != nil {
		return c, err
	}
	var measures worddiff.Summary
	for _, m := range c.Measures {
		measures.Count(m.Kind)
	}
	c.Summary = append(c.Summary, summaryWords(l, "compare.summary.paragraphs.", worddiff.Summarise(paragraphs))...)
	c.Summary = append(c.Summary, summaryWords(l, "compare.summary.measures.", measures)...)
	c.number()
	return c, nil
}

//i18n:keys compare.summary.paragraphs.* compare.summary.measures.*
func summaryWords(l *i18n.Localizer, prefix string, s worddiff.Summary) []string {
	var said []string
	for _, part := range []struct {
		key   string
		count int
	}{{"changed", s.Changed}, {"added", s.Added}, {"removed", s.Removed}} {
		if part.count > 0 {
			said = append(said, l.N(prefix+part.key, part.count))
		}
	}
	return said
}

// foldSame gathers neighbouring paragraphs that stayed as they were.
func foldSame(paragraphs []worddiff.Paragraph) []comparedBlock {
	var blocks []comparedBlock
	for _, p := range paragraphs {
		last := len(blocks) - 1
		switch {
		case p.Kind != worddiff.Same:
			blocks = append(blocks, comparedBlock{Kind: p.Kind, Segments: p.Segments, Heading: p.Level > 0, Reshaped: p.Reshaped})
		case last >= 0 && blocks[last].Kind == worddiff.Same:
			blocks[last].Same = append(blocks[last].Same, p)
		default:
			blocks = append(blocks, comparedBlock{Kind: worddiff.Same, Same: []worddiff.Paragraph{p}})
		}
	}
	return blocks
}

func (s *Server) compareMeasures(ctx context.Context, before, after *models.Version) ([]comparedMeasure, error) {
	names, err := s.authorityNames(ctx, slices.Concat(before.Measures, after.Measures))
	if err != nil {
		return nil, err
	}
	addressees := func(m *models.VersionMeasure) string {
		var all []string
		if m != nil {
			for _, id := range m.AuthorityIDs {
				all = append(all, names[id].String())
			}
		}
		return strings.Join(all, "; ")
	}
	var compared []comparedMeasure
	for _, p := range models.PairMeasures(before.Measures, after.Measures) {
		m := comparedMeasure{comparedBlock: comparedBlock{Kind: worddiff.Same}, Addressees: worddiff.Compare(addressees(p.Before), addressees(p.After))}
		m.Segments, m.Reshaped = worddiff.Text(p.Was(), p.Is())
		m.Readdressed = worddiff.Changed(m.Addressees)
		switch {
		case p.Before == nil:
			m.Kind, m.Measure = worddiff.Added, p.After.Number
		case p.After == nil:
			m.Kind, m.Measure = worddiff.Removed, p.Before.Number
		default:
			m.Measure = p.After.Number
			if m.Readdressed || m.Reshaped || worddiff.Changed(m.Segments) || p.Before.Number != p.After.Number {
				m.Kind = worddiff.Altered
			}
		}
		compared = append(compared, m)
	}
	return compared, nil
}

// number counts the changes in the order they are read.
func (c *comparedText) number() {
	var all []*comparedBlock
	if c.Title != nil {
		all = append(all, c.Title)
	}
	for i := range c.Body {
		all = append(all, &c.Body[i])
	}
	for i := range c.Measures {
		all = append(all, &c.Measures[i].comparedBlock)
	}
	var last *comparedBlock
	for _, b := range all {
		if b.Kind == worddiff.Same {
			continue
		}
		c.Count++
		b.Number = c.Count
		if last != nil {
			last.Next = c.Count
		}
		last = b
	}
}
