package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestCommentsInABrowser answers with the keyboard alone, on a phone: nothing reaches beyond the screen, axe finds nothing, and
// what was typed keeps itself.
func TestCommentsInABrowser(t *testing.T) {
	block, quote := newHouse(t).quotable()
	h := newHouse(t).roundCommented(models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"},
		models.CommentPayload{Block: block, Body: "Name the ministry, and the year in which it begins."})
	b, page := newBrowser(t), responsesPath(h.brief.ID)
	looks := func(path string) {
		for _, width := range []int64{390, 1280} {
			var wide bool
			require.NoError(t, chromedp.Run(b.ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(h.front.URL+path),
				chromedp.Evaluate(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)))
			require.False(t, wide, "%s at %d", path, width)
			require.Empty(t, b.seriousFaults(t), path)
		}
	}
	require.NoError(t, chromedp.Run(b.ctx, h.signIn("officer-khc")))
	looks(page)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(h.front.URL+page),
		chromedp.Focus(`input[name=pick]`), chromedp.KeyEvent(" "),
		chromedp.Focus(`input[name=outcome]`), chromedp.KeyEvent(" "),
		chromedp.Focus(`#f-reason`), chromedp.KeyEvent("Thank you."),
		chromedp.WaitVisible(`[data-kept-state]:not(:empty)`),
		chromedp.Focus(`button[value=answer]`), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(`.remark-answer`)))
	one := h.remark(t, models.CommentSuggestion)
	looks(page + "/" + one.ID.String())
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Focus(`form[action$="/apply"] button`), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(`#chosen`)))
	one = h.remark(t, models.CommentSuggestion)
	require.NotNil(t, one.AppliedVersionID)
	looks(page)
	require.Empty(t, b.complaints)
}

func (h *house) remark(t *testing.T, kind models.CommentKind) models.Remark {
	t.Helper()
	all, err := models.Remarks(t.Context(), h.db, models.RemarkFilter{Recommendation: h.brief.ID, Kind: kind})
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0]
}
