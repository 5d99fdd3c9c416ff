package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// BenchmarkResponsesOfficer reads the page on which the officer answers the 500 comments of a round that is closed.
func BenchmarkResponsesOfficer(b *testing.B) {
	h := newHouse(b)
	h.discussed(25, 20)
	h.exec(`UPDATE review_rounds SET closed_at = now() WHERE recommendation_id = ?`, h.brief.ID)
	h.enter(models.StageDrafting)
	officer, path := h.as("officer-khc", "en"), responsesPath(h.brief.ID)
	page := officer.get(path)
	require.Equal(b, http.StatusOK, page.StatusCode)
	require.Len(b, picks(page.Body), 500)
	b.SetBytes(int64(len(page.Body)))
	b.ReportAllocs()
	for b.Loop() {
		officer.get(path)
	}
}
