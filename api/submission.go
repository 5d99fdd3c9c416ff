package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// Submission is what became of words that were stored.
type Submission struct {
	ID         uuid.UUID              `json:"id"`
	DecisionID string                 `json:"decision_id"`
	Kind       models.DecisionKind    `json:"kind"`
	TaskID     *uuid.UUID             `json:"task_id,omitempty"`
	State      models.SubmissionState `json:"state"`
	Late       bool                   `json:"late,omitempty"`
	ReceivedAt time.Time              `json:"received_at"`
	SettledAt  *time.Time             `json:"settled_at,omitempty"`
	Problem    *Problem               `json:"problem,omitempty"` // why it was refused
}

func (s *server) submissionRoutes() []route {
	return []route{{method: http.MethodGet, path: "/submissions/{id}", id: "getSubmission", tag: "tasks", summary: "What became of words that were stored; for who sent them",
		gate: byLink, reply: Submission{}, serve: s.getSubmission}}
}

func (s *server) getSubmission(c *call) (reply, error) {
	id, err := c.id("submission")
	if err != nil {
		return reply{}, err
	}
	sub, err := models.SubmissionByID(c.ctx(), s.DB, id)
	if err != nil {
		return reply{}, err
	}
	if sub.ActorID != c.who.person.ID || (c.who.link != nil && (sub.TaskID == nil || *sub.TaskID != *c.who.link)) {
		return reply{}, apperr.NotFound("submission")
	}
	v := Submission{ID: sub.ID, DecisionID: sub.DecisionID, Kind: sub.Kind, TaskID: sub.TaskID, State: sub.State, ReceivedAt: sub.ReceivedAt,
		SettledAt: sub.SettledAt}
	if sub.Outcome != nil {
		v.Late, v.Problem = sub.Outcome.Late, refusal(*sub.Outcome, c.localizer())
	}
	return reply{body: v}, nil
}
