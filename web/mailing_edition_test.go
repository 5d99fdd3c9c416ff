package web

import (
	"html"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestALaunchSaysWhichTextsNameWhatIsNotPublished: the brief is published in English and Bulgarian.
func TestALaunchSaysWhichTextsNameWhatIsNotPublished(t *testing.T) {
	h := newHouse(t)
	h.published()
	m, err := models.CreateMailing(t.Context(), h.db, h.brief, models.MailingInput{FallbackLanguage: "en", Audience: models.Audience{Roles: []string{models.RoleReader}},
		Texts: []models.MailingText{{Language: "en", Subject: "{title}", Body: "{link}"}, {Language: "bg", Subject: "С", Body: "{title}"},
			{Language: "ro", Subject: "S", Body: "{link}", Plain: "{summary}"}, {Language: "sq", Subject: "S", Body: "Pa fusha"}}}, h.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	path := mailingPath(m.ID)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		said := l.T("mailing.unpublished_in", "Fields", l.ListAnd([]string{"{summary}", "{link}"}), "Languages", l.Language("ro")) + " " +
			l.T("mailing.unpublished_words", "Given", l.Language("en")) + " " + l.T("mailing.unpublished_link")
		for _, page := range []string{"/launch", "/preview?language=ro"} {
			shown := b.get(path + page)
			require.Equal(t, http.StatusOK, shown.StatusCode)
			sound(t, shown)
			require.Contains(t, shown.Body, "<h2>"+html.EscapeString(l.T("mailing.unpublished"))+"</h2>", page)
			require.Contains(t, html.UnescapeString(shown.Body), said, page)
		}
		for _, language := range []string{"en", "bg", "sq"} {
			require.NotContains(t, b.get(path+"/preview?language="+language).Body, html.EscapeString(l.T("mailing.unpublished")), language)
		}
	}
}

// TestAFieldWhereNoneIsFilledInIsBlamedWhereItIsWritten, in an item of a newsletter and in a letter that readers send.
func TestAFieldWhereNoneIsFilledInIsBlamedWhereItIsWritten(t *testing.T) {
	h := newHouse(t)
	h.published()
	path := recommendationPath(h.brief.ID) + "/mailings/new"
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		f := filled(t, b.get(path+"?kind=newsletter").Body, path+"?kind=newsletter")
		f.Set("do", "item-own")
		f = filled(t, b.post(path+"?kind=newsletter", f).Body, path+"?kind=newsletter")
		own := inForm(t, f, "items[1]", "ro")
		f.Set(own+".heading", "O întâlnire")
		f.Set(own+".body", "Dragă {nume}")
		f.Set("do", "save")
		wrong := b.post(path+"?kind=newsletter", f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		require.Contains(t, wrong.Body, `href="#`+fieldID(own+".body")+`"`)
		require.Contains(t, wrong.Body, html.EscapeString(l.T("error.field.mailing_field_here", "field", "{nume}")))

		f = filled(t, b.get(path+"?kind=representative").Body, path+"?kind=representative")
		letter := inForm(t, f, "letters[", "bg")
		f.Set(letter+".subject", "За {name}")
		f.Set("do", "save")
		wrong = b.post(path+"?kind=representative", f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		require.Contains(t, wrong.Body, `href="#`+fieldID(letter+".subject")+`"`)
		require.Contains(t, wrong.Body, html.EscapeString(l.T("error.field.mailing_field_here", "field", "{name}")))
	}
}
