package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// RoundWaits is a running round that waits for who is in charge, by what its desk asks them besides questions of their own.
type RoundWaits struct {
	RecommendationID uuid.UUID
	Title            string
	Language         string
	Round            int
	Times            int  // requests for more time
	Conflicts        int  // declared conflicts of interest, undecided
	Enough           bool // enough have answered: close it or wait
}

// undecidedThere counts the declared conflicts (alias rc) of a round (alias rr) about which nothing was decided, of those who are asked
// or have answered: see Conflict.Undecided.
const undecidedThere = `(SELECT count(*) FROM review_conflicts AS rc JOIN tasks AS t ON t.id = rc.task_id AND t.person_id = rc.person_id
	WHERE t.recommendation_id = rr.recommendation_id AND t.round = rr.number AND t.state IN (?) AND rc.kind <> ? AND rc.ruling IS NULL)`

// timesAskedThere counts the open requests for more time in a round (alias rr).
const timesAskedThere = `(SELECT count(*) FROM tasks AS t WHERE t.recommendation_id = rr.recommendation_id AND t.round = rr.number
	AND t.kind IN (?) AND t.state = ? AND t.asked_until IS NOT NULL)`

// RoundsWaiting lists the running rounds in a viewer's charge that wait for them, the one due first coming first.
func RoundsWaiting(ctx context.Context, db bun.IDB, v Viewer) ([]RoundWaits, error) {
	if v.PersonID == uuid.Nil || v.LinkTask != uuid.Nil {
		return nil, nil
	}
	var running []struct {
		RoundWaits
		ProcedureID uuid.UUID
		EnoughAt    *time.Time
	}
	err := db.NewSelect().TableExpr("recommendations AS r").
		ColumnExpr("r.id AS recommendation_id, r.title, r.language, r.round, r.procedure_id").
		ColumnExpr("CASE WHEN rr.closing_at IS NULL THEN rr.enough_at END AS enough_at").
		ColumnExpr(timesAskedThere+" AS times", bun.List([]TaskKind{TaskReview, TaskConsult}), TaskOpen).
		ColumnExpr(undecidedThere+" AS conflicts", bun.List([]TaskState{TaskOpen, TaskDone}), ConflictNone).
		Join("JOIN review_rounds AS rr ON rr.recommendation_id = r.id AND rr.number = r.round AND rr.closed_at IS NULL").
		Where("r.stage = ? AND r.held_at IS NULL AND r.quarantined_at IS NULL", StageReview).Apply(inCharge(v.PersonID)).
		OrderExpr("rr.due_at, r.id").Scan(ctx, &running)
	if err != nil {
		return nil, fmt.Errorf("read which rounds wait for who is in charge: %w", err)
	}
	var waiting []RoundWaits
	for _, round := range running {
		w := round.RoundWaits
		if round.EnoughAt != nil {
			if w.Enough, err = enoughAnswered(ctx, db, w.RecommendationID, w.Round, round.ProcedureID); err != nil {
				return nil, err
			}
		}
		if w.Times+w.Conflicts > 0 || w.Enough {
			waiting = append(waiting, w)
		}
	}
	return waiting, nil
}

// enoughAnswered reports whether as many have answered in a round as are enough by its procedure.
func enoughAnswered(ctx context.Context, db bun.IDB, recommendation uuid.UUID, number int, procedure uuid.UUID) (bool, error) {
	round, err := RoundByNumber(ctx, db, recommendation, number)
	if err != nil {
		return false, err
	}
	p, err := ProcedureByID(ctx, db, procedure)
	if err != nil {
		return false, err
	}
	answered, err := round.Answered(ctx, db, p.Document.Review)
	return answered >= round.Enough, err
}
