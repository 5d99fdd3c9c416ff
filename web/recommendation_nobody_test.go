package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestAStageThatIsJustBeginningSaysSo(t *testing.T) {
	h := newHouse(t)
	rec, err := models.RecommendationByID(t.Context(), h.db, h.brief.ID)
	require.NoError(t, err)
	rec.Enter(models.StageReview, h.server.Now())
	require.NoError(t, rec.Save(t.Context(), h.db, h.server.Now()))
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	page := b.get(recommendationPath(rec.ID)).Body
	require.Contains(t, page, l.T("recommendation.nobody.starting"), "nobody was asked yet")
	require.NotContains(t, page, l.T("recommendation.nobody.moment"))

	task := h.reviewing("expert-02")
	task.Close(models.TaskDone, h.server.Now())
	require.NoError(t, task.Save(t.Context(), h.db))
	require.Contains(t, b.get(recommendationPath(rec.ID)).Body, l.T("recommendation.nobody.moment"))
}
