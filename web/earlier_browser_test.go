package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestLookingBackInABrowser: on a phone and at a desk, to somebody who began to write and does not lose it.
func TestLookingBackInABrowser(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the *ministry*."}, models.CommentPayload{Block: 2, Quote: "several hundred", Body: "How many?"})
	h.decided().answersAll("partly", "As far as the law goes.")
	_, _ = h.sendsOutcome(nil)
	task := h.secondRound("expert-02")["expert-02"]
	b, path := newBrowser(t), h.front.URL+taskPath(task.ID)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(h.front.URL+h.linkFor(task, *task.PersonID))))
	for _, page := range []string{"", "/changes", "/earlier"} {
		b.inspect(t, path+page, fewLooks)
	}
	var words string
	for _, page := range []string{"changes", "earlier"} {
		require.NoError(t, chromedp.Run(b.ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(path),
			chromedp.SendKeys("#f-reasons", "Words about the "+page+". ", chromedp.ByQuery),
			chromedp.Click(`#again a[href$="/`+page+`"]`, chromedp.ByQuery), chromedp.WaitVisible(`.eyebrow a[href$="?kept=continue"]`, chromedp.ByQuery),
			chromedp.Click(`.eyebrow a[href$="?kept=continue"]`, chromedp.ByQuery), chromedp.WaitVisible("#f-reasons", chromedp.ByQuery),
			chromedp.Value("#f-reasons", &words, chromedp.ByQuery)))
		require.Contains(t, words, "Words about the "+page+".", "what was typed is not lost")
	}
	require.Empty(t, b.complaints)
}
