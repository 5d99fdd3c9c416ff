package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/models"
)

// OutcomePlan is what would be told to those who commented in a round. It names nobody.
type OutcomePlan struct {
	Round   int             `json:"round"`
	Decided bool            `json:"decided"`
	Seen    string          `json:"seen"` // of what would be sent, for sending it
	Due     int             `json:"due"`  // who would get a mail
	Open    int             `json:"open"` // comments without an answer
	Readers []OutcomeReader `json:"readers"`
}

// OutcomeReader is somebody who commented, by their answer.
type OutcomeReader struct {
	ReviewID uuid.UUID  `json:"review_id"`
	Answered int        `json:"answered"`
	Open     int        `json:"open"`
	Due      bool       `json:"due"`
	ToldAt   *time.Time `json:"told_at,omitempty"`
	Changed  bool       `json:"changed"` // since they were told
}

// SentOutcome is how many were told.
type SentOutcome struct {
	Told int `json:"told"`
}

// CommentGroup is a group of comments of a round with its answer.
type CommentGroup struct {
	ID       uuid.UUID   `json:"id"`
	Round    int         `json:"round"`
	Title    string      `json:"title"`
	Revision int         `json:"revision"` // for If-Match
	Response *ResponseTo `json:"response,omitempty"`
}

func (s *server) outcomeRoutes() []route {
	const base = "/recommendations/{id}/rounds/{number}/responses"
	return []route{
		{method: http.MethodGet, path: base + "/groups", id: "listCommentGroups", tag: "review", summary: "The groups of comments of a round with what is answered to them",
			reply: list[CommentGroup]{}, serve: s.listCommentGroups},
		{method: http.MethodGet, path: base + "/send", id: "planResponses", tag: "review", summary: "What would be told to those who commented in a round",
			reply: OutcomePlan{}, serve: s.planResponses},
		{method: http.MethodPost, path: base + "/send", id: "sendResponses", tag: "review", summary: "Tell those who commented in a round what became of it, as it was looked at",
			body: models.OutcomeInput{}, reply: SentOutcome{}, serve: s.sendResponses},
	}
}

func (s *server) listCommentGroups(c *call) (reply, error) {
	rec, err := c.owned(access.DecideReview)
	if err != nil {
		return reply{}, err
	}
	number, err := c.number("number", "round")
	if err != nil {
		return reply{}, err
	}
	all, err := models.CommentGroups(c.ctx(), s.DB, rec.ID, number)
	return reply{body: listOf(all, groupView)}, err
}

func groupView(g models.CommentGroup) CommentGroup {
	v := CommentGroup{ID: g.ID, Round: g.Round, Title: g.Title, Revision: g.Revision}
	if g.Outcome != nil {
		v.Response = &ResponseTo{Outcome: *g.Outcome, Reason: g.Reason, In: g.WrittenIn, ByGroup: true}
	}
	return v
}

func (s *server) planResponses(c *call) (reply, error) {
	rec, err := c.owned(access.DecideReview)
	if err != nil {
		return reply{}, err
	}
	number, err := c.number("number", "round")
	if err != nil {
		return reply{}, err
	}
	p, err := models.PlanOutcome(c.ctx(), s.DB, c.who.viewer.Attribution(rec), rec.ID, number)
	if err != nil {
		return reply{}, err
	}
	v := OutcomePlan{Round: number, Decided: p.Round.Decision != nil, Seen: p.Seen(), Due: len(p.Due()), Open: p.Open(), Readers: []OutcomeReader{}}
	for _, o := range p.Readers {
		v.Readers = append(v.Readers, OutcomeReader{ReviewID: o.Review.ID, Answered: len(o.Answered), Open: o.Open, Due: o.Due(), ToldAt: o.ToldAt, Changed: o.Changed})
	}
	return reply{body: v}, nil
}

func (s *server) sendResponses(c *call) (reply, error) {
	rec, err := c.owned(access.DecideReview)
	if err != nil {
		return reply{}, err
	}
	number, err := c.number("number", "round")
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.OutcomeInput](c)
	if err != nil {
		return reply{}, err
	}
	sent := SentOutcome{}
	err = c.inTx(func(ctx context.Context, tx bun.Tx) (err error) {
		sent.Told, err = models.SendOutcome(ctx, tx, rec, number, in, c.who.person, c.now())
		return err
	})
	return reply{body: sent}, err
}
