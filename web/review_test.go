package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

func TestExpertReviewsByLink(t *testing.T) {
	for _, tag := range i18n.Tags() {
		t.Run(tag, func(t *testing.T) {
			n := newOffice(t)
			n.patient(nil)
			n.review(2, "expert-02", "expert-04", "expert-05")
			expert := n.person("expert-02")
			n.say(n.brief.ID, n.person("expert-05"), models.DecideDeclineTask, n.taskOf("expert-05"), models.DeclinePayload{})
			task := n.taskOf("expert-02")
			b, path := n.byLink(task, expert, tag)
			require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {tag}}).StatusCode)

			page := b.get(path)
			require.Equal(t, http.StatusOK, page.StatusCode, page.Body)
			sound(t, page)
			require.Contains(t, page.Body, `<html lang="`+tag+`">`)
			require.Contains(t, page.Body, "Fiona Carmichael")
			require.NotContains(t, strings.Split(page.Body, `name="naming"`)[0], " checked", "no answer is chosen for anybody")
			require.Regexp(t, `name="naming"[^>]* value="none" checked`, page.Body, "nobody is named for leaving a form as it is")

			require.Contains(t, page.Body, `<option value="`+tag+`" lang="`+tag+`" selected>`, "whoever writes says in which language, and begins with the page's")

			for _, place := range []string{"answer", "measures", "main"} {
				require.Equal(t, 1, strings.Count(page.Body, `<a href="#`+place+`"`), "a long page is jumped on: "+place)
				require.Equal(t, 1, strings.Count(page.Body, ` id="`+place+`"`), place)
			}
			require.NotContains(t, page.Body, `<details class="comment-on" open`, "a place to comment is folded until somebody writes in it")

			f := form(t, page.Body, path+"/review")
			f.Set("reasons", "Words that must not be lost.")
			f.Set("comment-3", "This needs a source.")
			none := b.post(path+"/review", f)
			require.Equal(t, http.StatusUnprocessableEntity, none.StatusCode)
			sound(t, none)
			require.Contains(t, none.Body, "Words that must not be lost.")
			require.Contains(t, none.Body, "This needs a source.")
			require.Contains(t, none.Body, i18n.For(tag).T("asked.choose"))
			require.Equal(t, models.TaskOpen, n.task(task.ID).State)

			f = form(t, none.Body, path+"/review")
			f.Set("answer", models.AnswerDoNotSupport)
			without := b.post(path+"/review", f)
			require.Equal(t, http.StatusUnprocessableEntity, without.StatusCode, "reasons are needed unless one supports")
			require.Contains(t, without.Body, `value="do_not_support" checked`)
			require.Contains(t, without.Body, i18n.For(tag).T("review.why.do_not_support"), "what is missing is said, not that a field is empty")

			f = form(t, without.Body, path+"/review")
			f.Set("answer", models.AnswerSupportWithChanges)
			f.Set("reasons", "Words that must not be lost.")
			f.Set("naming", models.NamingNone)
			f.Set("written_in", "ro")
			f["comment-3"] = []string{"This needs a source.", "And a date."}
			f["quote-3"] = []string{"Violence after care", ""}
			sent := b.post(path+"/review", f)
			require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.Body)
			require.Equal(t, path+"/thanks", sent.Header.Get("Location"))
			thanks := b.get(path + "/thanks")
			sound(t, thanks)
			require.Contains(t, thanks.Body, i18n.For(tag).T("review.answer.support_with_changes"))
			require.Contains(t, thanks.Body, `<p class="said" lang="ro">And a date.`)
			require.Contains(t, thanks.Body, `href="`+path+`"`, "it can still be changed")

			again := b.post(path+"/review", f)
			require.Equal(t, http.StatusSeeOther, again.StatusCode, "the same form sent twice is one answer")
			f.Set("reasons", "Other words under the same number.")
			other := b.post(path+"/review", f)
			require.Equal(t, http.StatusConflict, other.StatusCode)
			require.Contains(t, other.Body, "Other words under the same number.")
			require.NotEqual(t, f.Get("decision_id"), form(t, other.Body, path+"/review").Get("decision_id"))

			rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
			require.NoError(t, err)
			require.Equal(t, "Words that must not be lost.", rv.Reasons)
			require.Equal(t, "ro", rv.WrittenIn)
			said, err := record.List(t.Context(), n.db, n.brief.ID, record.Confidential)
			require.NoError(t, err)
			require.Equal(t, "ro", said[len(said)-1].Facts[record.FactWrittenIn], "the record reads it out so too")
			require.Len(t, rv.Comments, 2)
			require.Equal(t, 3, rv.Comments[0].Block)

			filled := b.get(path)
			sound(t, filled)
			n.chosenBefore(filled.Body, models.AnswerSupportWithChanges)
			require.Contains(t, filled.Body, ">Violence after care</textarea>")
			require.Contains(t, filled.Body, `<option value="ro" lang="ro" selected>`)
			f = form(t, filled.Body, path+"/review")
			f.Set("answer", models.AnswerSupport)
			f.Set("do", "look")
			f.Set("reasons", "Words that must not be lost.")
			look := looks(t, b, path+"/review", f)
			require.Contains(t, look.Body, i18n.For(tag).T("summary.unasked"), "nobody sends the reasons of another answer unseen")
			f.Del("do")
			f.Del("reasons")
			f.Set("sure", "yes")
			require.Equal(t, http.StatusSeeOther, b.post(path+"/review", f).StatusCode)
			rv, err = models.ReviewByTask(t.Context(), n.db, task.ID)
			require.NoError(t, err)
			require.Equal(t, models.AnswerSupport, *rv.Answer)
			require.Empty(t, rv.WrittenIn, "nobody said it of the answer that stands now")
			require.Empty(t, rv.Comments, "the answer replaces the one before")
		})
	}
}

// taskOf waits for the open question to an expert.
func (n *office) taskOf(slug string) *models.Task {
	n.t.Helper()
	id := n.person(slug).ID
	for _, task := range n.open(models.TaskReview) {
		if task.PersonID != nil && *task.PersonID == id {
			return &task
		}
	}
	require.FailNow(n.t, "nobody asked "+slug)
	return nil
}

func TestLookingDecidesNothing(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		require.Equal(t, http.StatusOK, b.send(method, path, nil).StatusCode)
		require.Equal(t, http.StatusSeeOther, b.send(method, path+"/thanks", nil).StatusCode)
		for _, act := range []string{"/accept", "/decline", "/review", "/consultation", "/sign-off", "/progress", "/translation",
			"/approve-translation", "/return-translation"} {
			require.Equal(t, http.StatusMethodNotAllowed, b.send(method, path+act, nil).StatusCode, act)
		}
	}
	after := n.task(task.ID)
	require.Equal(t, models.TaskOpen, after.State)
	require.Nil(t, after.AcceptedAt)
}

func TestExpertAcceptsOrDeclines(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(2, "expert-02", "expert-04")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	page := b.get(path)
	zone, err := models.ZoneOf(t.Context(), n.db, n.person("expert-02").CountryCode)
	require.NoError(t, err)
	l := i18n.For("en")
	require.Contains(t, page.Body, l.T("review.will", "When", l.MomentHere(task.DueAt, zone)), "who says they have time says until when, as the rest of the page does")
	require.True(t, task.RespondBy.Before(task.DueAt))
	require.Contains(t, page.Body, l.T("mail.respond_by", "When", l.MomentHere(*task.RespondBy, zone)), "the page names the same day as the mail")
	require.Contains(t, page.Body, l.MomentWhole(task.DueAt, zone), "whose clock it is stands where more is said")
	f := form(t, page.Body, path+"/accept")
	empty := b.post(path+"/accept", f)
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode, "as it stands it says nothing")
	sound(t, empty)
	require.Contains(t, empty.Body, `id="f-will-error"`)
	require.Nil(t, n.task(task.ID).AcceptedAt)
	f.Set("will", "yes")
	accepted := b.post(path+"/accept", f)
	require.Equal(t, http.StatusSeeOther, accepted.StatusCode, accepted.Body)
	require.NotNil(t, n.task(task.ID).AcceptedAt)
	require.NotContains(t, b.get(path).Body, `action="`+path+`/accept"`)

	task = n.taskOf("expert-04")
	b, path = n.byLink(task, n.person("expert-04"), "bg")
	f = form(t, b.get(path).Body, path+"/decline")
	f.Set("suggestions[0].name", strings.Repeat("n", 600))
	f.Set("reason", "Away until spring.")
	empty = b.post(path+"/decline", f)
	require.Contains(t, empty.Body, ">Away until spring.</textarea>", "a refused form keeps what was typed")
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode)
	require.Contains(t, empty.Body, `id="f-will_not-error"`)
	require.Equal(t, models.TaskOpen, n.task(task.ID).State)
	f.Set("will_not", "yes")
	long := b.post(path+"/decline", f)
	require.Equal(t, http.StatusUnprocessableEntity, long.StatusCode)
	require.Contains(t, long.Body, strings.Repeat("n", 600))
	f = form(t, long.Body, path+"/decline")
	f.Set("suggestions[0].name", "Somebody at the university")
	f.Set("will_not", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/decline", f).StatusCode)
	require.Equal(t, models.TaskDeclined, n.task(task.ID).State)
	over := b.get(path)
	require.Equal(t, http.StatusOK, over.StatusCode)
	sound(t, over)
	require.Contains(t, over.Body, i18n.For("bg").T("asked.over.declined.title"))

	f = form(t, over.Body, path+"/accept")
	empty = b.post(path+"/accept", f)
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode)
	sound(t, empty)
	require.Equal(t, models.TaskDeclined, n.task(task.ID).State)
	f.Set("will", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/accept", f).StatusCode, "who declined can still say that they will")
	require.Equal(t, models.TaskOpen, n.task(task.ID).State)
	require.Contains(t, b.get(path).Body, `action="`+path+`/review"`)
}

func TestClosedRoundShowsWhatWasAnswered(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.Grace = "1s" })
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	f := form(t, b.get(path).Body, path+"/review")
	f.Set("answer", models.AnswerSupport)
	f.Set("comment-0", "A good beginning.")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/review", f).StatusCode)
	n.open(models.TaskDecideReview)
	over := b.get(path)
	sound(t, over)
	require.Contains(t, over.Body, "A good beginning.")
	for _, tag := range i18n.Tags() {
		require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {tag}, "next": {path}}).StatusCode)
		page := b.get(path)
		require.Contains(t, page.Body, i18n.For(tag).T("asked.over.weighed.text"), "nothing is decided yet")
		require.NotContains(t, page.Body, i18n.For(tag).T("asked.over.closed.text"))
	}
	require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {"en"}, "next": {path}}).StatusCode)
	late := url.Values{"decision_id": {NewDecisionID()}, "version_hash": f["version_hash"], "answer": {models.AnswerSupport}, "comment-0": {"Too late."}}
	refused := b.post(path+"/review", late)
	require.Equal(t, http.StatusConflict, refused.StatusCode)
	require.Contains(t, refused.Body, "Too late.", "even then nothing typed is lost")
	n.say(n.brief.ID, n.officer, models.DecideReview, &n.open(models.TaskDecideReview)[0],
		models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "The reviews support it."})
	n.waitFor("the text to go on", func() bool { return n.reload().Stage != models.StageReview })
	gone := b.get(path)
	sound(t, gone)
	require.Contains(t, gone.Body, i18n.For("en").T("asked.over.closed.text"))
	require.NotContains(t, gone.Body, i18n.For("en").T("asked.over.weighed.text"))
}

func TestPartnerIsConsulted(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.concerns("RS")
	n.review(1, "expert-02")
	unit := demo.ID("organisation", "cyi")
	var task *models.Task
	for _, asked := range n.open(models.TaskConsult) {
		if *asked.OrganisationID == unit {
			task = &asked
		}
	}
	require.NotNil(t, task)
	partner := n.person("partner-cyi")
	b := n.as("partner-cyi", "bg")
	path := taskPath(task.ID)
	page := b.get(path)
	require.Equal(t, http.StatusOK, page.StatusCode, page.Body)
	sound(t, page)
	require.Contains(t, page.Body, "Centre for Youth Integration Serbia")
	require.NotContains(t, page.Body, `name="answer"`)
	f := form(t, page.Body, path+"/consultation")
	sent := n.rows("submissions")
	empty := b.post(path+"/consultation", f)
	require.Equal(t, sent, n.rows("submissions"), "what says nothing is not stored")
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode)
	f = form(t, empty.Body, path+"/consultation")
	f.Set("reasons", "Становище.\r\nНа два реда.")
	f.Set("comment-5", "Добавете срок.")
	f = n.looksAtConsultation(t, path, f)
	require.Equal(t, sent, n.rows("submissions"), "looking sends nothing")
	f.Set("do", "send")
	f.Set("sure", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/consultation", f).StatusCode)
	rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
	require.NoError(t, err)
	require.Equal(t, partner.ID, rv.PersonID)
	require.Equal(t, "Становище.\nНа два реда.", rv.Reasons)
	require.NotNil(t, rv.OrganisationID)
	require.Contains(t, b.get(path+"/thanks").Body, "На два реда.")
	n.changesConsultation(t, path)

	require.Equal(t, http.StatusNotFound, n.as("partner-tdh-al", "en").get(path).StatusCode, "others do not know of it")
	officer := n.as("officer-khc", "en").get(taskPath(n.taskOf("expert-02").ID))
	require.Equal(t, http.StatusSeeOther, officer.StatusCode)
	require.Equal(t, recommendationPath(n.brief.ID), officer.Header.Get("Location"), "those who may see but not answer are led on")
}

func TestOfficersQuestionsLeadToTheirPages(t *testing.T) {
	h := newHouse(t)
	b := h.as("officer-khc", "en")
	officer := h.person("officer-khc").ID
	for kind, page := range map[models.TaskKind]string{
		models.TaskChooseReviewer: "/reviewers", models.TaskDecideReview: "/decide-review", models.TaskAssignTranslator: "/translators",
		models.TaskResolveSignOff: "/resolve-sign-off", models.TaskPublish: "/publish", models.TaskDeliver: "/deliveries",
		models.TaskEscalation: "/overdue",
	} {
		task := h.ask(kind, officer)
		got := b.get(taskPath(task.ID))
		require.Equal(t, http.StatusSeeOther, got.StatusCode)
		require.Equal(t, recommendationPath(h.brief.ID)+page+"?task="+task.ID.String(), got.Header.Get("Location"))
	}
}

func TestOverPagesInEveryLanguage(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	for _, tag := range i18n.Tags() {
		for _, state := range []models.TaskState{models.TaskDeclined, models.TaskExpired, models.TaskCancelled} {
			task := h.ask(models.TaskReview, expert.ID)
			b := h.public(tag)
			require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, expert.ID)).StatusCode)
			b.post("/language", url.Values{"language": {tag}})
			task.Close(state, time.Now())
			require.NoError(t, task.Save(t.Context(), h.db))
			got := b.get(taskPath(task.ID))
			require.Equal(t, http.StatusOK, got.StatusCode, "the link shows how it ended until the grace is over")
			sound(t, got)
			require.Contains(t, got.Body, i18n.For(tag).T("asked.over."+string(state)+".title"))
		}
	}
}

func TestAnswerIsSafeWhileNothingRuns(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	f := form(t, b.get(path).Body, path+"/review")
	f.Set("answer", models.AnswerSupport)
	n.stopWorker()
	n.server.Processes.Patience = 300 * time.Millisecond
	got := b.post(path+"/review", f)
	require.Equal(t, http.StatusAccepted, got.StatusCode, got.Body)
	sound(t, got)
	require.Contains(t, got.Body, i18n.For("en").T("received.text"))
	require.Contains(t, got.Body, `href="`+path+`/thanks"`)
	stored, err := models.Unsettled(t.Context(), n.db, time.Now().Add(time.Minute), 10)
	require.NoError(t, err)
	require.Len(t, stored, 1)
	require.Equal(t, f.Get("decision_id"), stored[0].DecisionID)
	require.True(t, stored[0].ByLink)
}

// chosenBefore makes sure that a form which opens with words in it shows what had been chosen, and says nothing as it stands.
func (h *house) chosenBefore(body, answer string) {
	h.t.Helper()
	require.Contains(h.t, body, `value="`+answer+`" checked`)
	require.Contains(h.t, body, `name="prefilled" value="yes"`)
}
