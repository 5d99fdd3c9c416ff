package web

import (
	"html"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// The journal knows lines of lists, procedures and sources by short keys; people read their names.
func TestTheJournalNamesWhatItKnowsByKeys(t *testing.T) {
	h := newHouse(t)
	by := h.person("coordinator")
	countries, err := models.Countries(t.Context(), h.db)
	require.NoError(t, err)
	procedures, err := models.Procedures(t.Context(), h.db)
	require.NoError(t, err)
	bulgaria := func(tag string) string {
		for _, c := range countries {
			if c.Code == "BG" {
				return c.Names[tag]
			}
		}
		return ""
	}
	for _, e := range []models.JournalEntry{
		{Verb: "countries.changed", ObjectKind: "countries", Facts: map[string]string{"slug": "BG"}},
		{Verb: "languages.added", ObjectKind: "languages", Facts: map[string]string{"slug": "sq"}},
		{Verb: "topics.removed", ObjectKind: "topics", Facts: map[string]string{"slug": "gone-since"}},
		{Verb: "procedure.removed", ObjectKind: "procedure", Facts: map[string]string{"slug": procedures[0].Slug}},
		{Verb: "grant.designated", ObjectKind: "grant", Facts: map[string]string{"slug": "G-17", "country": "BG"}},
		{Verb: "recommendations.imported", ObjectKind: "import", Facts: map[string]string{"slug": "UPR", "created": "1", "rewritten": "0", "unchanged": "0"}},
	} {
		require.NoError(t, models.Journal(t.Context(), h.db, by, time.Now(), e))
	}
	for tag, says := range map[string][]string{
		"en": {"changed the country or territory " + bulgaria("en"), "added the language Albanian", "removed the topic gone-since",
			"removed the procedure " + procedures[0].Names["en"], "how the grant G-17 names " + bulgaria("en"), "others (Universal Periodic Review): new measures 1"},
		"bg": {bulgaria("bg"), "албански", procedures[0].Names["bg"], "Универсален периодичен преглед"},
	} {
		body := html.UnescapeString(plainWords(h.as("coordinator", tag).get(administrationPath + "/journal").Body))
		for _, s := range says {
			require.Contains(t, body, s, tag)
		}
		require.NotContains(t, body, "UPR")
	}
}
