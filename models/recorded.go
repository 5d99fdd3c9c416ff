package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// RecordedFor names who wrote down the answers to a recommendation's text that others gave by letter, by telephone or in a meeting,
// by the question answered. What somebody sent themselves is not among them.
func RecordedFor(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (map[uuid.UUID]string, error) {
	var rows []struct {
		TaskID uuid.UUID
		Name   string
	}
	err := db.NewSelect().TableExpr("reviews AS rv").ColumnExpr("rv.task_id, recorder.name").
		Join("JOIN submissions AS s ON s.task_id = rv.task_id AND s.decision_id = rv.decision_id AND s.on_behalf_of IS NOT NULL").
		Join("JOIN people AS recorder ON recorder.id = s.actor_id").
		Where("rv.recommendation_id = ?", recommendation).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read who recorded answers for others: %w", err)
	}
	names := make(map[uuid.UUID]string, len(rows))
	for _, row := range rows {
		names[row.TaskID] = row.Name
	}
	return names, nil
}

// OriginalsOf are the originals of the answers to a recommendation's text that stand and were recorded for somebody, by the question
// answered and without their bytes: those that the viewer may read.
func OriginalsOf(ctx context.Context, db bun.IDB, v Viewer, recommendation uuid.UUID) (map[uuid.UUID]Attachment, error) {
	var rows []struct {
		TaskID uuid.UUID
		ID     uuid.UUID
		Name   string
	}
	err := v.original(db.NewSelect().TableExpr("attachments AS a").ColumnExpr("rv.task_id, a.id, a.name").
		Join("JOIN submissions AS said ON said.attachment_id = a.id AND said.on_behalf_of IS NOT NULL").
		Join("JOIN reviews AS rv ON rv.task_id = said.task_id AND rv.decision_id = said.decision_id").
		Where("a.recommendation_id = ? AND a.redacted_at IS NULL", recommendation)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read the originals of answers: %w", err)
	}
	originals := make(map[uuid.UUID]Attachment, len(rows))
	for _, row := range rows {
		originals[row.TaskID] = Attachment{ID: row.ID, RecommendationID: recommendation, Name: row.Name}
	}
	return originals, nil
}
