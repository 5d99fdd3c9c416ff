package api

import (
	"net/http"
	"slices"
	"strings"

	"tribuna/internal/access"
	"tribuna/internal/links"
	"tribuna/models"
)

// renewLinkID names the one route that takes a personal link which may have ended.
const renewLinkID = "renewLink"

// LinkAsked is what everybody reads who asked for a new link, whatever came of it.
type LinkAsked struct {
	Status string `json:"status"`
}

// LinksRevoked says how often the links of a task were made new.
type LinksRevoked struct {
	Generation int `json:"generation"`
}

func (s *server) linkRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/tasks/{id}/renew-link", id: renewLinkID, tag: "tasks", gate: open, status: http.StatusAccepted, reply: LinkAsked{}, serve: s.renewLink,
			summary: "Ask for a new personal link, sent to the address on file; authorised by the old link, ended or not, or by who decides on the recommendation. The answer is always the same"},
		{method: http.MethodPost, path: "/tasks/{id}/revoke-links", id: "revokeLinks", tag: "tasks", reply: LinksRevoked{}, serve: s.revokeLinks,
			summary: "Make every personal link of the task invalid, those already sent included"},
	}
}

// renewLink answers alike whatever comes of it, so that nobody learns from it who is asked what.
func (s *server) renewLink(c *call) (reply, error) {
	alike := reply{body: LinkAsked{Status: "asked"}}
	id, err := c.id("task")
	if err != nil {
		return alike, nil
	}
	ok, err := models.MayRenew(c.ctx(), s.DB, c.host(), c.now())
	if err != nil {
		return reply{}, err
	}
	token := bearer(c.r)
	if !ok || token == "" {
		return alike, nil
	}
	if strings.HasPrefix(token, string(links.KindTask)) {
		claims, err := s.Links.Check(token)
		if err != nil || claims.ID != id {
			return alike, nil
		}
		return alike, models.RenewLink(c.ctx(), s.DB, id, claims.PersonID, c.now())
	}
	return alike, s.sendLinks(c, token)
}

// sendLinks sends new links to whoever a task waits for, on the wish of somebody who decides on the recommendation.
func (s *server) sendLinks(c *call, token string) error {
	person, scopes, err := models.PersonByToken(c.ctx(), s.DB, token, c.now())
	if err != nil || !slices.Contains(scopes, models.ScopeAct) {
		return nil //nolint:nilerr // the answer is the same for everybody
	}
	c.who.person = person
	if c.who.viewer, err = models.ViewerOf(c.ctx(), s.DB, person.ID); err != nil {
		return err
	}
	t, rec, err := c.task()
	if err != nil || c.can(access.RecordOnBehalf, rec, nil) != nil {
		return nil //nolint:nilerr // as above
	}
	_, err = models.SendLinks(c.ctx(), s.DB, rec, t, c.who.person, c.now())
	return err
}

func (s *server) revokeLinks(c *call) (reply, error) {
	t, rec, err := c.task()
	if err != nil {
		return reply{}, err
	}
	if err := c.can(access.RecordOnBehalf, rec, nil); err != nil {
		return reply{}, err
	}
	generation, err := models.EndLinks(c.ctx(), s.DB, rec, t, c.who.person, c.now())
	if err != nil {
		return reply{}, err
	}
	return reply{body: LinksRevoked{Generation: generation}}, nil
}
