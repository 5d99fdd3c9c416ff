package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// stepLimit bounds one step of the officer's, however busy the machine; what the page showed then is told.
const stepLimit = 5 * time.Minute

// do does what the officer does, and holds the page it leads to to what every page promises.
func (w *officersWay) do(actions ...chromedp.Action) {
	w.t.Helper()
	soon, stop := context.WithTimeout(w.ctx, stepLimit)
	defer stop()
	if err := chromedp.Run(soon, actions...); err != nil {
		var shown string
		_ = chromedp.Run(w.ctx, chromedp.Evaluate(`location.href + "\n" + document.body.innerText`, &shown))
		require.NoError(w.t, err, shown)
	}
	require.Empty(w.t, w.sideways(w.t))
	require.Empty(w.t, w.seriousFaults(w.t))
}

func (w *officersWay) sees(words string) chromedp.Action {
	return chromedp.WaitVisible(`//main//*[contains(text(), "`+words+`")]`, chromedp.BySearch)
}

// button presses one of a form that has several.
func (w *officersWay) button(does string) chromedp.Action {
	return chromedp.Click(`main button[value="`+does+`"]`, chromedp.ByQuery)
}

// unfolded opens the part in which a field stands.
func unfolded(field string) chromedp.Action {
	return chromedp.Evaluate(`for (let e = document.querySelector('`+field+`'); e = e.parentElement.closest("details"); ) e.open = true`, nil)
}

// whole waits until a page stands with its pictures and frames, so that nothing moves away under the pointer.
var whole = chromedp.Poll(`document.readyState === "complete"`, nil)

func (w *officersWay) begins(language string) {
	w.t.Helper()
	w.do(emulation.SetDeviceMetricsOverride(w.width, 844, 1, w.width < 600), chromedp.Navigate(w.front.URL+recommendationPath(w.brief.ID)),
		chromedp.Evaluate(`document.cookie = "`+languageCookie+`=`+language+`; path=/"`, nil), chromedp.Reload(),
		chromedp.Click(`main a[href$="/mailings/new"]`, chromedp.ByQuery), chromedp.WaitVisible(`#mailing-audience`))
}

// choosesReaders chooses the readers of a country, who are ticked in a new mailing, and sees how many they are.
func (w *officersWay) choosesReaders(country string) {
	w.t.Helper()
	here := `input[name="countries"][value="` + country + `"]`
	w.do(chromedp.WaitVisible(`input[name="roles"][value="reader"]:checked`), unfolded(here), chromedp.Click(here), w.sees(w.l.N("mailing.people", 90)))
}

func (w *officersWay) keepsAudience(name string) {
	w.t.Helper()
	w.do(unfolded(`[name="segment_name"]`), chromedp.SendKeys(`[name="segment_name"]`, name, chromedp.ByQuery), w.button(doKeepSegment),
		chromedp.WaitVisible(`select[name="segment"]`, chromedp.ByQuery), w.sees(w.l.N("mailing.people", 90)))
	segments, err := models.MailingSegments(w.t.Context(), w.db, w.brief.OrganisationID)
	require.NoError(w.t, err)
	require.Len(w.t, segments, 1)
}

// composes writes the mailing in English and in Serbian, with the same after the text of either, and saves it.
func (w *officersWay) composes(english, serbian, after string) {
	w.t.Helper()
	text := func(language, subject, body string) chromedp.Action {
		field := `//details[input[@value="` + language + `"]]`
		opened := `document.querySelector('input[value="` + language + `"][name$=".language"]').parentElement`
		return chromedp.Tasks{chromedp.Evaluate(opened+`.open = true`, nil),
			chromedp.Evaluate(opened+`.querySelector('[name$=".subject"]').select()`, nil), // the title that stands there
			chromedp.SendKeys(field+`//input[contains(@name, ".subject")]`, subject, chromedp.BySearch),
			chromedp.SendKeys(field+`//textarea[contains(@name, ".body")]`, body, chromedp.BySearch)}
	}
	var at string
	w.do(text("en", english, "We have published **a recommendation**. "+after), text("sr-Latn", serbian, "Objavili smo **preporuku**. "+after),
		w.button("save"), chromedp.WaitVisible(`a[href*="/preview?language=sr-Latn"]`, chromedp.ByQuery), chromedp.Location(&at))
	w.opened(at)
}

// opened notes of which mailing the page at an address is.
func (w *officersWay) opened(at string) {
	w.t.Helper()
	_, id, _ := strings.Cut(at, "/mailings/")
	var err error
	w.mailing, err = uuid.Parse(id[:min(len(id), 36)])
	require.NoError(w.t, err, at)
}

func (w *officersWay) previewsAndTests(subject string) {
	w.t.Helper()
	tests := func() (n int) {
		require.NoError(w.t, w.db.NewRaw(`SELECT count(*) FROM outbox WHERE kind = ? AND person_id = ?`, models.MailMailingTest, w.officer.ID).Scan(w.t.Context(), &n))
		return n
	}
	before := tests()
	w.do(unfolded(`a[href*="/preview?language=sr-Latn"]`), chromedp.Click(`a[href*="/preview?language=sr-Latn"]`, chromedp.ByQuery),
		chromedp.WaitVisible(`.mailing-subject`, chromedp.ByQuery), w.sees(subject), whole) // the letter in its frame moves what is below it
	// By the keyboard: the letter stands in a frame of its own process, and a pointer may miss what was scrolled past it.
	w.do(chromedp.SendKeys(`form[action$="/test"] button`, kb.Enter, chromedp.ByQuery), w.sees(w.l.T("mailing.test_sent", "Address", w.officer.Email)))
	require.Equal(w.t, before+1, tests())
	w.do(chromedp.Click(`main a[href^="/mailings/"]`, chromedp.ByQuery), chromedp.WaitVisible(`main button[value="launch"]`), w.button("launch"),
		chromedp.WaitVisible(`input[name="expected"] ~ .form-foot`))
}

// launches sends the mailing now, at whatever hour the test runs: its procedure knows no night, and the page says so.
func (w *officersWay) launches() {
	w.t.Helper()
	w.do(w.sees(w.l.T("mailing.schedule.no_night")), chromedp.Click(`main form[action$="/launch"] .btn-primary`, chromedp.ByQuery),
		chromedp.WaitVisible(`form[action$="/pause"]`))
}

// watchesAndPauses pauses when two mails have left, sees that nothing leaves, and lets it go on to its end.
func (w *officersWay) watchesAndPauses(held *stopAfterTwo) {
	w.t.Helper()
	done := func() int {
		counts, err := models.MailingCounts(w.t.Context(), w.db, w.mailing)
		require.NoError(w.t, err)
		return counts.Total() - counts.Pending()
	}
	w.do(chromedp.Poll(`[...document.querySelectorAll("#mailing-now .figure dd")].reduce((n, e) => n + Number(e.textContent), 0) >= 2`, nil),
		w.sees(w.l.T("mailing.leave")))
	w.do(chromedp.Click(`form[action$="/pause"] button`), chromedp.WaitVisible(`form[action$="/resume"]`))
	close(held.open)
	w.waitFor("the parts that were begun have ended", func() bool { return held.ended.Load() == held.begun.Load() })
	require.Equal(w.t, 2, done(), "nothing leaves while it pauses")
	w.do(chromedp.Click(`form[action$="/resume"] button`), chromedp.WaitVisible(`#mailing-now:not([hx-get]):not(:has(form))`))
}

// readsReport holds the report against what the mail server took, and opens the list of those it took.
func (w *officersWay) readsReport(english, serbian string) {
	w.t.Helper()
	counts, err := models.MailingCounts(w.t.Context(), w.db, w.mailing)
	require.NoError(w.t, err)
	require.Positive(w.t, counts.Delivered)
	require.Equal(w.t, counts.Total(), counts.Delivered+counts.Failed, "every mail, and each once: %v", counts)
	subjects, readers := map[string]int{}, map[string]int{}
	for _, m := range w.mails.Ledger() {
		if m.Subject == english || m.Subject == serbian {
			subjects[m.Subject]++
			readers[m.To[0]]++
		}
	}
	require.Len(w.t, subjects, 2, "each language its own")
	require.Len(w.t, readers, counts.Delivered, "each reader")
	require.Equal(w.t, counts.Delivered, subjects[english]+subjects[serbian], "each once: %v", subjects)
	w.do(chromedp.Click(`#mailing-now .figure a`, chromedp.ByQuery), chromedp.WaitVisible(`main table`))
	var table string
	w.do(chromedp.NavigateBack(), chromedp.Click(`main a[href$="/report"].btn`, chromedp.ByQuery), chromedp.WaitVisible(`#outcomes`, chromedp.ByQuery),
		unfolded(`#outcomes-table table`), chromedp.Text(`#outcomes-table table`, &table, chromedp.ByQuery))
	for _, n := range []int{counts.Total(), counts.Delivered, counts.Failed} {
		require.True(w.t, n == 0 || slices.Contains(strings.Fields(table), fmt.Sprint(n)), "%d: %s", n, table)
	}
}
