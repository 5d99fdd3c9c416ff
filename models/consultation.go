package models

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Consultation is who of the partners consulted in a round has commented.
type Consultation struct {
	Commented, Awaited, Silent []AskedUnit // Silent: their time is over
	Due                        time.Time   // by when the last of those awaited are asked to comment
	Until                      time.Time   // until when they still can, late
}

// Asked counts the partners consulted.
func (c Consultation) Asked() int { return len(c.Commented) + len(c.Awaited) + len(c.Silent) }

// ConsultationOf returns where the consultation of a round stands.
func ConsultationOf(ctx context.Context, db bun.IDB, round *ReviewRound) (Consultation, error) {
	var c Consultation
	tasks, err := Tasks(ctx, db, TaskFilter{Recommendation: round.RecommendationID, Kinds: []TaskKind{TaskConsult}})
	if err != nil {
		return c, err
	}
	units, err := AskedUnits(ctx, db, round.RecommendationID)
	if err != nil {
		return c, err
	}
	for _, t := range tasks {
		unit := units[t.ID]
		switch {
		case t.Round != round.Number:
		case t.State == TaskDone:
			c.Commented = append(c.Commented, unit)
		case t.State == TaskOpen:
			c.Awaited = append(c.Awaited, unit)
			if t.DueAt.After(c.Due) {
				c.Due = t.DueAt
			}
			if t.GraceUntil.After(c.Until) {
				c.Until = t.GraceUntil
			}
		default:
			c.Silent = append(c.Silent, unit)
		}
	}
	return c, nil
}
