package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/internal/links"
	"tribuna/models"
)

const (
	linkCookie = "link"
	tasksPath  = "/tasks/"
)

func (s *Server) linkRoutes(r *mux.Router) {
	s.get(r, "/l/{token}", s.openLink)
	s.post(r, "/l/{token}", s.renewLink)
	s.post(r, tasksPath+"{id}/new-link", s.sendLink)
	s.post(r, tasksPath+"{id}/leave", s.leaveLink)
	s.post(r, tasksPath+"{id}/language", s.changeMailLanguage)
}

// openLink exchanges a personal link for a cookie that is sent with requests for its task alone, and leads to the
// task's clean address. A machine that follows links in mails changes nothing by it.
func (s *Server) openLink(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	token := tokenOf(r)
	claims, genuine := s.ofTask(token)
	if !genuine {
		return s.noLink(w, r, s.Engine.LinkDamaged)
	}
	_, _, err := models.OpenByLink(r.Context(), s.DB, claims.ID, claims.PersonID, claims.Generation, s.Now())
	if apperr.CodeOf(err) == apperr.CodeLinkExpired {
		return s.noLink(w, r, s.Engine.LinkExpired)
	}
	if err != nil {
		return err
	}
	if r.Method == http.MethodGet { // for the officer's desk; who cannot be noted still gets in
		if err := models.NoteOpening(r.Context(), s.DB, claims.ID, claims.PersonID, s.Now()); err != nil {
			s.Log.WarnContext(r.Context(), "the opening of a link was not noted", "error", err)
		}
	}
	http.SetCookie(w, s.linkCookie(claims.ID, token, linkCookieLife))
	to := tasksPath + claims.ID.String()
	told, err := models.OutcomeUntil(r.Context(), s.DB, claims.ID, claims.PersonID)
	if err != nil {
		return err
	}
	if told != nil { // what the link was last sent for
		to += "/outcome"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// tokenOf is the token in the request's path, as it was sent.
func tokenOf(r *http.Request) string { return links.WithoutAddition(mux.Vars(r)["token"]) }

// ofTask reads a personal link to a question; false where it is none, or is damaged.
func (s *Server) ofTask(token string) (links.Claims, bool) {
	claims, err := s.Links.Check(token)
	return claims, err == nil && claims.Kind == links.KindTask
}

// noLink answers to an address that was never a link, and to one that has ended, until there are too many of either from one place.
func (s *Server) noLink(w http.ResponseWriter, r *http.Request, answer func(w http.ResponseWriter, r *http.Request, renewPath string)) error {
	heard, err := models.MayTryLinks(r.Context(), s.DB, clientaddr.Of(r, s.TrustedProxies), s.Now())
	if err != nil {
		return err
	}
	if !heard {
		return apperr.New(apperr.CodeTooMany)
	}
	answer(w, r, r.URL.Path)
	return nil
}

// linkCookieLife is how long a browser keeps a link. Whether it still opens anything is asked at every request.
const linkCookieLife = 90 * 24 * time.Hour

// linkCookie holds the link itself, so that revoking the link revokes the cookie. A negative life removes it.
func (s *Server) linkCookie(task uuid.UUID, token string, life time.Duration) *http.Cookie {
	return &http.Cookie{Name: linkCookie, Value: token, Path: tasksPath + task.String(), MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
}

// linkAskedView is what everybody reads who asked for a new link.
type linkAskedView struct{ Page }

// renewLink sends a new link to the address on file of whoever the old one was made for. A damaged link says that of nobody: who holds it
// gives the address to which it was sent. The answer is the same whatever comes of it, so that nobody learns from it who is asked what.
func (s *Server) renewLink(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	token := tokenOf(r)
	claims, genuine := s.ofTask(token)
	if genuine {
		return s.renewed(w, r, true, func(ctx context.Context) error {
			return models.RenewLink(ctx, s.DB, claims.ID, claims.PersonID, s.Now())
		})
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	address := r.PostForm.Get("email")
	if wrong := wrongLinkAddress(r); wrong != nil { // nothing can be sent, and nobody is told that something was
		return s.noLink(w, r, s.Engine.linkAddressAgain(wrong))
	}
	task, _ := links.TaskHint(token)
	return s.renewed(w, r, true, func(ctx context.Context) error {
		return models.RenewLinksAt(ctx, s.DB, task, address, s.Now())
	})
}

// sendLink sends a new link to an address somebody gives, where that is the address of who was asked: for whoever has the clean
// address of a page on another device.
func (s *Server) sendLink(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	if err := ParseForm(r); err != nil {
		return err
	}
	id, err := idVar(r, "id", "task")
	if wrong := wrongLinkAddress(r); err == nil && wrong != nil {
		v := s.newSignInView(r, url.Values{"next": {taskPath(id)}})
		v.Address, v.Path = wrong, signInPath+"?"+url.Values{"next": {taskPath(id)}}.Encode()
		s.Engine.Render(w, r, http.StatusUnprocessableEntity, "sign_in", v)
		return nil
	}
	return s.renewed(w, r, err == nil, func(ctx context.Context) error {
		return models.RenewLinkAt(ctx, s.DB, id, r.PostForm.Get("email"), s.Now())
	})
}

// wrongLinkAddress is the form that asks for a new link as it was sent, where no mail can go to its address; else nil. It is judged by how
// the address is written alone, so that nobody learns who is known here.
func wrongLinkAddress(r *http.Request) *Form {
	const field = "link-email" // as the page calls it: that of signing in stands there, too
	address, l := r.PostForm.Get("email"), Localizer(r)
	form := NewForm(url.Values{field: {address}})
	if !form.Blame(blamed(models.CheckLinkAddress(address), "email", field), l) {
		return nil
	}
	form.calls(field, l.T("account.sign_in.link_to"))
	return form
}

// renewed sees to it that a new link is sent, unless too many are asked for from there, and says what it always says.
func (s *Server) renewed(w http.ResponseWriter, r *http.Request, asked bool, send func(context.Context) error) error {
	heard, err := models.MayRenew(r.Context(), s.DB, clientaddr.Of(r, s.TrustedProxies), s.Now())
	if err == nil && heard && asked {
		err = send(r.Context())
	}
	if err != nil {
		return err
	}
	v := linkAskedView{NewPage(r, Localizer(r).T("account.link_asked.title"))}
	v.NoIndex = true
	s.Engine.Render(w, r, http.StatusOK, "link_asked", v)
	return nil
}

// leaveLink forgets the personal link in this browser: for whoever is not the person it was sent to.
func (s *Server) leaveLink(w http.ResponseWriter, r *http.Request) error {
	id, err := idVar(r, "id", "task")
	if err != nil {
		return err
	}
	http.SetCookie(w, s.linkCookie(id, "", -time.Second))
	s.flash(r, "done", Localizer(r).T("asked.left"))
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// neverKept keeps an address that holds a secret out of caches and indexes.
func neverKept(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}
