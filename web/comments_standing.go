package web

import (
	"bytes"
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/anchor"
	"tribuna/internal/annotation"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// standingView is the page of everything said of a text, beside the text as it is now.
type standingView struct {
	Page
	Rec   *models.Recommendation
	Home  string
	About string
	*standingComments
}

// standingComments are the comments of all rounds beside the paragraphs of a version.
type standingComments struct {
	Lang   string
	Count  int
	Blocks []standingBlock
}

// standingBlock is a paragraph with what is said of it: of the version now, or, where the words that are meant changed, of
// the one they were said of.
type standingBlock struct {
	Number   int // of the paragraph now; 0: it went
	HTML     template.HTML
	Original string // which paragraph of which version this is; "" where it is one of now
	Remarks  []*Comment
}

// showComments shows what was said in all rounds beside the text as it is now.
func (s *Server) showComments(w http.ResponseWriter, r *http.Request) error {
	v, rec, err := s.ownRecommendation(r, access.ReadNetworkMatter)
	if err != nil {
		return err
	}
	ctx, l := r.Context(), Localizer(r)
	version, _, err := s.currentText(ctx, rec)
	if err != nil {
		return err
	}
	view := standingView{Page: s.workPage(r, l.T("remark.page_title")), Rec: rec, Home: recommendationPath(rec.ID),
		About: l.T("remark.page_about", "Number", version.Number)}
	if view.standingComments, err = s.commentsBeside(ctx, l, v, rec, version); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "comments", view)
	return nil
}

// readableReviews are the answers a visitor may read: owners all, the network those of partners, each with what may be known of
// whose it is.
func (s *Server) readableReviews(ctx context.Context, v *visitor, as models.Attribution, rec *models.Recommendation) ([]models.Review, error) {
	reviews, err := models.ReviewsAs(ctx, s.DB, as, rec.ID, 0)
	if err == nil && !v.viewer().Owns(rec) {
		reviews = slices.DeleteFunc(reviews, func(rv models.Review) bool { return rv.OrganisationID == nil })
	}
	return reviews, err
}

// takeOutComments gives the comments a visitor may read as a file of Web Annotations.
func (s *Server) takeOutComments(w http.ResponseWriter, r *http.Request) error {
	v, rec, err := s.ownRecommendation(r, access.ReadNetworkMatter)
	if err != nil {
		return err
	}
	ctx := r.Context()
	reviews, err := s.readableReviews(ctx, v, models.Attribution{}, rec) // a file goes further: in it an anonymised round has no key
	if err != nil {
		return err
	}
	all, err := annotation.Of(ctx, s.DB, s.BaseURL, rec, reviews, true)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", `application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"`)
	w.Header().Set("Content-Disposition", `attachment; filename="`+rec.Slug+`-comments.jsonld"`)
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(all)
}

// commentsBeside puts all comments a visitor may read beside a version: in their own paragraph where the words they are about
// stand there, else beside the paragraph they were said of. None is left out.
func (s *Server) commentsBeside(ctx context.Context, l *i18n.Localizer, v *visitor, rec *models.Recommendation, now *models.Version) (*standingComments, error) {
	reviews, err := s.readableReviews(ctx, v, v.viewer().Attribution(rec), rec)
	if err != nil {
		return nil, err
	}
	authors, err := s.authorsOf(ctx, l, rec, reviews)
	if err != nil {
		return nil, err
	}
	originals, err := s.originalsOf(ctx, v.viewer(), rec.ID)
	if err != nil {
		return nil, err
	}
	zone, err := s.zoneOf(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	c := &standingComments{Lang: rec.Language}
	place, err := newPlacing(now)
	if err != nil {
		return nil, err
	}
	for _, rv := range reviews {
		for _, comment := range rv.Comments {
			c.Count++
			remark, err := newRemark(l, rv, comment, authors[rv.TaskID], zone)
			if err != nil {
				return nil, err
			}
			remark.Original = originals[rv.TaskID]
			if err := place.put(ctx, s, l, comment, remark); err != nil {
				return nil, err
			}
		}
	}
	c.Blocks = place.inOrder()
	return c, nil
}

// newRemark is a comment as a page shows it.
func newRemark(l *i18n.Localizer, rv models.Review, c models.Comment, by author, zone *time.Location) (*Comment, error) {
	text, err := renderWords(c.Body, "c-"+c.ID.String()[24:])
	remark := &Comment{Who: by.name, Capacity: by.capacity, At: c.CreatedAt, Zone: zone, Text: text, Lang: rv.WrittenIn, Quote: c.Quote,
		Instead: c.Replacement, LeavesOut: c.Kind == models.CommentSuggestion && c.Replacement == ""}
	if c.Kind != models.CommentRemark {
		remark.Kind = &Badge{Tone: "plain", Icon: kindIcons[c.Kind], Text: l.T("remark.kind." + string(c.Kind))}
	}
	return remark, err
}

var kindIcons = map[models.CommentKind]string{models.CommentQuestion: "info-circle", models.CommentCorrection: "edit",
	models.CommentSuggestion: "blockquote", models.CommentPraise: "thumb-up"}

// placing gathers comments by the paragraph they are shown beside.
type placing struct {
	now      *models.Version
	rendered []markdown.RenderedBlock
	versions map[uuid.UUID]*earlier
	blocks   map[placeKey]*standingBlock
}

// placeKey is a paragraph of a version, and where among those of now it is shown.
type placeKey struct {
	at      int // block of now it stands at or behind
	version int // 0: of now
	block   int
}

// earlier is a version that comments were made on.
type earlier struct {
	number   int
	rendered []markdown.RenderedBlock
	between  *anchor.Versions
}

func renderedOf(v *models.Version) ([]markdown.RenderedBlock, error) {
	return markdown.RenderBlocks(v.Body, markdown.WithHeadingShift(4), markdown.WithIDPrefix("v"+strconv.Itoa(v.Number)+"-"))
}

func newPlacing(now *models.Version) (*placing, error) {
	rendered, err := renderedOf(now)
	return &placing{now: now, rendered: rendered, versions: map[uuid.UUID]*earlier{}, blocks: map[placeKey]*standingBlock{}}, err
}

func (p *placing) earlier(ctx context.Context, s *Server, id uuid.UUID) (*earlier, error) {
	if e := p.versions[id]; e != nil {
		return e, nil
	}
	was, err := models.VersionByID(ctx, s.DB, id)
	if err != nil {
		return nil, err
	}
	e := &earlier{number: was.Number}
	if e.rendered, err = renderedOf(was); err != nil {
		return nil, err
	}
	e.between, err = anchor.Between(was.Body, p.now.Body)
	p.versions[id] = e
	return e, err
}

func (p *placing) put(ctx context.Context, s *Server, l *i18n.Localizer, c models.Comment, remark *Comment) error {
	if c.VersionID == p.now.ID {
		p.add(placeKey{at: c.Block, block: c.Block}, standingBlock{Number: c.Block + 1, HTML: htmlOf(p.rendered, c.Block)}, remark)
		return nil
	}
	was, err := p.earlier(ctx, s, c.VersionID)
	if err != nil {
		return err
	}
	place := was.between.Place(c.Block, c.Passage())
	if !place.Changed {
		p.add(placeKey{at: place.Block, block: place.Block}, standingBlock{Number: place.Block + 1, HTML: htmlOf(p.rendered, place.Block)}, remark)
		return nil
	}
	remark.Badge = &Badge{Tone: "wait", Icon: "history", Text: l.T("remark.changed")}
	at := place.Block
	if at < 0 {
		at = len(p.rendered)
	}
	p.add(placeKey{at, was.number, c.Block}, standingBlock{Number: place.Block + 1, HTML: htmlOf(was.rendered, c.Block),
		Original: l.T("remark.original", "Paragraph", l.Number(c.Block+1), "Number", was.number)}, remark)
	return nil
}

func htmlOf(blocks []markdown.RenderedBlock, i int) template.HTML {
	if i < 0 || i >= len(blocks) {
		return ""
	}
	return blocks[i].HTML
}

func (p *placing) add(key placeKey, block standingBlock, remark *Comment) {
	b := p.blocks[key]
	if b == nil {
		b = &block
		p.blocks[key] = b
	}
	b.Remarks = append(b.Remarks, remark)
}

// inOrder lists the paragraphs in the order of the text now; what changed follows what it became, what went comes last.
func (p *placing) inOrder() []standingBlock {
	keys := make([]placeKey, 0, len(p.blocks))
	for k := range p.blocks {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b placeKey) int {
		for _, d := range []int{a.at - b.at, a.version - b.version, a.block - b.block} {
			if d != 0 {
				return d
			}
		}
		return 0
	})
	blocks := make([]standingBlock, len(keys))
	for i, k := range keys {
		blocks[i] = *p.blocks[k]
	}
	return blocks
}

// numberedParagraphs gives every paragraph of a rendered text a name of its own, "p-3", which annotations lead to.
func numberedParagraphs(body string, options ...markdown.Option) (template.HTML, error) {
	blocks, err := markdown.RenderBlocks(body, options...)
	if err != nil {
		return "", err
	}
	var all bytes.Buffer
	for i, b := range blocks {
		if b.HTML != "" {
			all.WriteString(`<span id="p-` + strconv.Itoa(i+1) + `"></span>` + string(b.HTML))
		}
	}
	return template.HTML(all.String()), nil //nolint:gosec // each block is sanitised
}
