package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/models"
)

// Dashboard is where everything stands that the reader may read.
type Dashboard struct {
	Total     int                  `json:"total"`
	Overdue   int                  `json:"overdue"`
	Held      int                  `json:"held"`
	Published int                  `json:"published"`
	Stages    map[models.Stage]int `json:"stages"`
	Countries []CountryStages      `json:"countries"`
	Statuses  []StatusCount        `json:"statuses"` // of the follow-ups that are not ended
	Rows      []DashboardRow       `json:"rows"`     // overdue first
}

// CountryStages counts the recommendations of a country by stage.
type CountryStages struct {
	Country string               `json:"country"`
	Names   models.Names         `json:"names"`
	Total   int                  `json:"total"`
	Stages  map[models.Stage]int `json:"stages"`
}

// StatusCount counts measures at authorities.
type StatusCount struct {
	Status   models.FollowUpStatus `json:"status"`
	Count    int                   `json:"count"`
	Imported int                   `json:"imported"` // of count: what others recommended
}

// DashboardRow is a recommendation with whom it waits for, in figures.
type DashboardRow struct {
	ID           uuid.UUID    `json:"id"`
	Slug         string       `json:"slug"`
	Title        string       `json:"title"`
	Language     string       `json:"language"`
	Kind         string       `json:"kind"`
	Stage        models.Stage `json:"stage"`
	StageSince   time.Time    `json:"stage_since"`
	Round        int          `json:"round"`
	Held         bool         `json:"held"`
	NeededBy     *models.Day  `json:"needed_by,omitempty"`
	PublishedAt  *time.Time   `json:"published_at,omitempty"`
	Organisation string       `json:"organisation"`
	Countries    []string     `json:"countries"`
	Awaited      int          `json:"awaited"`
	Overdue      int          `json:"overdue"`
	Undelivered  int          `json:"undelivered"` // mails that did not reach who is awaited, as far as the reader may know them
	AwaitedUntil *time.Time   `json:"awaited_until,omitempty"`
	FollowUps    int          `json:"followups"`
}

func (s *server) dashboardRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/dashboard", id: "getDashboard", tag: "network", summary: "Where everything stands, by country and stage, overdue first",
			reply: Dashboard{}, serve: s.dashboard, query: []param{{"country", "code", text}, {"stage", "", map[string]any{"type": "string", "enum": models.Stages()}},
				{"status", "of a follow-up", text}, {"overdue", "true: overdue only", text}}},
		{method: http.MethodGet, path: "/dashboard/coverage", id: "getCoverage", tag: "network", summary: "How many recommendations there are by challenge and country",
			reply: list[CoverageCell]{}, serve: s.coverage},
		{method: http.MethodGet, path: "/dashboard/pipeline", id: "getPipeline", tag: "network", summary: "What stands in each stage, and how long the stages take; for coordinators",
			reply: list[PipelineStage]{}, serve: s.pipeline}}
}

// CoverageCell is what there is on a challenge in a country, as far as the reader may read it; what is not there is missing.
type CoverageCell struct {
	Challenge string `json:"challenge"`
	Country   string `json:"country"`
	Published int    `json:"published"`
	UnderWay  int    `json:"under_way"`
}

func (s *server) coverage(c *call) (reply, error) {
	if err := c.can(access.ReadOverview, nil, nil); err != nil {
		return reply{}, err
	}
	cells, err := models.Coverage(c.ctx(), s.DB, c.who.viewer)
	return reply{body: listOf(cells, func(cell models.CoverageCell) CoverageCell { return CoverageCell(cell) })}, err
}

// PipelineStage is one step of all recommendations on their way: a stage, then campaign and followup. Times are in seconds.
type PipelineStage struct {
	Stage     string `json:"stage"`
	Now       int    `json:"now"`
	Held      int    `json:"held"`
	Long      int    `json:"longer_than_procedure"` // of now
	Ended     int    `json:"ended"`                 // within a year; of followup, answers to a request for progress
	Median    int64  `json:"median_seconds"`        // of those; 0 where none ended
	Procedure int64  `json:"procedure_seconds"`     // 0 where it gives none
}

func (s *server) pipeline(c *call) (reply, error) {
	if err := c.can(access.Administer, nil, nil); err != nil {
		return reply{}, err
	}
	stages, err := models.Pipeline(c.ctx(), s.DB, c.now())
	return reply{body: listOf(stages, func(st models.PipelineStage) PipelineStage {
		return PipelineStage{Stage: st.Step, Now: st.Now, Held: st.Held, Long: st.Long, Ended: st.Ended,
			Median: int64(st.Median.Seconds()), Procedure: int64(st.Procedure.Seconds())}
	})}, err
}

func (s *server) dashboard(c *call) (reply, error) {
	if err := c.can(access.ReadOverview, nil, nil); err != nil {
		return reply{}, err
	}
	stage, err := queryOneOf(c, "stage", models.Stages())
	if err != nil {
		return reply{}, err
	}
	status, err := queryOneOf(c, "status", models.FollowUpStatuses())
	if err != nil {
		return reply{}, err
	}
	overdue, err := queryOneOf(c, "overdue", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	filter := models.DashboardFilter{Stage: stage, Status: status, OverdueOnly: overdue == "true"}
	if country := c.query("country"); country != "" {
		filter.Countries = []string{country}
	}
	d, err := models.Dashboard(c.ctx(), s.DB, c.who.viewer, filter, c.now())
	if err != nil {
		return reply{}, err
	}
	return reply{body: Dashboard{Total: d.Total, Overdue: d.Overdue, Held: d.Held, Published: d.Published, Stages: d.Stages,
		Countries: listOf(d.Countries, func(n models.CountryStages) CountryStages { return CountryStages(n) }).Items,
		Statuses:  listOf(d.Statuses, func(n models.StatusCount) StatusCount { return StatusCount(n) }).Items,
		Rows:      listOf(d.Rows, rowView).Items}}, nil
}

func rowView(r models.DashboardRow) DashboardRow {
	return DashboardRow{ID: r.ID, Slug: r.Slug, Title: r.Title, Language: r.Language, Kind: r.Kind, Stage: r.Stage, StageSince: r.StageSince,
		Round: r.Round, Held: r.Held, NeededBy: day(r.NeededBy), PublishedAt: r.PublishedAt, Organisation: r.Organisation,
		Countries: orEmpty(r.Countries), Awaited: r.Awaited, Overdue: r.Overdue, Undelivered: r.Undelivered, AwaitedUntil: r.AwaitedUntil, FollowUps: r.FollowUps}
}
