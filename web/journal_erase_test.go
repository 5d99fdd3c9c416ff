package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/record"
	"tribuna/models"
)

func TestWordsAreRemovedFromAnEntryOfTheJournal(t *testing.T) {
	h := newHouse(t)
	c, officer := h.as("coordinator", "en"), h.person("officer-khc")
	renamed := officer
	renamed.Name, renamed.Language = "Milena Draganova", "en"
	require.NoError(t, models.Journal(t.Context(), h.db, h.person("coordinator"), time.Now(), models.PersonChanged(officer, renamed)))
	items, err := models.JournalEntries(t.Context(), h.db, models.JournalFilter{Limit: 1})
	require.NoError(t, err)
	path := erasePath(items[0].Seq)
	require.Contains(t, c.get(journalPath).Body, `href="`+path+`"`)
	page := c.get(path)
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, page.Body, "for good", "it says what follows")
	require.Contains(t, page.Body, `value="was[name] now[name]"`)
	form := url.Values{"fields": {"was[name] now[name]"}, "reason": {"Not her name any more."}}
	for _, who := range []string{"officer-khc", "partner-khc", "reader"} {
		b := h.as(who, "en")
		require.Equal(t, http.StatusForbidden, b.get(path).StatusCode, who)
		require.Equal(t, http.StatusForbidden, b.post(path, form).StatusCode, who)
	}
	for name, wrong := range map[string]url.Values{"nothing chosen": {"reason": {"Why."}}, "no reason": {"fields": {"was[name]"}},
		"unknown": {"fields": {"was[nothing]"}, "reason": {"Why."}}} {
		require.Equal(t, http.StatusUnprocessableEntity, c.post(path, wrong).StatusCode, name)
	}
	require.Contains(t, c.get(journalPath).Body, "Milena Draganova")

	require.Equal(t, http.StatusSeeOther, c.post(path, form).StatusCode)
	body := c.get(journalPath).Body
	require.NotContains(t, body, "Milena Draganova")
	require.Contains(t, body, "Name: the words were removed")
	require.Contains(t, body, "removed words from entry")
	require.Contains(t, body, "Not her name any more.")
	require.Equal(t, http.StatusUnprocessableEntity, c.post(path, form).StatusCode, "twice")
	require.NotContains(t, c.get(path).Body, "was[name]", "what is gone is not offered")
	require.Equal(t, http.StatusNotFound, c.get(erasePath(items[0].Seq+1)).StatusCode, "a tombstone")
	require.Equal(t, http.StatusNotFound, c.get(journalPath+"/nonsense/erase").StatusCode)
	chain, err := models.InstallationID(t.Context(), h.db)
	require.NoError(t, err)
	report, err := record.Verify(t.Context(), h.db, chain)
	require.NoError(t, err)
	require.True(t, report.OK(), "%v", report.Faults)
}
