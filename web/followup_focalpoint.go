package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// focalPointView asks which organisation follows what nobody follows yet: measures that were chosen, or all that the list
// is narrowed to.
type focalPointView struct {
	Page
	formState
	Action, Back  string
	Number        int    // of measures
	TooMany       string // of them, in words
	NoneChosen    bool
	Organisations []Option
	Hidden        []Option // which measures are meant
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
	switch len(options) {
	case 1:
		return nil, nil
	case 2: // there is no choice
		return options[1:], nil
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
	if finding(r) {
		return s.renderFollowUp(w, r, c, f, keeping{})
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

// followable narrows a filter to what others recommended, nobody follows yet, and the visitor may have one of the
// organisations follow.
func (s *Server) followable(r *http.Request, f models.FollowUpFilter, may []Option) (models.FollowUpFilter, error) {
	f.Unfollowed, f.Imported = true, true
	actor, err := models.AccessActor(r.Context(), s.DB, visitorFrom(r.Context()).Person.ID, nil)
	if err != nil {
		return f, err
	}
	organisations := make([]uuid.UUID, 0, len(may))
	for _, o := range may {
		if id, err := uuid.Parse(o.Value); err == nil {
			organisations = append(organisations, id)
		}
	}
	countries, err := models.FocalPointCountries(r.Context(), s.DB, actor, organisations)
	switch {
	case err != nil || countries == nil:
	case f.Countries == nil:
		f.Countries = countries
	default:
		asked := f.Countries
		f.Countries = []string{}
		for _, code := range asked {
			if slices.Contains(countries, code) {
				f.Countries = append(f.Countries, code)
			}
		}
	}
	return f, err
}

// chosenRows is what the form says where single rows were chosen, not all that fits.
const chosenRows = "chosen"

// wanted reads which measures are meant: those chosen, or all that the list is narrowed to.
func (s *Server) wanted(r *http.Request, values url.Values, may []Option) (models.FollowUpFilter, error) {
	filter := s.followUpFilter(values)
	if values.Get("which") == chosenRows {
		filter = models.FollowUpFilter{IDs: []uuid.UUID{uuid.Nil}}
		for _, word := range values[chosenRows] {
			if id, err := uuid.Parse(word); err == nil {
				filter.IDs = append(filter.IDs, id)
			}
		}
	}
	return s.followable(r, filter, may)
}

// focalPoints asks who follows the measures chosen, or all that the list is narrowed to.
func (s *Server) focalPoints(w http.ResponseWriter, r *http.Request) error {
	may, err := s.requireFollowing(r)
	if err != nil {
		return err
	}
	return s.renderFocalPoints(w, r, may, newFormState(r.URL.Query()))
}

func (s *Server) requireFollowing(r *http.Request) ([]Option, error) {
	v, err := s.requirePerson(r)
	if err != nil {
		return nil, err
	}
	may, err := s.mayFollow(r, v, nil)
	if err == nil && len(may) == 0 {
		err = apperr.About(apperr.CodeForbidden, "followup")
	}
	return may, err
}

func (s *Server) renderFocalPoints(w http.ResponseWriter, r *http.Request, may []Option, f formState) error {
	l, values := Localizer(r), f.Form.Values
	filter, err := s.wanted(r, values, may)
	if err != nil {
		return err
	}
	number, more, err := models.CountFollowUps(r.Context(), s.DB, filter)
	if err != nil {
		return err
	}
	v := focalPointView{Page: NewPage(r, l.T("imported.take_on_title")), formState: f, Action: "/follow-ups/focal-point", Number: number,
		Back: followUpsAfter(values, ""), Organisations: may, Hidden: narrowingFields(values),
		NoneChosen: values.Get("which") == chosenRows && len(values[chosenRows]) == 0}
	v.Active, v.NoIndex = "followups", true
	if more {
		v.TooMany = tooManyToFollow(l)
	}
	for _, name := range []string{"which", chosenRows} {
		for _, value := range values[name] {
			v.Hidden = append(v.Hidden, Option{Value: value, Label: name})
		}
	}
	s.Engine.Render(w, r, f.status, "followup_focalpoint", v)
	return nil
}

// tooManyToFollow says that nobody takes on more at once than are counted.
func tooManyToFollow(l *i18n.Localizer) string {
	return l.T("following.too_many", "Number", l.Number(models.FollowUpsCounted))
}

// narrowingFields is what narrows the list as fields of a form.
func narrowingFields(values url.Values) (fields []Option) {
	for _, name := range followUpNarrowing {
		if value := values.Get(name); value != "" {
			fields = append(fields, Option{Value: value, Label: name})
		}
	}
	return fields
}

// assignFocalPoints gives the measures meant to an organisation: as many as the page said, or none.
func (s *Server) assignFocalPoints(w http.ResponseWriter, r *http.Request) error {
	may, err := s.requireFollowing(r)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	if finding(r) {
		return s.renderFocalPoints(w, r, may, f)
	}
	organisation, err := chosenFocalPoint(r, may)
	number, _ := strconv.Atoi(words(r, "number"))
	if err == nil {
		err = s.takeOn(r, may, organisation, number)
	}
	if err != nil && f.showAgain(err, Localizer(r)) {
		return s.renderFocalPoints(w, r, may, f)
	}
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).N("imported.taken_on_many", number)) // the sweep starts their processes
	http.Redirect(w, r, followUpsAfter(r.PostForm, ""), http.StatusSeeOther)
	return nil
}

func (s *Server) takeOn(r *http.Request, may []Option, organisation uuid.UUID, number int) error {
	filter, err := s.wanted(r, r.PostForm, may)
	if err != nil {
		return err
	}
	return s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.AssignMany(ctx, tx, filter, number, organisation, visitorFrom(r.Context()).Person, s.Now())
	})
}
