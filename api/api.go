// Package api is the JSON door under /api/v1, complete enough to take a recommendation through its whole life without a
// browser.
//
// Every resource has a file of its own with its routes, what it answers and what it takes. A route says who is let in,
// what it needs and what it answers; the router and the OpenAPI document are made from the same table, so that neither
// can lag behind. A handler decodes within limits, validates, asks access.Can and passes on to a model or to the
// processes: no rule of the network is written here.
package api

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/bounce/intake"
	"tribuna/internal/links"
	"tribuna/internal/telemetry"
	"tribuna/internal/word"
	"tribuna/workflows"
)

// Prefix is where the API stands.
const Prefix = "/api/v1"

// Options are what the API needs.
type Options struct {
	DB             *bun.DB
	Processes      *workflows.Client
	Links          *links.Minter
	Now            func() time.Time
	Log            *slog.Logger
	Word           *word.Converter // takes texts in from Word files and out; nil: does nothing
	TrustedProxies []netip.Prefix  // in front of the API; what they say of a client's address is believed
	BaseURL        string          // public address, no slash at its end
	Bounces        *intake.Intake  // takes in mails that came back; nil: nobody brings any
	BounceSecret   string          // that whoever brings them knows; "": nobody does
}

// server answers requests; its methods stand in the files of the resources.
type server struct {
	Options
	router   *mux.Router
	document func() []byte // the OpenAPI document, built once
}

// New returns the handler of everything below Prefix.
func New(o Options) http.Handler { return newServer(o).handler() }

func (s *server) handler() http.Handler {
	return s.identify(s.logAccess(s.recover(s.secure(s.router))))
}

func newServer(o Options) *server {
	s := &server{Options: o, router: mux.NewRouter()}
	s.router.Use(telemetry.Route)
	routes := s.routes()
	s.document = sync.OnceValue(func() []byte { return describe(routes, o.BaseURL) })
	for _, r := range routes {
		methods := []string{r.method}
		if r.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		s.router.Handle(Prefix+r.path, s.handle(r)).Methods(methods...).Name(r.id)
	}
	s.router.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, nil, apperr.NotFound("address"))
	})
	s.router.MethodNotAllowedHandler = http.HandlerFunc(s.methodNotAllowed)
	return s
}

// routes is everything there is, in the order of the document.
func (s *server) routes() []route {
	var all []route
	for _, of := range []func() []route{
		s.systemRoutes, s.tokenRoutes, s.personRoutes, s.peopleRoutes, s.peopleListRoutes, s.consentRoutes, s.referenceRoutes, s.organisationRoutes, s.networkRoutes, s.expertRoutes,
		s.recommendationRoutes, s.draftRoutes, s.wordRoutes, s.marginRoutes, s.reviewRoutes, s.annotationRoutes, s.responseRoutes, s.suggestionRoutes, s.outcomeRoutes, s.agreementRoutes, s.taskRoutes,
		s.taskDecisionRoutes, s.linkRoutes, s.translationRoutes, s.signOffRoutes, s.publicationRoutes, s.mailingRoutes, s.mailingReportRoutes, s.segmentRoutes, s.mailingFileRoutes, s.mailingDecisionRoutes,
		s.campaignRoutes, s.bounceRoutes,
		s.followUpRoutes, s.recordRoutes, s.reportRoutes, s.attachmentRoutes, s.submissionRoutes, s.dashboardRoutes,
		s.searchRoutes,
	} {
		all = append(all, of()...)
	}
	return all
}

// methodNotAllowed answers 405 with the methods the address takes (RFC 9110, section 15.5.6).
func (s *server) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		try := r.Clone(r.Context())
		try.Method = method
		var match mux.RouteMatch
		if s.router.Match(try, &match) && match.MatchErr == nil {
			w.Header().Add("Allow", method)
		}
	}
	s.fail(w, r, nil, apperr.New(apperr.CodeMethod))
}
