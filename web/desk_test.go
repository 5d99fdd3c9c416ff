package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestReportedTextStandsFirstOnTheCoordinatorsDesk until it is settled, with where to deal with it; nobody else is told.
func TestReportedTextStandsFirstOnTheCoordinatorsDesk(t *testing.T) {
	h := newHouse(t)
	h.nothingRuns()
	h.makePublic()
	words := i18n.For("en")
	for range 2 {
		sent := h.public("en").post(recommendationPath(h.brief.ID)+"/report", url.Values{"kind": {"child"}, "reason": {"The last paragraph."}})
		require.Equal(t, http.StatusSeeOther, sent.StatusCode)
	}
	coordinator := h.as("coordinator", "en")
	steward := reportsPath + "/" + h.brief.ID.String()
	desk := coordinator.get("/").Body
	require.Contains(t, desk, `href="`+steward+`"`)
	require.Contains(t, desk, words.T("report.kind.child"))
	require.Contains(t, desk, words.T("reports.readable"))
	require.Contains(t, desk, words.N("home.reports", 2, "Since", words.Date(time.Now(), time.UTC))[:9], "two reports of one text are one thing to do")
	require.Equal(t, 1, onTheDesk(t, desk))
	require.NotContains(t, desk, "The last paragraph.", "what is said stays where it is dealt with")
	require.Equal(t, http.StatusSeeOther, coordinator.post(steward+"/quarantine", url.Values{}).StatusCode)
	require.Contains(t, coordinator.get("/").Body, words.T("reports.hidden"))
	require.NotContains(t, h.as("officer-khc", "en").get("/").Body, steward)

	open, err := models.OpenReports(t.Context(), h.db)
	require.NoError(t, err)
	for _, report := range open {
		coordinator.post(steward+"/settle", url.Values{"report": {report.ID.String()}, "outcome": {"removed"}})
	}
	require.NotContains(t, coordinator.get("/").Body, steward)
	for _, tag := range i18n.Tags() {
		sound(t, h.as("coordinator", tag).get("/"))
	}
}

var navCount = regexp.MustCompile(`<span class="count">(\d+)`)

// onTheDesk is how many things a page's frame says that wait for its reader.
func onTheDesk(t *testing.T, body string) int {
	t.Helper()
	m := navCount.FindStringSubmatch(body)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	require.NoError(t, err)
	return n
}

// TestPersonPageCountsAsTheirOwnDeskDoes: personal questions, those of their organisation and of the unit that shares its
// vote, reports, and what is hidden, which waits for coordinators alone.
func TestPersonPageCountsAsTheirOwnDeskDoes(t *testing.T) {
	h := newHouse(t)
	h.nothingRuns()
	h.makePublic()
	h.ask(models.TaskDecideReview, h.person("officer-khc").ID)
	h.ask(models.TaskEscalation, h.person("coordinator").ID)
	for _, alone := range []bool{true, false} {
		q := h.ask(models.TaskSignOff, h.person("officer-tdh").ID)
		lead, err := models.RolesHeld(t.Context(), h.db, h.person("officer-tdh").ID)
		require.NoError(t, err)
		q.PersonID, q.OrganisationID, q.Alone = nil, &lead[0].OrganisationID, alone
		require.NoError(t, q.Save(t.Context(), h.db))
	}
	people := map[string]int{"officer-khc": 1, "officer-tdh": 2, "partner-tdh-al": 1, "coordinator": 4, "reader": 0}
	agree := func() {
		t.Helper()
		for slug, want := range people {
			desk := h.as(slug, "en").get("/").Body
			require.Equal(t, want, onTheDesk(t, desk), slug)
			page := h.as("coordinator", "en").get(personPath(h.person(slug).ID)).Body
			said := i18n.For("en").T("person.holds_nothing")
			if want > 0 {
				said = i18n.For("en").N("person.desk", want)
			}
			require.Contains(t, page, said, slug)
		}
	}
	require.Equal(t, http.StatusSeeOther, h.public("en").post(recommendationPath(h.brief.ID)+"/report", url.Values{"kind": {"other"}, "reason": {"x"}}).StatusCode)
	agree()
	require.Contains(t, h.as("coordinator", "en").get(personPath(h.person("officer-tdh").ID)).Body, i18n.For("en").N("person.desk_in_name", 2))
	_, err := h.db.NewRaw("UPDATE recommendations SET quarantined_at = now() WHERE id = ?", h.brief.ID).Exec(t.Context())
	require.NoError(t, err)
	people = map[string]int{"officer-khc": 0, "officer-tdh": 0, "partner-tdh-al": 0, "coordinator": 4, "reader": 0}
	agree()
	require.Contains(t, h.as("coordinator", "en").get(personPath(h.person("officer-khc").ID)).Body, fmt.Sprintf("%s/hand-over", personPath(h.person("officer-khc").ID)),
		"what is hidden meanwhile is handed over all the same")
}
