package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// editAuthority adds an authority, changes it, or moves it below another.
func (s *Server) editAuthority(w http.ResponseWriter, r *http.Request) error {
	a, by, verb := models.Authority{ID: models.NewID()}, (*visitor)(nil), "authority.added"
	var err error
	if mux.Vars(r)["id"] == "" {
		by, err = s.requireAdministrator(r)
	} else {
		a, by, err = s.authorityOf(r)
		verb = "authority.changed"
	}
	if err != nil {
		return err
	}
	if isReading(r) {
		return s.renderAuthority(w, r, a, verb, NewForm(authorityValues(r, a, verb)), nil)
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	if finding(r) {
		return s.renderAuthority(w, r, a, verb, NewForm(r.PostForm), nil)
	}
	former := a
	a.Names, a.Level, a.CountryCode, a.ParentID = languageValues(r.PostForm, "names"), r.PostForm.Get("level"), r.PostForm.Get("country_code"), nil
	a.Government = r.PostForm.Get("government") == "yes"
	if parent, err := uuid.Parse(r.PostForm.Get("parent_id")); err == nil {
		a.ParentID = &parent
	}
	err = s.administer(r, by, func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		e := models.JournalEntry{Verb: verb, ObjectKind: "authority", Object: a.ID, Facts: map[string]string{"slug": a.Names.String(), "level": a.Level}}
		if verb == "authority.added" {
			return e, a.Insert(ctx, tx)
		}
		return e.Changing(former.Facts(), a.Facts()), a.Save(ctx, tx)
	})
	if err != nil {
		return s.renderAuthority(w, r, a, verb, NewForm(r.PostForm), err)
	}
	return s.done(w, r, Localizer(r).T("reference.saved"), authorityPath(a.ID))
}

// authorityValues fills the form; a new authority can be begun below another.
func authorityValues(r *http.Request, a models.Authority, verb string) map[string][]string {
	if verb == "authority.added" {
		return r.URL.Query()
	}
	values := map[string][]string{"level": {a.Level}, "country_code": {a.CountryCode}}
	withNames(values, "names", a.Names)
	if a.Government {
		values["government"] = []string{"yes"}
	}
	if a.ParentID != nil {
		values["parent_id"] = []string{a.ParentID.String()}
	}
	return values
}

func (s *Server) renderAuthority(w http.ResponseWriter, r *http.Request, a models.Authority, verb string, form *Form, wrong error) error {
	l := Localizer(r)
	title, back := l.T("authority.edit"), crumb{authorityPath(a.ID), l.T("authority.back")}
	if verb == "authority.added" {
		title, back = l.T("authority.add"), crumb{authoritiesPath, l.T("administration.authorities")}
	}
	v := s.editPage(r, title, l.T("reference.save"), back, form)
	if wrong != nil {
		var again bool
		if v.status, v.Refused, again = form.blamed(wrong, l); !again {
			return wrong
		}
	}
	parents, err := s.parentOptions(r, a.ID)
	if err != nil {
		return err
	}
	countries, err := s.countryOptions(r)
	if err != nil {
		return err
	}
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v.add(editSection{Title: l.T("reference.names"), Fields: languageFields(form, l, languages, "names", l.T("reference.name"), "max", 300)})
	v.add(editSection{Title: l.T("authority.place"), Help: l.T("authority.place_help"), Fields: []Input{
		field(form, "level", l.T("authority.level"), "type", "select", "required", true, "options", levelOptions(l)),
		field(form, "country_code", l.T("reference.country"), "type", "select", "quiet", true, "any", l.T("authority.above"), "options", countries),
		field(form, "parent_id", l.T("authority.parent"), "type", "select", "quiet", true, "any", l.T("authority.top"), "find", true, "options", parents),
		field(form, "government", l.T("authority.government"), "type", "checkbox", "help", l.T("authority.government_help"))}})
	return s.renderEdit(w, r, v)
}

// parentOptions are the authorities that one can stand below: none of its own branch. Each is set in as deep as it stands.
func (s *Server) parentOptions(r *http.Request, id uuid.UUID) ([]Option, error) {
	branch, err := models.AuthorityBranch(r.Context(), s.DB, id)
	if err != nil {
		return nil, err
	}
	list, err := models.Authorities(r.Context(), s.DB, models.AuthorityFilter{Active: true, Limit: mostAuthorities})
	if err != nil {
		return nil, err
	}
	l := Localizer(r)
	names, err := s.countryNames(r)
	var options []Option
	var set func(nodes []models.AuthorityNode, depth int)
	set = func(nodes []models.AuthorityNode, depth int) {
		for _, n := range nodes {
			if branch[n.ID] {
				continue
			}
			name := l.Name(n.Names)
			name.Text = countryOrAll(l, names, n.CountryCode).Text + ": " + strings.Repeat("– ", depth) + name.Text
			options = append(options, optionOf(n.ID.String(), name))
			set(n.Below, depth+1)
		}
	}
	set(models.AuthorityTree(list), 0)
	return options, err
}

// retireView asks once before an authority is retired, and says what goes on there.
type retireView struct {
	Page
	Back      crumb
	Name      i18n.Words
	Below     []usedAt
	FollowUps followsThere
}

func (s *Server) retireAuthority(w http.ResponseWriter, r *http.Request) error {
	a, by, err := s.authorityOf(r)
	if err != nil {
		return err
	}
	l, status := Localizer(r), http.StatusOK
	if !isReading(r) {
		err := s.administer(r, by, authorityAct(a, "authority.retired", func(ctx context.Context, tx bun.Tx) error {
			return models.RetireAuthority(ctx, tx, a.ID, s.Now())
		}))
		if err == nil {
			return s.done(w, r, l.T("authority.retired_now"), authorityPath(a.ID))
		}
		if apperr.CodeOf(err) != apperr.CodeInUse {
			return err
		}
		status = http.StatusConflict
	}
	v := retireView{Page: s.administrationPage(r, l.T("authority.retire")), Back: crumb{authorityPath(a.ID), l.T("authority.back")}, Name: l.Name(a.Names)}
	children, err := models.Authorities(r.Context(), s.DB, models.AuthorityFilter{Parent: &a.ID, Active: true, Limit: mostAuthorities})
	if err != nil {
		return err
	}
	for _, c := range children {
		name, tag := i18n.Pick(c.Names, l.Tag())
		v.Below = append(v.Below, usedAt{authorityPath(c.ID), name, tag})
	}
	if v.FollowUps, err = s.openFollowUps(r, a.ID); err != nil {
		return err
	}
	s.Engine.Render(w, r, status, "authority_retire", v)
	return nil
}

func (s *Server) reinstateAuthority(w http.ResponseWriter, r *http.Request) error {
	a, by, err := s.authorityOf(r)
	if err != nil {
		return err
	}
	err = s.administer(r, by, authorityAct(a, "authority.reinstated", func(ctx context.Context, tx bun.Tx) error {
		return models.ReinstateAuthority(ctx, tx, a.ID)
	}))
	if err != nil {
		return err
	}
	return s.done(w, r, Localizer(r).T("reference.saved"), authorityPath(a.ID))
}

func authorityAct(a models.Authority, verb string, act func(ctx context.Context, tx bun.Tx) error) func(context.Context, bun.Tx) (models.JournalEntry, error) {
	return func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		return models.JournalEntry{Verb: verb, ObjectKind: "authority", Object: a.ID, Facts: map[string]string{"slug": a.Names.String()}}, act(ctx, tx)
	}
}

// removeAuthority asks, then removes an authority that was never needed.
func (s *Server) removeAuthority(w http.ResponseWriter, r *http.Request) error {
	a, by, err := s.authorityOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	if !isReading(r) {
		err := s.administer(r, by, authorityAct(a, "authority.removed", func(ctx context.Context, tx bun.Tx) error {
			return models.RemoveAuthority(ctx, tx, a.ID)
		}))
		if err == nil {
			return s.done(w, r, l.T("reference.removed"), authoritiesPath+"?country="+a.CountryCode)
		}
		if apperr.CodeOf(err) != apperr.CodeInUse {
			return err
		}
	}
	uses, err := models.AuthorityUses(r.Context(), s.DB, a.ID)
	if err != nil {
		return err
	}
	name := l.Name(a.Names)
	return s.renderRemove(w, r, removeView{Page: s.administrationPage(r, l.T("authority.remove")), Back: crumb{authorityPath(a.ID), l.T("authority.back")}, What: name,
		Follows: l.Say("authority.remove_text", "Name", name), Uses: places(l, uses), Button: l.T("authority.remove")})
}
