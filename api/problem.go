package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// Problem is an error as RFC 9457 has it. Code is stable; title and detail are in the reader's language.
type Problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Instance string         `json:"instance,omitempty"` // number of the request, for our records
	Code     string         `json:"code"`
	What     string         `json:"what,omitempty"` // what it is about, in the glossary's words
	Errors   []FieldProblem `json:"errors,omitempty"`
	Current  any            `json:"current,omitempty"` // of an outdated edit: what is there now
	Yours    any            `json:"yours,omitempty"`   // and what was sent
}

// FieldProblem says what is wrong with one field.
type FieldProblem struct {
	Field  string `json:"field"` // path in the request: "measures[1].text"; the name of a parameter or header
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// outdated is a refused edit with both versions.
type outdated struct {
	what           string
	current, yours any
}

func (o outdated) Error() string { return "outdated " + o.what }

func (o outdated) Unwrap() error { return apperr.About(apperr.CodeOutdated, o.what) }

var titleKeys = map[apperr.Code]string{
	apperr.CodeInvalid:         "api.title.invalid",
	apperr.CodeUnauthenticated: "api.title.unauthenticated",
	apperr.CodeForbidden:       "error.title.forbidden",
	apperr.CodeNotFound:        "error.title.not_found",
	apperr.CodeOutdated:        "api.title.outdated",
	apperr.CodeOtherWords:      "api.title.other_words",
	apperr.CodeLinkExpired:     "error.title.link_expired",
	apperr.CodeTooLarge:        "error.title.too_large",
	apperr.CodeTooMany:         "error.title.too_many",
	apperr.CodeUnderReview:     "error.title.under_review",
	apperr.CodeSignIn:          "api.title.unauthenticated",
	apperr.CodeMethod:          "api.title.method",
	apperr.CodePrecondition:    "api.title.precondition",
	apperr.CodeUnsupportedType: "error.title.bad_request",
	apperr.CodeScope:           "api.title.scope",
	apperr.CodeNotInstalled:    "error.title.not_installed",
	apperr.CodeUnavailable:     "error.title.unavailable",
	apperr.CodeInternal:        "error.title.internal",
}

// details are sentences for those who write programmes, where those for the readers of pages speak of forms and buttons.
var details = map[apperr.Code]string{
	apperr.CodeInvalid:         "api.detail.invalid",
	apperr.CodeUnauthenticated: "api.detail.unauthenticated",
	apperr.CodeOutdated:        "api.detail.outdated",
	apperr.CodeOtherWords:      "api.detail.other_words",
	apperr.CodeMethod:          "api.detail.method",
	apperr.CodePrecondition:    "api.detail.precondition",
	apperr.CodeUnsupportedType: "api.detail.unsupported_type",
	apperr.CodeScope:           "api.detail.scope",
}

func problemOf(err error, l *i18n.Localizer) Problem {
	code := apperr.CodeOf(err)
	p := Problem{Type: "urn:tribuna:problem:" + string(code), Status: apperr.HTTPStatus(code), Code: string(code)}
	title, known := titleKeys[code]
	if !known {
		title = "error.title.conflict"
	}
	p.Title = l.T(title)
	var e *apperr.Error
	if !errors.As(err, &e) {
		e = apperr.New(code)
	}
	if key, own := details[code]; own {
		p.Detail = l.T(key, e.Args)
	} else {
		p.Detail = l.T("error."+string(code), e.Args)
	}
	p.What = e.What
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, FieldProblem{Field: f.Path, Code: strings.TrimPrefix(f.Key, "error.field."), Detail: l.T(f.Key, f.Args)})
	}
	var both outdated
	if errors.As(err, &both) {
		p.Current, p.Yours = both.current, both.yours
	}
	return p
}

// refusal is a stored refusal as problem details.
func refusal(o models.Outcome, l *i18n.Localizer) *Problem {
	if err := o.Err(); err != nil {
		p := problemOf(err, l)
		return &p
	}
	return nil
}

// fail answers with problem details. Errors without a code are our own mistakes: they are logged, the reader gets a
// number instead of their words. c is nil where no route was found.
func (s *server) fail(w http.ResponseWriter, r *http.Request, c *call, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the reader has gone; nobody is there to be told
	}
	err = apperr.FromDatabase(err)
	p := problemOf(err, i18n.For(language(r, c)))
	if id := requestID(r.Context()); id != "" {
		p.Instance = "urn:tribuna:request:" + id
	}
	if p.Status >= http.StatusInternalServerError {
		s.Log.ErrorContext(r.Context(), "a request failed", "method", r.Method, "request", requestID(r.Context()), "error", err)
	}
	h := w.Header()
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if scope := scopeOf(err); scope != "" {
		h.Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+scope+`"`) // RFC 6750, section 3.1
	}
	if p.Status == http.StatusTooManyRequests {
		h.Set("Retry-After", strconv.Itoa(int((apperr.WaitOf(err)+time.Second-1)/time.Second)))
	}
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", apperr.RetryAfter)
	}
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", language(r, c))
	raw, failed := json.Marshal(p)
	if failed != nil {
		raw = []byte(`{"type":"urn:tribuna:problem:internal","title":"","status":500,"detail":"","code":"internal"}`)
		p.Status = http.StatusInternalServerError
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(raw)
}

// scopeOf is the scope that a token lacked, "" for other errors.
func scopeOf(err error) string {
	var e *apperr.Error
	if !errors.As(err, &e) || e.Code != apperr.CodeScope {
		return ""
	}
	scope, _ := e.Args["Scope"].(string)
	return scope
}

// language is that of the Accept-Language header, else the person's.
func language(r *http.Request, c *call) string {
	chosen := ""
	if accept := r.Header.Get("Accept-Language"); c != nil && (accept == "" || accept == "*") {
		chosen = c.who.person.Language
	}
	return i18n.Match(r.Header.Get("Accept-Language"), chosen)
}

func (c *call) localizer() *i18n.Localizer { return i18n.For(language(c.r, c)) }
