package web

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/links"
	"tribuna/models"
)

// TestAWordFileIsBroughtOnAPhone: an expert on a phone brings the text back as a Word file with tracked changes and comments, sees each
// in its place, and sends them; the officer reads them there.
func TestAWordFileIsBroughtOnAPhone(t *testing.T) {
	b, n := newBrowser(t), newOffice(t)
	n.patient(nil)
	n.withWord("off")
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	reader, path := n.byLink(task, n.person("expert-02"), "en")
	block, first, was := quotableWords(t, n.house)
	file := filepath.Join(t.TempDir(), "answer.docx")
	require.NoError(t, os.WriteFile(file, []byte(inWord(t, reader.get(path+"/text/docx").Body, first, was, "elsewhere")), 0o600))

	at, k := `[data-block="`+strconv.Itoa(block)+`"] `, strconv.Itoa(block)
	var sideways bool
	var quote, instead, asks, whole string
	link := n.front.URL + "/l/" + n.server.Links.Mint(links.KindTask, task.ID, n.person("expert-02").ID, task.Generation)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch),
		chromedp.Navigate(link), chromedp.WaitVisible(".review-form"), tap(`a[href$="/word"]`), chromedp.WaitVisible(`input[type="file"]`)))
	require.Empty(t, b.seriousFaults(t))
	require.NoError(t, chromedp.Run(b.ctx, chromedp.SetUploadFiles(`input[type="file"]`, []string{file}, chromedp.ByQuery),
		tap(`form[enctype] button[type="submit"]`), chromedp.WaitVisible(`.review-form `+at+`[name="comment-`+k+`"]`),
		chromedp.Evaluate(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &sideways),
		chromedp.Evaluate(`[...document.querySelectorAll('`+at+`.comment')].find(c => c.querySelector('[value="suggestion"]').checked).querySelector('[name^="quote"]').value`, &quote),
		chromedp.Evaluate(`[...document.querySelectorAll('`+at+`.comment')].find(c => c.querySelector('[value="suggestion"]').checked).querySelector('[name^="replacement"]').value`, &instead),
		chromedp.Evaluate(`[...document.querySelectorAll('`+at+`[name="comment-`+k+`"]')].map(c => c.value).filter(Boolean).join()`, &asks),
		chromedp.Value(`[name="reasons"]`, &whole, chromedp.ByQuery)))
	require.False(t, sideways)
	require.Equal(t, []string{was, "elsewhere", "Who counts them?"}, []string{quote, instead, asks}, "each stands at its paragraph")
	require.Contains(t, whole, "A shorter title.", "what has no place stands with the reasons")
	require.Empty(t, b.seriousFaults(t))
	require.Equal(t, models.TaskOpen, n.task(task.ID).State, "nothing is sent by bringing it")

	require.NoError(t, chromedp.Run(b.ctx, tap(`label:has(> [name="answer"][value="support_with_changes"])`), tap(`.review-form button[value="look"]`),
		chromedp.WaitVisible(".summary-form"), tap(`.summary-form [name="sure"]`), tap(`.summary-form button[value="send"]`), chromedp.WaitVisible(".answer-given:not(:has(~ .summary-form))")))
	require.Equal(t, models.TaskDone, n.task(task.ID).State)

	var seen string
	require.NoError(t, chromedp.Run(b.ctx, n.signIn("officer-khc"), chromedp.Navigate(n.front.URL+recommendationPath(n.brief.ID)),
		chromedp.WaitReady(".remarked", chromedp.ByQuery),
		chromedp.Evaluate(`[...document.querySelectorAll(".remarked")].map(p => p.textContent).find(p => p.includes("Who counts them?")) || ""`, &seen)))
	for _, words := range []string{first, was, "elsewhere", "Who counts them?"} {
		require.Contains(t, seen, words, "beside the paragraph it is about")
	}
	require.NotContains(t, seen, "Ana Who", "names beside comments are not read")
	require.Empty(t, b.complaints)
}
