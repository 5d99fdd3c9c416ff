package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/models"
)

// RecommendationSummary is a recommendation in a list.
type RecommendationSummary struct {
	ID             uuid.UUID    `json:"id"`
	Slug           string       `json:"slug"`
	Kind           string       `json:"kind"`
	Language       string       `json:"language"`
	Title          string       `json:"title"`
	OrganisationID uuid.UUID    `json:"organisation_id"`
	Organisation   string       `json:"organisation"`
	Stage          models.Stage `json:"stage"`
	StageSince     time.Time    `json:"stage_since"`
	Round          int          `json:"round"`
	Held           bool         `json:"held"`
	NeededBy       *models.Day  `json:"needed_by,omitempty"`
	Countries      []string     `json:"countries"`
	PublishedAt    *time.Time   `json:"published_at,omitempty"`
	CreatedAt      time.Time    `json:"created_at"`
}

// Recommendation is a recommendation with what stands beside its text, where it stands, and who is awaited. What is for
// those who work with it is absent for others.
type Recommendation struct {
	RecommendationSummary
	Languages         []string                `json:"languages"` // translations asked for
	Topics            []string                `json:"topics"`
	Challenges        []string                `json:"challenges"`
	GrantIDs          []uuid.UUID             `json:"grant_ids"`
	Consulted         []models.ConsultedGroup `json:"consulted"`
	UpdatedAt         time.Time               `json:"updated_at"`
	ProcedureID       *uuid.UUID              `json:"procedure_id,omitempty"`
	OfficerID         *uuid.UUID              `json:"officer_id,omitempty"`
	CurrentVersionID  *uuid.UUID              `json:"current_version_id,omitempty"`
	AcceptedVersionID *uuid.UUID              `json:"accepted_version_id,omitempty"`
	HeldReason        string                  `json:"held_reason,omitempty"`
	HeldWrittenIn     string                  `json:"held_written_in,omitempty"`
	Ribbon            []Step                  `json:"ribbon"`
	Withdrawn         bool                    `json:"withdrawn"`
	Awaited           []Awaited               `json:"awaited"`
}

// Step is one of the seven steps of a recommendation.
type Step struct {
	Step    string                 `json:"step"`
	State   models.RibbonStepState `json:"state"`
	Until   *time.Time             `json:"until,omitempty"`
	Ended   *time.Time             `json:"ended_at,omitempty"`
	Overdue bool                   `json:"overdue"`
	Whom    []Whom                 `json:"whom"`
}

// Whom counts who is awaited in a step, by kind of task.
type Whom struct {
	Kind         models.TaskKind `json:"kind"`
	Count        int             `json:"count"`
	Organisation string          `json:"organisation,omitempty"`
}

// Awaited is an open task as those see it who want to know who is holding things up.
type Awaited struct {
	TaskID         uuid.UUID       `json:"task_id"`
	Kind           models.TaskKind `json:"kind"`
	Round          int             `json:"round"`
	Language       string          `json:"language,omitempty"`
	PersonID       *uuid.UUID      `json:"person_id,omitempty"`
	Person         string          `json:"person,omitempty"`
	Hidden         bool            `json:"hidden"` // somebody is asked whom the reader may not know
	OrganisationID *uuid.UUID      `json:"organisation_id,omitempty"`
	Organisation   string          `json:"organisation,omitempty"`
	Authority      models.Names    `json:"authority,omitempty"`
	OpenedAt       time.Time       `json:"opened_at"`
	RespondBy      *time.Time      `json:"respond_by,omitempty"`
	DueAt          time.Time       `json:"due_at"`
	GraceUntil     time.Time       `json:"grace_until"`
	Reminders      int             `json:"reminders"`
	Accepted       bool            `json:"accepted"`
	Overdue        bool            `json:"overdue"`
	Undelivered    []Undelivered   `json:"undelivered,omitempty"` // whom of those asked the last mail did not reach
}

// Undelivered is what became of the last mail about a question to somebody it waits for, where it did not reach them.
type Undelivered struct {
	PersonID uuid.UUID             `json:"person_id"`
	Person   string                `json:"person"`
	At       time.Time             `json:"at"`      // when that was known
	Why      models.UndeliveredWhy `json:"why"`     // nobody, full, refused, failed or unsent
	Stopped  bool                  `json:"stopped"` // nothing more goes to the address they have now
}

// AttributesInput is what stands beside the text and can be changed while the process runs.
type AttributesInput struct {
	NeededBy   *models.Day             `json:"needed_by,omitempty"`
	Languages  []string                `json:"languages" validate:"max=30,unique,dive,required,max=20"`
	Countries  []string                `json:"countries" validate:"max=60,unique,dive,len=2"`
	Topics     []string                `json:"topics" validate:"max=30,unique,dive,required"`
	Challenges []string                `json:"challenges" validate:"max=30,unique,dive,required"`
	GrantIDs   []uuid.UUID             `json:"grant_ids" validate:"max=20,unique"`
	Consulted  []models.ConsultedGroup `json:"consulted" validate:"max=50,dive"`
}

func (s *server) recommendationRoutes() []route {
	reason := models.ReasonPayload{}
	return []route{
		{method: http.MethodGet, path: "/recommendations", id: "listRecommendations", tag: "recommendations", summary: "What the reader may read, newest first",
			reply: list[RecommendationSummary]{}, serve: s.listRecommendations, query: append([]param{{"country", "one or several codes", text},
				{"stage", "one or several", text}, {"q", "part of the title", text}, {"published", "true: published only", text},
				{"imported", "true: those that others issued, instead of those drafted here", text}}, pageParams...)},
		{method: http.MethodPost, path: "/recommendations", id: "createRecommendation", tag: "recommendations", summary: "Begin a recommendation with its first version",
			key: true, body: models.RecommendationInput{}, limit: draftLimit, status: http.StatusCreated, reply: Recommendation{}, serve: s.createRecommendation},
		{method: http.MethodGet, path: "/recommendations/{id}", id: "getRecommendation", tag: "recommendations", summary: "Where it stands, who is awaited until when",
			reply: Recommendation{}, serve: s.getRecommendation},
		{method: http.MethodPut, path: "/recommendations/{id}", id: "updateRecommendation", tag: "recommendations", summary: "Change what stands beside the text",
			match: true, body: AttributesInput{}, reply: Recommendation{}, serve: s.updateRecommendation},
		{method: http.MethodPost, path: "/recommendations/{id}/hold", id: "holdRecommendation", tag: "recommendations", summary: "Stop its clock",
			key: true, decides: true, body: reason, reply: Decision{}, serve: s.recommendationDecision(models.DecideHold, access.Hold, payloadAny[models.ReasonPayload])},
		{method: http.MethodPost, path: "/recommendations/{id}/resume", id: "resumeRecommendation", tag: "recommendations", summary: "Let its clock go on",
			key: true, decides: true, reply: Decision{}, serve: s.recommendationDecision(models.DecideResume, access.Resume, noPayload)},
		{method: http.MethodPost, path: "/recommendations/{id}/withdraw", id: "withdrawRecommendation", tag: "recommendations", summary: "End it before publication",
			key: true, decides: true, body: reason, reply: Decision{}, serve: s.recommendationDecision(models.DecideWithdraw, access.Withdraw, payloadAny[models.ReasonPayload])},
	}
}

// payloadAny is payloadOf for tables.
func payloadAny[P any](c *call) (any, error) { return decodeValid[P](c) }

// noPayload is for decisions that say all by their kind; a body is ignored unless it says something.
func noPayload(c *call) (any, error) {
	if c.r.ContentLength == 0 {
		return models.NoPayload{}, nil
	}
	return decodeValid[models.NoPayload](c)
}

// recommendationDecision serves a decision about a recommendation that answers no task.
func (s *server) recommendationDecision(kind models.DecisionKind, action access.Action, read func(*call) (any, error)) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		rec, err := c.owned(action)
		if err != nil {
			return reply{}, err
		}
		payload, err := read(c)
		if err != nil {
			return reply{}, err
		}
		return c.decide(wish{process: rec.ID, kind: kind, payload: payload})
	}
}

func (s *server) listRecommendations(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	published, err := queryOneOf(c, "published", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	imported, err := queryOneOf(c, "imported", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	f := models.RecommendationFilter{Countries: c.queryList("country"), Query: c.query("q"), Published: published == "true",
		Imported: imported == "true", Before: p.after, Limit: int64(p.limit + 1)}
	for _, stage := range c.queryList("stage") {
		f.Stages = append(f.Stages, models.Stage(stage))
	}
	rows, err := models.Recommendations(c.ctx(), s.DB, c.who.viewer, f)
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(r models.Recommendation) models.Cursor { return models.Cursor{At: r.CreatedAt, ID: r.ID} })
	l := listOf(rows, func(r models.Recommendation) RecommendationSummary { return summaryView(&r) })
	l.Next = next
	return reply{body: l, next: next}, nil
}

func (s *server) createRecommendation(c *call) (reply, error) {
	in, err := decodeValid[models.RecommendationInput](c)
	if err != nil {
		return reply{}, err
	}
	object := access.Object{Kind: "recommendation", OwnerOrganisation: in.OrganisationID}
	if err := access.Can(c.who.actor(), access.CreateRecommendation, object); err != nil {
		return reply{}, err
	}
	id, created, err := c.once(in, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		rec, err := models.CreateRecommendation(ctx, tx, in, c.who.person, c.now())
		if err != nil {
			return uuid.Nil, err
		}
		return rec.ID, nil
	})
	if err != nil {
		return reply{}, err
	}
	if created {
		s.Processes.StartSoon(c.ctx(), id)
	}
	answer, err := s.showRecommendation(c, id)
	answer.status, answer.location = http.StatusCreated, s.BaseURL+Prefix+"/recommendations/"+id.String()
	return answer, err
}

func (s *server) getRecommendation(c *call) (reply, error) {
	id, err := c.id("recommendation")
	if err != nil {
		return reply{}, err
	}
	return s.showRecommendation(c, id)
}

func (s *server) showRecommendation(c *call, id uuid.UUID) (reply, error) {
	rec, err := models.VisibleRecommendation(c.ctx(), s.DB, c.who.viewer, id)
	if err != nil {
		return reply{}, err
	}
	view, err := s.recommendationView(c, rec)
	return reply{body: view, etag: attributesTag(rec)}, err
}

// attributesTag changes with everything that happens to a recommendation: an edit on top of a stale one is refused
// rather than mixed.
func attributesTag(r *models.Recommendation) string {
	return strconv.FormatInt(r.UpdatedAt.UnixMicro(), 10)
}

func (s *server) updateRecommendation(c *call) (reply, error) {
	rec, err := c.owned(access.EditDraft)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[AttributesInput](c)
	if err != nil {
		return reply{}, err
	}
	err = c.inTx(func(ctx context.Context, tx bun.Tx) error {
		if _, err := models.LockProcess(ctx, tx, rec.ID); err != nil {
			return err
		}
		now, err := models.RecommendationByID(ctx, tx, rec.ID)
		if err != nil {
			return err
		}
		if !matches(c.r.Header.Get("If-Match"), attributesTag(now)) {
			view, err := s.recommendationView(c, now)
			if err != nil {
				return err
			}
			return outdated{what: "recommendation", current: view, yours: in}
		}
		return now.UpdateAttributes(ctx, tx, in.attributes(), c.who.person, c.now())
	})
	if err != nil {
		return reply{}, err
	}
	return s.showRecommendation(c, rec.ID)
}

func (in AttributesInput) attributes() models.RecommendationInput {
	return models.RecommendationInput{NeededBy: in.NeededBy, Languages: in.Languages, Countries: in.Countries, Topics: in.Topics,
		Challenges: in.Challenges, GrantIDs: in.GrantIDs, Consulted: in.Consulted}
}

func summaryView(r *models.Recommendation) RecommendationSummary {
	v := RecommendationSummary{ID: r.ID, Slug: r.Slug, Kind: r.Kind, Language: r.Language, Title: r.Title, OrganisationID: r.OrganisationID,
		Stage: r.Stage, StageSince: r.StageSince, Round: r.Round, Held: r.Held(), NeededBy: day(r.NeededBy), Countries: orEmpty(r.Countries),
		PublishedAt: r.PublishedAt, CreatedAt: r.CreatedAt}
	if r.Organisation != nil {
		v.Organisation = r.Organisation.Name
	}
	return v
}

func (s *server) recommendationView(c *call, r *models.Recommendation) (Recommendation, error) {
	v := Recommendation{RecommendationSummary: summaryView(r), Languages: orEmpty(r.Languages), Topics: orEmpty(r.Topics),
		Challenges: orEmpty(r.Challenges), GrantIDs: orEmpty(r.GrantIDs), Consulted: orEmpty(r.Consulted), UpdatedAt: r.UpdatedAt, Awaited: []Awaited{}}
	ribbon, err := models.RibbonOf(c.ctx(), s.DB, r, c.now())
	if err != nil {
		return v, err
	}
	v.Ribbon, v.Withdrawn = listOf(ribbon.Steps, stepView).Items, ribbon.Withdrawn
	in, err := c.may(access.ReadWorkingText, r, nil)
	if err != nil || !in {
		return v, err
	}
	v.ProcedureID, v.OfficerID, v.CurrentVersionID, v.AcceptedVersionID = &r.ProcedureID, &r.OfficerID, r.CurrentVersionID, r.AcceptedVersionID
	v.HeldReason, v.HeldWrittenIn = r.HeldReason, r.HeldWrittenIn
	awaited, err := models.Awaited(c.ctx(), s.DB, c.who.viewer, r, c.now())
	v.Awaited = listOf(awaited, awaitedView).Items
	return v, err
}

func stepView(s models.RibbonStep) Step {
	return Step{Step: s.Step, State: s.State, Until: s.Until, Ended: s.Ended, Overdue: s.Overdue,
		Whom: listOf(s.Whom, func(w models.RibbonWhom) Whom { return Whom{w.Kind, w.Count, w.Organisation} }).Items}
}

func awaitedView(a models.AwaitedItem) Awaited {
	return Awaited{TaskID: a.TaskID, Kind: a.Kind, Round: a.Round, Language: a.Language, PersonID: a.PersonID, Person: a.Person,
		Hidden: a.Hidden, OrganisationID: a.OrganisationID, Organisation: a.Organisation, Authority: a.Authority, OpenedAt: a.OpenedAt,
		RespondBy: a.RespondBy, DueAt: a.DueAt, GraceUntil: a.GraceUntil, Reminders: a.Reminders, Accepted: a.Accepted, Overdue: a.Overdue, Undelivered: listOf(a.Undelivered, func(u models.Undelivered) Undelivered {
			return Undelivered{PersonID: u.PersonID, Person: u.Person, At: u.At, Why: u.Why, Stopped: u.Stopped != ""}
		}).Items}
}
