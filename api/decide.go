package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/validation"
	"tribuna/models"
)

// Decision is what came of an act.
type Decision struct {
	DecisionID   string                 `json:"decision_id"`
	Kind         models.DecisionKind    `json:"kind"`
	State        models.SubmissionState `json:"state"`          // recorded, or received: stored and not yet recorded
	Late         bool                   `json:"late,omitempty"` // taken after the deadline
	DecidedAt    *time.Time             `json:"decided_at,omitempty"`
	SubmissionID uuid.UUID              `json:"submission_id"`
}

// said is what a person sends with a decision: its words, and for whom they are recorded where they came by mail, on
// paper or in a meeting, with the original where there is one.
type said[P any] struct {
	OnBehalfOf   *uuid.UUID `json:"on_behalf_of,omitempty"`
	BehalfNote   string     `json:"behalf_note,omitempty" validate:"max=2000"`
	AttachmentID *uuid.UUID `json:"attachment_id,omitempty"`
	Payload      P          `json:",inline"`
}

// wish is a decision somebody wants taken.
type wish struct {
	process    uuid.UUID
	kind       models.DecisionKind
	task       *uuid.UUID
	payload    any
	onBehalfOf *uuid.UUID
	behalfNote string
	attachment *uuid.UUID
}

// decide passes a person's words to the process. Recorded is 200, received 202; a refusal is an error.
func (c *call) decide(w wish) (reply, error) {
	id, err := models.CallersDecisionID(c.who.person.ID, c.r.Header.Get("Idempotency-Key"))
	if err != nil {
		return reply{}, err
	}
	sub, err := models.NewSubmission(w.process, id, w.kind, c.who.person.ID, w.payload)
	if err != nil {
		return reply{}, err
	}
	sub.TaskID, sub.ByLink = w.task, c.who.link != nil
	sub.OnBehalfOf, sub.BehalfNote, sub.AttachmentID = w.onBehalfOf, w.behalfNote, w.attachment
	outcome, stored, err := c.s.Processes.Decide(c.ctx(), sub)
	if err != nil {
		return reply{}, err
	}
	d := Decision{DecisionID: stored.DecisionID, Kind: stored.Kind, State: outcome.State, Late: outcome.Late, SubmissionID: stored.ID}
	if outcome.State == models.SubmissionReceived {
		return reply{status: http.StatusAccepted, body: d, location: c.s.BaseURL + Prefix + "/submissions/" + stored.ID.String()}, nil
	}
	d.DecidedAt = &outcome.DecidedAt
	return reply{body: d}, nil
}

// payloadOf reads the words of a decision that nobody else can be recorded for.
func payloadOf[P any](c *call) (P, error) { return decodeValid[P](c) }

// saidBy reads the words of a decision that may be recorded on somebody's behalf, and asks whether this person may.
func saidBy[P any](c *call, rec *models.Recommendation, w wish) (wish, error) {
	in, err := decode[said[P]](c)
	if err != nil {
		return w, err
	}
	if err := validation.Check(&in.Payload); err != nil {
		return w, err
	}
	w.payload = in.Payload
	if in.OnBehalfOf == nil {
		w.attachment = in.AttachmentID
		if in.BehalfNote != "" || in.AttachmentID != nil && w.kind != models.DecideReportProgress {
			return w, apperr.Invalid("on_behalf_of", "required")
		}
		return w, nil
	}
	if err := c.can(access.RecordOnBehalf, rec, nil); err != nil {
		return w, err
	}
	w.attachment = in.AttachmentID
	return w, w.forAnother(c, *in.OnBehalfOf, in.BehalfNote)
}

func (w *wish) forAnother(c *call, person uuid.UUID, note string) error {
	bad := models.CheckBehalfNote(note)
	if _, err := models.PersonByID(c.ctx(), c.s.DB, person); apperr.CodeOf(err) == apperr.CodeNotFound {
		bad.And("on_behalf_of", "unknown")
	} else if err != nil {
		return err
	}
	w.onBehalfOf, w.behalfNote = &person, note
	return bad.OrNil()
}
