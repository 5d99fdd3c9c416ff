package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// answeredBefore says in SQL that a question (alias earlier) asked the same of the same as another (alias t) in a round before that one, and
// that somebody answered it themselves: what a colleague said in their organisation's name is not theirs.
const answeredBefore = `earlier.recommendation_id = t.recommendation_id AND earlier.round < t.round
	AND t.kind IN ('review', 'consult') AND earlier.kind = t.kind
	AND earlier.person_id IS NOT DISTINCT FROM t.person_id AND earlier.organisation_id IS NOT DISTINCT FROM t.organisation_id
	AND EXISTS (SELECT 1 FROM reviews AS said WHERE said.task_id = earlier.id AND said.person_id = ?)`

// EarlierAnswers lists the questions of rounds before that of a question in which somebody answered the same, newest first: their own, and
// nobody else's. A personal link opens one question, and these are read by it as well.
func EarlierAnswers(ctx context.Context, db bun.IDB, task, person uuid.UUID) ([]Task, error) {
	var all []Task
	err := db.NewSelect().TableExpr("tasks AS earlier").ColumnExpr("earlier.*").Join("JOIN tasks AS t ON t.id = ?", task).
		Where(answeredBefore, person).Order("earlier.round DESC", "earlier.id").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read what somebody answered in rounds before: %w", err)
	}
	return all, nil
}

// VersionBefore returns the text that was sent out in the round before that of a question; it is not found in a first round.
func VersionBefore(ctx context.Context, db bun.IDB, t *Task) (*Version, error) {
	v := new(Version)
	err := db.NewSelect().Model(v).Join("JOIN review_rounds AS before ON before.version_id = v.id").
		Where("before.recommendation_id = ? AND before.number = ?", t.RecommendationID, t.Round-1).Scan(ctx)
	return v, found(err, "version")
}
