package web

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestOfficersReadSubjectsWithTheirFieldsFilledIn wherever a mailing is named: the title is the recommendation's, what differs from reader
// to reader is said in brackets, in the language of the page.
func TestOfficersReadSubjectsWithTheirFieldsFilledIn(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	n.exec(`UPDATE mailing_texts SET subject = ? WHERE mailing_id = ?`, `For {name}: {title} \{title}`, m.ID)
	words, err := models.MailingWordsIn(t.Context(), n.db, m.ID, "en")
	require.NoError(t, err)
	says := func(tag string, pages ...string) {
		t.Helper()
		l, b := i18n.For(tag), n.as("officer-khc", tag)
		for _, page := range pages {
			got := b.get(page)
			require.Equal(t, http.StatusOK, got.StatusCode, page)
			sound(t, got)
			body := html.UnescapeString(strings.ReplaceAll(got.Body, "\r\n ", ""))
			require.Contains(t, body, "For ["+l.T("mailing.field_open.name")+"]: "+words.Title+" {title}", page)
			require.NotContains(t, body, "{name}", page)
		}
	}
	about, campaign := recommendationPath(n.brief.ID), campaignPath(m.CampaignID)
	for _, tag := range i18n.Tags() {
		says(tag, path+"/launch", about, campaign, campaignsPath)
	}
	b := n.as("officer-khc", "en")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/launch", leavesLater(form(t, b.get(path+"/launch").Body, path+"/launch"), 2, "15:00")).StatusCode)
	for _, tag := range i18n.Tags() {
		says(tag, path, path+"/report", path+"/recipients?state=delivered", about, campaign, campaign+"/calendar.ics")
		form := n.as("officer-khc", tag).get(about + "/mailings/new")
		require.Contains(t, html.UnescapeString(form.Body), "For ["+i18n.For(tag).T("mailing.field_open.name")+"]: "+words.Title, "among earlier ones")
	}
}

func TestASubjectIsShownAsFarAsItIsTheSameForAll(t *testing.T) {
	open := func(f models.MailingField) string { return "<" + string(f) + ">" }
	for subject, want := range map[string]string{"News": "News", "{title}": "Mentors", `\{name}`: "{name}", "{name} of {organisation}": "<name> of <organisation>",
		"{summary}": "<summary>", "{nonsense}": "{nonsense}"} {
		require.Equal(t, want, models.SubjectLine{Subject: subject, Title: "Mentors"}.Shown(open), subject)
	}
	require.Equal(t, "<title>", models.SubjectLine{Subject: "{title}"}.Shown(open))
}

// TestTheDraftOfAMailingSaysWhatItIs: its subject, its kind, that it is a draft, and once it is saved who sees it.
func TestTheDraftOfAMailingSaysWhatItIs(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	n.exec(`UPDATE mailing_texts SET subject = 'For {name}' WHERE mailing_id = ?`, m.ID)
	n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, 'bg', 'За {name}', 'Б')`, m.ID)
	owner, err := models.OrganisationByID(t.Context(), n.db, n.brief.OrganisationID)
	require.NoError(t, err)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), n.as("officer-khc", tag)
		page := b.get(path)
		sound(t, page)
		head := `<h1 lang="en">For [` + l.T("mailing.field_open.name") + `]</h1>`
		if tag == "bg" {
			head = `<h1 lang="bg">За [` + l.T("mailing.field_open.name") + `]</h1>`
		}
		require.Contains(t, page.Body, head)
		require.Regexp(t, l.T("mailing.state.draft")+`</span> `+mailingTitle(l, models.MailingKindCampaign)+`</p>`, page.Body)
		for do, to := range map[string]string{"launch": path + "/launch", "files": path + "/files", "save": path} {
			f := filled(t, b.get(path).Body, path)
			f.Set("do", do)
			saved := b.post(path, f)
			require.Equal(t, to, saved.Header.Get("Location"))
			require.Contains(t, html.UnescapeString(b.get(to).Body), l.T("mailing.saved", "Organisation", owner.Name), do)
		}
	}
}
