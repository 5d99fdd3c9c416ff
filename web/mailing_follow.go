package web

import (
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"tribuna/internal/clientaddr"
	"tribuna/models"
)

// Whoever follows more links than a person could is a machine; whoever follows many more wants to be counted, and is not.
const (
	followsOfPerson = 4
	personWindow    = 10 * time.Second
	followsCounted  = 120
	countedWindow   = time.Minute
)

func (s *Server) followRoutes(r *mux.Router) {
	s.get(r, "/f/{code}", s.followLink)
}

// followLink leads to an address in a mailing and counts that somebody, or something, went there. It says nothing of who: the
// code is the same for every reader, no cookie is set, and the address followed does not learn where they come from. Only what
// stands in a mailing is led to.
func (s *Server) followLink(w http.ResponseWriter, r *http.Request) error {
	by, err := s.follower(r)
	if err != nil {
		return err
	}
	to, err := models.FollowMailingLink(r.Context(), s.DB, mux.Vars(r)["code"], by)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	http.Redirect(w, r, to, http.StatusFound)
	return nil
}

// follower tells people from machines as far as that can be told.
func (s *Server) follower(r *http.Request) (models.FollowedBy, error) {
	host := clientaddr.Of(r, s.TrustedProxies)
	counted, err := models.Allow(r.Context(), s.DB, "follow:"+host, followsCounted, countedWindow, s.Now())
	if err != nil || !counted {
		return models.FollowedByNobody, err
	}
	if machineFollows(r) {
		return models.FollowedByMachine, nil
	}
	few, err := models.Allow(r.Context(), s.DB, "follows:"+host, followsOfPerson, personWindow, s.Now())
	if err != nil || !few {
		return models.FollowedByMachine, err
	}
	return models.FollowedByPerson, nil
}

// machineAgents are what scanners of mail, previews of messages and programs without a reader call themselves.
var machineAgents = regexp.MustCompile(`(?i)bot\b|bot/|crawl|spider|scan|preview|prefetch|fetch|monitor|headless|phantom|curl|wget|python|java/|okhttp|go-http|libwww|` +
	`node|axios|ruby|perl|barracuda|mimecast|proofpoint|safelinks|trendmicro|symantec|sophos|forcepoint|fireeye|imageproxy|mailproxy|externalhit|whatsapp|telegram|slack|skype|outlook-`)

// machineFollows reports what a request says by itself: nobody reads what only its head is asked of, what is fetched before
// anybody wants it, or what a program asks for that calls itself one, or nothing.
func machineFollows(r *http.Request) bool {
	if r.Method == http.MethodHead {
		return true
	}
	for _, name := range []string{"Purpose", "Sec-Purpose", "X-Purpose", "X-Moz"} {
		said := strings.ToLower(r.Header.Get(name))
		if strings.Contains(said, "prefetch") || strings.Contains(said, "preview") || strings.Contains(said, "prerender") {
			return true
		}
	}
	agent := r.UserAgent()
	return agent == "" || machineAgents.MatchString(agent)
}
