package api

import (
	"net/http"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// Expert is somebody who could review, with why.
type Expert struct {
	ID            uuid.UUID `json:"id"`
	Name          string    `json:"name"`
	Country       string    `json:"country,omitempty"`
	Languages     []string  `json:"languages"`
	Topics        []string  `json:"topics"`
	TopicsMatched []string  `json:"topics_matched"` // of the recommendation's
	ReadsLanguage bool      `json:"reads_language"`
	KnowsCountry  bool      `json:"knows_country"`
	Challenges    int       `json:"challenges_matched"` // of the recommendation's, on which they have reviewed before
	OwnText       bool      `json:"own_text"`           // theirs, or of an organisation of theirs: a conflict of interest
	Reviewed      bool      `json:"reviewed_before"`    // answered about it, in a round before
	NotBefore     bool      `json:"not_before"`         // was asked about it before, in vain
	OpenReviews   int       `json:"open_reviews"`
	MaxOpen       int       `json:"max_open"`
}

// Translator is somebody who translates into a language.
type Translator struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Languages []string  `json:"languages"`
}

func (s *server) expertRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/experts", id: "listExperts", tag: "network", summary: "Who could review a recommendation, the best fit first",
			reply: list[Expert]{}, serve: s.experts, query: []param{{"recommendation", "id; those asked in its running round are left out", text}}},
		{method: http.MethodGet, path: "/translators", id: "listTranslators", tag: "network", summary: "Who translates into a language, the least busy first",
			reply: list[Translator]{}, serve: s.translators, query: []param{{"language", "tag", text}}},
	}
}

func (s *server) experts(c *call) (reply, error) {
	id, err := c.queryID("recommendation")
	if err != nil {
		return reply{}, err
	}
	if id == uuid.Nil {
		return reply{}, apperr.Invalid("recommendation", "required")
	}
	rec, err := models.VisibleRecommendation(c.ctx(), s.DB, c.who.viewer, id)
	if err != nil {
		return reply{}, err
	}
	if err := c.can(access.InviteReviewer, rec, nil); err != nil {
		return reply{}, err
	}
	asked, err := models.Tasks(c.ctx(), s.DB, models.TaskFilter{Recommendation: rec.ID, Kinds: []models.TaskKind{models.TaskReview}, Round: max(rec.Round, 1)})
	if err != nil {
		return reply{}, err
	}
	f := models.WantedFor(rec)
	for _, t := range asked {
		if rec.Stage == models.StageReview && t.PersonID != nil {
			f.Exclude = append(f.Exclude, *t.PersonID)
		}
	}
	rows, err := models.ExpertsFor(c.ctx(), s.DB, f)
	return reply{body: listOf(rows, func(e models.Expert) Expert { return expertView(e, rec.Topics) })}, err
}

func expertView(e models.Expert, wanted []string) Expert {
	v := Expert{ID: e.ID, Name: e.Name, Country: e.CountryCode, Languages: orEmpty(e.Languages), Topics: orEmpty(e.Topics),
		TopicsMatched: []string{}, ReadsLanguage: e.ReadsLanguage, KnowsCountry: e.KnowsCountry,
		Challenges: e.ChallengesMatched, OwnText: e.OwnText, Reviewed: e.ReviewedBefore, NotBefore: e.NotBefore, OpenReviews: e.OpenReviews, MaxOpen: e.MaxOpen}
	for _, t := range e.Topics {
		for _, w := range wanted {
			if t == w {
				v.TopicsMatched = append(v.TopicsMatched, t)
			}
		}
	}
	return v
}

func (s *server) translators(c *call) (reply, error) {
	if err := c.can(access.FindPeople, nil, nil); err != nil {
		return reply{}, err
	}
	if c.query("language") == "" {
		return reply{}, apperr.Invalid("language", "required")
	}
	rows, err := models.TranslatorsFor(c.ctx(), s.DB, c.query("language"), nil)
	return reply{body: listOf(rows, func(p models.Person) Translator {
		return Translator{ID: p.ID, Name: p.Name, Languages: orEmpty(p.Languages)}
	})}, err
}
