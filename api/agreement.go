package api

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// Agreement is how far the experts of a round agree on a question, or on the recommendation they give.
type Agreement struct {
	Round    int        `json:"round"`
	Question string     `json:"question"` // its id; "recommendation" is what every review gives
	Kind     string     `json:"kind"`
	Answered int        `json:"answered"`
	Open     int        `json:"open"` // who did not answer it
	Counts   []AgreedOn `json:"counts"`
	Median   string     `json:"median,omitempty"` // the middle answer, where answers have an order; the lower of two
	Spread   *float64   `json:"spread,omitempty"` // from 0, all say the same, to 1; absent where fewer than two answered
	Level    string     `json:"level"`            // full, near, some, far, or alone
}

// AgreedOn is how many gave an answer.
type AgreedOn struct {
	Value     string `json:"value"`
	Count     int    `json:"count"`
	Conflicts int    `json:"conflicts"` // of them with a conflict of interest shown
}

func (s *server) agreementRoutes() []route {
	return []route{{method: http.MethodGet, path: "/recommendations/{id}/agreement", id: "listAgreement", tag: "review",
		summary: "How far the experts of a round agree: first on the recommendation, then question by question, those with the least agreement first",
		reply:   list[Agreement]{}, serve: s.listAgreement, query: []param{{"round", "its number; the newest where it is left out", text}}}}
}

func (s *server) listAgreement(c *call) (reply, error) {
	rec, err := c.owned(access.InviteReviewer)
	if err != nil {
		return reply{}, err
	}
	number := rec.Round
	if asked := c.query("round"); asked != "" {
		if number, err = strconv.Atoi(asked); err != nil || number < 1 || number > rec.Round {
			return reply{}, apperr.Invalid("round", "choice")
		}
	}
	if number == 0 {
		return reply{body: listOf([]models.Agreement{}, roundAgreement{}.view)}, nil
	}
	reviews, err := models.ReviewsAs(c.ctx(), s.DB, c.who.viewer.Attribution(rec), rec.ID, number)
	if err != nil {
		return reply{}, err
	}
	procedure, err := models.ProcedureByID(c.ctx(), s.DB, rec.ProcedureID)
	if err != nil {
		return reply{}, err
	}
	conflicts, err := models.ConflictsOf(c.ctx(), s.DB, rec.ID)
	if err != nil {
		return reply{}, err
	}
	questions := procedure.Document.Review.Asks()
	if !c.who.viewer.MayReadConfidence(rec) {
		questions = slices.DeleteFunc(slices.Clone(questions), func(q models.Question) bool { return q.Confidential })
	}
	counted, _ := models.CountedReviews(reviews, procedure.Document.Review, conflicts)
	all := append([]models.Agreement{models.RecommendationAgreement(counted)}, models.AgreementOn(questions, counted)...)
	return reply{body: listOf(all, roundAgreement{number, conflicts}.view)}, nil
}

// roundAgreement shows what is compared of one round.
type roundAgreement struct {
	round     int
	conflicts map[uuid.UUID]*models.Conflict
}

func (r roundAgreement) view(a models.Agreement) Agreement {
	v := Agreement{Round: r.round, Question: a.Question.ID, Kind: a.Question.Kind, Answered: len(a.Given), Open: a.Open, Counts: []AgreedOn{}, Level: a.Level()}
	if a.Spread >= 0 {
		v.Spread = &a.Spread
	}
	for i, value := range a.Values {
		on := AgreedOn{Value: value, Count: a.Counts[i]}
		for _, g := range a.Given {
			if g.Value == value && r.conflicts[g.TaskID].Shown() {
				on.Conflicts++
			}
		}
		v.Counts = append(v.Counts, on)
		if i == a.Median {
			v.Median = value
		}
	}
	return v
}
