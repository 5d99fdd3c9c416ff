package models

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// ProcessKind is what a process drives.
type ProcessKind string

// The kinds of process. Each has a workflow of that name.
const (
	ProcessRecommendation ProcessKind = "recommendation"
	ProcessMailing        ProcessKind = "mailing"
	ProcessFollowUp       ProcessKind = "followup"
)

// Process is the row behind one workflow. Its id is that of the recommendation, mailing or follow-up it drives.
// Whether it is over is what ClosedAt says, whatever Temporal remembers.
type Process struct {
	bun.BaseModel `bun:"table:processes,alias:p"`

	ID               uuid.UUID `bun:",pk"`
	Kind             ProcessKind
	RecommendationID uuid.UUID
	Revision         int64
	CreatedAt        time.Time
	StartedAt        *time.Time
	CheckedAt        *time.Time
	ExaminedAt       *time.Time
	HeldSince        *time.Time // stands still since: its text is hidden
	ClosedAt         *time.Time
}

// WorkflowID is the id of the process's workflow: the kind and the subject's id, no person's data.
func (p Process) WorkflowID() string { return string(p.Kind) + ":" + p.ID.String() }

// StandsStill reports whether nothing falls due in the process: its text is hidden, or on hold, which stops what comes before
// publication only.
func (p Process) StandsStill(r *Recommendation) bool {
	return p.HeldSince != nil || (r.Held() && p.Kind == ProcessRecommendation)
}

// OpenProcess writes the row of a new process. The workflow is started after the transaction; where that fails the
// sweep does it. About a text that is hidden it stands still from the beginning.
func OpenProcess(ctx context.Context, db bun.IDB, kind ProcessKind, id, recommendation uuid.UUID, now time.Time) error {
	_, err := db.NewInsert().
		Model(&Process{ID: id, Kind: kind, RecommendationID: recommendation, CreatedAt: now}).
		Value("held_since", "(SELECT hidden.quarantined_at FROM recommendations AS hidden WHERE hidden.id = ? AND ? <> ?)", recommendation, kind, ProcessMailing).
		On("CONFLICT (id) DO NOTHING").Exec(ctx)
	return err
}

// ProcessByID returns a process.
func ProcessByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Process, error) {
	p := new(Process)
	err := db.NewSelect().Model(p).Where("p.id = ?", id).Scan(ctx)
	return p, found(err, "process")
}

// LockProcess returns a process and holds its row until the transaction ends: decisions of one process are taken one
// after the other.
func LockProcess(ctx context.Context, db bun.IDB, id uuid.UUID) (*Process, error) {
	p := new(Process)
	err := db.NewSelect().Model(p).Where("p.id = ?", id).For("UPDATE").Scan(ctx)
	return p, found(err, "process")
}

// OpenProcesses lists the processes that are not over, those not made sure of for longest first; limit 0 lists all.
func OpenProcesses(ctx context.Context, db bun.IDB, limit int64) ([]Process, error) {
	var all []Process
	q := db.NewSelect().Model(&all).Where("p.closed_at IS NULL").OrderExpr("p.checked_at NULLS FIRST, p.created_at, p.id")
	if limit > 0 {
		q = q.Limit(limit)
	}
	err := q.Scan(ctx)
	return all, err
}

// MarkStarted notes that Temporal confirmed that the process runs.
func MarkStarted(ctx context.Context, db bun.IDB, id uuid.UUID, now time.Time) error {
	_, err := db.NewUpdate().Model((*Process)(nil)).Set("started_at = coalesce(started_at, ?)", now).Set("checked_at = ?", now).
		Where("id = ?", id).Exec(ctx)
	return err
}

// Save writes what a decision changed: the revision goes up by one, and the end stays once it is set.
func (p *Process) Save(ctx context.Context, db bun.IDB) error {
	p.Revision++
	_, err := db.NewUpdate().Model(p).Column("revision", "closed_at", "held_since").WherePK().Exec(ctx)
	return err
}

// ClosedProcesses lists the processes that ended since a time, newest first.
func ClosedProcesses(ctx context.Context, db bun.IDB, since time.Time) ([]Process, error) {
	var all []Process
	err := db.NewSelect().Model(&all).Where("p.closed_at >= ?", since).Order("p.closed_at DESC", "p.id").Scan(ctx)
	return all, err
}

// UnexaminedProcesses lists open processes that began before a time and were not looked at since another, those not
// looked at for longest first.
func UnexaminedProcesses(ctx context.Context, db bun.IDB, begun, since time.Time, limit int64) ([]Process, error) {
	var all []Process
	err := db.NewSelect().Model(&all).Where("p.closed_at IS NULL").Where("p.created_at < ?", begun).
		Where("p.examined_at IS NULL OR p.examined_at < ?", since).OrderExpr("p.examined_at NULLS FIRST, p.id").Limit(limit).Scan(ctx)
	return all, err
}

// ProcessSubject is what a process is about, for those who look after all of them.
type ProcessSubject struct {
	ID               uuid.UUID
	Kind             ProcessKind
	RecommendationID uuid.UUID
	Title            string
	Language         string // of the title
}

// ProcessSubjects returns what processes are about, by their ids.
func ProcessSubjects(ctx context.Context, db bun.IDB, ids []uuid.UUID) (map[uuid.UUID]ProcessSubject, error) {
	subjects := make(map[uuid.UUID]ProcessSubject, len(ids))
	if len(ids) == 0 {
		return subjects, nil
	}
	var all []ProcessSubject
	err := db.NewSelect().TableExpr("processes AS p").ColumnExpr("p.id, p.kind, p.recommendation_id, r.title, r.language").
		Join("JOIN recommendations AS r ON r.id = p.recommendation_id").Where("p.id IN (?)", bun.List(ids)).Scan(ctx, &all)
	for _, s := range all {
		subjects[s.ID] = s
	}
	return subjects, err
}
