package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestAGrantSaysWhatIsMissingAndWhereItIsFilledIn(t *testing.T) {
	h := newHouse(t)
	h.exec(`DELETE FROM grant_designations WHERE language NOT IN ('en', 'bg')`)
	h.exec(`UPDATE grant_designations SET footnote = '' WHERE language = 'bg'`)
	h.exec(`DELETE FROM grant_statements WHERE language = 'sq'`)
	c, page := h.as("coordinator", "en"), grantPath(demo.ID("grant", "daphne"))
	l := i18n.For("en")
	got := c.get(page).Body
	missing := l.ListAnd([]string{l.Language("sq"), l.Language("ro"), l.Language("sr-Latn")})
	for _, want := range []string{
		"Kosovo: there is no name in public in: " + missing + ". It stands there in another language: English. <a href=\"" + page + "/countries/XK\">",
		"Kosovo: there is no footnote in: ",
		"Who paid is not said in: Albanian. It stands there in another language: English. <a href=\"" + page + "/edit\">",
	} {
		require.Contains(t, got, want)
	}
	require.Contains(t, c.get(grantsPath).Body, l.T("grant.gaps.some"))
	require.NoError(t, models.SetNetworkDesignation(t.Context(), h.db, "XK", models.Names{"en": "Kosovo*"}, models.Names{"en": "Resolution 1244"}))
	h.exec(`DELETE FROM grant_designations`)
	require.Contains(t, c.get(page).Body, `<a href="/administration/countries/XK">`, "where the grant says nothing the network does")
	h.exec(`UPDATE countries SET designations = '{}', footnotes = '{}'`)
	h.exec(`INSERT INTO grant_statements SELECT grant_id, 'sq', statement, disclaimer FROM grant_statements WHERE language = 'en' ON CONFLICT DO NOTHING`)
	require.NotContains(t, c.get(page).Body, l.T("grant.gaps"), "nothing is missing any more")
}

func TestTheOfficerIsToldBeforePublishingWhatALanguageLacks(t *testing.T) {
	h := newHouse(t)
	h.enter(models.StagePublication)
	h.ask(models.TaskPublish, h.person("officer-khc").ID)
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	path := recommendationPath(h.brief.ID) + "/publish"
	require.NotContains(t, b.get(path).Body, l.T("officer.publish.gaps"))
	for _, change := range []string{`INSERT INTO recommendation_countries SELECT id, 'XK' FROM recommendations ON CONFLICT DO NOTHING`,
		`DELETE FROM grant_statements WHERE language = 'en'`, `UPDATE grant_designations SET footnote = '' WHERE language = 'en'`} {
		h.exec(change)
	}
	page := b.get(path)
	require.Equal(t, http.StatusOK, page.StatusCode)
	for _, want := range []string{l.T("officer.publish.gaps"), "Grant DEMO-DAPHNE-2026-017: Who paid is not said in: English. It is left out there.",
		"Grant DEMO-DAPHNE-2026-017: Kosovo: there is no footnote in: English. It is left out there."} {
		require.Contains(t, page.Body, want)
	}
	require.NotContains(t, page.Body, grantsPath, "who may not change the grant is not sent there")
}
