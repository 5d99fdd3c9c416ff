package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/record"
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
	require.Contains(t, withoutLinks.ReplaceAllString(first.Body, ""), "changed what is known of Know-how Centre Bulgaria")
	require.Contains(t, first.Body, h.person("coordinator").Name)
	require.Contains(t, first.Body, "They moved.")
	require.Contains(t, first.Body, "before=2")
	second := coordinator.get("/administration/journal?before=2")
	require.Contains(t, second.Body, "changed what is known of")
	require.NotContains(t, second.Body, `rel="next"`)
}

func TestJournalIsNarrowedToAPartAndAPerson(t *testing.T) {
	h := newHouse(t)
	c, khc := h.as("coordinator", "en"), demo.ID("organisation", "khc")
	officer, partner := h.person("officer-khc"), h.person("partner-khc")
	note := func(by models.Person, e models.JournalEntry) {
		require.NoError(t, models.Journal(t.Context(), h.db, by, time.Now(), e))
	}
	o, err := models.OrganisationByID(t.Context(), h.db, khc)
	require.NoError(t, err)
	moved := o
	moved.Countries = []string{"BG", "RO"}
	note(h.person("coordinator"), models.OrganisationChanged(o, moved))
	renamed := officer
	renamed.Name, renamed.Language = "Milena Draganova", "en"
	note(h.person("coordinator"), models.PersonChanged(officer, renamed))
	note(partner, models.JournalEntry{Verb: "person.accepted", ObjectKind: "person", Object: partner.Pseudonym})
	const organisation, person, accepted = "Countries covered: Bulgaria → Bulgaria and Romania", "Written to in: Bulgarian → English", "took up the invitation"
	for query, want := range map[string][3]bool{
		"": {true, true, true}, "?area=organisations": {true, false, false}, "?area=people": {false, true, true}, "?area=nonsense": {true, true, true},
		"?person=" + officer.ID.String(): {false, true, false}, "?person=" + partner.ID.String(): {false, false, true},
		"?area=organisations&person=" + officer.ID.String(): {}, "?person=" + h.person("coordinator").ID.String(): {true, true, false},
	} {
		body := withoutLinks.ReplaceAllString(c.get(journalPath+query).Body, "")
		got := [3]bool{strings.Contains(body, organisation), strings.Contains(body, person), strings.Contains(body, accepted)}
		require.Equal(t, want, got, query)
	}
	whole := c.get(journalPath).Body
	require.Contains(t, whole, `href="`+organisationPath(khc)+`"`, "what was changed is one click away")
	require.Contains(t, whole, `href="`+personPath(officer.ID)+`"`)
	report, err := models.InstallationID(t.Context(), h.db)
	require.NoError(t, err)
	checked, err := record.Verify(t.Context(), h.db, report)
	require.NoError(t, err)
	require.Empty(t, checked.Faults)
}
