package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// regexpChecked finds the authorities that are ticked.
var regexpChecked = regexp.MustCompile(`name="authorities" value="([^"]+)" checked`)

// inForm are the fields of a text, a letter or an item in a language.
func inForm(t testing.TB, f url.Values, prefix, language string) string {
	t.Helper()
	for name, values := range f {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, ".language") && values[0] == language {
			return strings.TrimSuffix(name, ".language")
		}
	}
	require.FailNow(t, "no fields of "+prefix+" in "+language)
	return ""
}

func TestANewsletterIsComposedWithoutScripts(t *testing.T) {
	n := newOffice(t)
	n.publish()
	n.exec(`UPDATE recommendations SET published_at = coalesce(published_at, now())`) // whatever has a publication can be carried
	path := recommendationPath(n.brief.ID) + "/mailings/new?kind=newsletter"
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), n.as("officer-khc", tag)
		opened := b.get(path)
		require.Equal(t, http.StatusOK, opened.StatusCode, opened.Body)
		sound(t, opened)
		require.Contains(t, opened.Body, "<h1>"+l.T("mailing.kind.newsletter")+"</h1>")
		require.Regexp(t, recommendationPath(n.brief.ID)+`/mailings/new\?(campaign=[0-9a-f-]{36}&amp;)?kind=representative"`, opened.Body, "in the same campaign where there is one")
		f := filled(t, opened.Body, path)
		require.Equal(t, n.brief.ID.String(), f.Get("items[0].of"), "it begins with the recommendation that it is kept with")

		f.Set("do", "item-add")
		nothing := b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, nothing.StatusCode, "nothing was chosen")
		sound(t, nothing)
		f.Set("do", "item-own")
		more := b.post(path, f)
		require.Equal(t, http.StatusOK, more.StatusCode)
		sound(t, more)
		f = filled(t, more.Body, path)
		require.True(t, f.Has("items[1].of"))
		own := inForm(t, f, "items[1]", "en")
		f.Set(own+".heading", "A meeting in spring")
		f.Set(own+".body", "Everybody is invited.")
		f.Set("items[1].link", "https://example.org/meeting")
		f.Set("do", "item-up-1")
		f = filled(t, b.post(path, f).Body, path)
		own = inForm(t, f, "items[0]", "en")
		require.Equal(t, "A meeting in spring", f.Get(own+".heading"), "what was written goes with it")
		require.Equal(t, n.brief.ID.String(), f.Get("items[1].of"))
		require.Empty(t, n.mailingsOf(), "nothing is saved by it")

		f["roles"], f["countries"] = []string{models.RoleReader}, []string{"HR"}
		f.Set("fallback_language", "en")
		text := inForm(t, f, "texts[", "en")
		f.Set(text+".subject", "Spring news")
		f.Set(text+".body", "What happened **lately**.")
		f.Set("do", "save")
		f.Set(own+".heading", "")
		wrong := b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		require.Contains(t, wrong.Body, `<a href="#`+fieldID(own+".heading")+`">`+l.T("mailing.item_heading")+" ("+l.Language("en")+"): ")
		f.Set(own+".heading", "A meeting in spring")
		removed := url.Values{}
		for name, values := range f {
			removed[name] = values
		}
		removed.Set("do", "item-remove-1")
		alone := filled(t, b.post(path, removed).Body, path)
		require.False(t, alone.Has("items[1].of"))
		alone.Set("do", "save")
		without := b.post(path, alone)
		require.Equal(t, http.StatusUnprocessableEntity, without.StatusCode)
		sound(t, without)
		require.Contains(t, without.Body, l.T("error.field.newsletter_own"))

		saved := b.post(path, f)
		require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
		mailing := saved.Header.Get("Location")
		draft := b.get(mailing)
		sound(t, draft)
		require.Contains(t, draft.Body, "A meeting in spring")
		launch := b.get(mailing + "/launch")
		sound(t, launch)
		require.Contains(t, launch.Body, "<dd>"+l.T("mailing.kind.newsletter")+"</dd>")
		require.Regexp(t, `<ol class="shown-list"><li>(<span lang="en">)?A meeting in spring.*</li><li>`, launch.Body, "who decides sees what it carries")
		sound(t, b.get(mailing+"/preview?language=en"))
		letter := b.get(mailing + "/letter?language=en").Body
		require.Less(t, strings.Index(letter, "<strong>lately</strong>"), strings.Index(letter, "A meeting in spring"))
		require.Less(t, strings.Index(letter, "A meeting in spring"), strings.Index(letter, "/published/"+n.brief.Slug+"/en"))
		require.Contains(t, letter, "https://example.org/meeting")
		sound(t, b.get(mailing+"/launch"))

		again := filled(t, draft.Body, mailing)
		again.Set("do", "item-down-0")
		again = filled(t, b.post(mailing, again).Body, mailing)
		again.Set("do", "save")
		require.Equal(t, http.StatusSeeOther, b.post(mailing, again).StatusCode)
		list := n.mailingsOf()
		m, err := models.MailingByID(t.Context(), n.db, list[0].ID)
		require.NoError(t, err)
		require.Equal(t, models.MailingKindNewsletter, m.Kind)
		require.Len(t, m.Items, 2)
		require.Equal(t, n.brief.ID, *m.Items[0].RecommendationID, "the order is kept")
		n.exec(`DELETE FROM processes WHERE id = ?`, m.ID)
		n.exec(`DELETE FROM mailings WHERE id = ?`, m.ID)
	}
}

func TestALetterToRepresentativesIsPreparedInEveryLanguage(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := recommendationPath(n.brief.ID) + "/mailings/new?kind=representative"
	require.Contains(t, n.as("officer-khc", "en").get(recommendationPath(n.brief.ID)+"/mailings/new").Body, path)
	n.exec(`UPDATE authorities SET email = '', postal_address = ''`)
	none := n.as("officer-khc", "en").get(path)
	sound(t, none)
	require.Contains(t, none.Body, i18n.For("en").T("mailing.no_authorities"))
	n.exec(`UPDATE authorities SET email = 'office@authority.example'`)
	retired := n.authority("gone", "", models.LevelEuropean, "gone@authority.example", "")
	n.exec(`UPDATE authorities SET retired_at = now() WHERE id = ?`, retired)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), n.as("officer-khc", tag)
		opened := b.get(path)
		require.Equal(t, http.StatusOK, opened.StatusCode, opened.Body)
		sound(t, opened)
		require.Contains(t, opened.Body, l.T("mailing.representative_help"))
		require.NotContains(t, opened.Body, retired.String())
		f := filled(t, opened.Body, path)
		letter := inForm(t, f, "letters[", n.brief.Language)
		require.Contains(t, f.Get(letter+".body"), "/published/"+n.brief.Slug+"/"+n.brief.Language)
		require.Contains(t, f.Get(letter+".body"), "1. ", "what it asks for is in the letter")
		chosen := regexpChecked.FindAllStringSubmatch(opened.Body, -1)
		require.NotEmpty(t, chosen, "to whom it is addressed is ticked")
		require.Regexp(t, `<details class="choice-group"[^>]* open><summary>`, opened.Body, "and their country stands open")
		require.Regexp(t, `<details class="choice-group"( data-find-group)?><summary>`, opened.Body, "the others are folded")

		f["roles"], f["countries"] = []string{models.RoleReader}, []string{"HR"}
		f.Set("fallback_language", n.brief.Language)
		delete(f, "authorities")
		f.Set("do", "save")
		wrong := b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		require.Contains(t, wrong.Body, `<a href="#f-authorities">`+l.T("mailing.authorities")+": ", "it is said which field")
		f["authorities"] = []string{chosen[0][1]}
		kept := f.Get(letter + ".body")
		f.Set(letter+".subject", "")
		wrong = b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		require.Contains(t, wrong.Body, `<a href="#`+fieldID(letter+".subject")+`">`+l.T("mailing.prepared_subject")+" ("+l.Language(n.brief.Language)+"): ")
		f.Set(letter+".subject", "Mentors")
		f.Set("write_until", "1 May")
		wrong = b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		require.Contains(t, wrong.Body, `<a href="#f-write_until">`+l.T("mailing.write_until")+": "+l.T("error.field.date"))
		f.Set("write_until", "2020-05-01")
		wrong = b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		require.Contains(t, wrong.Body, `<a href="#f-write_until">`+l.T("mailing.write_until")+": "+l.T("error.field.writing_day_over"), "at once, not at the launch")
		f.Set("write_until", "2099-05-01")
		saved := b.post(path, f)
		require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
		mailing := saved.Header.Get("Location")
		draft := b.get(mailing)
		sound(t, draft)
		require.Contains(t, draft.Body, "Mentors")
		m, err := models.MailingByID(t.Context(), n.db, n.mailingsOf()[0].ID)
		require.NoError(t, err)
		require.Equal(t, models.MailingKindRepresentative, m.Kind)
		require.Equal(t, typed(kept), m.Letter(n.brief.Language).Body)
		reads := b.get(mailing + "/letter?language=" + n.brief.Language).Body
		require.Contains(t, reads, "/write/"+m.ID.String())
		require.Contains(t, reads, i18n.For(n.brief.Language).T("write.until", "Date", i18n.For(n.brief.Language).Date(*m.WriteUntil, time.UTC)))
		require.Equal(t, "2099-05-01", filled(t, draft.Body, mailing).Get("write_until"))
		launch := html.UnescapeString(b.get(mailing + "/launch").Body)
		require.Contains(t, launch, "<dd>"+l.T("mailing.kind.representative")+"</dd>", "who decides sees what it is")
		require.Contains(t, launch, `">Mentors</span></summary><p class="said" lang="`+n.brief.Language+`">`+typed(kept))
		addressee, err := models.AuthorityByID(t.Context(), n.db, m.Authorities[0])
		require.NoError(t, err)
		require.Contains(t, launch, l.Name(addressee.Names).Text)
		require.Contains(t, launch, "<dd>"+l.Date(*m.WriteUntil, time.UTC)+"</dd>")
		n.exec(`UPDATE mailings SET write_until = '2020-05-01' WHERE id = ?`, m.ID)
		late := b.get(mailing + "/launch")
		sound(t, late)
		require.Contains(t, late.Body, l.T("mailing.writing_over"))
		n.exec(`UPDATE mailings SET write_until = '2099-05-01' WHERE id = ?`, m.ID)
		n.launchedNow(m)
		progress := b.get(mailing)
		sound(t, progress)
		require.Contains(t, progress.Body, "/write/"+m.ID.String())
		require.Contains(t, progress.Body, l.N("write.count", 0))
		require.NoError(t, models.SayWritten(t.Context(), n.db, m.ID, n.person("reader").ID, true, time.Now()))
		report := b.get(mailing + "/report")
		sound(t, report)
		require.Contains(t, report.Body, "<dt>"+l.T("mailing.report.wrote")+"</dt><dd>1</dd>")
		n.exec(`DELETE FROM processes WHERE id = ?`, m.ID)
		n.exec(`DELETE FROM mailings WHERE id = ?`, m.ID)
	}
}
