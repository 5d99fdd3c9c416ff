package api

import (
	"net/http"

	"tribuna/models"
)

// referenceRoutes are the network's lists, which everybody may read: a language is data, and so is a country.
func (s *server) referenceRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/languages", id: "listLanguages", tag: "reference", summary: "The network's languages",
			gate: open, public: true, reply: list[models.Language]{}, serve: s.languages},
		{method: http.MethodGet, path: "/countries", id: "listCountries", tag: "reference", summary: "The network's countries and territories",
			gate: open, public: true, reply: list[models.Country]{}, serve: s.countries},
		{method: http.MethodGet, path: "/topics", id: "listTopics", tag: "reference", summary: "The topics",
			gate: open, public: true, reply: list[models.Topic]{}, serve: s.topics},
		{method: http.MethodGet, path: "/challenges", id: "listChallenges", tag: "reference", summary: "The challenges",
			gate: open, public: true, reply: list[models.Challenge]{}, serve: s.challenges},
		{method: http.MethodGet, path: "/authorities", id: "listAuthorities", tag: "reference", summary: "The authorities: whoever can act",
			gate: open, public: true, reply: list[models.Authority]{}, serve: s.authorities, query: append([]param{
				{"country", "code", text}, {"level", "", map[string]any{"type": "string", "enum": models.AuthorityLevels()}},
				{"parent", "id: those directly below it", text}, {"q", "part of a name in any language", text}}, pageParams...)},
		{method: http.MethodGet, path: "/authorities/{id}", id: "getAuthority", tag: "reference", summary: "One authority",
			gate: open, public: true, reply: models.Authority{}, serve: s.authority},
	}
}

func (s *server) languages(c *call) (reply, error) {
	rows, err := models.Languages(c.ctx(), s.DB)
	return reply{body: listOf(rows, same[models.Language])}, err
}

func (s *server) countries(c *call) (reply, error) {
	rows, err := models.Countries(c.ctx(), s.DB)
	return reply{body: listOf(rows, same[models.Country])}, err
}

func (s *server) topics(c *call) (reply, error) {
	rows, err := models.Topics(c.ctx(), s.DB)
	return reply{body: listOf(rows, same[models.Topic])}, err
}

func (s *server) challenges(c *call) (reply, error) {
	rows, err := models.Challenges(c.ctx(), s.DB)
	return reply{body: listOf(rows, same[models.Challenge])}, err
}

func (s *server) authorities(c *call) (reply, error) {
	level, err := queryOneOf(c, "level", models.AuthorityLevels())
	if err != nil {
		return reply{}, err
	}
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	f := models.AuthorityFilter{Country: c.query("country"), Level: level, Query: c.query("q"), After: p.afterID(), Limit: p.limit + 1}
	if c.query("parent") != "" {
		parent, err := c.queryID("parent")
		if err != nil {
			return reply{}, err
		}
		f.Parent = &parent
	}
	rows, err := models.Authorities(c.ctx(), s.DB, f)
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(a models.Authority) models.Cursor { return byID(a.ID) })
	l := listOf(rows, same[models.Authority])
	l.Next = next
	return reply{body: l, next: next}, nil
}

func (s *server) authority(c *call) (reply, error) {
	id, err := c.id("authority")
	if err != nil {
		return reply{}, err
	}
	a, err := models.AuthorityByID(c.ctx(), s.DB, id)
	return reply{body: a}, err
}
