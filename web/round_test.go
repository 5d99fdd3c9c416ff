package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestOfficersDeskOfARound goes once through all that the officer sees and does there.
func TestOfficersDeskOfARound(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(2, "expert-02", "expert-04", "expert-05")
	n.say(n.brief.ID, n.person("expert-02"), models.DecideAcceptTask, n.taskOf("expert-02"), models.NoPayload{})
	n.say(n.brief.ID, n.person("expert-05"), models.DecideDeclineTask, n.taskOf("expert-05"),
		models.DeclinePayload{Reason: "On leave.", Suggestion: "Prof. Ana Kovač, University of Zagreb"})
	path := recommendationPath(n.brief.ID) + "/round"
	c := n.as("officer-khc", "en")
	require.Contains(t, c.get(recommendationPath(n.brief.ID)).Body, `href="`+path+`"`, "it is reached from the recommendation")
	for _, tag := range i18n.Tags() {
		page := n.as("officer-khc", tag).get(path)
		require.Equal(t, http.StatusOK, page.StatusCode)
		sound(t, page)
		for _, key := range []string{"round.state.accepted", "round.state.asked", "round.state.declined", "round.suggests", "round.partners"} {
			require.True(t, strings.Contains(page.Body, i18n.For(tag).T(key)), "%s in %s", key, tag)
		}
		require.Contains(t, page.Body, "Prof. Ana Kovač")
	}
	require.Equal(t, http.StatusForbidden, n.as("officer-tdh", "en").get(path).StatusCode)

	asks := n.taskOf("expert-02")
	far := models.Day(asks.DueAt.AddDate(0, 6, 0))
	n.say(n.brief.ID, n.person("expert-02"), models.DecideAskTime, asks, models.AskTimePayload{DueOn: &far})
	for _, tag := range i18n.Tags() {
		home, words := n.as("officer-khc", tag).get("/").Body, i18n.For(tag)
		require.Contains(t, home, words.N("home.round.times", 1), "what the desk asks stands on the home page")
		require.Contains(t, home, `href="`+path+`"`)
	}
	require.NotContains(t, n.as("officer-tdh", "en").get("/").Body, i18n.For("en").N("home.round.times", 1))
	c = n.as("officer-khc", "en")
	opened, link := n.byLink(asks, n.person("expert-02"), "en")
	chosen := c.get(path + "?task=" + asks.ID.String())
	sound(t, chosen)
	require.Contains(t, chosen.Body, "link opened on ")
	zone, err := n.server.zoneOf(t.Context(), n.person("officer-khc"))
	require.NoError(t, err)
	require.Contains(t, chosen.Body, i18n.For("en").T("round.asked_on", "Date", i18n.For("en").DateTime(asks.OpenedAt, zone)), "to the minute: a round can last hours")
	list := c.get(path).Body
	require.Equal(t, 1, strings.Count(list, "opened by a machine"), "that is said once")
	require.Contains(t, list, "Give or refuse time")
	require.Less(t, strings.Index(list, n.person("expert-02").Name), strings.Index(list, n.person("expert-04").Name), "what waits for the officer stands first")
	require.Less(t, strings.Index(chosen.Body, `name="do" value="extend"`), strings.Index(chosen.Body, `name="do" value="refuse"`))
	require.NotContains(t, chosen.Body, `name="do" value="nudge"`, "who waits for the officer is not reminded")
	require.Equal(t, http.StatusUnprocessableEntity, c.post(path, actForm(chosen.Body, "refuse", nil)).StatusCode, "a reason is needed")
	refused := c.post(path, actForm(chosen.Body, "refuse", url.Values{"reason": {"The law is read in June."}}))
	require.Equal(t, http.StatusSeeOther, refused.StatusCode, refused.Body)
	require.Nil(t, n.task(asks.ID).AskedUntil)
	require.NotContains(t, c.get("/").Body, i18n.For("en").N("home.round.times", 1), "it is decided")
	require.Contains(t, opened.get(link).Body, "The law is read in June.")

	silent := n.taskOf("expert-04")
	one := path + "?task=" + silent.ID.String()
	page := c.get(one)
	sound(t, page)
	require.Contains(t, page.Body, "A reminder goes out at once", "as this procedure says")
	nudged := c.post(path, actForm(page.Body, "nudge", nil))
	require.Equal(t, http.StatusSeeOther, nudged.StatusCode)
	require.NotNil(t, n.task(silent.ID).NudgedAt, nudged.Header.Get("Location"))
	require.Contains(t, c.get(one).Body, i18n.For("en").T("round.nudge.done_now"), "as the page said before")
	require.Contains(t, c.get(one).Body, i18n.For("en").T("round.nudge.already"))
	require.Equal(t, 1, n.task(silent.ID).Reminders+n.task(silent.ID).RespondReminders)

	past := c.post(path, actForm(page.Body, "extend", url.Values{"due_on": {"2020-01-01"}}))
	require.Equal(t, http.StatusUnprocessableEntity, past.StatusCode)
	require.Contains(t, past.Body, i18n.For("en").T("error.field.not_past"))
	for _, tag := range i18n.Tags() {
		b, words := n.as("officer-khc", tag), i18n.For(tag)
		far := b.post(path, actForm(b.get(one).Body, "extend", url.Values{"due_on": {"2035-01-01"}}))
		require.Equal(t, http.StatusUnprocessableEntity, far.StatusCode)
		sound(t, far)
		require.Contains(t, far.Body, words.T("error.field.too_far"), tag)
	}
	c = n.as("officer-khc", "en")
	until := silent.DueAt.AddDate(0, 1, 0).Format(time.DateOnly)
	moved := c.post(path, actForm(c.get(one).Body, "extend", url.Values{"due_on": {until}}))
	require.Equal(t, http.StatusSeeOther, moved.StatusCode, moved.Body)
	require.Equal(t, 1, n.task(silent.ID).Extensions)

	require.Contains(t, c.get(one).Body, i18n.For("en").T("round.withdraw.reason_help"))
	require.Equal(t, http.StatusSeeOther, c.post(path, actForm(c.get(one).Body, "withdraw", url.Values{"reason": {"Works for the ministry now."}})).StatusCode)
	require.Equal(t, models.TaskCancelled, n.task(silent.ID).State)
	b, link := n.byLink(n.task(silent.ID), n.person("expert-04"), "en")
	require.Contains(t, b.get(link).Body, i18n.For(n.person("expert-04").Language).T("asked.over.cancelled.title"), "the link says so kindly, in their language")
	require.NotContains(t, b.get(link).Body, "Works for the ministry now.", "as the desk says")
	require.Contains(t, c.get(path).Body, i18n.For("en").T("round.state.withdrawn"))
}

// actForm is one of the forms of a desk, filled in.
func actForm(page, do string, values url.Values) url.Values {
	f := url.Values{"do": {do}}
	at := strings.Index(page, `name="do" value="`+do+`"`)
	begin := strings.LastIndex(page[:at], "<form")
	for name, pattern := range map[string]string{"decision_id": `name="decision_id" value="`, "task": `name="task" value="`} {
		if i := strings.Index(page[begin:at], pattern); i >= 0 {
			rest := page[begin+i+len(pattern):]
			f.Set(name, rest[:strings.IndexByte(rest, '"')])
		}
	}
	for name, v := range values {
		f[name] = v
	}
	return f
}

// TestExpertTakesMoreTimeInOneStep and the calendar keeps up with the deadline under the same name.
func TestExpertTakesMoreTimeInOneStep(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.ExtendUpTo = "14d" })
	n.review(2, "expert-02", "expert-04")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	page := b.get(path)
	require.Contains(t, page.Body, i18n.For("en").T("time.summary"))
	require.Equal(t, 2, strings.Count(page.Body, "<noscript><p class=\"fine\">"+i18n.For("en").T("kept.first")), "without scripts nothing keeps what stands in the other form")
	calendar := b.get(path + "/deadline.ics")
	require.Equal(t, "text/calendar; charset=utf-8; method=PUBLISH", calendar.Header.Get("Content-Type"))
	require.Contains(t, calendar.Body, "UID:"+task.ID.String())
	require.Contains(t, calendar.Body, "SEQUENCE:0")
	require.NotContains(t, strings.ReplaceAll(calendar.Body, "\r\n ", ""), "/l/", "nothing that opens it")

	f := form(t, page.Body, path+"/time")
	zone, err := n.server.zoneOf(t.Context(), n.person("expert-02"))
	require.NoError(t, err)
	require.Contains(t, page.Body, ` max="`+models.LastDay(n.server.Now(), zone).Format(time.DateOnly)+`"`)
	f.Set("due_on", "2035-06-30")
	far := b.post(path+"/time", f)
	require.Equal(t, http.StatusUnprocessableEntity, far.StatusCode)
	sound(t, far)
	require.Contains(t, far.Body, i18n.For("en").T("error.field.too_far"))
	require.Equal(t, task.DueAt.UTC(), n.task(task.ID).DueAt.UTC())
	f = form(t, b.get(path).Body, path+"/time")
	f.Set("due_on", task.DueAt.AddDate(0, 0, 5).Format(time.DateOnly))
	require.Equal(t, http.StatusSeeOther, b.post(path+"/time", f).StatusCode)
	moved := n.task(task.ID)
	require.True(t, moved.DueAt.After(task.DueAt))
	require.Nil(t, moved.AcceptedAt, "who takes time has not said that they will")
	require.Nil(t, moved.RespondBy, "nor are they silent")
	require.Contains(t, b.get(path).Body, `action="`+path+`/accept"`)
	later := b.get(path + "/deadline.ics")
	require.Contains(t, later.Body, "UID:"+task.ID.String())
	require.Contains(t, later.Body, "SEQUENCE:2")

	f = form(t, b.get(path).Body, path+"/time")
	f.Set("due_on", task.DueAt.AddDate(0, 3, 0).Format(time.DateOnly))
	require.Equal(t, http.StatusSeeOther, b.post(path+"/time", f).StatusCode)
	require.Equal(t, moved.DueAt.UTC(), n.task(task.ID).DueAt.UTC(), "that is for the officer")
	desk := n.as("officer-khc", "en").get(recommendationPath(n.brief.ID) + "/round").Body
	require.Contains(t, desk, i18n.For("en").T("round.state.asks_time"))
	waits := b.get(path)
	sound(t, waits)
	folded, _, _ := strings.Cut(waits.Body, `id="time"`)
	require.Contains(t, folded, i18n.For("en").T("time.back.asked.now", "Until", i18n.For("en").Date(task.DueAt.AddDate(0, 3, 0), nil)))
	require.Contains(t, folded, `action="`+path+`/accept"`)
	require.Nil(t, n.task(task.ID).AcceptedAt)
}

// closesOnlyTicked closes a round at its desk in every language: one press does not, and what follows is said before.
func (n *office) closesOnlyTicked(path string) {
	t := n.t
	t.Helper()
	for _, tag := range i18n.Tags() {
		words, b := i18n.For(tag), n.as("officer-khc", tag)
		desk := b.get(path)
		sound(t, desk)
		rec, err := models.RecommendationByID(t.Context(), n.db, n.brief.ID)
		require.NoError(t, err)
		procedure, err := models.ProcedureByID(t.Context(), n.db, rec.ProcedureID)
		require.NoError(t, err)
		until, err := models.ClosesAt(t.Context(), n.db, rec, procedure.Document.Review, n.server.Now())
		require.NoError(t, err)
		zone, err := n.server.zoneOf(t.Context(), n.person("officer-khc"))
		require.NoError(t, err)
		day, _, _ := strings.Cut(words.Moment(until, zone), ",")
		require.Contains(t, desk.Body, day, "until when answers are still taken")
		unsure := b.post(path, actForm(desk.Body, "close", nil))
		require.Equal(t, http.StatusUnprocessableEntity, unsure.StatusCode)
		sound(t, unsure)
		require.Contains(t, unsure.Body, words.T("asked.tick", "Box", words.T("round.close.box")))
		round, err := models.RoundByNumber(t.Context(), n.db, n.brief.ID, 1)
		require.NoError(t, err)
		require.Nil(t, round.ClosingAt, "one press closes nothing")
	}
	b := n.as("officer-khc", "en")
	f := actForm(b.get(path).Body, "close", url.Values{"close_round": {"yes"}})
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
	round, err := models.RoundByNumber(t.Context(), n.db, n.brief.ID, 1)
	require.NoError(t, err)
	require.NotNil(t, round.ClosingAt)
	require.NotContains(t, b.get(path).Body, `id="close"`)
}

// TestClosingComesFirstOnceEnoughHaveAnswered although somebody declined and another expert could be chosen.
func TestClosingComesFirstOnceEnoughHaveAnswered(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) {
		d.Review.Enough, d.Review.WhenEnough, d.Review.ConsultMembers = 1, models.EnoughAsks, false
	})
	n.review(1, "expert-02", "expert-04")
	home, words := recommendationPath(n.brief.ID), i18n.For("en")
	n.say(n.brief.ID, n.person("expert-04"), models.DecideDeclineTask, n.taskOf("expert-04"), models.DeclinePayload{Reason: "On leave."})
	n.open(models.TaskChooseReviewer)
	before := n.as("officer-khc", "en").get(home).Body
	require.Contains(t, before, words.N("recommendation.whom.choose_reviewer", 1))
	task := n.taskOf("expert-02")
	n.say(n.brief.ID, n.person("expert-02"), models.DecideAnswerReview, task, models.ReviewPayload{VersionHash: n.versionOf(task).Hash, Answer: models.AnswerSupport})
	n.waitFor("the officer to be asked whether to close", func() bool {
		round, err := models.RoundByNumber(t.Context(), n.db, n.brief.ID, 1)
		return err == nil && round.EnoughAt != nil
	})
	require.Contains(t, n.as("officer-khc", "en").get("/").Body, words.T("recommendation.act.close_round"), "the home page asks for it")
	page := n.as("officer-khc", "en").get(home)
	sound(t, page)
	main, rest, _ := strings.Cut(page.Body, `id="more"`)
	require.Contains(t, main, words.T("recommendation.act.close_round"))
	require.Contains(t, main, words.T("recommendation.whom_closes"))
	require.NotContains(t, main, words.N("recommendation.whom.choose_reviewer", 1))
	require.NotContains(t, main, words.T("recommendation.act.choose_reviewer"))
	require.Contains(t, rest, words.T("recommendation.act.choose_reviewer"), "it is still possible")
	n.closesOnlyTicked(home + "/round")
}
