package models

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// The steps of the ribbon, in their order: the stages, and what comes after publication.
const (
	StepDrafting    = "drafting"
	StepReview      = "review"
	StepTranslation = "translation"
	StepSignOff     = "signoff"
	StepPublication = "publication"
	StepCampaign    = "campaign"
	StepFollowUp    = "followup"
)

// RibbonStepState is where a step of the ribbon stands.
type RibbonStepState string

// The states of a step. Several steps may be "now": deliveries, a mailing and the follow-up run side by side.
const (
	RibbonDone    RibbonStepState = "done"
	RibbonNow     RibbonStepState = "now"
	RibbonToCome  RibbonStepState = "to_come"
	RibbonSkipped RibbonStepState = "skipped" // by the procedure, for want of anything to do, or never reached
	RibbonHeld    RibbonStepState = "held"    // now, on hold
	RibbonEnded   RibbonStepState = "ended"   // withdrawn in this step

	RibbonElsewhere RibbonStepState = "elsewhere" // done by those who issued it
)

// RibbonState is where a recommendation stands in its seven steps.
type RibbonState struct {
	Steps     []RibbonStep // always seven, in order
	Withdrawn bool
	Enough    bool // enough have answered in the round, and closing it is for the officer in charge to say
}

// RibbonStep is one step: whom it waits for, without naming people, and until when.
type RibbonStep struct {
	Step    string
	State   RibbonStepState
	Until   *time.Time   // the next deadline, or when something happens next; nil for none
	Ended   *time.Time   // when it was done, where that is known
	Overdue bool         // somebody awaited is late
	Whom    []RibbonWhom // who is awaited, by kind of task
}

// RibbonWhom counts the open tasks of one kind in a step.
type RibbonWhom struct {
	Kind         TaskKind
	Count        int
	Organisation string   // where one organisation alone is awaited, its name
	Concerned    []string // and who of it, where it is a voting unit
}

// RibbonOf returns where a recommendation stands. It holds nothing confidential: counts, organisations, instants.
func RibbonOf(ctx context.Context, db bun.IDB, r *Recommendation, now time.Time) (RibbonState, error) {
	b := &ribbonBuilder{db: db, r: r, now: now}
	if err := b.load(ctx); err != nil {
		return RibbonState{}, fmt.Errorf("read where a recommendation stands: %w", err)
	}
	return b.build(), nil
}

// ribbonBuilder collects what the steps are told from.
type ribbonBuilder struct {
	db  bun.IDB
	r   *Recommendation
	now time.Time

	procedure   ProcedureDocument
	round       *ReviewRound // the newest; nil before the first
	open        []ribbonTask
	translated  int // translations begun for the accepted version
	askedToSign int
	mailings    map[MailingState]int
	enough      bool // of RibbonState
	followUps   struct {
		Open, Ended int
		AskAt       *time.Time
	}
}

// ribbonTask is an open task as far as the ribbon needs it.
type ribbonTask struct {
	Kind         TaskKind
	DueAt        time.Time
	Overdue      bool
	Organisation string
	Concerned    []string `bun:",array"`
}

var stepOfTask = map[TaskKind]string{
	TaskReview: StepReview, TaskConsult: StepReview, TaskChooseReviewer: StepReview, TaskDecideReview: StepReview,
	TaskAssignTranslator: StepTranslation, TaskTranslate: StepTranslation, TaskApproveTranslation: StepTranslation,
	TaskSignOff: StepSignOff, TaskResolveSignOff: StepSignOff,
	TaskPublish: StepPublication, TaskDeliver: StepPublication,
	TaskDecideMailing: StepCampaign, TaskReportProgress: StepFollowUp,
}

func (b *ribbonBuilder) load(ctx context.Context) error {
	procedure, err := ProcedureByID(ctx, b.db, b.r.ProcedureID)
	if err != nil {
		return err
	}
	b.procedure = procedure.Document
	rounds, err := Rounds(ctx, b.db, b.r.ID)
	if err != nil {
		return err
	}
	if len(rounds) > 0 {
		b.round = &rounds[0]
	}
	for _, read := range []func(context.Context) error{b.loadTasks, b.loadEnough, b.loadCounts, b.loadMailings, b.loadFollowUps} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *ribbonBuilder) loadTasks(ctx context.Context) error {
	return b.db.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.kind, t.due_at, COALESCE(o.name, '') AS organisation").
		ColumnExpr(isOverdue+" AS overdue", b.now).ColumnExpr(unitConcerned+" AS concerned").
		Join("JOIN recommendations AS r ON r.id = t.recommendation_id").
		Join("JOIN processes AS p ON p.id = t.process_id").
		Join("LEFT JOIN organisations AS o ON o.id = t.organisation_id").
		Where("t.recommendation_id = ? AND t.state = ? AND t.kind <> ?", b.r.ID, TaskOpen, TaskEscalation).
		Order("t.due_at", "t.id").Scan(ctx, &b.open)
}

func (b *ribbonBuilder) loadEnough(ctx context.Context) error {
	r := b.round
	if r == nil || b.r.Stage != StageReview || r.EnoughAt == nil || r.ClosingAt != nil || r.ClosedAt != nil {
		return nil
	}
	answered, err := r.Answered(ctx, b.db, b.procedure.Review)
	b.enough = answered >= r.Enough
	return err
}

func (b *ribbonBuilder) loadCounts(ctx context.Context) error {
	if b.r.AcceptedVersionID == nil {
		return nil
	}
	translated, err := b.db.NewSelect().Model((*Translation)(nil)).Where("version_id = ?", *b.r.AcceptedVersionID).Count(ctx)
	if err != nil {
		return err
	}
	asked, err := b.db.NewSelect().Model((*Task)(nil)).Where("version_id = ? AND kind = ?", *b.r.AcceptedVersionID, TaskSignOff).Count(ctx)
	b.translated, b.askedToSign = int(translated), int(asked)
	return err
}

func (b *ribbonBuilder) loadMailings(ctx context.Context) error {
	var rows []struct {
		State MailingState
		N     int
	}
	err := b.db.NewSelect().TableExpr("mailings").ColumnExpr("state, count(*) AS n").
		Where("recommendation_id = ?", b.r.ID).GroupExpr("state").Scan(ctx, &rows)
	b.mailings = map[MailingState]int{}
	for _, row := range rows {
		b.mailings[row.State] = row.N
	}
	return err
}

func (b *ribbonBuilder) loadFollowUps(ctx context.Context) error {
	return b.db.NewSelect().TableExpr("followups").
		ColumnExpr("count(*) FILTER (WHERE ended_at IS NULL) AS open, count(*) FILTER (WHERE ended_at IS NOT NULL) AS ended").
		ColumnExpr("min(ask_at) FILTER (WHERE ended_at IS NULL) AS ask_at").
		Where("recommendation_id = ?", b.r.ID).Scan(ctx, &b.followUps)
}
