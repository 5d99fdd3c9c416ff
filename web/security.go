package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"tribuna/internal/apperr"
)

// Reading are the methods of a page that is only looked at: mux answers HEAD with 405 unless it is named too.
var Reading = []string{http.MethodGet, http.MethodHead}

// contentSecurityPolicy allows our own files and nothing else: no inline scripts or styles, no evaluation, no frames.
// data: images are Tabler's form controls.
var contentSecurityPolicy = strings.Join([]string{
	"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
	"connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}, "; ")

// SecurityHeaders sets what every answer carries.
func SecurityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// RequestIDs gives every request a number that logs and error pages name. What a client sends is not taken over: it
// could write anything into the log.
func RequestIDs(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := newRequestID()
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey, id)))
	})
}

func newRequestID() string {
	var raw [10]byte
	_, _ = rand.Read(raw[:]) // never fails: crypto/rand ends the program instead
	return base32.StdEncoding.EncodeToString(raw[:])
}

// RequestID returns the number of a request, "" outside the middleware RequestIDs.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey).(string)
	return id
}

// SameOrigin refuses requests that change something and come from another site. It stands outermost. The exempt
// patterns are those of http.ServeMux ("POST /u/{token}"): mail providers send the one-click unsubscribe of RFC 8058
// with an Origin of their own.
func (e *Engine) SameOrigin(exempt ...string) func(http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	for _, pattern := range exempt {
		protection.AddInsecureBypassPattern(pattern)
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.Error(w, r, apperr.New(apperr.CodeForbidden))
	}))
	return protection.Handler
}

// largerBody lets the requests of a pattern of http.ServeMux send more than others.
type largerBody struct {
	pattern string
	limit   int64
}

// BodyLimit refuses bodies over limit bytes, at once where the request says its length, else while it is read.
func (e *Engine) BodyLimit(limit int64, larger ...largerBody) func(http.Handler) http.Handler {
	patterns, limits := http.NewServeMux(), map[string]int64{}
	for _, l := range larger {
		patterns.Handle(l.pattern, http.NotFoundHandler())
		limits[l.pattern] = l.limit
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			limit := limit
			if _, pattern := patterns.Handler(r); limits[pattern] > 0 {
				limit = limits[pattern]
			}
			if r.ContentLength > limit {
				e.Error(w, r, apperr.New(apperr.CodeTooLarge))
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, limit)
			next.ServeHTTP(w, r)
		})
	}
}

// ParseForm reads a form within the limit of BodyLimit and turns what can go wrong into an error for Error.
func ParseForm(r *http.Request) error {
	err := r.ParseForm()
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLarge):
		return &apperr.Error{Code: apperr.CodeTooLarge, Err: err}
	default:
		return &apperr.Error{Code: apperr.CodeInvalid, Err: err}
	}
}

// Recover turns a panic into an error page and a log entry with the number of the request.
func (e *Engine) Recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it the same way
				panic(p)
			}
			slog.ErrorContext(r.Context(), "a handler panicked", "panic", p, "request", RequestID(r.Context()),
				"stack", string(debug.Stack()))
			e.Error(w, r, apperr.New(apperr.CodeInternal))
		}()
		next.ServeHTTP(w, r)
	})
}
