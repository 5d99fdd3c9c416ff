package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// LostReviewers lists the reviews of a round for which somebody else is to be asked and nobody was: their experts declined, were silent,
// have a conflict for which they are replaced, or were withdrawn by the officer for somebody else, while the round was closing and
// nobody further was asked. Who came in somebody's place, and the question to the officer whom to ask, names that review as its subject.
// They come in the order in which they were lost.
func LostReviewers(ctx context.Context, db bun.IDB, r *ReviewRound) ([]Task, error) {
	var lost []Task
	err := db.NewSelect().Model(&lost).ColumnExpr("t.*").
		Join("LEFT JOIN review_conflicts AS rc ON rc.task_id = t.id AND rc.person_id = t.person_id AND rc.ruling = ?", RulingReplaced).
		Where("t.recommendation_id = ? AND t.round = ? AND t.kind = ?", r.RecommendationID, r.Number, TaskReview).
		Where(`rc.ruled_at IS NOT NULL OR t.state = ? OR t.state = ? AND t.accepted_at IS NULL AND t.overdue_at IS NULL
			OR t.state = ? AND EXISTS (SELECT 1 FROM submissions AS s WHERE s.task_id = t.id AND s.kind = ? AND s.state = ?
				AND (s.payload->>'replace')::boolean)`, TaskDeclined, TaskExpired, TaskCancelled, DecideWithdrawInvitation, SubmissionRecorded).
		Where(`NOT EXISTS (SELECT 1 FROM tasks AS instead WHERE instead.recommendation_id = t.recommendation_id AND instead.round = t.round
			AND instead.subject_id = t.id AND instead.kind IN (?) AND instead.opened_at >= COALESCE(rc.ruled_at, t.closed_at))`,
			bun.List([]TaskKind{TaskReview, TaskChooseReviewer})).
		OrderExpr("COALESCE(rc.ruled_at, t.closed_at), t.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which reviewers were lost: %w", err)
	}
	return lost, nil
}
