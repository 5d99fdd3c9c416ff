package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// decideAt fills the form of a page and sends it.
func (b *reader) decideAt(path string, fill url.Values) answer {
	b.t.Helper()
	action, _, _ := strings.Cut(path, "?")
	page := b.get(path)
	require.Equal(b.t, http.StatusOK, page.StatusCode, page.Body)
	unsaid(b.t, page)
	f := form(b.t, page.Body, action)
	for name, values := range fill {
		f[name] = values
	}
	return b.post(action, f)
}

// inEveryLanguage reads a page of the officer's, which a process leads to, in every language; the last is the one to go on in.
func (n *office) inEveryLanguage(path, last string) {
	n.t.Helper()
	for _, tag := range append(i18n.Tags(), last) {
		page := n.as("officer-khc", tag).get(path)
		require.Equal(n.t, http.StatusOK, page.StatusCode, "%s in %s", path, tag)
		sound(n.t, page)
		unsaid(n.t, page)
	}
}

// TestOfficerTakesABriefToTheAuthorities goes the officer's whole way on real parts: every answer of others comes by
// paper and is recorded on their behalf.
func TestOfficerTakesABriefToTheAuthorities(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.Grace, d.SignOff.Quorum = "1s", 1 })
	n.concerns("RS")
	home := recommendationPath(n.brief.ID)
	b := n.as("officer-khc", "bg")
	words := i18n.For("bg")
	n.review(1, "expert-02")

	expert := n.open(models.TaskReview)[0]
	task := url.Values{"task": {expert.ID.String()}}
	empty := b.decideAt(home+"/on-behalf?task="+expert.ID.String(), task)
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode)
	require.Contains(t, empty.Body, `href="#f-on_behalf_of"`)
	partner := n.open(models.TaskConsult)[0]
	comment := url.Values{"task": {partner.ID.String()}, "on_behalf_of": {n.person("partner-cyi").ID.String()}, "behalf_note": {"letter"}, "reasons": {"Say who pays."}}
	require.Equal(t, http.StatusSeeOther, b.decideAt(home+"/on-behalf?task="+partner.ID.String(), comment).StatusCode)
	answered := b.decideAt(home+"/on-behalf?task="+expert.ID.String(), url.Values{"task": task["task"], "on_behalf_of": {n.person("expert-02").ID.String()},
		"behalf_note": {"by telephone"}, "answer": {models.AnswerSupportWithChanges}, "reasons": {"Three years, not two."}})
	require.Equal(t, http.StatusSeeOther, answered.StatusCode, answered.Body)

	weigh := n.open(models.TaskDecideReview)[0]
	settled := n.looksInto(&weigh)
	decide := home + "/decide-review?task=" + weigh.ID.String()
	n.inEveryLanguage(decide, "bg")
	page := b.get(decide)
	require.Contains(t, page.Body, "Three years, not two.")
	require.Contains(t, page.Body, "Say who pays.")
	silent := b.decideAt(decide, url.Values{"decision": {"accept"}})
	require.Equal(t, http.StatusUnprocessableEntity, silent.StatusCode, "a decision needs its reasons")
	require.Contains(t, silent.Body, `value="accept" checked`)
	asked := len(n.open(models.TaskConsult)) + 1
	require.Contains(t, page.Body, words.N("officer.decide_review.partners", asked, "Answered", "1"), "the officer sees who has commented")
	early := b.decideAt(decide, url.Values{"decision": {"accept"}, "reason": {"Agreed."}})
	require.Equal(t, http.StatusUnprocessableEntity, early.StatusCode, "it is asked once before partners lose their say")
	require.Contains(t, early.Body, words.T("error.field.partners_awaited"))
	last := n.open(models.TaskConsult)[0]
	desk := home + "/round"
	require.Contains(t, b.get(desk).Body, desk+"?task="+last.ID.String(), "partners keep their time")
	chosen := b.get(desk + "?task=" + last.ID.String()).Body
	require.Contains(t, chosen, words.T("overdue.remind.button"))
	require.NotContains(t, chosen, `value="extend"`, "the round is closed")
	reminded := b.decideAt(desk+"?task="+last.ID.String(), url.Values{"task": {last.ID.String()}, "do": {"nudge"}})
	require.Equal(t, http.StatusSeeOther, reminded.StatusCode, reminded.Body)
	require.Contains(t, b.get(desk+"?task="+last.ID.String()).Body, words.T("round.nudge.already"))
	people, err := n.server.speakers(t.Context(), &last)
	require.NoError(t, err)
	said := url.Values{"task": {last.ID.String()}, "on_behalf_of": {people[0].ID.String()}, "behalf_note": {"letter"}, "reasons": {"After the experts."}}
	require.Equal(t, http.StatusSeeOther, b.decideAt(home+"/on-behalf?task="+last.ID.String(), said).StatusCode, "partners keep their time")
	require.Contains(t, b.get(decide).Body, "After the experts.")
	decided := b.decideAt(decide, url.Values{"decision": {"accept"}, "reason": {"Agreed."}, "without_partners": {"yes"}})
	require.Equal(t, http.StatusSeeOther, decided.StatusCode)
	settled()
	left, err := models.Tasks(t.Context(), n.db, models.TaskFilter{Recommendation: n.brief.ID, Kinds: []models.TaskKind{models.TaskConsult}, OpenOnly: true})
	require.NoError(t, err)
	require.Empty(t, left, "the decision ends the consultation")
	require.Contains(t, b.get(home).Body, words.T("officer.decide_review.done"))

	n.translate(t, b, home)
	n.signOff(t, b, home)
	publish := home + "/publish?task=" + n.open(models.TaskPublish)[0].ID.String()
	n.inEveryLanguage(publish, "bg")
	confirm := b.get(publish).Body
	require.Contains(t, confirm, condition, "the officer sees what was set as a condition")
	require.Contains(t, confirm, words.T("officer.publish.conditions_text"))
	require.Equal(t, http.StatusSeeOther, b.decideAt(publish, nil).StatusCode)
	n.deliver(t, b, home)
	n.waitFor("the end of the process", func() bool { return n.reload().Stage == models.StageDone })
	for _, tag := range i18n.Tags() {
		for who, partial := range map[string]bool{"officer-khc": false, "partner-cyi": true, "reader": true} {
			r := n.as(who, tag)
			paths := []string{"", "/record", "/record/verification", "/versions/1"}
			if who == "reader" { // works with none of it: sees what is published, and the entries that are for everybody
				paths = []string{"/record"}
				require.Equal(t, "/published/"+n.brief.Slug, r.get(home).Header.Get("Location"))
				require.Equal(t, http.StatusForbidden, r.get(home+"/versions/1").StatusCode)
			}
			for _, path := range paths {
				got := r.get(home + path)
				require.Equal(t, http.StatusOK, got.StatusCode)
				unsaid(t, got)
				require.NotContains(t, got.Body, "alert-triangle", "nothing is wrong on %s", path)
			}
			minutes := r.get(home + "/record").Body
			require.Equal(t, !partial, strings.Contains(minutes, "Three years, not two."), "what an expert said is for owners: %s", who)
		}
	}
	minutes := n.as("partner-cyi", "en").get(home + "/record").Body
	require.Contains(t, minutes, "Say who pays.")
	require.Contains(t, minutes, i18n.For("en").T("signoff.said.approve_with_condition"))
	require.Contains(t, minutes, i18n.For("en").T("record.conditional", "Number", "4"))
	require.Contains(t, minutes, condition)
	require.Contains(t, n.as("partner-cyi", "en").get(home).Body, condition)
	require.Contains(t, n.public("en").get("/published/"+n.brief.Slug).Body, "for the unit “Terre des hommes", "who spoke for a shared vote")
	require.NotContains(t, n.public("en").get("/published/"+n.brief.Slug).Body, condition, "reasons stay within the network")
}

func (n *office) translate(t *testing.T, b *reader, home string) {
	t.Helper()
	n.open(models.TaskTranslate)
	path := home + "/translators?language=bg"
	n.inEveryLanguage(path, "bg")
	first, second := n.person("translator-bg-1"), n.person("translator-bg-2")
	same := url.Values{"translator_id": {first.ID.String()}, "approver_id": {first.ID.String()}}
	refused := b.decideAt(path, same)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.Body, i18n.For("bg").T("error.field.second_pair"))
	given := b.decideAt(path, url.Values{"translator_id": {second.ID.String()}, "approver_id": {first.ID.String()}})
	require.Equal(t, http.StatusSeeOther, given.StatusCode, given.Body)
	task := n.open(models.TaskTranslate)[0]
	require.Equal(t, second.ID, *task.PersonID)
	tr, err := models.TranslationByID(t.Context(), n.db, *task.SubjectID)
	require.NoError(t, err)
	title := "Заглавие"
	in := models.TranslationInput{Title: &title}
	for _, block := range tr.Blocks {
		in.Blocks = append(in.Blocks, models.BlockInput{Position: block.Position, Text: block.Source + " (превод)"})
	}
	for _, m := range n.current().Measures {
		in.Measures = append(in.Measures, models.TranslatedMeasure{ID: m.ID, Text: "Мярка."})
	}
	tr, err = models.SaveTranslation(t.Context(), n.db, tr.ID, tr.Revision, in)
	require.NoError(t, err)
	n.say(n.brief.ID, second, models.DecideSubmitTranslation, &task, models.SubmitTranslationPayload{Revision: tr.Revision})
	n.say(n.brief.ID, first, models.DecideApproveTranslation, &n.open(models.TaskApproveTranslation)[0], models.SubmitTranslationPayload{Revision: tr.Revision})
}

// condition is on what every organisation approves.
const condition = "Once the budget line is named."

func (n *office) signOff(t *testing.T, b *reader, home string) {
	t.Helper()
	for _, task := range n.open(models.TaskSignOff) {
		people, err := n.server.speakers(t.Context(), &task)
		require.NoError(t, err)
		path := home + "/on-behalf?task=" + task.ID.String()
		fill := url.Values{"on_behalf_of": {people[0].ID.String()}, "behalf_note": {"at the meeting"}, "answer": {models.SignOffAbstain}}
		unreasoned := b.decideAt(path, fill)
		require.Equal(t, http.StatusUnprocessableEntity, unreasoned.StatusCode, "an abstention needs a reason")
		fill.Set("answer", models.SignOffApproveWithCondition)
		require.Equal(t, http.StatusUnprocessableEntity, b.decideAt(path, fill).StatusCode, "a condition has to be named")
		fill.Set("reason", condition)
		require.Equal(t, http.StatusSeeOther, b.decideAt(path, fill).StatusCode)
	}
}

func (n *office) deliver(t *testing.T, b *reader, home string) {
	t.Helper()
	tasks := n.open(models.TaskDeliver)
	for i, task := range tasks {
		path := home + "/deliveries?task=" + task.ID.String()
		if i == 0 {
			n.exec(`UPDATE authorities SET postal_address = '', email = ''`)
			require.Contains(t, b.get(path).Body, i18n.For("bg").T("authority.address_asked"))
			n.exec(`UPDATE authorities SET postal_address = E'bul. Dondukov 1\n1594 Sofia', email = 'office@government.example'`)
			asked := b.get(path).Body
			require.Contains(t, asked, "bul. Dondukov 1<br>1594 Sofia", "a letter goes there")
			require.Contains(t, asked, `href="mailto:office@government.example"`)
			nothing := b.decideAt(path, nil)
			require.Equal(t, http.StatusUnprocessableEntity, nothing.StatusCode)
			require.Contains(t, nothing.Body, `href="#f-outcome"`)
			future := b.decideAt(path, url.Values{"outcome": {"delivered"}, "delivered_on": {time.Now().AddDate(0, 0, 9).Format(time.DateOnly)}, "reference": {"94-17"}})
			require.Equal(t, http.StatusUnprocessableEntity, future.StatusCode)
			require.Contains(t, future.Body, `value="94-17"`)
			require.Equal(t, http.StatusSeeOther, b.decideAt(path, url.Values{"outcome": {"not_delivered"}, "not_delivered": {"It was dissolved."}}).StatusCode)
			continue
		}
		sent := b.decideAt(path, url.Values{"outcome": {"delivered"}, "delivered_on": {time.Now().AddDate(0, 0, -1).Format(time.DateOnly)}, "reference": {"94-17"}})
		require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.Body)
	}
	require.Contains(t, b.get(home+"/deliveries").Body, "94-17")
}

func TestHoldResumeWithdraw(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	n.open(models.TaskReview)
	b, home := n.as("officer-khc", "en"), recommendationPath(n.brief.ID)
	require.Equal(t, http.StatusUnprocessableEntity, b.decideAt(home+"/hold", nil).StatusCode, "a hold says why")
	require.Equal(t, http.StatusSeeOther, b.decideAt(home+"/hold", url.Values{"reason": {"Until the ministry publishes its draft."}}).StatusCode)
	held := b.get(home)
	unsaid(t, held)
	require.Contains(t, held.Body, "Until the ministry publishes its draft.")
	require.Contains(t, held.Body, home+`/resume"`)
	require.Equal(t, http.StatusConflict, b.get(home+"/hold").StatusCode)
	n.inEveryLanguage(home+"/resume", "en")
	require.Equal(t, http.StatusSeeOther, b.decideAt(home+"/resume", nil).StatusCode)
	require.False(t, n.reload().Held())
	require.Equal(t, http.StatusSeeOther, b.decideAt(home+"/withdraw", url.Values{"reason": {"The law was passed."}}).StatusCode)
	require.Equal(t, models.StageWithdrawn, n.reload().Stage)
	require.Contains(t, b.get(home).Body, i18n.For("en").T("recommendation.withdrawn"))
	require.Equal(t, http.StatusConflict, b.get(home+"/withdraw").StatusCode)
}

func TestNextReviewerIsChosen(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.ReplaceSilent, d.Review.Grace = false, "1s" })
	n.review(1, "expert-02")
	n.say(n.brief.ID, n.person("expert-02"), models.DecideDeclineTask, &n.open(models.TaskReview)[0],
		models.DeclinePayload{Reason: "On leave.", Suggestion: "Ask Callum Reid."})
	b, home := n.as("officer-khc", "en"), recommendationPath(n.brief.ID)
	path := home + "/reviewers?task=" + n.open(models.TaskChooseReviewer)[0].ID.String()
	page := b.get(path)
	require.Contains(t, page.Body, "Ask Callum Reid.")
	require.NotContains(t, page.Body, `value="`+n.person("expert-02").ID.String()+`"`, "nobody is asked twice in a round")
	require.Equal(t, http.StatusUnprocessableEntity, b.decideAt(path, url.Values{"do": {"invite"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.decideAt(path, url.Values{"do": {"invite"}, "person_id": {n.person("expert-05").ID.String()}}).StatusCode)
	require.Equal(t, n.person("expert-05").ID, *n.open(models.TaskReview)[0].PersonID)
	n.say(n.brief.ID, n.person("expert-05"), models.DecideDeclineTask, &n.open(models.TaskReview)[0], models.DeclinePayload{})
	again := home + "/reviewers?task=" + n.open(models.TaskChooseReviewer)[0].ID.String()
	require.Equal(t, http.StatusSeeOther, b.decideAt(again, url.Values{"do": {"skip"}}).StatusCode)
	n.open(models.TaskDecideReview)
}

func TestRedactedWordsSaySo(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	b, home := n.as("officer-khc", "en"), recommendationPath(n.brief.ID)
	require.Equal(t, http.StatusSeeOther, b.decideAt(home+"/hold", url.Values{"reason": {"A child was named here."}}).StatusCode)
	items, err := record.List(t.Context(), n.db, n.brief.ID, record.Network)
	require.NoError(t, err)
	last := items[len(items)-1]
	_, err = models.RedactText(t.Context(), n.db, models.Redaction{Recommendation: n.reload(), Seq: last.Seq, Field: "reason", By: n.person("coordinator"),
		Reason: "A name"}, time.Now())
	require.NoError(t, err)
	minutes := b.get(home + "/record")
	unsaid(t, minutes)
	require.Contains(t, minutes.Body, i18n.For("en").T("record.redacted"))
	require.NotContains(t, minutes.Body, "A child was named here.")
	require.Contains(t, b.get(home+"/record/verification").Body, i18n.For("en").T("record.verify.whole"), "the chain stays whole")
}
