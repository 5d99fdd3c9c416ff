package margin

import (
	"context"

	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/internal/word"
	"tribuna/models"
)

// Read reads a Word file as an answer about a version of a recommendation.
func Read(ctx context.Context, db bun.IDB, with *word.Converter, l *i18n.Localizer, rec *models.Recommendation, version *models.Version, file []byte) (*Found, error) {
	given, err := word.VersionDocument(ctx, db, rec, version)
	if err != nil {
		return nil, err
	}
	marked, err := with.ReadMarked(ctx, file)
	if err != nil {
		return nil, err
	}
	return Place(l, marked, version.Body, given)
}
