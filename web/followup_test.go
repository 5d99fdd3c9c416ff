package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

func (n *office) followUps(f models.FollowUpFilter) []models.FollowUp {
	n.t.Helper()
	f.Recommendation = n.brief.ID
	list, err := models.FollowUps(n.t.Context(), n.db, f)
	require.NoError(n.t, err)
	return list
}

func TestFollowUpIsReportedAndEnded(t *testing.T) {
	n := newOffice(t)
	n.publish()
	all := n.followUps(models.FollowUpFilter{})
	require.Len(t, all, 7, "six measures, one of them at two authorities")
	n.publicList(t)
	_, err := n.db.NewRaw(`UPDATE deliveries SET delivered_on = current_date`).Exec(t.Context())
	require.NoError(t, err)

	task := n.askedAbout("bg-sofia-municipality")
	b, path := n.byLink(task, n.person("partner-khc"), "en")
	page := b.get(path)
	require.Equal(t, http.StatusOK, page.StatusCode, page.Body)
	sound(t, page)
	f := form(t, page.Body, path+"/progress")
	f.Set("status", "committed")
	f.Set("observed_on", time.Now().AddDate(0, 0, 5).Format(time.DateOnly))
	f.Set("source_url", "no address")
	f.Set("note", "Кметът обеща жилища.")
	f.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/progress", f).StatusCode)
	require.Contains(t, b.get(path).Body, i18n.For("bg").T("kept.title"))
	require.Contains(t, b.get(path+"?kept=continue").Body, "Кметът обеща жилища.", "what is not sent yet waits")
	n.scanned(task, n.person("partner-khc"), "")
	n.scanned(task, n.person("partner-khc"), "?kept=continue")
	n.undecided(task)
	f.Del("do")
	wrong := b.post(path+"/progress", f)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, wrong.Body, "Кметът обеща жилища.")
	require.Contains(t, wrong.Body, i18n.For("bg").T("error.field.url"))
	f = form(t, wrong.Body, path+"/progress")
	f.Set("status", "committed")
	f.Set("note", "Кметът обеща жилища.")
	f.Set("observed_on", time.Now().AddDate(0, 0, 5).Format(time.DateOnly))
	f.Set("source_url", "https://sofia.example/news")
	future := b.post(path+"/progress", f)
	require.Equal(t, http.StatusUnprocessableEntity, future.StatusCode)
	require.Contains(t, future.Body, i18n.For("bg").T("error.field.not_future"))
	f.Set("decision_id", form(t, future.Body, path+"/progress").Get("decision_id"))
	f.Set("observed_on", "")
	noDay := b.postFile(path+"/progress", f, "letter.txt", "The mayor wrote: twelve flats.")
	require.Equal(t, http.StatusUnprocessableEntity, noDay.StatusCode, "no day is put in silently")
	sound(t, noDay)
	require.Contains(t, noDay.Body, `href="#f-observed_on"`)
	require.Contains(t, noDay.Body, i18n.For("bg").T("error.field.day_or_unknown"))
	require.Contains(t, noDay.Body, i18n.For("bg").T("officer.behalf.file_kept", "Name", "letter.txt", "Size", "1"))
	again := form(t, noDay.Body, path+"/progress")
	f.Set("decision_id", again.Get("decision_id"))
	f.Set("attachment_id", again.Get("attachment_id"))
	f.Set("day_unknown", "yes")
	require.Equal(t, http.StatusSeeOther, b.postFile(path+"/progress", f, "", "").StatusCode)
	thanks := b.get(path + "/thanks")
	sound(t, thanks)
	file := attachmentPath(uuid.MustParse(f.Get("attachment_id")))
	require.Contains(t, thanks.Body, `href="`+path+file+`"`)
	require.Equal(t, "The mayor wrote: twelve flats.", b.get(path+file).Body, "by the same link")
	n.showsEvidence(t, *task.SubjectID, file)
	require.Contains(t, thanks.Body, "Кметът обеща жилища.")
	require.NotContains(t, thanks.Body, i18n.For("bg").T("asked.change"), "a report is given once")
	n.endIt(t, *task.SubjectID)
}

// showsEvidence is for all who read the report, until it is redacted.
func (n *office) showsEvidence(t *testing.T, id uuid.UUID, file string) {
	t.Helper()
	for who, want := range map[string]int{"coordinator": 200, "officer-khc": 200, "officer-tdh": 200, "partner-khc": 200, "partner-cyi": 200, "translator-bg-1": 404, "reader": 404} {
		require.Equal(t, want, n.as(who, "en").get(file).StatusCode, who)
	}
	require.NotContains(t, n.public("en").get(followUpPath(id)).Body, file)
	words := i18n.For("en")
	partner := n.as("partner-cyi", "en")
	page := partner.get(followUpPath(id))
	require.Contains(t, page.Body, `href="`+file+`"`)
	require.Contains(t, page.Body, words.T("following.reported_day_unknown", "Status", words.T("followup.status.committed")))
	home := recommendationPath(n.brief.ID)
	require.Contains(t, partner.get(home+"/record").Body, `href="`+file+`"`)
	officer := n.as("officer-tdh", "en")
	stolen := form(t, n.as("officer-khc", "en").get(followUpPath(id)).Body, followUpPath(id)+"/progress")
	stolen.Set("note", "With a file that another stored.")
	stolen.Set("status", "adopted")
	stolen.Set("day_unknown", "yes")
	stolen.Set("attachment_id", strings.TrimPrefix(file, "/attachments/"))
	refused := n.as("officer-khc", "en").post(followUpPath(id)+"/progress", stolen)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.Body, `href="#f-file">`+words.T("following.evidence"))
	report, err := record.Verify(t.Context(), n.db, n.brief.ID)
	require.NoError(t, err)
	require.True(t, report.OK())
	items, err := record.List(t.Context(), n.db, n.brief.ID, record.Network)
	require.NoError(t, err)
	at := slices.IndexFunc(items, func(i record.Item) bool { return i.Facts[record.FactAttachment] != "" })
	require.GreaterOrEqual(t, at, 0)
	_, err = models.RedactText(t.Context(), n.db, models.Redaction{Recommendation: n.reload(), Seq: items[at].Seq, Field: "attachment",
		By: n.person("coordinator"), Reason: "A child is named."}, time.Now())
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, officer.get(file).StatusCode)
	require.Contains(t, partner.get(followUpPath(id)).Body, words.T("following.evidence_removed"))
}

// askedAbout starts the follow-ups, as the sweep does, waits until every focal point is asked, so that nothing is set off later, and
// returns what is asked about the measure at an authority.
func (n *office) askedAbout(authority string) *models.Task {
	n.t.Helper()
	processes, err := models.OpenProcesses(n.t.Context(), n.db, 100)
	require.NoError(n.t, err)
	for _, p := range processes {
		require.NoError(n.t, n.server.Processes.Start(n.t.Context(), p))
	}
	followed := n.followUps(models.FollowUpFilter{Authority: demo.ID("authority", authority)})
	require.Len(n.t, followed, 1)
	var asked []models.Task
	for _, f := range append(n.followUps(models.FollowUpFilter{}), followed[0]) {
		n.waitFor("progress is asked for", func() bool {
			asked, err = models.Tasks(n.t.Context(), n.db, models.TaskFilter{Process: f.ID, OpenOnly: true})
			return err == nil && len(asked) == 1
		})
	}
	return &asked[0]
}

// publicList is what everybody sees: measures and statuses, no notes.
func (n *office) publicList(t *testing.T) {
	t.Helper()
	for _, tag := range i18n.Tags() {
		b := n.public(tag)
		list := b.get("/follow-ups")
		require.Equal(t, http.StatusOK, list.StatusCode, list.Body)
		sound(t, list)
		require.Equal(t, 7, strings.Count(list.Body, `<th scope="row">`))
		narrow := b.get("/follow-ups?" + url.Values{"country": {"HR"}, "status": {"no_reply"}}.Encode())
		require.Equal(t, 3, strings.Count(narrow.Body, `<th scope="row">`))
		one := b.get("/follow-ups?authority=" + demo.ID("authority", "bg-sofia-municipality").String())
		require.Equal(t, 1, strings.Count(one.Body, `<th scope="row">`))
		none := b.get("/follow-ups?status=implemented")
		sound(t, none)
		require.Contains(t, none.Body, i18n.For(tag).T("followup.none_title"))
		require.Equal(t, http.StatusOK, b.get("/follow-ups?country=%27&authority=x&status=y&after=z").StatusCode, "what cannot be read narrows or not, and breaks nothing")
	}
}

// endIt reports once more and then ends the follow-up, as its owners may.
func (n *office) endIt(t *testing.T, id [16]byte) {
	t.Helper()
	path := followUpPath(id)
	public := n.public("en").get(path)
	sound(t, public)
	require.NotContains(t, public.Body, "Кметът", "notes are for the network")
	require.NotContains(t, public.Body, "<form method=\"post\" action=\""+path)
	partner := n.as("partner-cyi", "en").get(path)
	require.Contains(t, partner.Body, "Кметът")
	require.NotContains(t, partner.Body, path+"/progress", "others read, they do not report")

	b := n.as("officer-khc", "en")
	page := b.get(path)
	sound(t, page)
	f := form(t, page.Body, path+"/progress")
	f.Set("status", "adopted")
	f.Set("note", "Voted in the council.")
	f.Set("observed_on", time.Now().Format(time.DateOnly))
	f.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.postFile(path+"/progress", f, "vote.txt", "Twelve for it.").StatusCode)
	require.Contains(t, b.get(path+"?kept=compare").Body, "Voted in the council.", "what is not sent yet waits")
	waiting := b.get(path + "?kept=continue").Body
	require.Contains(t, waiting, "Voted in the council.")
	require.Contains(t, waiting, "vote.txt", "with its file")
	f.Del("do")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/progress", f).StatusCode)
	require.Contains(t, b.get(path).Body, "Voted in the council.")

	confirm := b.get(path + "/end")
	sound(t, confirm)
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path+"/end", form(t, confirm.Body, path+"/end")).StatusCode, "a reason is needed")
	f = form(t, confirm.Body, path+"/end")
	f.Set("decision_id", NewDecisionID())
	f.Set("reason", "Nothing more can come of it.")
	stranger := n.as("partner-cyi", "en")
	require.Equal(t, http.StatusForbidden, stranger.post(path+"/end", f).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/end", f).StatusCode)
	ended := b.get(path)
	sound(t, ended)
	require.Contains(t, ended.Body, i18n.For("en").T("followup.ended"))
	require.NotContains(t, ended.Body, path+"/progress")
	require.Equal(t, http.StatusConflict, b.get(path+"/end").StatusCode)
}
