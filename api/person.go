package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// Me is who asks.
type Me struct {
	ID        uuid.UUID  `json:"id"`
	Name      string     `json:"name"`
	Email     string     `json:"email"`
	Language  string     `json:"language"`
	Country   string     `json:"country,omitempty"`
	Languages []string   `json:"languages"`
	Roles     []Role     `json:"roles"`
	LinkTask  *uuid.UUID `json:"link_task_id,omitempty"` // came by the personal link of this task
	Waiting   int        `json:"waiting"`                // how much waits for them
}

// Role is what a person is in an organisation.
type Role struct {
	Role           string    `json:"role"`
	OrganisationID uuid.UUID `json:"organisation_id"`
}

// Waiting is an open task that waits for the person.
type Waiting struct {
	TaskID           uuid.UUID          `json:"task_id"`
	Kind             models.TaskKind    `json:"kind"`
	RecommendationID uuid.UUID          `json:"recommendation_id"`
	Slug             string             `json:"slug"`
	Title            string             `json:"title"`
	TitleLanguage    string             `json:"title_language"`
	Stage            models.Stage       `json:"stage"`
	Round            int                `json:"round"`
	Language         string             `json:"language,omitempty"`   // of the translation asked for
	SubjectID        *uuid.UUID         `json:"subject_id,omitempty"` // translation, delivery, follow-up or task, by kind
	OrganisationID   *uuid.UUID         `json:"organisation_id,omitempty"`
	Organisation     string             `json:"organisation,omitempty"` // in whose name to answer
	Owner            string             `json:"owner"`                  // the organisation that asks
	Authority        models.Names       `json:"authority,omitempty"`
	MeasureNumber    int                `json:"measure_number,omitempty"`
	Measure          string             `json:"measure,omitempty"`
	OverdueKind      models.TaskKind    `json:"overdue_kind,omitempty"` // of an escalation
	Process          models.ProcessKind `json:"process"`
	OpenedAt         time.Time          `json:"opened_at"`
	AcceptedAt       *time.Time         `json:"accepted_at,omitempty"`
	DueAt            time.Time          `json:"due_at"`
	GraceUntil       time.Time          `json:"grace_until"`
	Overdue          bool               `json:"overdue"`
	Held             bool               `json:"held"`
}

func (s *server) personRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/me", id: "getMe", tag: "people", summary: "Who asks", gate: byLink, reply: Me{}, serve: s.me},
		{method: http.MethodGet, path: "/waiting", id: "listWaiting", tag: "people", summary: "What waits for the person: overdue first, then by deadline",
			gate: byLink, reply: list[Waiting]{}, serve: s.waiting},
	}
}

func (s *server) me(c *call) (reply, error) {
	p := c.who.person
	waiting, err := models.CountWaiting(c.ctx(), s.DB, c.who.viewer)
	if err != nil {
		return reply{}, err
	}
	roles := listOf(c.who.viewer.Roles, func(r models.Role) Role { return Role{r.Role, r.OrganisationID} })
	return reply{body: Me{ID: p.ID, Name: p.Name, Email: p.Email, Language: p.Language, Country: p.CountryCode,
		Languages: orEmpty(p.Languages), Roles: roles.Items, LinkTask: c.who.link, Waiting: waiting}}, nil
}

func (s *server) waiting(c *call) (reply, error) {
	items, err := models.Waiting(c.ctx(), s.DB, c.who.viewer, c.now())
	if err != nil {
		return reply{}, err
	}
	return reply{body: listOf(items, waitingView)}, nil
}

func waitingView(w models.WaitingItem) Waiting {
	return Waiting{TaskID: w.TaskID, Kind: w.Kind, RecommendationID: w.RecommendationID, Slug: w.Slug, Title: w.Title,
		TitleLanguage: w.TitleLanguage, Stage: w.Stage, Round: w.Round, Language: w.Language, SubjectID: w.SubjectID,
		OrganisationID: w.OrganisationID, Organisation: w.Organisation, Owner: w.Owner, Authority: w.Authority,
		MeasureNumber: w.MeasureNumber, Measure: w.Measure, OverdueKind: w.OverdueKind, Process: w.Process, OpenedAt: w.OpenedAt,
		AcceptedAt: w.AcceptedAt, DueAt: w.DueAt, GraceUntil: w.GraceUntil, Overdue: w.Overdue, Held: w.Held}
}
