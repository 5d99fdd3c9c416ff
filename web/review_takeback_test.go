package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// TestAnAnswerIsTakenBackOnItsPage takes one back in every language, and gives it once more.
func TestAnAnswerIsTakenBackOnItsPage(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(2, "expert-02", "expert-06")
	who, task := n.person("expert-02"), n.taskOf("expert-02")
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		b, path := n.byLink(task, who, tag)
		require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {tag}}).StatusCode)
		require.Equal(t, n.task(task.ID).State == models.TaskDone, strings.Contains(b.get(path).Body, "take-back"), "an answer is taken back that was given")
		f := filled(t, b.get(path).Body, path+"/review")
		f.Set("sure", "yes")
		f.Set("answer", models.AnswerSupportWithChanges)
		f.Set("reasons", "Words that must not be lost.")
		f.Set("comment-3", "Who pays?")
		f.Set("confidential_note", "Between us.")
		require.Equal(t, http.StatusSeeOther, b.post(path+"/review", f).StatusCode)
		require.Contains(t, b.get(path).Body, `href="`+path+`/thanks?take-back=1#take-back"`)
		thanks := b.get(path + "/thanks?take-back=1")
		sound(t, thanks)
		require.Contains(t, thanks.Body, `<details class="decline" id="take-back" open>`)
		require.NotContains(t, b.get(path+"/thanks").Body, `id="take-back" open`)
		back := filled(t, thanks.Body, path+"/take-back")
		require.Empty(t, back.Get("take_back"), "nothing is chosen for anybody")
		unsure := b.post(path+"/take-back", back)
		require.Equal(t, http.StatusUnprocessableEntity, unsure.StatusCode)
		sound(t, unsure)
		require.Contains(t, unsure.Body, l.T("asked.tick", "Box", l.T("takeback.box.review")))
		require.Equal(t, models.TaskDone, n.task(task.ID).State)

		back = filled(t, unsure.Body, path+"/take-back")
		back.Set("take_back", "yes")
		stale := url.Values{"decision_id": {NewDecisionID()}, "seen_answer": {"another-answer"}, "take_back": {"yes"}}
		other := b.post(path+"/take-back", stale)
		require.Equal(t, http.StatusPreconditionFailed, other.StatusCode, "not an answer that they have not seen")
		require.Contains(t, other.Body, l.T("takeback.other"))
		taken := b.post(path+"/take-back", back)
		require.Equal(t, http.StatusSeeOther, taken.StatusCode, taken.Body)
		require.Equal(t, path, taken.Header.Get("Location"))
		require.Equal(t, http.StatusSeeOther, b.post(path+"/take-back", back).StatusCode, "the same form sent twice")
		require.True(t, n.task(task.ID).WaitsAgain())

		page := b.get(path)
		sound(t, page)
		for _, words := range []string{l.T("takeback.words"), "Words that must not be lost.", "Who pays?", "Between us.", `id="decline"`} {
			require.Contains(t, page.Body, words, tag)
		}
		n.chosenBefore(page.Body, models.AnswerSupportWithChanges)
		require.Equal(t, http.StatusSeeOther, b.get(path+"/thanks").StatusCode, "there is nothing to be thanked for")
		require.Equal(t, http.StatusNotFound, b.get(path+"/certificate.pdf").StatusCode, "nor to be confirmed")
		desk := n.as("officer-khc", tag).get(recommendationPath(n.brief.ID) + "/round")
		sound(t, desk)
		require.Contains(t, desk.Body, l.T("round.state.taken_back"))
		require.Contains(t, desk.Body, l.T("round.taken_back", "When", l.DateTime(*n.task(task.ID).TakenBackAt, n.zoneOfOfficer())))
		require.NotContains(t, n.as("officer-khc", tag).get(recommendationPath(n.brief.ID)).Body, "Words that must not be lost.")
		minutes := n.as("officer-khc", tag).get(recommendationPath(n.brief.ID) + "/record")
		require.Contains(t, minutes.Body, l.T("record.review.taken_back", "Round", 1))

		f = filled(t, page.Body, path+"/review") // and sent once more, as it was
		f.Set("answer", models.AnswerSupport)
		f.Set("sure", "yes")
		require.Equal(t, http.StatusSeeOther, b.post(path+"/review", f).StatusCode)
		rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"Words that must not be lost.", "Who pays?", "Between us."}, []string{rv.Reasons, rv.Comments[0].Body, rv.ConfidentialNote})
		require.NotContains(t, n.as("officer-khc", tag).get(recommendationPath(n.brief.ID)+"/round").Body, l.T("round.state.taken_back"))
	}
}

// zoneOfOfficer is by whose clock the officer reads.
func (n *office) zoneOfOfficer() *time.Location {
	zone, err := n.server.zoneOf(n.t.Context(), n.officer)
	require.NoError(n.t, err)
	return zone
}

// TestAnAnswerIsNotTakenBackOnceTheRoundIsClosed: a page that was open since before says so.
func TestAnAnswerIsNotTakenBackOnceTheRoundIsClosed(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) {
		d.Review.Enough, d.Review.Grace, d.Review.ConsultMembers = 1, "1s", false
	})
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	f := filled(t, b.get(path).Body, path+"/review")
	f.Set("answer", models.AnswerSupport)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/review", f).StatusCode)
	rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
	require.NoError(t, err)
	n.open(models.TaskDecideReview)
	require.NotContains(t, b.get(path+"/thanks").Body, "/take-back")
	back := b.post(path+"/take-back", url.Values{"decision_id": {NewDecisionID()}, "seen_answer": {rv.DecisionID}, "take_back": {"yes"}})
	require.Equal(t, http.StatusConflict, back.StatusCode)
	sound(t, back)
	require.Contains(t, back.Body, i18n.For("en").T("takeback.closed.review"))
	_, err = models.ReviewByTask(t.Context(), n.db, task.ID)
	require.NoError(t, err)
}

// TestScannerTakesNothingBack is a scanner of mails that follows every link of the page after an answer, and sends every form as it
// stands, by each of its buttons: once by itself, once in a browser that also clicks.
func TestScannerTakesNothingBack(t *testing.T) {
	b, n := newBrowser(t), newOffice(t)
	n.patient(nil)
	n.concerns("RS")
	n.review(2, "expert-02", "expert-04") // so that neither answer closes the round meanwhile
	consult := n.consultedBy("cyi")
	link := map[string]*models.Task{"expert-02": n.taskOf("expert-02"), "partner-cyi": consult}
	n.say(n.brief.ID, n.person("expert-02"), models.DecideAnswerReview, link["expert-02"], models.ReviewPayload{VersionHash: n.versionOf(consult).Hash, Answer: models.AnswerSupport})
	n.say(n.brief.ID, n.person("partner-cyi"), models.DecideAnswerConsultation, consult, models.ConsultationPayload{VersionHash: n.versionOf(consult).Hash, Reasons: "Good."})
	for slug, task := range link {
		was, err := models.ReviewByTask(t.Context(), n.db, task.ID)
		require.NoError(t, err)
		page := taskPath(task.ID) + "/thanks?take-back=1"
		n.scannedAt(task, n.person(slug), page)
		token := n.front.URL + "/l/" + n.server.Links.Mint(links.KindTask, task.ID, n.person(slug).ID, task.Generation)
		for _, how := range []string{"f.submit()", "(f.querySelector('[type=submit]') || f).click()"} {
			require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(token), chromedp.WaitReady(".review-form"), chromedp.Navigate(n.front.URL+page),
				chromedp.WaitReady("#take-back form"),
				chromedp.Evaluate(`(() => { const f = document.querySelector("#take-back form"); `+how+` })()`, nil), chromedp.WaitReady("body")))
		}
		is, err := models.ReviewByTask(t.Context(), n.db, task.ID)
		require.NoError(t, err)
		require.Equal(t, was, is)
		require.Equal(t, models.TaskDone, n.task(task.ID).State)
		require.Nil(t, n.task(task.ID).TakenBackAt)
	}
	n.takesBackInFewPresses(b, link["expert-02"], "expert-02")
}

// takesBackInFewPresses is a person on a phone, who can: the box, and the button.
func (n *office) takesBackInFewPresses(b *browser, task *models.Task, slug string) {
	n.t.Helper()
	link := n.front.URL + "/l/" + n.server.Links.Mint(links.KindTask, task.ID, n.person(slug).ID, task.Generation)
	require.NoError(n.t, chromedp.Run(b.ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch),
		chromedp.Navigate(link), chromedp.WaitVisible(".review-form"), tap(`.notice-done a[href*="take-back"]`), chromedp.WaitVisible("#take-back form")))
	require.Empty(n.t, b.seriousFaults(n.t))
	require.NoError(n.t, chromedp.Run(b.ctx, tap(`#take-back [name="take_back"]`), tap(`#take-back button[type="submit"]`), chromedp.WaitVisible("#taken-back")))
	require.Empty(n.t, b.seriousFaults(n.t))
	require.True(n.t, n.task(task.ID).WaitsAgain())
}

// TestPartnersTakeTheirCommentsBack: a colleague can, and does not read what the other one had written as if it were theirs.
func TestPartnersTakeTheirCommentsBack(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.concerns("RS")
	n.review(1, "expert-02")
	task := n.consultedBy("cyi")
	b, path := n.byLink(task, n.person("partner-cyi"), "en")
	f := filled(t, b.get(path).Body, path+"/consultation")
	f.Set("reasons", "Only half a sentence")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/consultation", f).StatusCode)
	back := filled(t, b.get(path+"/thanks").Body, path+"/take-back")
	back.Set("take_back", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/take-back", back).StatusCode)
	page := b.get(path)
	sound(t, page)
	require.Contains(t, page.Body, "Only half a sentence")
	require.Contains(t, page.Body, `name="prefilled" value="yes"`, "words that stand in the form say nothing as they stand")
	require.NotContains(t, n.as("officer-khc", "en").get(recommendationPath(n.brief.ID)).Body, "Only half a sentence")
	require.True(t, strings.Contains(n.as("officer-khc", "en").get(recommendationPath(n.brief.ID)+"/record").Body, i18n.For("en").T("record.consultation.taken_back", "Round", 1)))
}
