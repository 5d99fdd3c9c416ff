package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// stepView is the page of one step: its form while it is planned, what came of it afterwards.
type stepView struct {
	Page
	formState
	campaignHead
	Path, Action string
	Revision     int
	Saved        bool // it exists
	Item         *seriesItem
	Kinds        []Option
	Zones        []Option
	People       []Option
	Authorities  []Option
	Others       []Option // organisations
	Note         string   // where it cannot be changed any more
	NoteLang     string
	SettledAt    *time.Time
	SettledBy    string
	Zone         *time.Location
	Theirs       *seriesItem // saved meanwhile by somebody else
	Settle       formState   // of what came of it
	ResultIn     Input       // in which language that is
	WhyIn        Input       // in which language it is said why it is called off
	WhyTyped     bool        // something was typed there
	Ahead        bool        // it cannot be done yet
	Announce     string      // where a mailing announces it; "" where there is nothing to announce
	letterFacts
}

// stepCase is a step of a campaign, or one about to be planned.
type stepCase struct {
	campaignCase
	step *models.CampaignStep // nil for a new one
}

func (c stepCase) path() string { return c.campaignCase.path() + "/steps/" + c.step.ID.String() }

func (s *Server) loadStep(r *http.Request, action access.Action) (stepCase, error) {
	c, err := s.loadCampaign(r, action)
	if err != nil {
		return stepCase{}, err
	}
	id, err := idVar(r, "step", "step")
	if err != nil {
		return stepCase{}, err
	}
	step, err := models.CampaignStepByID(r.Context(), s.DB, c.c.ID, id)
	return stepCase{c, step}, err
}

// sentStep is the step in the path for who may change it, with the form that was sent about it.
func (s *Server) sentStep(r *http.Request) (c stepCase, f formState, err error) {
	if c, err = s.loadStep(r, access.EditCampaign); err == nil {
		f, err = readFormState(r)
	}
	return c, f, err
}

// changeStep does something with a step in a transaction.
func (s *Server) changeStep(r *http.Request, do func(context.Context, bun.Tx) (*models.CampaignStep, error)) error {
	return s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := do(ctx, tx)
		return err
	})
}

// clickedAgain forgives a second click: what it asks for stands already, by the first.
func clickedAgain(err error, stands bool) error {
	if stands && apperr.CodeOf(err) == apperr.CodeOutdated {
		return nil
	}
	return err
}

func (s *Server) newStep(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadCampaign(r, access.EditCampaign)
	if err != nil {
		return err
	}
	values := url.Values{"kind": {r.URL.Query().Get("kind")}, "responsible_id": {c.visitor.Person.ID.String()}, "zone": {c.zone.String()}}
	if err := s.beginAgain(r, c, values); err != nil {
		return err
	}
	return s.renderStep(w, r, stepCase{c, nil}, newFormState(values), newFormState(nil))
}

// createStep plans a step; the same form sent twice plans one.
func (s *Server) createStep(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadCampaign(r, access.EditCampaign)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	if finding(r) {
		return s.renderStep(w, r, stepCase{c, nil}, f, newFormState(nil))
	}
	in, err := readStep(r)
	if err == nil {
		_, err = s.createOnce(r, c.visitor, in, func(ctx context.Context, tx bun.IDB) (uuid.UUID, error) {
			step, err := models.PlanStep(ctx, tx, c.c, in, c.visitor.Person, s.Now())
			if err != nil {
				return uuid.Nil, err
			}
			return step.ID, nil
		})
	}
	if err != nil && f.showAgain(err, Localizer(r)) {
		return s.renderStep(w, r, stepCase{c, nil}, f, newFormState(nil))
	}
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("campaign.planned"))
	http.Redirect(w, r, c.path(), http.StatusSeeOther)
	return nil
}

// readStep gathers a step from its form. Without a time the zone says nothing.
func readStep(r *http.Request) (models.CampaignStepInput, error) {
	bad := apperr.New(apperr.CodeInvalid)
	in := models.CampaignStepInput{Kind: models.StepKind(r.PostFormValue("kind")), Title: words(r, "title"), Day: readDay(bad, "day", r.PostFormValue("day")),
		Time: strings.TrimSpace(r.PostFormValue("time")), Note: words(r, "note"), Written: writtenIn(r)}
	in.LetterPlan = readLetterPlan(r, bad, in.Kind)
	if in.Time != "" {
		in.Zone = r.PostFormValue("zone")
	}
	in.ResponsibleID, _ = uuid.Parse(r.PostFormValue("responsible_id")) // what is no id is nobody's
	for name, into := range map[string]**uuid.UUID{"authority_id": &in.AuthorityID, "organisation_id": &in.OrganisationID} {
		if id, err := uuid.Parse(r.PostFormValue(name)); err == nil {
			*into = &id
		}
	}
	return in, bothFaults(bad, in.Check())
}

func (s *Server) showStep(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadStep(r, access.ReadCampaign)
	if err != nil {
		return err
	}
	return s.renderStep(w, r, c, newFormState(valuesOf(c.step)), newFormState(nil))
}

// valuesOf are the fields of the form for a step as it is stored.
func valuesOf(step *models.CampaignStep) url.Values {
	values := url.Values{"kind": {string(step.Kind)}, "title": {step.Title}, "day": {step.Day.Format(time.DateOnly)}, "responsible_id": {step.ResponsibleID.String()},
		"note": {step.Note}, "written_in": {step.WrittenIn}, "reference": {step.Reference}, "reply_due": {isoDay(step.ReplyDue)}}
	if step.AgainOf != nil {
		values.Set("again_of", step.AgainOf.String())
	}
	if step.At != nil {
		values.Set("time", step.At.In(step.Location()).Format("15:04"))
		values.Set("zone", step.Zone)
	}
	if step.AuthorityID != nil {
		values.Set("authority_id", step.AuthorityID.String())
	}
	if step.OrganisationID != nil {
		values.Set("organisation_id", step.OrganisationID.String())
	}
	return values
}

// saveStep changes a step, on top of the revision that its writer saw.
func (s *Server) saveStep(w http.ResponseWriter, r *http.Request) error {
	c, f, err := s.sentStep(r)
	if err != nil {
		return err
	}
	if finding(r) {
		return s.renderStep(w, r, c, f, newFormState(nil))
	}
	in, err := readStep(r)
	if err == nil {
		err = s.changeStep(r, func(ctx context.Context, tx bun.Tx) (*models.CampaignStep, error) {
			return models.EditStep(ctx, tx, c.c, c.step.ID, seenRevision(r), in, c.visitor.Person, s.Now())
		})
	}
	return s.answerStep(w, r, c, err, "campaign.saved", &f)
}

func seenRevision(r *http.Request) int {
	seen, _ := strconv.Atoi(r.PostFormValue("revision")) // 0 is nobody's revision
	return seen
}

// answerStep leads back to the campaign, or shows the form again with what is wrong.
//
//i18n:keys campaign.said.* record.campaign.*
func (s *Server) answerStep(w http.ResponseWriter, r *http.Request, c stepCase, err error, said string, f *formState) error {
	if err != nil && f != nil && f.showAgain(err, Localizer(r)) {
		if c, err = s.loadStep(r, access.EditCampaign); err != nil {
			return err
		}
		f.Refused = inStep(Localizer(r), *f)
		return s.renderStep(w, r, c, *f, newFormState(nil))
	}
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T(said))
	http.Redirect(w, r, c.campaignCase.path(), http.StatusSeeOther)
	return nil
}

func (s *Server) renderStep(w http.ResponseWriter, r *http.Request, c stepCase, f, settle formState) error {
	l := Localizer(r)
	v := stepView{Page: s.workPage(r, l.T("campaign.step")), formState: f, campaignHead: c.head(), Path: c.campaignCase.path(), Action: c.campaignCase.path() + "/steps/new", Zone: c.zone, Settle: settle}
	if kind := models.StepKind(f.Form.Value("kind")); slices.Contains(models.StepKinds(), kind) {
		v.Title = l.T("campaign.kind." + string(kind))
	}
	nameStep(l, f.Form)
	preset(f.Form, "zone", c.zone.String())
	if c.step != nil {
		if err := s.fillStep(r.Context(), l, c, &v); err != nil {
			return err
		}
		if f.status == http.StatusPreconditionFailed && v.Item.Waits() {
			v.Theirs = v.Item
		}
	}
	if err := s.stepChoices(r, l, c, &v); err != nil {
		return err
	}
	var err error
	if v.letterFacts, err = s.letterFacts(r.Context(), l, c, f.Form, settle); err != nil {
		return err
	}
	if v.After != nil && c.step.AwaitsReply() {
		v.Item.Awaited = againBadge(l)
	}
	v.ResultIn, v.WhyIn = saidIn(l, settle.Form, "result_written_in"), saidIn(l, settle.Form, "why_written_in")
	v.WhyTyped = settle.Form.Value("why") != ""
	s.Engine.Render(w, r, f.status, "campaign_step", v)
	return nil
}

// nameStep calls the fields that are wrong as the page of a step calls them.
func nameStep(l *i18n.Localizer, f *Form) {
	f.calls("kind", l.T("campaign.filter.kind"))
	f.calls("title", l.T("campaign.step_title"))
	f.calls("organisation_id", l.T("campaign.organisation"))
	f.calls("reference", l.T("letter.our_reference"))
	f.calls("note", l.T("campaign.note"))
}

// saidIn asks in which language something is said of a step; it begins with the page's.
func saidIn(l *i18n.Localizer, f *Form, name string) Input {
	in := languageInput(f, name, l.T("written.in"), l.T("written.another"))
	if !f.Values.Has(name) {
		in.Value = l.Tag()
	}
	return in
}

// fillStep is what there is to see of a step that exists.
func (s *Server) fillStep(ctx context.Context, l *i18n.Localizer, c stepCase, v *stepView) error {
	item := stepItem(l, *c.step, models.DayOf(s.Now(), c.zone))
	var err error
	if item.With, err = s.concerned(ctx, l, *c.step); err != nil {
		return err
	}
	ids := appendID([]uuid.UUID{c.step.ResponsibleID}, c.step.SettledBy)
	people, err := models.PeopleByID(ctx, s.DB, ids)
	if err != nil {
		return err
	}
	item.Who = people[c.step.ResponsibleID].Name
	v.Title, v.Ahead = c.step.Title, c.step.LiesAhead(s.Now()) && len(v.Settle.Form.Errors) == 0
	v.Announce = announceStep(c, models.DayOf(s.Now(), c.zone))
	v.Item, v.Action, v.Saved, v.Revision = &item, c.path(), true, c.step.Revision
	v.Note, v.NoteLang, v.SettledAt = c.step.Note, c.step.WrittenIn, c.step.SettledAt
	if c.step.SettledBy != nil {
		v.SettledBy = people[*c.step.SettledBy].Name
	}
	return nil
}

// stepChoices list what a step can be, whose it can be, and whom it can be about.
func (s *Server) stepChoices(r *http.Request, l *i18n.Localizer, c stepCase, v *stepView) error {
	ctx := r.Context()
	for _, kind := range models.StepKinds() {
		v.Kinds = append(v.Kinds, Option{Value: string(kind), Label: l.T("campaign.kind." + string(kind))})
	}
	people, err := models.CampaignPeople(ctx, s.DB, c.rec.OrganisationID)
	if err != nil {
		return err
	}
	for _, p := range people {
		v.People = append(v.People, Option{Value: p.ID.String(), Label: p.Name})
	}
	if c.step != nil && !slices.ContainsFunc(people, func(p models.Person) bool { return p.ID == c.step.ResponsibleID }) {
		v.People = append(v.People, Option{Value: c.step.ResponsibleID.String(), Label: v.Item.Who}) // who had it and works elsewhere now
	}
	said := ""
	if c.step != nil {
		said = c.step.Zone
	}
	if v.Zones, err = s.clocks(ctx, l, c.zone.String(), said); err != nil {
		return err
	}
	var chosen *uuid.UUID
	if c.step != nil {
		chosen = c.step.AuthorityID
	}
	if v.Authorities, err = s.authorityOptions(ctx, l, c.rec.ID, chosen); err != nil {
		return err
	}
	v.Others, err = s.organisationOptions(r)
	return err
}
