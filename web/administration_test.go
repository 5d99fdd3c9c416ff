package web

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

func TestAdministrationIsForCoordinators(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/administration", "/administration/journal"} {
		require.Equal(t, http.StatusSeeOther, h.public("en").get(path).StatusCode, "nobody is led to signing in")
		require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").get(path).StatusCode)
		require.Equal(t, http.StatusOK, h.as("coordinator", "en").get(path).StatusCode)
	}
	require.NotContains(t, h.as("officer-khc", "en").get("/").Body, `href="/administration"`)
	require.Contains(t, h.as("coordinator", "en").get("/").Body, `href="/administration"`)
}

func TestJournalReadsLikeMinutes(t *testing.T) {
	h := newHouse(t)
	coordinator := h.as("coordinator", "en")
	require.Contains(t, coordinator.get("/administration/journal").Body, "Nothing has been changed yet")
	for range journalPage + 1 {
		require.NoError(t, models.Journal(t.Context(), h.db, h.person("coordinator"), time.Now(), models.JournalEntry{Verb: "organisation.changed",
			ObjectKind: "organisation", Object: demo.ID("organisation", "khc"), Texts: map[string]string{"reason": "They moved."}}))
	}
	first := coordinator.get("/administration/journal")
	require.Contains(t, first.Body, "changed what is known of Know-how Centre Bulgaria")
	require.Contains(t, first.Body, h.person("coordinator").Name)
	require.Contains(t, first.Body, "They moved.")
	require.Contains(t, first.Body, "before=2")
	second := coordinator.get("/administration/journal?before=2")
	require.Contains(t, second.Body, "changed what is known of")
	require.NotContains(t, second.Body, `rel="next"`)
}
