package models

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Position is where a process stands: all a workflow needs to know what happens next and when. It is read from the
// rows, so that a workflow can begin anywhere.
type Position struct {
	ProcessID uuid.UUID
	Revision  int64 // of the process; a position with a higher one is newer
	Closed    bool

	Stage Stage // of a recommendation
	Held  bool
	Tasks []OpenTask
	Round *RoundPosition

	Translation *TranslationPosition
	SignOff     *SignOffPosition
	Publication *PublicationPosition

	Mailing  *MailingPosition
	FollowUp *FollowUpPosition
}

// OpenTask is a task as a workflow sees it.
type OpenTask struct {
	ID         uuid.UUID
	Kind       TaskKind
	RemindAt   *time.Time
	Reminders  int
	RespondBy  *time.Time
	DueAt      time.Time // when its silence is dealt with, see Task.MissedAt
	GraceUntil time.Time
	Overdue    bool
	Extensions int
	WaitsOut   bool `json:",omitempty"` // an officer gave more time, which is not over
}

// RoundPosition is where a review round stands.
type RoundPosition struct {
	Number    int
	Opened    bool
	Enough    int
	Answered  int  // experts who answered and count
	Asks      bool `json:",omitempty"` // enough is not the end: the officer is asked, by the procedure or because they gave somebody time
	Asked     bool `json:",omitempty"` // and was
	Awaited   int  // experts who may still answer
	ClosingAt *time.Time
	Closed    bool
}

// TranslationPosition is where the translations stand.
type TranslationPosition struct {
	Opened  bool
	Pending int // languages that hold the stage
}

// SignOffPosition is where the sign-off stands.
type SignOffPosition struct {
	Opened    bool
	Met       bool
	Failed    bool
	Resolving bool // the officer is deciding what follows
}

// PublicationPosition is where publication and delivery stand.
type PublicationPosition struct {
	Opened      bool // the officer is asked to publish
	Published   bool
	Undelivered int // authorities of which it is not on record whether they have it
}

// MailingPosition is where a mailing stands.
type MailingPosition struct {
	State  MailingState
	NextAt *time.Time `json:",omitempty"` // while scheduled
	Asks   bool       `json:",omitempty"` // before it leaves
}

// FollowUpPosition is where a follow-up stands.
type FollowUpPosition struct {
	Period int
	AskAt  time.Time
	Asked  bool // progress was asked for in this period
}

// LoadPosition reads where a process stands, all of it as of one moment: rows read at different moments would together
// say what never was.
func LoadPosition(ctx context.Context, db bun.IDB, process uuid.UUID) (pos Position, err error) {
	whole, ok := db.(*bun.DB)
	if !ok {
		return loadPosition(ctx, db, process)
	}
	snapshot := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	err = whole.RunInTx(ctx, snapshot, func(ctx context.Context, tx bun.Tx) error {
		pos, err = loadPosition(ctx, tx, process)
		return err
	})
	return pos, err
}

func loadPosition(ctx context.Context, db bun.IDB, process uuid.UUID) (Position, error) {
	p, err := ProcessByID(ctx, db, process)
	if err != nil {
		return Position{}, err
	}
	r := new(Recommendation)
	if err := db.NewSelect().Model(r).Where("r.id = ?", p.RecommendationID).Scan(ctx); err != nil {
		return Position{}, found(err, "recommendation")
	}
	procedure, err := ProcedureByID(ctx, db, r.ProcedureID)
	if err != nil {
		return Position{}, err
	}
	return PositionOf(ctx, db, p, r, procedure.Document)
}

// PositionOf is LoadPosition for a transaction that holds the process's row and has read what it is about.
func PositionOf(ctx context.Context, db bun.IDB, p *Process, r *Recommendation, procedure ProcedureDocument) (Position, error) {
	pos := Position{ProcessID: p.ID, Revision: p.Revision, Closed: p.ClosedAt != nil}
	if pos.Closed {
		return pos, nil
	}
	tasks, err := Tasks(ctx, db, TaskFilter{Process: p.ID, OpenOnly: true})
	if err != nil {
		return pos, fmt.Errorf("read open tasks: %w", err)
	}
	for _, t := range tasks {
		pos.Tasks = append(pos.Tasks, OpenTask{ID: t.ID, Kind: t.Kind, RemindAt: t.RemindAt, Reminders: t.LadderSteps(), RespondBy: t.RespondBy,
			DueAt: t.DueAt, GraceUntil: t.GraceUntil, Overdue: t.OverdueAt != nil, Extensions: t.Extensions, WaitsOut: t.WaitsOut()})
	}
	pos.Held = p.HeldSince != nil
	switch p.Kind {
	case ProcessRecommendation:
		return pos, pos.loadRecommendation(ctx, db, r, procedure)
	case ProcessMailing:
		return pos, pos.loadMailing(ctx, db)
	default:
		return pos, pos.loadFollowUp(ctx, db)
	}
}

func (pos *Position) loadRecommendation(ctx context.Context, db bun.IDB, r *Recommendation, procedure ProcedureDocument) error {
	pos.Stage, pos.Held = r.Stage, pos.Held || r.Held()
	switch r.Stage {
	case StageReview:
		return pos.loadRound(ctx, db, r, procedure.Review)
	case StageTranslation:
		return pos.loadTranslation(ctx, db, r)
	case StageSignOff:
		return pos.loadSignOff(ctx, db, r, procedure.SignOff)
	case StagePublication:
		pos.loadPublication(r)
	}
	return nil
}

func (pos *Position) loadPublication(r *Recommendation) {
	pos.Publication = &PublicationPosition{Published: r.PublishedAt != nil}
	for _, t := range pos.Tasks {
		switch t.Kind {
		case TaskPublish:
			pos.Publication.Opened = true
		case TaskDeliver:
			pos.Publication.Undelivered++
		}
	}
}

func (pos *Position) loadRound(ctx context.Context, db bun.IDB, r *Recommendation, rules ReviewRules) error {
	round, err := RoundByNumber(ctx, db, r.ID, r.Round)
	if err != nil {
		return err
	}
	pos.Round = &RoundPosition{Number: round.Number, Opened: round.OpenedAt != nil, Enough: round.Enough,
		ClosingAt: round.ClosingAt, Closed: round.ClosedAt != nil,
		Asks: rules.AsksWhenEnough(), Asked: round.EnoughAt != nil}
	pos.Round.Answered, err = round.Answered(ctx, db, rules)
	for _, t := range pos.Tasks {
		if t.Kind == TaskReview || t.Kind == TaskChooseReviewer {
			pos.Round.Awaited++
		}
		pos.Round.Asks = pos.Round.Asks || t.WaitsOut
	}
	return err
}

// IsEnough reports whether the round waits for nobody any more: enough have answered, and the procedure does not leave it to
// the officer, or nobody is left who could.
func (r RoundPosition) IsEnough() bool { return r.Answered >= r.Enough && !r.Asks || r.Awaited == 0 }

// AsksNow reports whether the officer is to be asked whether what was answered is enough.
func (r RoundPosition) AsksNow() bool {
	return r.Asks && !r.Asked && r.Answered >= r.Enough && r.Awaited > 0
}

// Answered counts the experts who answered in the round, without those who were late where late answers do not
// count, and those who were replaced for a conflict of interest.
func (r *ReviewRound) Answered(ctx context.Context, db bun.IDB, rules ReviewRules) (int, error) {
	q := db.NewSelect().Model((*Review)(nil)).Where("recommendation_id = ? AND round = ? AND answer IS NOT NULL", r.RecommendationID, r.Number).
		Where("NOT EXISTS (SELECT 1 FROM review_conflicts AS rc WHERE rc.task_id = rv.task_id AND rc.person_id = rv.person_id AND rc.ruling = ?)", RulingReplaced)
	if rules.LateApart {
		q = q.Where("NOT late")
	}
	n, err := q.Count(ctx)
	return int(n), err
}

func (pos *Position) loadTranslation(ctx context.Context, db bun.IDB, r *Recommendation) error {
	var begun []struct {
		Language string
		State    TranslationState
		Waited   bool
	}
	err := db.NewSelect().Model((*Translation)(nil)).Column("language", "state").
		ColumnExpr("EXISTS (SELECT 1 FROM tasks AS t WHERE t.subject_id = tr.id AND t.state = 'open') AS waited").
		Where("version_id = ?", r.AcceptedVersionID).Scan(ctx, &begun)
	// A language counts as opened while somebody is at it; one left lying by an earlier round is opened again.
	opened := map[string]bool{}
	pos.Translation = &TranslationPosition{Opened: true}
	for _, t := range begun {
		opened[t.Language] = t.State == TranslationApproved || t.Waited
		if t.Waited && (t.State == TranslationOpen || t.State == TranslationSubmitted) {
			pos.Translation.Pending++
		}
	}
	for _, language := range r.TargetLanguages() {
		pos.Translation.Opened = pos.Translation.Opened && opened[language]
	}
	return err
}

func (pos *Position) loadSignOff(ctx context.Context, db bun.IDB, r *Recommendation, rules SignOffRules) error {
	tally, err := tallyUnder(ctx, db, rules, r)
	if err != nil {
		return err
	}
	pos.SignOff = &SignOffPosition{Opened: tally.Asked > 0, Met: tally.Met, Failed: tally.Failed}
	for i := range pos.Tasks {
		t := &pos.Tasks[i]
		pos.SignOff.Resolving = pos.SignOff.Resolving || t.Kind == TaskResolveSignOff
		t.DueAt = Task{Kind: t.Kind, DueAt: t.DueAt, GraceUntil: t.GraceUntil}.MissedAt(rules)
	}
	return nil
}

// TallyOf returns where the sign-off of a recommendation's accepted version stands.
func TallyOf(ctx context.Context, db bun.IDB, r *Recommendation) (SignOffTally, error) {
	procedure, err := ProcedureByID(ctx, db, r.ProcedureID)
	if err != nil {
		return SignOffTally{}, err
	}
	return tallyUnder(ctx, db, procedure.Document.SignOff, r)
}

func tallyUnder(ctx context.Context, db bun.IDB, rules SignOffRules, r *Recommendation) (SignOffTally, error) {
	if r.AcceptedVersionID == nil {
		return SignOffTally{}, nil
	}
	var votes []signOffVote
	err := db.NewSelect().TableExpr("tasks AS t").Join("LEFT JOIN signoffs AS so ON so.task_id = t.id AND so.version_id = t.version_id").
		ColumnExpr("COALESCE(so.answer, '') AS answer, t.overdue_at IS NOT NULL AS overdue").
		Where("t.kind = ? AND t.version_id = ?", TaskSignOff, *r.AcceptedVersionID).Where(currentSignOff).Scan(ctx, &votes)
	if err != nil {
		return SignOffTally{}, fmt.Errorf("read the votes of a sign-off: %w", err)
	}
	return rules.tally(votes), nil
}

func (pos *Position) loadMailing(ctx context.Context, db bun.IDB) error {
	m := new(Mailing)
	err := db.NewSelect().Model(m).Where("ml.id = ?", pos.ProcessID).Scan(ctx)
	pos.Mailing = &MailingPosition{State: m.State, Asks: m.Asks}
	if m.State == MailingScheduled {
		pos.Mailing.NextAt = m.NextAt
	}
	return found(err, "mailing")
}

func (pos *Position) loadFollowUp(ctx context.Context, db bun.IDB) error {
	f := new(FollowUp)
	err := db.NewSelect().Model(f).Where("fu.id = ?", pos.ProcessID).Scan(ctx)
	pos.FollowUp = &FollowUpPosition{Period: f.Period}
	if f.AskAt != nil { // a process begins with a focal point, so that it always is
		pos.FollowUp.AskAt = *f.AskAt
	}
	for _, t := range pos.Tasks {
		pos.FollowUp.Asked = pos.FollowUp.Asked || t.Kind == TaskReportProgress
	}
	return found(err, "followup")
}
