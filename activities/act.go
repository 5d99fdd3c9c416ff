package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// act is one decision being taken. All it reads and writes goes through its transaction.
type act struct {
	tx        bun.Tx
	now       time.Time
	id        string // decision id
	process   *models.Process
	rec       *models.Recommendation
	procedure models.ProcedureDocument

	sub     *models.Submission // nil where the process decides by itself
	actor   models.Person      // who sent it
	speaker models.Person      // whose words they are
	speaks  access.Actor       // the speaker as the table of roles sees them
	sends   access.Actor       // who sent it, likewise: the same unless it was recorded for the speaker
	object  access.Object      // what they speak about, as the table sees it
	task    *models.Task       // answered by it, if any
	late    bool
	seq     *int64 // first entry in the record
	settled []settledTask

	attachment *models.Attachment // the original of what was recorded for the speaker; nil once an entry tells of it
}

// begin loads what every act needs and holds the process's row.
func begin(ctx context.Context, tx bun.Tx, process uuid.UUID, now time.Time) (*act, error) {
	x := &act{tx: tx, now: now}
	var err error
	if x.process, err = models.LockProcessToDecide(ctx, tx, process); err != nil {
		return nil, err
	}
	if x.rec, err = models.RecommendationToDecide(ctx, tx, x.process.RecommendationID); err != nil {
		return nil, err
	}
	x.procedure = x.rec.Procedure.Document
	return x, nil
}

// officer is the person in charge of the recommendation.
func (x *act) officer(ctx context.Context) (models.Person, error) {
	return models.PersonByID(ctx, x.tx, x.rec.OfficerID)
}

// inChargeNow returns who is told what the officer in charge has to see to: the officer or, where that person has left the network, its
// coordinators.
func (x *act) inChargeNow(ctx context.Context) ([]models.Person, error) {
	officer, err := x.officer(ctx)
	if err != nil {
		return nil, err
	}
	if officer.LeftAt == nil {
		return []models.Person{officer}, nil
	}
	return models.Coordinators(ctx, x.tx)
}

// position is where the process stands now that the act is written. Everything it is read from is written under the
// process's row, which is held.
func (x *act) position(ctx context.Context) (models.Position, error) {
	return models.PositionOf(ctx, x.tx, x.process, x.rec, x.procedure)
}

// commit writes the decision and raises the process's revision; it comes last in the transaction.
func (x *act) commit(ctx context.Context, kind, argsHash string, result any) error {
	if err := x.noteSettled(ctx); err != nil {
		return err
	}
	raw, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("encode the result of %s: %w", kind, err)
	}
	d := &models.Decision{ProcessID: x.process.ID, DecisionID: x.id, Kind: kind, ArgsHash: argsHash, Result: raw,
		RecordSeq: x.seq, DecidedAt: x.now}
	if err := d.Insert(ctx, x.tx); err != nil {
		return fmt.Errorf("write decision: %w", err)
	}
	return x.process.Save(ctx, x.tx)
}

// payload reads the submission's payload.
func payload[P any](x *act) (P, error) {
	var p P
	if err := json.Unmarshal(x.sub.Payload, &p); err != nil {
		return p, fmt.Errorf("read the payload of %s: %w", x.sub.Kind, err)
	}
	return p, nil
}

// entry is what an act adds to the record; note fills in the rest.
type entry struct {
	verb       string
	visibility string
	objectKind string
	object     uuid.UUID
	facts      map[string]string
	texts      map[string]string
	org        uuid.UUID // in whose name; Nil: the speaker acts personally, or it is the system
	byRule     bool      // the procedure's doing, though somebody's words set it off
	chain      uuid.UUID // another recommendation in whose record it stands; Nil: in that of the one decided about
}

// note adds an entry to the recommendation's record.
func (x *act) note(ctx context.Context, e entry) error {
	full := record.Entry{At: x.now, Verb: e.verb, Capacity: record.System, ObjectKind: e.objectKind, Object: e.object,
		DecisionID: x.id, Visibility: e.visibility, Facts: e.facts, Texts: e.texts}
	if x.sub != nil && !e.byRule {
		full.Actor, full.Capacity = x.actor.Pseudonym, record.Personal
		if e.org != uuid.Nil {
			full.Capacity, full.Organisation = record.Institutional, e.org
			if x.speaks.OnlyCoordinates(e.org) {
				full.Facts = withFact(full.Facts, record.FactAs, models.RoleCoordinator)
			}
		}
		if x.sub.OnBehalfOf != nil {
			full.OnBehalfOf = x.speaker.Pseudonym
			if x.sends.OnlyCoordinates(x.rec.OrganisationID) {
				full.Facts = withFact(full.Facts, "recorded_as", models.RoleCoordinator)
			}
			full.Texts = withText(full.Texts, "behalf_note", x.sub.BehalfNote)
		}
		if in := x.sub.WrittenIn(); in != "" && len(e.texts) > 0 {
			full.Facts = withFact(full.Facts, record.FactWrittenIn, in)
		}
		full.Facts = x.withAttachment(full.Facts)
		if x.late {
			full.Facts = withFact(full.Facts, "late", "true")
		}
		if x.task != nil && !x.late && x.task.Late(x.now) { // why it is in time all the same
			full.Facts = withFact(full.Facts, record.FactReceived, x.saidAt().UTC().Format(time.RFC3339))
		}
	}
	chain := x.rec.ID
	if e.chain != uuid.Nil {
		chain = e.chain
	}
	seq, err := record.Append(ctx, x.tx, chain, full)
	if err != nil {
		return err
	}
	if x.seq == nil && chain == x.rec.ID {
		x.seq = &seq
	}
	return nil
}

// withAttachment adds what the record keeps of the original: not its name, which may be somebody's.
func (x *act) withAttachment(facts map[string]string) map[string]string {
	if x.attachment == nil {
		return facts
	}
	facts = withFact(facts, record.FactAttachment, x.attachment.ID.String())
	facts = withFact(facts, record.FactAttachmentHash, x.attachment.Hash)
	facts = withFact(facts, record.FactAttachmentSize, fmt.Sprint(x.attachment.Size))
	x.attachment = nil
	return facts
}

func withFact(facts map[string]string, key, value string) map[string]string {
	if facts == nil {
		facts = map[string]string{}
	}
	facts[key] = value
	return facts
}

func withText(texts map[string]string, field, words string) map[string]string {
	return withFact(texts, field, words)
}

// enter moves the recommendation to a stage.
func (x *act) enter(ctx context.Context, s models.Stage) error {
	x.rec.Enter(s, x.now)
	return x.rec.Save(ctx, x.tx, x.now)
}

// end closes the process.
func (x *act) end() { x.process.ClosedAt = &x.now }

// Step is something a process decides by itself, by time passing or by what came in.
type Step struct {
	ProcessID uuid.UUID
	TaskID    uuid.UUID // for steps about one task
	N         int       // which round, reminder or period: part of the decision's id
}

func (s Step) id(kind string) string {
	if s.TaskID != uuid.Nil {
		return fmt.Sprintf("%s:%s:%d", kind, s.TaskID, s.N)
	}
	return fmt.Sprintf("%s:%d", kind, s.N)
}

// errNotNow says that a step is not due or no longer fits: nothing is written, the workflow reads where it stands.
var errNotNow = errors.New("not now")

// step takes a decision of the process's own, once, and returns where the process stands then. What people said before is decided
// on first: they were told that it is safe, and what the process does by itself is done because nobody said anything.
func (a *Activities) step(ctx context.Context, s Step, kind string, take func(context.Context, *act) error) (models.Position, error) {
	var pos models.Position
	if err := a.hear(ctx, s.ProcessID); err != nil {
		return pos, err
	}
	err := a.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		x, err := begin(ctx, tx, s.ProcessID, a.Now())
		if err != nil {
			return err
		}
		x.id = s.id(kind)
		made, err := models.DecisionMade(ctx, tx, s.ProcessID, x.id)
		if err != nil {
			return err
		}
		if made != nil || x.process.ClosedAt != nil || x.held() {
			return errNotNow
		}
		if s.TaskID != uuid.Nil {
			if x.task, err = models.TaskByID(ctx, tx, s.TaskID); err != nil {
				return err
			}
			if x.task.State != models.TaskOpen {
				return errNotNow
			}
		}
		if err := take(ctx, x); err != nil {
			return err
		}
		if err := x.commit(ctx, kind, "", struct{}{}); err != nil {
			return err
		}
		pos, err = x.position(ctx)
		return err
	})
	if !errors.Is(err, errNotNow) {
		return pos, temporalError(err)
	}
	pos, err = models.LoadPosition(ctx, a.DB, s.ProcessID)
	return pos, temporalError(err)
}

// saidAt is when the speaker's words were received: by that it is judged whether they came in time, however late the process could
// be told of them. The clocks of those who receive and of those who decide may differ a little: nothing was said before it was asked,
// nor after it is decided.
func (x *act) saidAt() time.Time {
	at := x.sub.ReceivedAt
	if x.task != nil {
		at = later(at, x.task.OpenedAt)
	}
	if at.After(x.now) {
		return x.now
	}
	return at
}

// held reports whether the process stands still.
func (x *act) held() bool { return x.process.StandsStill(x.rec) }

// due returns errNotNow unless the instant has come.
func (x *act) due(at *time.Time) error {
	if at == nil || x.now.Before(*at) {
		return errNotNow
	}
	return nil
}

// refusal returns err as something to tell the person who sent the submission, or nil where it is our own trouble.
func refusal(err error) *apperr.Error {
	var e *apperr.Error
	if errors.As(err, &e) && e.Code != apperr.CodeInternal && e.Code != apperr.CodeUnavailable {
		return e
	}
	return nil
}
