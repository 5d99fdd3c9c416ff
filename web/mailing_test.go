package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// publish takes the brief as far as its public page.
func (n *office) publish() {
	n.t.Helper()
	n.patient(func(d *models.ProcedureDocument) {
		d.Review.Grace, d.Translation.Skip, d.SignOff.Skip, d.FollowUp.First = "1s", true, true, "1s"
	})
	n.accept()
	n.say(n.brief.ID, n.officer, models.DecidePublish, &n.open(models.TaskPublish)[0], models.NoPayload{})
	n.brief = n.reload()
	require.NotNil(n.t, n.brief.PublishedAt)
}

func (n *office) mailingsOf() []models.Mailing {
	n.t.Helper()
	list, err := models.MailingsOf(n.t.Context(), n.db, n.brief.ID)
	require.NoError(n.t, err)
	return list
}

func TestMailingFromFormToOutcome(t *testing.T) {
	n := newOffice(t)
	n.publish()
	b := n.as("officer-khc", "en")
	path := recommendationPath(n.brief.ID) + "/mailings/new"
	page := b.get(path)
	require.Equal(t, http.StatusOK, page.StatusCode, page.Body)
	sound(t, page)
	require.Contains(t, page.Body, i18n.For("en").N("mailing.people", 1000))
	f := form(t, page.Body, path)
	f["roles"], f["countries"], f["languages"] = []string{models.RoleReader}, []string{"HR"}, []string{"en"}
	english := textOf(t, f, "en")
	f.Set(english+".subject", "A subject")
	f.Set(english+".body", "A text with **weight**.")
	f.Set("fallback_language", "bg")

	f.Set("do", "count")
	counted := b.post(path, f)
	require.Equal(t, http.StatusOK, counted.StatusCode)
	sound(t, counted)
	require.Contains(t, counted.Body, i18n.For("en").N("mailing.people", 15))
	require.Contains(t, counted.Body, "A text with **weight**.")
	require.Empty(t, n.mailingsOf(), "counting saves nothing")

	f.Set("do", "save")
	wrong := b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode, "there is no text in the language for the others")
	require.Contains(t, wrong.Body, i18n.For("en").T("error.field.fallback_text"))
	require.Empty(t, n.mailingsOf())
	f.Set("fallback_language", "en")
	f.Set(textOf(t, f, "bg")+".body", "Текст без тема")
	wrong = b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, wrong.Body, `href="#f-`+strings.NewReplacer("[", "-", "]", "").Replace(textOf(t, f, "bg"))+`-subject"`)
	f.Del(textOf(t, f, "bg") + ".body")

	saved := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	again := b.post(path, f)
	require.Equal(t, saved.Header.Get("Location"), again.Header.Get("Location"), "a second click makes no second mailing")
	require.Len(t, n.mailingsOf(), 1)
	mailing := saved.Header.Get("Location")
	draft := b.get(mailing)
	sound(t, draft)
	require.Contains(t, draft.Body, "A text with **weight**.")
	preview := b.get(mailing + "/preview?language=en")
	sound(t, preview)
	letter := b.get(mailing + "/letter?language=en")
	require.Contains(t, letter.Body, "<strong>weight</strong>")
	require.Contains(t, letter.Header.Get("Content-Security-Policy"), "sandbox; default-src 'none'")
	require.Equal(t, http.StatusNotFound, b.get(mailing+"/preview?language=bg").StatusCode)

	n.editMailingTwice(b, mailing)
	n.launch(b, mailing)
}

// textOf returns the fields' name of the text in a language.
func textOf(t testing.TB, f url.Values, language string) string {
	t.Helper()
	for name, values := range f {
		if strings.HasSuffix(name, ".language") && values[0] == language {
			return strings.TrimSuffix(name, ".language")
		}
	}
	require.FailNow(t, "no text in "+language)
	return ""
}

// editMailingTwice saves from a form that is outdated the second time.
func (n *office) editMailingTwice(b *reader, mailing string) {
	t := n.t
	t.Helper()
	f := form(t, b.get(mailing).Body, mailing)
	f["roles"], f["countries"], f["languages"] = []string{models.RoleReader}, []string{"HR"}, []string{"en"}
	f.Set("fallback_language", "en")
	f.Set(textOf(t, f, "en")+".subject", "A better subject")
	f.Set(textOf(t, f, "en")+".body", "A text with **weight**.")
	f.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(mailing, f).StatusCode)
	f.Set(textOf(t, f, "en")+".subject", "Another subject")
	outdated := b.post(mailing, f)
	require.Equal(t, http.StatusPreconditionFailed, outdated.StatusCode)
	sound(t, outdated)
	require.Contains(t, outdated.Body, `value="Another subject"`)
	require.Contains(t, outdated.Body, "A better subject", "both are shown")
}

// launch sends the mailing and follows it to its end.
func (n *office) launch(b *reader, mailing string) {
	t := n.t
	t.Helper()
	require.NotContains(t, b.get(mailing+"/launch").Body, i18n.For("en").T("mailing.gaps"))
	n.exec(`DELETE FROM grant_statements WHERE language = 'en'`)
	page := b.get(mailing + "/launch")
	sound(t, page)
	require.Contains(t, page.Body, i18n.For("en").T("mailing.gaps"), "the officer is told what the letters lack")
	require.Contains(t, page.Body, i18n.For("en").N("mailing.launch_button", 15))
	f := form(t, page.Body, mailing+"/launch")
	require.Equal(t, "15", f.Get("expected"))
	_, err := n.db.NewRaw(`UPDATE people SET unsubscribed_at = now() WHERE id = (SELECT id FROM people WHERE country_code = 'HR'
		AND language = 'en' AND consent_at IS NOT NULL AND unsubscribed_at IS NULL LIMIT 1)`).Exec(t.Context())
	require.NoError(t, err)
	changed := b.post(mailing+"/launch", f)
	require.Equal(t, http.StatusUnprocessableEntity, changed.StatusCode, "another number of people than was seen")
	require.Contains(t, changed.Body, i18n.For("en").N("mailing.launch_button", 14))

	f = form(t, changed.Body, mailing+"/launch")
	f.Set("at_night", "yes") // the test is run at any hour
	launched := b.post(mailing+"/launch", f)
	require.Equal(t, http.StatusSeeOther, launched.StatusCode, launched.Body)
	n.waitFor("the mailing is sent", func() bool { return n.mailingsOf()[0].State == models.MailingSent })
	outcome := b.get(mailing)
	sound(t, outcome)
	require.Contains(t, outcome.Body, i18n.For("en").T("mailing.state.sent"))
	require.Contains(t, outcome.Body, i18n.For("en").T("progress.count", "Done", "14", "Total", "14"))
	list := b.get(mailing + "/recipients?state=delivered")
	sound(t, list)
	require.Equal(t, 14, strings.Count(list.Body, `<th scope="row">`))
	require.Contains(t, b.get(mailing+"/recipients?state=failed").Body, i18n.For("en").T("mailing.nobody_here"))
	require.Equal(t, http.StatusSeeOther, b.get(mailing+"/launch").StatusCode, "it is launched once")
	n.comesBack(b, mailing)
	b.header.Set("HX-Request", "true")
	part := b.get(mailing + "/progress")
	require.NotContains(t, part.Body, "<html")
	require.NotContains(t, part.Body, "hx-get", "what is over is not asked about again")
}

func TestMailingIsSteered(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m := n.sendingMailing()
	path := mailingPath(m.ID)
	b := n.as("officer-khc", "bg")
	page := b.get(path)
	sound(t, page)
	require.Contains(t, page.Body, `hx-get="`+path+`/progress"`)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/pause", form(t, page.Body, path+"/pause")).StatusCode)
	paused := b.get(path)
	require.Contains(t, paused.Body, i18n.For("bg").T("mailing.state.paused"))
	confirm := b.get(path + "/cancel")
	sound(t, confirm)
	require.Equal(t, models.MailingPaused, n.mailingsOf()[0].State, "looking cancels nothing")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/cancel", form(t, confirm.Body, path+"/cancel")).StatusCode)
	require.Equal(t, models.MailingCancelled, n.mailingsOf()[0].State)
	late := b.post(path+"/resume", url.Values{"decision_id": {NewDecisionID()}})
	require.Equal(t, http.StatusSeeOther, late.StatusCode)
	require.Contains(t, b.get(path).Body, "notice-harm", "why not is said on the page")

	for _, who := range []string{"officer-tdh", "partner-khc", "reader"} {
		stranger := n.as(who, "en")
		require.Equal(t, http.StatusNotFound, stranger.get(path).StatusCode, who)
		require.Equal(t, http.StatusNotFound, stranger.post(path+"/pause", url.Values{"decision_id": {NewDecisionID()}}).StatusCode, who)
	}
	require.Equal(t, http.StatusSeeOther, n.public("en").get(path).StatusCode, "the public is asked to sign in")
}

// sendingMailing is a mailing that cannot end: its mails wait, though not so long that it were to rest.
func (n *office) sendingMailing() *models.Mailing {
	n.t.Helper()
	ctx := n.t.Context()
	m, err := models.CreateMailing(ctx, n.db, n.brief, models.MailingInput{FallbackLanguage: "en",
		Audience: models.Audience{Roles: []string{models.RoleReader}, Countries: []string{"HR"}},
		Texts:    []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}, n.officer.ID, time.Now())
	require.NoError(n.t, err)
	_, err = models.EnqueueMailing(ctx, n.db, models.MailingRecipients{MailingID: m.ID, RecommendationID: n.brief.ID, Audience: m.Audience,
		Texts: []string{"en"}, Fallback: "en"}, time.Now().Add(10*time.Minute))
	require.NoError(n.t, err)
	now := time.Now()
	m.State, m.LaunchedAt = models.MailingSending, &now
	require.NoError(n.t, m.SaveState(ctx, n.db))
	return m
}
