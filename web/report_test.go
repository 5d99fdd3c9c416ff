package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// exposedName is what has no business in the brief.
const exposedName = "Mira Petrović"

// makePublic publishes the brief as it stands, in its own language, and returns its public address.
func (h *house) makePublic() string {
	h.t.Helper()
	v := h.current()
	rec, err := models.RecommendationByID(h.t.Context(), h.db, h.brief.ID)
	require.NoError(h.t, err)
	now := h.server.Now()
	rec.PublishedAt, rec.AcceptedVersionID = &now, &v.ID
	rec.Enter(models.StageDone, now)
	require.NoError(h.t, rec.Save(h.t.Context(), h.db, now))
	pub := &models.Publication{ID: models.NewID(), RecommendationID: rec.ID, VersionID: v.ID, PublishedAt: now,
		Texts: []models.PublicationText{{Language: rec.Language, Title: v.Title, Body: v.Body, Measures: []models.PublishedMeasure{}}}}
	require.NoError(h.t, pub.Insert(h.t.Context(), h.db, nil))
	return publishedPath + rec.Slug
}

func TestATextThatNamesAChildIsReportedHiddenRedactedAndShownAgain(t *testing.T) {
	h := newHouse(t)
	h.nothingRuns()
	h.rewrite(func(d *models.Draft) { d.Body += "\n\nWe spoke with " + exposedName + "." })
	address, home := h.makePublic(), recommendationPath(h.brief.ID)
	public, coordinator, officer := h.public("en"), h.as("coordinator", "en"), h.as("officer-khc", "en")
	require.Contains(t, public.get(address).Body, `href="`+home+`/report"`)

	empty := public.post(home+"/report", url.Values{"kind": {"child"}})
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode)
	sent := public.post(home+"/report", url.Values{"kind": {"child"}, "reason": {"The last paragraph."}, "email": {"reader@example.org"}})
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.Body)
	require.Contains(t, public.get(sent.Header.Get("Location")).Body, "Thank you")
	list := coordinator.get(reportsPath)
	require.Contains(t, list.Body, "It names a child")
	steward := reportsPath + "/" + h.brief.ID.String()
	page := coordinator.get(steward)
	require.Contains(t, page.Body, "The last paragraph.")
	require.Contains(t, page.Body, "mailto:reader@example.org")
	for _, b := range []*reader{officer, public} {
		require.NotEqual(t, http.StatusOK, b.get(steward).StatusCode)
		b.post(steward+"/passage", url.Values{"passage": {exposedName}, "reason": {"x"}, "do": {"remove"}})
		require.Contains(t, h.current().Body, exposedName)
	}

	require.Equal(t, http.StatusSeeOther, coordinator.post(steward+"/quarantine", url.Values{}).StatusCode)
	hidden := public.get(address)
	require.Equal(t, http.StatusUnavailableForLegalReasons, hidden.StatusCode)
	require.Contains(t, hidden.Body, "Under review")
	require.NotContains(t, hidden.Body, h.current().Title)
	for _, path := range []string{"/published", "/published.atom", "/follow-ups"} {
		require.NotContains(t, public.get(path).Body, h.current().Title, path)
	}
	for _, path := range []string{"", "/versions", "/versions/1", "/compare", "/record", "/report"} {
		require.Equal(t, http.StatusNotFound, officer.get(home+path).StatusCode, path)
	}
	require.NotContains(t, officer.get("/recommendations").Body, h.current().Title)
	require.Equal(t, http.StatusOK, coordinator.get(home).StatusCode)

	words := url.Values{"passage": {exposedName}, "reason": {"It names a child."}}
	found := coordinator.post(steward+"/passage", words)
	require.Equal(t, http.StatusOK, found.StatusCode)
	require.Contains(t, found.Body, "Versions: 1")
	require.Contains(t, found.Body, "cannot be undone")
	require.Contains(t, h.current().Body, exposedName, "asked once before")
	words.Set("do", "remove")
	require.Equal(t, http.StatusSeeOther, coordinator.post(steward+"/passage", words).StatusCode)
	require.Contains(t, h.current().Body, "We spoke with [removed].")
	require.Contains(t, coordinator.post(steward+"/passage", words).Body, "stand nowhere")

	require.Equal(t, http.StatusSeeOther, coordinator.post(steward+"/release", url.Values{}).StatusCode)
	again := public.get(address)
	require.Equal(t, http.StatusOK, again.StatusCode)
	require.Contains(t, again.Body, "[removed]")
	require.NotContains(t, again.Body, exposedName)
	open, err := models.OpenReports(t.Context(), h.db)
	require.NoError(t, err)
	require.Len(t, open, 1)
	require.Equal(t, http.StatusSeeOther, coordinator.post(steward+"/settle", url.Values{"report": {open[0].ID.String()}, "outcome": {"removed"}}).StatusCode)
	require.Contains(t, coordinator.get(reportsPath).Body, "Nobody has reported")
	journal := coordinator.get(administrationPath + "/journal").Body
	for _, said := range []string{"hid a text", "removed words from a text", "showed a text again", "settled a report"} {
		require.Contains(t, journal, said)
	}
	require.Contains(t, coordinator.get(home+"/record/verification").Body, "Yes, the record is whole")
}

func TestReportsAreCountedByHost(t *testing.T) {
	h := newHouse(t)
	h.makePublic()
	path := recommendationPath(h.brief.ID) + "/report"
	for range reportsByHost {
		h.public("en").post(path, url.Values{"kind": {"other"}, "reason": {"x"}})
	}
	require.Equal(t, http.StatusTooManyRequests, h.public("en").post(path, url.Values{"kind": {"other"}, "reason": {"x"}}).StatusCode)
}

func TestNobodyReportsWhatTheyCannotRead(t *testing.T) {
	h := newHouse(t)
	path := recommendationPath(h.brief.ID) + "/report"
	require.Equal(t, http.StatusNotFound, h.public("en").get(path).StatusCode, "a draft")
	require.Equal(t, http.StatusNotFound, h.public("en").post(path, url.Values{"kind": {"other"}, "reason": {"x"}}).StatusCode)
	task := h.ask(models.TaskReview, h.person("expert-01").ID)
	asked := h.as("expert-01", "en")
	require.Equal(t, http.StatusOK, asked.get(taskPath(task.ID)+"/report").StatusCode)
	require.Equal(t, http.StatusNotFound, h.as("partner-tdh-ro", "en").get(taskPath(task.ID)+"/report").StatusCode)
	sent := asked.post(taskPath(task.ID)+"/report", url.Values{"kind": {"personal"}, "reason": {"x"}})
	require.Equal(t, http.StatusSeeOther, sent.StatusCode)
	for _, tag := range i18n.Tags() {
		unsaid(t, h.as("expert-01", tag).get(taskPath(task.ID)+"/report"))
		c := h.as("coordinator", tag)
		for _, p := range []string{reportsPath, reportsPath + "/" + h.brief.ID.String()} {
			got := c.get(p)
			unsaid(t, got)
			require.False(t, strings.Contains(got.Body, "reports."), p)
		}
	}
}

// TestEveryPageWithTextsLeadsToTheReport goes through the pages on which words of a text, or about it, stand.
func TestEveryPageWithTextsLeadsToTheReport(t *testing.T) {
	w := newWorld(t, "done")
	home, officer := recommendationPath(w.brief.ID), w.as("officer-khc", "en")
	for _, page := range []string{home, home + "/versions/1", home + "/compare", home + "/record", followUpPath(w.followUp), mailingPath(w.mailing),
		mailingPath(w.mailing) + "/preview?language=en"} {
		got := officer.get(page)
		require.Equal(t, http.StatusOK, got.StatusCode, page)
		require.Contains(t, got.Body, `href="`+home+`/report"`, page)
	}
	require.Equal(t, http.StatusOK, officer.get(home+"/report").StatusCode)
	_, err := w.db.NewUpdate().Model((*models.Mailing)(nil)).Set("state = ?", models.MailingSending).Where("id = ?", w.mailing).Exec(t.Context())
	require.NoError(t, err)
	require.Contains(t, officer.get(mailingPath(w.mailing)).Body, `href="`+home+`/report"`, "while it is sent")
	public := w.public("en")
	for _, page := range []string{publishedPath + w.brief.Slug + "/en", followUpPath(w.followUp), home + "/record"} {
		got := public.get(page)
		require.True(t, got.StatusCode != http.StatusOK || strings.Contains(got.Body, `href="`+home+`/report"`), page)
	}
	for kind, task := range map[models.TaskKind]*models.Task{models.TaskTranslate: w.tasks[models.TaskTranslate], models.TaskReportProgress: w.tasks[models.TaskReportProgress]} {
		w.byLink(public, task)
		got := public.get(taskPath(task.ID))
		require.Contains(t, got.Body, `href="`+taskPath(task.ID)+`/report"`, kind)
	}
}
