package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	printing "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// askedInTest are questions of every kind, the first one required.
func askedInTest(d *models.ProcedureDocument) {
	words := func(en string) models.Names { return models.Names{"en": en} }
	d.Review.Questions = []models.Question{
		{ID: "sound", Kind: models.QuestionScale, Text: models.Names{"en": "Is it sound?", "bg": "Надежден ли е?"}, Low: words("Not at all"), High: words("Fully"), Required: true, Expertise: true},
		{ID: "who", Kind: models.QuestionChoice, Text: words("Who acts first?"), Options: []models.QuestionOption{{ID: "state", Text: words("The State")}, {ID: "city", Text: words("The city")}}},
		{ID: "ready", Kind: models.QuestionYesNo, Text: words("Is it ready?")},
		{ID: "private", Kind: models.QuestionText, Text: words("What should the officer know?"), Confidential: true},
	}
}

// TestExpertSeesWhatWillBeSent answers questions of every kind without scripts, and goes back from the summary once.
func TestExpertSeesWhatWillBeSent(t *testing.T) {
	n := newOffice(t)
	n.patient(askedInTest)
	n.review(2, "expert-02", "expert-04")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	page := b.get(path)
	sound(t, page)
	require.NotContains(t, strings.Split(page.Body, `name="naming"`)[0], " checked", "nothing is chosen for anybody")
	require.Contains(t, page.Body, "Is it sound?")
	require.Contains(t, page.Body, i18n.For("en").T("question.known"))
	require.NotContains(t, page.Body, "?<span class=\"visually-hidden\">: ", "a question is not followed by a colon")

	f := form(t, page.Body, path+"/review")
	for name, value := range map[string]string{"do": "look", "answer": models.AnswerSupportWithChanges, "reasons": "Say who pays.", "naming": models.NamingNetwork,
		"written_in": "en", "comment-3": "This needs a source.", "q-who": "city", "words-private": "Between us: ask first.", "confidential_note": "I know the author."} {
		f.Set(name, value)
	}
	open := looks(t, b, path+"/review", f)
	sound(t, open)
	require.Contains(t, open.Body, `href="#f-q-sound"`, "the summary of errors leads to the question")
	require.Contains(t, open.Body, `id="f-q-sound-error"`)
	require.Contains(t, open.Body, "This needs a source.")
	require.Contains(t, open.Body, "Between us: ask first.")
	require.Regexp(t, `name="q-who" value="city" checked`, open.Body)

	f.Set("decision_id", form(t, open.Body, path+"/review").Get("decision_id"))
	f.Set("q-sound", "7")
	require.Contains(t, looks(t, b, path+"/review", f).Body, `id="f-q-sound-error"`, "what is not on the scale")
	f.Set("q-sound", "2")
	f.Set("known-sound", models.ExpertiseWell)
	summary := looks(t, b, path+"/review", f)
	sound(t, summary)
	for _, words := range []string{i18n.For("en").T("review.answer.support_with_changes"), "Say who pays.", "2 of 5", "The city", i18n.For("en").T("question.open"),
		"1 comment", "This needs a source.", "Between us: ask first.", "I know the author.", n.person("expert-02").Name, i18n.For("en").T("review.send")} {
		require.Contains(t, summary.Body, words)
	}
	require.Equal(t, models.TaskOpen, n.task(task.ID).State, "looking sends nothing")
	require.NotNil(t, n.left("expert-02", models.KeptAnswer(task.ID)), "and what was typed is kept")

	back := form(t, summary.Body, path+"/review")
	back.Set("do", "change")
	again := looks(t, b, path+"/review", back)
	require.Regexp(t, `name="q-sound" value="2" checked`, again.Body)
	require.Contains(t, again.Body, "This needs a source.")

	send := form(t, summary.Body, path+"/review")
	send.Set("do", "send")
	send.Set("sure", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/review", send).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/review", send).StatusCode, "pressed twice it is one")
	rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
	require.NoError(t, err)
	require.Equal(t, "2", rv.AnswerTo("sound").Value)
	require.Equal(t, models.ExpertiseWell, rv.AnswerTo("sound").Expertise)
	require.Nil(t, rv.AnswerTo("ready"))
	require.Equal(t, "I know the author.", rv.ConfidentialNote)
	require.Nil(t, n.left("expert-02", models.KeptAnswer(task.ID)))
	require.Contains(t, b.get(path+"/thanks").Body, "2 of 5")
	require.Regexp(t, `name="q-sound" value="2" checked`, b.get(path).Body, "to change it one begins with it")
	n.comparesAnswers(t, rv)
}

// comparesAnswers looks at what the officer sees of it, and what others do.
func (n *office) comparesAnswers(t *testing.T, rv *models.Review) {
	t.Helper()
	n.say(n.brief.ID, n.person("expert-04"), models.DecideAnswerReview, n.taskOf("expert-04"), models.ReviewPayload{VersionHash: n.versionOf(n.task(rv.TaskID)).Hash,
		Answer: models.AnswerSupport, Answers: []models.AnswerPayload{{Question: "sound", Value: "5"}, {Question: "who", Value: "city"}}})
	path := agreementPath(n.brief.ID, 1)
	for _, tag := range i18n.Tags() {
		seen := n.as("officer-khc", tag).get(path)
		require.Equal(t, http.StatusOK, seen.StatusCode, seen.Body)
		sound(t, seen)
		require.Contains(t, seen.Body, i18n.For(tag).T("agreement.level.far"))
		require.Contains(t, seen.Body, i18n.For(tag).T("agreement.level.full"))
	}
	seen := n.as("officer-khc", "en").get(path).Body
	require.Less(t, strings.Index(seen, "Is it sound?"), strings.Index(seen, "Who acts first?"), "disagreements first")
	for _, words := range []string{"Between us: ask first.", "I know the author.", "●", n.person("expert-02").Name, i18n.For("en").T("agreement.median_two")} {
		require.Contains(t, seen, words)
	}
	notes := strings.Index(seen, i18n.For("en").T("agreement.notes"))
	require.Contains(t, seen[strings.LastIndex(seen[:notes], "<section"):notes], "screen-only", "what is said in confidence is not printed")
	question := strings.Index(seen, "What should the officer know?")
	require.Contains(t, seen[strings.LastIndex(seen[:question], "<section"):question], "screen-only")
	desk := n.as("officer-khc", "en").get(recommendationPath(n.brief.ID) + "/round").Body
	require.Contains(t, desk, `href="`+path+`"`)
	whole := n.as("officer-khc", "en").get(recommendationPath(n.brief.ID)).Body
	require.Contains(t, whole, "2 of 5")
	require.NotContains(t, whole, "I know the author.", "what is said in confidence stands where answers are compared and weighed")
	_, err := n.db.NewRaw("UPDATE recommendations SET officer_id = ? WHERE id = ?", n.person("coordinator").ID, n.brief.ID).Exec(t.Context())
	require.NoError(t, err)
	colleague := n.as("officer-khc", "en").get(path)
	require.Equal(t, http.StatusOK, colleague.StatusCode)
	require.Contains(t, colleague.Body, "Is it sound?")
	for _, words := range []string{"Between us", "I know the author", "What should the officer know?"} {
		require.NotContains(t, colleague.Body, words, "another officer of the same organisation")
	}
	require.Equal(t, http.StatusForbidden, n.as("officer-tdh", "en").get(path).StatusCode)
}

// TestConflictOfInterestFromPageToOfficer declares one on the expert's page and decides about it at the officer's desk.
func TestConflictOfInterestFromPageToOfficer(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(2, "expert-02", "expert-04")
	task, words := n.taskOf("expert-02"), i18n.For("en")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	f := form(t, b.get(path).Body, path+"/conflict")
	nothing := b.post(path+"/conflict", f)
	require.Equal(t, http.StatusUnprocessableEntity, nothing.StatusCode, "the form as it stands says nothing")
	require.Contains(t, nothing.Body, words.T("asked.choose"))
	f = form(t, nothing.Body, path+"/conflict")
	f.Set("conflict", models.ConflictFunded)
	wordless := b.post(path+"/conflict", f)
	require.Equal(t, http.StatusUnprocessableEntity, wordless.StatusCode)
	require.Contains(t, wordless.Body, `id="f-conflict_words-error"`)
	f = form(t, wordless.Body, path+"/conflict")
	f.Set("conflict", models.ConflictFunded)
	f.Set("conflict_words", "The ministry pays my chair.")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/conflict", f).StatusCode)
	told := b.get(path)
	sound(t, told)
	require.Contains(t, told.Body, words.T("conflict.told.undecided"))
	require.Contains(t, told.Body, path+"/review", "they go on")

	c, desk := n.as("officer-khc", "en"), recommendationPath(n.brief.ID)+"/round"
	require.Contains(t, c.get(desk).Body, "The ministry pays my chair.")
	require.Contains(t, c.get("/").Body, words.N("home.round.conflicts", 1), "it waits on the home page too")
	one := c.get(desk + "?task=" + task.ID.String())
	sound(t, one)
	empty := c.post(desk, actForm(one.Body, "rule", nil))
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode)
	require.Contains(t, empty.Body, `id="f-ruling-error"`)
	ruled := c.post(desk, actForm(empty.Body, "rule", url.Values{"ruling": {models.RulingShown}, "ruling_reason": {"It is known."}}))
	require.Equal(t, http.StatusSeeOther, ruled.StatusCode, ruled.Body)
	require.NotContains(t, c.get("/").Body, words.N("home.round.conflicts", 1))
	after := b.get(path).Body
	require.Contains(t, after, words.T("conflict.told.shown"))
	require.Contains(t, after, "It is known.")
	for _, tag := range i18n.Tags() {
		page := n.as("officer-khc", tag).get(desk)
		sound(t, page)
		require.Contains(t, page.Body, i18n.For(tag).T("conflict.ruling.shown"))
	}
	told = b.get(path)
	before, _, _ := strings.Cut(told.Body, `id="conflict"`)
	require.Contains(t, before, "It is known.", "what was decided is not folded away")
	again := c.get(desk + "?task=" + task.ID.String())
	require.Equal(t, http.StatusSeeOther, c.post(desk, actForm(again.Body, "rule", url.Values{"ruling": {models.RulingReplaced}, "ruling_reason": {"It is too near."}})).StatusCode)
	over := b.get(path)
	sound(t, over)
	require.Contains(t, over.Body, "It is too near.")
	require.Contains(t, over.Body, words.T("conflict.told.replaced_unsent"), "nothing was sent that is kept")
}

// sendsInFewPresses goes from the mail's link to the sent review on a phone, and counts every press.
func (n *office) sendsInFewPresses(b *browser, task *models.Task, slug string) {
	n.t.Helper()
	presses := 0
	press := func(selector string) chromedp.Action { presses++; return tap(selector) }
	link := n.front.URL + "/l/" + n.server.Links.Mint(links.KindTask, task.ID, n.person(slug).ID, task.Generation)
	presses++ // the link in the mail
	require.NoError(n.t, chromedp.Run(b.ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch),
		chromedp.Navigate(link), chromedp.WaitVisible(".review-form"),
		press(`label:has(> [name="answer"][value="support"])`),
		press(`.review-form button[value="look"]`), chromedp.WaitVisible(".summary-form")))
	require.Empty(n.t, b.seriousFaults(n.t))
	require.NoError(n.t, chromedp.Run(b.ctx, press(`.summary-form [name="sure"]`), press(`.summary-form button[value="send"]`), chromedp.WaitVisible(".answer-given:not(:has(~ .summary-form))")))
	require.Equal(n.t, models.TaskDone, n.task(task.ID).State)
	require.Equal(n.t, 5, presses, "the link, one choice, what will be sent, that it is meant, and that it be sent")
}

// TestWholeReviewTakesTenPressesOnAPhoneAndTwelveWithoutScripts counts every press but those of letters: one reads, comments on two
// paragraphs, answers three questions, chooses, and sends. Then what the officer prints of the two answers is read.
func TestWholeReviewTakesTenPressesOnAPhoneAndTwelveWithoutScripts(t *testing.T) {
	b, n := newBrowser(t), newOffice(t)
	n.patient(nil)
	n.review(3, "expert-02", "expert-04", "expert-06") // one more, so that the round stays open
	require.NoError(t, chromedp.Run(b.ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)))
	require.LessOrEqual(t, n.reviewsByPresses(b, "expert-02", "1", true), 10)
	require.LessOrEqual(t, n.reviewsByPresses(b, "expert-04", "5", false), 12)
	n.printsAgreement(b)
	n.deskFollows(b)
}

// deskFollows has an answer come in while the officer looks at the round: who comes back to the page finds it there, without loading anew.
func (n *office) deskFollows(b *browser) {
	n.t.Helper()
	task := n.taskOf("expert-06")
	var before, now, every string
	var stays bool
	read := func(into *string) chromedp.Action { // in one breath: the part of the page may be put anew between two of them
		return chromedp.Evaluate(`document.querySelector("#overview .round-state")?.textContent ?? ""`, into)
	}
	require.NoError(n.t, chromedp.Run(b.ctx, chromedp.Navigate(n.front.URL+recommendationPath(n.brief.ID)+"/round"), chromedp.WaitVisible("#overview .round-state"), read(&before),
		chromedp.AttributeValue("#overview", "hx-trigger", &every, nil), chromedp.Evaluate("window.stays = true", nil)))
	require.Contains(n.t, every, "every 60s", "and who stays is shown it within a minute")
	n.say(n.brief.ID, n.person("expert-06"), models.DecideAnswerReview, task, models.ReviewPayload{VersionHash: n.versionOf(task).Hash, Answer: models.AnswerSupport})
	n.waitFor("the answer stands on the page", func() bool {
		err := chromedp.Run(b.ctx, chromedp.Evaluate(`document.dispatchEvent(new Event("visibilitychange"))`, nil), read(&now), chromedp.Evaluate("window.stays === true", &stays))
		return err == nil && now != "" && now != before
	})
	require.True(n.t, stays, "the page was not loaded anew")
}

// reviewsByPresses sends a whole review from the link in the mail on, with the page's scripts or without, and returns how often was pressed.
// feasible is what is answered to the second question.
func (n *office) reviewsByPresses(b *browser, slug, feasible string, scripts bool) (presses int) {
	n.t.Helper()
	task := n.taskOf(slug)
	press := func(selector string) chromedp.Action {
		presses++
		if scripts {
			return tap(selector)
		}
		return chromedp.Tasks{chromedp.ScrollIntoView(selector, chromedp.ByQuery), chromedp.Click(selector, chromedp.ByQuery)}
	}
	comment := func(block, words string) chromedp.Action {
		all := chromedp.Tasks{press(`[data-block="` + block + `"] summary`)}
		if !scripts { // the script puts one where one types
			all = append(all, press(`[name="comment-`+block+`"]`))
		}
		return append(all, chromedp.KeyEvent(words))
	}
	presses++ // the link in the mail
	require.NoError(n.t, chromedp.Run(b.ctx, emulation.SetScriptExecutionDisabled(!scripts),
		chromedp.Navigate(n.front.URL+n.linkFor(task, n.person(slug).ID)), chromedp.WaitVisible(".review-form"),
		comment("0", "A clear beginning."), comment("2", "Which year?"),
		press(`label:has(> [name="answer"][value="support"])`),
		press(`label:has(> [name="q-evidence"][value="3"])`), press(`label:has(> [name="q-feasible"][value="`+feasible+`"])`),
		press(`[name="words-must-change"]`), chromedp.KeyEvent("Nothing."),
		press(`.review-form button[value="look"]`), chromedp.WaitVisible(".summary-form"),
		press(`.summary-form [name="sure"]`), press(`.summary-form button[value="send"]`), chromedp.WaitVisible(".answer-given ~ .actions a"), emulation.SetScriptExecutionDisabled(false)))
	n.waitFor("the review is there", func() bool { return n.task(task.ID).State == models.TaskDone })
	rv, err := models.ReviewByTask(n.t.Context(), n.db, task.ID)
	require.NoError(n.t, err)
	require.Len(n.t, rv.Comments, 2)
	require.Equal(n.t, "3", rv.AnswerTo("evidence").Value)
	require.Equal(n.t, feasible, rv.AnswerTo("feasible").Value)
	require.Equal(n.t, "Nothing.", rv.AnswerTo("must-change").Body)
	return presses
}

// printsAgreement looks at the officer's page as people do, prints it, and reads what is on the paper: what they disagree about first.
func (n *office) printsAgreement(b *browser) {
	n.t.Helper()
	require.NoError(n.t, chromedp.Run(b.ctx, network.ClearBrowserCookies(), n.signIn("officer-khc")))
	b.inspect(n.t, n.front.URL+agreementPath(n.brief.ID, 1), fewLooks)
	var pdf []byte
	require.NoError(n.t, chromedp.Run(b.ctx, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = printing.PrintToPDF().Do(ctx)
		return err
	})))
	require.True(n.t, bytes.HasPrefix(pdf, []byte("%PDF")))
	paper := strings.Join(strings.Fields(printed(string(pdf))), " ")
	agreed, apart := strings.Index(paper, "Is the evidence sound?"), strings.Index(paper, "Can the measures be carried out")
	require.Positive(n.t, agreed, paper)
	require.Positive(n.t, apart, paper)
	require.Less(n.t, apart, agreed, "disagreements first")
	for _, words := range []string{n.person("expert-02").Name, n.person("expert-04").Name, "Nothing."} {
		require.Contains(n.t, paper, words)
	}
	require.NotContains(n.t, paper, i18n.For("en").T("layout.skip"), "what is for the screen stays there")
}

// TestCoordinatorWritesQuestions fills in the form of a procedure: what is wrong is said at its place, and what has begun keeps its questions.
func TestCoordinatorWritesQuestions(t *testing.T) {
	h := newHouse(t)
	c, at := h.as("coordinator", "en"), "review.questions[0]"
	f := h.procedureFields("fast")
	for name, value := range map[string]string{at + ".text.bg": "Кой действа?", at + ".kind": models.QuestionChoice, at + ".options.en": "The State",
		"review.questions[4].kind": models.QuestionText} {
		f.Set(name, value)
	}
	bad := c.post(proceduresPath+"/fast/edit", f)
	require.Equal(t, http.StatusUnprocessableEntity, bad.StatusCode)
	require.Contains(t, bad.Body, `id="f-review-questions-0-text-en-error"`)
	require.Contains(t, bad.Body, `id="f-review-questions-0-options-en-error"`)
	require.Contains(t, bad.Body, "Кой действа?")

	f.Set(at+".text.en", "Who acts first?")
	f.Set(at+".options.en", "The State\r\nThe city\r\n\r\nNobody yet")
	f.Set(at+".options.bg", "Държавата\r\nГрадът")
	f.Set("review.questions[3].text.en", "Is the evidence sound?")
	f.Set("review.questions[3].kind", models.QuestionScale)
	f.Set("review.questions[3].required", "yes")
	saved := c.post(proceduresPath+"/fast/edit", f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	p, err := models.ProcedureBySlug(t.Context(), h.db, "fast")
	require.NoError(t, err)
	require.Equal(t, []models.Question{
		{ID: "who-acts-first", Kind: models.QuestionChoice, Text: models.Names{"en": "Who acts first?", "bg": "Кой действа?"}, Options: []models.QuestionOption{
			{ID: "the-state", Text: models.Names{"en": "The State", "bg": "Държавата"}}, {ID: "the-city", Text: models.Names{"en": "The city", "bg": "Градът"}},
			{ID: "nobody-yet", Text: models.Names{"en": "Nobody yet"}}}},
		{ID: "is-the-evidence-sound", Kind: models.QuestionScale, Text: models.Names{"en": "Is the evidence sound?"}, Required: true}}, p.Document.Review.Questions)
	page := c.get(proceduresPath + "/fast")
	sound(t, page)
	require.Contains(t, page.Body, "Who acts first? (one of several answers); Is the evidence sound? (a scale from 1 to 5, has to be answered)")

	again := h.procedureFields("fast")
	again.Set(at+".options.en", "The State itself\nThe city\nNobody yet")
	require.Equal(t, http.StatusSeeOther, c.post(proceduresPath+"/fast/edit", again).StatusCode)
	p, err = models.ProcedureBySlug(t.Context(), h.db, "fast")
	require.NoError(t, err)
	require.Equal(t, "the-state", p.Document.Review.Questions[0].Options[0].ID, "other words for the same answer")
	require.Len(t, h.procedureOfBrief().Document.Review.Asks(), 3, "what has begun goes by its own version")
	require.Contains(t, c.get(proceduresPath+"/default").Body, i18n.For("en").T("procedure.questions_standard"))
}

func TestWhoWeighsTheAnswersReadsWhatWasSaidInConfidence(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) {
		d.Review.Enough, d.Review.Grace, d.Review.ConsultMembers = 1, "1s", false
	})
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	block, quote := n.quotable()
	n.say(n.brief.ID, n.person("expert-02"), models.DecideAnswerReview, task, models.ReviewPayload{VersionHash: n.versionOf(task).Hash,
		Answer: models.AnswerSupport, ConfidentialNote: "I know the author.",
		Comments: []models.CommentPayload{{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"}}})
	decide := n.open(models.TaskDecideReview)[0]
	path := recommendationPath(n.brief.ID) + "/decide-review?task=" + decide.ID.String()
	page := n.as("officer-khc", "en").get(path)
	sound(t, page)
	require.Contains(t, page.Body, "I know the author.")
	require.Contains(t, page.Body, i18n.For("en").T("review.in_confidence"))
	require.NotContains(t, n.as("officer-khc", "en").get(recommendationPath(n.brief.ID)).Body, "I know the author.")
	n.toldOfSuggestions(path)
	_, err := n.db.NewRaw("UPDATE recommendations SET officer_id = ? WHERE id = ?", n.person("coordinator").ID, n.brief.ID).Exec(t.Context())
	require.NoError(t, err)
	colleague := n.as("officer-khc", "en").get(path)
	require.NotContains(t, colleague.Body, "I know the author.", "another officer of the same organisation")
}

// toldOfSuggestions accepts the one suggestion there is, and sees that the page of the decision says that the text does not hold it.
func (n *office) toldOfSuggestions(decide string) {
	b, l, comments := n.as("officer-khc", "en"), i18n.For("en"), responsesPath(n.brief.ID)
	before := b.get(decide).Body
	require.NotContains(n.t, before, l.T("officer.decide_review.put_in"), "nothing is accepted yet")
	require.Contains(n.t, before, l.N("officer.decide_review.open", 1))
	require.Contains(n.t, before, `href="`+comments+`?round=1&amp;open=yes"`)
	all := picks(b.get(comments + "?kind=suggestion").Body)
	require.Len(n.t, all, 1)
	require.Equal(n.t, http.StatusSeeOther, b.post(comments, url.Values{"do": {"answer"}, "pick": all, "outcome": {"accepted"}, "written_in": {"en"}}).StatusCode)
	page := b.get(decide)
	sound(n.t, page)
	require.Contains(n.t, page.Body, l.N("putin.wait", 1))
	require.NotContains(n.t, page.Body, l.T("officer.decide_review.open_text"), "every comment has its answer")
	require.Contains(n.t, page.Body, l.T("officer.decide_review.put_in"))
	require.Contains(n.t, page.Body, `href="`+putInPath(n.brief.ID)+`"`)
}
