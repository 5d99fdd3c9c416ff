package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
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

// BenchmarkResponsesRendered makes that page of what was read: no database and no network takes part.
func BenchmarkResponsesRendered(b *testing.B) {
	h := newHouse(b)
	h.discussed(25, 20)
	h.exec(`UPDATE review_rounds SET closed_at = now() WHERE recommendation_id = ?`, h.brief.ID)
	h.enter(models.StageDrafting)
	ctx, l := b.Context(), i18n.For("en")
	c := &responsesCase{officerAct: &officerAct{visitor: &visitor{Person: h.person("officer-khc")}, rec: h.brief, form: newFormState(nil)}, round: 1}
	c.filter = models.RemarkFilter{Recommendation: h.brief.ID, As: models.Unmasked(), Round: 1}
	require.NoError(b, c.load(ctx, h.server, l))
	version, err := models.VersionByID(ctx, h.db, c.remarks[0].VersionID)
	require.NoError(b, err)
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, responsesPath(h.brief.ID), nil)
	r.Header.Set("Accept-Encoding", "gzip")
	b.ReportAllocs()
	for b.Loop() {
		v := responsesView{actView: actView{Page: NewPage(r, "T"), formState: c.form, Rec: h.brief}, Round: 1, Filter: NewForm(nil), Outcomes: outcomeOptions(l)}
		v.Blocks, err = c.beside(h.server.Engine, l, version.Body)
		require.NoError(b, err)
		w := httptest.NewRecorder()
		h.server.Engine.Render(w, r, http.StatusOK, "responses", v)
		require.Equal(b, http.StatusOK, w.Code)
	}
}
