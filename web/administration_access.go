package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/models"
)

const (
	accessPath = administrationPath + "/access"
	accessPage = 50 // people on one page of the list
)

func (s *Server) accessRoutes(r *mux.Router) {
	s.get(r, accessPath, s.accessList)
	s.get(r, accessPath+"/{id}", s.accessOf)
	s.post(r, accessPath+"/{id}/invite", s.accessAct(models.Invite, "signin.access.invited"))
	s.post(r, accessPath+"/{id}/sign-out", s.accessAct(models.SignOutEverywhere, "signin.access.signed_out"))
	s.get(r, accessPath+"/{id}/close", s.confirmCloseAccess)
	s.post(r, accessPath+"/{id}/close", s.accessAct(models.CloseAccess, "signin.access.closed"))
	s.post(r, accessPath+"/{id}/open", s.accessAct(models.OpenAccess, "signin.access.opened"))
}

// accessListView is who can sign in.
type accessListView struct {
	Page
	Form     *Form
	States   []Option
	Roles    []Option
	Filtered bool
	Rows     []accessRow
	Pager    Pager
}

// accessRow is somebody's way in, in words.
type accessRow struct {
	Name, Email string
	Roles       []string // each with where they have it
	State       Badge
	About       string // since when, until when
	Seen        *time.Time
	Zone        string
	Href        string
}

func (s *Server) accessList(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	l, q := Localizer(r), r.URL.Query()
	f := models.AccountFilter{Search: q.Get("q"), Limit: accessPage + 1}
	if state := q.Get("state"); slices.Contains(models.AccountStates(), state) {
		f.State = state
	}
	if role := q.Get("role"); slices.Contains(models.RoleNames(), role) {
		f.Role = role
	}
	f.After, _ = uuid.Parse(q.Get("after"))
	filtered := f.Search != "" || f.State != "" || f.Role != ""
	f.Known = !filtered
	var err error
	if f.Alphabet, err = models.AlphabetOf(r.Context(), s.DB, l.Tag()); err != nil {
		return err
	}
	accounts, err := models.Accounts(r.Context(), s.DB, f, s.Now())
	if err != nil {
		return err
	}
	v := accessListView{Page: s.administrationPage(r, l.T("administration.access")), Form: NewForm(q),
		Filtered: filtered}
	if len(accounts) > accessPage {
		accounts = accounts[:accessPage]
		v.Pager.Next = nextAfter(accessPath, q, accounts[accessPage-1].PersonID, "q", "state", "role")
	}
	for _, state := range models.AccountStates() {
		v.States = append(v.States, Option{Value: state, Label: l.T("signin.state." + state)})
	}
	for _, role := range models.RoleNames() {
		v.Roles = append(v.Roles, Option{Value: role, Label: l.T("account.role." + role)})
	}
	for _, a := range accounts {
		v.Rows = append(v.Rows, newAccessRow(a, l, zoneName(r), s.Now()))
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_access", v)
	return nil
}

var accountBadges = map[string]Badge{
	models.AccountActive:  {Tone: "done", Icon: "check"},
	models.AccountInvited: {Tone: "wait", Icon: "mail"},
	models.AccountLapsed:  {Tone: "wait", Icon: "clock"},
	models.AccountNone:    {Tone: "plain", Icon: "user"},
	models.AccountClosed:  {Tone: "harm", Icon: "ban"},
}

func newAccessRow(a models.Account, l *i18n.Localizer, zone string, now time.Time) accessRow {
	row := accessRow{Name: a.Name, Email: a.Email, Roles: eachRole(l, a.Held), State: accountBadges[a.State], Seen: a.SeenAt,
		Zone: zone, Href: accessPath + "/" + a.PersonID.String()}
	row.State.Text = l.T("signin.state." + a.State)
	location := time.UTC
	if z, err := time.LoadLocation(zone); err == nil && zone != "" {
		location = z
	}
	switch {
	case a.State == models.AccountInvited:
		row.About = l.T("signin.access.invited_until", "Date", l.Date(*a.InvitedAt, location), "Until", l.Date(*a.InvitedUntil, location))
	case a.State == models.AccountLapsed:
		row.About = l.T("signin.access.invited_on", "Date", l.Date(*a.InvitedAt, location))
	case a.State == models.AccountClosed:
		row.About = l.T("signin.access.closed_on", "Date", l.Date(*a.ClosedAt, location))
	}
	return row
}

// accessView is one person's way in, and what can be done about it.
type accessView struct {
	Page
	accessRow
	Sessions                            int
	MayInvite, Again, MayClose, MayOpen bool
	InvitePath, SignOutPath             string
	ClosePath, OpenPath, Back           string
}

func (s *Server) accessOf(w http.ResponseWriter, r *http.Request) error {
	v, err := s.newAccessView(r)
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_access_person", v)
	return nil
}

func (s *Server) newAccessView(r *http.Request) (accessView, error) {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return accessView{}, err
	}
	id, err := idVar(r, "id", "person")
	if err != nil {
		return accessView{}, err
	}
	a, err := models.AccountOf(r.Context(), s.DB, id, s.Now())
	if err != nil {
		return accessView{}, err
	}
	row := newAccessRow(a, Localizer(r), zoneName(r), s.Now())
	return accessView{Page: s.administrationPage(r, a.Name), accessRow: row, Sessions: a.Sessions,
		MayInvite: a.State == models.AccountNone || a.State == models.AccountInvited || a.State == models.AccountLapsed,
		Again:     a.State == models.AccountInvited || a.State == models.AccountLapsed,
		MayClose:  a.State != models.AccountClosed && by.Person.ID != id, MayOpen: a.State == models.AccountClosed,
		InvitePath: row.Href + "/invite", SignOutPath: row.Href + "/sign-out", ClosePath: row.Href + "/close",
		OpenPath: row.Href + "/open", Back: accessPath}, nil
}

// confirmCloseAccess asks once and says what follows.
func (s *Server) confirmCloseAccess(w http.ResponseWriter, r *http.Request) error {
	v, err := s.newAccessView(r)
	if err != nil {
		return err
	}
	v.Title = Localizer(r).T("signin.access.close_title", "Name", v.Name)
	s.Engine.Render(w, r, http.StatusOK, "administration_access_close", v)
	return nil
}

// accessAct does one thing to somebody's way in and comes back to their page.
func (s *Server) accessAct(act func(context.Context, bun.IDB, models.Person, uuid.UUID, time.Time) error, done string) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		by, err := s.requireAdministrator(r)
		if err != nil {
			return err
		}
		id, err := idVar(r, "id", "person")
		if err != nil {
			return err
		}
		err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			return act(ctx, tx, by.Person, id, s.Now())
		})
		if err != nil {
			return err
		}
		s.flash(r, "done", Localizer(r).T(done))
		http.Redirect(w, r, accessPath+"/"+id.String(), http.StatusSeeOther)
		return nil
	}
}
