package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// SearchResult is what was found, by kind.
type SearchResult struct {
	Groups []SearchGroup `json:"groups"`
	Next   string        `json:"next,omitempty"` // cursor, where one kind was asked for and there is more of it
}

// SearchGroup is what was found of one kind.
type SearchGroup struct {
	Kind  models.SearchKind `json:"kind"`
	Count int               `json:"count"`
	More  bool              `json:"more"` // there are more than were counted
	Items []SearchHit       `json:"items"`
}

// SearchHit is one thing found; what does not belong to its kind is missing.
type SearchHit struct {
	ID               uuid.UUID    `json:"id"`
	Title            string       `json:"title,omitempty"`
	Language         string       `json:"language,omitempty"` // of the title
	Names            models.Names `json:"names,omitempty"`    // of an authority
	RecommendationID *uuid.UUID   `json:"recommendation_id,omitempty"`
	Recommendation   string       `json:"recommendation,omitempty"` // in which a measure stands
	Number           int          `json:"number,omitempty"`         // of a measure
	Stage            models.Stage `json:"stage,omitempty"`
	Slug             string       `json:"slug,omitempty"`          // of what is published
	About            string       `json:"about,omitempty"`         // kind of an organisation, level of an authority
	Organisations    string       `json:"organisations,omitempty"` // that own it, in which somebody works
	Countries        []string     `json:"countries"`
}

// searchFirst is how many of each kind are shown where no kind is asked for.
const searchFirst = 5

func (s *server) searchRoutes() []route {
	return []route{{method: http.MethodGet, path: "/search", id: "search", tag: "network",
		summary: "What holds words beginning with all of these, as far as the reader may see it",
		reply:   SearchResult{}, serve: s.search, query: append([]param{
			{"q", "without regard to case, accents and alphabet", map[string]any{"type": "string", "minLength": models.SearchLeast, "maxLength": models.SearchMost}},
			{"kind", "of this alone, in pages; without it the first of every kind", map[string]any{"type": "string", "enum": models.SearchKinds()}},
			{"country", "code", text}}, pageParams...)}}
}

func (s *server) search(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	kind, err := queryOneOf(c, "kind", models.SearchKinds())
	if err != nil {
		return reply{}, err
	}
	f := models.SearchFilter{Words: c.query("q"), Country: c.query("country"), Language: c.who.person.Language, Limit: searchFirst}
	shown := models.SearchKinds()
	if kind != "" {
		shown, f.Limit = []models.SearchKind{kind}, p.limit+1
		if p.after != nil {
			f.After = p.after.ID
		}
	}
	groups, err := c.who.viewer.Search(c.ctx(), s.DB, f, shown...)
	if err != nil {
		return reply{}, err
	}
	result := SearchResult{Groups: []SearchGroup{}}
	for _, g := range groups {
		if kind != "" && kind != g.Kind {
			continue
		}
		if kind != "" {
			g.Hits, result.Next = cut(g.Hits, p, func(h models.SearchHit) models.Cursor { return models.Cursor{At: time.Unix(0, 0), ID: h.ID} })
		}
		result.Groups = append(result.Groups, SearchGroup{Kind: g.Kind, Count: g.Count, More: g.More, Items: listOf(g.Hits, searchHitView).Items})
	}
	return reply{body: result, next: result.Next}, nil
}

func searchHitView(h models.SearchHit) SearchHit {
	v := SearchHit{ID: h.ID, Title: h.Title, Language: h.Language, Names: h.Names, Recommendation: h.Recommendation, Number: h.Number,
		Stage: h.Stage, Slug: h.Slug, About: h.About, Organisations: h.Organisations, Countries: orEmpty(h.Countries)}
	if h.RecommendationID != uuid.Nil {
		v.RecommendationID = &h.RecommendationID
	}
	return v
}
