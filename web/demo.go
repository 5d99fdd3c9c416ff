package web

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/models"
)

// mailsPath is where the mails of a demonstration are read.
const mailsPath = "/dev/mails"

// Demo are the doors for demonstration: one-click sign-in and the mails. Only `tribuna dev` has them, on loopback and
// on its own database.
type Demo struct {
	Accounts []DemoAccount
	Mails    http.Handler // shows what the mail catcher caught, under /dev/mails
}

// DemoAccount is somebody to sign in as.
type DemoAccount struct {
	Email, Name, Organisation string
	Role                      string // one of models.RoleNames
}

// onlyHere keeps the doors for demonstration from everybody but browsers on this machine that mean this machine. Without
// it a page elsewhere could name this address as its own (DNS rebinding), or a proxy could pass the doors on.
func (s *Server) onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.URL.Path == "/dev" || strings.HasPrefix(r.URL.Path, "/dev/")) && !fromHere(r) {
			s.Engine.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fromHere reports whether a request came from this machine, through no proxy, to the very address it listens on.
func fromHere(r *http.Request) bool {
	if !clientaddr.IsLocal(r) {
		return false
	}
	listens, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	_, port, err := net.SplitHostPort(listens.String())
	if err != nil {
		return false
	}
	name, asked, err := net.SplitHostPort(r.Host)
	if err != nil {
		name, asked = strings.Trim(r.Host, "[]"), "80"
	}
	return asked == port && slices.Contains([]string{"127.0.0.1", "localhost", "::1"}, strings.ToLower(name))
}

func (s *Server) demoRoutes(r *mux.Router) {
	s.get(r, "/dev", s.demoPage)
	s.post(r, "/dev/sign-in", s.demoSignIn)
	r.Handle("/dev/style", http.HandlerFunc(s.Engine.Style)).Methods(Reading...)
}

type demoView struct {
	Page
	Groups []demoGroup
	Mails  string // address of the mails, "" where none are caught
}

// demoGroup are the accounts of one role.
type demoGroup struct {
	RoleKey  string
	Accounts []DemoAccount
}

func (s *Server) demoPage(w http.ResponseWriter, r *http.Request) error {
	v := demoView{Page: NewPage(r, Localizer(r).T("account.demo.title"))}
	v.NoIndex = true
	for _, role := range models.RoleNames() {
		g := demoGroup{RoleKey: "account.role." + role}
		for _, a := range s.Demo.Accounts {
			if a.Role == role {
				g.Accounts = append(g.Accounts, a)
			}
		}
		if len(g.Accounts) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	if s.Demo.Mails != nil {
		v.Mails = mailsPath
	}
	s.Engine.Render(w, r, http.StatusOK, "demo", v)
	return nil
}

// demoSignIn signs in as one of the demonstration's accounts, and as nobody else.
func (s *Server) demoSignIn(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	email := r.PostForm.Get("email")
	if !slices.ContainsFunc(s.Demo.Accounts, func(a DemoAccount) bool { return a.Email == email }) {
		return apperr.NotFound("person")
	}
	person, err := models.PersonByEmail(r.Context(), s.DB, email)
	if err != nil {
		return err
	}
	if err := s.begin(r, person); err != nil {
		return err
	}
	http.Redirect(w, r, LocalPath(r.PostForm.Get("next"), "/"), http.StatusSeeOther)
	return nil
}
