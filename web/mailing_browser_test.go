package web

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/mail"
	"tribuna/models"
)

// gated sends two mails of a mailing, and no more of it before it is opened.
type gated struct {
	*mail.Sender
	parts atomic.Int32 // begun and ended
	open  chan struct{}
}

func (g *gated) SendMailing(ctx context.Context, mailing uuid.UUID, _ int, progress func()) (int, error) {
	if g.parts.Load() > 0 {
		select {
		case <-g.open:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	defer g.parts.Add(1)
	return g.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: 2, For: time.Nanosecond, Progress: func(int) { progress() }})
}

// TestAMailingOnAPhone is an officer's way with a mailing in two languages, by tapping: composing, choosing, looking at it, a test
// to themselves, launching, watching, pausing, going on, and what became of it.
func TestAMailingOnAPhone(t *testing.T) {
	b, n, l := newBrowser(t), newOffice(t), i18n.For("bg")
	n.publish()
	n.stopWorker()
	gate := &gated{Sender: n.sender(), open: make(chan struct{})}
	n.acts.Mails = gate
	n.startWorker()
	sees := func(words string) chromedp.Action {
		return chromedp.WaitVisible(`//main//*[contains(text(), "`+words+`")]`, chromedp.BySearch)
	}
	do := func(actions ...chromedp.Action) {
		t.Helper()
		require.NoError(t, chromedp.Run(b.ctx, actions...))
		require.Empty(t, b.sideways(t))
		require.Empty(t, b.seriousFaults(t))
	}
	button := func(does string) chromedp.Action {
		return chromedp.Click(`main button[value="`+does+`"]`, chromedp.ByQuery)
	}
	text := func(language, subject, body string) chromedp.Action {
		field := `//details[input[@value="` + language + `"]]`
		opened := `document.querySelector('input[value="` + language + `"][name$=".language"]').parentElement`
		return chromedp.Tasks{chromedp.Evaluate(opened+`.open = true`, nil),
			chromedp.Evaluate(opened+`.querySelector('[name$=".subject"]').select()`, nil), // the title that stands there
			chromedp.SendKeys(field+`//input[contains(@name, ".subject")]`, subject, chromedp.BySearch),
			chromedp.SendKeys(field+`//textarea[contains(@name, ".body")]`, body, chromedp.BySearch)}
	}

	b.signIn(t, n.house, "officer-khc")
	do(emulation.SetDeviceMetricsOverride(390, 844, 1, true), chromedp.Navigate(n.front.URL+recommendationPath(n.brief.ID)),
		chromedp.Evaluate(`document.cookie = "`+languageCookie+`=bg; path=/"`, nil), chromedp.Reload(),
		chromedp.Click(`main a[href$="/mailings/new"]`, chromedp.ByQuery), chromedp.WaitVisible(`#mailing-audience`))
	do(chromedp.Click(`input[name="roles"][value="reader"]`), chromedp.Click(`input[name="countries"][value="HR"]`),
		sees(l.N("mailing.people", 90)))
	do(text("en", "Safe online", "We have published **a recommendation**."), text("sr-Latn", "Sigurni na mreži", "Objavili smo **preporuku**."),
		button("save"), chromedp.WaitVisible(`a[href*="/preview?language=sr-Latn"]`, chromedp.ByQuery))
	do(chromedp.Click(`a[href*="/preview?language=sr-Latn"]`, chromedp.ByQuery), sees("Sigurni na mreži"))
	do(chromedp.Click(`form[action$="/test"] button`, chromedp.ByQuery), sees(l.T("mailing.test_sent", "Address", n.officer.Email)))
	var tests int
	require.NoError(t, n.db.NewRaw(`SELECT count(*) FROM outbox WHERE kind = ? AND person_id = ?`, models.MailMailingTest, n.officer.ID).Scan(t.Context(), &tests))
	require.Equal(t, 1, tests)
	do(chromedp.Click(`main a[href^="/mailings/"]`, chromedp.ByQuery), chromedp.WaitVisible(`main button[value="launch"]`), button("launch"), chromedp.WaitVisible(`input[name="expected"] ~ .form-foot`))
	mailing := n.mailingsOf()[0].ID
	do(chromedp.Click(`main form[action$="/launch"] .btn-primary`, chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/pause"]`),
		chromedp.Poll(`document.querySelector("#mailing-now .figure dd").textContent === "2"`, nil), sees(l.T("mailing.leave")))
	do(chromedp.Click(`form[action$="/pause"] button`), chromedp.WaitVisible(`form[action$="/resume"]`))
	close(gate.open)
	n.waitFor("the part that was begun has ended", func() bool { return gate.parts.Load() == 2 })
	counts, err := models.MailingCounts(t.Context(), n.db, mailing)
	require.NoError(t, err)
	require.Equal(t, 2, counts.Delivered, "nothing leaves while it pauses")
	do(chromedp.Click(`form[action$="/resume"] button`), chromedp.WaitVisible(`#mailing-now:not([hx-get]):not(:has(form))`))
	counts, err = models.MailingCounts(t.Context(), n.db, mailing)
	require.NoError(t, err)
	require.Positive(t, counts.Total())
	require.Equal(t, counts.Total(), counts.Delivered, "every mail, and each once: %v", counts)
	subjects := map[string]int{}
	for _, m := range n.mails.Ledger() {
		subjects[m.Subject]++
	}
	require.Len(t, subjects, 2, "each language its own")
	require.Equal(t, counts.Total(), subjects["Safe online"]+subjects["Sigurni na mreži"], "%v", subjects)
	do(chromedp.Click(`#mailing-now .figure a`, chromedp.ByQuery), chromedp.WaitVisible(`main table`))
	require.Empty(t, b.complaints, strings.Join(b.complaints, "\n"))
}
