package models

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"github.com/google/uuid"
	"github.com/gowebpki/jcs"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// SubmissionState is how far a submission got.
type SubmissionState string

// The states of a submission; recorded and refused are final.
const (
	SubmissionReceived SubmissionState = "received"
	SubmissionRecorded SubmissionState = "recorded"
	SubmissionRefused  SubmissionState = "refused"
)

// Submission is what a person said, kept as received before the process is told. The decision id comes with the form
// or as the Idempotency-Key: sent again with the same words it is the same submission, with others it is refused.
type Submission struct {
	bun.BaseModel `bun:"table:submissions,alias:s"`

	ID         uuid.UUID `bun:",pk"`
	ProcessID  uuid.UUID
	DecisionID string
	Kind       DecisionKind
	TaskID     *uuid.UUID
	ActorID    uuid.UUID
	OnBehalfOf *uuid.UUID // the words are this person's; the actor recorded them
	BehalfNote string     // how they came: letter, telephone, meeting
	// AttachmentID is the original of what was recorded for somebody; nil where none was kept.
	AttachmentID *uuid.UUID
	ByLink       bool
	Payload      json.RawMessage `bun:"type:jsonb"`
	ArgsSalt     string          // removed with the words by a redaction
	ArgsHash     string
	State        SubmissionState
	Outcome      *Outcome `bun:"type:jsonb"`
	ReceivedAt   time.Time
	SentAt       *time.Time
	SettledAt    *time.Time
}

// Outcome is what came of a submission.
type Outcome struct {
	State     SubmissionState `json:"state"`
	Code      apperr.Code     `json:"code,omitempty"`   // why it was refused
	What      string          `json:"what,omitempty"`   // what the refusal is about
	Fields    []apperr.Field  `json:"fields,omitempty"` // which fields are to blame
	Late      bool            `json:"late,omitempty"`   // taken after the deadline
	DecidedAt time.Time       `json:"decided_at"`
}

// Err returns a refusal as an error, and nil otherwise.
func (o Outcome) Err() error {
	if o.State != SubmissionRefused {
		return nil
	}
	return &apperr.Error{Code: o.Code, What: o.What, Fields: o.Fields}
}

// Refusal is the outcome of an error people caused.
func Refusal(e *apperr.Error, now time.Time) Outcome {
	return Outcome{State: SubmissionRefused, Code: e.Code, What: e.What, Fields: e.Fields, DecidedAt: now}
}

var decisionIDForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{8,100}$`)

// ValidDecisionID reports whether a decision id may be used: 8 to 100 letters, digits, "-", "_" or ".". Ids with a
// colon are kept for what the process decides by itself.
func ValidDecisionID(id string) bool { return decisionIDForm.MatchString(id) }

// CallersDecisionID is the decision id of what a caller named by a key of their own choosing: the same for the same
// caller, another for everybody else, so that two who chose alike neither hinder nor see each other. A form needs none:
// its id was drawn for it.
func CallersDecisionID(caller uuid.UUID, key string) (string, error) {
	if !ValidDecisionID(key) {
		return "", apperr.Invalid("Idempotency-Key", "decision_id")
	}
	sum := sha256.Sum256([]byte(caller.String() + "\n" + key))
	return "key-" + hex.EncodeToString(sum[:16]), nil
}

// NewSubmission prepares a submission. Payload is one of the payload structs of this package.
func NewSubmission(process uuid.UUID, decisionID string, kind DecisionKind, actor uuid.UUID, payload any) (*Submission, error) {
	if !ValidDecisionID(decisionID) {
		return nil, apperr.Invalid("decision_id", "decision_id")
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", kind, err)
	}
	return &Submission{ID: NewID(), ProcessID: process, DecisionID: decisionID, Kind: kind, ActorID: actor,
		Payload: raw, State: SubmissionReceived}, nil
}

// hash covers who said what: the words that may not change under one decision id, and of a file its content, so that
// the same one uploaded twice is the same.
func (s *Submission) hash(salt, attachment string) (string, error) {
	args := map[string]any{"kind": s.Kind, "task": s.TaskID, "actor": s.ActorID,
		"on_behalf_of": s.OnBehalfOf, "behalf_note": s.BehalfNote, "payload": s.Payload}
	if attachment != "" {
		args["attachment"] = attachment
	}
	raw, err := json.Marshal(args)
	if err != nil {
		return "", err
	}
	canonical, err := jcs.Transform(raw)
	if err != nil {
		return "", fmt.Errorf("canonical form of the payload: %w", err)
	}
	sum := sha256.Sum256(append([]byte(salt+"\n"), canonical...))
	return hex.EncodeToString(sum[:]), nil
}

// Receive stores the submission, or returns the one already stored under the same decision id; the same id with
// other words is refused with CodeOtherWords.
func Receive(ctx context.Context, db bun.IDB, s *Submission, now time.Time) (*Submission, error) {
	if s.OnBehalfOf != nil {
		if err := CheckBehalfNote(s.BehalfNote).OrNil(); err != nil {
			return nil, err
		}
	}
	s.ArgsSalt, s.ReceivedAt = rand.Text(), now
	attachment, err := s.attachmentHash(ctx, db)
	if err != nil {
		return nil, err
	}
	if s.ArgsHash, err = s.hash(s.ArgsSalt, attachment); err != nil {
		return nil, err
	}
	written, err := db.NewInsert().Model(s).On("CONFLICT (process_id, decision_id) DO NOTHING").Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("store submission: %w", err)
	}
	if n, err := written.RowsAffected(); err != nil || n == 1 {
		return s, err
	}
	stored := new(Submission)
	err = db.NewSelect().Model(stored).
		Where("s.process_id = ? AND s.decision_id = ?", s.ProcessID, s.DecisionID).Scan(ctx)
	if err := found(err, "submission"); err != nil {
		return nil, err
	}
	hash, err := s.hash(stored.ArgsSalt, attachment)
	if err != nil {
		return nil, err
	}
	if stored.ArgsHash != hash {
		return nil, apperr.About(apperr.CodeOtherWords, "submission")
	}
	return stored, nil
}

// SubmissionByID returns a submission.
func SubmissionByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Submission, error) {
	s := new(Submission)
	err := db.NewSelect().Model(s).Where("s.id = ?", id).Scan(ctx)
	return s, found(err, "submission")
}

// MarkSent notes that the process is being told again.
func MarkSent(ctx context.Context, db bun.IDB, id uuid.UUID, now time.Time) error {
	_, err := db.NewUpdate().Model((*Submission)(nil)).Set("sent_at = ?", now).Where("id = ?", id).Exec(ctx)
	return err
}

// Settle writes what came of the submission. The first outcome stands.
func (s *Submission) Settle(ctx context.Context, db bun.IDB, o Outcome) error {
	s.State, s.Outcome, s.SettledAt = o.State, &o, &o.DecidedAt
	_, err := db.NewUpdate().Model(s).Column("state", "outcome", "settled_at").
		WherePK().Where("state = ?", SubmissionReceived).Exec(ctx)
	return err
}

// Unsettled lists submissions received, and last sent, before a time: the sweep tells the process again. Those that have
// waited longest since then come first, so that some that are never settled do not keep others from their turn.
func Unsettled(ctx context.Context, db bun.IDB, before time.Time, limit int64) ([]Submission, error) {
	var all []Submission
	err := db.NewSelect().Model(&all).Where("s.state = ?", SubmissionReceived).
		Where("s.received_at < ?", before).Where("s.sent_at IS NULL OR s.sent_at < ?", before).
		OrderExpr("coalesce(s.sent_at, s.received_at), s.received_at").Limit(limit).Scan(ctx)
	return all, err
}

// UnsettledOf lists the submissions to a process that are not settled, in the order they were received.
func UnsettledOf(ctx context.Context, db bun.IDB, process uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := db.NewSelect().Model((*Submission)(nil)).Column("id").Where("s.process_id = ? AND s.state = ?", process, SubmissionReceived).
		Order("s.received_at", "s.id").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read what is not decided yet: %w", err)
	}
	return ids, nil
}
