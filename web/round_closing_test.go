package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestPagesOfAClosingRoundSayWhenItCloses on the card, in the file for calendars and on the summary, and offer no time that would not
// be kept.
func TestPagesOfAClosingRoundSayWhenItCloses(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	h.exec(`UPDATE tasks SET due_at = now() + interval '20 days', grace_until = now() + interval '27 days' WHERE id = ?`, task.ID)
	b := h.public("en")
	require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, h.person("expert-02").ID)).StatusCode)
	path, words := taskPath(task.ID), i18n.For("en")
	require.Contains(t, b.get(path).Body, `id="time"`)
	closing := h.server.Now().Add(50 * time.Hour)
	h.exec(`UPDATE review_rounds SET closing_at = ? WHERE recommendation_id = ?`, closing, h.brief.ID)

	for _, tag := range i18n.Tags() {
		page := h.public(tag)
		require.Equal(t, http.StatusSeeOther, page.get(h.linkFor(task, h.person("expert-02").ID)).StatusCode)
		card := page.get(path)
		sound(t, card)
		require.NotContains(t, card.Body, `id="time"`)
	}
	page := b.get(path)
	require.Contains(t, page.Body, words.T("round.closes_sooner"))
	require.NotContains(t, page.Body, "in 20 days")
	require.Contains(t, page.Body, "in 2 days")
	zone, err := h.server.zoneOf(t.Context(), h.person("expert-02"))
	require.NoError(t, err)
	require.Contains(t, b.get(path+"/deadline.ics").Body, closing.In(zone).Format("20060102"))
	f := form(t, page.Body, path+"/review")
	f.Set("answer", models.AnswerSupport)
	f.Set("do", "look")
	summary := looks(t, b, path+"/review", f)
	require.NotContains(t, summary.Body, "in 20 days")
}

// TestWhoIsTooLateIsToldWhenTheRoundClosed: who asks to see what would be sent after that finds their words, and why they are not sent.
func TestWhoIsTooLateIsToldWhenTheRoundClosed(t *testing.T) {
	h := newHouse(t)
	task, expert := h.reviewing("expert-02"), h.person("expert-02")
	path, b := taskPath(task.ID), h.public("en")
	require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, expert.ID)).StatusCode)
	f := filled(t, b.get(path).Body, path+"/review")
	f.Set("answer", models.AnswerSupport)
	f.Set("reasons", "Half a thought.")
	f.Set("do", "look")
	at := h.server.Now().UTC().Truncate(time.Microsecond)
	task.Close(models.TaskCancelled, at)
	require.NoError(t, task.Save(t.Context(), h.db))
	h.exec(`UPDATE review_rounds SET closed_at = ? WHERE recommendation_id = ?`, at, h.brief.ID)
	late := b.post(path+"/review", f)
	require.Equal(t, http.StatusSeeOther, late.StatusCode)
	require.Equal(t, path, late.Header.Get("Location"))
	page := b.get(path)
	require.Contains(t, page.Body, i18n.For("en").T("asked.too_late"))
	require.Contains(t, page.Body, "Half a thought.")
	require.NotContains(t, b.get(path).Body, i18n.For("en").T("asked.too_late"), "once")
	h.exec(`UPDATE recommendations SET stage = 'drafting' WHERE id = ?`, h.brief.ID) // and later
	zone, err := h.server.zoneOf(t.Context(), expert)
	require.NoError(t, err)
	for _, tag := range i18n.Tags() {
		reader, l := h.public(tag), i18n.For(tag)
		require.Equal(t, http.StatusSeeOther, reader.get(h.linkFor(task, expert.ID)).StatusCode)
		require.Equal(t, http.StatusSeeOther, reader.post("/language", url.Values{"language": {tag}}).StatusCode)
		page := reader.get(path)
		sound(t, page)
		unsaid(t, page)
		require.Contains(t, page.Body, l.T("asked.over.round_closed.title"))
		require.Contains(t, page.Body, l.T("asked.over.round_closed.text", "When", (&asked{visitor: &visitor{Person: expert}, zone: zone}).moment(l, at)))
		require.NotContains(t, page.Body, l.T("asked.over.cancelled.title"))
	}
	h.exec(`UPDATE tasks SET closed_at = closed_at - interval '1 hour' WHERE id = ?`, task.ID)
	require.Contains(t, b.get(path).Body, i18n.For("en").T("asked.over.cancelled.title"), "an invitation that was taken back before")
}

// TestTheOfficerSeesTheDaysThatWillHold before a review is started, and is warned where more time leaves too little to decide.
func TestTheOfficerSeesTheDaysThatWillHold(t *testing.T) {
	h := newHouse(t)
	h.nothingRuns()
	h.exec(`UPDATE recommendations SET needed_by = current_date + 16, procedure_id = (SELECT id FROM procedures WHERE slug = 'default' ORDER BY version DESC LIMIT 1)
		WHERE id = ?`, h.brief.ID)
	b, path := h.as("officer-khc", "en"), recommendationPath(h.brief.ID)+"/start-review"
	f := filled(t, b.get(path).Body, path)
	f.Set("do", "check")
	page := b.post(path, f)
	require.Equal(t, http.StatusOK, page.StatusCode)
	rec, err := models.RecommendationByID(t.Context(), h.db, h.brief.ID)
	require.NoError(t, err)
	words := i18n.For("en")
	require.Contains(t, page.Body, words.T("round.short", "Date", words.Date(*rec.NeededBy, time.UTC)))

	remind := h.server.Now().Add(30 * time.Hour)
	h.exec(`UPDATE tasks SET remind_at = ? WHERE id = ?`, remind, h.reviewing("expert-02").ID)
	desk := b.get(recommendationPath(h.brief.ID) + "/round").Body
	require.Contains(t, desk, "The text is needed by "+words.Date(*rec.NeededBy, time.UTC))
	require.NotContains(t, desk, words.T("round.extend.closing"))
	zone, err := h.server.zoneOf(t.Context(), h.person("officer-khc"))
	require.NoError(t, err)
	reminder := words.DateTime(remind, zone)
	require.Contains(t, desk, reminder)
	h.exec(`UPDATE review_rounds SET closing_at = ? WHERE recommendation_id = ?`, remind.Add(time.Hour), h.brief.ID)
	require.Contains(t, b.get(recommendationPath(h.brief.ID)+"/round").Body, reminder, "it comes before the round is closed")
	h.exec(`UPDATE review_rounds SET closing_at = ? WHERE recommendation_id = ?`, remind.Add(-time.Hour), h.brief.ID)
	require.NotContains(t, b.get(recommendationPath(h.brief.ID)+"/round").Body, reminder, "nobody is reminded of what is closed by then")
	h.exec(`UPDATE review_rounds SET closing_at = now() + interval '2 days' WHERE recommendation_id = ?`, h.brief.ID)
	closing := b.get(recommendationPath(h.brief.ID) + "/round")
	sound(t, closing)
	require.Contains(t, closing.Body, words.T("round.extend.closing"))
}

// TestTheDeskSaysForWhomARoundWaits though enough have answered.
func TestTheDeskSaysForWhomARoundWaits(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.ConsultMembers = 1, false })
	n.review(1, "expert-02", "expert-04")
	desk, words := recommendationPath(n.brief.ID)+"/round", i18n.For("en")
	given := n.taskOf("expert-04")
	c := n.as("officer-khc", "en")
	until := given.DueAt.AddDate(0, 1, 0)
	page := c.get(desk + "?task=" + given.ID.String()).Body
	moved := c.post(desk, actForm(page, "extend", map[string][]string{"due_on": {until.Format(time.DateOnly)}}))
	require.Equal(t, http.StatusSeeOther, moved.StatusCode, moved.Body)
	task := n.taskOf("expert-02")
	n.say(n.brief.ID, n.person("expert-02"), models.DecideAnswerReview, task, models.ReviewPayload{VersionHash: n.versionOf(task).Hash, Answer: models.AnswerSupport})
	n.waitFor("the officer to be asked whether to close", func() bool {
		round, err := models.RoundByNumber(t.Context(), n.db, n.brief.ID, 1)
		return err == nil && round.EnoughAt != nil && round.ClosingAt == nil
	})
	list := c.get(desk)
	sound(t, list)
	require.Contains(t, list.Body, words.T("round.enough"))
	last := n.task(given.ID).DueAt
	require.Contains(t, list.Body, "more time was given: "+words.T("round.given_to", "Name", n.person("expert-04").Name, "Date", words.Date(i18n.DueDay(last, time.UTC), nil)),
		"the same day as in the row, wherever the officer is")
	require.Contains(t, list.Body, `id="close"`)
	require.Contains(t, list.Body, words.T("round.close.awaited", "Names", n.person("expert-04").Name), "who is still awaited stands beside the button")
}
