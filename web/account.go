package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func (s *Server) accountRoutes(r *mux.Router) {
	s.get(r, signInPath, s.signInPage)
	s.post(r, signInPath, s.signIn)
	s.post(r, "/sign-out", s.signOut)
	s.post(r, "/language", s.changeLanguage)
	s.passwordRoutes(r)
	s.accountPageRoutes(r)
}

const signInPath = "/sign-in"

type signInView struct {
	Page
	Form   *Form
	Wrong  string // why it did not work, "" at first
	Next   string
	Demo   bool // the demonstration's accounts are one click away
	Signed bool // somebody is signed in already

	SendLink string // where a new personal link for the page is asked for; "" where people come by none
	Address  *Form  // what was typed there, and why no mail can go to it
}

func (s *Server) newSignInView(r *http.Request, values url.Values) signInView {
	v := signInView{Page: NewPage(r, Localizer(r).T("account.sign_in.title")), Form: NewForm(values),
		Next: LocalPath(values.Get("next"), "/"), Demo: s.Demo != nil && fromHere(r)}
	v.NoIndex = true
	v.Signed = v.Viewer != nil
	if task, below := taskOfPath(v.Next); below {
		v.SendLink = tasksPath + task.String() + "/new-link"
	}
	return v
}

func (s *Server) signInPage(w http.ResponseWriter, r *http.Request) error {
	s.Engine.Render(w, r, http.StatusOK, "sign_in", s.newSignInView(r, r.URL.Query()))
	return nil
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	address := strings.TrimSpace(r.PostForm.Get("email"))
	person, err := s.checkSignIn(r, address, r.PostForm.Get("password"))
	if code := apperr.CodeOf(err); code == apperr.CodeSignIn || code == apperr.CodeTooMany || code == apperr.CodeInvalid {
		s.signInAgain(w, r, err)
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.begin(r, person); err != nil {
		return err
	}
	http.Redirect(w, r, LocalPath(r.PostForm.Get("next"), "/"), http.StatusSeeOther)
	return nil
}

// checkSignIn counts the attempt before anything is compared, so that attempts cost the same whether they succeed.
func (s *Server) checkSignIn(r *http.Request, address, password string) (models.Person, error) {
	missing := apperr.New(apperr.CodeInvalid)
	if address == "" {
		missing.And("email", "required")
	}
	if password == "" {
		missing.And("password", "required")
	}
	if err := missing.OrNil(); err != nil {
		return models.Person{}, err
	}
	if err := models.SignInLimit.Take(r.Context(), s.DB, address, clientaddr.Of(r, s.TrustedProxies), s.Now()); err != nil {
		return models.Person{}, err
	}
	return models.SignIn(r.Context(), s.DB, address, password)
}

// signInAgain shows the form with the address as typed and why it did not work.
func (s *Server) signInAgain(w http.ResponseWriter, r *http.Request, err error) {
	v := s.newSignInView(r, r.PostForm)
	v.Form.Values.Del("password")
	if code := apperr.CodeOf(err); !v.Form.Blame(err, Localizer(r)) {
		v.Wrong = refusal(Localizer(r), err)
		if code == apperr.CodeTooMany {
			tooMany(w, err)
		}
	}
	s.Engine.Render(w, r, apperr.HTTPStatus(apperr.CodeOf(err)), "sign_in", v)
}

// signOut ends the session and everything it held.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if v := visitorFrom(r.Context()); v != nil && v.Session != uuid.Nil {
		if err := models.EndSession(r.Context(), s.DB, v.Person.ID, v.Session, s.Now()); err != nil {
			return err
		}
	}
	if err := s.Sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// changeLanguage remembers the language of a signed-in person in their profile, so that mails follow; everybody
// else's in a cookie.
func (s *Server) changeLanguage(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	v := visitorFrom(r.Context())
	if v == nil || v.LinkTask != uuid.Nil {
		ChangeLanguage(s.Secure).ServeHTTP(w, r)
		return nil
	}
	err := models.SetLanguage(r.Context(), s.DB, v.Person.ID, i18n.Match("", r.PostForm.Get("language")))
	if apperr.CodeOf(err) == apperr.CodeNotFound { // nobody is written to in it yet, but pages are there
		ChangeLanguage(s.Secure).ServeHTTP(w, r)
		return nil
	}
	if err != nil {
		return err
	}
	s.followProfile(w)
	http.Redirect(w, r, LocalPath(r.PostForm.Get("next"), "/"), http.StatusSeeOther)
	return nil
}

// followProfile has pages speak the language of the profile again: what the cookie says stands before it.
func (s *Server) followProfile(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: languageCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
}
