package web

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
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

// begin signs a person in, under a new session id so that one planted before is worth nothing. Whoever was signed in here
// before is signed out.
func (s *Server) begin(r *http.Request, p models.Person) error {
	ctx := r.Context()
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	if v := visitorFrom(ctx); v != nil && v.Session != uuid.Nil {
		if err := models.EndSession(ctx, s.DB, v.Person.ID, v.Session, s.Now()); err != nil {
			return err
		}
	}
	session := models.PersonSession{PersonID: p.ID, Host: clientaddr.Of(r, s.TrustedProxies)}
	session.Browser, session.System = device(r.UserAgent())
	if err := models.BeginSession(ctx, s.DB, &session, sessionLife, s.Now()); err != nil {
		return err
	}
	s.Sessions.Put(ctx, sessionID, session.ID.String())
	return nil
}
