package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/activities"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// draftMailing is a mailing to the readers in Croatia who read English; it returns its address too.
func (n *office) draftMailing() (*models.Mailing, string) {
	n.t.Helper()
	m, err := models.CreateMailing(n.t.Context(), n.db, n.brief, models.MailingInput{FallbackLanguage: "en",
		Audience: models.Audience{Roles: []string{models.RoleReader}, Countries: []string{"HR"}, Languages: []string{"en"}},
		Texts:    []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}, n.officer.ID, time.Now())
	require.NoError(n.t, err)
	return m, mailingPath(m.ID)
}

func (n *office) mailing(id uuid.UUID) *models.Mailing {
	n.t.Helper()
	m, err := models.MailingByID(n.t.Context(), n.db, id)
	require.NoError(n.t, err)
	return m
}

// leavesLater fills in when a mailing leaves: a number of days from now, by a clock.
func leavesLater(f url.Values, days int, clock string) url.Values {
	f.Set("leaves", "later")
	f.Set("when.day", time.Now().AddDate(0, 0, days).Format(time.DateOnly))
	f.Set("when.time", clock)
	return f
}

func TestMailingIsScheduledMovedAndTakenBackOnPages(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	b := n.as("officer-khc", "en")
	l := i18n.For("en")
	launch := func() url.Values { return form(t, b.get(path+"/launch").Body, path+"/launch") }
	require.Equal(t, http.StatusSeeOther, b.get(path+"/schedule").StatusCode, "a draft has no time to move")

	both := leavesLater(launch(), 2, "15:00")
	both.Set("leaves", "now")
	unclear := b.post(path+"/launch", both)
	require.Equal(t, http.StatusUnprocessableEntity, unclear.StatusCode, "now and later at once")
	require.Contains(t, unclear.Body, l.T("error.field.now_or_later"))
	require.Equal(t, models.MailingDraft, n.mailing(m.ID).State)

	for rule, f := range map[string]url.Values{
		"mailing_past": leavesLater(launch(), -2, "15:00"),
		"mailing_far":  leavesLater(launch(), 400, "15:00"),
		"datetime":     leavesLater(launch(), 2, "half past nine"),
	} {
		f.Set("when.local", "yes")
		if rule == "mailing_past" {
			f.Del("when.local")
		}
		wrong := b.post(path+"/launch", f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode, rule)
		sound(t, wrong)
		require.Contains(t, wrong.Body, l.T("error.field."+rule))
		require.Contains(t, wrong.Body, `value="`+f.Get("when.day")+`"`, "the form comes back filled")
		require.Contains(t, wrong.Body, `value="`+f.Get("when.time")+`"`)
	}
	require.Equal(t, models.MailingDraft, n.mailing(m.ID).State)

	set := b.post(path+"/launch", leavesLater(launch(), 2, "15:00"))
	require.Equal(t, http.StatusSeeOther, set.StatusCode, set.Body)
	waits := b.get(path)
	sound(t, waits)
	require.Contains(t, waits.Body, l.T("mailing.state.scheduled"))
	require.Contains(t, waits.Body, l.T("mailing.schedule.waves"))
	require.Contains(t, waits.Body, "Croatia")
	scheduled, launched := strings.TrimSuffix(l.T("mailing.schedule.said_on", "When", ""), " "), strings.TrimSpace(l.T("mailing.launched_at", "When", ""))
	require.Contains(t, waits.Body, scheduled)
	require.Contains(t, waits.Body, `hx-trigger="every 60s"`)
	n.exec(`UPDATE mailings SET next_at = now() + interval '50 seconds' WHERE id = ?`, m.ID)
	require.Contains(t, b.get(path).Body, `hx-trigger="every 2s"`, "who sees its minute come sees it go")
	require.NotContains(t, waits.Body, launched, "nothing has left")
	require.Equal(t, "Europe/Sofia", n.mailing(m.ID).Schedule.Zone, "the officer's")
	require.Equal(t, http.StatusSeeOther, b.get(path+"/launch").StatusCode, "it is launched once")

	move := b.get(path + "/schedule")
	sound(t, move)
	require.Contains(t, move.Body, `value="15:00"`)
	require.Contains(t, n.as("coordinator", "en").get(path+"/schedule").Body, `value="14:00"`, "by the clock of who reads it, here an hour behind")
	touched := form(t, move.Body, path+"/schedule")
	touched.Set("leaves", "now")
	touched.Set("when.time", "15:30")
	require.Contains(t, b.post(path+"/schedule", touched).Body, l.T("error.field.now_or_later"), "the same rule as at the launch")
	far := b.post(path+"/schedule", leavesLater(form(t, move.Body, path+"/schedule"), 500, "16:00"))
	require.Equal(t, http.StatusUnprocessableEntity, far.StatusCode)
	require.Contains(t, far.Body, l.T("error.field.mailing_far"))
	moved := b.post(path+"/schedule", leavesLater(form(t, far.Body, path+"/schedule"), 3, "16:00"))
	require.Equal(t, http.StatusSeeOther, moved.StatusCode, moved.Body)
	require.Equal(t, "16:00", n.mailing(m.ID).Schedule.Time)
	require.Contains(t, b.get(recommendationPath(n.brief.ID)+"/record").Body, "moved a mailing to")

	for _, language := range i18n.Tags() {
		sound(t, n.as("officer-khc", language).get(path))
	}
	b = n.as("officer-khc", "en")
	again := b.post(path+"/revise", form(t, b.get(path).Body, path+"/revise"))
	require.Equal(t, http.StatusSeeOther, again.StatusCode)
	require.Equal(t, models.MailingDraft, n.mailing(m.ID).State)
	require.Contains(t, b.get(path).Body, l.T("mailing.schedule.revised"))
	require.Equal(t, http.StatusSeeOther, b.post(path+"/schedule", leavesLater(form(t, move.Body, path+"/schedule"), 3, "17:00")).StatusCode)
	require.Contains(t, b.get(path).Body, l.T("mailing.schedule.no_longer"), "whoever moves it elsewhere is told")
	require.Equal(t, http.StatusOK, b.get(path+"/launch").StatusCode, "it is edited and launched anew")
	offered := launch()
	day := time.Now().AddDate(0, 0, 3).Format(time.DateOnly)
	require.Equal(t, day+"16:00", offered.Get("when.offered"), "as it was said")
	require.Regexp(t, `name="leaves" value="later"[^>]*checked`, b.get(path+"/launch").Body)
	offered.Set("leaves", "now")
	offered.Set("when.day", day)
	offered.Set("when.time", "16:00")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/launch", offered).StatusCode, "nobody filled in what the page offered")
	for _, who := range []string{"officer-tdh", "partner-khc", "reader"} {
		stranger := n.as(who, "en")
		require.Equal(t, http.StatusNotFound, stranger.get(path+"/schedule").StatusCode, who)
		require.Equal(t, http.StatusNotFound, stranger.post(path+"/revise", url.Values{"decision_id": {NewDecisionID()}}).StatusCode, who)
	}
}

func TestMailingThatAsksIsOnTheDeskUntilItIsSaid(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	b := n.as("officer-khc", "en")
	l := i18n.For("en")
	set := b.post(path+"/launch", leavesLater(form(t, b.get(path+"/launch").Body, path+"/launch"), 1, "15:00"))
	require.Equal(t, http.StatusSeeOther, set.StatusCode, set.Body)
	n.exec(`UPDATE mailings SET asks = true`) // as a restore does
	moved := b.post(path+"/schedule", leavesLater(form(t, b.get(path+"/schedule").Body, path+"/schedule"), 2, "15:00"))
	require.Equal(t, http.StatusSeeOther, moved.StatusCode, "who says when answers what would be asked")
	require.False(t, n.mailing(m.ID).Asks)

	n.exec(`UPDATE mailings SET asks = true`)
	acts := &activities.Activities{DB: n.db, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	_, err := acts.StartMailing(t.Context(), activities.Step{ProcessID: m.ID})
	require.NoError(t, err)
	task := n.open(models.TaskDecideMailing)[0]
	require.Equal(t, models.MailingAsking, n.mailing(m.ID).State)
	home := b.get("/")
	sound(t, home)
	require.Contains(t, home.Body, l.T("home.ask.decide_mailing"))
	require.Contains(t, home.Body, `lang="en">S</a>`, "which mailing it is about")
	to := b.get(taskPath(task.ID))
	require.Equal(t, path, to.Header.Get("Location"))
	asks := b.get(path)
	sound(t, asks)
	require.Contains(t, asks.Body, l.T("mailing.schedule.asks"))
	require.Contains(t, asks.Body, l.T("mailing.schedule.asks_restored"))
	require.Contains(t, b.get(recommendationPath(n.brief.ID)).Body, l.T("recommendation.awaited.decide_mailing"))

	f := form(t, b.get(path+"/schedule").Body, path+"/schedule")
	f.Set("leaves", "now")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/schedule", f).StatusCode)
	n.waitFor("the mailing is sent", func() bool { return n.mailing(m.ID).State == models.MailingSent })
	require.Equal(t, models.TaskDone, n.task(task.ID).State)
	require.Contains(t, b.get(path).Body, l.T("mailing.schedule.moved_now"))
	require.NotContains(t, b.get("/").Body, l.T("home.ask.decide_mailing"))
}

func TestDraftOfAMailingFromBeforeARestoreAsksWhetherItWasSent(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	n.exec(`UPDATE mailings SET asks = true WHERE id = ?`, m.ID) // as a restore does
	b := n.as("officer-khc", "en")
	l := i18n.For("en")
	confirm := b.get(path + "/launch")
	sound(t, confirm)
	require.Contains(t, confirm.Body, l.T("mailing.schedule.restored_text"))
	f := leavesLater(form(t, confirm.Body, path+"/launch"), 1, "15:00")
	refused := b.post(path+"/launch", f)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	sound(t, refused)
	require.Contains(t, refused.Body, l.T("error.field.mailing_restored"))
	require.Contains(t, refused.Body, `value="15:00"`, "what was filled in stays")
	f = leavesLater(form(t, refused.Body, path+"/launch"), 1, "15:00")
	f.Set("again", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/launch", f).StatusCode)
	require.Equal(t, models.MailingScheduled, n.mailing(m.ID).State)
}

func TestMailingPausedBeforeItBeganSaysWhenItWasToLeave(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	b := n.as("officer-khc", "en")
	l := i18n.For("en")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/launch", leavesLater(form(t, b.get(path+"/launch").Body, path+"/launch"), 1, "15:00")).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/pause", form(t, b.get(path).Body, path+"/pause")).StatusCode)
	require.Contains(t, b.get(path).Body, l.T("mailing.paused_ahead"), "nothing was on its way")
	for _, language := range i18n.Tags() {
		sound(t, n.as("officer-khc", language).get(path))
	}
	b = n.as("officer-khc", "en")
	require.Contains(t, b.get(path).Body, l.T("mailing.schedule.paused_ahead"))
	require.Equal(t, http.StatusSeeOther, b.post(path+"/resume", form(t, b.get(path).Body, path+"/resume")).StatusCode)
	sofia, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	resumed := b.get(path)
	require.Contains(t, resumed.Body, l.T("mailing.resumed_waits", "When", l.Moment(*n.mailing(m.ID).NextAt, sofia)), "nothing goes on: it waits again")
	require.NotContains(t, resumed.Body, l.T("mailing.resumed"))
	require.Equal(t, http.StatusSeeOther, b.post(path+"/schedule", leavesLater(form(t, b.get(path+"/schedule").Body, path+"/schedule"), 2, "15:00")).StatusCode)
	require.Equal(t, models.MailingScheduled, n.mailing(m.ID).State)

	require.Equal(t, http.StatusSeeOther, b.post(path+"/pause", form(t, b.get(path).Body, path+"/pause")).StatusCode)
	n.exec(`UPDATE mailings SET next_at = now() - interval '1 minute' WHERE id = ?`, m.ID)
	require.Contains(t, b.get(path).Body, l.T("mailing.schedule.paused_passed"))
	require.Equal(t, http.StatusSeeOther, b.post(path+"/revise", form(t, b.get(path).Body, path+"/revise")).StatusCode)
	require.Equal(t, models.MailingDraft, n.mailing(m.ID).State)
}

// TestMailingPausedAtOnceCanStillBeMovedOrTakenBack though no time was ever said: nothing of it has left.
func TestMailingPausedAtOnceCanStillBeMovedOrTakenBack(t *testing.T) {
	n := newOffice(t)
	n.publish()
	n.stopWorker()
	gate := &gated{Sender: n.sender()}
	n.acts.Mails = gate
	held := gate.closes()
	held.begun.Add(1) // not even the first part leaves
	n.startWorker()
	m, path := n.draftMailing()
	b := n.as("officer-khc", "en")
	launch := form(t, b.get(path+"/launch").Body, path+"/launch")
	launch.Set("at_night", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/launch", launch).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/pause", form(t, b.get(path).Body, path+"/pause")).StatusCode)
	close(held.open)
	require.Nil(t, n.mailing(m.ID).NextAt)
	for _, language := range i18n.Tags() {
		page := n.as("officer-khc", language).get(path)
		sound(t, page)
		require.Contains(t, page.Body, i18n.For(language).T("mailing.schedule.paused_untimed"))
	}
	b = n.as("officer-khc", "en")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/schedule", leavesLater(form(t, b.get(path+"/schedule").Body, path+"/schedule"), 2, "15:00")).StatusCode)
	require.Equal(t, models.MailingScheduled, n.mailing(m.ID).State)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/revise", form(t, b.get(path).Body, path+"/revise")).StatusCode)
	require.Equal(t, models.MailingDraft, n.mailing(m.ID).State)
	require.Empty(t, n.mails.Ledger())
}
