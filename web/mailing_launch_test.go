package web

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestWhoLaunchesAMailingAgainIsToldThatItIsOut: two tabs, or two officers.
func TestWhoLaunchesAMailingAgainIsToldThatItIsOut(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	l, b := i18n.For("en"), n.as("officer-khc", "en")
	launch := func() answer { return b.get(path + "/launch") }
	first, second := leavesLater(form(t, launch().Body, path+"/launch"), 2, "15:00"), leavesLater(form(t, launch().Body, path+"/launch"), 2, "15:00")
	edit := filled(t, b.get(path).Body, path)

	changed := filled(t, b.get(path).Body, path)
	changed.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(path, changed).StatusCode)
	stale := b.post(path+"/launch", first)
	require.Equal(t, http.StatusPreconditionFailed, stale.StatusCode)
	sound(t, stale)
	require.Contains(t, stale.Body, l.T("mailing.launch_outdated"), "one version is shown, so it is not said that there are two")
	require.NotContains(t, stale.Body, html.EscapeString(l.T("error.outdated")))
	first = leavesLater(form(t, stale.Body, path+"/launch"), 2, "15:00")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/launch", first).StatusCode)
	require.Equal(t, models.MailingScheduled, n.mailing(m.ID).State)

	again := b.post(path+"/launch", second)
	require.Equal(t, http.StatusSeeOther, again.StatusCode)
	require.Equal(t, path, again.Header.Get("Location"), "it leads to how far it has got")
	launched, err := models.LaunchOf(t.Context(), n.db, m.ID)
	require.NoError(t, err)
	require.Equal(t, n.officer.ID, launched.By)
	zone, err := models.ZoneOf(t.Context(), n.db, n.officer.CountryCode)
	require.NoError(t, err)
	said := l.T("mailing.already_launched_by", "Name", n.officer.Name, "When", l.DateTime(launched.At, zone), "State", l.T("mailing.state.scheduled"))
	require.Contains(t, html.UnescapeString(b.get(path).Body), said)

	edit.Set("do", "save")
	late := b.post(path, edit)
	require.Equal(t, http.StatusConflict, late.StatusCode)
	sound(t, late)
	require.Contains(t, html.UnescapeString(late.Body), said)
	require.Contains(t, late.Body, l.T("mailing.see_progress"))

	_, err = models.LaunchOf(t.Context(), n.db, n.brief.ID)
	require.Error(t, err)
}

// TestWhoLaunchesSeesWhatTheyDecide: the campaign, whom the mailing goes to and whom it leaves out, whether links are counted, and which
// language stands in, in the words of its form.
func TestWhoLaunchesSeesWhatTheyDecide(t *testing.T) {
	h := newHouse(t)
	h.published()
	list := models.NewPeopleList(time.Now())
	list.Name, list.OrganisationID = "Friends <3>", &h.brief.OrganisationID
	require.NoError(t, list.Insert(t.Context(), h.db))
	topics, err := models.Topics(t.Context(), h.db)
	require.NoError(t, err)
	owner, err := models.OrganisationByID(t.Context(), h.db, h.brief.OrganisationID)
	require.NoError(t, err)
	create := func(in models.MailingInput) string {
		t.Helper()
		in.FallbackLanguage, in.Texts = "en", []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}
		m, err := models.CreateMailing(t.Context(), h.db, h.brief, in, h.person("officer-khc").ID, time.Now())
		require.NoError(t, err)
		return mailingPath(m.ID)
	}
	narrow := create(models.MailingInput{Title: "Spring", CountsLinks: true, Audience: models.Audience{Roles: []string{models.RoleReader}, Countries: []string{"HR"},
		Languages: []string{"en"}, Organisations: []uuid.UUID{owner.ID}, Topics: []string{topics[0].Slug}, Lists: []uuid.UUID{list.ID}, Engagement: []string{"sent"},
		Except: models.Exclusions{Acted: true, Organisations: []uuid.UUID{owner.ID}, Lists: []uuid.UUID{list.ID}}}})
	wide := create(models.MailingInput{})
	countries, err := models.Countries(t.Context(), h.db)
	require.NoError(t, err)
	croatia := countries[slices.IndexFunc(countries, func(c models.Country) bool { return c.Code == "HR" })]
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		page := b.get(narrow + "/launch")
		sound(t, page)
		said := html.UnescapeString(regexp.MustCompile(`<span lang="[^"]*">|</span>`).ReplaceAllString(page.Body, ""))
		require.Regexp(t, `<dt>`+l.T("campaign.of_mailing")+`</dt><dd><a href="`+campaignsPath+`/[0-9a-f-]{36}">Spring</a></dd>`, said)
		for key, value := range map[string]string{"mailing.roles": l.T("mailing.role.reader"), "mailing.countries": l.Name(croatia.Names).Text, "mailing.languages": l.Language("en"),
			"mailing.organisations": owner.Name, "mailing.topics": l.Name(topics[0].Names).Text, "mailing.lists": list.Name, "mailing.engagement": l.T("mailing.engaged.sent"),
			"mailing.except": l.T("mailing.except_acted_chosen"), "mailing.except_organisations": owner.Name, "mailing.except_lists": list.Name} {
			require.Contains(t, said, "<li>"+l.T(key)+": "+value, key)
		}
		for _, fact := range []string{l.T("mailing.counts_links") + "</dt><dd>" + l.T("question.answer.yes"), l.T("mailing.fallback") + "</dt><dd>" + l.Language("en")} {
			require.Contains(t, said, "<dt>"+fact+"</dd>")
		}
		page = b.get(wide + "/launch")
		sound(t, page)
		require.Contains(t, html.UnescapeString(page.Body), "<dt>"+l.T("mailing.audience")+"</dt><dd>"+l.T("mailing.report.chosen_by_nothing")+"</dd>")
		require.Contains(t, html.UnescapeString(page.Body), "<dt>"+l.T("mailing.counts_links")+"</dt><dd>"+l.T("question.answer.no")+"</dd>")
	}
}

// TestLanguagesStandInTheOrderOfTheNetwork among the people of a mailing and among its texts.
func TestLanguagesStandInTheOrderOfTheNetwork(t *testing.T) {
	h := newHouse(t)
	h.published()
	languages, err := models.Languages(t.Context(), h.db)
	require.NoError(t, err)
	l, in, order := i18n.For("en"), models.MailingInput{FallbackLanguage: "en"}, []string{}
	for _, language := range languages {
		order = append(order, l.Language(language.Tag))
		in.Texts = append(in.Texts, models.MailingText{Language: language.Tag, Subject: "S", Body: "B"})
	}
	require.False(t, slices.IsSortedFunc(languages, func(a, b models.Language) int { return strings.Compare(a.Tag, b.Tag) }), "or else this shows nothing")
	slices.Reverse(in.Texts)
	m, err := models.CreateMailing(t.Context(), h.db, h.brief, in, h.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	listed := func(pattern, body string) (all []string) {
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(body, -1) {
			all = append(all, found[1])
		}
		return all
	}
	const text = `<dt>(?:<span[^>]*>)?([^<]*)(?:</span>)?</dt><dd lang="[^"]*"><a href="[^"]*/preview`
	b, path := h.as("officer-khc", "en"), mailingPath(m.ID)
	launch := b.get(path + "/launch").Body
	require.Equal(t, order, listed(`<th scope="row">([^<]*)`, launch))
	require.Equal(t, order, listed(text, launch))
	h.exec(`UPDATE mailings SET state = 'sent', launched_at = now(), begun_at = now(), finished_at = now() WHERE id = ?`, m.ID)
	require.Equal(t, order, listed(text, b.get(path).Body), "and on the page that says how far it has got")
}

// TestReadersOwnClocksAreShownAsTheyShow: what goes at one time of day by each reader's clock is listed by those clocks.
func TestReadersOwnClocksAreShownAsTheyShow(t *testing.T) {
	n := newOffice(t)
	n.publish()
	_, path := n.draftMailing() // to Croatia, by an officer in Bulgaria, an hour ahead
	l, b := i18n.For("en"), n.as("officer-khc", "en")
	f := leavesLater(form(t, b.get(path+"/launch").Body, path+"/launch"), 2, "15:20")
	f.Set("when.local", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/launch", f).StatusCode)
	zagreb, err := time.LoadLocation("Europe/Zagreb")
	require.NoError(t, err)
	at, _, err := models.MailingTime{Day: f.Get("when.day"), Time: "15:20"}.At(zagreb)
	require.NoError(t, err)
	page := b.get(path)
	sound(t, page)
	require.Contains(t, page.Body, `<th scope="row">`+l.Moment(at, zagreb)+`</th>`)
	sofia, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	require.Contains(t, page.Body, leavesWords(l, time.Now(), at, sofia), "when the first of it leaves is told by the clock of who reads the page")
}

func TestWhenAMailingLeavesIsSaidAsASentence(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Belgrade")
	require.NoError(t, err)
	now := time.Date(2026, 11, 27, 10, 0, 0, 0, zone)
	l := i18n.For("en")
	require.Equal(t, "It leaves today at 10:43 (Central European Time, CET)", leavesWords(l, now, now.Add(43*time.Minute), zone))
	require.Equal(t, "It leaves on 28 November 2026, 10:00 (Central European Time, CET)", leavesWords(l, now, now.Add(24*time.Hour), zone))
	require.Equal(t, "It leaves now", leavesWords(l, now, now, zone))
}

// TestTheLaunchButtonSaysWhatItDoes, by script; without one it says that what is chosen is done.
func TestTheLaunchButtonSaysWhatItDoes(t *testing.T) {
	b, n, l := newBrowser(t), newOffice(t), i18n.For("en")
	n.publish()
	_, path := n.draftMailing()
	require.Contains(t, n.as("officer-khc", "en").get(path+"/launch").Body, "<span>"+l.T("mailing.launch_as_chosen")+"</span>")
	b.signIn(t, n.house, "officer-khc")
	says := func(words string) chromedp.Action {
		return chromedp.WaitVisible(`//main//form//button[normalize-space(.)="`+words+`"]`, chromedp.BySearch)
	}
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		require.NoError(t, chromedp.Run(b.ctx, chromedp.Evaluate(`document.cookie = "`+languageCookie+`=`+tag+`; path=/"`, nil),
			chromedp.Navigate(n.front.URL+path+"/launch"), says(l.N("mailing.launch_button", 15)),
			chromedp.Click(`input[name="leaves"][value="later"]`), says(l.T("mailing.launch_later_open")),
			chromedp.Evaluate(`for (const [name, value] of [["when.day", "2026-12-04"], ["when.time", "09:30"]]) {
				const field = document.getElementsByName(name)[0]; field.value = value; field.dispatchEvent(new Event("input", { bubbles: true })) }`, nil),
			says(l.T("mailing.launch_later", "When", l.DateTime(time.Date(2026, 12, 4, 9, 30, 0, 0, time.UTC), time.UTC))),
			chromedp.Click(`input[name="leaves"][value="now"]`), says(l.N("mailing.launch_button", 15))))
	}
	require.Empty(t, b.complaints)
}
