package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestTimeIsTakenBackOnItsPage asks for time and takes it back in every language; what a machine sends takes nothing back.
func TestTimeIsTakenBackOnItsPage(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.ExtendUpTo = "14d" })
	n.review(2, "expert-02", "expert-04")
	who, task := n.person("expert-02"), n.taskOf("expert-02")
	zone, err := n.server.zoneOf(t.Context(), who)
	require.NoError(t, err)
	ask := func(b *reader, path string, days int) {
		t.Helper()
		f := form(t, b.get(path).Body, path+"/time")
		f.Set("due_on", task.DueAt.AddDate(0, 0, days).Format("2006-01-02"))
		require.Equal(t, http.StatusSeeOther, b.post(path+"/time", f).StatusCode)
	}
	for i, tag := range i18n.Tags() {
		l := i18n.For(tag)
		b, path := n.byLink(task, who, tag)
		require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {tag}}).StatusCode)
		require.NotContains(t, b.get(path).Body, "/time/take-back", "there is nothing to take back")
		ask(b, path, 90)
		if i == 0 {
			n.scannedAt(task, who, path+"?time-back=1")
			require.NotNil(t, n.task(task.ID).AskedUntil)
		}
		if i == 1 { // another wish takes the place of the first, and that is said
			ask(b, path, 91)
			wished := func(days int) string { return l.Date(task.DueAt.AddDate(0, 0, days), time.UTC) }
			require.Contains(t, b.get(path).Body, l.T("time.sent_instead", "Date", l.Date(n.task(task.ID).DueAt, zone), "Before", wished(90), "Now", wished(91)))
			ask(b, path, 90)
		}
		page := b.get(path + "?time-back=1")
		sound(t, page)
		require.Contains(t, page.Body, `<details class="decline" id="time-back" open>`)
		require.NotContains(t, b.get(path).Body, `id="time-back" open`)
		back := filled(t, page.Body, path+"/time/take-back")
		require.Empty(t, back.Get("time_back"), "nothing is chosen for anybody")
		unsure := b.post(path+"/time/take-back", back)
		require.Equal(t, http.StatusUnprocessableEntity, unsure.StatusCode)
		sound(t, unsure)
		require.Contains(t, unsure.Body, `id="time-back" open`)
		back = filled(t, unsure.Body, path+"/time/take-back")
		back.Set("time_back", "yes")
		for range 2 {
			require.Equal(t, http.StatusSeeOther, b.post(path+"/time/take-back", back).StatusCode, "also where it is sent twice")
		}
		after := b.get(path)
		require.Contains(t, after.Body, l.T("time.back.done", "Date", l.Date(task.DueAt, zone)))
		require.NotContains(t, after.Body, "/time/take-back")
		require.Nil(t, n.task(task.ID).AskedUntil)
		desk := n.as("officer-khc", tag).get(recommendationPath(n.brief.ID) + "/round")
		sound(t, desk)
		require.NotContains(t, desk.Body, l.T("round.state.asks_time"))
		require.Contains(t, desk.Body, l.T("round.time_taken_back", "When", l.DateTime(*n.task(task.ID).TimeTakenBackAt, n.zoneOfOfficer())))
		require.Contains(t, n.as("officer-khc", tag).get(recommendationPath(n.brief.ID)+"/record").Body, l.T("record.review.time_taken_back"))
		late := b.post(path+"/time/take-back", url.Values{"decision_id": {NewDecisionID()}, "time_back": {"yes"}})
		require.Equal(t, http.StatusConflict, late.StatusCode)
		sound(t, late)
		require.Contains(t, late.Body, l.T("time.back.none"))
	}

	b, path := n.byLink(task, who, "en")
	ask(b, path, 5)
	require.True(t, n.task(task.ID).DueAt.After(task.DueAt))
	n.scannedAt(task, who, path+"?time-back=1")
	require.True(t, n.task(task.ID).DueAt.After(task.DueAt))
	page := b.get(path + "?time-back=1").Body
	require.True(t, strings.Contains(page, i18n.For(who.Language).T("time.back.taken.label")) || strings.Contains(page, i18n.For("en").T("time.back.taken.label")))
	back := filled(t, page, path+"/time/take-back")
	back.Set("time_back", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/time/take-back", back).StatusCode)
	require.Equal(t, task.DueAt.UTC(), n.task(task.ID).DueAt.UTC())
	require.Contains(t, b.get(path+"/deadline.ics").Body, "SEQUENCE:4", "calendars are told of both")
}
