package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/internal/links"
	"tribuna/models"
)

const (
	resetPath       = "/reset-password"
	setPasswordPath = "/set-password"
	accountCookie   = "account_link"
)

func (s *Server) passwordRoutes(r *mux.Router) {
	s.get(r, resetPath, s.resetPage)
	s.post(r, resetPath, s.requestReset)
	s.get(r, "/a/{token}", s.openAccountLink)
	s.get(r, setPasswordPath, s.choosePassword)
	s.post(r, setPasswordPath, s.setPassword)
}

// resetView asks for the address of an account, or says that a mail is on its way.
type resetView struct {
	Page
	Form  *Form
	Asked bool
	Wrong string
}

func newResetView(r *http.Request, form *Form) resetView {
	v := resetView{Page: NewPage(r, Localizer(r).T("signin.reset.title")), Form: form}
	v.NoIndex = true
	return v
}

func (s *Server) resetPage(w http.ResponseWriter, r *http.Request) error {
	s.Engine.Render(w, r, http.StatusOK, "reset_password", newResetView(r, NewForm(r.URL.Query())))
	return nil
}

// leastAnswer is how long the answer to asking for a new password takes at the least: whether there is an account at an
// address is neither said nor to be read from the time it takes.
const leastAnswer = 250 * time.Millisecond

// requestReset answers alike whether there is an account at the address or not.
func (s *Server) requestReset(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	v := newResetView(r, NewForm(r.PostForm))
	pause := time.NewTimer(leastAnswer)
	defer pause.Stop()
	err := s.sendReset(r, v.Form.Value("email"))
	select {
	case <-pause.C:
	case <-r.Context().Done():
	}
	status := http.StatusOK
	switch code := apperr.CodeOf(err); {
	case err == nil:
		v.Asked, v.Title = true, Localizer(r).T("account.link_asked.title")
	case v.Form.Blame(err, Localizer(r)):
		status = apperr.HTTPStatus(code)
	case code == apperr.CodeTooMany:
		status, v.Wrong = tooMany(w, err), refusal(Localizer(r), err)
	default:
		return err
	}
	s.Engine.Render(w, r, status, "reset_password", v)
	return nil
}

func (s *Server) sendReset(r *http.Request, address string) error {
	if address == "" {
		return apperr.Invalid("email", "required")
	}
	if err := models.ResetLimit.Take(r.Context(), s.DB, address, clientaddr.Of(r, s.TrustedProxies), s.Now()); err != nil {
		return err
	}
	return s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.RequestReset(ctx, tx, address, s.Now())
	})
}

// openAccountLink exchanges the link of a mail for a cookie that is sent to one page alone, and leads to that page's clean
// address. A machine that follows links in mails spends nothing by it.
func (s *Server) openAccountLink(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	http.SetCookie(w, s.accountCookie(mux.Vars(r)["token"], models.ResetLife))
	http.Redirect(w, r, setPasswordPath, http.StatusSeeOther)
	return nil
}

// accountCookie holds the link itself, so that what ends the link ends the cookie. A negative life removes it.
func (s *Server) accountCookie(token string, life time.Duration) *http.Cookie {
	return &http.Cookie{Name: accountCookie, Value: token, Path: setPasswordPath, MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
}

// passwordView is where somebody who came by mail chooses a password.
type passwordView struct {
	Page
	Form       *Form
	Name       string
	Email      string
	Invitation bool
	Over       bool // the link opens nothing any more
	Wrong      string
}

// linked is a link to an account as this browser holds it.
func (s *Server) linked(r *http.Request) (models.AccountLink, models.Person, error) {
	over := apperr.About(apperr.CodeAccountLink, "link")
	cookie, err := r.Cookie(accountCookie)
	if err != nil {
		return models.AccountLink{}, models.Person{}, over
	}
	claims, err := s.Links.Check(cookie.Value)
	if err != nil || claims.Kind != links.KindAccount {
		return models.AccountLink{}, models.Person{}, over
	}
	return models.OpenAccountLink(r.Context(), s.DB, claims.ID, claims.PersonID, s.Now())
}

func (s *Server) choosePassword(w http.ResponseWriter, r *http.Request) error {
	link, person, err := s.linked(r)
	if apperr.CodeOf(err) == apperr.CodeAccountLink {
		return s.accountLinkOver(w, r)
	}
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "set_password", newPasswordView(r, link, person))
	return nil
}

func newPasswordView(r *http.Request, link models.AccountLink, person models.Person) passwordView {
	key := "signin.new.title"
	if link.Purpose == models.LinkInvitation {
		key = "signin.first.title"
	}
	v := passwordView{Page: NewPage(r, Localizer(r).T(key)), Form: NewForm(nil), Name: person.Name, Email: person.Email,
		Invitation: link.Purpose == models.LinkInvitation}
	v.NoIndex = true
	return v
}

func (s *Server) accountLinkOver(w http.ResponseWriter, r *http.Request) error {
	v := passwordView{Page: NewPage(r, Localizer(r).T("error.title.link_expired")), Over: true}
	v.NoIndex = true
	http.SetCookie(w, s.accountCookie("", -time.Second))
	s.Engine.Render(w, r, apperr.HTTPStatus(apperr.CodeAccountLink), "set_password", v)
	return nil
}

// setPassword spends the link and signs in.
func (s *Server) setPassword(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	link, person, err := s.linked(r)
	if err == nil {
		person, err = s.spendLink(r, link, person)
	}
	if apperr.CodeOf(err) == apperr.CodeAccountLink {
		return s.accountLinkOver(w, r)
	}
	if err != nil {
		return s.choosePasswordAgain(w, r, newPasswordView(r, link, person), err)
	}
	http.SetCookie(w, s.accountCookie("", -time.Second))
	if err := s.begin(r, person); err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("signin.set.done"))
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (s *Server) spendLink(r *http.Request, link models.AccountLink, person models.Person) (models.Person, error) {
	if err := models.AccountLinkLimit.Take(r.Context(), s.DB, person.Email, clientaddr.Of(r, s.TrustedProxies), s.Now()); err != nil {
		return person, err
	}
	plain, err := twice(r)
	if err != nil {
		return person, err
	}
	return person, s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.SetPasswordByLink(ctx, tx, link.ID, person.ID, plain, s.Now())
		return err
	})
}

func (s *Server) choosePasswordAgain(w http.ResponseWriter, r *http.Request, v passwordView, err error) error {
	status := apperr.HTTPStatus(apperr.CodeOf(err))
	switch {
	case v.Form.Blame(err, Localizer(r)):
	case apperr.CodeOf(err) == apperr.CodeTooMany:
		status, v.Wrong = tooMany(w, err), refusal(Localizer(r), err)
	default:
		return err
	}
	s.Engine.Render(w, r, status, "set_password", v)
	return nil
}

// twice returns the password that a form asks for twice, because nobody sees what they type.
func twice(r *http.Request) (string, error) {
	plain := r.PostForm.Get("password")
	if plain == "" {
		return "", apperr.Invalid("password", "required")
	}
	if r.PostForm.Get("repeat") != plain {
		return "", apperr.Invalid("repeat", "not_same")
	}
	return plain, nil
}
