package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestTheOfficerEndsALinkAndSendsAnother(t *testing.T) {
	h := newHouse(t)
	task, desk := h.reviewing("expert-02"), recommendationPath(h.brief.ID)+"/round"
	link := h.linkFor(task, h.person("expert-02").ID)
	officer := h.as("officer-khc", "en")
	page := officer.get(desk + "?task=" + task.ID.String())
	sound(t, page)
	require.Contains(t, page.Body, `value="end_links"`)
	require.Contains(t, officer.get(desk).Body, desk+"?task="+task.ID.String())

	end, send := url.Values{"task": {task.ID.String()}, "do": {"end_links"}}, url.Values{"task": {task.ID.String()}, "do": {"send_link"}}
	for _, who := range []string{"officer-tdh", "partner-khc"} {
		require.NotEqual(t, http.StatusSeeOther, h.as(who, "en").post(desk, end).StatusCode, who)
		require.NotEqual(t, http.StatusSeeOther, h.as(who, "en").post(desk, send).StatusCode, who)
	}
	require.Equal(t, http.StatusSeeOther, h.public("en").get(link).StatusCode, "nobody else ends it")

	require.Equal(t, http.StatusSeeOther, officer.post(desk, end).StatusCode)
	require.Equal(t, http.StatusGone, h.public("en").get(link).StatusCode)
	mails := func() int {
		n, err := h.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("kind = ? AND task_id = ? AND person_id = ?", models.MailNewLink, task.ID, h.person("expert-02").ID).Count(t.Context())
		require.NoError(t, err)
		return int(n)
	}
	require.Zero(t, mails(), "a new one is not sent by that")
	require.Equal(t, http.StatusSeeOther, officer.post(desk, send).StatusCode)
	require.Equal(t, 1, mails())
	require.Contains(t, officer.get(desk).Body, "A new link is on its way.")
	task.Generation++
	require.Equal(t, http.StatusSeeOther, h.public("en").get(h.linkFor(task, h.person("expert-02").ID)).StatusCode)

	minutes := officer.get(recommendationPath(h.brief.ID) + "/record").Body
	require.Contains(t, minutes, "made the personal links sent so far invalid")
	require.Contains(t, minutes, "sent a new personal link")
	for range 5 {
		officer.post(desk, send)
	}
	require.Contains(t, officer.get(desk).Body, "No link was sent", "five a day are enough, and nothing is said to be sent that is not")
	for _, tag := range i18n.Tags() {
		unsaid(t, h.as("officer-khc", tag).get(desk+"?task="+task.ID.String()))
	}
}

func TestTooMuchUnderALinkKeepsTheWordsInTheForm(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	b := h.typedIn(task, "expert-02", "en")
	path := taskPath(task.ID) + "/review"
	words := filled(t, b.get(taskPath(task.ID)+"?kept=continue").Body, path)
	words.Set("do", "keep")
	words.Set("reasons", "Half a thought")
	h.exec(`UPDATE rate_limits SET attempts = ?`, models.LinkPostLimit.ByAccount-1)
	require.Equal(t, http.StatusSeeOther, b.post(path, words).StatusCode, "as many as a person types are taken")
	words.Set("reasons", "Half a thought and more")
	slowed := b.post(path, words)
	require.Equal(t, http.StatusTooManyRequests, slowed.StatusCode)
	require.NotEmpty(t, slowed.Header.Get("Retry-After"))
	require.Contains(t, slowed.Body, "Your words are still here")
	require.Contains(t, slowed.Body, "Half a thought and more")
	require.Equal(t, http.StatusTooManyRequests, b.post(taskPath(task.ID)+"/accept", url.Values{"will": {"yes"}}).StatusCode)
	require.Equal(t, http.StatusOK, b.get(taskPath(task.ID)).StatusCode, "reading goes on")
	require.Zero(t, h.rows("submissions"))
}

func TestLinksThatHaveEndedAreCountedToo(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	link := h.linkFor(task, h.person("expert-02").ID)
	require.NoError(t, models.RevokeLinks(t.Context(), h.db, task.ID))
	b := h.public("en")
	require.Equal(t, http.StatusGone, b.get(link).StatusCode)
	h.exec(`UPDATE rate_limits SET attempts = 100`)
	require.Equal(t, http.StatusTooManyRequests, b.get(link).StatusCode)
}
