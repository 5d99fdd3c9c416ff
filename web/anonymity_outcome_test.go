package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// answersTogether has the officer put what both reviewers commented into one group, answer it and their reasons, and find both words by it.
func (m *masked) answersTogether() {
	m.t.Helper()
	officer, page := m.as("officer-khc", "en"), responsesPath(m.brief.ID)
	comments := picks(officer.get(page + "?kind=remark").Body)
	require.Len(m.t, comments, 2)
	require.Equal(m.t, http.StatusSeeOther, officer.post(page, url.Values{"do": {"group"}, "pick": comments, "title": {"Said by several"}}).StatusCode)
	all := picks(officer.get(page).Body)
	got := officer.post(page, url.Values{"do": {"answer"}, "pick": all, "outcome": {"partly"}, "reason": {"As far as the law goes."}})
	require.Equal(m.t, http.StatusSeeOther, got.StatusCode, got.Body)
	require.Equal(m.t, 1, m.counts("comment_groups", "true"))
}

// sendsTo looks at what would be sent, which names nobody, and sends it.
func (m *masked) sendsTo(people string) {
	m.t.Helper()
	officer, path := m.as("officer-khc", "en"), responsesPath(m.brief.ID)+"/send?round=1"
	looked := officer.get(path).Body
	require.Contains(m.t, looked, people)
	for _, slug := range m.reviewers {
		require.False(m.t, has(looked, m.identities(slug)...), "the page before sending says who %s is", slug)
	}
	require.Equal(m.t, http.StatusSeeOther, officer.post(path, url.Values{"seen": {hidden(looked, "seen")}}).StatusCode)
	require.Contains(m.t, officer.get(path).Body, "Everybody has been told")
}

// outcomeMailsTo are the mails in which somebody is told what became of their comments.
func (m *masked) outcomeMailsTo(slug string) []string {
	m.t.Helper()
	return slices.DeleteFunc(m.mailsTo(m.person(slug).Email), func(text string) bool { return !strings.Contains(text, "As far as the law goes.") })
}

// TestAnonymityStaysWhenIsToldWhatBecameOfComments goes on where TestAnonymisedRoundsGiveNobodyAway ends: the officer answers, decides and sends
// what became of it. Then every page, file, answer of the API and mail is looked through once more.
func TestAnonymityStaysWhenIsToldWhatBecameOfComments(t *testing.T) {
	t.Parallel()
	for mode, decision := range map[string]string{models.AnonymitySingle: models.ReviewRevise, models.AnonymityDouble: models.ReviewAccept} {
		t.Run(mode, func(t *testing.T) {
			m := newMasked(t, mode)
			for _, slug := range m.reviewers[:2] {
				m.says(slug)
			}
			m.close()
			m.answersTogether()
			decide := m.open(models.TaskDecideReview)
			m.say(m.brief.ID, m.officer, models.DecideReview, &decide[0], models.DecideReviewPayload{Decision: decision, Reason: "Good."})
			m.sendsTo("Send to 2 people")
			m.mailsGiveNobodyAway(t, models.MailResponses)
			m.outcomeSays(t)
			for _, who := range m.listeners() {
				if who.name != "officer-khc" && who.reviews != m.reviewers[1] {
					continue // who is told something new by it
				}
				heard, joined := m.listen(t, who, true)
				require.True(t, heard, who.name)
				require.False(t, who.owner && joined, "the officer reads who said what")
			}
		})
	}
}

// outcomeSays reads what the reviewers are told, in the mail and on the page that its link opens: of their own words all, of others' none.
func (m *masked) outcomeSays(t *testing.T) {
	t.Helper()
	require.Empty(t, m.outcomeMailsTo(m.reviewers[2]), "who has not answered is told nothing")
	for _, slug := range m.reviewers[:2] {
		mails := m.outcomeMailsTo(slug)
		require.Len(t, mails, 1, slug)
		task, p := m.tasks[slug], m.person(slug)
		reader := m.public("en")
		reader.header.Set("Cookie", linkCookie+"="+m.server.Links.Mint(links.KindTask, task.ID, p.ID, task.Generation))
		page := reader.get(taskPath(task.ID) + "/outcome")
		require.Equal(t, http.StatusOK, page.StatusCode)
		sound(t, page)
		for _, told := range []string{mails[0], page.Body} {
			require.Contains(t, told, "Comment "+m.answer(slug))
			require.Contains(t, told, "Reasons "+m.answer(slug))
			require.NotContains(t, told, "Said by several", "that others said the same is for the officer")
			for _, other := range m.reviewers {
				if other != slug {
					require.False(t, has(told, append(m.identities(other), m.answer(other))...), "%s is told of %s", slug, other)
				}
			}
			require.Equal(t, m.mode == models.AnonymityDouble, !has(told, authorWords...), "who asked is said unless they must not know")
		}
	}
	var mails []models.OutboxMail
	require.NoError(t, m.db.NewSelect().Model(&mails).Where("o.kind = ?", models.MailResponses).Scan(t.Context()))
	require.Len(t, mails, 2)
	for _, one := range mails { // as composed, before any catcher decodes it: headers, both bodies and what hangs on it
		letter, err := mail.NewComposer(m.db, m.server.Links, m.server.BaseURL).Compose(t.Context(), one, m.server.Now())
		require.NoError(t, err)
		require.False(t, m.mode == models.AnonymityDouble && has(letter.Text+letter.HTML+letter.Subject, authorWords...))
	}
}
