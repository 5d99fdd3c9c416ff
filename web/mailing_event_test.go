package web

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestAnEventIsAnnouncedWithoutScripts(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := recommendationPath(n.brief.ID) + "/mailings/new?kind=event"
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), n.as("officer-khc", tag)
		opened := b.get(path)
		require.Equal(t, http.StatusOK, opened.StatusCode, opened.Body)
		sound(t, opened)
		require.Contains(t, opened.Body, "<h1>"+l.T("mailing.kind.event")+"</h1>")
		f := filled(t, opened.Body, path)
		require.NotEmpty(t, f.Get("event.zone"), "it begins by the clock of who writes")
		f["roles"], f["countries"] = []string{models.RoleReader}, []string{"HR"}
		f.Set("fallback_language", "en")
		text := inForm(t, f, "texts[", "en")
		require.Empty(t, f.Get(text+".subject"), "an event is not called as the recommendation")
		f.Set(text+".subject", "Spring meeting")
		f.Set(text+".body", "You are **invited**.")
		f.Set("do", "save")

		empty := b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode)
		sound(t, empty)
		for _, field := range []string{"event.day", "event.time", "event.end_time"} {
			require.Contains(t, empty.Body, `href="#`+fieldID(field)+`"`)
		}
		f.Set("event.day", "2026-03-29")
		f.Set("event.time", "03:30")
		f.Set("event.end_time", "05:00")
		f.Set("event.zone", "Europe/Sofia")
		f.Set("event.link", "http://example.org/meeting")
		for field, code := range map[string]string{"event.time": "mailing_gap", "event.link": "url"} {
			wrong := b.post(path, f)
			require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
			sound(t, wrong)
			require.Contains(t, wrong.Body, `href="#`+fieldID(field)+`"`)
			require.Contains(t, wrong.Body, l.T("error.field."+code))
			again := filled(t, wrong.Body, path)
			require.Equal(t, "2026-03-29", again.Get("event.day"), "what was written stays")
			require.Equal(t, "Europe/Sofia", again.Get("event.zone"))
		}
		f.Set("event.link", "")
		f.Set("event.time", "10:00")
		wrong := b.post(path, f)
		require.Contains(t, wrong.Body, l.T("error.field.event_end"))
		require.Contains(t, wrong.Body, l.T("error.field.event_place"))
		sound(t, wrong)
		f.Set("event.end_time", "12:15")
		f.Set("event.place", "Hall <3>, Sofia")
		f.Set("event.link", "https://example.org/meeting")
		saved := b.post(path, f)
		require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)

		mailing := saved.Header.Get("Location")
		draft := b.get(mailing)
		sound(t, draft)
		again := filled(t, draft.Body, mailing)
		for field, want := range map[string]string{"event.day": "2026-03-29", "event.time": "10:00", "event.end_day": "", "event.end_time": "12:15",
			"event.zone": "Europe/Sofia", "event.place": "Hall <3>, Sofia", "event.link": "https://example.org/meeting"} {
			require.Equal(t, want, again.Get(field), field)
		}
		sound(t, b.get(mailing+"/preview?language=en"))
		letter := b.get(mailing + "/letter?language=en").Body
		require.Contains(t, letter, "Sunday 29 March 2026, 10:00 – 12:15 (")
		require.Contains(t, letter, "Hall &lt;3&gt;, Sofia")
		require.Contains(t, letter, `href="https://example.org/meeting"`)
		launch := b.get(mailing + "/launch")
		sound(t, launch)
		for _, said := range []string{"<dd>" + l.T("mailing.kind.event") + "</dd>", "Hall &lt;3&gt;, Sofia", `<a href="https://example.org/meeting"`, l.T("mailing.event_calendar"), "event.ics"} {
			require.Contains(t, launch.Body, said, "who decides sees what is announced")
		}
		sofia, err := time.LoadLocation("Europe/Sofia")
		require.NoError(t, err)
		from := time.Date(2026, 3, 29, 10, 0, 0, 0, sofia)
		require.Contains(t, html.UnescapeString(launch.Body), l.Span(from, from.Add(135*time.Minute), nil))
		again.Set("event.end_day", "2026-03-30")
		again.Set("do", "save")
		require.Equal(t, http.StatusSeeOther, b.post(mailing, again).StatusCode)
		m, err := models.MailingByID(t.Context(), n.db, n.mailingsOf()[0].ID)
		require.NoError(t, err)
		require.Equal(t, models.MailingKindEvent, m.Kind)
		require.Equal(t, "2026-03-30", m.Event.EndDay)
		require.Equal(t, 1, m.Event.Sequence)
		n.exec(`DELETE FROM processes WHERE id = ?`, m.ID)
		n.exec(`DELETE FROM mailings WHERE id = ?`, m.ID)
	}
}

func TestAnEventOfACampaignIsAnnounced(t *testing.T) {
	h := newHouse(t)
	h.published()
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	campaign := h.campaignOf(b, "Spring")
	step := h.stepIn(b, campaign, "event", "Open day", "2099-05-04", "14:30")
	page := b.get(step)
	sound(t, page)
	_, rest, found := strings.Cut(page.Body, `href="`+recommendationPath(h.brief.ID)+"/mailings/new?")
	require.True(t, found)
	require.Contains(t, page.Body, l.T("mailing.event_announce"))
	query, _, _ := strings.Cut(rest, `"`)
	path := recommendationPath(h.brief.ID) + "/mailings/new?" + strings.ReplaceAll(query, "&amp;", "&")
	opened := b.get(path)
	require.Equal(t, http.StatusOK, opened.StatusCode)
	sound(t, opened)
	f := filled(t, opened.Body, recommendationPath(h.brief.ID)+"/mailings/new?kind=event")
	require.Equal(t, strings.TrimPrefix(campaign, campaignsPath+"/"), f.Get("campaign_id"))
	require.Equal(t, "2099-05-04", f.Get("event.day"))
	require.Equal(t, "14:30", f.Get("event.time"))
	require.Equal(t, "Europe/Sofia", f.Get("event.zone"))
	require.Equal(t, "Open day", f.Get(inForm(t, f, "texts[", "en")+".subject"))

	past := h.stepIn(b, campaign, "event", "Open day of last year", "2020-05-04", "14:30")
	require.NotContains(t, b.get(past).Body, l.T("mailing.event_announce"), "what is over is not announced")
	call := h.stepIn(b, campaign, "call", "Call the mayor", "2099-05-05", "")
	require.NotContains(t, b.get(call).Body, l.T("mailing.event_announce"), "a call is not announced")
	id := call[strings.LastIndex(call, "/")+1:]
	require.Equal(t, http.StatusNotFound, b.get(strings.Replace(path, step[strings.LastIndex(step, "/")+1:], id, 1)).StatusCode)
	off := filled(t, b.get(step).Body, step+"/settle")
	off.Set("do", "called_off")
	require.Equal(t, http.StatusSeeOther, b.post(step+"/settle", off).StatusCode)
	require.NotContains(t, b.get(step).Body, l.T("mailing.event_announce"))
}

func TestAnEventThatIsOverIsNotAnnounced(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := recommendationPath(n.brief.ID) + "/mailings/new?kind=event"
	b := n.as("officer-khc", "en")
	f := filled(t, b.get(path).Body, path)
	f["roles"], f["countries"] = []string{models.RoleReader}, []string{"HR"}
	f.Set("fallback_language", "en")
	text := inForm(t, f, "texts[", "en")
	f.Set(text+".subject", "Spring meeting")
	f.Set(text+".body", "You are invited.")
	f.Set("event.day", "2099-03-02")
	f.Set("event.time", "10:00")
	f.Set("event.end_time", "12:00")
	f.Set("event.place", "Sofia")
	f.Set("do", "save")
	saved := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	mailing := saved.Header.Get("Location")
	id := n.mailingsOf()[0].ID
	days := func(span string) {
		n.exec(`UPDATE mailing_events SET starts_at = starts_at + ?::interval, ends_at = ends_at + ?::interval WHERE mailing_id = ?`, span, span, id)
	}
	for _, tag := range i18n.Tags() {
		l, reader := i18n.For(tag), n.as("officer-khc", tag)
		before := filled(t, reader.get(mailing+"/launch").Body, mailing+"/launch")
		days("-80 years")
		refused := reader.post(mailing+"/launch", before)
		require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode, "it passed while the page was open")
		sound(t, refused)
		require.Contains(t, refused.Body, `href="#`+fieldID("leaves")+`"`)
		require.Contains(t, refused.Body, l.T("error.field.event_over"))
		asked := reader.get(mailing + "/launch")
		sound(t, asked)
		require.Contains(t, asked.Body, l.T("mailing.event_over"))
		require.NotContains(t, asked.Body, `action="`+mailing+`/launch"`)
		days("80 years")
	}
	days("-80 years")
	n.exec(`UPDATE mailings SET state = 'asking', launched_at = now(), next_at = now() WHERE id = ?`, id)
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		page := n.as("officer-khc", tag).get(mailing)
		sound(t, page)
		require.Contains(t, page.Body, l.T("mailing.schedule.asks_over"))
		require.Contains(t, page.Body, l.T("mailing.schedule.asks_over_next"))
		require.NotContains(t, page.Body, mailing+"/schedule", "no other time helps")
	}
}

// TestWhenAndWhereAnEventIsStandsWithItsMailing: on its page, its report and the workbook of that, in the words of the page from which it was
// launched.
func TestWhenAndWhereAnEventIsStandsWithItsMailing(t *testing.T) {
	h := newHouse(t)
	h.published()
	event := models.MailingEvent{Day: "2099-03-29", Time: "10:00", EndTime: "12:15", Zone: "Europe/Sofia", Place: "Hall <3>, Sofia", Link: "https://example.org/meeting"}
	m, err := models.CreateMailing(t.Context(), h.db, h.brief, models.MailingInput{Kind: models.MailingKindEvent, FallbackLanguage: "en",
		Audience: models.Audience{Roles: []string{models.RoleReader}, Countries: []string{"HR"}}, MailingContent: models.MailingContent{Event: &event},
		Texts: []models.MailingText{{Language: "en", Subject: "Spring meeting", Body: "Come."}}}, h.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	path, said := mailingPath(m.ID), map[string]string{}
	from, until, err := event.Span()
	require.NoError(t, err)
	for _, tag := range i18n.Tags() {
		l, launch := i18n.For(tag), h.as("officer-khc", tag).get(path+"/launch").Body
		begins := strings.Index(launch, "<dt>"+l.T("mailing.when")+"</dt>")
		require.Positive(t, begins)
		said[tag] = launch[begins : begins+strings.Index(launch[begins:], "<dt>"+l.T("mailing.event_calendar"))]
		require.Contains(t, html.UnescapeString(said[tag]), l.Span(from, until, nil))
		require.Contains(t, said[tag], `<a href="https://example.org/meeting"`)
	}
	h.exec(`UPDATE mailings SET state = 'sent', launched_at = now(), begun_at = now(), finished_at = now() WHERE id = ?`, m.ID)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		for _, at := range []string{path, path + "/report"} {
			page := b.get(at)
			sound(t, page)
			require.Contains(t, page.Body, "<h2>"+l.T("mailing.event")+"</h2>", at)
			require.Contains(t, page.Body, strings.TrimSpace(said[tag]), at)
		}
		book, err := excelize.OpenReader(strings.NewReader(b.get(path + "/report.xlsx").Body))
		require.NoError(t, err)
		head, err := book.GetRows(book.GetSheetList()[0])
		require.NoError(t, err)
		for _, row := range [][]string{{l.T("mailing.when"), l.Span(from, until, nil)}, {l.T("mailing.event_place"), event.Place}, {l.T("mailing.event_link"), event.Link}} {
			require.Contains(t, head, row)
		}
	}
}

// TestAnAnnouncedEventStandsOnTheCalendar of its campaign on its own day, by the name by which readers' calendars know it.
func TestAnAnnouncedEventStandsOnTheCalendar(t *testing.T) {
	h := newHouse(t)
	h.published()
	b := h.as("officer-khc", "en")
	campaign := h.campaignOf(b, "Spring")
	path := recommendationPath(h.brief.ID) + "/mailings/new?kind=event"
	f := filled(t, b.get(path+"&campaign="+strings.TrimPrefix(campaign, campaignsPath+"/")).Body, path)
	f.Set("fallback_language", "en")
	text := inForm(t, f, "texts[", "en")
	f.Set(text+".subject", "Spring meeting")
	f.Set(text+".body", "Come.")
	f.Set("event.day", "2099-05-04")
	f.Set("event.time", "14:30")
	f.Set("event.end_time", "16:00")
	f.Set("event.zone", "Europe/Sofia")
	f.Set("event.place", "Hall <3>, Sofia")
	f.Set("do", "save")
	saved := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	id, err := uuid.Parse(strings.TrimPrefix(saved.Header.Get("Location"), "/mailings/"))
	require.NoError(t, err)
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		page := h.as("officer-khc", tag).get(campaign + "?month=2099-05&kind=announced")
		sound(t, page)
		require.Contains(t, page.Body, l.T("campaign.kind.announced"))
		require.Contains(t, page.Body, l.T("campaign.event_not_announced"))
		require.Contains(t, page.Body, "Hall &lt;3&gt;, Sofia")
		require.Contains(t, page.Body, `<span class="month-clock">`+l.Time(time.Date(2099, 5, 4, 14, 30, 0, 0, time.UTC), time.UTC)+"<")
	}
	file := func() string { return strings.ReplaceAll(b.get(campaign+"/calendar.ics").Body, "\r\n ", "") }
	h.exec(`UPDATE mailings SET state = 'sent', launched_at = now(), begun_at = now(), finished_at = now() WHERE id = ?`, id)
	require.Contains(t, file(), "UID:"+id.String()+"@tribuna", "as in the calendars of its readers")
	require.Equal(t, 1, strings.Count(file(), id.String()+"@tribuna"), "the mailing goes by another name")
	require.Contains(t, file(), "DTSTART:20990504T113000Z")
	require.Contains(t, file(), "DTEND:20990504T130000Z")
	require.Contains(t, file(), `LOCATION:Hall <3>\, Sofia`)

	step := h.stepIn(b, campaign, "event", "Open day", "2099-05-04", "14:30")
	require.NotContains(t, file(), id.String()+"@tribuna", "the step is the same event")
	require.Contains(t, file(), `LOCATION:Hall <3>\, Sofia`, "with the place that was announced")
	h.exec(`UPDATE mailings SET state = 'cancelled', begun_at = NULL WHERE id = ?`, id)
	require.NotContains(t, file(), id.String()+"@tribuna", "it takes place all the same, though its announcement was called off")
	h.exec(`UPDATE mailings SET state = 'sent', begun_at = now() WHERE id = ?`, id)
	h.settle(b, step, "called_off", "No hall")
	require.Contains(t, file(), id.String()+"@tribuna")
	entry := func(uid string) string {
		_, from, _ := strings.Cut(file(), "UID:"+uid+"@tribuna")
		entry, _, _ := strings.Cut(from, "END:VEVENT")
		return entry
	}
	before := sequenceOf(t, entry(id.String()))
	h.exec(`UPDATE mailings SET state = 'cancelled', begun_at = NULL WHERE id = ?`, id)
	require.NotContains(t, b.get(campaign+"?month=2099-05&kind=announced").Body, "Hall &lt;3&gt;", "it was announced to nobody")
	require.Equal(t, 1, strings.Count(file(), "UID:"+id.String()+"@tribuna"))
	require.Contains(t, entry(id.String()), "STATUS:CANCELLED", "calendars that took it before learn of it")
	require.Greater(t, sequenceOf(t, entry(id.String())), before, "and believe it")
	require.Contains(t, entry(id.String()), "DTSTART:20990504T113000Z")
}

// sequenceOf is the number by which calendars know what is newer.
func sequenceOf(t *testing.T, entry string) int {
	t.Helper()
	found := regexp.MustCompile(`SEQUENCE:(\d+)`).FindStringSubmatch(entry)
	require.NotNil(t, found, entry)
	n, err := strconv.Atoi(found[1])
	require.NoError(t, err)
	return n
}

// TestAMailingThatMovesStaysOneEntryOfTheCalendar: it keeps its name, and its number grows with what is decided about it.
func TestAMailingThatMovesStaysOneEntryOfTheCalendar(t *testing.T) {
	h := newHouse(t)
	h.publish()
	m, err := models.CreateMailing(t.Context(), h.db, h.brief, models.MailingInput{FallbackLanguage: "en", Audience: models.Audience{Roles: []string{models.RoleReader}},
		Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}, h.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	uid, last := "UID:"+uuid.NewSHA1(m.ID, []byte(kindMailing)).String()+"@tribuna", -1
	for i, c := range []struct{ state, at, says string }{{"scheduled", "2099-05-04 09:00Z", "DTSTART:20990504T090000Z"}, {"scheduled", "2099-06-01 10:00Z", "DTSTART:20990601T100000Z"},
		{"cancelled", "2099-06-01 10:00Z", "STATUS:CANCELLED"}} {
		h.exec(`UPDATE mailings SET state = ?, next_at = ?, launched_at = '2099-01-01', finished_at = now() WHERE id = ?`, c.state, c.at, m.ID)
		h.exec(`INSERT INTO decisions (process_id, decision_id, kind, args_hash, result, decided_at) VALUES (?, ?, 'move_mailing', '', '{}', now())`, m.ID, fmt.Sprint("decision", i))
		file := strings.ReplaceAll(h.as("officer-khc", "en").get(campaignPath(m.CampaignID)+"/calendar.ics").Body, "\r\n ", "")
		require.Equal(t, 1, strings.Count(file, "BEGIN:VEVENT"), "it stands once")
		require.Contains(t, file, uid)
		require.Contains(t, file, c.says)
		require.Greater(t, sequenceOf(t, file), last, "calendars believe what is newer")
		last = sequenceOf(t, file)
	}
}
