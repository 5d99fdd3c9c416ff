package web

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/models"
)

// administrationPath is where coordinators keep the network in order.
const administrationPath = "/administration"

// administrationSection is one area of the administration. Key completes the catalog keys "administration.<key>" and
// "administration.<key>.about".
type administrationSection struct{ Key, Href, Icon string }

// administrationSections are the areas in the order of how often they are needed.
var administrationSections = []administrationSection{
	{"reports", reportsPath, "alert-triangle"},
	{"people", peoplePath, "users"},
	{"organisations", organisationsPath, "building-community"},
	{"lists", peopleListsPath, "list-check"},
	{"contacts", contactsPath, "upload"},
	{"access", accessPath, "lock"},
	{"authorities", authoritiesPath, "building-community"},
	{"procedures", proceduresPath, "scale"},
	{"grants", grantsPath, "building"},
	{"topics", referencePath(models.ListTopics), "message"},
	{"challenges", referencePath(models.ListChallenges), "flag"},
	{"languages", referencePath(models.ListLanguages), "language"},
	{"countries", referencePath(models.ListCountries), "map-pin"},
	{"holidays", holidaysPath, "calendar"},
	{"imports", importsPath, "file-text"},
	{"journal", journalPath, "list-check"},
	{"operations", operationsPath, "settings"},
}

func (s *Server) administrationRoutes(r *mux.Router) {
	s.get(r, administrationPath, s.administration)
	s.journalRoutes(r)
	s.personRoutes(r)
	s.organisationRoutes(r)
	s.peopleListRoutes(r)
	s.contactRoutes(r)
	s.accessRoutes(r)
	s.get(r, operationsPath, s.operations)
	s.post(r, operationsPath+"/examine", s.examineNow)
	s.get(r, operationsPath+"/mend", s.confirmMend)
	s.post(r, operationsPath+"/mend", s.mend)
	s.authorityRoutes(r)
	s.grantRoutes(r)
	s.referenceRoutes(r)
	s.holidayRoutes(r)
	s.procedureRoutes(r)
}

// administrationView is the way into every area.
type administrationView struct {
	Page
	Sections []administrationSection
	Holder   string // where it is said who holds people's data and whom to ask; "" where that is said
}

func (s *Server) administration(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	v := administrationView{Page: s.administrationPage(r, Localizer(r).T("administration.title")), Sections: administrationSections}
	holder, err := models.DataHolderOf(r.Context(), s.DB)
	if err != nil {
		return err
	}
	if holder.Contact == "" {
		v.Holder = noticesPath + "/holder"
	}
	s.Engine.Render(w, r, http.StatusOK, "administration", v)
	return nil
}

// administrationPage begins a page of the administration.
func (s *Server) administrationPage(r *http.Request, title string) Page {
	p := NewPage(r, title)
	p.Active, p.NoIndex = "administration", true
	return p
}

// administered returns what a page of the administration is about, by the id in its address, and the coordinator who asks.
func administered[T any](s *Server, r *http.Request, what string, read func(context.Context, bun.IDB, uuid.UUID) (T, error)) (T, *visitor, error) {
	var none T
	by, err := s.requireAdministrator(r)
	if err != nil {
		return none, nil, err
	}
	id, err := idVar(r, "id", what)
	if err != nil {
		return none, nil, err
	}
	one, err := read(r.Context(), s.DB, id)
	return one, by, err
}

// requireAdministrator returns the coordinator who asks.
func (s *Server) requireAdministrator(r *http.Request) (*visitor, error) {
	v := visitorFrom(r.Context())
	if err := s.can(r.Context(), v, access.Administer, nil, nil); err != nil {
		return nil, err
	}
	return v, nil
}
