package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// tokenLife is how long a token is good that was asked for with a password.
const tokenLife = 30 * 24 * time.Hour

// Limits of signing in, shared with the pages: per address, so that a password is not guessed; per network address, so
// that one machine does not try many.
const (
	signInWindow     = 15 * time.Minute
	signInsByAddress = 10
	signInsByHost    = 100
)

// TokenInput asks for a token with address and password.
type TokenInput struct {
	Email    string `json:"email" validate:"required,max=254"`
	Password string `json:"password" validate:"required,max=1024"`
}

// Token is an API token; it is shown this once.
type Token struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
}

// OwnToken is a token that works, without the token itself.
type OwnToken struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"` // what it is for
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
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
		return OwnToken{ID: t.ID, Name: t.Name, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt}
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
	for bucket, most := range map[string]int{"sign-in:host:" + c.host(): signInsByHost, "sign-in:" + strings.ToLower(strings.TrimSpace(in.Email)): signInsByAddress} {
		ok, err := models.Allow(c.ctx(), s.DB, bucket, most, signInWindow, c.now())
		if err != nil {
			return reply{}, err
		}
		if !ok {
			return reply{}, apperr.New(apperr.CodeTooMany)
		}
	}
	person, err := models.SignIn(c.ctx(), s.DB, in.Email, in.Password)
	if err != nil {
		return reply{}, err
	}
	plain, token, err := models.IssueToken(c.ctx(), s.DB, person.ID, "api", tokenLife, c.now())
	if err != nil {
		return reply{}, err
	}
	return reply{body: Token{Token: plain, ExpiresAt: token.ExpiresAt}}, nil
}
