package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// Remark is a comment of a closed round, or the reasons of a review, with what is answered to it. Who made it is not named
// here: the review of its question says so to those who may know.
type Remark struct {
	ID       uuid.UUID          `json:"id"`
	TaskID   uuid.UUID          `json:"task_id"`
	Round    int                `json:"round"`
	Block    int                `json:"block"` // -1: on the whole text
	Kind     models.CommentKind `json:"kind"`
	From     string             `json:"from"` // experts or partners
	Quote    string             `json:"quote,omitempty"`
	Words    string             `json:"replacement,omitempty"`
	Body     string             `json:"body"`
	In       string             `json:"written_in,omitempty"`
	Revision int                `json:"revision"` // of its own answer, for If-Match; 0: there is none
	GroupID  *uuid.UUID         `json:"group_id,omitempty"`
	Group    string             `json:"group,omitempty"`
	GroupRev int                `json:"group_revision,omitempty"`     // likewise, of the group's answer
	Applied  *uuid.UUID         `json:"applied_version_id,omitempty"` // version in which a suggestion was followed
	Left     models.Left        `json:"left_in_text,omitempty"`       // such a one that is not accepted any more: the text still follows it (stands), or may (look)
	Response *ResponseTo        `json:"response,omitempty"`           // its own, else its group's
}

// ResponseTo is what is answered.
type ResponseTo struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"`
	In      string `json:"written_in,omitempty"`
	ByGroup bool   `json:"by_group"`
}

// SavedResponse is an answer as it stands now.
type SavedResponse struct {
	ID       uuid.UUID `json:"id"`
	Revision int       `json:"revision"`
	Outcome  string    `json:"outcome"`
	Reason   string    `json:"reason"`
	In       string    `json:"written_in,omitempty"`
}

func (s *server) responseRoutes() []route {
	const base = "/recommendations/{id}/responses"
	return []route{
		{method: http.MethodGet, path: base, id: "listResponses", tag: "review", summary: "The comments of closed rounds with what is answered to them",
			reply: list[Remark]{}, serve: s.listResponses, query: []param{{"round", "number of a round; all if absent", text}, {"kind", "of comment, or reasons", text},
				{"from", "experts or partners", text}, {"open", "true: only those not answered", text}}},
		{method: http.MethodPut, path: base + "/{response}", id: "putResponse", tag: "review", summary: "Answer a comment, the reasons of a review or a group, on top of the answer seen",
			match: true, body: models.ResponseInput{}, reply: SavedResponse{}, serve: s.putResponse},
	}
}

func (s *server) listResponses(c *call) (reply, error) {
	rec, err := c.owned(access.DecideReview)
	if err != nil {
		return reply{}, err
	}
	f := models.RemarkFilter{Recommendation: rec.ID, As: c.who.viewer.Attribution(rec)}
	if f.From, err = queryOneOf(c, "from", []string{models.FromExperts, models.FromPartners}); err != nil {
		return reply{}, err
	}
	if f.Kind, err = queryOneOf(c, "kind", models.RemarkKinds()); err != nil {
		return reply{}, err
	}
	open, err := queryOneOf(c, "open", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	f.Open = open == "true"
	if number := c.query("round"); number != "" {
		if f.Round, err = strconv.Atoi(number); err != nil || f.Round < 1 {
			return reply{}, apperr.Invalid("round", "choice")
		}
	}
	all, err := models.Remarks(c.ctx(), s.DB, f)
	if err != nil {
		return reply{}, err
	}
	left, err := models.LeftInText(c.ctx(), s.DB, rec, all)
	return reply{body: listOf(all, func(m models.Remark) Remark {
		v := remarkView(m)
		v.Left = left[m.ID]
		return v
	})}, err
}

func remarkView(m models.Remark) Remark {
	v := Remark{ID: m.ID, TaskID: m.TaskID, Round: m.Round, Block: m.Block, Kind: m.Kind, From: models.FromExperts, Quote: m.Quote, Words: m.Replacement,
		Body: m.Body, In: m.WrittenIn, Revision: m.Revision, GroupID: m.GroupID, Group: m.GroupTitle, GroupRev: m.GroupRevision, Applied: m.AppliedVersionID}
	if m.FromPartner() {
		v.From = models.FromPartners
	}
	if a := m.Response(); a != nil {
		v.Response = &ResponseTo{Outcome: a.Outcome, Reason: a.Reason, In: a.WrittenIn, ByGroup: a.ByGroup}
	}
	return v
}

// putResponse answers a group where the address names one, else a comment or the reasons of a review.
func (s *server) putResponse(c *call) (reply, error) {
	rec, err := c.owned(access.DecideReview)
	if err != nil {
		return reply{}, err
	}
	id, err := c.idNamed("response", "comment")
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.ResponseInput](c)
	if err != nil {
		return reply{}, err
	}
	write, err := s.responseWriter(c, rec.ID, id, in)
	if err != nil {
		return reply{}, err
	}
	if err := c.inTx(write); err != nil {
		return reply{}, err
	}
	saved := SavedResponse{ID: id, Revision: c.revision() + 1, Outcome: in.Outcome, Reason: in.Reason, In: in.WrittenIn}
	return reply{body: saved, etag: strconv.Itoa(saved.Revision)}, nil
}

func (s *server) responseWriter(c *call, rec, id uuid.UUID, in models.ResponseInput) (func(context.Context, bun.Tx) error, error) {
	g, err := models.CommentGroupByID(c.ctx(), s.DB, rec, id)
	if err == nil {
		return func(ctx context.Context, tx bun.Tx) error {
			return models.EditGroup(ctx, tx, g, c.revision(), models.GroupInput{Title: g.Title}, &in, c.who.person.ID, c.now())
		}, nil
	}
	if apperr.CodeOf(err) != apperr.CodeNotFound {
		return nil, err
	}
	if _, err := models.RemarkByID(c.ctx(), s.DB, rec, id); err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx bun.Tx) error {
		return models.Respond(ctx, tx, rec, []models.SeenRemark{{ID: id, Revision: c.revision()}}, in, c.who.person.ID, c.now())
	}, nil
}
