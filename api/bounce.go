package api

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"mime"
	"net/http"
	"net/mail"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// takeReturnedID names the one route that programmes reach by a secret of their own.
const takeReturnedID = "takeReturned"

// returnedLimit bounds a message that came back, in bytes.
const returnedLimit = 10 << 20

// rawMail as a route's body is a mail as it lies in a mailbox.
type rawMail struct{}

// Returned is what a mail that came back was taken for.
type Returned struct {
	Outcome string `json:"outcome"` // hard, soft, policy, auto_reply, delayed, delivered, complaint, unknown, repeated, forged, gone, none, unsubscribed
}

func (s *server) bounceRoutes() []route {
	return []route{{method: http.MethodPost, path: "/bounces", id: takeReturnedID, tag: "mailings", gate: open, body: rawMail{}, limit: returnedLimit,
		summary: "Bring a mail that came back, by the secret of TRIBUNA_BOUNCE_SECRET as bearer", reply: Returned{}, serve: s.takeReturned,
		query: []param{{"to", "the address it was delivered to, where its header does not say so", text}}}}
}

// takeReturned notes a mail that came back. Brought again it is noted once.
func (s *server) takeReturned(c *call) (reply, error) {
	if err := c.knowsBounceSecret(); err != nil {
		return reply{}, err
	}
	raw, err := c.readRawMail()
	if err != nil {
		return reply{}, err
	}
	var to []string
	if address := c.query("to"); address != "" {
		a, err := mail.ParseAddress(address)
		if err != nil {
			return reply{}, apperr.Invalid("to", "email")
		}
		to = []string{a.Address}
	}
	outcome, err := s.Bounces.Take(c.ctx(), to, bytes.NewReader(raw))
	return reply{body: Returned{Outcome: string(outcome)}}, err
}

// knowsBounceSecret refuses whoever does not know the secret; where there is none, nobody does.
func (c *call) knowsBounceSecret() error {
	said, want := sha256.Sum256([]byte(bearer(c.r))), sha256.Sum256([]byte(c.s.BounceSecret))
	if c.s.BounceSecret != "" && c.s.Bounces != nil && subtle.ConstantTimeCompare(said[:], want[:]) == 1 {
		return nil
	}
	if err := models.BadTokenLimit.Take(c.ctx(), c.s.DB, "", c.host(), c.now()); err != nil {
		return err
	}
	return apperr.New(apperr.CodeUnauthenticated)
}

func (c *call) readRawMail() ([]byte, error) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || (kind != "message/rfc822" && kind != "message/global") || c.r.Header.Get("Content-Encoding") != "" {
		return nil, apperr.New(apperr.CodeUnsupportedType)
	}
	raw, err := io.ReadAll(io.LimitReader(c.r.Body, c.route.limit+1))
	switch {
	case err != nil:
		return nil, &apperr.Error{Code: apperr.CodeInvalid, What: "body", Err: err}
	case int64(len(raw)) > c.route.limit:
		c.drain()
		return nil, apperr.New(apperr.CodeTooLarge)
	}
	return raw, nil
}
