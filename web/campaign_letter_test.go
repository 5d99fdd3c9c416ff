package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// letterIn plans a letter to an authority and returns where it is.
func (h *house) letterIn(b *reader, campaign, authority, due string) string {
	t := h.t
	t.Helper()
	step := h.stepIn(b, campaign, "letter", "To "+authority, "2099-01-15", "")
	f := filled(t, b.get(step).Body, step)
	f.Set("authority_id", demo.ID("authority", authority).String())
	f.Set("reference", "KHC 12")
	f.Set("reply_due", due)
	saved := b.post(step, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	return step
}

func TestALetterIsPreparedReadAndTakenAlong(t *testing.T) {
	t.Parallel()
	h := newHouse(t).withWord("off")
	h.published()
	h.exec(`UPDATE authorities SET postal_address = E'ul. Triaditsa 2\n1051 Sofia' WHERE slug = 'bg-ministry-labour-social-policy'`)
	campaign := h.campaignOf(h.as("officer-khc", "en"), "Spring")
	bulgarian := h.letterIn(h.as("officer-khc", "en"), campaign, "bg-ministry-labour-social-policy", "2099-03-01")
	croatian := h.letterIn(h.as("officer-khc", "en"), campaign, "hr-government", "")
	for _, tag := range i18n.Tags() {
		b, l := h.as("officer-khc", tag), i18n.For(tag)
		require.Contains(t, b.get(bulgarian).Body, `href="`+bulgarian+`/letter"`)
		page := b.get(bulgarian + "/letter")
		require.Equal(t, http.StatusOK, page.StatusCode)
		sound(t, page)
		require.Contains(t, page.Body, `<div class="letter" id="letter" lang="bg">`)
		require.Contains(t, page.Body, "Министерство на труда и социалната политика\nul. Triaditsa 2\n1051 Sofia", "in the authority's language, whatever the reader's")
		require.Contains(t, page.Body, "15 януари 2099")
		require.NotContains(t, page.Body, l.T("letter.no_address"))
		elsewhere := b.get(croatian + "/letter")
		sound(t, elsewhere)
		require.Contains(t, elsewhere.Body, l.T("letter.fallback", "Spoken", l.Language("hr"), "Used", l.Language("en")))
		require.Contains(t, elsewhere.Body, l.T("letter.no_address"))
		require.Contains(t, elsewhere.Body, `lang="en"><p class="said">`)
	}
	b := h.as("officer-khc", "en")
	require.Equal(t, http.StatusNotFound, b.get(bulgarian+"/letter?language=ro").StatusCode, "nothing is published in that")
	text := b.get(bulgarian + "/letter.txt?language=bg")
	require.Equal(t, "text/plain; charset=utf-8", text.Header.Get("Content-Type"))
	require.Contains(t, text.Body, "[Място], 15 януари 2099")
	file := packed(t, b.get(bulgarian+"/letter.docx?language=bg").Body)
	words := plainWords(file["word/document.xml"])
	for _, want := range []string{"1051 Sofia", "[Място], 15 януари 2099", "Наш номер: KHC 12", "отговор до 1 март 2099"} {
		require.Contains(t, words, want)
	}
	require.Contains(t, file["word/styles.xml"], `w:val="bg"`)
	back, err := h.server.Word.Read(t.Context(), []byte(b.get(bulgarian+"/letter.docx?language=en").Body))
	require.NoError(t, err)
	require.Contains(t, back.Body, "Measure 6")
	require.NotContains(t, back.Body, "Measure 3", "which is another authority's")
	require.Equal(t, http.StatusNotFound, h.as("officer-tdh", "en").get(bulgarian+"/letter").StatusCode)
	call := h.stepIn(b, campaign, "call", "Call", "2099-01-16", "")
	require.Equal(t, http.StatusNotFound, b.get(call+"/letter").StatusCode)
	require.NotContains(t, b.get(call).Body, call+"/letter")
}

func TestALetterGoesOutIsWaitedForAndRepliedTo(t *testing.T) {
	h := newHouse(t)
	h.published()
	b := h.as("officer-khc", "en")
	campaign := h.campaignOf(b, "Spring")
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	step := h.stepIn(b, campaign, "letter", "To the ministry", day(-40), "")
	f := filled(t, b.get(step).Body, step)
	f.Set("authority_id", "")
	f.Set("note", "By hand")
	wrong := b.post(step, f)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	sound(t, wrong)
	require.Contains(t, wrong.Body, `href="#f-authority_id"`, "a letter goes to somebody")
	require.Equal(t, f.Get("note"), filled(t, wrong.Body, step).Get("note"), "what was typed stays")
	f.Set("authority_id", demo.ID("authority", "bg-ombudsman").String())
	f.Set("reply_due", day(-41))
	wrong = b.post(step, f)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	sound(t, wrong)
	require.Contains(t, wrong.Body, i18n.For("en").T("error.field.before_letter"))
	f.Set("reply_due", day(-10))
	f.Set("reference", "KHC 12")
	require.Equal(t, http.StatusSeeOther, b.post(step, f).StatusCode)

	sent := filled(t, b.get(step).Body, step+"/settle")
	require.Empty(t, sent.Get("registration"), "ours is not theirs")
	require.NotEmpty(t, sent.Get("sent_on"))
	sent.Set("do", "done")
	sent.Set("sent_on", day(5))
	wrong = b.post(step+"/settle", sent)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	sound(t, wrong)
	require.Contains(t, wrong.Body, i18n.For("en").T("error.field.not_future"))
	sent.Set("registration", strings.Repeat("x", 201))
	sent.Set("result", "They have it")
	for _, on := range []string{day(5), "the fifth"} { // one that can be read, and one that cannot
		sent.Set("sent_on", on)
		wrong = b.post(step+"/settle", sent)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		for _, field := range []string{"sent_on", "registration"} {
			require.Contains(t, wrong.Body, `href="#`+fieldID(field)+`"`, "all that is wrong is told at once")
			require.Regexp(t, `name="`+field+`"[^>]*aria-invalid="true"`, wrong.Body)
			require.Equal(t, sent.Get(field), filled(t, wrong.Body, step+"/settle").Get(field), "what was typed stays")
		}
		require.Equal(t, "They have it", filled(t, wrong.Body, step+"/settle").Get("result"))
	}
	sent.Set("sent_on", day(-40))
	sent.Set("registration", "04-17")
	require.Equal(t, http.StatusSeeOther, b.post(step+"/settle", sent).StatusCode)
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		facts := h.as("officer-khc", tag).get(step).Body
		require.Contains(t, facts, "<dt>"+l.T("letter.our_reference")+"</dt><dd>KHC 12</dd>")
		require.Contains(t, facts, "<dt>"+l.T("field.registration")+"</dt><dd>04-17</dd>")
	}

	h.exec(`UPDATE campaign_steps SET reply_due = ? WHERE kind = 'letter'`, day(10))
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		due, err := time.Parse(time.DateOnly, day(10))
		require.NoError(t, err)
		require.Contains(t, h.as("officer-khc", tag).get(campaign).Body, l.T("letter.reply_due", "Date", l.Date(due, time.UTC)))
	}
	h.exec(`UPDATE campaign_steps SET reply_due = ? WHERE kind = 'letter'`, day(-10))
	b = h.as("officer-khc", "en")
	page := b.get(campaign)
	sound(t, page)
	require.Contains(t, page.Body, "Reply overdue since ")

	reply := filled(t, b.get(step).Body, step+"/reply")
	wrong = b.post(step+"/reply", reply)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	sound(t, wrong)
	reply.Set("reply", strings.Repeat("x", 10001))
	for _, on := range []string{day(-50), "yesterday"} { // before the letter was sent, and no day
		reply.Set("reply_on", on)
		wrong = b.post(step+"/reply", reply)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		for _, field := range []string{"reply_on", "reply"} {
			require.Contains(t, wrong.Body, `href="#`+fieldID(field)+`"`, "all that is wrong is told at once")
			require.Equal(t, reply.Get(field), filled(t, wrong.Body, step+"/reply").Get(field), "what was typed stays")
		}
	}
	reply.Set("reply_on", day(-3))
	reply.Set("reply", "They look at it")
	require.Equal(t, http.StatusSeeOther, b.post(step+"/reply", reply).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(step+"/reply", reply).StatusCode, "a second click does nothing")
	page = b.get(campaign)
	require.Contains(t, page.Body, "Reply of ")
	require.NotContains(t, page.Body, "Reply overdue")
	require.Contains(t, page.Body, "They look at it")
	other := filled(t, b.get(step).Body, step+"/reply")
	require.Equal(t, "They look at it", other.Get("reply"), "it can be corrected")
	stale := reply
	stale.Set("reply", "Something else")
	outdated := b.post(step+"/reply", stale)
	require.Equal(t, http.StatusPreconditionFailed, outdated.StatusCode)
	sound(t, outdated)
	for _, tag := range i18n.Tags() {
		reader := h.as("officer-khc", tag)
		for _, path := range []string{step, campaign, recommendationPath(h.brief.ID) + "/record"} {
			got := reader.get(path)
			sound(t, got)
			require.Contains(t, got.Body, "They look at it")
		}
	}
	b = h.as("officer-khc", "en") // they read in the last of these languages since
	require.Contains(t, b.get(step).Body, `href="`+step+`/letter"`)
	letter := b.get(step + "/letter")
	require.Equal(t, http.StatusOK, letter.StatusCode, "what was sent can still be read")
	sound(t, letter)
	require.Contains(t, letter.Body, i18n.For("en").T("letter.done_lead"))
	sentOn, err := time.Parse(time.DateOnly, day(-40))
	require.NoError(t, err)
	require.Contains(t, b.get(step+"/letter.txt?language=en").Body, i18n.For("en").Date(sentOn, time.UTC))
	require.NotContains(t, h.as("partner-sc-nwb", "en").get(recommendationPath(h.brief.ID)+"/record").Body, "They look at it")
}

func TestAnOverdueReplyIsSeenTo(t *testing.T) {
	h := newHouse(t)
	h.published()
	b := h.as("officer-khc", "en")
	campaign := h.campaignOf(b, "Spring")
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	step := h.stepIn(b, campaign, "letter", "To the ombudsman", day(-40), "")
	f := filled(t, b.get(step).Body, step)
	f.Set("authority_id", demo.ID("authority", "bg-ombudsman").String())
	f.Set("reply_due", day(3))
	require.Equal(t, http.StatusSeeOther, b.post(step, f).StatusCode)
	sent := filled(t, b.get(step).Body, step+"/settle")
	sent.Set("do", "done")
	sent.Set("sent_on", day(-40))
	require.Equal(t, http.StatusSeeOther, b.post(step+"/settle", sent).StatusCode)
	require.NotContains(t, b.get("/").Body, "To the ombudsman", "it is not due yet")
	h.exec(`UPDATE campaign_steps SET reply_due = ? WHERE kind = 'letter'`, day(-2))
	rec := recommendationPath(h.brief.ID)
	id := step[strings.LastIndex(step, "/")+1:]
	again := campaign + "/steps/new?again=" + id + "&amp;kind=letter"
	for _, tag := range i18n.Tags() {
		l, reader := i18n.For(tag), h.as("officer-khc", tag)
		home := reader.get("/")
		sound(t, home)
		for _, want := range []string{"To the ombudsman", l.T("letter.yours"), `href="` + step + `#reply"`, `href="` + again + `"`, l.N("home.overdue", 1)} {
			require.Contains(t, home.Body, want)
		}
		page := reader.get(step)
		sound(t, page)
		require.Contains(t, page.Body, `href="`+again+`"`)
		require.Contains(t, page.Body, l.T("letter.wait_stop"))
		awaited := reader.get(rec)
		sound(t, awaited)
		require.Contains(t, awaited.Body, l.T("letter.awaited"))
		require.NotContains(t, h.as("partner-sc-nwb", tag).get(rec).Body, l.T("letter.awaited"), "a campaign is its owners' alone")
	}
	require.NotContains(t, h.as("officer-tdh", "en").get("/").Body, "To the ombudsman")

	b = h.as("officer-khc", "en")
	wait := filled(t, b.get(step).Body, step+"/wait")
	wait.Set("do", "until")
	wrong := b.post(step+"/wait", wait)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	sound(t, wrong)
	require.Contains(t, wrong.Body, `href="#`+fieldID("wait_until")+`"`)
	wait.Set("wait_until", day(-41))
	wrong = b.post(step+"/wait", wait)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Regexp(t, `name="wait_until"[^>]*aria-invalid="true"`, wrong.Body)
	wait.Set("wait_until", day(5))
	require.Equal(t, http.StatusSeeOther, b.post(step+"/wait", wait).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(step+"/wait", wait).StatusCode, "a second click does nothing")
	require.NotContains(t, b.get("/").Body, "To the ombudsman")
	h.exec(`UPDATE campaign_steps SET reply_due = ? WHERE kind = 'letter'`, day(-2))

	path := strings.ReplaceAll(again, "&amp;", "&")
	opened := b.get(path)
	sound(t, opened)
	next := filled(t, opened.Body, campaign+"/steps/new")
	require.Equal(t, [3]string{id, "To the ombudsman", demo.ID("authority", "bg-ombudsman").String()}, [3]string{next.Get("again_of"), next.Get("title"), next.Get("authority_id")})
	next.Set("title", "To the ombudsman, again")
	next.Set("day", day(1))
	require.Equal(t, http.StatusSeeOther, b.post(campaign+"/steps/new", next).StatusCode)
	home := b.get("/")
	require.Contains(t, home.Body, "To the ombudsman, again")
	require.NotContains(t, home.Body, i18n.For("en").T("letter.yours"), "it is being written again")
	series := b.get(campaign)
	sound(t, series)
	require.Contains(t, series.Body, i18n.For("en").T("letter.written_again"))
	require.NotContains(t, series.Body, "Reply overdue")
	_, link, found := strings.Cut(b.get(step).Body, "<dt>"+i18n.For("en").T("letter.written_again")+`</dt><dd><a href="`)
	require.True(t, found)
	second, _, _ := strings.Cut(link, `"`)
	letter := b.get(second + "/letter.txt?language=en").Body
	require.Contains(t, letter, "We wrote to you about this on")
	require.Equal(t, http.StatusNotFound, b.get(strings.Replace(path, id, second[strings.LastIndex(second, "/")+1:], 1)).StatusCode, "what is planned is not written again")
}

func TestALetterSaysWhoPays(t *testing.T) {
	h := newHouse(t).withWord("off")
	h.published()
	b := h.as("officer-khc", "en")
	campaign := h.campaignOf(b, "Spring")
	step := h.letterIn(b, campaign, "bg-ministry-labour-social-policy", "")
	grants, err := models.GrantsOf(t.Context(), h.db, h.brief.ID)
	require.NoError(t, err)
	require.NotEmpty(t, grants)
	for _, tag := range []string{"bg", "en"} {
		text := b.get(step + "/letter.txt?language=" + tag).Body
		words := plainWords(packed(t, b.get(step+"/letter.docx?language="+tag).Body)["word/document.xml"])
		for _, g := range grants {
			credit := g.Credit(tag)
			require.NotEmpty(t, credit.Statement)
			for _, want := range []string{credit.Statement, credit.Disclaimer, i18n.For(tag).Credit(credit.Funder, credit.Number, tag, credit.Language)} {
				require.Contains(t, text, want)
				require.Contains(t, words, want)
			}
			require.NotContains(t, text, "\ue003", "no mark of a picture")
		}
	}
	h.exec(`DELETE FROM grant_statements WHERE language = 'bg'`)
	page := b.get(step + "/letter")
	sound(t, page)
	require.Contains(t, page.Body, i18n.For("en").T("letter.gaps"))
	h.exec(`DELETE FROM recommendation_grants`)
	require.NotContains(t, b.get(step+"/letter.txt").Body, "* * *", "where nobody pays nothing is said")
}
