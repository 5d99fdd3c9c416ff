package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// Reports that one host may send in one window.
const (
	reportsByHost = 5
	reportWindow  = time.Hour
)

// Report says that a text should not be read by everybody as it stands.
type Report struct {
	ID               uuid.UUID         `json:"id"`
	RecommendationID uuid.UUID         `json:"recommendation_id"`
	Kind             models.ReportKind `json:"kind"`
	Reason           string            `json:"reason"`
	Email            string            `json:"email,omitempty"`
	PersonID         *uuid.UUID        `json:"person_id,omitempty"`
	ReportedAt       time.Time         `json:"reported_at"`
}

// Reported says that a report was kept and those written to who can hide the text.
type Reported struct {
	ReportedAt time.Time `json:"reported_at"`
}

// SettleInput says what came of a report.
type SettleInput struct {
	Outcome string `json:"outcome" validate:"required,oneof=removed unfounded"`
}

// QuarantineState says whether a text is hidden from all but coordinators.
type QuarantineState struct {
	Quarantined bool `json:"quarantined"`
}

// RemovedPassage says in how many rows of which places a passage stood.
type RemovedPassage struct {
	Places []models.PassageCount `json:"places"`
}

func (s *server) reportRoutes() []route {
	const base = "/recommendations/{id}"
	return []route{
		{method: http.MethodPost, path: base + "/reports", id: "reportContent", tag: "reports", summary: "Say that a text names a child or somebody's personal data; nobody has to be signed in",
			gate: open, body: models.ReportInput{}, status: http.StatusAccepted, reply: Reported{}, serve: s.reportContent},
		{method: http.MethodGet, path: "/reports", id: "listReports", tag: "reports", summary: "What is not settled yet, oldest first", scope: models.ScopeAdminister, reply: list[Report]{}, serve: s.listReports},
		{method: http.MethodPost, path: "/reports/{id}/settle", id: "settleReport", tag: "reports", summary: "End a report; its words are forgotten",
			scope: models.ScopeAdminister, body: SettleInput{}, status: http.StatusNoContent, serve: s.settleReport},
		{method: http.MethodPost, path: base + "/quarantine", id: "quarantine", tag: "reports", summary: "Hide a text from all but coordinators, at once",
			scope: models.ScopeAdminister, reply: QuarantineState{}, serve: s.quarantine(models.Quarantine, true)},
		{method: http.MethodPost, path: base + "/release", id: "release", tag: "reports", summary: "Show it again",
			scope: models.ScopeAdminister, reply: QuarantineState{}, serve: s.quarantine(models.LiftQuarantine, false)},
		{method: http.MethodPost, path: base + "/redact-passage", id: "redactPassage", tag: "reports", summary: "Remove words wherever they stand about a text",
			scope: models.ScopeAdminister, body: models.PassageInput{}, reply: RemovedPassage{}, serve: s.redactPassage},
	}
}

func (s *server) reportContent(c *call) (reply, error) {
	rec, err := c.recommendation()
	if err != nil {
		return reply{}, err
	}
	ok, err := models.Allow(c.ctx(), s.DB, "report:"+c.host(), reportsByHost, reportWindow, c.now())
	if err != nil {
		return reply{}, err
	}
	if !ok {
		return reply{}, apperr.New(apperr.CodeTooMany)
	}
	in, err := decodeValid[models.ReportInput](c)
	if err != nil {
		return reply{}, err
	}
	var person *uuid.UUID
	if c.who.known() {
		person = &c.who.person.ID
	}
	err = c.inTx(func(ctx context.Context, tx bun.Tx) error {
		_, err := models.ReportContent(ctx, tx, rec, in, person, c.now())
		return err
	})
	return reply{body: Reported{ReportedAt: c.now()}}, err
}

func (s *server) listReports(c *call) (reply, error) {
	if err := c.can(access.Administer, nil, nil); err != nil {
		return reply{}, err
	}
	rows, err := models.OpenReports(c.ctx(), s.DB)
	return reply{body: listOf(rows, func(r models.ContentReport) Report {
		return Report{ID: r.ID, RecommendationID: r.RecommendationID, Kind: r.Kind, Reason: r.Reason, Email: r.Email, PersonID: r.PersonID, ReportedAt: r.ReportedAt}
	})}, err
}

func (s *server) settleReport(c *call) (reply, error) {
	if err := c.can(access.Administer, nil, nil); err != nil {
		return reply{}, err
	}
	id, err := c.id("report")
	if err != nil {
		return reply{}, err
	}
	report, err := models.ReportByID(c.ctx(), s.DB, id)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[SettleInput](c)
	if err != nil {
		return reply{}, err
	}
	return reply{}, c.inTx(func(ctx context.Context, tx bun.Tx) error {
		return report.Settle(ctx, tx, in.Outcome, c.who.person, c.now())
	})
}

func (s *server) quarantine(act func(context.Context, bun.IDB, uuid.UUID, models.Person, time.Time) ([]models.Submission, error), hidden bool) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		rec, err := c.owned(access.RedactRecord)
		if err != nil {
			return reply{}, err
		}
		var subs []models.Submission
		err = c.inTx(func(ctx context.Context, tx bun.Tx) error {
			subs, err = act(ctx, tx, rec.ID, c.who.person, c.now())
			return err
		})
		if err == nil {
			s.Processes.TellAll(c.ctx(), subs)
		}
		return reply{body: QuarantineState{hidden}}, err
	}
}

func (s *server) redactPassage(c *call) (reply, error) {
	rec, err := c.owned(access.RedactRecord)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.PassageInput](c)
	if err != nil {
		return reply{}, err
	}
	removed := RemovedPassage{}
	err = c.inTx(func(ctx context.Context, tx bun.Tx) (err error) {
		removed.Places, err = models.RedactPassage(ctx, tx, rec, in, c.who.person, c.now())
		return err
	})
	return reply{body: removed}, err
}
