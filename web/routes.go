package web

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"tribuna/internal/telemetry"
)

// bodyLimit bounds what one form may send, in bytes: the longest draft in Cyrillic, which a form sends as six bytes a
// letter, fits.
const bodyLimit = 4 << 20

// oneClick is the one address that takes a POST from other sites: mail providers unsubscribe there (RFC 8058).
const oneClick = "POST /u/{token}"

// Handler answers everything that people look at: pages, what they load and what their forms send. What asks for
// changes from another site is refused before anything is read.
func (s *Server) Handler() http.Handler {
	pages := http.NewServeMux()
	pages.Handle("/static/", s.Engine.assets)
	if s.Demo != nil && s.Demo.Mails != nil {
		pages.Handle(mailsPath, s.Demo.Mails)
		pages.Handle(mailsPath+".json", s.Demo.Mails)
		pages.Handle(mailsPath+"/", s.Demo.Mails)
	}
	pages.Handle("/", s.personal(s.router()))
	var all http.Handler = pages
	if s.Demo != nil {
		all = s.onlyHere(pages)
	}
	e := s.Engine
	return RequestIDs(SecurityHeaders(e.Recover(e.SameOrigin(oneClick)(e.BodyLimit(bodyLimit, largerBody{behalfPattern, behalfLimit}, largerBody{importsPattern, importsLimit},
		largerBody{evidencePattern, behalfLimit}, largerBody{askedEvidencePattern, behalfLimit}, largerBody{wordPattern, wordLimit}, largerBody{marginPattern, marginLimit}, largerBody{contactsPattern, contactsLimit},
		largerBody{mailingFilesPattern, mailingFilesLimit})(e.PlainText(all))))))
}

// personal finds out who asks and in which language to answer.
func (s *Server) personal(next http.Handler) http.Handler {
	return s.Sessions.LoadAndSave(s.visitors(Languages(next)))
}

// router lists the pages by area.
func (s *Server) router() *mux.Router {
	r := mux.NewRouter()
	r.Use(telemetry.Route)
	r.NotFoundHandler = http.HandlerFunc(s.Engine.NotFound)
	r.MethodNotAllowedHandler = http.HandlerFunc(s.Engine.MethodNotAllowed)
	for _, area := range []func(*mux.Router){
		s.homeRoutes, s.accountRoutes, s.linkRoutes, s.dashboardRoutes, s.publishedRoutes, s.unsubscribeRoutes, s.preferenceRoutes, s.writeRoutes, s.followRoutes, s.consentRoutes, s.subscribeRoutes, s.ownDataRoutes, s.objectionRoutes,
		s.wordRoutes, s.draftRoutes, s.reviewShareRoutes, s.recommendationRoutes, s.officerRoutes, s.responseRoutes, s.outcomeRoutes, s.agreementRoutes,
		s.taskRoutes, s.translationRoutes, s.mailingRoutes, s.campaignRoutes, s.followUpRoutes, s.attachmentRoutes, s.emblemRoutes, s.administrationRoutes,
		s.importedRoutes, s.reportRoutes, s.reportsRoutes, s.searchRoutes,
	} {
		area(r)
	}
	if s.Demo != nil {
		s.demoRoutes(r)
	}
	s.post(r, "/preview", s.preview)
	return r
}

// isReading reports whether a request only looks.
func isReading(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// fromHTMX reports whether a part of a page is asked for, not a page.
func fromHTMX(r *http.Request) bool { return strings.EqualFold(r.Header.Get("HX-Request"), "true") }
