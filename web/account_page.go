package web

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const accountPath = "/account"

func (s *Server) accountPageRoutes(r *mux.Router) {
	s.get(r, accountPath, s.account)
	s.post(r, accountPath+"/password", s.changePassword)
	s.post(r, accountPath+"/sessions/{id}/end", s.endSession)
	s.post(r, accountPath+"/sessions/end-others", s.endOtherSessions)
	s.profileRoutes(r)
	s.get(r, accountPath+"/keys", s.keys)
	s.post(r, accountPath+"/keys", s.makeKey)
	s.post(r, accountPath+"/keys/{id}/end", s.endKey)
}

// accountView is one's own account: who one is here, where one is signed in, and the password.
type accountView struct {
	Page
	Form        *Form
	Wrong       string
	Facts       []labelled // what is known of the reader
	Roles       []string   // each with where they have it
	Email       string
	HasPassword bool
	Sessions    []sessionRow
	Others      int // signed in elsewhere
	Zone        string
}

// sessionRow is a browser in which the reader is signed in.
type sessionRow struct {
	ID          uuid.UUID
	Device      string
	Host        string
	Seen, Since time.Time
	This        bool
	EndPath     string
}

// requireSignedIn returns who is signed in; a personal link is no account.
func (s *Server) requireSignedIn(r *http.Request) (*visitor, error) {
	v := visitorFrom(r.Context())
	if v == nil || v.LinkTask != uuid.Nil {
		return nil, apperr.New(apperr.CodeUnauthenticated)
	}
	return v, nil
}

func (s *Server) account(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	page, err := s.newAccountView(r, v)
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "account", page)
	return nil
}

func (s *Server) newAccountView(r *http.Request, v *visitor) (accountView, error) {
	l := Localizer(r)
	page := accountView{Page: NewPage(r, l.T("signin.account")), Form: NewForm(nil), Email: v.Person.Email,
		HasPassword: v.Person.PasswordHash != "", Zone: zoneName(r)}
	page.NoIndex = true
	var err error
	if page.Facts, err = s.profileFacts(r, v); err != nil {
		return page, err
	}
	held, err := models.HeldRolesOf(r.Context(), s.DB, v.Person.ID)
	if err != nil {
		return page, err
	}
	page.Roles = eachRole(l, held)
	list, err := models.SessionsOf(r.Context(), s.DB, v.Person.ID, s.Now())
	if err != nil {
		return page, err
	}
	for _, session := range list {
		row := newSessionRow(session, l)
		row.This = session.ID == v.Session
		if row.This {
			page.Sessions = append([]sessionRow{row}, page.Sessions...)
			continue
		}
		page.Others++
		page.Sessions = append(page.Sessions, row)
	}
	return page, nil
}

func newSessionRow(session models.PersonSession, l *i18n.Localizer) sessionRow {
	row := sessionRow{ID: session.ID, Host: session.Host, Seen: session.LastSeenAt, Since: session.CreatedAt,
		EndPath: accountPath + "/sessions/" + session.ID.String() + "/end"}
	switch {
	case session.Browser != "" && session.System != "":
		row.Device = l.T("signin.device", "Browser", session.Browser, "System", session.System)
	case session.Browser != "" || session.System != "":
		row.Device = session.Browser + session.System
	default:
		row.Device = l.T("signin.device.unknown")
	}
	return row
}

// endSession signs one other browser out.
func (s *Server) endSession(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	id, err := idVar(r, "id", "session")
	if err != nil {
		return err
	}
	if err := models.EndSession(r.Context(), s.DB, v.Person.ID, id, s.Now()); err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("signin.session.ended"))
	http.Redirect(w, r, accountPath, http.StatusSeeOther)
	return nil
}

// endOtherSessions signs out everywhere but here.
func (s *Server) endOtherSessions(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	if _, err := models.EndSessions(r.Context(), s.DB, v.Person.ID, v.Session, s.Now()); err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("signin.session.others_ended"))
	http.Redirect(w, r, accountPath, http.StatusSeeOther)
	return nil
}

// changePassword asks for the present password again: a browser left open must not lock its owner out.
func (s *Server) changePassword(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	err = s.replacePassword(r, v)
	if err == nil {
		s.flash(r, "done", Localizer(r).T("signin.change.done"))
		http.Redirect(w, r, accountPath, http.StatusSeeOther)
		return nil
	}
	page, failed := s.newAccountView(r, v)
	if failed != nil {
		return failed
	}
	status := apperr.HTTPStatus(apperr.CodeOf(err))
	switch {
	case page.Form.Blame(err, Localizer(r)):
	case apperr.CodeOf(err) == apperr.CodeTooMany:
		status, page.Wrong = tooMany(w, err), refusal(Localizer(r), err)
	default:
		return err
	}
	s.Engine.Render(w, r, status, "account", page)
	return nil
}

func (s *Server) replacePassword(r *http.Request, v *visitor) error {
	if r.PostForm.Get("current") == "" {
		return apperr.Invalid("current", "required")
	}
	plain, err := twice(r)
	if err != nil {
		return err
	}
	if err := models.PasswordLimit.Take(r.Context(), s.DB, v.Person.ID.String(), "", s.Now()); err != nil {
		return err
	}
	return s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.ChangePassword(ctx, tx, v.Person, r.PostForm.Get("current"), plain, v.Session, s.Now())
	})
}
