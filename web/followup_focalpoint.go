package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// focalPointView asks which organisation follows what nobody follows yet: one measure, or all that the list is narrowed
// to.
type focalPointView struct {
	Page
	formState
	Action, Back  string
	Number        int // of measures
	Organisations []Option
	Hidden        []Option // what the list is narrowed by
}

// focalPointForm is how one measure is given to an organisation to follow.
type focalPointForm struct {
	formState
	Action        string
	Organisations []Option
}

// mayFollow lists the organisations that the visitor may have follow a measure of a recommendation or, where rec is nil,
// of any that others issued.
func (s *Server) mayFollow(r *http.Request, v *visitor, rec *models.Recommendation) ([]Option, error) {
	if v == nil || v.LinkTask != uuid.Nil {
		return nil, nil
	}
	ctx := r.Context()
	actor, err := models.AccessActor(ctx, s.DB, v.Person.ID, nil)
	if err != nil {
		return nil, err
	}
	object, err := models.FocalPointObject(ctx, s.DB, rec, uuid.Nil)
	if err != nil {
		return nil, err
	}
	all, err := models.Organisations(ctx, s.DB, models.OrganisationFilter{})
	if err != nil {
		return nil, err
	}
	options := []Option{{Label: Localizer(r).T("imported.choose")}} // nobody is chosen by oversight
	for _, o := range all {
		object.TaskOrganisations = []uuid.UUID{o.ID}
		if o.IsMemberOn(s.Now()) && access.Can(actor, access.AssignFocalPoint, object) == nil {
			options = append(options, Option{Value: o.ID.String(), Label: o.Name})
		}
	}
	if len(options) == 1 {
		return nil, nil
	}
	return options, nil
}

// chosenFocalPoint reads the organisation; one that the visitor may not choose is not open to them.
func chosenFocalPoint(r *http.Request, may []Option) (uuid.UUID, error) {
	if len(may) == 0 {
		return uuid.Nil, apperr.About(apperr.CodeForbidden, "followup")
	}
	id, err := uuid.Parse(words(r, "focal_point"))
	switch {
	case words(r, "focal_point") == "":
		return uuid.Nil, apperr.Invalid("focal_point", "required")
	case err != nil, !slices.ContainsFunc(may, func(o Option) bool { return o.Value == id.String() }):
		return uuid.Nil, apperr.Invalid("focal_point", "unknown")
	}
	return id, nil
}

// assignFocalPoint begins to follow one measure.
func (s *Server) assignFocalPoint(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadFollowUp(r)
	if err != nil {
		return err
	}
	if c.visitor == nil {
		return apperr.New(apperr.CodeUnauthenticated)
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	may, err := s.mayFollow(r, c.visitor, c.rec)
	if err != nil {
		return err
	}
	organisation, err := chosenFocalPoint(r, may)
	if err == nil {
		err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			return models.AssignFocalPoint(ctx, tx, c.f.ID, organisation, c.visitor.Person, s.Now())
		})
	}
	if err != nil && f.showAgain(err, Localizer(r)) {
		return s.renderFollowUp(w, r, c, f, keeping{})
	}
	if err != nil {
		return err
	}
	s.Processes.StartSoon(r.Context(), c.f.ID)
	s.flash(r, "done", Localizer(r).T("imported.taken_on"))
	http.Redirect(w, r, followUpPath(c.f.ID), http.StatusSeeOther)
	return nil
}

// focalPoints asks who follows all measures that the list is narrowed to.
func (s *Server) focalPoints(w http.ResponseWriter, r *http.Request) error {
	_, may, err := s.requireFollowing(r)
	if err != nil {
		return err
	}
	return s.renderFocalPoints(w, r, may, newFormState(r.URL.Query()))
}

func (s *Server) requireFollowing(r *http.Request) (*visitor, []Option, error) {
	v, err := s.requirePerson(r)
	if err != nil {
		return nil, nil, err
	}
	may, err := s.mayFollow(r, v, nil)
	if err == nil && len(may) == 0 {
		err = apperr.About(apperr.CodeForbidden, "followup")
	}
	return v, may, err
}

func (s *Server) renderFocalPoints(w http.ResponseWriter, r *http.Request, may []Option, f formState) error {
	l := Localizer(r)
	filter := followUpFilter(f.Form.Values)
	filter.Unfollowed, filter.Imported = true, true
	number, err := models.CountFollowUps(r.Context(), s.DB, filter)
	if err != nil {
		return err
	}
	v := focalPointView{Page: NewPage(r, l.T("imported.take_on_title")), formState: f, Action: "/follow-ups/focal-point", Number: number,
		Back: followUpsAfter(f.Form.Values, ""), Organisations: may}
	v.Active, v.NoIndex = "followups", true
	for _, name := range followUpNarrowing {
		if value := f.Form.Value(name); value != "" {
			v.Hidden = append(v.Hidden, Option{Value: value, Label: name})
		}
	}
	s.Engine.Render(w, r, f.status, "followup_focalpoint", v)
	return nil
}

// assignFocalPoints gives all measures that the list is narrowed to and nobody follows yet to an organisation.
func (s *Server) assignFocalPoints(w http.ResponseWriter, r *http.Request) error {
	v, may, err := s.requireFollowing(r)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	organisation, err := chosenFocalPoint(r, may)
	var taken []uuid.UUID
	if err == nil {
		filter := followUpFilter(r.PostForm)
		filter.Imported = true
		err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			taken, err = models.AssignFocalPoints(ctx, tx, filter, organisation, v.Person, s.Now())
			return err
		})
	}
	if err != nil && f.showAgain(err, Localizer(r)) {
		return s.renderFocalPoints(w, r, may, f)
	}
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).N("imported.taken_on_many", len(taken))) // the sweep starts their processes
	http.Redirect(w, r, followUpsAfter(r.PostForm, ""), http.StatusSeeOther)
	return nil
}
