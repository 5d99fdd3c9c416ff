package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// returns has the last mail about a question to somebody refused by their server.
func (h *house) returns(kind models.MailKind, task *models.Task, person models.Person, reply string) {
	h.t.Helper()
	m := models.OutboxMail{Kind: kind, DedupeKey: uuid.NewString(), PersonID: person.ID, TaskID: &task.ID, RecommendationID: &task.RecommendationID, CreatedAt: time.Now()}
	require.NoError(h.t, models.Enqueue(h.t.Context(), h.db, &m))
	_, err := h.db.NewRaw(`UPDATE outbox SET state = 'failed', reply = ?, finished_at = now() + interval '1 minute' WHERE id = ?`, reply, m.ID).Exec(h.t.Context())
	require.NoError(h.t, err)
}

// TestTheDeskSaysThatAnInvitationDidNotArrive and what to do, in every language, also where a round hides who said what; nobody learns
// by it whom they may not know.
func TestTheDeskSaysThatAnInvitationDidNotArrive(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.Anonymity = models.AnonymitySingle })
	n.review(2, "expert-02", "expert-04")
	path := recommendationPath(n.brief.ID)
	expert := n.person("expert-02")
	zone, err := n.server.zoneOf(t.Context(), n.officer)
	require.NoError(t, err)
	n.returns(models.MailReviewInvitation, n.taskOf("expert-02"), expert, "550 5.1.1 user unknown")
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		officer := n.as("officer-khc", tag)
		for _, where := range []string{path + "/round", path + "/round?task=" + n.taskOf("expert-02").ID.String(), path} {
			page := officer.get(where)
			require.Equal(t, http.StatusOK, page.StatusCode)
			sound(t, page)
			require.Equal(t, 1, strings.Count(page.Body, l.T("undelivered.next")), "%s in %s", where, tag)
			require.Contains(t, page.Body, l.T("undelivered.goes_on"))
			require.Contains(t, page.Body, l.T("undelivered.why.nobody", "Name", expert.Name, "Date", l.Date(time.Now().Add(time.Minute), zone)))
			require.NotContains(t, page.Body, "/on-behalf?task="+n.taskOf("expert-02").ID.String(), "the round hides who says what")
		}
		home := officer.get("/")
		sound(t, home)
		require.Contains(t, home.Body, l.T("home.ask.undelivered"))
		require.Contains(t, home.Body, `href="`+path+`/round"`)
		overview := officer.get("/dashboard")
		sound(t, overview)
		require.Contains(t, overview.Body, l.N("undelivered.count", 1))
		require.Contains(t, officer.get("/dashboard/recommendations.csv").Body, l.T("dashboard.column.undelivered"))
	}
	require.NotContains(t, n.as("officer-khc", "en").get(path).Body, `href="`+personPath(expert.ID)+`"`, "coordinators keep addresses")
	require.Contains(t, n.as("coordinator", "en").get(path).Body, `href="`+personPath(expert.ID)+`"`)
	for _, slug := range []string{"partner-cyi", "officer-tdh"} {
		reader := n.as(slug, "en")
		for _, where := range []string{path, "/dashboard", "/"} {
			page := reader.get(where).Body
			require.NotContains(t, page, "did not arrive", "%s on %s", slug, where)
			require.NotContains(t, page, "no such mailbox", "%s on %s", slug, where)
			require.NotContains(t, page, expert.Name, "%s on %s", slug, where)
		}
	}

	n.returns(models.MailNewLink, n.taskOf("expert-02"), expert, "452 4.2.2 mailbox full")
	require.Contains(t, n.as("officer-khc", "en").get(path+"/round").Body, "the mailbox is full")
	require.NoError(t, models.Suppress(t.Context(), n.db, expert.Email, models.SuppressedHardBounce, time.Now()))
	require.Contains(t, n.as("officer-khc", "en").get(path+"/round").Body, i18n.For("en").T("undelivered.stopped"))
	n.say(n.brief.ID, n.officer, models.DecideWithdrawInvitation, n.taskOf("expert-02"), models.WithdrawInvitationPayload{})
	require.NotContains(t, n.as("officer-khc", "en").get(path+"/round").Body, "mailbox is full", "nobody waits for them any more")
}

// TestSignOffTranslationAndProgressSayThatAMailDidNotArrive beside whom they wait for.
func TestSignOffTranslationAndProgressSayThatAMailDidNotArrive(t *testing.T) {
	h := newHouse(t)
	path := recommendationPath(h.brief.ID)
	officer, partner := h.person("officer-khc"), h.person("partner-cyi")
	_, err := h.db.NewRaw(`UPDATE recommendations SET stage = 'signoff', accepted_version_id = current_version_id WHERE id = ?`, h.brief.ID).Exec(t.Context())
	require.NoError(t, err)
	task := h.ask(models.TaskSignOff, partner.ID)
	_, err = h.db.NewRaw(`UPDATE tasks SET (version_id, round) = (SELECT accepted_version_id, round FROM recommendations WHERE id = ?), person_id = NULL,
		organisation_id = (SELECT organisation_id FROM roles WHERE person_id = ? LIMIT 1) WHERE id = ?`, h.brief.ID, partner.ID, task.ID).Exec(t.Context())
	require.NoError(t, err)
	h.returns(models.MailSignOffInvitation, task, partner, "550 5.1.1 user unknown")
	translate := h.ask(models.TaskTranslate, officer.ID)
	h.returns(models.MailTranslateInvitation, translate, officer, "554 5.7.1 refused by policy")
	for _, tag := range i18n.Tags() {
		page := h.as("officer-khc", tag).get(path)
		sound(t, page)
		l := i18n.For(tag)
		require.Equal(t, 3, strings.Count(page.Body, l.T("undelivered.next")), "awaited twice, and beside the sign-off: %s", tag)
		require.Contains(t, page.Body, fmt.Sprintf("%s/on-behalf?task=%s", path, task.ID))
	}
	seen := h.as("partner-cyi", "en").get(path).Body
	require.Contains(t, seen, "no such mailbox", "it is told that its own mail did not arrive")
	require.NotContains(t, seen, i18n.For("en").T("undelivered.next"), "and it is not theirs to ask otherwise")
}
