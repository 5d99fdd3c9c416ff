package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/models"
)

// FollowUp is a measure at an authority, followed for years.
type FollowUp struct {
	ID               uuid.UUID             `json:"id"`
	RecommendationID uuid.UUID             `json:"recommendation_id"`
	Slug             string                `json:"slug"`
	MeasureID        uuid.UUID             `json:"measure_id"`
	MeasureNumber    int                   `json:"measure_number"`
	Measure          string                `json:"measure"`
	AuthorityID      uuid.UUID             `json:"authority_id"`
	Authority        models.Names          `json:"authority"`
	Country          string                `json:"country,omitempty"`
	OrganisationID   *uuid.UUID            `json:"organisation_id,omitempty"` // focal point: asked for progress; absent: nobody is yet
	Organisation     string                `json:"organisation"`
	Status           models.FollowUpStatus `json:"status"`
	StatusSince      time.Time             `json:"status_since"`
	Period           int                   `json:"period"`
	AskAt            *time.Time            `json:"ask_at,omitempty"` // when progress is asked for next; absent: nobody is asked
	Origin           *Origin               `json:"origin,omitempty"` // of a measure that others issued
	EndedAt          *time.Time            `json:"ended_at,omitempty"`
	Notes            []ProgressNote        `json:"notes"` // newest first; for the network
}

// Origin is where a measure that others issued comes from, in the source's own words.
type Origin struct {
	Source         string      `json:"source"`
	Session        string      `json:"session"`
	SessionBegan   *models.Day `json:"session_began,omitempty"` // absent: not known
	Address        string      `json:"address,omitempty"`       // of the source's own documents
	ExternalRef    string      `json:"external_ref"`
	IssuedBy       string      `json:"issued_by"`
	Response       string      `json:"response"`
	ActionCategory *int        `json:"action_category,omitempty"` // from 1, minimal action, to 5, specific action
	Topics         []string    `json:"topics"`
}

// ProgressNote is what was reported, with its source.
type ProgressNote struct {
	ID             uuid.UUID             `json:"id"`
	Status         models.FollowUpStatus `json:"status"`
	Note           string                `json:"note"`
	WrittenIn      string                `json:"written_in,omitempty"` // language of the note, where the writer said it
	SourceTitle    string                `json:"source_title,omitempty"`
	SourceLanguage string                `json:"source_language,omitempty"` // of its title
	SourceURL      string                `json:"source_url,omitempty"`
	ObservedOn     *models.Day           `json:"observed_on,omitempty" about:"Day on which it was observed; absent where it is not known."`
	EvidenceID     *uuid.UUID            `json:"evidence_id,omitempty"` // the attachment that shows it
	ReportedAt     time.Time             `json:"reported_at"`

	OrganisationID *uuid.UUID `json:"organisation_id,omitempty"` // in whose name; absent: not known
	AsCoordinator  bool       `json:"as_coordinator,omitempty"`  // by the network's coordinator, who is nobody there
}

func (s *server) followUpRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/followups", id: "listFollowUps", tag: "follow-up", summary: "What became of measures at authorities", reply: list[FollowUp]{}, serve: s.listFollowUps,
			query: append([]param{{"recommendation", "id", text}, {"country", "of the authority", text}, {"status", "", text}, {"unfollowed", "true: those without a focal point", text},
				{"imported", "true: of recommendations that others issued", text}, {"q", "words that begin so, in the measure, the recommendation's title, or who issued it and its reference", text},
				{"authority", "id", text}, {"topic", "slug, or the source's in its own words", text}, {"challenge", "slug", text}, {"response", "of the country, in the source's own words", text},
				{"focal_point", "id of the organisation that follows it", text}, {"overdue", "true: a report on it is overdue", text}, {"ended", "false: without those that have ended", text}}, pageParams...)},
		{method: http.MethodGet, path: "/followups/{id}", id: "getFollowUp", tag: "follow-up", summary: "One measure at one authority", reply: FollowUp{}, serve: s.getFollowUp},
		{method: http.MethodPost, path: "/followups/{id}/progress", id: "reportProgress", tag: "follow-up", summary: "Report what happened, asked or not",
			key: true, decides: true, body: said[models.ProgressPayload]{}, reply: Decision{}, serve: s.reportProgress},
		{method: http.MethodPost, path: "/followups/{id}/evidence", id: "uploadEvidence", tag: "follow-up", summary: "Store a file that shows what will be reported; name it then as attachment_id",
			key: true, body: upload{}, limit: uploadLimit, status: http.StatusCreated, reply: Attachment{}, serve: s.uploadEvidence},
		{method: http.MethodPost, path: "/followups/{id}/focal-point", id: "assignFocalPoint", tag: "follow-up", summary: "Have an organisation follow what nobody follows yet",
			key: true, body: models.FocalPointInput{}, reply: FollowUp{}, serve: s.assignFocalPoint},
		{method: http.MethodPost, path: "/followups/focal-point", id: "assignFocalPoints", tag: "follow-up", summary: "Have an organisation follow many measures of others that nobody follows yet, all or none",
			key: true, body: FocalPointsInput{}, reply: FocalPoints{}, serve: s.assignFocalPoints},
		{method: http.MethodPost, path: "/followups/{id}/end", id: "endFollowUp", tag: "follow-up", summary: "End it, with a reason",
			key: true, decides: true, body: models.ReasonPayload{}, reply: Decision{}, serve: s.endFollowUp},
	}
}

func (s *server) listFollowUps(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	recommendation, err := c.queryID("recommendation")
	if err != nil {
		return reply{}, err
	}
	status, err := queryOneOf(c, "status", models.FollowUpStatuses())
	if err != nil {
		return reply{}, err
	}
	unfollowed, err := queryOneOf(c, "unfollowed", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	imported, err := queryOneOf(c, "imported", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	f := models.FollowUpFilter{Recommendation: recommendation, Country: c.query("country"), Status: status,
		Unfollowed: unfollowed == "true", Imported: imported == "true", Query: c.query("q"), Topic: c.query("topic"),
		Challenge: c.query("challenge"), Response: c.query("response"), After: p.after, Limit: int64(p.limit + 1)}
	if err := c.narrowFollowUps(&f); err != nil {
		return reply{}, err
	}
	rows, err := models.FollowUps(c.ctx(), s.DB, f)
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(f models.FollowUp) models.Cursor { return models.Cursor{At: f.CreatedAt, ID: f.ID} })
	l := listOf(rows, func(f models.FollowUp) FollowUp { return followUpView(f, false) })
	l.Next = next
	return reply{body: l, next: next}, nil
}

// narrowFollowUps reads what narrows the list by ids, and by yes and no.
func (c *call) narrowFollowUps(f *models.FollowUpFilter) error {
	overdue, err := queryOneOf(c, "overdue", []string{"true", "false"})
	if err != nil {
		return err
	}
	if overdue == "true" {
		f.OverdueAt = c.now()
	}
	ended, err := queryOneOf(c, "ended", []string{"false"})
	if err != nil {
		return err
	}
	f.Open = ended == "false"
	if f.Authority, err = c.queryID("authority"); err != nil {
		return err
	}
	f.FocalPoint, err = c.queryID("focal_point")
	return err
}

func (c *call) followUp() (*models.FollowUp, *models.Recommendation, error) {
	id, err := c.id("followup")
	if err != nil {
		return nil, nil, err
	}
	f, err := models.FollowUpByID(c.ctx(), c.s.DB, id)
	if err != nil {
		return nil, nil, err
	}
	rec, err := models.VisibleRecommendation(c.ctx(), c.s.DB, c.who.viewer, f.RecommendationID)
	return f, rec, err
}

func (s *server) getFollowUp(c *call) (reply, error) {
	f, rec, err := c.followUp()
	if err != nil {
		return reply{}, err
	}
	in, err := c.may(access.ReadNetworkMatter, rec, nil)
	return reply{body: followUpView(*f, in)}, err
}

// followed returns a follow-up that has a focal point: before that there is no process that could decide anything.
func (c *call) followed() (*models.FollowUp, *models.Recommendation, error) {
	f, rec, err := c.followUp()
	if err == nil {
		err = f.Followed()
	}
	return f, rec, err
}

func (s *server) reportProgress(c *call) (reply, error) {
	f, rec, err := c.followed()
	if err != nil {
		return reply{}, err
	}
	w, err := saidBy[models.ProgressPayload](c, rec, wish{process: f.ID, kind: models.DecideReportProgress})
	if err != nil {
		return reply{}, err
	}
	if w.onBehalfOf == nil {
		if err := c.mayReport(rec, f); err != nil {
			return reply{}, err
		}
	}
	return c.decide(w)
}

func (c *call) mayReport(rec *models.Recommendation, f *models.FollowUp) error {
	object, err := models.FollowUpObject(c.ctx(), c.s.DB, rec, f.ID)
	if err != nil {
		return err
	}
	return access.Can(c.who.actor(), access.ReportProgress, object)
}

// uploadEvidence stores a file for a report on progress, for who may give it.
func (s *server) uploadEvidence(c *call) (reply, error) {
	f, rec, err := c.followed()
	if err != nil {
		return reply{}, err
	}
	if err := c.mayReport(rec, f); err != nil {
		return reply{}, err
	}
	return s.keepUpload(c, rec)
}

// assignFocalPoint begins the process of a follow-up that nobody follows yet.
func (s *server) assignFocalPoint(c *call) (reply, error) {
	f, rec, err := c.followUp()
	if err != nil {
		return reply{}, err
	}
	in, err := payloadOf[models.FocalPointInput](c)
	if err != nil {
		return reply{}, err
	}
	object, err := models.FocalPointObject(c.ctx(), s.DB, rec, in.OrganisationID)
	if err != nil {
		return reply{}, err
	}
	if err := access.Can(c.who.actor(), access.AssignFocalPoint, object); err != nil {
		return reply{}, err
	}
	_, _, err = c.once(in, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		return f.ID, models.AssignFocalPoint(ctx, tx, f.ID, in.OrganisationID, c.who.person, c.now())
	})
	if err != nil {
		return reply{}, err
	}
	s.Processes.StartSoon(c.ctx(), f.ID)
	return s.getFollowUp(c)
}

func (s *server) endFollowUp(c *call) (reply, error) {
	f, rec, err := c.followed()
	if err != nil {
		return reply{}, err
	}
	if err := c.can(access.EndFollowup, rec, nil); err != nil {
		return reply{}, err
	}
	in, err := payloadOf[models.ReasonPayload](c)
	if err != nil {
		return reply{}, err
	}
	return c.decide(wish{process: f.ID, kind: models.DecideEndFollowUp, payload: in})
}

func followUpView(f models.FollowUp, notes bool) FollowUp {
	v := FollowUp{ID: f.ID, RecommendationID: f.RecommendationID, MeasureID: f.MeasureID, AuthorityID: f.AuthorityID, OrganisationID: f.OrganisationID,
		Status: f.Status, StatusSince: f.StatusSince, Period: f.Period, AskAt: f.AskAt, EndedAt: f.EndedAt, Authority: models.Names{}, Notes: []ProgressNote{}}
	if f.Measure != nil {
		v.MeasureNumber, v.Measure = f.Measure.Number, f.Measure.Text
	}
	if f.Authority != nil {
		v.Authority, v.Country = f.Authority.Names, f.Authority.CountryCode
	}
	if f.Organisation != nil {
		v.Organisation = f.Organisation.Name
	}
	if f.Recommendation != nil {
		v.Slug = f.Recommendation.Slug
	}
	v.Origin = originView(f)
	if notes {
		v.Notes = listOf(f.Notes, noteView).Items
	}
	return v
}

func originView(f models.FollowUp) *Origin {
	if f.Measure == nil || f.Measure.Origin == nil || f.Recommendation == nil || f.Recommendation.Origin == nil {
		return nil
	}
	m, r := f.Measure.Origin, f.Recommendation.Origin
	return &Origin{Source: r.Source, Session: r.Session, SessionBegan: models.ImportSourceOf(r.Source).SessionBegan(r.Session), Address: models.ImportSourceOf(r.Source).Address(r.CountryCode), ExternalRef: m.ExternalRef,
		IssuedBy: m.IssuedBy, Response: m.Response, ActionCategory: m.ActionCategory, Topics: m.Topics}
}

func noteView(n models.ProgressNote) ProgressNote {
	v := ProgressNote{ID: n.ID, Status: n.Status, Note: n.Note, WrittenIn: n.WrittenIn, SourceTitle: n.SourceTitle, SourceLanguage: n.SourceLanguage, SourceURL: n.SourceURL,
		EvidenceID: n.AttachmentID, ReportedAt: n.ReportedAt, OrganisationID: n.SpokenBy, AsCoordinator: n.AsCoordinator}
	if day := models.Day(n.ObservedOn); !n.ObservedOn.IsZero() {
		v.ObservedOn = &day
	}
	return v
}
