package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// DecisionKind is what is decided. The payload struct of each stands in the file of its concept.
type DecisionKind string

// What people decide. What a process decides by itself has kinds of its own in package activities.
const (
	DecideStartReview        DecisionKind = "start_review"
	DecideAcceptTask         DecisionKind = "accept_task"
	DecideDeclineTask        DecisionKind = "decline_task"
	DecideAnswerReview       DecisionKind = "answer_review"
	DecideAnswerConsultation DecisionKind = "answer_consultation"
	DecideTakeBack           DecisionKind = "take_back"
	DecideInviteReviewer     DecisionKind = "invite_reviewer"
	DecideSkipReviewer       DecisionKind = "skip_reviewer"
	DecideAskTime            DecisionKind = "ask_time"
	DecideTakeTimeBack       DecisionKind = "take_time_back"
	DecideExtendReview       DecisionKind = "extend_review"
	DecideRefuseTime         DecisionKind = "refuse_time"
	DecideNudgeReview        DecisionKind = "nudge_review"
	DecideWithdrawInvitation DecisionKind = "withdraw_invitation"
	DecideCloseReview        DecisionKind = "close_review"
	DecideDeclareConflict    DecisionKind = "declare_conflict"
	DecideRuleConflict       DecisionKind = "rule_conflict"
	DecideReview             DecisionKind = "decide_review"
	DecideAssignTranslator   DecisionKind = "assign_translator"
	DecideSubmitTranslation  DecisionKind = "submit_translation"
	DecideApproveTranslation DecisionKind = "approve_translation"
	DecideReturnTranslation  DecisionKind = "return_translation"
	DecideAnswerSignOff      DecisionKind = "answer_signoff"
	DecideResolveSignOff     DecisionKind = "resolve_signoff"
	DecidePublish            DecisionKind = "publish"
	DecideRecordDelivery     DecisionKind = "record_delivery"
	DecideHold               DecisionKind = "hold"
	DecideResume             DecisionKind = "resume"
	DecideWithdraw           DecisionKind = "withdraw"
	DecideLaunchMailing      DecisionKind = "launch_mailing"
	DecidePauseMailing       DecisionKind = "pause_mailing"
	DecideResumeMailing      DecisionKind = "resume_mailing"
	DecideCancelMailing      DecisionKind = "cancel_mailing"
	DecideMoveMailing        DecisionKind = "move_mailing"
	DecideReviseMailing      DecisionKind = "revise_mailing"
	DecideReportProgress     DecisionKind = "report_progress"
	DecideEndFollowUp        DecisionKind = "end_followup"
	DecideRemindLate         DecisionKind = "remind_late"
	DecideExtendLate         DecisionKind = "extend_late"
	DecideLeaveLate          DecisionKind = "leave_late"
	DecideHandOver           DecisionKind = "hand_over"
	DecideRelease            DecisionKind = "release"
)

// NoPayload is the payload of decisions that say all by their kind.
type NoPayload struct{}

// ReasonPayload is the payload of decisions that need a reason and nothing else.
type ReasonPayload struct {
	Reason string `json:"reason" validate:"required,max=4000"`
	Written
}

// Decision is something decided, once: unique by process and decision id.
type Decision struct {
	bun.BaseModel `bun:"table:decisions,alias:d"`

	ProcessID  uuid.UUID `bun:",pk"`
	DecisionID string    `bun:",pk"`
	Kind       string
	ArgsHash   string
	Result     json.RawMessage `bun:"type:jsonb"`
	RecordSeq  *int64
	DecidedAt  time.Time
}

// DecisionMade returns what was decided under an id, or nil.
func DecisionMade(ctx context.Context, db bun.IDB, process uuid.UUID, decisionID string) (*Decision, error) {
	d := new(Decision)
	err := db.NewSelect().Model(d).Where("d.process_id = ? AND d.decision_id = ?", process, decisionID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return d, err
}

// Insert writes the decision; a second one under the same id violates the primary key.
func (d *Decision) Insert(ctx context.Context, db bun.IDB) error {
	_, err := db.NewInsert().Model(d).Exec(ctx)
	return err
}
