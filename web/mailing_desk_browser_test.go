package web

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	downloads "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestTheOfficersWayAtADesk is the way of an officer who reads Albanian at a desk: a mailing for two countries, one reader left out, a
// picture in the letter and a paper beside it, looked at as a phone shows it in the dark, set for a time by each reader's own clock, sent
// at once after all, paused in the middle, its report as a workbook, and the same for who joined the audience since.
func TestTheOfficersWayAtADesk(t *testing.T) {
	b, n := newBrowser(t), newOffice(t)
	n.publish()
	n.stopWorker()
	gate := &gated{Sender: n.sender()}
	n.acts.Mails = gate
	n.startWorker()
	b.signIn(t, n.house, "officer-khc")

	desk := &officersWay{t: t, browser: b, office: n, l: i18n.For("sq"), width: 1280}
	desk.begins("sq")
	desk.choosesTwoCountries("HR", "MD")
	desk.leavesOneOut()
	desk.composes("Safe offline", "Sigurni i bez mreže", "![A child at a window](dritare.png)")
	desk.attaches("programi.pdf", "%PDF-1.7 the programme", models.PlaceAttached)
	desk.attaches("dritare.png", pictureOf(t, 300), models.PlacePicture)
	desk.looksAsAPhoneInTheDark("sr-Latn")
	desk.previewsAndTests("Sigurni i bez mreže")
	held := gate.closes()
	desk.schedulesByReadersClocks(2)
	desk.sendsAtOnceAfterAll()
	desk.watchesAndPauses(held)
	desk.readsReport("Safe offline", "Sigurni i bez mreže")
	desk.savesWorkbook()
	gate.opens()
	desk.writesToTheRest("Safe offline", "Sigurni i bez mreže")

	require.Empty(t, b.complaints, strings.Join(b.complaints, "\n"))
}

// readersIn counts whom a mailing to the readers of some countries in English and Serbian reaches.
func (w *officersWay) readersIn(countries ...string) int {
	w.t.Helper()
	counts, err := models.MailingAudienceCounts(w.t.Context(), w.db, models.Readership{Kind: models.MailingKindCampaign, At: time.Now(),
		Audience: models.Audience{Roles: []string{models.RoleReader}, Countries: countries, Languages: []string{"en", "sr-Latn"}}})
	require.NoError(w.t, err)
	var people int
	for _, c := range counts {
		people += c.People
	}
	require.Positive(w.t, people)
	return people
}

func (w *officersWay) choosesTwoCountries(countries ...string) {
	w.t.Helper()
	var ticked chromedp.Tasks
	for _, box := range []string{`input[name="countries"][value="` + countries[0] + `"]`, `input[name="countries"][value="` + countries[1] + `"]`,
		`input[name="languages"][value="en"]`, `input[name="languages"][value="sr-Latn"]`} {
		ticked = append(ticked, unfolded(box), chromedp.Click(box, chromedp.ByQuery))
	}
	w.people = w.readersIn(countries...)
	w.do(ticked, w.sees(w.l.N("mailing.people", w.people)))
}

// leavesOneOut takes the first of those shown out of the audience, which is one fewer at once.
func (w *officersWay) leavesOneOut() {
	w.t.Helper()
	one := `#audience input[name="except_people"]`
	w.do(unfolded(one), chromedp.AttributeValue(one, "value", &w.leftOut, nil, chromedp.ByQuery), chromedp.Click(one, chromedp.ByQuery))
	w.people--
	w.do(w.sees(w.l.N("mailing.people", w.people)), chromedp.WaitVisible(`#audience input[value="`+w.leftOut+`"]:checked`, chromedp.ByQuery))
}

// attaches lets a file go along with the letters of every language.
func (w *officersWay) attaches(name, content string, place models.MailingPlace) {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), name)
	require.NoError(w.t, os.WriteFile(file, []byte(content), 0o600))
	w.do(w.button("files"), chromedp.WaitVisible(`input[type="file"]`, chromedp.ByQuery))
	w.do(chromedp.SetUploadFiles(`input[type="file"]`, []string{file}, chromedp.ByQuery),
		chromedp.Click(`input[name="place"][value="`+string(place)+`"]`, chromedp.ByQuery), chromedp.Click(`main .form-foot .btn-primary`, chromedp.ByQuery), w.sees(name))
	w.do(chromedp.Click(`main .lead a`, chromedp.ByQuery), chromedp.WaitVisible(`main button[value="launch"]`, chromedp.ByQuery), w.sees(name))
}

// looksAsAPhoneInTheDark looks at the letter as it is on a phone in the dark, with its picture, and goes back to the form.
func (w *officersWay) looksAsAPhoneInTheDark(language string) {
	w.t.Helper()
	preview := `a[href*="/preview?language=` + language + `"]`
	w.do(unfolded(preview), chromedp.Click(preview, chromedp.ByQuery), chromedp.WaitVisible(`select[name="look"]`, chromedp.ByQuery))
	var letter string
	var phone float64
	w.do(chromedp.SetValue(`select[name="look"]`, "dark", chromedp.ByQuery), chromedp.SetValue(`select[name="width"]`, "phone", chromedp.ByQuery),
		chromedp.Click(`.preview-choices button`, chromedp.ByQuery), chromedp.WaitVisible(`iframe.letter-phone`, chromedp.ByQuery),
		chromedp.AttributeValue(`iframe.letter-phone`, "src", &letter, nil, chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector("iframe.letter-phone").getBoundingClientRect().width`, &phone))
	require.Less(w.t, phone, 420.0, "as wide as a phone")
	var dark bool
	var picture int
	require.NoError(w.t, chromedp.Run(w.ctx, chromedp.Navigate(w.front.URL+letter),
		chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).every(part => Number(part) < 80)`, &dark),
		chromedp.Evaluate(`document.querySelector("img[alt='A child at a window']").naturalWidth`, &picture)))
	require.True(w.t, dark, "the letter is dark")
	require.Equal(w.t, 300, picture, "the picture is shown")
	w.do(chromedp.Navigate(w.front.URL+mailingPath(w.mailing)), chromedp.WaitVisible(`main button[value="launch"]`, chromedp.ByQuery))
}

// schedulesByReadersClocks sets noon of the next day but one, wherever somebody lives: so many times in all.
func (w *officersWay) schedulesByReadersClocks(times int) {
	w.t.Helper()
	day := time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	w.do(chromedp.Click(`input[name="leaves"][value="later"]`, chromedp.ByQuery), chromedp.SetValue(`[name="when.day"]`, day, chromedp.ByQuery),
		chromedp.SetValue(`[name="when.time"]`, "12:00", chromedp.ByQuery), chromedp.Click(`input[name="when.local"]`, chromedp.ByQuery),
		chromedp.Click(`main form[action$="/launch"] .btn-primary`, chromedp.ByQuery),
		chromedp.WaitVisible(`main a[href$="/schedule"]`, chromedp.ByQuery), w.sees(w.l.T("mailing.schedule.waves_local")))
	var waves []string
	require.NoError(w.t, chromedp.Run(w.ctx, chromedp.Evaluate(`[...document.querySelectorAll("#mailing-now tbody th")].map(e => e.textContent)`, &waves)))
	require.Len(w.t, waves, times, "as many instants as clocks")
	for _, wave := range waves {
		require.Contains(w.t, wave, "12:00", "by the clock of those who get it")
	}
	counts, err := models.MailingCounts(w.t.Context(), w.db, w.mailing)
	require.NoError(w.t, err)
	require.Equal(w.t, models.MailCounts{Queued: w.people}, counts, "nothing leaves before its time")
}

func (w *officersWay) sendsAtOnceAfterAll() {
	w.t.Helper()
	w.do(chromedp.Click(`main a[href$="/schedule"]`, chromedp.ByQuery), chromedp.WaitVisible(`input[name="leaves"][value="now"]`, chromedp.ByQuery))
	w.do(chromedp.Click(`input[name="leaves"][value="now"]`, chromedp.ByQuery),
		chromedp.Click(`main form[action$="/schedule"] .btn-primary`, chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/pause"]`))
}

// savesInto has the window keep in a folder what is saved in it.
func savesInto(folder string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		window, err := target.GetTargetInfo().Do(ctx)
		if err != nil {
			return err
		}
		return downloads.SetDownloadBehavior(downloads.SetDownloadBehaviorBehaviorAllow).WithBrowserContextID(window.BrowserContextID).WithDownloadPath(folder).Do(ctx)
	})
}

// savesWorkbook saves the report and finds in it what the page says.
func (w *officersWay) savesWorkbook() {
	w.t.Helper()
	folder := w.t.TempDir()
	var name string
	w.do(savesInto(folder), chromedp.AttributeValue(`main a[download]`, "href", &name, nil, chromedp.ByQuery), chromedp.Click(`main a[download]`, chromedp.ByQuery))
	require.Contains(w.t, name, "report.xlsx")
	pattern := filepath.Join(folder, "*.xlsx") // under this name once it is whole
	var files []string
	w.waitFor("the workbook is saved", func() bool { files, _ = filepath.Glob(pattern); return len(files) == 1 })
	raw, err := os.ReadFile(files[0])
	require.NoError(w.t, err)
	book, err := excelize.OpenReader(bytes.NewReader(raw))
	require.NoError(w.t, err)
	rows, err := book.GetRows(w.l.T("mailing.report.sheet.summary"))
	require.NoError(w.t, err)
	require.Contains(w.t, rows, []string{w.l.T("mailing.report.recipients"), strconv.Itoa(w.people)})
}

// writesToTheRest has a reader move into one of the countries, and sends them alone what the others have.
func (w *officersWay) writesToTheRest(english, serbian string) {
	w.t.Helper()
	var newcomer string
	require.NoError(w.t, w.db.NewRaw(`UPDATE people SET country_code = 'HR' WHERE email = (SELECT email FROM people WHERE email LIKE 'reader-0%'
		AND language = 'sr-Latn' AND country_code = 'RS' ORDER BY email LIMIT 1) RETURNING email`).Scan(w.t.Context(), &newcomer))
	first := w.mailing
	var at string
	w.do(chromedp.Reload(), chromedp.Click(`main a[href$="/rest"]`, chromedp.ByQuery), w.sees(w.l.N("mailing.rest.people", 1)))
	w.do(chromedp.Click(`main form[action$="/rest"] .btn-primary`, chromedp.ByQuery), chromedp.WaitVisible(`#mailing-audience`, chromedp.ByQuery),
		w.sees(w.l.N("mailing.people", 1)), chromedp.Location(&at))
	require.NotContains(w.t, at, first.String(), "a mailing of its own")
	w.opened(at)
	w.do(w.button("launch"), chromedp.WaitVisible(`input[name="expected"] ~ .form-foot`))
	w.launches()
	w.do(chromedp.WaitVisible(`#mailing-now:not([hx-get]):not(:has(form))`))
	var got []string
	for _, m := range w.mails.Ledger() {
		if m.To[0] == newcomer && (m.Subject == english || m.Subject == serbian) {
			got = append(got, m.Subject)
		}
	}
	require.Len(w.t, got, 1)
	counts, err := models.MailingCounts(w.t.Context(), w.db, w.mailing)
	require.NoError(w.t, err)
	require.Equal(w.t, models.MailCounts{Delivered: 1}, counts, "and nobody else again")
}
