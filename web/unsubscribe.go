package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

func (s *Server) unsubscribeRoutes(r *mux.Router) {
	s.get(r, "/u/{token}", s.unsubscribePage)
	s.post(r, "/u/{token}", s.unsubscribe)
}

// unsubscribeView asks once, or says that it is done.
type unsubscribeView struct {
	Page
	Address string // hidden but for its beginning and its domain; "" for a link that leads to nobody
	Done    bool
	Post    string
}

// unsubscribePage shows a button: machines that follow the links in mails must not unsubscribe anybody.
func (s *Server) unsubscribePage(w http.ResponseWriter, r *http.Request) error {
	return s.unsubscribed(w, r, func(p models.Person) (bool, error) { return p.UnsubscribedAt != nil, nil })
}

// unsubscribe ends the mailings to a person, whether the button was pressed or a mail provider did it for them with
// one click (RFC 8058). Neither has to be signed in: the link is what proves it. Again changes nothing.
func (s *Server) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	return s.unsubscribed(w, r, func(p models.Person) (bool, error) {
		return true, models.Unsubscribe(r.Context(), s.DB, p.ID, s.Now())
	})
}

// unsubscribed finds whom the link was made for, lets act see to it, and says what came of it in that person's
// language.
func (s *Server) unsubscribed(w http.ResponseWriter, r *http.Request, act func(models.Person) (bool, error)) error {
	neverKept(w)
	person, err := s.subscriber(r)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		v := unsubscribeView{Page: NewPage(r, Localizer(r).T("published.unsubscribe.broken_title"))}
		v.NoIndex = true
		s.Engine.Render(w, r, http.StatusNotFound, "unsubscribe", v)
		return nil
	}
	if err != nil {
		return err
	}
	done, err := act(person)
	if err != nil {
		return err
	}
	if _, err := r.Cookie(languageCookie); err != nil {
		r = r.WithContext(WithLanguage(r.Context(), i18n.Match(r.Header.Get("Accept-Language"), person.Language)))
	}
	title := "published.unsubscribe.title"
	if done {
		title = "published.unsubscribe.done_title"
	}
	v := unsubscribeView{Page: NewPage(r, Localizer(r).T(title)), Address: veiled(person.Email), Done: done, Post: r.URL.Path}
	v.NoIndex = true
	s.Engine.Render(w, r, http.StatusOK, "unsubscribe", v)
	return nil
}

func (s *Server) subscriber(r *http.Request) (models.Person, error) {
	claims, err := s.Links.Check(mux.Vars(r)["token"])
	if err != nil || claims.Kind != links.KindUnsubscribe {
		return models.Person{}, apperr.NotFound("person")
	}
	return models.PersonByID(r.Context(), s.DB, claims.PersonID)
}

// veiled shows enough of an address for its owner to know it: a forwarded mail must not give it away.
func veiled(address string) string {
	name, domain, ok := strings.Cut(address, "@")
	first, size := utf8.DecodeRuneInString(name)
	if !ok || size == 0 {
		return "…"
	}
	return string(first) + "…@" + domain
}
