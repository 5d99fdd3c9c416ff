package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/links"
	"tribuna/internal/word"
	"tribuna/models"
	"tribuna/workflows"
)

// Server holds what pages need. Every page is a method in a file named after what it shows.
type Server struct {
	DB             *bun.DB
	Processes      *workflows.Client
	Links          *links.Minter
	Sessions       *scs.SessionManager
	Engine         *Engine
	Word           *word.Converter // takes texts in from Word files and out; nil: does nothing
	Now            func() time.Time
	Log            *slog.Logger
	TrustedProxies []netip.Prefix // in front of the pages; what they say of a client's address is believed
	BaseURL        string         // public address, no slash at its end
	Secure         bool           // served over HTTPS: cookies say so
	Demo           *Demo          // doors for demonstration; nil outside `tribuna dev`
}

// page answers a request or returns an error for the error page.
type page func(w http.ResponseWriter, r *http.Request) error

// handle makes a page a handler: its error becomes an error page in the reader's language. Who looks for a page that
// needs signing in is led there and comes back; what a form sent is not lost that way, so it gets the error page.
func (s *Server) handle(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store") // where a page does not say that it may be kept: most hold what only their reader may see
		err := p(w, r)
		if err == nil {
			return
		}
		if apperr.CodeOf(err) == apperr.CodeUnauthenticated && isReading(r) && visitorFrom(r.Context()) == nil {
			http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
			return
		}
		s.Engine.Error(w, r, err)
	})
}

// get registers a page that only reads; HEAD is answered like GET.
func (s *Server) get(r *mux.Router, path string, p page) *mux.Route {
	return r.Handle(path, s.handle(p)).Methods(http.MethodGet, http.MethodHead)
}

// post registers an act.
func (s *Server) post(r *mux.Router, path string, p page) *mux.Route {
	return r.Handle(path, s.handle(p)).Methods(http.MethodPost)
}

// idVar reads an id from the path; what is no id is not found.
func idVar(r *http.Request, name, what string) (uuid.UUID, error) {
	id, err := uuid.Parse(mux.Vars(r)[name])
	if err != nil {
		return uuid.Nil, apperr.NotFound(what)
	}
	return id, nil
}

// NewDecisionID is put into every form as the hidden field "decision_id": the same form sent twice is one decision.
func NewDecisionID() string { return uuid.NewString() }

// decision is what a form asks a process to decide.
type decision struct {
	process uuid.UUID
	kind    models.DecisionKind
	task    *uuid.UUID
	payload any
}

// decide passes a form's words on. done is true when they were recorded; when they are stored but not yet recorded the
// page "being recorded" has been written and done is false. A refusal is an error; its form is shown again by the
// caller, with a fresh decision id, because a refused one is spent.
func (s *Server) decide(w http.ResponseWriter, r *http.Request, d decision, back string) (done bool, err error) {
	v := visitorFrom(r.Context())
	if v == nil {
		return false, apperr.New(apperr.CodeUnauthenticated)
	}
	sub, err := models.NewSubmission(d.process, r.PostFormValue("decision_id"), d.kind, v.Person.ID, d.payload)
	if err != nil {
		return false, err
	}
	sub.TaskID, sub.ByLink = d.task, v.LinkTask != uuid.Nil
	if err := onBehalf(r, sub); err != nil {
		return false, err
	}
	outcome, _, err := s.Processes.Decide(r.Context(), sub)
	if err != nil {
		return false, err
	}
	if outcome.State == models.SubmissionReceived {
		s.Engine.Received(w, r, back)
		return false, nil
	}
	return true, nil
}

// onBehalf reads the fields "on_behalf_of", "behalf_note" and "attachment_id" of forms that record what came by mail, on
// paper or in a meeting. A report on progress may name a file in one's own words too.
func onBehalf(r *http.Request, sub *models.Submission) error {
	who := r.PostFormValue("on_behalf_of")
	switch {
	case who == "" && sub.Kind != models.DecideReportProgress:
		return nil
	case who != "":
		id, err := uuid.Parse(who)
		if err != nil {
			return apperr.Invalid("on_behalf_of", "unknown")
		}
		sub.OnBehalfOf, sub.BehalfNote = &id, r.PostFormValue("behalf_note")
		if err := models.CheckBehalfNote(sub.BehalfNote).OrNil(); err != nil {
			return err
		}
	}
	if file := r.PostFormValue("attachment_id"); file != "" {
		id, err := uuid.Parse(file)
		if err != nil {
			return apperr.Invalid("attachment_id", "unknown")
		}
		sub.AttachmentID = &id
	}
	return nil
}
