package web

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

const reasonsField = `textarea[name="reasons"]`

// typesWithoutRest has somebody type a word ten times a second. Their page then ends without a word to the server, as one that crashes.
func (b *browser) typesWithoutRest(t *testing.T, address string) {
	t.Helper()
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(address), chromedp.WaitVisible(reasonsField, chromedp.ByQuery),
		chromedp.Evaluate(`{
			window.fetch = () => Promise.reject(new Error('crashed'))
			const a = document.querySelector('textarea[name="reasons"]')
			let n = 0
			setInterval(() => {
				a.value += 'word' + ++n + ' '
				a.dispatchEvent(new Event('input', { bubbles: true }))
			}, 100)
		}`, nil),
		chromedp.Poll(`document.querySelector('textarea[name="reasons"]').value.includes('word20 ')`, nil)))
}

// TestSteadyTypingOutlivesACrash: the device keeps the words of who never rests, and adds to what the server kept what was typed since.
func TestSteadyTypingOutlivesACrash(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	expert, name := h.person("expert-02"), models.KeptAnswer(task.ID)
	begun := time.Now()
	b := newBrowser(t)
	link := h.front.URL + h.linkFor(task, expert.ID)
	var found string
	read := func(address string) string {
		t.Helper()
		require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(address), chromedp.WaitVisible(reasonsField, chromedp.ByQuery), chromedp.Value(reasonsField, &found, chromedp.ByQuery)))
		return found
	}
	b.typesWithoutRest(t, link)
	typed := read(link)
	require.Regexp(t, `^word1 word2 .*word10 `, typed, "all but the last moment")
	require.Nil(t, h.left("expert-02", name), "the server had not heard of them")

	on := h.front.URL + taskPath(task.ID) + "?kept=continue"
	for _, c := range []struct {
		server string
		at     time.Time
		want   string
		why    string
	}{
		{"word1 word2", begun, typed, "the device goes on with what the server kept"},
		{"word1 word2", time.Now().Add(time.Minute), "word1 word2", "the server is newer"},
		{"Other words.", begun, "Other words.", "nothing takes the place of other words"},
	} {
		kept := &models.KeptWords{PersonID: expert.ID, Form: name, RecommendationID: &h.brief.ID, Page: "elsewhere", Fields: map[string][]string{"reasons": {c.server}}, KeptAt: c.at}
		require.NoError(t, kept.Keep(t.Context(), h.db))
		require.Equal(t, c.want, read(on), c.why)
	}
	require.Empty(t, b.complaints)
}

// TestWordsBesideTheAnswerAreKeptOnTheDevice: why more time is needed, and what the conflict is, until they were sent.
func TestWordsBesideTheAnswerAreKeptOnTheDevice(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	b := newBrowser(t)
	link := n.front.URL + n.linkFor(task, n.person("expert-02").ID)
	value := func(field string) (found string) {
		t.Helper()
		require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(link), chromedp.WaitReady(".review-form"),
			chromedp.Evaluate(`document.querySelector('[name="`+field+`"]').value`, &found)))
		return found
	}
	stored := func(form string) chromedp.Action {
		return chromedp.Poll(`localStorage.getItem("kept:`+task.ID.String()+`:`+form+`")?.includes("because")`, nil)
	}
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(link), chromedp.WaitReady(".review-form"),
		tap("#time > summary"), chromedp.SendKeys(`[name="time_reason"]`, "because of an exam", chromedp.ByQuery),
		tap("#conflict > summary"), chromedp.SendKeys(`[name="conflict_words"]`, "because they pay me", chromedp.ByQuery),
		stored("time"), stored("conflict")))
	require.Equal(t, "because of an exam", value("time_reason"))
	require.Equal(t, "because they pay me", value("conflict_words"))
	require.Nil(t, n.left("expert-02", models.KeptAnswer(task.ID)), "a conflict is nobody's but theirs until they send it")

	other, path := n.byLink(task, n.person("expert-02"), "en")
	f := filled(t, other.get(path).Body, path+"/conflict")
	f.Set("conflict", models.ConflictFunded)
	f.Set("conflict_words", "because they pay me")
	require.Equal(t, http.StatusSeeOther, other.post(path+"/conflict", f).StatusCode)
	require.Empty(t, value("conflict_words"), "what was sent is not unsent any more")
	require.Equal(t, "because of an exam", value("time_reason"))
	require.Empty(t, b.complaints)
}
