package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// PublicationSummary is a published recommendation in a list.
type PublicationSummary struct {
	Slug         string               `json:"slug"`
	Kind         string               `json:"kind"`
	Title        string               `json:"title"`
	Language     string               `json:"language"` // of the original
	Organisation string               `json:"organisation"`
	Countries    []string             `json:"countries"`
	Designations []CountryDesignation `json:"designations"` // of these, as they are named in the language of the title
	PublishedAt  time.Time            `json:"published_at"`
	URL          string               `json:"url"` // its permanent page
}

// Publication is what was published, as it stood, in every language or in the one asked for.
type Publication struct {
	ID uuid.UUID `json:"id"`
	PublicationSummary
	Topics     []string          `json:"topics"`
	Challenges []string          `json:"challenges"`
	Languages  []string          `json:"languages"` // there is a text in
	Texts      []PublicationText `json:"texts"`
	SignedOff  []string          `json:"signed_off_by"` // organisations that approved
}

// PublicationText is the publication in one language, with what its grants want said in it.
type PublicationText struct {
	Language     string               `json:"language"`
	Translated   bool                 `json:"translated"`
	Title        string               `json:"title"`
	Body         string               `json:"body"` // Markdown
	Measures     []PublishedMeasure   `json:"measures"`
	Grants       []PublishedGrant     `json:"grants"`
	Designations []CountryDesignation `json:"designations"` // of its countries, as they are named in the language of the text
}

// PublishedMeasure is a measure with its addressees.
type PublishedMeasure struct {
	Number      int                `json:"number"`
	Text        string             `json:"text"`
	Authorities []models.Authority `json:"authorities"`
}

// PublishedGrant is what a grant wants said.
type PublishedGrant struct {
	Number     string `json:"number"`
	Funder     string `json:"funder"`
	Emblem     string `json:"emblem,omitempty"` // address of the picture: the language's, else the one for all languages, else the English one
	Language   string `json:"language"`         // of the statement: the text's, else English
	Statement  string `json:"statement"`
	Disclaimer string `json:"disclaimer,omitempty"`

	DisclaimerLanguage string `json:"disclaimer_language,omitempty"` // the text's, else English
}

// CountryDesignation is how a country is called in a text.
type CountryDesignation struct {
	Country     string `json:"country"`
	Language    string `json:"language"`    // of the designation
	Designation string `json:"designation"` // with the mark of the footnote
	Footnote    string `json:"footnote,omitempty"`

	FootnoteLanguage string `json:"footnote_language,omitempty"`
}

// Delivery is the recommendation reaching an authority.
type Delivery struct {
	ID           uuid.UUID   `json:"id"`
	AuthorityID  uuid.UUID   `json:"authority_id"`
	DeliveredOn  *models.Day `json:"delivered_on,omitempty"`
	Reference    string      `json:"reference,omitempty"`
	ReplyDue     *models.Day `json:"reply_due,omitempty"`
	NotDelivered string      `json:"not_delivered,omitempty"` // why
}

func (s *server) publicationRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/published", id: "listPublished", tag: "published", summary: "What is published, the newest recommendation first", gate: open, public: true,
			reply: list[PublicationSummary]{}, serve: s.listPublished, query: append([]param{{"country", "one or several codes", text}, {"q", "part of the title", text}}, pageParams...)},
		{method: http.MethodGet, path: "/published/{slug}", id: "getPublished", tag: "published", summary: "A publication in all its languages", gate: open, public: true,
			reply: Publication{}, serve: s.getPublished},
		{method: http.MethodGet, path: "/published/{slug}/{language}", id: "getPublishedIn", tag: "published", summary: "A publication in one language", gate: open, public: true,
			reply: Publication{}, serve: s.getPublished},
		{method: http.MethodGet, path: "/recommendations/{id}/publication", id: "getPublication", tag: "published", summary: "The publication of a recommendation",
			reply: Publication{}, serve: s.getPublication},
		{method: http.MethodGet, path: "/recommendations/{id}/deliveries", id: "listDeliveries", tag: "published", summary: "Which authorities have it",
			reply: list[Delivery]{}, serve: s.listDeliveries},
	}
}

func (s *server) listPublished(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	rows, err := models.Recommendations(c.ctx(), s.DB, models.Viewer{}, models.RecommendationFilter{Published: true, Countries: c.queryList("country"),
		Query: c.query("q"), Before: p.after, Limit: int64(p.limit + 1)})
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(r models.Recommendation) models.Cursor { return models.Cursor{At: r.CreatedAt, ID: r.ID} })
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	designations, err := models.DesignationsFor(c.ctx(), s.DB, ids...)
	if err != nil {
		return reply{}, err
	}
	l := listOf(rows, func(r models.Recommendation) PublicationSummary { return s.publicationSummary(&r, designations) })
	l.Next = next
	return reply{body: l, next: next}, nil
}

func (s *server) publicationSummary(r *models.Recommendation, d models.Designations) PublicationSummary {
	v := PublicationSummary{Slug: r.Slug, Kind: r.Kind, Title: r.Title, Language: r.Language, Countries: orEmpty(r.Countries),
		Designations: designationViews(d.Of(r.ID, r.Countries, r.Language)), URL: s.BaseURL + "/published/" + r.Slug}
	if r.PublishedAt != nil {
		v.PublishedAt = *r.PublishedAt
	}
	if r.Organisation != nil {
		v.Organisation = r.Organisation.Name
	}
	return v
}

func (s *server) getPublished(c *call) (reply, error) {
	r, p, err := models.PublishedBySlug(c.ctx(), s.DB, c.variable("slug"))
	if err != nil {
		return reply{}, err
	}
	return s.showPublication(c, r, p, c.variable("language"))
}

func (s *server) getPublication(c *call) (reply, error) {
	rec, err := c.recommendation()
	if err != nil {
		return reply{}, err
	}
	p, err := models.PublicationOf(c.ctx(), s.DB, rec.ID)
	if err != nil {
		return reply{}, err
	}
	return s.showPublication(c, rec, p, "")
}

// showPublication shows the text of one language, or of all.
func (s *server) showPublication(c *call, r *models.Recommendation, p *models.Publication, only string) (reply, error) {
	b := publisher{ctx: c.ctx(), db: s.DB, rec: r}
	if err := b.load(p); err != nil {
		return reply{}, err
	}
	v := Publication{ID: p.ID, PublicationSummary: s.publicationSummary(r, b.designations), Topics: orEmpty(r.Topics), Challenges: orEmpty(r.Challenges),
		Languages: []string{}, Texts: []PublicationText{}, SignedOff: orEmpty(b.signed)}
	for _, t := range p.Texts {
		v.Languages = append(v.Languages, t.Language)
		if only == "" || only == t.Language {
			v.Texts = append(v.Texts, b.text(t))
		}
	}
	if len(v.Texts) == 0 {
		return reply{}, apperr.NotFound("publication")
	}
	v.Title = v.Texts[0].Title
	for _, t := range v.Texts {
		if t.Language == r.Language {
			v.Title = t.Title
		}
	}
	return reply{body: v}, nil
}

// publisher gathers what stands around a published text.
type publisher struct {
	ctx          context.Context
	db           bun.IDB
	rec          *models.Recommendation
	grants       []models.Grant
	designations models.Designations
	authorities  map[uuid.UUID]models.Authority
	signed       []string
}

func (b *publisher) load(p *models.Publication) (err error) {
	if b.grants, err = models.GrantsOf(b.ctx, b.db, b.rec.ID); err != nil {
		return err
	}
	if b.designations, err = models.DesignationsFor(b.ctx, b.db, b.rec.ID); err != nil {
		return err
	}
	ids := []uuid.UUID{}
	for _, t := range p.Texts {
		for _, m := range t.Measures {
			ids = append(ids, m.AuthorityIDs...)
		}
	}
	list, err := models.AuthoritiesByID(b.ctx, b.db, ids)
	if err != nil {
		return err
	}
	b.authorities = map[uuid.UUID]models.Authority{}
	for _, a := range list {
		b.authorities[a.ID] = a
	}
	return b.loadSignatories(p.VersionID)
}

func (b *publisher) loadSignatories(version uuid.UUID) error {
	answers, err := models.SignOffs(b.ctx, b.db, version)
	if err != nil {
		return err
	}
	ids := []uuid.UUID{}
	for _, a := range answers {
		if a.Approves() {
			ids = append(ids, a.OrganisationID)
		}
	}
	organisations, err := models.Organisations(b.ctx, b.db, models.OrganisationFilter{IDs: ids})
	for _, o := range organisations {
		b.signed = append(b.signed, o.Name)
	}
	return err
}

func (b *publisher) text(t models.PublicationText) PublicationText {
	v := PublicationText{Language: t.Language, Translated: t.TranslationID != nil, Title: t.Title, Body: t.Body, Measures: []PublishedMeasure{},
		Grants: []PublishedGrant{}, Designations: designationViews(b.designations.Of(b.rec.ID, b.rec.Countries, t.Language))}
	for _, m := range t.Measures {
		measure := PublishedMeasure{Number: m.Number, Text: m.Text, Authorities: []models.Authority{}}
		for _, id := range m.AuthorityIDs {
			measure.Authorities = append(measure.Authorities, b.authorities[id])
		}
		v.Measures = append(v.Measures, measure)
	}
	for _, g := range models.Credits(b.grants, t.Language) {
		v.Grants = append(v.Grants, PublishedGrant{Number: g.Number, Funder: g.Funder, Emblem: emblemAddress(g.Emblem), Language: g.Language,
			Statement: g.Statement, Disclaimer: g.Disclaimer, DisclaimerLanguage: g.DisclaimerLanguage})
	}
	return v
}

// designationViews names countries as pages do: each footnote begins with its mark.
func designationViews(list []models.Designated) []CountryDesignation {
	var notes models.Footnotes
	views := make([]CountryDesignation, 0, len(list))
	for _, d := range list {
		v := CountryDesignation{Country: d.Country, Language: d.Language, Designation: notes.Name(d)}
		if d.Footnote != "" {
			v.Footnote, v.FootnoteLanguage = strings.TrimPrefix(v.Designation, d.Name)+" "+d.Footnote, d.FootnoteLanguage
		}
		views = append(views, v)
	}
	return views
}

func (s *server) listDeliveries(c *call) (reply, error) {
	rec, err := c.within()
	if err != nil {
		return reply{}, err
	}
	rows, err := models.Deliveries(c.ctx(), s.DB, rec.ID)
	return reply{body: listOf(rows, deliveryView)}, err
}

func deliveryView(d models.Delivery) Delivery {
	return Delivery{ID: d.ID, AuthorityID: d.AuthorityID, DeliveredOn: day(d.DeliveredOn), Reference: d.Reference, ReplyDue: day(d.ReplyDue),
		NotDelivered: d.NotDelivered}
}
