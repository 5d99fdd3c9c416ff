package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"

	"tribuna/internal/apperr"
	"tribuna/internal/links"
)

type contextKey int

const requestKey contextKey = iota

// identify gives every request a number that logs and problems name. What a client sends is not taken over: it could
// write anything into the log.
func (s *server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey, id)))
	})
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey).(string)
	return id
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	size   int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.size += n
	return n, err
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// logAccess writes a line per request: the path without its query, no token, no body, nobody's name.
func (s *server) logAccess(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.Now()
		sw := &statusWriter{ResponseWriter: w}
		defer func() {
			s.Log.LogAttrs(r.Context(), slog.LevelInfo, "api request", slog.String("method", r.Method),
				slog.String("path", links.Redact(r.URL.Path)), slog.Int("status", sw.status), slog.Int("bytes", sw.size),
				slog.Duration("took", s.Now().Sub(began)), slog.String("request", requestID(r.Context())))
		}()
		next.ServeHTTP(sw, r)
	})
}

// recover turns a panic into problem details and a log entry with the number of the request.
func (s *server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it the same way
				panic(p)
			}
			s.Log.ErrorContext(r.Context(), "a handler panicked", "panic", p, "request", requestID(r.Context()), "stack", string(debug.Stack()))
			s.fail(w, r, nil, apperr.New(apperr.CodeInternal))
		}()
		next.ServeHTTP(w, r)
	})
}

// secure sets what every answer carries. Nothing is stored by anybody unless its route says so.
func (s *server) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}
