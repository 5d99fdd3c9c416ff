package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// TestWordsWithWhichSomebodyDeclinesAreKept leaves them on one device, finds them on another in every language, and sends them.
func TestWordsWithWhichSomebodyDeclinesAreKept(t *testing.T) {
	h := newHouse(t)
	h.nothingRuns()
	task := h.reviewing("expert-02")
	who, path := h.person("expert-02"), taskPath(task.ID)
	device := func(tag string) *reader {
		b := h.public(tag)
		require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, who.ID)).StatusCode)
		return b
	}
	first := device("en")
	require.NotContains(t, first.get(path).Body, `id="decline-kept"`)
	f := filled(t, first.get(path).Body, path+"/decline")
	f.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, first.post(path+"/decline", f).StatusCode)
	require.NotContains(t, first.get(path).Body, `id="decline-kept"`, "a machine that keeps the form as it stands left nothing")
	words := []string{"On leave until spring.", "Ana Kovač", "ana.kovac@example.org", "She wrote the inspection's report."}
	f.Set("reason", words[0])
	f.Set("suggestions[1].name", words[1])
	f.Set("suggestions[1].email", words[2])
	f.Set("suggestions[1].reason", words[3])
	f.Set("will_not", "yes")
	kept := first.post(path+"/decline", f)
	require.Equal(t, http.StatusSeeOther, kept.StatusCode)
	require.Equal(t, path+"?decline=1#decline", kept.Header.Get("Location"))
	for _, tag := range i18n.Tags() {
		b := device(tag)
		require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {tag}}).StatusCode)
		page := b.get(path)
		sound(t, page)
		require.Contains(t, page.Body, `<details class="decline" id="decline" open>`)
		require.Contains(t, page.Body, `id="decline-kept"`)
		again := filled(t, page.Body, path+"/decline")
		require.Equal(t, words, []string{again.Get("reason"), again.Get("suggestions[1].name"), again.Get("suggestions[1].email"), again.Get("suggestions[1].reason")}, tag)
		require.Empty(t, again.Get("will_not"), "nobody declines by opening it")
		require.Equal(t, http.StatusUnprocessableEntity, b.post(path+"/decline", again).StatusCode)
	}
	still, err := models.TaskByID(t.Context(), h.db, task.ID)
	require.NoError(t, err)
	require.Equal(t, models.TaskOpen, still.State)
	kw := h.left("expert-02", models.KeptAnswer(task.ID))
	require.Nil(t, kw, "they have not begun to write a review by it")
	require.NotContains(t, h.as("officer-khc", "en").get(recommendationPath(h.brief.ID)+"/round").Body, "Ana Kova", "nobody else's to see")
	b := device("en")
	gone := filled(t, b.get(path).Body, path+"/decline")
	for name := range gone {
		if name != "decision_id" {
			gone.Set(name, "")
		}
	}
	gone.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/decline", gone).StatusCode)
	require.NotContains(t, first.get(path).Body, words[0], "what was emptied is not kept")
}

func TestWordsWithWhichSomebodyDeclinedAreForgotten(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	f := filled(t, b.get(path).Body, path+"/decline")
	f.Set("reason", "On leave.")
	f.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/decline", f).StatusCode)
	require.NotNil(t, n.left("expert-02", models.KeptDecline(task.ID)))
	f = filled(t, b.get(path).Body, path+"/decline")
	f.Set("will_not", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/decline", f).StatusCode)
	require.Equal(t, models.TaskDeclined, n.task(task.ID).State)
	require.Nil(t, n.left("expert-02", models.KeptDecline(task.ID)), "they were sent")
	require.NotContains(t, b.get(path).Body, i18n.For("en").N("suggestion.passed_on", 1), "they suggested nobody")
}

// TestWordsWithWhichSomebodyDeclinesKeepThemselves is somebody on a telephone who types, and finds the words at a desk.
func TestWordsWithWhichSomebodyDeclinesKeepThemselves(t *testing.T) {
	b, h := newBrowser(t), newHouse(t)
	task := h.reviewing("expert-02")
	link := h.front.URL + "/l/" + h.server.Links.Mint(links.KindTask, task.ID, h.person("expert-02").ID, task.Generation)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch),
		chromedp.Navigate(link), chromedp.WaitReady("#decline"), tap("#decline > summary"), chromedp.SendKeys("#f-reason", "On leave until spring."),
		chromedp.WaitVisible(`#decline [data-kept-state]:not(:empty)`)))
	require.Equal(t, []string{"On leave until spring."}, h.left("expert-02", models.KeptDecline(task.ID)).Fields["reason"])
	require.Nil(t, h.left("expert-02", models.KeptAnswer(task.ID)))
	var words string
	require.NoError(t, chromedp.Run(b.ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(link), chromedp.WaitVisible("#decline-kept"),
		chromedp.Value("#f-reason", &words)))
	require.Equal(t, "On leave until spring.", words)
	require.Empty(t, b.seriousFaults(t))
}

// TestTooMuchUnderALinkKeepsTheWordsOfEveryForm sends more than a person types by each form under a link, and finds its words.
func TestTooMuchUnderALinkKeepsTheWordsOfEveryForm(t *testing.T) {
	const words = "Half a thought and more"
	for stage, forms := range map[string][]struct {
		kind         models.TaskKind
		below, field string
	}{
		"review": {{models.TaskReview, "/review", "reasons"}, {models.TaskReview, "/decline", "reason"}, {models.TaskReview, "/decline", "suggestions[0].name"},
			{models.TaskReview, "/time", "time_reason"}, {models.TaskReview, "/conflict", "conflict_words"}, {models.TaskReview, "/report", "reason"},
			{models.TaskConsult, "/consultation", "reasons"}},
		"signoff": {{models.TaskSignOff, "/sign-off", "reason"}, {models.TaskSignOff, "/report", "reason"}, {models.TaskTranslate, "/translation", "title"}, {models.TaskTranslate, "/translation", "blocks[0].text"},
			{models.TaskTranslate, "/decline", "reason"}, {models.TaskTranslate, "/decline", "suggestion"},
			{models.TaskApproveTranslation, "/return-translation", "note"}, {models.TaskApproveTranslation, "/decline", "suggestion"}},
		"done": {{models.TaskReportProgress, "/progress", "note"}, {models.TaskReportProgress, "/progress", "source_title"}},
	} {
		w := newWorld(t, stage)
		b := w.readers[2]
		for _, form := range forms {
			task := w.tasks[form.kind]
			w.byLink(b, task)
			path := taskPath(task.ID) + form.below
			page := taskPath(task.ID)
			if form.below == "/report" {
				page = path
			}
			f := filled(t, b.get(page).Body, path)
			require.NotEqual(t, http.StatusTooManyRequests, b.post(path, url.Values{}).StatusCode, path)
			w.exec(`UPDATE rate_limits SET attempts = ?`, models.LinkPostLimit.ByAccount)
			f.Set(form.field, words)
			slowed := b.post(path, f)
			require.Equal(t, http.StatusTooManyRequests, slowed.StatusCode, path)
			require.NotEmpty(t, slowed.Header.Get("Retry-After"), path)
			sound(t, slowed)
			require.Contains(t, slowed.Body, "Your words are still here", path)
			require.Equal(t, words, filled(t, slowed.Body, path).Get(form.field), path)
			w.exec(`DELETE FROM rate_limits`)
		}
	}
}
