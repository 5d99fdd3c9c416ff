package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// ApplyInput says what is noted beside the version that follows a suggestion.
type ApplyInput struct {
	Note string `json:"note,omitempty" validate:"max=500"`
}

func (s *server) suggestionRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/recommendations/{id}/responses/{response}/apply", id: "applySuggestion", tag: "review",
			summary: "Follow a suggestion word for word in a new version, on top of the one seen, and accept it by that",
			key:     true, match: true, body: ApplyInput{}, status: http.StatusCreated, reply: Version{}, serve: s.applySuggestion},
	}
}

// applySuggestion does in one step what the page does: a new version with the words asked for, and the suggestion is accepted. The draft
// that was seen belongs to the words of the request: the same key on top of another one is another act.
func (s *server) applySuggestion(c *call) (reply, error) {
	rec, err := c.owned(access.DecideReview)
	if err != nil {
		return reply{}, err
	}
	id, err := c.idNamed("response", "comment")
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[ApplyInput](c)
	if err != nil {
		return reply{}, err
	}
	act := struct {
		ApplyInput
		Seen int `json:"seen"`
	}{in, c.revision()}
	version, _, err := c.once(act, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		v, err := models.ApplySuggestion(ctx, tx, rec.ID, id, act.Seen, in.Note, c.who.person, c.now())
		if err != nil {
			return uuid.Nil, err
		}
		return v.ID, nil
	})
	if apperr.CodeOf(err) == apperr.CodeOutdated {
		return reply{}, s.outdatedDraft(c, rec.ID, nil)
	}
	if err != nil {
		return reply{}, err
	}
	v, err := models.VersionByID(c.ctx(), s.DB, version)
	if err != nil {
		return reply{}, err
	}
	return reply{body: versionView(v), etag: strconv.Itoa(v.Number),
		location: fmt.Sprintf("%s%s/recommendations/%s/versions/%d", s.BaseURL, Prefix, rec.ID, v.Number)}, nil
}
