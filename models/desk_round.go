package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// RoundAsk is somebody asked in a round: an expert, or an organisation consulted.
type RoundAsk struct {
	Task        `bun:",extend"`
	Name        string     // of the expert; "" for an organisation
	Country     string     // whose calendar they are reminded by
	Answered    *uuid.UUID // the task itself, where an answer is there
	AnsweredAt  *time.Time // when, last
	Late        bool       // it came late
	OpenedFirst *time.Time // when a personal link of whoever has it was opened first, perhaps by a machine
	Until       time.Time  // until when it is to be answered
	InPlace     string     // who was asked in their place; "" for nobody
}

// RoundAsks lists those asked in a round in the order in which they were.
func RoundAsks(ctx context.Context, db bun.IDB, recommendation uuid.UUID, round int) ([]RoundAsk, error) {
	var all []RoundAsk
	err := db.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.*").
		ColumnExpr(answerUntil+" AS until").
		ColumnExpr("COALESCE(person.name, '') AS name, COALESCE(person.country_code, '') AS country").
		ColumnExpr("(SELECT min(o.first_at) FROM link_openings AS o WHERE o.task_id = t.id AND (t.person_id IS NULL OR o.person_id = t.person_id)) AS opened_first").
		ColumnExpr("rv.task_id AS answered, rv.answered_at, COALESCE(rv.late, false) AS late").
		ColumnExpr(`COALESCE((SELECT p.name FROM tasks AS after JOIN people AS p ON p.id = after.person_id
			WHERE after.kind = 'review' AND after.subject_id = t.id ORDER BY after.opened_at LIMIT 1), '') AS in_place`).
		Join("LEFT JOIN people AS person ON person.id = t.person_id").
		Join("LEFT JOIN reviews AS rv ON rv.task_id = t.id").
		Where("t.recommendation_id = ? AND t.round = ? AND t.kind IN (?)", recommendation, round, bun.List([]TaskKind{TaskReview, TaskConsult})).
		Order("t.opened_at", "t.id").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read who was asked in a round: %w", err)
	}
	return all, nil
}
