package api

import (
	"cmp"
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// tokenDays is how long a token is good that was asked for with a password, unless the request says otherwise.
const tokenDays = 30

// TokenInput asks for a token with address and password. Without scopes it reads and acts; administering is asked for.
type TokenInput struct {
	Email    string   `json:"email" validate:"required,max=254"`
	Password string   `json:"password" validate:"required,max=1024"`
	Name     string   `json:"name,omitempty" validate:"max=200"`
	Scopes   []string `json:"scopes,omitempty" validate:"max=3,dive,oneof=read act administer"`
	Days     int      `json:"days,omitempty" validate:"omitempty,min=1,max=366"`
}

// Token is an API token; it is shown this once.
type Token struct {
	Token     string    `json:"token"`
	Scopes    []string  `json:"scopes"`
	ExpiresAt time.Time `json:"expires_at"`
}

// OwnToken is a token that works, without the token itself.
type OwnToken struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name"` // what it is for
	Scopes     []string   `json:"scopes"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
}

func (s *server) tokenRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/tokens", id: "listTokens", tag: "people", summary: "One's own tokens that work, the newest first",
			reply: list[OwnToken]{}, serve: s.listTokens},
		{method: http.MethodDelete, path: "/tokens/{id}", id: "revokeToken", tag: "people", summary: "End one of one's own tokens at once",
			status: http.StatusNoContent, serve: s.revokeToken},
		{method: http.MethodPost, path: "/tokens", id: "createToken", tag: "people", summary: "Sign in: an API token for address and password",
			gate: open, body: TokenInput{}, status: http.StatusCreated, reply: Token{}, serve: s.createToken},
	}
}

func (s *server) listTokens(c *call) (reply, error) {
	tokens, err := models.TokensOf(c.ctx(), s.DB, c.who.person.ID, c.now())
	if err != nil {
		return reply{}, err
	}
	return reply{body: listOf(tokens, func(t models.APIToken) OwnToken {
		return OwnToken{ID: t.ID, Name: t.Name, Scopes: t.Scopes, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt}
	})}, nil
}

func (s *server) revokeToken(c *call) (reply, error) {
	id, err := c.id("token")
	if err != nil {
		return reply{}, err
	}
	return reply{}, models.RevokeToken(c.ctx(), s.DB, c.who.person.ID, id, c.now())
}

func (s *server) createToken(c *call) (reply, error) {
	in, err := decodeValid[TokenInput](c)
	if err != nil {
		return reply{}, err
	}
	// Counted before anything is compared, so that attempts cost the same whether they succeed.
	if err := models.SignInLimit.Take(c.ctx(), s.DB, in.Email, c.host(), c.now()); err != nil {
		return reply{}, err
	}
	person, err := models.SignIn(c.ctx(), s.DB, in.Email, in.Password)
	if err != nil {
		return reply{}, err
	}
	if len(in.Scopes) == 0 {
		in.Scopes = []string{models.ScopeRead, models.ScopeAct}
	}
	life := time.Duration(cmp.Or(in.Days, tokenDays)) * 24 * time.Hour
	plain, token, err := models.IssueToken(c.ctx(), s.DB, person.ID, cmp.Or(in.Name, "api"), in.Scopes, life, c.now())
	if err != nil {
		return reply{}, err
	}
	return reply{body: Token{Token: plain, Scopes: token.Scopes, ExpiresAt: token.ExpiresAt}}, nil
}
