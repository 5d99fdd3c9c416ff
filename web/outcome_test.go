package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// decided has the round of roundCommented decided.
func (h *house) decided() *house {
	h.exec(`UPDATE review_rounds SET decision = 'revise', decision_reason = 'Much to do.' WHERE recommendation_id = ?`, h.brief.ID)
	return h
}

// answersAll answers every comment of the brief alike.
func (h *house) answersAll(outcome, reason string) {
	h.t.Helper()
	b, page := h.as("officer-khc", "en"), responsesPath(h.brief.ID)
	got := b.post(page, url.Values{"do": {"answer"}, "pick": picks(b.get(page).Body), "outcome": {outcome}, "reason": {reason}})
	require.Equal(h.t, http.StatusSeeOther, got.StatusCode, got.Body)
}

func (h *house) sendsOutcome(more url.Values) (*page200, int) {
	h.t.Helper()
	b, path := h.as("officer-khc", "en"), responsesPath(h.brief.ID)+"/send?round=1"
	f := url.Values{"seen": {hidden(b.get(path).Body, "seen")}}
	for k, v := range more {
		f[k] = v
	}
	got := b.post(path, f)
	return &page200{b.get(path).Body, got.Body}, got.StatusCode
}

// page200 is the page after a press, and what the press itself answered.
type page200 struct{ after, answer string }

// hidden is the value of a hidden field; "" where there is none.
func hidden(body, name string) string {
	_, rest, _ := strings.Cut(body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func (h *house) counts(table, where string) int {
	h.t.Helper()
	n, err := h.db.NewSelect().Table(table).Where(where).Count(h.t.Context())
	require.NoError(h.t, err)
	return int(n)
}

func (h *house) outcomeMails() int {
	return h.counts("outbox", "kind = 'responses'")
}

// TestThoseWhoCommentedAreToldOnceWhatBecameOfIt goes from looking to sending, twice, and after an answer changed.
func TestThoseWhoCommentedAreToldOnceWhatBecameOfIt(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."}, models.CommentPayload{Block: 1, Body: "And the year."})
	officer, path := h.as("officer-khc", "en"), responsesPath(h.brief.ID)+"/send?round=1"
	require.Contains(t, officer.get(responsesPath(h.brief.ID)).Body, "/responses/send?round=1")

	h.answersAll("partly", "As far as the law goes.")
	require.Contains(t, officer.get(path).Body, "not decided yet")
	_, status := h.sendsOutcome(nil)
	require.Equal(t, http.StatusSeeOther, status)
	require.Zero(t, h.outcomeMails(), "the round is not decided")

	h.decided()
	looked := officer.get(path)
	sound(t, looked)
	require.Contains(t, looked.Body, "Send to 2 people")
	require.Contains(t, looked.Body, h.person("expert-02").Name)
	require.Contains(t, looked.Body, h.person("partner-cyi").Name)
	require.Zero(t, h.outcomeMails(), "looking sends nothing")
	seen := hidden(looked.Body, "seen")
	after, _ := h.sendsOutcome(nil)
	require.Equal(t, 2, h.outcomeMails())
	require.Contains(t, after.after, "Everybody has been told")
	require.Equal(t, 1, h.counts("record_entries", "canonical LIKE '%responses.sent%'"))

	officer.post(path, url.Values{"seen": {seen}})
	_, _ = h.sendsOutcome(nil)
	require.Equal(t, 2, h.outcomeMails(), "twice is once")
	require.Equal(t, 1, h.counts("record_entries", "canonical LIKE '%responses.sent%'"))

	partners := officer.get(responsesPath(h.brief.ID) + "?from=partners").Body
	require.Equal(t, http.StatusSeeOther, officer.post(responsesPath(h.brief.ID), url.Values{"do": {"answer"}, "pick": picks(partners), "outcome": {"accepted"}}).StatusCode)
	changed := officer.get(path)
	sound(t, changed)
	require.Contains(t, changed.Body, "Changed since")
	require.Contains(t, changed.Body, "Send to 1 person")
	require.Equal(t, http.StatusSeeOther, officer.post(path, url.Values{"seen": {seen}}).StatusCode)
	require.Equal(t, 2, h.outcomeMails(), "it is not what was looked at")
	_, _ = h.sendsOutcome(nil)
	require.Equal(t, 3, h.outcomeMails(), "who is concerned alone")
	minutes := officer.get(recommendationPath(h.brief.ID) + "/record").Body
	require.Contains(t, minutes, "what became of it: people 2, comments 4, left out without an answer 0")
	require.Contains(t, minutes, "people 1, comments 1")

	for _, who := range []string{"partner-cyi", "expert-01", "officer-tdh", "reader"} {
		require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, h.as(who, "en").get(path).StatusCode, who)
		require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, h.as(who, "en").post(path, url.Values{"seen": {seen}}).StatusCode, who)
	}
}

// TestCommentsWithoutAnAnswerAreLeftOutKnowingly or nothing is sent.
func TestCommentsWithoutAnAnswerAreLeftOutKnowingly(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."}).decided()
	b, page, path := h.as("officer-khc", "en"), responsesPath(h.brief.ID), responsesPath(h.brief.ID)+"/send?round=1"
	require.Contains(t, b.get(path).Body, "No comment has an answer yet")
	pick := picks(b.get(page + "?from=experts").Body)[:1]
	require.Equal(t, http.StatusSeeOther, b.post(page, url.Values{"do": {"answer"}, "pick": pick, "outcome": {"accepted"}}).StatusCode)
	looked := b.get(path).Body
	require.Contains(t, looked, "=Who pays?", "which are open")
	refused, status := h.sendsOutcome(nil)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, refused.answer, "Some comments have no answer")
	require.Zero(t, h.outcomeMails())
	_, status = h.sendsOutcome(url.Values{"leave_out": {"on"}})
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, 1, h.outcomeMails(), "to whom there is something to tell")
	h.answersAll("accepted", "")
	_, _ = h.sendsOutcome(nil)
	require.Equal(t, 3, h.outcomeMails(), "the others afterwards, and who is told more")
}

// TestNobodyIsToldOfATextThatWasWithdrawn: nor where nobody commented.
func TestNobodyIsToldOfATextThatWasWithdrawn(t *testing.T) {
	h := newHouse(t).roundCommented().decided()
	h.answersAll("accepted", "")
	path := responsesPath(h.brief.ID) + "/send?round=1"
	b := h.as("officer-khc", "en")
	seen := hidden(b.get(path).Body, "seen")
	h.exec(`UPDATE recommendations SET stage = 'withdrawn', withdrawn_from = 'drafting' WHERE id = ?`, h.brief.ID)
	require.Contains(t, b.get(path).Body, "was withdrawn")
	b.post(path, url.Values{"seen": {seen}})
	require.Zero(t, h.outcomeMails())
	h.exec(`UPDATE recommendations SET stage = 'drafting', withdrawn_from = NULL WHERE id = ?`, h.brief.ID)
	h.exec(`DELETE FROM reviews WHERE recommendation_id = ?`, h.brief.ID)
	got := b.get(path)
	sound(t, got)
	require.Contains(t, got.Body, "Nobody commented in this round")
}

// TestSomebodyReadsWhatBecameOfTheirOwnComments by the link of the mail, in every language, and nobody else's.
func TestSomebodyReadsWhatBecameOfTheirOwnComments(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the *ministry*."})
	h.decided().answersAll("not_accepted", "The law says **otherwise**.")
	var task models.Task
	require.NoError(t, h.db.NewSelect().Model(&task).Where("t.kind = 'review' AND t.recommendation_id = ?", h.brief.ID).Scan(t.Context()))
	h.exec(`UPDATE tasks SET due_at = now() - interval '99 days', grace_until = now() - interval '98 days' WHERE id = ?`, task.ID)
	h.exec(`UPDATE review_rounds SET closed_at = now() - interval '98 days' WHERE recommendation_id = ?`, h.brief.ID)
	link := h.server.Links.Mint(links.KindTask, task.ID, h.person("expert-02").ID, task.Generation)
	require.NotEqual(t, http.StatusSeeOther, h.public("en").get("/l/"+link).StatusCode, "its time is over")
	outcome := taskPath(task.ID) + "/outcome"
	byLink := h.public("en")
	byLink.header.Set("Cookie", linkCookie+"="+link)
	require.NotEqual(t, http.StatusOK, byLink.get(outcome).StatusCode, "nothing was told yet")

	_, _ = h.sendsOutcome(nil)
	opened := h.public("en").get("/l/" + link)
	require.Equal(t, http.StatusSeeOther, opened.StatusCode)
	require.Equal(t, outcome, opened.Header.Get("Location"))
	for _, tag := range i18n.Tags() {
		reader := h.public(tag)
		reader.header.Set("Cookie", linkCookie+"="+link)
		got := reader.get(outcome)
		require.Equal(t, http.StatusOK, got.StatusCode, got.Body)
		sound(t, got)
		unsaid(t, got)
		require.Contains(t, got.Body, "Name the <em>ministry</em>.")
		require.Contains(t, got.Body, "It costs more.")
		require.Contains(t, got.Body, "<strong>otherwise</strong>")
		require.NotContains(t, got.Body, "Who pays?", "a partner's comment")
		require.NotContains(t, got.Body, h.person("partner-cyi").Name)
		officer := h.as("officer-khc", tag).get(responsesPath(h.brief.ID) + "/send?round=1")
		sound(t, officer)
		unsaid(t, officer)
	}
	require.Equal(t, http.StatusNotFound, h.as("officer-khc", "en").get(outcome).StatusCode, "the officer has a page of their own")
	require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, h.as("partner-cyi", "en").get(outcome).StatusCode)
	h.exec(`UPDATE responses_told SET told_at = now() - interval '91 days'`)
	require.NotEqual(t, http.StatusOK, byLink.get(outcome).StatusCode, "the link has ended")
}

// TestTheMailSaysWhatBecameOfOnesOwnComments and of nobody else's, as it stands when it is sent.
func TestTheMailSaysWhatBecameOfOnesOwnComments(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."})
	h.decided().answersAll("not_accepted", "The law says otherwise.")
	_, _ = h.sendsOutcome(nil)
	var mails []models.OutboxMail
	require.NoError(t, h.db.NewSelect().Model(&mails).Where("o.kind = ?", models.MailResponses).Scan(t.Context()))
	require.Len(t, mails, 2)
	compose := mail.NewComposer(h.db, h.server.Links, "https://tribuna.example")
	for _, m := range mails {
		for _, tag := range i18n.Tags() {
			m.Language = tag
			letter, err := compose.Compose(t.Context(), m, time.Now())
			require.NoError(t, err)
			expert := m.PersonID == h.person("expert-02").ID
			require.Equal(t, expert, strings.Contains(letter.Text, "Name the ministry."), letter.Text)
			require.Equal(t, !expert, strings.Contains(letter.Text, "=Who pays?"), letter.Text)
			require.Contains(t, letter.Text, "The law says otherwise.")
			require.Contains(t, letter.HTML, "https://tribuna.example/l/")
			require.NotContains(t, letter.Text, "mail.responses")
		}
	}
	h.exec(`UPDATE recommendations SET stage = 'withdrawn', withdrawn_from = 'drafting' WHERE id = ?`, h.brief.ID)
	_, err := compose.Compose(t.Context(), mails[0], time.Now())
	require.ErrorAs(t, err, &mail.NotOwed{})
}
