package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
)

// errorView is the page of everything that went wrong: what it is, and what to do next.
type errorView struct {
	Page
	Text      string
	Icon      string
	Number    string // of the request, for our own mistakes only
	SignIn    bool   // offer signing in
	WentBack  bool   // say that the browser's Back button keeps what was typed
	RenewPath string // where a new personal link can be asked for; "" offers none
	Address   *Form  // asks for the address, where nothing can be read of whose link it was; else nil
}

// titleKeys name the situations; what is missing has the title of a conflict.
var titleKeys = map[apperr.Code]string{
	apperr.CodeInvalid:         "error.title.invalid",
	apperr.CodeUnauthenticated: "error.title.sign_in",
	apperr.CodeForbidden:       "error.title.forbidden",
	apperr.CodeNotFound:        "error.title.not_found",
	apperr.CodeLinkExpired:     "error.title.link_expired",
	apperr.CodeTooLarge:        "error.title.too_large",
	apperr.CodeTooMany:         "error.title.too_many",
	apperr.CodeUnderReview:     "error.title.under_review",
	apperr.CodeSignIn:          "error.title.sign_in",
	apperr.CodeMethod:          "error.title.method",
	apperr.CodePrecondition:    "error.title.bad_request",
	apperr.CodeUnsupportedType: "error.title.bad_request",
	apperr.CodeNotInstalled:    "error.title.not_installed",
	apperr.CodeUnavailable:     "error.title.unavailable",
	apperr.CodeInternal:        "error.title.internal",
}

// Error answers with the page of an error. Errors without a code are our own mistakes: they are logged, the reader
// gets a number instead of their words.
func (e *Engine) Error(w http.ResponseWriter, r *http.Request, err error) {
	e.errorPage(w, r, err, "", nil)
}

// LinkExpired answers with the page of a personal link that has ended. A form on it posts to renewPath, which sends a
// new link to the address on file.
func (e *Engine) LinkExpired(w http.ResponseWriter, r *http.Request, renewPath string) {
	e.errorPage(w, r, apperr.New(apperr.CodeLinkExpired), renewPath, nil)
}

// LinkDamaged answers with the page of an address that is no personal link, or is none any more because it was changed or cut off. A form
// on it posts to renewPath the address to which the link was sent.
func (e *Engine) LinkDamaged(w http.ResponseWriter, r *http.Request, renewPath string) {
	e.errorPage(w, r, apperr.New(apperr.CodeLinkExpired), renewPath, NewForm(nil))
}

// linkAddressAgain answers with that page once more, where no mail can go to the address that was typed.
func (e *Engine) linkAddressAgain(form *Form) func(w http.ResponseWriter, r *http.Request, renewPath string) {
	return func(w http.ResponseWriter, r *http.Request, renewPath string) {
		e.errorPage(w, r, apperr.New(apperr.CodeLinkExpired), renewPath, form)
	}
}

func (e *Engine) errorPage(w http.ResponseWriter, r *http.Request, err error, renewPath string, address *Form) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the reader has gone; nobody is there to be told
	}
	err = apperr.FromDatabase(err)
	code := apperr.CodeOf(err)
	status := apperr.HTTPStatus(code)
	if status >= http.StatusInternalServerError {
		slog.ErrorContext(r.Context(), "a request failed", "method", r.Method, "request", RequestID(r.Context()), "error", err)
	}
	v := newErrorView(r, code, err)
	v.RenewPath, v.Address = renewPath, address
	if address != nil {
		v.Text, v.WentBack = Localizer(r).T("error.link_damaged"), false // what was typed stands there
		if len(address.Errors) > 0 {
			status = http.StatusUnprocessableEntity
		}
	}
	body, failed := e.execute("error", "error", v)
	if failed != nil {
		e.broken(w, r, failed)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", apperr.RetryAfter)
	case http.StatusTooManyRequests:
		tooMany(w, err)
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

func newErrorView(r *http.Request, code apperr.Code, err error) errorView {
	l := Localizer(r)
	title, known := titleKeys[code]
	if !known {
		title = "error.title.conflict"
	}
	v := errorView{Page: NewPage(r, l.T(title)), Icon: "info-circle"}
	v.NoIndex = true
	var detail *apperr.Error
	if errors.As(err, &detail) {
		v.Text = refusal(l, detail)
	} else {
		v.Text = l.T("error.internal")
	}
	v.SignIn = code == apperr.CodeUnauthenticated || code == apperr.CodeNotFound // what is hidden looks like what is not there
	v.WentBack = r.Method == http.MethodPost && code != apperr.CodeUnauthenticated
	if code == apperr.CodeInternal || code == apperr.CodeUnavailable {
		v.Icon, v.Number = "alert-triangle", RequestID(r.Context())
	}
	if v.Viewer != nil {
		v.SignIn = false
	}
	return v
}

// refusal is the sentence of an error that has a code. Of too many attempts it says when there may be more.
func refusal(l *i18n.Localizer, err error) string {
	if wait := apperr.WaitOf(err); wait > 0 {
		return l.N("signin.too_many", int((wait+time.Minute-1)/time.Minute))
	}
	var e *apperr.Error
	if !errors.As(err, &e) {
		e = apperr.New(apperr.CodeInternal)
	}
	return l.T("error."+string(e.Code), e.Args)
}

// tooMany says to programmes when there may be more attempts, and returns the status.
func tooMany(w http.ResponseWriter, err error) int {
	if wait := apperr.WaitOf(err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	return http.StatusTooManyRequests
}

// NotFound and MethodNotAllowed are handlers for a router.
func (e *Engine) NotFound(w http.ResponseWriter, r *http.Request) {
	e.Error(w, r, apperr.New(apperr.CodeNotFound))
}

// MethodNotAllowed answers 405.
func (e *Engine) MethodNotAllowed(w http.ResponseWriter, r *http.Request) {
	e.Error(w, r, apperr.New(apperr.CodeMethod))
}

// receivedView is the page of an answer that is stored but not yet recorded.
type receivedView struct {
	Page
	LookAgain string
}

// Received answers 202: the words are safe, the process has not yet confirmed them. lookAgain is the address where
// the reader finds out.
func (e *Engine) Received(w http.ResponseWriter, r *http.Request, lookAgain string) {
	v := receivedView{Page: NewPage(r, Localizer(r).T("received.title")), LookAgain: lookAgain}
	v.NoIndex, v.ShownAt = true, lookAgain
	e.Render(w, r, http.StatusAccepted, "received", v)
}

// broken is the last resort when a template itself fails: plain words that need none.
func (e *Engine) broken(w http.ResponseWriter, r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "a page could not be rendered", "request", RequestID(r.Context()), "error", err)
	l := Localizer(r)
	text := l.T("error.title.internal") + "\n\n" + l.T("error.internal") + "\n\n" +
		l.T("error.number", "ID", RequestID(r.Context())) + "\n"
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, http.StatusInternalServerError)
}
