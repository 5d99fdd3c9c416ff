package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// published takes the brief to where campaigns begin, without a process running.
func (h *house) published() {
	h.t.Helper()
	h.publish()
	h.nothingRuns()
}

// campaignOf begins a campaign by its form and returns where it is.
func (h *house) campaignOf(b *reader, title string) string {
	t := h.t
	t.Helper()
	path := recommendationPath(h.brief.ID) + "/campaigns/new"
	f := filled(t, b.get(path).Body, path)
	f.Set("title", title)
	made := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, made.StatusCode, made.Body)
	require.Equal(t, made.Header.Get("Location"), b.post(path, f).Header.Get("Location"), "a second click begins no second campaign")
	return made.Header.Get("Location")
}

// stepIn plans a step by its form and returns where it is.
func (h *house) stepIn(b *reader, campaign, kind, title, day, clock string) string {
	t := h.t
	t.Helper()
	path := campaign + "/steps/new"
	f := filled(t, b.get(path+"?kind="+kind).Body, path)
	require.Equal(t, kind, f.Get("kind"), "what was chosen is ticked")
	f.Set("title", title)
	if kind == "letter" {
		f.Set("authority_id", demo.ID("authority", "bg-ombudsman").String())
	}
	f.Set("day", day)
	f.Set("time", clock)
	f.Set("zone", "Europe/Sofia")
	planned := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, planned.StatusCode, planned.Body)
	link := regexp.MustCompile(`href="(` + regexp.QuoteMeta(campaign) + `/steps/[0-9a-f-]{36})"[^>]*>` + regexp.QuoteMeta(title)).FindStringSubmatch(b.get(campaign).Body)
	require.NotNil(t, link, "it stands on the page")
	return link[1]
}

func TestACampaignIsASeriesFromItsFirstStepToWhatCameOfIt(t *testing.T) {
	h := newHouse(t)
	h.published()
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	require.Contains(t, b.get(campaignsPath).Body, l.T("campaign.none"))
	campaign := h.campaignOf(b, "Spring for care")
	empty := b.get(campaign)
	sound(t, empty)
	require.Contains(t, empty.Body, l.T("campaign.empty"))
	for _, add := range []string{"mailing", "letter", "call", "meeting", "event"} {
		require.Contains(t, empty.Body, l.T("campaign.add."+add))
	}
	late := h.stepIn(b, campaign, "letter", "To the minister", "2026-01-15", "")
	meeting := h.stepIn(b, campaign, "meeting", "With the ministry", "2099-03-20", "14:30")
	page := b.get(campaign)
	sound(t, page)
	overdue := page.Body[strings.Index(page.Body, `id="late-title"`):strings.Index(page.Body, `id="next-title"`)]
	require.Contains(t, overdue, "To the minister", "what is late comes first")
	require.Contains(t, overdue, l.T("campaign.late"))
	require.Contains(t, page.Body, "January 2026</h2>")
	require.Contains(t, page.Body, "20 March 2099, 14:30 (Eastern European Time, EET)")
	require.Contains(t, b.get("/").Body, "To the minister", "it waits on the desk of who is responsible")
	require.NotContains(t, h.as("coordinator", "en").get("/").Body, "To the minister", "and on nobody else's")

	shown := b.get(campaign + "?kind=meeting&state=planned&month=2099-03")
	require.Regexp(t, `aria-label="20 March 2099"`, shown.Body)
	require.Contains(t, shown.Body, `<span class="month-clock">14:30</span>`)
	require.NotContains(t, shown.Body[strings.Index(shown.Body, `class="filter"`):], "To the minister")
	require.Contains(t, b.get(campaign+"?kind=event").Body, l.T("dashboard.filter.nothing"))

	h.settle(b, late, "done", "He will answer by May")
	require.Contains(t, b.get(campaign).Body, "He will answer by May")
	require.NotContains(t, b.get("/").Body, "To the minister")
	settled := b.get(late)
	sound(t, settled)
	require.NotContains(t, settled.Body, `name="title"`, "what is done is changed by taking it back alone")
	f := filled(t, settled.Body, late+"/reopen")
	require.Equal(t, http.StatusSeeOther, b.post(late+"/reopen", f).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(late+"/reopen", f).StatusCode, "a second click does nothing")
	require.Contains(t, b.get("/").Body, "To the minister")
	h.settle(b, meeting, "called_off", "The minister resigned")

	record := b.get(recommendationPath(h.brief.ID) + "/record")
	sound(t, record)
	require.Contains(t, record.Body, l.T("record.campaign.step_called_off", "Step", "Meeting", "Day", "20 March 2099"))
	require.Contains(t, record.Body, "The minister resigned")
	require.NotContains(t, h.as("partner-sc-nwb", "en").get(recommendationPath(h.brief.ID)+"/record").Body, "The minister resigned")
	list := b.get(campaignsPath)
	require.Contains(t, list.Body, "Spring for care")
	require.Contains(t, list.Body, l.N("campaign.planned_count", 1))
	require.Contains(t, b.get(recommendationPath(h.brief.ID)).Body, "Spring for care")
	require.NotContains(t, h.as("officer-tdh", "en").get(campaignsPath).Body, "Spring for care", "another organisation's")
}

// settle says what came of a step, and clicks twice.
func (h *house) settle(b *reader, step, to, result string) {
	t := h.t
	t.Helper()
	f := filled(t, b.get(step).Body, step+"/settle")
	f.Set(map[string]string{"done": "result", "called_off": "why"}[to], result)
	f.Set("do", to)
	require.Equal(t, http.StatusSeeOther, b.post(step+"/settle", f).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(step+"/settle", f).StatusCode, "a second click does nothing")
}

func TestAStepThatWasChangedMeanwhileIsNotOverwritten(t *testing.T) {
	h := newHouse(t)
	h.published()
	b := h.as("officer-khc", "en")
	campaign := h.campaignOf(b, "Spring")
	step := h.stepIn(b, campaign, "call", "Call the office", "2099-01-15", "")
	mine := filled(t, b.get(step).Body, step)
	theirs := filled(t, h.as("coordinator", "en").get(step).Body, step)
	theirs.Set("title", "Call the cabinet")
	require.Equal(t, http.StatusSeeOther, h.as("coordinator", "en").post(step, theirs).StatusCode)
	mine.Set("title", "Call the deputy")
	outdated := b.post(step, mine)
	require.Equal(t, http.StatusPreconditionFailed, outdated.StatusCode)
	sound(t, outdated)
	require.Contains(t, outdated.Body, `value="Call the deputy"`, "what was typed stays")
	require.Contains(t, outdated.Body, "Call the cabinet", "and what stands now is shown")
	again := filled(t, outdated.Body, step)
	require.Equal(t, http.StatusSeeOther, b.post(step, again).StatusCode)
	require.Contains(t, b.get(campaign).Body, "Call the deputy")

	for _, tag := range i18n.Tags() {
		b = h.as("officer-khc", tag)
		l := i18n.For(tag)
		f := filled(t, b.get(campaign+"/steps/new?kind=event").Body, campaign+"/steps/new")
		f.Set("title", "")
		f.Set("day", "2026-03-29")
		f.Set("time", "03:30")
		f.Set("zone", "Europe/Sofia")
		wrong := b.post(campaign+"/steps/new", f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		require.Contains(t, wrong.Body, l.T("error.field.time"))
		require.Contains(t, wrong.Body, l.T("error.field.required"))
		for _, page := range []string{campaignsPath, campaign, campaign + "/edit", step} {
			got := b.get(page)
			require.Equal(t, http.StatusOK, got.StatusCode)
			sound(t, got)
			require.Empty(t, regexp.MustCompile(`[>" ](campaign|record)\.[a-z_]+(\.[a-z_]+)*[<" ]`).FindString(got.Body))
		}
	}
}

func TestAMailingIsAddedToTheCampaignItWasBegunFrom(t *testing.T) {
	h := newHouse(t)
	h.published()
	b := h.as("officer-khc", "en")
	campaign := h.campaignOf(b, "Spring")
	id := strings.TrimPrefix(campaign, campaignsPath+"/")
	path := recommendationPath(h.brief.ID) + "/mailings/new"
	f := filled(t, b.get(path+"?campaign="+id).Body, path)
	require.Equal(t, id, f.Get("campaign_id"))
	f.Set("fallback_language", "en")
	f.Set(textOf(t, f, "en")+".subject", "Ask your mayor")
	f.Set(textOf(t, f, "en")+".body", "B")
	f.Set("do", "save")
	saved := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	page := b.get(campaign)
	require.Contains(t, page.Body, "Ask your mayor")
	require.Contains(t, page.Body, i18n.For("en").T("campaign.undated"))
	again := b.get(saved.Header.Get("Location"))
	require.Contains(t, again.Body, campaign, "the mailing leads to its campaign")
	require.NotContains(t, again.Body, i18n.For("en").T("campaign.of_mailing_new"), "it moves to another one, and begins none")
	h.exec(`UPDATE mailings SET state = 'scheduled', launched_at = now(), next_at = '2099-04-07 10:00+00' WHERE campaign_id = ?`, id)
	require.Contains(t, b.get(campaign).Body, i18n.For("en").Date(time.Date(2099, 4, 7, 0, 0, 0, 0, time.UTC), time.UTC), "it stands where it leaves, not where that was said")
	f.Set("campaign_id", campaignNew)
	f.Set("decision_id", NewDecisionID())
	alone := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, alone.StatusCode)
	require.NotContains(t, b.get(alone.Header.Get("Location")).Body, campaign+`"`)
}

func TestTheCampaignOfANewMailingIsChosenWhereItIsClear(t *testing.T) {
	h := newHouse(t)
	h.published()
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	path := recommendationPath(h.brief.ID) + "/mailings/new"
	require.NotContains(t, b.get(path).Body, `name="campaign_id"`, "where there is none, a new one begins without a word")
	only := h.campaignOf(b, "Spring")
	chosen := func(query string) string { return filled(t, b.get(path+query).Body, path).Get("campaign_id") }
	id := func(campaign string) string { return strings.TrimPrefix(campaign, campaignsPath+"/") }
	require.Equal(t, id(only), chosen(""), "the only one that goes on")
	require.Equal(t, campaignNew, chosen("?campaign=new"))
	over := h.campaignOf(b, "Autumn")
	h.settle(b, h.stepIn(b, over, "letter", "To the minister", "2026-01-15", ""), "done", "They agreed")
	require.Equal(t, id(only), chosen(""), "what is over is not in question")
	require.Equal(t, id(over), chosen("?campaign="+id(over)), "but can be named")
	second := h.campaignOf(b, "Summer")
	page := b.get(path)
	sound(t, page)
	require.Contains(t, page.Body, l.T("campaign.of_mailing_choose"), "of two the officer says which")
	require.Equal(t, id(second), chosen("?campaign="+id(second)))
	f := filled(t, page.Body, path)
	f.Set("fallback_language", "en")
	f.Set(textOf(t, f, "en")+".subject", "S")
	f.Set(textOf(t, f, "en")+".body", "B")
	f.Set("do", "save")
	for value, key := range map[string]string{"": "required", "spring": "unknown"} {
		f.Set("campaign_id", value)
		refused := b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
		sound(t, refused)
		require.Contains(t, refused.Body, `href="#f-campaign_id"`, value)
		require.Contains(t, refused.Body, html.EscapeString(l.T("error.field."+key)))
	}
	f.Set("campaign_id", id(second))
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
}

func TestTwoCampaignsOfARecommendationHaveTwoTitles(t *testing.T) {
	h := newHouse(t)
	h.published()
	b := h.as("officer-khc", "en")
	h.campaignOf(b, "Spring")
	path := recommendationPath(h.brief.ID) + "/campaigns/new"
	f := filled(t, b.get(path).Body, path)
	f.Set("title", " SPRING ")
	again := b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, again.StatusCode)
	sound(t, again)
	require.Contains(t, again.Body, i18n.For("en").T("error.field.campaign_taken"))
	require.Contains(t, again.Body, `href="#f-title"`)
	other := h.campaignOf(b, "Autumn")
	f = filled(t, b.get(other+"/edit").Body, other+"/edit")
	f.Set("title", "Spring")
	renamed := b.post(other+"/edit", f)
	require.Equal(t, http.StatusUnprocessableEntity, renamed.StatusCode)
	require.Contains(t, renamed.Body, i18n.For("en").T("error.field.campaign_taken"))
	f.Set("title", "AUTUMN")
	require.Equal(t, http.StatusSeeOther, b.post(other+"/edit", f).StatusCode, "its own title is no other's")
}

func TestTheCalendarFileOfACampaign(t *testing.T) {
	h := newHouse(t)
	h.published()
	b := h.as("officer-khc", "en")
	campaign := h.campaignOf(b, "Spring")
	step := h.stepIn(b, campaign, "meeting", "With the ministry", "2099-03-20", "14:30")
	f := filled(t, b.get(step).Body, step)
	f.Set("note", "Confidential: bring the figures")
	require.Equal(t, http.StatusSeeOther, b.post(step, f).StatusCode)
	file := b.get(campaign + "/calendar.ics")
	require.Equal(t, "text/calendar; charset=utf-8; method=PUBLISH", file.Header.Get("Content-Type"))
	unfolded := strings.ReplaceAll(file.Body, "\r\n ", "")
	require.Contains(t, unfolded, "DTSTART:20990320T123000Z")
	require.Contains(t, unfolded, "SUMMARY:Meeting: With the ministry")
	require.Contains(t, unfolded, "SEQUENCE:2")
	require.NotContains(t, unfolded, "Confidential", "a calendar is shown to others")
	require.Equal(t, http.StatusNotFound, h.as("partner-sc-nwb", "en").get(campaign+"/calendar.ics").StatusCode)
}

func TestAMonthOnTheWallBeginsOnMonday(t *testing.T) {
	l := i18n.For("en")
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	g := gridOf(l, []seriesItem{{ID: "a", Day: day(1)}, {ID: "b", Day: day(31)}, {ID: "c", Day: day(31).AddDate(0, 0, 1)}, {ID: "none"}}, day(1), day(12))
	require.Equal(t, "March 2026", g.Title)
	require.Equal(t, "Monday", g.Weekdays[0])
	require.Len(t, g.Weeks, 6)
	require.True(t, g.Weeks[0][5].Out)
	require.Equal(t, "a", g.Weeks[0][6].Items[0].ID, "1 March 2026 is a Sunday")
	require.Equal(t, "b", g.Weeks[5][1].Items[0].ID)
	require.Empty(t, g.Weeks[5][2].Items, "the first of April is not March")
	require.True(t, g.Weeks[2][3].Today)
	require.Equal(t, [2]string{"2026-02", "2026-04"}, [2]string{g.previous, g.next})

	require.True(t, g.current)
	require.False(t, gridOf(l, nil, day(1).AddDate(1, 0, 0), day(12)).current)
	require.Equal(t, day(1), gridMonth("2026-03", day(12).AddDate(1, 0, 0)))
	for _, nonsense := range []string{"", "x", "9999-01", "2026-13"} {
		require.Equal(t, day(1), gridMonth(nonsense, day(12)), url.QueryEscape(nonsense))
	}
}

func TestTheCalendarOpensTodayWhateverIsLate(t *testing.T) {
	h := newHouse(t)
	h.published()
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	campaign := h.campaignOf(b, "Spring")
	today := models.DayOf(time.Now(), time.UTC)
	h.stepIn(b, campaign, "call", "Call of long ago", today.AddDate(0, -3, 0).Format(time.DateOnly), "")
	h.stepIn(b, campaign, "event", "Event to come", today.AddDate(0, 2, 0).Format(time.DateOnly), "")
	page := b.get(campaign)
	sound(t, page)
	require.Contains(t, page.Body, `id="month-title">`+monthTitle(l, today))
	require.NotContains(t, page.Body, l.T("campaign.month_today")+"</a>", "it is there")
	late, next := strings.Index(page.Body, `id="late-title"`), strings.Index(page.Body, `id="next-title"`)
	require.Positive(t, late)
	require.Less(t, late, next)
	require.Less(t, late, strings.Index(page.Body, "Call of long ago"))
	require.Greater(t, strings.Index(page.Body, "Event to come"), next, "what comes next is not what is late")
	away := b.get(campaign + "?month=2031-02&kind=call")
	sound(t, away)
	require.Contains(t, away.Body, `href="`+campaign+`?kind=call#month"`)
	require.Contains(t, away.Body, l.T("campaign.month_today")+"</a>")
}

func TestCampaignsOfTheSameTitleAreToldApart(t *testing.T) {
	h := newHouse(t)
	h.published()
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	first, second, other := h.campaignOf(b, "Spring"), h.campaignOf(b, "Winter"), h.campaignOf(b, "Autumn")
	h.exec(`UPDATE campaigns SET title = 'Spring' WHERE title = 'Winter'`) // as they stood before that was refused, and before those without a name were numbered
	for campaign, at := range map[string]string{first: "2026-03-02 09:00+02", second: "2026-03-02 15:30+02", other: "2026-03-02 16:00+02"} {
		h.exec(`UPDATE campaigns SET created_at = ?::timestamptz WHERE id = ?`, at, strings.TrimPrefix(campaign, campaignsPath+"/"))
	}
	sofia, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	at := func(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 0, 0, sofia) }
	for _, page := range []string{campaignsPath, recommendationPath(h.brief.ID)} {
		got := b.get(page)
		sound(t, got)
		for _, begun := range []string{l.DateTime(at(9, 0), sofia), l.DateTime(at(15, 30), sofia), l.Date(at(16, 0), sofia) + "<"} {
			require.Contains(t, got.Body, l.T("campaign.begun", "When", begun), page)
		}
	}
	form := b.get(recommendationPath(h.brief.ID) + "/mailings/new").Body
	require.Contains(t, form, ">"+l.T("campaign.among", "Title", "Spring", "When", l.DateTime(at(9, 0), sofia))+"<")
	require.Contains(t, form, ">Autumn<", "one of its own title needs nothing more")
}

func TestWhyAStepIsCalledOffIsKeptAndShown(t *testing.T) {
	h := newHouse(t)
	h.published()
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	campaign := h.campaignOf(b, "Spring")
	step := h.stepIn(b, campaign, "meeting", "With the ministry", "2099-03-20", "14:30")
	page := b.get(step)
	sound(t, page)
	ahead := filled(t, page.Body, step+"/settle")
	ahead.Set("do", "done")
	ahead.Set("result", "They agreed")
	wrong := b.post(step+"/settle", ahead)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	sound(t, wrong)
	require.Contains(t, wrong.Body, l.T("error.field.lies_ahead"))
	require.Contains(t, wrong.Body, "They agreed", "what was typed stays")
	off := filled(t, page.Body, step+"/settle")
	off.Set("do", "called_off")
	off.Set("why", strings.Repeat("x", 10001))
	wrong = b.post(step+"/settle", off)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	sound(t, wrong)
	require.Contains(t, wrong.Body, `href="#`+fieldID("why")+`"`)
	off.Set("why", "The minister resigned")
	off.Set("why_written_in", "en")
	require.Equal(t, http.StatusSeeOther, b.post(step+"/settle", off).StatusCode)
	for _, where := range []string{step, campaign, recommendationPath(h.brief.ID) + "/record"} {
		require.Contains(t, b.get(where).Body, "The minister resigned", where)
	}
	outdated := b.post(step+"/settle", ahead)
	require.Equal(t, http.StatusPreconditionFailed, outdated.StatusCode)
	sound(t, outdated)
	require.Contains(t, outdated.Body, l.T("campaign.outdated"))
	require.NotContains(t, outdated.Body, l.T("error.outdated"))
}

func TestTheMostUrgentOfQuestionsAndStepsStandsFirst(t *testing.T) {
	h := newHouse(t)
	h.published()
	b, officer := h.as("officer-khc", "en"), h.person("officer-khc")
	campaign := h.campaignOf(b, "Spring")
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	h.stepIn(b, campaign, "call", "Call in six days", day(6), "")
	h.stepIn(b, campaign, "letter", "Letter of last week", day(-7), "")
	h.stepIn(b, campaign, "event", "Event next month", day(30), "")
	now := time.Now()
	task := &models.Task{ID: models.NewID(), ProcessID: h.brief.ID, RecommendationID: h.brief.ID, Kind: models.TaskPublish, Round: 1, PersonID: &officer.ID,
		State: models.TaskOpen, OpenedAt: now, DueAt: now.AddDate(0, 0, 2), GraceUntil: now.AddDate(0, 0, 9), Generation: 1}
	require.NoError(t, task.Insert(t.Context(), h.db))
	home := b.get("/")
	sound(t, home)
	at := func(words string) int { return strings.Index(home.Body, words) }
	require.Positive(t, at("Letter of last week"))
	require.Less(t, at("Letter of last week"), at(tasksPath+task.ID.String()), "what is late comes first")
	require.Less(t, at(tasksPath+task.ID.String()), at("Call in six days"))
	require.Equal(t, -1, at("Event next month"), "in a month it is not yet to be seen to")
	require.Contains(t, home.Body, i18n.For("en").N("home.waiting", 3))
}
