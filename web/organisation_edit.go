package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// editOrganisation adds an organisation, or changes what is known of it.
func (s *Server) editOrganisation(w http.ResponseWriter, r *http.Request) error {
	o, e, err := begun(s, r, models.NewOrganisation(), s.organisationOf)
	if err != nil {
		return err
	}
	l, former := Localizer(r), o
	e.title, e.back = l.T("organisation.edit"), crumb{organisationPath(o.ID), l.T("organisation.back")}
	if e.added {
		e.title, e.back = l.T("organisation.add"), crumb{organisationsPath, l.T("administration.organisations")}
	}
	e.values, e.next = organisationValues(o), organisationPath(o.ID)
	e.read = func(form url.Values) error { return readOrganisation(&o, form) }
	e.save = func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		if e.added {
			return models.OrganisationAdded(o), o.Insert(ctx, tx, s.Now())
		}
		return models.OrganisationChanged(former, o), o.Save(ctx, tx, s.Now())
	}
	e.fields = func(v *editView) error { return s.organisationFields(r, v, o) }
	return s.edit(w, r, e)
}

// readOrganisation reads the form; what is no day is blamed with the rest of what is wrong.
func readOrganisation(o *models.Organisation, form url.Values) error {
	bad := apperr.New(apperr.CodeInvalid)
	day := func(name string) *time.Time {
		text := strings.TrimSpace(form.Get(name))
		if text == "" {
			return nil
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			bad.And(name, "date")
		}
		return &t
	}
	o.Name, o.Kind, o.Countries = strings.TrimSpace(form.Get("name")), form.Get("kind"), form["countries"]
	o.ParentID, o.VotingUnit = nil, o.ID
	if parent, err := uuid.Parse(form.Get("parent_id")); err == nil {
		o.ParentID = &parent
	}
	if unit, err := uuid.Parse(form.Get("voting_unit")); err == nil {
		o.VotingUnit = unit
	}
	o.MemberFrom, o.MemberUntil = day("member_from"), day("member_until")
	return bad.OrNil()
}

func organisationValues(o models.Organisation) url.Values {
	values := url.Values{"name": {o.Name}, "kind": {o.Kind}, "countries": o.Countries}
	if o.ParentID != nil {
		values.Set("parent_id", o.ParentID.String())
	}
	if o.VotingUnit != o.ID {
		values.Set("voting_unit", o.VotingUnit.String())
	}
	for name, day := range map[string]*time.Time{"member_from": o.MemberFrom, "member_until": o.MemberUntil} {
		if day != nil {
			values.Set(name, day.Format(time.DateOnly))
		}
	}
	return values
}

func (s *Server) organisationFields(r *http.Request, v *editView, o models.Organisation) error {
	l, form := Localizer(r), v.Form
	countries, err := s.countryOptions(r)
	if err != nil {
		return err
	}
	parents, holders, err := s.aboveOptions(r, o)
	if err != nil {
		return err
	}
	v.add(editSection{Fields: []Input{
		field(form, "name", l.T("reference.name"), "required", true, "max", 300),
		field(form, "kind", l.T("organisation.kind"), "type", "select", "required", true, "options", kindOptions(l), "help", l.T("organisation.kind_help")),
		field(form, "countries", l.T("organisation.countries"), "type", "checkboxes", "quiet", true, "options", countries, "help", l.T("organisation.countries_help")),
		field(form, "parent_id", l.T("organisation.parent"), "type", "select", "quiet", true, "any", l.T("organisation.no_parent"), "find", true, "options", parents)}})
	v.add(editSection{Title: l.T("organisation.membership"), Help: l.T("organisation.membership_help"), Fields: []Input{
		field(form, "member_from", l.T("organisation.joins"), "type", "date", "quiet", true),
		field(form, "member_until", l.T("organisation.leaves"), "type", "date", "quiet", true),
		field(form, "voting_unit", l.T("organisation.votes"), "type", "select", "quiet", true, "any", l.T("organisation.votes_itself"), "find", true, "options", holders,
			"help", l.T("organisation.votes_help"))}})
	return nil
}

// aboveOptions are the organisations that one can stand below, and those that can hold its vote.
func (s *Server) aboveOptions(r *http.Request, o models.Organisation) (parents, holders []Option, err error) {
	branch, err := models.OrganisationBranch(r.Context(), s.DB, o.ID)
	if err != nil {
		return nil, nil, err
	}
	all, err := models.Organisations(r.Context(), s.DB, models.OrganisationFilter{})
	for _, other := range all {
		option := Option{Value: other.ID.String(), Label: other.Name}
		if !branch[other.ID] {
			parents = append(parents, option)
		}
		if other.ID == o.VotingUnit && other.ID != o.ID || o.MayVoteThrough(other, s.Now()) {
			holders = append(holders, option)
		}
	}
	return parents, holders, err
}

// removeOrganisation asks, then removes an organisation that nothing refers to.
func (s *Server) removeOrganisation(w http.ResponseWriter, r *http.Request) error {
	o, by, err := s.organisationOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	return s.remove(w, r, removing{by: by, next: organisationsPath, uses: func() ([]usedAt, error) {
		uses, err := models.OrganisationUses(r.Context(), s.DB, o.ID)
		return places(l, uses), err
	}, act: func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		e := models.JournalEntry{Verb: "organisation.removed", ObjectKind: "organisation", Facts: map[string]string{"slug": o.Name}}
		return e, models.RemoveOrganisation(ctx, tx, o.ID)
	}, ask: removeView{Page: s.administrationPage(r, l.T("organisation.remove")), Back: crumb{organisationPath(o.ID), o.Name}, What: i18n.Said(o.Name),
		Follows: l.Say("organisation.remove_text", "Name", o.Name), Button: l.T("organisation.remove")}})
}
