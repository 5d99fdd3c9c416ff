package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// TitlesIn returns the titles of recommendations in a language other than their own: as published, else as the approved
// translation of the accepted text has it. What has none is not among them. Who may read the recommendation is for the
// caller to know.
func TitlesIn(ctx context.Context, db bun.IDB, language string, recommendations []uuid.UUID) (map[uuid.UUID]string, error) {
	titles := map[uuid.UUID]string{}
	if len(recommendations) == 0 {
		return titles, nil
	}
	var rows []struct {
		ID    uuid.UUID
		Title string
	}
	err := db.NewSelect().TableExpr("recommendations AS r").ColumnExpr("r.id, COALESCE(published.title, approved.title) AS title").
		Join("LEFT JOIN publications AS pu ON pu.recommendation_id = r.id").
		Join("LEFT JOIN publication_texts AS published ON published.publication_id = pu.id AND published.language = ?", language).
		Join("LEFT JOIN translations AS approved ON approved.version_id = r.accepted_version_id AND approved.language = ? AND approved.state = ?",
			language, TranslationApproved).
		Where("r.id IN (?) AND r.language <> ?", bun.List(recommendations), language).
		Where("COALESCE(published.title, approved.title, '') <> ''").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read titles in a language: %w", err)
	}
	for _, row := range rows {
		titles[row.ID] = row.Title
	}
	return titles, nil
}
