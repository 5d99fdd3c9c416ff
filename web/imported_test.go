package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const importedFile = "external_ref,source,addressee_country,session,issued_by,response,action_category,topics,text\n" +
	"UPR-AL-06-001,UPR,AL,6,Egypt,accepted,4,Rights of the Child; Justice,Adopt the law on shelters\n" +
	"UPR-AL-06-002,UPR,AL,6,Belgium,noted,,,Adopt a plan\n" +
	"UPR-BG-09-001,UPR,BG,9,Norway,accepted,5,Trafficking,Do more against trafficking\n"

// bring chooses a file on the page of imports, and returns the address of what it would change.
func (b *reader) bring(name, content string) string {
	b.t.Helper()
	require.Equal(b.t, http.StatusOK, b.get(importsPath).StatusCode)
	sent := b.postFile(importsPath, url.Values{"language": {"en"}}, name, content)
	require.Equal(b.t, http.StatusSeeOther, sent.StatusCode, sent.Body)
	return sent.Header.Get("Location")
}

func (h *house) rows(table string) int {
	h.t.Helper()
	n, err := h.db.NewSelect().Table(table).Count(h.t.Context())
	require.NoError(h.t, err)
	return int(n)
}

func TestImportIsLookedAtAndThenConfirmed(t *testing.T) {
	h := newHouse(t)
	b := h.as("coordinator", "en")
	mails, tasks := h.rows("outbox"), h.rows("tasks")
	path := b.bring("upr.csv", importedFile)
	preview := b.get(path)
	require.Equal(t, http.StatusOK, preview.StatusCode, preview.Body)
	sound(t, preview)
	require.Contains(t, preview.Body, "Universal Periodic Review: Albania, session 6")
	require.Zero(t, h.rows("followups"), "a look changes nothing")
	require.Zero(t, h.rows("imported_measures"))

	for range 2 { // sent twice it is imported once
		require.Equal(t, http.StatusSeeOther, b.post(path, nil).StatusCode)
	}
	require.Equal(t, 3, h.rows("imported_measures"))
	done := b.get(path)
	sound(t, done)
	require.Contains(t, done.Body, "upr.csv has been imported")
	require.Equal(t, mails, h.rows("outbox"), "nobody is written to")
	require.Equal(t, tasks, h.rows("tasks"), "nobody is asked")
	journal := b.get("/administration/journal")
	require.Equal(t, 1, strings.Count(journal.Body, "imported recommendations of others (Universal Periodic Review): new measures 3"))

	again := b.get(b.bring("upr.csv", importedFile))
	require.Contains(t, again.Body, "There is nothing to import")
	list := b.get(importsPath)
	sound(t, list)
	require.Contains(t, list.Body, "Universal Periodic Review: Bulgaria, session 9")
	require.Equal(t, http.StatusNotFound, h.as("coordinator", "en").get(importsPath+"/"+models.NewID().String()).StatusCode)
}

func TestABrokenImportSaysWhyInTheReadersLanguage(t *testing.T) {
	h := newHouse(t)
	for _, tag := range i18n.Tags() {
		b, l := h.as("coordinator", tag), i18n.For(tag)
		page := b.get(b.bring("upr.csv", importedFile+"UPR-FR-1,UPR,FR,6,Egypt,noted,,,Text\nUPR-AL-06-002,UPR,AL,6,Oman,noted,,,Twice\n"))
		require.Equal(t, http.StatusUnprocessableEntity, page.StatusCode, page.Body)
		sound(t, page)
		require.Contains(t, page.Body, l.T("imported.line_number", "Number", 5))
		require.Contains(t, page.Body, l.T("imported.fault.country", "Value", "FR"))
		require.Contains(t, page.Body, l.T("imported.fault.twice", "Value", "UPR-AL-06-002", "First", 3))
		require.NotContains(t, page.Body, l.T("imported.confirm")+"</button>")
	}
	b := h.as("coordinator", "en")
	path := b.bring("upr.csv", "no;such\nfile;here\n")
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path, nil).StatusCode, "confirmed all the same, it stays refused")
	large := b.postFile(importsPath, url.Values{"language": {"en"}}, "upr.csv", importedFile+strings.Repeat("x", models.ImportMaxBytes))
	require.Equal(t, http.StatusUnprocessableEntity, large.StatusCode)
	require.Contains(t, large.Body, "larger than 10 MB")
	none := b.postFile(importsPath, url.Values{"language": {"en"}}, "", "")
	require.Equal(t, http.StatusUnprocessableEntity, none.StatusCode)
	sound(t, none)
	require.Zero(t, h.rows("imported_measures"))
}

func TestImportsAreForCoordinators(t *testing.T) {
	h := newHouse(t)
	path := h.as("coordinator", "en").bring("upr.csv", importedFile)
	require.Equal(t, http.StatusSeeOther, h.public("en").get(importsPath).StatusCode)
	for _, who := range []string{"officer-khc", "partner-khc"} {
		b := h.as(who, "en")
		require.Equal(t, http.StatusForbidden, b.get(importsPath).StatusCode, who)
		require.Equal(t, http.StatusForbidden, b.get(path).StatusCode, who)
		require.Equal(t, http.StatusForbidden, b.post(path, nil).StatusCode, who)
		require.Equal(t, http.StatusForbidden, b.postFile(importsPath, url.Values{"language": {"en"}}, "upr.csv", importedFile).StatusCode, who)
	}
	require.Zero(t, h.rows("imported_measures"))
	require.Equal(t, 1, h.rows("import_files"))
}

func TestImportedMeasuresAreTakenOnAndThenFollowed(t *testing.T) {
	n := newOffice(t)
	coordinator := n.as("coordinator", "en")
	require.Equal(t, http.StatusSeeOther, coordinator.post(coordinator.bring("upr.csv", importedFile), nil).StatusCode)
	all, err := models.FollowUps(t.Context(), n.db, models.FollowUpFilter{Imported: true})
	require.NoError(t, err)
	require.Len(t, all, 3)
	partner := n.as("partner-tdh-al", "sq")
	for _, tag := range i18n.Tags() {
		page := n.public(tag).get("/follow-ups?imported=yes&country=AL")
		sound(t, page)
		words := i18n.For(tag)
		require.Contains(t, page.Body, words.T("followup.status.not_followed"))
		require.NotContains(t, page.Body, `</svg>`+words.T("followup.status.no_reply"), "nobody was asked, so nobody is silent")
		require.NotContains(t, page.Body, words.Date(time.Now(), time.UTC), "the day of the import says nothing about a government")
		require.Contains(t, page.Body, words.T("following.session_from", "Session", "6", "Date", words.Date(time.Date(2009, 11, 30, 0, 0, 0, 0, time.UTC), time.UTC)))
		require.Contains(t, page.Body, words.T("imported.from", "Issuer", map[string]string{"en": "Egypt", "bg": "Египет", "ro": "Egipt", "sq": "Egjipt", "sr-Latn": "Egipat"}[tag]))
		require.Equal(t, 2, strings.Count(page.Body, `<th scope="row">`))
		require.Equal(t, tag != "en", strings.Contains(page.Body, `<option value="Trafficking" lang="en">`), "a source's topics are in the source's language")
		one := n.public(tag).get(followUpPath(all[0].ID))
		sound(t, one)
		require.Contains(t, one.Body, i18n.For(tag).T("imported.response.supported"))
		require.Contains(t, one.Body, i18n.For(tag).T("imported.nobody"))
		require.NotContains(t, one.Body, "/focal-point")
	}
	reported := recommendationPath(all[0].RecommendationID) + "/report"
	require.Contains(t, n.public("en").get(followUpPath(all[0].ID)).Body, reported)
	require.Equal(t, http.StatusOK, n.public("en").get(reported).StatusCode)
	own := demo.ID("organisation", "tdh-al").String()
	_, offer, _ := strings.Cut(partner.get(followUpPath(all[0].ID)).Body, `id="f-focal_point"`)
	offer, _, _ = strings.Cut(offer, "</select>")
	require.Contains(t, offer, own, "a partner takes on what is for their own country")
	require.Equal(t, 1, strings.Count(offer, "<option"), "with one organisation there is no choice")
	require.NotContains(t, partner.get(followUpPath(all[2].ID)).Body, "/focal-point", "and not what is for another")
	require.Equal(t, http.StatusForbidden, partner.post(followUpPath(all[2].ID)+"/focal-point", url.Values{"focal_point": {own}}).StatusCode)
	board := partner.get("/dashboard?country=all")
	sound(t, board)
	require.Contains(t, board.Body, i18n.For("sq").N("imported.counted", 3))
	led := partner.get("/recommendations/" + all[0].RecommendationID.String())
	require.Equal(t, importedPath(all[0].RecommendationID), led.Header.Get("Location"), "it has no text of its own")

	officer := n.as("officer-khc", "en").get(followUpPath(all[0].ID)).Body
	require.Contains(t, officer, demo.ID("organisation", "khc").String(), "an officer takes it on for their own organisation")
	require.NotContains(t, officer, demo.ID("organisation", "cyi").String())
	path := followUpPath(all[0].ID)
	wrong := coordinator.post(path+"/focal-point", form(t, coordinator.get(path).Body, path+"/focal-point"))
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode, "nobody is chosen by oversight")
	sound(t, wrong)
	f := form(t, wrong.Body, path+"/focal-point")
	f.Set("focal_point", n.brief.OrganisationID.String())
	require.Equal(t, http.StatusSeeOther, coordinator.post(path+"/focal-point", f).StatusCode)
	one, err := models.FollowUpByID(t.Context(), n.db, all[0].ID)
	require.NoError(t, err)
	require.Equal(t, n.brief.OrganisationID, *one.OrganisationID)
	require.NotNil(t, one.AskAt)
	p, err := models.ProcessByID(t.Context(), n.db, one.ID)
	require.NoError(t, err)
	require.NotNil(t, p.StartedAt, "its process runs")
	report := n.as("officer-khc", "en").get(path).Body
	require.Contains(t, report, path+"/progress")
	require.NotContains(t, report, i18n.For("en").T("followup.now_help"), "no status is chosen where none was reported")

	n.takeOnMany(t, coordinator, partner, all)
}

// takeOnMany has a partner take on the measure chosen, and a coordinator what is left.
func (n *office) takeOnMany(t *testing.T, coordinator, partner *reader, all []models.FollowUp) {
	t.Helper()
	mails := n.rows("outbox")
	list := partner.get("/follow-ups?response=noted")
	sound(t, list)
	require.Contains(t, list.Body, `name="chosen" value="`+all[1].ID.String()+`"`)
	require.NotContains(t, partner.get("/follow-ups?country=BG").Body, `name="chosen"`, "Bulgaria's are not theirs")
	none := partner.get("/follow-ups/focal-point?which=chosen")
	sound(t, none)
	require.Contains(t, none.Body, i18n.For("sq").T("following.none_chosen"))
	for _, path := range []string{"/follow-ups/focal-point?which=all&imported=yes", "/follow-ups/focal-point?which=chosen&chosen=" + all[1].ID.String() + "&chosen=" + all[2].ID.String()} {
		page := partner.get(path)
		sound(t, page)
		require.Contains(t, page.Body, i18n.For("sq").N("imported.take_on_number", 1), path)
		require.NotContains(t, page.Body, demo.ID("organisation", "khc").String())
	}
	f := form(t, partner.get("/follow-ups/focal-point?which=all&q=plan").Body, "/follow-ups/focal-point")
	f.Set("focal_point", demo.ID("organisation", "tdh-al").String())
	f.Set("number", "2")
	moved := partner.post("/follow-ups/focal-point", f)
	require.Equal(t, http.StatusUnprocessableEntity, moved.StatusCode, "as many as they were told, or none")
	sound(t, moved)
	f.Set("number", "1")
	require.Equal(t, http.StatusSeeOther, partner.post("/follow-ups/focal-point", f).StatusCode)
	require.Equal(t, http.StatusUnprocessableEntity, partner.post("/follow-ups/focal-point", f).StatusCode, "sent twice it is done once")

	many := "/follow-ups/focal-point?which=all&imported=yes&follower=none"
	require.Contains(t, coordinator.get("/follow-ups?follower=none").Body, i18n.For("en").N("following.take_on_all", 1))
	page := coordinator.get(many)
	sound(t, page)
	require.Contains(t, page.Body, "1 measure is followed by nobody yet.")
	f = form(t, page.Body, "/follow-ups/focal-point")
	f.Set("focal_point", n.brief.OrganisationID.String())
	require.Equal(t, http.StatusSeeOther, coordinator.post("/follow-ups/focal-point", f).StatusCode)
	left, _, err := models.CountFollowUps(t.Context(), n.db, models.FollowUpFilter{Unfollowed: true})
	require.NoError(t, err)
	require.Zero(t, left)
	require.Contains(t, coordinator.get(many).Body, "All of these are followed already")
	require.Equal(t, mails, n.rows("outbox"), "nobody is mailed")
	journal := plainWords(coordinator.get("/administration/journal").Body)
	require.Contains(t, journal, "gave Terre des hommes Albania measures of others to follow: 1")
	require.Contains(t, coordinator.get(followUpPath(all[1].ID)).Body, i18n.For("en").T("followup.status.no_report"), "nothing is said about the government before somebody reports")
}
