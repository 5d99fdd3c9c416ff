package web

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// TestASubscribersWayOnAPhone goes it by tapping, as somebody with a phone and no account does: subscribing, confirming, choosing
// less, ending it, and taking that back.
func TestASubscribersWayOnAPhone(t *testing.T) {
	b, h, l := newBrowser(t), newHouse(t), i18n.For("bg")
	soon, stop := context.WithTimeout(b.ctx, time.Minute)
	t.Cleanup(stop)
	b.ctx = soon
	at := h.front.URL
	var read string
	tap := func(choice, then string) {
		t.Helper()
		require.NoError(t, chromedp.Run(b.ctx, chromedp.Click(`button[value="`+choice+`"]`, chromedp.ByQuery),
			chromedp.WaitVisible(`//main//*[self::h1 or self::p][contains(., "`+then+`")]`, chromedp.BySearch)))
		require.Empty(t, b.sideways(t), choice)
	}
	require.NoError(t, chromedp.Run(b.ctx, emulation.SetDeviceMetricsOverride(390, 844, 1, true), chromedp.Navigate(at+subscribePath),
		chromedp.Evaluate(`document.cookie = "`+languageCookie+`=bg; path=/"`, nil), chromedp.Reload(),
		chromedp.SendKeys("#f-email", "mara@readers.example"), chromedp.Click("#f-topics-0"), chromedp.Click("#f-agreed"),
		chromedp.Click(`main .btn-primary`, chromedp.ByQuery), chromedp.WaitVisible(`//main//h1[contains(., "`+l.T("account.link_asked.title")+`")]`, chromedp.BySearch)))
	require.Empty(t, b.sideways(t))

	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(at+h.confirmation())))
	tap("confirm", l.T("subscribe.confirmed_title"))
	p, err := models.PersonByEmail(t.Context(), h.db, "mara@readers.example")
	require.NoError(t, err)
	require.Equal(t, "bg", p.Language)

	require.NoError(t, chromedp.Run(b.ctx, chromedp.Click(`main a.btn`, chromedp.ByQuery), chromedp.WaitVisible("#f-at_most-1"), chromedp.Click("#f-at_most-1")))
	require.Empty(t, b.sideways(t))
	require.NoError(t, chromedp.Run(b.ctx, chromedp.SendKeys("#f-at_most-1", kb.Enter), chromedp.WaitVisible(`[role="alert"]`)))
	pref, err := models.PreferenceOf(t.Context(), h.db, p.ID)
	require.NoError(t, err)
	require.Equal(t, models.AtMostEach, pref.AtMost, "Enter presses the button that chooses nothing")
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Click("#f-at_most-1")))
	tap("save", l.T("preference.saved"))
	pref, err = models.PreferenceOf(t.Context(), h.db, p.ID)
	require.NoError(t, err)
	require.Equal(t, models.AtMostWeek, pref.AtMost)
	require.Len(t, pref.Topics, 1, "what was chosen when subscribing")

	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(at+"/u/"+h.server.Links.Mint(links.KindUnsubscribe, p.ID, p.ID, 0))))
	tap("stop", l.T("published.unsubscribe.done_title"))
	require.False(t, h.mailable(p.ID))
	tap("undo", l.T("consent.undone_title"))
	require.True(t, h.mailable(p.ID))
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Text("main", &read)))
	require.NotContains(t, read, p.Email)
	require.Len(t, b.complaints, 1)
	require.Contains(t, b.complaints[0], "422", "the form that was sent by Enter, choosing nothing")
}

// TestPagesOfConsentInABrowser looks at each with axe, wide and narrow.
func TestPagesOfConsentInABrowser(t *testing.T) {
	b, h := newBrowser(t), newHouse(t)
	b.signIn(t, h, "coordinator")
	p := h.subscriber("mara@readers.example", "sr-Latn")
	require.NoError(t, models.AskSubscription(t.Context(), h.db, models.SubscriptionInput{Email: "new@readers.example", Language: "en", Consent: "I agree.", ReadIn: "en"}, h.server.Now()))
	for _, page := range []string{subscribePath, h.confirmation(), h.server.preferencesLink(p.ID, p.ID), "/u/" + h.server.Links.Mint(links.KindUnsubscribe, p.ID, p.ID, 0),
		ownPreferencesPath, dataHeldPath, personPath(p.ID), personPath(p.ID) + "/consents", personPath(demo.ID("person", "expert-02")) + "/erase", contactsPath} {
		t.Run(page, func(t *testing.T) { b.inspect(t, h.front.URL+page, fewLooks) })
	}
	require.Empty(t, b.complaints)
}
