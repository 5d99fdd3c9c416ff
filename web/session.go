package web

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// sessionLife is how long somebody stays signed in.
const sessionLife = 14 * 24 * time.Hour

// NewSessions keeps sign-in sessions in the database. Secure marks the cookie for HTTPS only.
func NewSessions(db bun.IDB, now func() time.Time, secure bool, e *Engine) *scs.SessionManager {
	m := scs.New()
	m.Store = &models.SessionStore{DB: db, Now: now}
	m.Lifetime = sessionLife
	m.Cookie.Name = "session"
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = secure
	m.Cookie.SameSite = http.SameSiteLaxMode // a link in a mail finds its reader signed in
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		slog.ErrorContext(r.Context(), "a session could not be read or written", "request", RequestID(r.Context()), "error", err)
		e.Error(w, r, apperr.New(apperr.CodeUnavailable))
	}
	return m
}

// begin signs a person in, under a new session id so that one planted before is worth nothing.
func (s *Server) begin(r *http.Request, p models.Person) error {
	if err := s.Sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	s.Sessions.Put(r.Context(), sessionPerson, p.ID.String())
	return nil
}
