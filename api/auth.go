package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/internal/links"
	"tribuna/models"
)

// who asks: a person with an API token, or one who came by a personal link. The zero value is the public.
type who struct {
	person models.Person
	viewer models.Viewer
	link   *uuid.UUID // the one task a personal link opens
	scopes []string   // of the API token; a personal link has none, its task bounds it
}

func (w who) known() bool { return w.person.ID != uuid.Nil }

// actor is who asks as the table of roles sees them.
func (w who) actor() access.Actor { return w.viewer.Actor() }

// bearer returns the token of the Authorization header (RFC 6750, section 2.1), "" for none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// authenticate finds out who asks. Credentials that do not work are refused even where none are needed, so that a
// programme learns at once that its token ended.
func (c *call) authenticate() error {
	if c.r.Header.Get("Authorization") == "" || c.route.id == renewLinkID || c.route.id == takeReturnedID {
		return nil
	}
	token := bearer(c.r)
	var err error
	if strings.HasPrefix(token, string(links.KindTask)) {
		err = c.enterByLink(token)
	} else {
		c.who.person, c.who.scopes, err = models.PersonByToken(c.ctx(), c.s.DB, token, c.now())
	}
	if apperr.CodeOf(err) == apperr.CodeUnauthenticated {
		return cmp.Or(models.BadTokenLimit.Take(c.ctx(), c.s.DB, "", c.host(), c.now()), err)
	}
	if err != nil {
		return err
	}
	c.who.viewer, err = models.ViewerOf(c.ctx(), c.s.DB, c.who.person.ID)
	if c.who.link != nil {
		c.who.viewer.LinkTask = *c.who.link
	}
	return err
}

// inScope refuses what a token was not given out for. It says which scope is missing, so that its owner can make another.
func (c *call) inScope(scope string) error {
	if c.who.link != nil || slices.Contains(c.who.scopes, scope) {
		return nil
	}
	return &apperr.Error{Code: apperr.CodeScope, What: "token", Args: map[string]any{"Scope": scope}}
}

func (c *call) enterByLink(token string) error {
	claims, err := c.s.Links.Check(token)
	if err != nil {
		return err
	}
	task, person, err := models.OpenByLink(c.ctx(), c.s.DB, claims.ID, claims.PersonID, claims.Generation, c.now())
	if err != nil {
		return err
	}
	c.who.person, c.who.link = person, &task.ID
	return nil
}

// host is the network address a request came from, for limits on attempts.
func (c *call) host() string {
	return clientaddr.Of(c.r, c.s.TrustedProxies)
}
