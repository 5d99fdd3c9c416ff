package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

func (s *Server) unsubscribeRoutes(r *mux.Router) {
	s.get(r, "/u/{token}", s.unsubscribePage)
	s.post(r, "/u/{token}", s.unsubscribe)
	s.post(r, "/u/{token}/undo", s.undoUnsubscribe)
}

// unsubscribeView asks once, or says that it is done.
type unsubscribeView struct {
	Page
	Address     string // hidden but for its beginning and its domain; "" for a link that leads to nobody
	Done        bool
	Undone      bool // the mailings go on
	Unsaid      bool // something was sent that says nothing
	MayUndo     bool
	Post        string
	Preferences string // where one gets fewer instead of none
}

// unsubscribePage shows a button: machines that follow the links in mails must not unsubscribe anybody.
func (s *Server) unsubscribePage(w http.ResponseWriter, r *http.Request) error {
	return s.unsubscribed(w, r, nil)
}

// unsubscribe ends the mailings to a person: a mail provider did it for them with one click (RFC 8058, the body says so), or they
// pressed the button. Neither has to be signed in: the link is what proves it. Again changes nothing. What says neither is of a
// scanner that sends off every form it finds, as it stands and without pressing anything, or presses the first button, which
// says nothing: the page is shown again.
func (s *Server) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	how, err := unsubscribeWay(r)
	if err != nil {
		return err
	}
	return s.unsubscribed(w, r, func(p models.Person, v *unsubscribeView, via uuid.UUID) error {
		if v.Unsaid = how == ""; v.Unsaid {
			return nil
		}
		return models.WithdrawConsent(r.Context(), s.DB, models.Consent{PersonID: p.ID, How: how, Via: via}, s.Now())
	})
}

// oneClickLimit bounds the form of a mail provider, in bytes: it holds one field.
const oneClickLimit = 64 << 10

// unsubscribeWay reads who asks: RFC 8058 has providers send List-Unsubscribe=One-Click, as either kind of form.
func unsubscribeWay(r *http.Request) (string, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := r.ParseMultipartForm(oneClickLimit); err != nil {
			return "", &apperr.Error{Code: apperr.CodeInvalid, Err: err}
		}
	} else if err := ParseForm(r); err != nil {
		return "", err
	}
	switch {
	case r.PostForm.Get("List-Unsubscribe") == "One-Click":
		return models.ConsentByOneClick, nil
	case pressed(r, "stop"):
		return models.ConsentByPage, nil
	}
	return "", nil
}

// pressed reports whether the button of that name was pressed. Forms that a personal link opens begin with a hidden button that
// says nothing: whatever sends them without looking, by the first button or by none, decides nothing.
func pressed(r *http.Request, choice string) bool { return r.PostForm.Get("choice") == choice }

// undoUnsubscribe brings back the mailings of somebody who unsubscribed by mistake, for some days. It takes no POST from other
// sites, unlike unsubscribing.
func (s *Server) undoUnsubscribe(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	return s.unsubscribed(w, r, func(p models.Person, v *unsubscribeView, via uuid.UUID) error {
		if v.Unsaid = !pressed(r, "undo"); v.Unsaid {
			return nil
		}
		v.Undone = true
		err := models.UndoWithdrawal(r.Context(), s.DB, p.ID, via, s.Now())
		if apperr.CodeOf(err) == apperr.CodeClosed {
			v.Undone, err = false, nil // the page says how to come back
		}
		return err
	})
}

// unsubscribed finds whom the link was made for, lets act see to it, and says what came of it in that person's
// language.
func (s *Server) unsubscribed(w http.ResponseWriter, r *http.Request, act func(models.Person, *unsubscribeView, uuid.UUID) error) error {
	neverKept(w)
	person, claims, err := s.linkedPerson(r, links.KindUnsubscribe)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		v := unsubscribeView{Page: NewPage(r, Localizer(r).T("published.unsubscribe.broken_title"))}
		v.NoIndex = true
		s.Engine.Render(w, r, http.StatusNotFound, "unsubscribe", v)
		return nil
	}
	if err != nil {
		return err
	}
	v, status := unsubscribeView{}, http.StatusOK
	if act != nil {
		if err := act(person, &v, claims.ID); err != nil {
			return err
		}
		if person, err = models.PersonByID(r.Context(), s.DB, person.ID); err != nil {
			return err
		}
	}
	if v.Unsaid {
		status = http.StatusUnprocessableEntity
	}
	v.Done, v.MayUndo = person.UnsubscribedAt != nil, person.MayUndo(s.Now())
	v.Undone = v.Undone && !v.Done
	r = inTheirLanguage(r, person)
	l := Localizer(r)
	title := l.T("published.unsubscribe.title")
	switch {
	case v.Done:
		title = l.T("published.unsubscribe.done_title")
	case v.Undone:
		title = l.T("consent.undone_title")
	}
	v.Page, v.Address, v.Post = NewPage(r, title), veiled(person.Email), "/u/"+mux.Vars(r)["token"]
	v.Preferences = s.preferencesLink(person.ID, claims.ID)
	v.NoIndex = true
	s.Engine.Render(w, r, status, "unsubscribe", v)
	return nil
}

// linkedPerson returns the person that a genuine link of a kind was made for; else nobody is found.
func (s *Server) linkedPerson(r *http.Request, kind links.Kind) (models.Person, links.Claims, error) {
	claims, err := s.Links.Check(mux.Vars(r)["token"])
	if err != nil || claims.Kind != kind {
		return models.Person{}, claims, apperr.NotFound("person")
	}
	p, err := models.PersonByID(r.Context(), s.DB, claims.PersonID)
	return p, claims, err
}

// inTheirLanguage answers whoever chose no language in this browser in the one they are written to in.
func inTheirLanguage(r *http.Request, p models.Person) *http.Request {
	if _, err := r.Cookie(languageCookie); err == nil {
		return r
	}
	return r.WithContext(WithLanguage(r.Context(), i18n.Match(r.Header.Get("Accept-Language"), p.Language)))
}

// inLanguageOf is inTheirLanguage for whom a link was made that opens nothing any more, where they are still known.
func (s *Server) inLanguageOf(r *http.Request, person uuid.UUID) *http.Request {
	p, err := models.PersonByID(r.Context(), s.DB, person)
	if err != nil { // erased, or the link is nobody's
		return r
	}
	return inTheirLanguage(r, p)
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
