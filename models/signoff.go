package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
)

// Answers an organisation can give.
const (
	SignOffApprove              = "approve"
	SignOffApproveWithCondition = "approve_with_condition" // the reason is the condition
	SignOffAbstain              = "abstain"
	SignOffOutsideMandate       = "outside_mandate"
	SignOffDoNotCosign          = "do_not_cosign"
)

// SignOffApprovals are the answers that count as an approval and put the organisation's name under the text.
var SignOffApprovals = []string{SignOffApprove, SignOffApproveWithCondition}

// What the officer can decide when the rule is not met.
const (
	ResolvePublish  = "publish" // publish in the name of those who approved
	ResolveRevise   = "revise"  // back to drafting
	ResolveWithdraw = "withdraw"
)

// SignOff is an organisation's answer, in its name.
type SignOff struct {
	bun.BaseModel `bun:"table:signoffs,alias:so"`

	TaskID           uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	VersionID        uuid.UUID
	OrganisationID   uuid.UUID  // the voting unit
	SpokenBy         *uuid.UUID `bun:",type:uuid"` // the organisation of the unit that spoke for it; nil: not known any more
	PersonID         uuid.UUID
	Answer           string
	Reason           string
	WrittenIn        string // language of the reason; "" where nobody said
	DecisionID       string
	AnsweredAt       time.Time

	Speaker string `bun:",scanonly"` // name of the organisation that spoke for the unit; "" where it is not known
}

// Approves reports whether the answer counts as an approval, with a condition or without.
func (s SignOff) Approves() bool { return slices.Contains(SignOffApprovals, s.Answer) }

// SignOffPayload is an organisation's answer. A reason is required for every answer but plain approval.
type SignOffPayload struct {
	VersionHash string `json:"version_hash" validate:"required,len=64"`
	Answer      string `json:"answer" validate:"required,oneof=approve approve_with_condition abstain outside_mandate do_not_cosign"`
	Reason      string `json:"reason" validate:"required_unless=Answer approve,max=8000"`
	Written
}

// ResolveSignOffPayload is the officer's decision when the rule is not met.
type ResolveSignOffPayload struct {
	Decision string `json:"decision" validate:"required,oneof=publish revise withdraw"`
	Reason   string `json:"reason" validate:"required,max=8000"`
	Written
}

// SignOffTally is where a sign-off stands under its rule.
type SignOffTally struct {
	Asked, Answered, Approved, Abstained, Outside, Declined, Silent int
	Conditional                                                     int  // of those approved, with a condition
	Met                                                             bool // the rule is met and nothing is awaited that could change it
	Failed                                                          bool // the rule can no longer be met
	NeededAnswers                                                   int  // answers still needed for the quorum
	NeededApprovals                                                 int  // approvals still needed
}

// Tally applies the rule to what was asked and answered. A silent unit (its deadline passed) counts as the rule says.
func (r SignOffRules) Tally(tasks []Task, answers []SignOff) SignOffTally {
	by := map[uuid.UUID]string{}
	for _, a := range answers {
		by[a.TaskID] = a.Answer
	}
	var votes []signOffVote
	for _, task := range tasks {
		votes = append(votes, signOffVote{by[task.ID], task.OverdueAt != nil})
	}
	return r.tally(votes)
}

// signOffVote is what the rule looks at of a unit that was asked: its answer, "" where it gave none, and whether its deadline
// has passed.
type signOffVote struct {
	Answer  string
	Overdue bool
}

func (r SignOffRules) tally(votes []signOffVote) SignOffTally {
	t := SignOffTally{Asked: len(votes)}
	for _, v := range votes {
		t.count(v, r.Silence)
	}
	t.judge(r)
	return t
}

func (t *SignOffTally) count(v signOffVote, silence string) {
	answer := v.Answer
	if answer == "" && v.Overdue {
		switch silence {
		case SilenceAbstains:
			t.Silent++
			answer = SignOffAbstain
		case SilenceApproves:
			t.Silent++
			answer = SignOffApprove
		}
	}
	if answer != "" {
		t.Answered++
	}
	switch answer {
	case SignOffApprove:
		t.Approved++
	case SignOffApproveWithCondition:
		t.Approved++
		t.Conditional++
	case SignOffAbstain:
		t.Abstained++
	case SignOffOutsideMandate:
		t.Outside++
	case SignOffDoNotCosign:
		t.Declined++
	}
}

// judge decides only when everybody answered or was silent: a partner asked is a partner heard.
func (t *SignOffTally) judge(r SignOffRules) {
	quorum := min(r.Quorum, t.Asked)
	t.NeededAnswers = max(0, quorum-t.Answered)
	open := t.Asked - t.Answered
	fits := t.Answered >= quorum
	switch r.Rule {
	case SignOffAll:
		t.NeededApprovals = max(0, t.Asked-t.Outside-t.Approved)
		fits = fits && t.NeededApprovals == 0 && t.Approved > 0
		t.Failed = t.Declined+t.Abstained > 0
	case SignOffMajority:
		t.NeededApprovals = max(0, t.Declined+1-t.Approved)
		fits = fits && t.Approved > t.Declined
		t.Failed = t.Approved+open <= t.Declined
	case SignOffNoObjection:
		fits = fits && t.Declined == 0 && t.Approved > 0
		t.NeededApprovals = max(0, 1-t.Approved)
		t.Failed = t.Declined > 0
	}
	t.Met = fits && open == 0
	t.Failed = t.Failed || (open == 0 && !fits)
}

// TakenBackBy reports whether somebody may take the answer back: who gave it, and who speaks for the organisation that did. Its sisters
// answer in its place instead.
func (s SignOff) TakenBackBy(a access.Actor) bool {
	if s.PersonID == a.PersonID || s.SpokenBy == nil {
		return s.PersonID == a.PersonID
	}
	return access.Can(a, access.SignOff, access.Object{TaskID: s.TaskID, TaskOrganisations: []uuid.UUID{*s.SpokenBy}}) == nil
}

// Put writes an answer, in the place of the one given before.
func (s *SignOff) Put(ctx context.Context, tx bun.IDB) error {
	_, err := tx.NewInsert().Model(s).On("CONFLICT (task_id) DO UPDATE").
		Set("answer = EXCLUDED.answer").Set("reason = EXCLUDED.reason").Set("person_id = EXCLUDED.person_id").
		Set("spoken_by = EXCLUDED.spoken_by").Set("written_in = EXCLUDED.written_in").
		Set("decision_id = EXCLUDED.decision_id").Set("answered_at = EXCLUDED.answered_at").Exec(ctx)
	return err
}

// Remove takes an answer away: it counts and is read nowhere any more. The record and the submission by which it came keep the words.
func (s *SignOff) Remove(ctx context.Context, tx bun.IDB) error {
	if _, err := tx.NewDelete().Model(s).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("remove an answer to a sign-off: %w", err)
	}
	return nil
}

// SignOffByTask returns what was answered to a task, with who spoke.
func SignOffByTask(ctx context.Context, db bun.IDB, task uuid.UUID) (*SignOff, error) {
	s := new(SignOff)
	err := db.NewSelect().Model(s).ColumnExpr("so.*, COALESCE(speaker.name, '') AS speaker").
		Join("LEFT JOIN organisations AS speaker ON speaker.id = so.spoken_by").
		Where("so.task_id = ?", task).Scan(ctx)
	return s, found(err, "answer")
}

// currentSignOff keeps the tasks (alias t) of the sign-off that counts: a version that comes back unchanged from another
// review round is signed off anew.
const currentSignOff = `t.state <> 'cancelled' AND t.round = (SELECT r.round FROM recommendations AS r WHERE r.id = t.recommendation_id)`

// SignOffs lists the answers that count on a version.
func SignOffs(ctx context.Context, db bun.IDB, version uuid.UUID) ([]SignOff, error) {
	var all []SignOff
	err := db.NewSelect().Model(&all).ColumnExpr("so.*, COALESCE(speaker.name, '') AS speaker").
		Join("JOIN tasks AS t ON t.id = so.task_id").Where(currentSignOff).
		Join("LEFT JOIN organisations AS speaker ON speaker.id = so.spoken_by").
		Where("so.version_id = ?", version).Order("so.answered_at").Scan(ctx)
	return all, err
}

// SignOffTasks lists the sign-off tasks of a version that count, whatever came of them but cancellation.
func SignOffTasks(ctx context.Context, db bun.IDB, version uuid.UUID) ([]Task, error) {
	var all []Task
	err := db.NewSelect().Model(&all).Where("t.kind = ? AND t.version_id = ?", TaskSignOff, version).
		Where(currentSignOff).Order("t.opened_at", "t.id").Scan(ctx)
	return all, err
}
