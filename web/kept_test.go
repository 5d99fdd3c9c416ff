package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// left returns what somebody of the demo network left in a form, or nil.
func (h *house) left(slug, form string) *models.KeptWords {
	h.t.Helper()
	kept, err := models.KeptWordsOf(h.t.Context(), h.db, h.person(slug).ID, form)
	require.NoError(h.t, err)
	return kept
}

func TestUnsentWordsOfADraftWaitForTheirWriter(t *testing.T) {
	h := newHouse(t)
	edit, name := recommendationPath(h.brief.ID)+"/edit", models.KeptEdit(h.brief.ID)
	b := h.as("officer-khc", "en")
	f := filled(t, b.get(edit).Body, edit)
	f.Set("body", "Half a thought about roofs.")
	f.Set("do", "keep")
	kept := b.post(edit, f)
	require.Equal(t, http.StatusSeeOther, kept.StatusCode)
	require.Equal(t, 1, h.current().Number, "nothing is saved")

	offered := b.get(edit)
	require.Contains(t, offered.Body, "You left unsent words here")
	require.NotContains(t, offered.Body, "Half a thought", "what stands is shown until one goes on")
	require.NotContains(t, offered.Body, "data-unsent", "nothing overwrites them meanwhile")
	compared := b.get(edit + "?kept=compare")
	require.Contains(t, compared.Body, `<ins><span class="change-label">added:</span> Half`)
	again := b.get(edit + "?kept=continue")
	require.Contains(t, again.Body, "Half a thought about roofs.")
	require.NotNil(t, h.left("officer-khc", name), "reading changes nothing")
	colleague := h.as("coordinator", "en")
	require.NotContains(t, colleague.get(edit).Body, "You left unsent words")
	require.NotContains(t, colleague.get(edit+"?kept=continue").Body, "Half a thought", "they are their writer's alone")

	g := filled(t, again.Body, edit)
	g.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(edit, g).StatusCode)
	require.Equal(t, "Half a thought about roofs.", h.current().Body)
	require.Nil(t, h.left("officer-khc", name), "what was sent is not unsent any more")

	f.Set("body", "Thrown away")
	b.post(edit, f)
	require.Equal(t, http.StatusSeeOther, b.post(edit, url.Values{"do": {"discard"}, "discard_sure": {"yes"}}).StatusCode)
	require.Nil(t, h.left("officer-khc", name))
	require.NotEqual(t, http.StatusSeeOther, h.as("partner-tdh-ro", "en").post(edit, f).StatusCode, "who may not write keeps nothing")
	for _, tag := range i18n.Tags() {
		r := h.as("officer-khc", tag)
		f.Set("body", "Half a thought")
		r.post(edit, f)
		unsaid(t, r.get(edit+"?kept=compare"))
	}
}

func TestUnsentWordsAreOutdatedLikeOthers(t *testing.T) {
	h := newHouse(t)
	edit := recommendationPath(h.brief.ID) + "/edit"
	b := h.as("officer-khc", "en")
	f := filled(t, b.get(edit).Body, edit)
	f.Set("body", "Mine, unsent.")
	f.Set("do", "keep")
	b.post(edit, f)
	h.rewrite(func(d *models.Draft) { d.Body = "Theirs, saved." })
	g := filled(t, b.get(edit+"?kept=continue").Body, edit)
	g.Set("do", "save")
	refused := b.post(edit, g)
	require.Equal(t, http.StatusPreconditionFailed, refused.StatusCode)
	require.Contains(t, refused.Body, "Theirs")
	require.Equal(t, "Theirs, saved.", h.current().Body)
	require.NotNil(t, h.left("officer-khc", models.KeptEdit(h.brief.ID)))
}

func TestANewTextAndWhatIsTooLong(t *testing.T) {
	h := newHouse(t)
	b := h.as("officer-khc", "en")
	f := filled(t, b.get("/recommendations/new").Body, "/recommendations/new")
	f.Set("title", "A beginning")
	f.Set("do", "keep")
	b.header.Set("Accept", "application/json")
	got := b.post("/recommendations/new", f)
	b.header.Del("Accept")
	require.Equal(t, http.StatusOK, got.StatusCode)
	var said struct{ Said string }
	require.NoError(t, json.Unmarshal([]byte(got.Body), &said))
	require.Regexp(t, `^Kept at \d\d:\d\d$`, said.Said)
	require.Contains(t, b.get("/recommendations/new?kept=continue").Body, "A beginning")
	f.Set("body", strings.Repeat("long ", 420_000))
	require.Equal(t, http.StatusRequestEntityTooLarge, b.post("/recommendations/new", f).StatusCode)
	require.NoError(t, models.DeleteOldKept(t.Context(), h.db, time.Now().Add(-time.Hour)))
	require.NotNil(t, h.left("officer-khc", models.KeptNew))
	require.NoError(t, models.DeleteOldKept(t.Context(), h.db, time.Now().Add(time.Hour)))
	require.Nil(t, h.left("officer-khc", models.KeptNew))
}

// reviewing has an expert asked in a round that is open, and returns the question.
func (h *house) reviewing(slug string) *models.Task {
	h.t.Helper()
	rec, err := models.RecommendationByID(h.t.Context(), h.db, h.brief.ID)
	require.NoError(h.t, err)
	rec.Enter(models.StageReview, h.server.Now())
	rec.Round = 1
	require.NoError(h.t, rec.Save(h.t.Context(), h.db, h.server.Now()))
	now := h.server.Now()
	_, err = h.db.NewInsert().Model(&models.ReviewRound{RecommendationID: rec.ID, Number: 1, VersionID: *rec.CurrentVersionID, Enough: 1,
		Invited: []uuid.UUID{h.person(slug).ID}, Reserve: []uuid.UUID{},
		OpenedAt: &now, DueAt: now.Add(time.Hour)}).Exec(h.t.Context())
	require.NoError(h.t, err)
	return h.ask(models.TaskReview, h.person(slug).ID)
}

func TestAnAnswerByPersonalLinkIsKeptForItsQuestion(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	task := h.reviewing("expert-02")
	b := h.public("en")
	require.Equal(t, http.StatusSeeOther, b.get("/l/"+h.server.Links.Mint(links.KindTask, task.ID, expert.ID, task.Generation)).StatusCode)
	page := b.get(taskPath(task.ID))
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, page.Body, "data-unsent")
	require.Contains(t, page.Body, taskPath(task.ID)+"/report")
	words := url.Values{"do": {"keep"}, "comment-1": {"Which children?"}, "reasons": {"So far so good."}, "answer": {"support"}}
	require.Equal(t, http.StatusSeeOther, b.post(taskPath(task.ID)+"/review", words).StatusCode)
	require.NotNil(t, h.left("expert-02", models.KeptAnswer(task.ID)))
	require.Contains(t, b.get(taskPath(task.ID)+"?kept=compare").Body, "Which children?")
	again := b.get(taskPath(task.ID) + "?kept=continue").Body
	require.Contains(t, again, "Which children?")
	h.chosenBefore(again, models.AnswerSupport)
	stranger := h.public("en").post(taskPath(task.ID)+"/review", words)
	require.NotEqual(t, http.StatusOK, stranger.StatusCode, "without the link nothing is kept")
	require.NotContains(t, stranger.Header.Get("Location"), "/tasks/"+task.ID.String())
}

func TestWhatIsTypedBesideWordsLeftIsKeptToo(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	task := h.reviewing("expert-02")
	name, page := models.KeptAnswer(task.ID), taskPath(task.ID)
	b := h.public("en")
	b.get("/l/" + h.server.Links.Mint(links.KindTask, task.ID, expert.ID, task.Generation))
	first := filled(t, b.get(page).Body, page+"/review")
	first.Set("do", "keep")
	first.Set("reasons", "What was left.")
	require.Equal(t, http.StatusSeeOther, b.post(page+"/review", first).StatusCode)

	offers := b.get(page).Body
	require.Contains(t, offers, "You left unsent words here")
	require.Contains(t, offers, "data-unsent", "it is kept while it is undecided what becomes of them")
	require.Contains(t, offers, "Keep for later")
	require.Less(t, strings.Index(offers, `id="unsent"`), strings.Index(offers, `id="time"`), "it comes before what one may ask besides")
	offer, form, _ := strings.Cut(offers, `id="time"`)
	second := filled(t, form, page+"/review")
	second.Set("do", "keep")
	second.Set("reasons", "Typed beside it.")
	require.Equal(t, http.StatusSeeOther, b.post(page+"/review", second).StatusCode)
	require.Len(t, h.left("expert-02", name).Pages(), 2)
	both := b.get(page + "?kept=continue").Body
	require.Contains(t, both, "What was left.")
	require.Contains(t, both, "Typed beside it.")

	away := filled(t, offer, page+"/review")
	away.Set("do", "discard")
	away.Set("discard_sure", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(page+"/review", away).StatusCode)
	left := h.left("expert-02", name)
	require.NotNil(t, left, "what was offered is thrown away, not what was typed since")
	require.Len(t, left.Pages(), 1)
	require.Equal(t, []string{"Typed beside it."}, left.Fields["reasons"])
}

// TestAFormKeptAsItStandsLeavesNoTrace: nobody is told of words that they did not type, on whatever page they go on.
func TestAFormKeptAsItStandsLeavesNoTrace(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	name, page := models.KeptAnswer(task.ID), taskPath(task.ID)
	b := h.public("en")
	b.get(h.linkFor(task, h.person("expert-02").ID))
	f := filled(t, b.get(page).Body, page+"/review")
	f.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(page+"/review", f).StatusCode)
	require.Nil(t, h.left("expert-02", name))
	require.Contains(t, b.get(page).Body, "data-keep=", "the device goes on keeping")
	f.Set("reasons", "Typed.")
	b.post(page+"/review", f)
	f.Set("reasons", "")
	b.post(page+"/review", f)
	require.Equal(t, []string{""}, h.left("expert-02", name).Fields["reasons"], "who empties the page takes away what they typed")
	again := b.get(page).Body
	require.NotContains(t, again, "You left unsent words here")
	require.Contains(t, again, "data-keep=")
}

// TestAChosenAnswerAloneIsKept: it is what somebody said, though no word of theirs; a form that a machine keeps has none.
func TestAChosenAnswerAloneIsKept(t *testing.T) {
	h := newHouse(t)
	task, expert := h.reviewing("expert-02"), h.person("expert-02")
	name, page := models.KeptAnswer(task.ID), taskPath(task.ID)
	b := h.public("en")
	b.get(h.linkFor(task, expert.ID))
	f := filled(t, b.get(page).Body, page+"/review")
	f.Set("do", "keep")
	f.Set("naming", models.NamingNetwork)
	require.Equal(t, http.StatusSeeOther, b.post(page+"/review", f).StatusCode)
	require.Nil(t, h.left("expert-02", name), "what is chosen before says nothing")
	f.Set("answer", models.AnswerDoNotSupport)
	require.Equal(t, http.StatusSeeOther, b.post(page+"/review", f).StatusCode)
	require.Equal(t, []string{models.AnswerDoNotSupport}, h.left("expert-02", name).Fields["answer"])
	require.Contains(t, b.get(page).Body, "You left unsent words here")
	chosen := i18n.For("en").T("review.answer." + models.AnswerDoNotSupport)
	for _, word := range strings.Fields(chosen) {
		require.Contains(t, stretchOf(b.get(page+"?kept=compare").Body, `id="unsent"`, "</section>"), word, "the comparison shows it")
	}
	h.chosenBefore(b.get(page+"?kept=continue").Body, models.AnswerDoNotSupport)
	task.Close(models.TaskCancelled, h.server.Now())
	require.NoError(t, task.Save(t.Context(), h.db))
	over := b.get(page)
	sound(t, over)
	require.Contains(t, stretchOf(over.Body, `id="unsent"`, "</section>"), chosen, "also where it can only be read")
}

func TestALongTextIsNeverCut(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	task := h.reviewing("expert-02")
	page := taskPath(task.ID)
	link := "/l/" + h.server.Links.Mint(links.KindTask, task.ID, expert.ID, task.Generation)
	b := h.public("en")
	b.get(link)
	body := b.get(page).Body
	for area := range strings.SplitSeq(body, "<textarea ") {
		tag, _, _ := strings.Cut(area, ">")
		require.NotContains(t, tag, "maxlength")
	}
	long := strings.Repeat("Пост ", 4_000)
	f := filled(t, body, page+"/review")
	f.Set("comment-1", long)
	f.Set("kind-1", "remark")
	f.Set("answer", models.AnswerSupport)
	f.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(page+"/review", f).StatusCode)
	require.Equal(t, []string{long}, h.left("expert-02", models.KeptAnswer(task.ID)).Fields["comment-1"])
	f.Set("do", "look")
	refused := looks(t, b, page+"/review", f)
	require.Contains(t, refused.Body, i18n.For("en").T("error.field.max_length", "param", "8000"))
	require.Contains(t, refused.Body, strings.TrimSpace(long), "all of it is still there")

	var length int
	var said, after string
	browser := newBrowser(t)
	require.NoError(t, chromedp.Run(browser.ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(h.front.URL+link),
		chromedp.WaitVisible(".review-form"),
		chromedp.Evaluate(`{ const a = document.querySelector('[name="reasons"]'); a.focus(); document.execCommand('insertText', false, 'x'.repeat(25000)); a.value.length }`, &length),
		chromedp.Poll(`document.querySelector('[name="reasons"] + [data-over-limit]')?.textContent`, &said),
		chromedp.Evaluate(`{ const a = document.querySelector('[name="reasons"]'); a.value = 'short'; a.dispatchEvent(new Event('input', { bubbles: true })); String(document.querySelector('[data-over-limit]')) }`, &after)))
	require.Equal(t, 25_000, length)
	require.Equal(t, "25000 / 20000. This is too long: it can be sent when it is shorter. Nothing is cut off.", said)
	require.Equal(t, "null", after)
	require.Empty(t, browser.complaints)
}

func TestWordsKeepThemselvesInABrowser(t *testing.T) {
	h := newHouse(t)
	edit, name := recommendationPath(h.brief.ID)+"/edit", models.KeptEdit(h.brief.ID)
	b := newBrowser(t)
	var said, offline, back, body string
	state := `document.querySelector("[data-kept-state]").textContent`
	require.NoError(t, chromedp.Run(b.ctx, network.Enable(), h.signIn("officer-khc"),
		chromedp.Navigate(h.front.URL+edit),
		chromedp.Evaluate(`document.querySelector("#f-body").value = ""`, nil), chromedp.SendKeys("#f-body", "Typed and not sent."),
		chromedp.Poll(state, &said, chromedp.WithPollingTimeout(20*time.Second))))
	require.Regexp(t, `^Kept at \d\d:\d\d$`, said)
	require.Equal(t, []string{"Typed and not sent."}, h.left("officer-khc", name).Fields["body"])
	require.Empty(t, b.complaints)

	require.NoError(t, chromedp.Run(b.ctx,
		network.EmulateNetworkConditions(true, 0, -1, -1),
		chromedp.SendKeys("#f-body", " More."),
		chromedp.Poll(`(`+state+`.startsWith("Not kept") && `+state+`)`, &offline, chromedp.WithPollingTimeout(20*time.Second)),
		chromedp.Value("#f-body", &body),
		network.EmulateNetworkConditions(false, 0, -1, -1),
		chromedp.Poll(`(`+state+`.startsWith("Kept") && `+state+`)`, &back, chromedp.WithPollingTimeout(20*time.Second))))
	require.Contains(t, offline, "no connection")
	require.Equal(t, "Typed and not sent. More.", body, "the page holds them")
	require.Equal(t, []string{"Typed and not sent. More."}, h.left("officer-khc", name).Fields["body"])

	b.complaints = nil
	require.NoError(t, chromedp.Run(b.ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(h.front.URL+edit), chromedp.WaitVisible("#unsent")))
	require.Empty(t, b.seriousFaults(t))
	_, err := chromedp.RunResponse(b.ctx, chromedp.Click(`a[href$="kept=continue"]`)) // the page it leads to stands
	require.NoError(t, err)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.WaitNotPresent("#unsent"), chromedp.Value("#f-body", &body),
		chromedp.Click(`.form-foot button[value=save]`), chromedp.WaitVisible(".notice-done")))
	require.Equal(t, "Typed and not sent. More.", strings.TrimSpace(body))
	require.Equal(t, "Typed and not sent. More.", h.current().Body)
	require.Nil(t, h.left("officer-khc", name))
	require.Empty(t, b.complaints)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(h.front.URL+"/recommendations/new"),
		chromedp.SendKeys("#f-title", "Half a title"), chromedp.Navigate(h.front.URL+"/recommendations")))
	require.Eventually(t, func() bool {
		kept := h.left("officer-khc", models.KeptNew)
		return kept != nil && kept.Fields["title"][0] == "Half a title"
	}, 10*time.Second, 50*time.Millisecond, "who leaves at once loses nothing")
}
