package web

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// passesOn has a coordinator hand a reviewer's question to somebody else, who joins the reviewers.
func (m *masked) passesOn(from, to string) {
	m.t.Helper()
	m.exec("UPDATE people SET name = ?, email = ?, naming = ? WHERE id = ?", "Numbatname3 Expert", "numbatpost3@experts.example", models.NamingNone, m.person(to).ID)
	m.server.Demo.Accounts = append(m.server.Demo.Accounts, DemoAccount{Email: m.person(to).Email})
	task := m.tasks[from]
	done := m.as("coordinator", "en").post(personPath(m.person(from).ID)+"/hand-over", url.Values{"to_id": {m.person(to).ID.String()}})
	require.Equal(m.t, http.StatusSeeOther, done.StatusCode, done.Body)
	m.waitFor("the question to wait for somebody else", func() bool { return *m.task(task.ID).PersonID == m.person(to).ID })
	m.reviewers = append(m.reviewers, to)
	m.tasks[to], m.tasks[from] = m.task(task.ID), m.task(task.ID)
}

// TestAnonymityOutlastsHandingOver: a review of a double-anonymised round is handed over, and the round goes on that was closing. Neither
// pages nor mails give anybody away by it, and the minutes keep who was asked before.
func TestAnonymityOutlastsHandingOver(t *testing.T) {
	m := newMasked(t, models.AnonymityDouble)
	m.exec(`UPDATE procedures SET document = jsonb_set(document, '{review,grace}', '"2d"')`)
	first, second, former, fresh := m.reviewers[0], m.reviewers[1], m.reviewers[2], "expert-05"
	m.mailsGoOut(t)
	m.say(m.brief.ID, m.officer, models.DecideNudgeReview, m.tasks[former], models.NoPayload{})
	m.passesOn(former, fresh)
	m.say(m.brief.ID, m.officer, models.DecideNudgeReview, m.tasks[fresh], models.NoPayload{})
	m.says(first)
	m.says(fresh)
	m.say(m.brief.ID, m.officer, models.DecideCloseReview, nil, models.NoPayload{})
	m.say(m.brief.ID, m.person(first), models.DecideTakeBack, m.task(m.tasks[first].ID), models.TakeBackPayload{})
	m.waitFor("whoever was told that it closes to be told that it does not", func() bool {
		return m.counts("outbox", "kind = '"+string(models.MailRoundGoesOn)+"'") > 0
	})
	m.mailsGoOut(t) // while it goes on
	m.exec(`UPDATE procedures SET document = jsonb_set(document, '{review,grace}', '"1s"')`)
	m.tasks[first] = m.task(m.tasks[first].ID)
	m.says(first)
	m.close()
	for _, who := range m.listeners() {
		if !slices.Contains([]string{"officer-khc", second + " signed in", former + " signed in", fresh + " signed in"}, who.name) {
			continue
		}
		heard, joined := m.listen(t, who, true)
		require.Equal(t, who.owner || who.reviews == fresh, heard, who.name)
		require.Equal(t, who.reviews == fresh, joined && who.reviews != "", who.name)
	}
	m.mailsGiveNobodyAway(t, models.MailHandedOver, models.MailRoundClosing, models.MailRoundGoesOn)
	require.Equal(t, 2, m.counts("outbox", "kind = 'handed_over' AND state = 'delivered'"), "who had the question is told, and who has it")
	require.NotZero(t, m.counts("outbox", "kind = 'round_goes_on' AND state = 'delivered'"))
	minutes := m.as("officer-khc", "en").get(recommendationPath(m.brief.ID) + "/record")
	require.Contains(t, minutes.Body, "had Numbatname2 Expert reminded")
	require.Contains(t, minutes.Body, "had Numbatname3 Expert reminded")
	require.Contains(t, minutes.Body, "from Numbatname2 Expert to Numbatname3 Expert")
}
