package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// turned presses the button of another kind in the form of a new mailing, and returns the form that comes back.
func (n *office) turned(b *reader, f url.Values, kind string) (answer, url.Values) {
	n.t.Helper()
	path := beginMailing(n.brief.ID, kind, "")
	f.Set("do", doOtherKind)
	got := b.post(path, f)
	require.Equal(n.t, http.StatusOK, got.StatusCode, got.Body)
	sound(n.t, got)
	return got, filled(n.t, got.Body, path)
}

// TestWhatIsTypedGoesAlongToAnotherKind of mailing: texts, audience and settings, and back again what only one kind has. Nothing is saved.
func TestWhatIsTypedGoesAlongToAnotherKind(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := beginMailing(n.brief.ID, models.MailingKindCampaign, "")
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), n.as("officer-khc", tag)
		opened := b.get(path)
		require.Contains(t, opened.Body, l.T("mailing.kinds_help"))
		f := filled(t, opened.Body, path)
		text := inForm(t, f, "texts[", n.brief.Language)
		began := f.Get(text + ".body")
		require.NotEmpty(t, began)
		f.Set(text+".subject", "Typed <here>")
		f["countries"], f["roles"] = []string{"HR"}, []string{models.RoleReader}
		f.Del("except_acted")
		f.Set("counts_links", "yes")
		_, event := n.turned(b, f, models.MailingKindEvent)
		require.Equal(t, "Typed <here>", event.Get(text+".subject"))
		require.Empty(t, event.Get(text+".body"), "with what a campaign begins no event does")
		for _, name := range []string{"countries", "roles", "except_acted", "counts_links", "fallback_language"} {
			require.Equal(t, f[name], event[name], name)
		}
		require.NotEmpty(t, event.Get("event.zone"))

		event.Set("event.place", "Hall 3")
		_, news := n.turned(b, event, models.MailingKindNewsletter)
		require.Equal(t, n.brief.ID.String(), news.Get("items[0].of"))
		require.Equal(t, "Hall 3", news.Get("event.place"), "for who goes back")
		_, letter := n.turned(b, news, models.MailingKindRepresentative)
		require.NotEmpty(t, letter.Get(inForm(t, letter, "letters[", n.brief.Language)+".body"))
		_, again := n.turned(b, letter, models.MailingKindCampaign)
		require.Equal(t, typed(began), typed(again.Get(text+".body")))
		page, event := n.turned(b, again, models.MailingKindEvent)
		require.Equal(t, "Hall 3", event.Get("event.place"))
		require.NotContains(t, page.Body, `id="unsent"`)
		require.Empty(t, n.mailingsOf(), "nothing is saved by it")

		event.Set(text+".body", "Come.")
		event.Set("event.day", "2099-03-02")
		event.Set("event.time", "10:00")
		event.Set("event.end_time", "12:00")
		event.Set("do", "save")
		saved := b.post(beginMailing(n.brief.ID, models.MailingKindEvent, ""), event)
		require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
		m := n.mailing(n.mailingsOf()[0].ID)
		require.Equal(t, models.MailingKindEvent, m.Kind)
		require.Equal(t, "Hall 3", m.Event.Place)
		require.Empty(t, m.Items, "what other kinds have is left out")
		require.NotContains(t, b.get(mailingPath(m.ID)).Body, `value="`+doOtherKind+`"`, "its kind stays")
		n.exec(`DELETE FROM processes WHERE id = ?`, m.ID)
		n.exec(`DELETE FROM mailings WHERE id = ?`, m.ID)
	}
}

// TestWordsKeptOfAKindGoAlongWithIt: they are not offered where they came from, and forgotten with what was saved. Others that wait there are
// offered, and nothing takes their place.
func TestWordsKeptOfAKindGoAlongWithIt(t *testing.T) {
	n := newOffice(t)
	n.publish()
	b, campaign := n.as("officer-khc", "en"), beginMailing(n.brief.ID, models.MailingKindCampaign, "")
	keep := func(f url.Values, path string) {
		t.Helper()
		f.Set("do", "keep")
		require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
	}
	f := filled(t, b.get(campaign).Body, campaign)
	text := inForm(t, f, "texts[", n.brief.Language)
	f.Set(text+".subject", "Typed first")
	keep(f, campaign)
	_, news := n.turned(b, f, models.MailingKindNewsletter)
	page, back := n.turned(b, news, models.MailingKindCampaign)
	require.NotContains(t, page.Body, `id="unsent"`, "they stand in the form")
	require.Equal(t, "Typed first", back.Get(text+".subject"))
	_, news = n.turned(b, back, models.MailingKindNewsletter)
	news.Set("fallback_language", n.brief.Language)
	news.Set(text+".body", "News.")
	news.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(beginMailing(n.brief.ID, models.MailingKindNewsletter, ""), news).StatusCode)
	require.Nil(t, n.left("officer-khc", models.KeptMailing(n.brief.ID)), "they were saved")

	event := beginMailing(n.brief.ID, models.MailingKindEvent, "")
	other := filled(t, b.get(event).Body, event)
	other.Set("event.place", "Another hall")
	keep(other, event)
	page, _ = n.turned(b, filled(t, b.get(campaign).Body, campaign), models.MailingKindEvent)
	require.Contains(t, page.Body, `id="unsent"`)
	require.NotContains(t, page.Body, "data-unsent", "nothing takes their place")
}

// TestWordsOfAnotherMailingWaitUntilTheyAreDecidedAbout: who goes past them, counts and saves, loses none of them.
func TestWordsOfAnotherMailingWaitUntilTheyAreDecidedAbout(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := beginMailing(n.brief.ID, models.MailingKindCampaign, "")
	b := n.as("officer-khc", "en")
	f := filled(t, b.get(path).Body, path)
	subject := inForm(t, f, "texts[", n.brief.Language) + ".subject"
	f.Set(subject, "Left here")
	f.Set("do", "keep")
	require.Less(t, b.post(path, f).StatusCode, http.StatusBadRequest)
	f.Del(fieldPassedKinds)
	offers := func(page answer) {
		require.Contains(t, page.Body, `id="unsent"`)
		require.Contains(t, b.get(path+"?kept=continue").Body, "Left here")
	}
	opened := b.get(path)
	offers(opened)
	require.NotContains(t, opened.Body, fieldPassedKinds, "the form does not keep what is typed before that")
	f["countries"], f["roles"] = []string{"HR"}, []string{models.RoleReader}
	f.Set(subject, "Another")
	f.Set("do", "count")
	counted := b.post(path, f)
	sound(t, counted)
	offers(counted)
	require.Contains(t, counted.Body, `value="Another"`)
	require.NotContains(t, counted.Body, fieldPassedKinds)
	f.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
	offers(b.get(path))

	f = filled(t, b.get(path+"?kept=continue").Body, path)
	f["countries"], f["roles"] = []string{"HR"}, []string{models.RoleReader}
	f.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
	require.NotContains(t, b.get(path).Body, `id="unsent"`, "they are saved")
}

// TestAnotherKindIsChosenInABrowser, where what is typed keeps itself.
func TestAnotherKindIsChosenInABrowser(t *testing.T) {
	b, n := newBrowser(t), newOffice(t)
	n.publish()
	b.signIn(t, n.house, "officer-khc")
	var subject string
	field := `details[open] input[name$=".subject"]`
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(n.front.URL+beginMailing(n.brief.ID, models.MailingKindCampaign, "")),
		chromedp.WaitVisible(field, chromedp.ByQuery), chromedp.Evaluate(`document.querySelector('`+field+`').value = ""`, nil),
		chromedp.SendKeys(field, "Typed here", chromedp.ByQuery)))
	_, err := chromedp.RunResponse(b.ctx, chromedp.Click(`button[value="kind"][formaction$="kind=event"]`, chromedp.ByQuery))
	require.NoError(t, err)
	require.NoError(t, chromedp.Run(b.ctx, chromedp.WaitVisible(`[name="event.day"]`, chromedp.ByQuery), chromedp.Value(field, &subject, chromedp.ByQuery)))
	require.Equal(t, "Typed here", subject)
	require.Empty(t, b.seriousFaults(t))
	require.Empty(t, b.complaints)
}
