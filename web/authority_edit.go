package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// editAuthority adds an authority, changes it, or moves it below another.
func (s *Server) editAuthority(w http.ResponseWriter, r *http.Request) error {
	a, e, err := begun(s, r, models.Authority{ID: models.NewID()}, s.authorityOf)
	if err != nil {
		return err
	}
	l := Localizer(r)
	e.title, e.back, e.values = l.T("authority.edit"), crumb{authorityPath(a.ID), l.T("authority.back")}, authorityValues(a)
	if e.added { // which can be begun below another
		e.title, e.back, e.values = l.T("authority.add"), crumb{authoritiesPath, l.T("administration.authorities")}, r.URL.Query()
	}
	e.next = authorityPath(a.ID)
	former := a.Facts()
	e.read = func(form url.Values) error { return readAuthority(&a, form) }
	e.save = func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		if e.added {
			return authorityEntry("authority.added", a), a.Insert(ctx, tx)
		}
		return authorityEntry("authority.changed", a).Changing(former, a.Facts()), a.Save(ctx, tx)
	}
	e.fields = func(v *editView) error { return s.authorityFields(r, v, a.ID) }
	return s.edit(w, r, e)
}

func authorityEntry(verb string, a models.Authority) models.JournalEntry {
	return models.JournalEntry{Verb: verb, ObjectKind: "authority", Object: a.ID, Facts: map[string]string{"slug": a.Names.String(), "level": a.Level}}
}

func readAuthority(a *models.Authority, form url.Values) error {
	a.Names, a.Level, a.CountryCode, a.ParentID = languageValues(form, "names"), form.Get("level"), form.Get("country_code"), nil
	a.Government = form.Get("government") == "yes"
	a.Address, a.Email = typed(form.Get("postal_address")), strings.TrimSpace(form.Get("email"))
	if parent, err := uuid.Parse(form.Get("parent_id")); err == nil {
		a.ParentID = &parent
	}
	return nil
}

func authorityValues(a models.Authority) url.Values {
	values := url.Values{"level": {a.Level}, "country_code": {a.CountryCode}, "postal_address": {a.Address}, "email": {a.Email}}
	withNames(values, "names", a.Names)
	if a.Government {
		values.Set("government", "yes")
	}
	if a.ParentID != nil {
		values.Set("parent_id", a.ParentID.String())
	}
	return values
}

func (s *Server) authorityFields(r *http.Request, v *editView, id uuid.UUID) error {
	l, form := Localizer(r), v.Form
	parents, err := s.parentOptions(r, id)
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
	v.add(editSection{Title: l.T("authority.reach"), Help: l.T("authority.reach_help"), Fields: []Input{
		field(form, "postal_address", l.T("authority.address"), "type", "textarea", "rows", 4, "max", 500, "help", l.T("authority.address_help")),
		field(form, "email", l.T("authority.email"), "type", "email", "max", 254)}})
	v.add(editSection{Title: l.T("authority.place"), Help: l.T("authority.place_help"), Fields: []Input{
		field(form, "level", l.T("authority.level"), "type", "select", "required", true, "options", levelOptions(l)),
		field(form, "country_code", l.T("reference.country"), "type", "select", "quiet", true, "any", l.T("authority.above"), "options", countries),
		field(form, "parent_id", l.T("authority.parent"), "type", "select", "quiet", true, "any", l.T("authority.top"), "find", true, "options", parents),
		field(form, "government", l.T("authority.government"), "type", "checkbox", "help", l.T("authority.government_help"))}})
	return nil
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

func authorityAct(a models.Authority, verb string, act func(ctx context.Context, tx bun.Tx) error) administering {
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
	name := l.Name(a.Names)
	return s.remove(w, r, removing{by: by, next: authoritiesPath + "?country=" + a.CountryCode, uses: func() ([]usedAt, error) {
		uses, err := models.AuthorityUses(r.Context(), s.DB, a.ID)
		return places(l, uses), err
	}, act: authorityAct(a, "authority.removed", func(ctx context.Context, tx bun.Tx) error {
		return models.RemoveAuthority(ctx, tx, a.ID)
	}), ask: removeView{Page: s.administrationPage(r, l.T("authority.remove")), Back: crumb{authorityPath(a.ID), l.T("authority.back")}, What: name,
		Follows: l.Say("authority.remove_text", "Name", name), Button: l.T("authority.remove")}})
}
