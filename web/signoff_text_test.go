package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestTheTextToSignCanBeReadInTheReadersLanguage(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.Grace = "1s" })
	n.accept()
	n.translate(t, n.as("officer-khc", "bg"), recommendationPath(n.brief.ID))
	n.waitFor("two organisations are asked", func() bool { return len(n.open(models.TaskSignOff)) == 2 })
	task := n.signOffTask("khc")
	version := n.versionOf(task)
	bg, en := i18n.For("bg"), i18n.For("en")

	b, path := n.byLink(task, n.person("partner-khc"), "")
	page := b.get(path)
	require.Equal(t, http.StatusOK, page.StatusCode, page.Body)
	sound(t, page)
	require.Contains(t, page.Body, `<h1 lang="bg">Заглавие</h1>`, "in the language of their profile, by the personal link")
	require.Contains(t, page.Body, `<div class="prose" lang="bg">`)
	require.Contains(t, page.Body, `<p lang="bg">Мярка.</p>`)
	require.Contains(t, page.Body, bg.T("signoff.translation", "Language", bg.Language("bg"), "Original", bg.Language("en")))
	require.Contains(t, page.Body, `href="`+path+`?lang=en#text"`)
	f := form(t, page.Body, path+"/sign-off")
	require.Equal(t, version.Hash, f.Get("version_hash"), "what is signed is the original")

	original := b.get(path + "?lang=en")
	sound(t, original)
	require.Contains(t, original.Body, version.Title+"</h1>")
	require.Contains(t, original.Body, `<div class="prose" lang="en">`)
	require.NotContains(t, original.Body, bg.T("signoff.read_original"))
	require.Contains(t, original.Body, `href="`+path+`?lang=bg#text"`)
	f = form(t, original.Body, path+"/sign-off")
	require.Equal(t, version.Hash, f.Get("version_hash"))
	again := b.post(path+"/sign-off", f)
	require.Equal(t, http.StatusUnprocessableEntity, again.StatusCode)
	require.Contains(t, again.Body, `<div class="prose" lang="en">`, "a refused form keeps the language")

	other := n.signOffTask("tdh")
	lead := n.as("partner-tdh-al", "en")
	theirs := lead.get(taskPath(other.ID))
	require.Contains(t, theirs.Body, `<div class="prose" lang="en">`, "there is no translation into theirs: as it was written")
	require.NotContains(t, theirs.Body, en.T("signoff.read_original"))
	require.Contains(t, lead.get(taskPath(other.ID)+"?lang=ro").Body, `<div class="prose" lang="en">`)
	require.Contains(t, lead.get(taskPath(other.ID)+"?lang=bg").Body, `<div class="prose" lang="bg">`)

	f = form(t, page.Body, path+"/sign-off")
	f.Set("answer", models.SignOffApprove)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/sign-off", f).StatusCode)
}

func TestAnUnapprovedTranslationIsNotOffered(t *testing.T) {
	h := newHouse(t)
	version, err := models.VersionByID(t.Context(), h.db, *h.brief.CurrentVersionID)
	require.NoError(t, err)
	_, err = models.OpenTranslation(t.Context(), h.db, version, "bg")
	require.NoError(t, err)
	approved, err := models.ApprovedTranslations(t.Context(), h.db, version.ID)
	require.NoError(t, err)
	require.Empty(t, approved)
}
