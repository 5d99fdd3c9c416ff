package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func (s *Server) followUpRoutes(r *mux.Router) {
	s.get(r, "/follow-ups", s.followUps)
	s.get(r, "/follow-ups/focal-point", s.focalPoints)
	s.post(r, "/follow-ups/focal-point", s.assignFocalPoints)
	s.get(r, "/follow-ups/{id}", s.followUp)
	s.post(r, "/follow-ups/{id}/focal-point", s.assignFocalPoint)
	s.post(r, "/follow-ups/{id}/progress", s.reportProgress)
	s.get(r, "/follow-ups/{id}/end", s.confirmEndFollowUp)
	s.post(r, "/follow-ups/{id}/end", s.endFollowUp)
}

// followUpsPerPage is how many follow-ups stand on one page.
const followUpsPerPage = 40

// followUpsView is the public list of what became of every measure at every authority.
type followUpsView struct {
	Page
	Filter    *Form
	Choices   followUpChoices
	More      bool   // what is less often asked for narrows the list
	Shown     string // how many fit, in words
	Rows      []followUpRow
	Footnotes []models.Footnote
	Pager     Pager
	Filtered  bool
	Of        i18n.Words // the imported recommendation that the list is narrowed to, in words
	TakeOn    int        // of what fits, how many measures nobody follows yet that the reader may have followed
	TooMany   string     // to be followed at once, in words
	Narrowing []Option   // the address in fields, for the form that does so
}

// followUpRow is a measure in the list. Free is one that the reader may have followed.
type followUpRow struct {
	followUpFacts
	ID   uuid.UUID
	Free bool
}

func (s *Server) followUps(w http.ResponseWriter, r *http.Request) error {
	ctx, l, query := r.Context(), Localizer(r), r.URL.Query()
	v := followUpsView{Page: NewPage(r, l.T("home.nav_followups")), Filter: NewForm(query), Narrowing: narrowingFields(query)}
	v.Active, v.Filtered = "followups", len(v.Narrowing) > 0
	for _, o := range v.Narrowing {
		v.More = v.More || !slices.Contains([]string{"q", "country", "authority", "status"}, o.Label)
	}
	filter := s.followUpFilter(query)
	var notes models.Footnotes
	var err error
	if v.Choices, err = s.readFollowUpChoices(r, l, query, &notes); err != nil {
		return err
	}
	if v.Shown, err = s.howManyFollowUps(r, filter, "following.shown"); err != nil {
		return err
	}
	filter.Limit, filter.After = followUpsPerPage+1, cursorOf(query.Get("after"))
	list, err := models.FollowUps(ctx, s.DB, filter)
	if err != nil {
		return err
	}
	if len(list) > followUpsPerPage {
		list = list[:followUpsPerPage]
		last := list[followUpsPerPage-1]
		v.Pager.Next = followUpsAfter(query, fmt.Sprintf("%d_%s", last.CreatedAt.UnixMicro(), last.ID))
	}
	if query.Get("after") != "" {
		v.Pager.Previous = followUpsAfter(query, "")
	}
	facts, err := s.followUpRows(r, l, list, &notes)
	if err != nil {
		return err
	}
	for i, f := range facts {
		v.Rows = append(v.Rows, followUpRow{followUpFacts: f, ID: list[i].ID})
	}
	if filter.Recommendation != uuid.Nil && len(list) > 0 && list[0].Recommendation.Imported() {
		v.Of = v.Rows[0].Document
	}
	if err := s.offerToFollow(r, list, &v); err != nil {
		return err
	}
	v.Footnotes = notes.All()
	s.Engine.Render(w, r, http.StatusOK, "followups", v)
	return nil
}

// howManyFollowUps says by a key how many fit, by its "_more" that there are more than are counted, and nothing of none.
//
//i18n:keys following.shown_more home.reader.followed_more following.all_there_more
func (s *Server) howManyFollowUps(r *http.Request, f models.FollowUpFilter, key string) (string, error) {
	l := Localizer(r)
	number, more, err := models.CountFollowUps(r.Context(), s.DB, f)
	switch {
	case more:
		return l.T(key+"_more", "Number", l.Number(number)), err
	case number == 0:
		return "", err
	}
	return l.N(key, number), err
}

// offerToFollow lets who may choose what an organisation follows from now on, among what nobody follows yet.
func (s *Server) offerToFollow(r *http.Request, list []models.FollowUp, v *followUpsView) error {
	may, err := s.mayFollow(r, visitorFrom(r.Context()), nil)
	if err != nil || len(may) == 0 {
		return err
	}
	filter, err := s.followable(r, s.followUpFilter(r.URL.Query()), may)
	if err != nil {
		return err
	}
	var more bool
	if v.TakeOn, more, err = models.CountFollowUps(r.Context(), s.DB, filter); err != nil {
		return err
	}
	if more {
		v.TooMany = tooManyToFollow(Localizer(r))
	}
	for i, f := range list {
		v.Rows[i].Free = f.OrganisationID == nil && f.EndedAt == nil && f.Recommendation.Imported() &&
			(filter.Countries == nil || slices.Contains(filter.Countries, f.Authority.CountryCode))
	}
	return nil
}

func (s *Server) followUpRows(r *http.Request, l *i18n.Localizer, list []models.FollowUp, notes *models.Footnotes) ([]followUpFacts, error) {
	published, err := s.publishedIn(r.Context(), l.Tag(), list)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, f := range list {
		ids[i] = f.RecommendationID
	}
	designations, err := models.DesignationsFor(r.Context(), s.DB, ids...)
	if err != nil {
		return nil, err
	}
	rows := make([]followUpFacts, len(list))
	country := func(of uuid.UUID, code string) i18n.Words {
		for _, d := range designations.Of(of, []string{code}, l.Tag()) {
			return l.In(notes.Name(d), d.Language)
		}
		return i18n.Words{}
	}
	for i := range list {
		rows[i] = factsOf(&list[i], l, nil, s.Now())
		rows[i].inWords(&list[i], published[list[i].RecommendationID], l)
		if a := list[i].Authority; a != nil && a.CountryCode != "" {
			rows[i].Country = country(list[i].RecommendationID, a.CountryCode)
		}
		rows[i].fromElsewhere(&list[i], l, country)
	}
	return rows, nil
}

// followUpView is what became of one measure at one authority. Its notes are for the network.
type followUpView struct {
	Page
	Facts      followUpFacts
	SeeNotes   bool
	Notes      []TimelineEntry
	Lost       []undeliveredRow
	AskAt      time.Time // when progress is asked for next; zero hides it
	Report     *progressForm
	TakeOn     *focalPointForm // nil where somebody follows it, and for those who may not
	MayEnd     bool
	End        string // where the follow-up is ended
	ReportText string // where one says that a text on the page names a child
}

// followUpCase is a follow-up with what its visitor may do.
type followUpCase struct {
	visitor                    *visitor
	f                          *models.FollowUp
	rec                        *models.Recommendation
	seesNotes, reports, mayEnd bool
	mayFollow                  []Option // while nobody follows it: who may be asked to
}

func (s *Server) loadFollowUp(r *http.Request) (followUpCase, error) {
	c := followUpCase{visitor: visitorFrom(r.Context())}
	id, err := idVar(r, "id", "followup")
	if err != nil {
		return c, err
	}
	ctx := r.Context()
	if c.f, err = models.FollowUpByID(ctx, s.DB, id); err != nil {
		return c, err
	}
	if c.rec, err = models.RecommendationByID(ctx, s.DB, c.f.RecommendationID); err != nil {
		return c, err
	}
	if c.rec.Quarantined() {
		if err := s.can(ctx, c.visitor, access.ReadRecommendation, c.rec, nil); err != nil {
			return c, err
		}
	}
	return c, s.entitleFollowUp(r, &c)
}

// entitleFollowUp asks the table of roles what the visitor may do: the focal point reports unasked as well.
func (s *Server) entitleFollowUp(r *http.Request, c *followUpCase) error {
	if c.visitor == nil {
		return nil
	}
	ctx := r.Context()
	actor, err := models.AccessActor(ctx, s.DB, c.visitor.Person.ID, c.visitor.link())
	if err != nil {
		return err
	}
	object, err := models.FollowUpObject(ctx, s.DB, c.rec, c.f.ID)
	if err != nil {
		return err
	}
	object.Visibility = access.Network
	open := c.f.EndedAt == nil
	followed := c.f.OrganisationID != nil // before that there is no process that could decide anything
	c.reports = open && followed && access.Can(actor, access.ReportProgress, object) == nil
	c.mayEnd = open && followed && access.Can(actor, access.EndFollowup, object) == nil
	c.seesNotes = followed && (c.reports || access.Can(actor, access.ReadRecord, object) == nil)
	if open && !followed {
		c.mayFollow, err = s.mayFollow(r, c.visitor, c.rec)
	}
	return err
}

func (s *Server) followUp(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadFollowUp(r)
	if err != nil {
		return err
	}
	var kept url.Values
	state := keeping{}
	if c.reports {
		if kept, state, err = s.keptIn(r, c.keptForm(), followUpPath(c.f.ID)+"/progress", url.Values{}); err != nil {
			return err
		}
	}
	return s.renderFollowUp(w, r, c, newFormState(orEmpty(kept)), state)
}

// keptForm is the form of a report that was not asked for, whose words are kept.
func (c followUpCase) keptForm() keptForm {
	return keptForm{c.visitor, c.rec, models.KeptReport(c.f.ID), followUpPath(c.f.ID), false}
}

func (s *Server) renderFollowUp(w http.ResponseWriter, r *http.Request, c followUpCase, f formState, state keeping) error {
	ctx, l := r.Context(), Localizer(r)
	v := followUpView{SeeNotes: c.seesNotes, MayEnd: c.mayEnd, End: followUpPath(c.f.ID) + "/end", ReportText: recommendationPath(c.f.RecommendationID) + "/report"}
	zone, err := s.visitorsZone(ctx, c.visitor)
	if err != nil {
		return err
	}
	if v.Facts, err = s.followUpFacts(r, l, c.f, zone); err != nil {
		return err
	}
	v.Page = NewPage(r, "").Titled(l.Say("followup.page_title", "Number", v.Facts.Number, "Authority", l.Name(v.Facts.Authority)))
	v.Active = "followups"
	if c.seesNotes {
		if v.Notes, err = s.progressNotes(ctx, l, c.f, zone, ""); err != nil {
			return err
		}
		lost, err := models.UndeliveredOf(ctx, s.DB, c.visitor.viewer(), c.rec.ID)
		if err != nil {
			return err
		}
		for _, list := range lost {
			if list[0].ProcessID == c.f.ID {
				v.Lost = append(v.Lost, undeliveredRows(l, c.visitor.viewer(), c.rec, list, zone)...)
			}
		}
	}
	if c.reports {
		form := s.newProgressForm(l, f, followUpPath(c.f.ID)+"/progress", c.f)
		form.Kept, form.keeping = c.f.ID.String(), state
		if form.Evidence, err = s.newEvidenceForm(ctx, f.Form, c.rec.ID, c.visitor); err != nil {
			return err
		}
		v.Report = &form
		if c.f.AskAt != nil {
			v.AskAt = *c.f.AskAt
		}
	}
	if len(c.mayFollow) > 0 {
		v.TakeOn = &focalPointForm{f, followUpPath(c.f.ID) + "/focal-point", c.mayFollow}
	}
	s.Engine.Render(w, r, f.status, "followup", v)
	return nil
}

func (s *Server) visitorsZone(ctx context.Context, v *visitor) (*time.Location, error) {
	if v == nil {
		return nil, nil
	}
	return s.zoneOf(ctx, v.Person)
}

// followUpFacts reads a follow-up in the reader's language.
func (s *Server) followUpFacts(r *http.Request, l *i18n.Localizer, f *models.FollowUp, zone *time.Location) (followUpFacts, error) {
	var notes models.Footnotes
	rows, err := s.followUpRows(r, l, []models.FollowUp{*f}, &notes)
	if err != nil {
		return followUpFacts{}, err
	}
	rows[0].Zone, rows[0].Footnotes = zone, notes.All()
	return rows[0], nil
}
