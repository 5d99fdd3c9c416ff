package web

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

func TestPublicationPage(t *testing.T) {
	h := newHouse(t)
	_, err := h.db.NewRaw(`INSERT INTO recommendation_countries (recommendation_id, country_code) VALUES (?, 'XK')`, h.brief.ID).Exec(t.Context())
	require.NoError(t, err)
	h.publish()
	brief, err := demo.Brief()
	require.NoError(t, err)
	designation := map[string]string{"en": "Kosovo*", "bg": "Косово*"}
	croatia := map[string]string{"en": "Croatia", "bg": "Хърватия"}
	footnote := map[string]string{"en": "without prejudice to positions on status", "bg": "не засяга позициите по отношение на статута"}
	funding := map[string]string{"en": "Funded by the European Union.", "bg": "Финансирано от Европейския съюз."}
	grant, err := models.GrantByID(t.Context(), h.db, demo.ID("grant", "daphne"))
	require.NoError(t, err)
	require.NotEqual(t, grant.EmblemOf("en"), grant.EmblemOf("bg"))
	for _, tag := range []string{"en", "bg"} {
		t.Run(tag, func(t *testing.T) {
			got := h.public("en").get("/published/" + h.brief.Slug + "/" + tag)
			require.Equal(t, http.StatusOK, got.StatusCode)
			words := i18n.For(tag)
			require.Contains(t, got.Body, `<html lang="`+tag+`">`, "the page speaks the text's language")
			require.Contains(t, got.Body, brief.Texts[tag].Title)
			require.Contains(t, got.Body, brief.Texts[tag].Measures[5])
			require.Contains(t, got.Body, designation[tag])
			require.Contains(t, got.Body, `, <span lang="`+tag+`">`+croatia[tag]+`</span>`, "a ministry is named with its country")
			require.Contains(t, got.Body, footnote[tag])
			require.Contains(t, got.Body, funding[tag])
			require.Contains(t, got.Body, `<img src="`+emblemPath(grant.EmblemOf(tag))+`" alt="European Commission (DAPHNE programme)"`, "each language shows its own")
			require.Contains(t, got.Body, words.T("published.uncovered_lead", "Countries", croatia[tag]))
			require.NotContains(t, got.Body, words.T("published.grant_instead", "Language", words.Language(tag), "Given", words.Language("en")))
			require.Contains(t, got.Body, words.T("published.signed_off"))
			require.Contains(t, got.Body, "<li>Know-how Centre Bulgaria</li>")
			require.NotContains(t, got.Body, "Save the Children", "who did not co-sign does not stand behind it")
			require.Contains(t, got.Body, words.N("published.reviewers", 2))
			require.Contains(t, got.Body, "Fiona Carmichael")
			require.NotContains(t, got.Body, "Tomislav Marušić", "who did not agree is not named in public")
			require.NotContains(t, got.Body, h.person("officer-khc").Name)
			require.Contains(t, got.Body, words.T("followup.status.committed"))
			require.Contains(t, got.Body, `<link rel="canonical" href="https://tribuna.example/published/`+h.brief.Slug+`/`+tag+`">`)
			require.Contains(t, got.Body, `hreflang="bg" href="/published/`+h.brief.Slug+`/bg"`)
			require.Contains(t, got.Body, `type="application/json" href="/api/v1/published/`+h.brief.Slug+`"`)
			require.Contains(t, got.Body, `name="next" value="/published/`+h.brief.Slug+`"`, "another language leads to the text in it")
		})
	}
	require.Contains(t, h.public("bg").get("/published/"+h.brief.Slug).Body, brief.Texts["bg"].Title)
	require.Contains(t, h.public("fr").get("/published/"+h.brief.Slug).Body, brief.Texts["en"].Title)
	require.Equal(t, http.StatusNotFound, h.public("en").get("/published/"+h.brief.Slug+"/ro").StatusCode)
	require.Equal(t, http.StatusNotFound, h.public("en").get("/published/no-such-text").StatusCode)
}

// TestAGrantWithoutWordsInALanguageSpeaksEnglish, and the page says so; a country nobody was asked for is said too.
func TestAGrantWithoutWordsInALanguageSpeaksEnglish(t *testing.T) {
	h := newHouse(t)
	h.publish()
	for _, change := range []string{
		"DELETE FROM grant_statements WHERE language = 'bg'",
		`UPDATE procedures SET document = jsonb_set(document, '{sign_off,uncovered}', '"none"')`,
	} {
		_, err := h.db.NewRaw(change).Exec(t.Context())
		require.NoError(t, err)
	}
	words := i18n.For("bg")
	page := h.public("en").get("/published/" + h.brief.Slug + "/bg").Body
	require.Contains(t, page, `<span lang="en">Funded by the European Union.</span>`)
	require.Contains(t, page, words.T("published.grant_instead", "Language", words.Language("bg"), "Given", words.Language("en")))
	require.Contains(t, page, words.T("published.uncovered_none", "Countries", "Хърватия"))
}

func TestWhoWithdrawsTheirNameIsNotNamed(t *testing.T) {
	h := newHouse(t)
	h.publish()
	version, err := models.VersionByID(t.Context(), h.db, *h.brief.CurrentVersionID)
	require.NoError(t, err)
	e, err := models.EndorsementOf(t.Context(), h.db, h.brief.ID, version.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"Fiona Carmichael"}, e.Reviewers)
	later := h.ask(models.TaskReview, h.person("expert-02").ID)
	_, err = h.db.NewRaw(`INSERT INTO reviews SELECT ?, recommendation_id, version_id, 2, person_id, organisation_id, answer, reasons, 'none', late, ?, now()
		FROM reviews WHERE person_id = ?`, later.ID, uuid.NewString(), h.person("expert-02").ID).Exec(t.Context())
	require.NoError(t, err)
	e, err = models.EndorsementOf(t.Context(), h.db, h.brief.ID, version.ID)
	require.NoError(t, err)
	require.Empty(t, e.Reviewers)
	require.Equal(t, 2, e.Reviews)
}

func TestPublishedListAndFeed(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.public("en").get("/published").Body, i18n.For("en").T("home.welcome.nothing"))
	h.publish()
	brief, err := demo.Brief()
	require.NoError(t, err)
	for _, tag := range i18n.Tags() {
		require.Contains(t, h.public(tag).get("/published").Body, brief.Texts[tag].Title)
		require.Contains(t, h.public(tag).get("/").Body, brief.Texts[tag].Title)
	}
	require.Contains(t, h.public("bg").get("/published?q=LEAVING&country=HR").Body, brief.Texts["bg"].Title, "a title is found in any language")
	require.NotContains(t, h.public("bg").get("/published?country=RO").Body, brief.Texts["bg"].Title)

	got := h.public("bg").get("/published.atom")
	require.Contains(t, got.Header.Get("Content-Type"), "application/atom+xml")
	var feed struct {
		Entries []struct {
			Title string `xml:"title"`
			ID    string `xml:"id"`
		} `xml:"entry"`
	}
	require.NoError(t, xml.Unmarshal([]byte(got.Body), &feed))
	require.Len(t, feed.Entries, 1)
	require.Equal(t, brief.Texts["bg"].Title, feed.Entries[0].Title)
	require.Equal(t, "https://tribuna.example/published/"+h.brief.Slug, feed.Entries[0].ID)
}

func TestUnsubscribe(t *testing.T) {
	h := newHouse(t)
	reader := models.Person{Name: "Somebody", Email: "mara@readers.example", Language: "bg"}
	require.NoError(t, models.CreatePerson(t.Context(), h.db, &reader))
	path := "/u/" + h.server.Links.Mint(links.KindUnsubscribe, uuid.New(), reader.ID, 0)
	unsubscribed := func() bool {
		p, err := models.PersonByID(t.Context(), h.db, reader.ID)
		require.NoError(t, err)
		return p.UnsubscribedAt != nil
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		got := h.public("").send(method, path, nil)
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.False(t, unsubscribed(), "%s changes nothing", method)
	}
	asked := h.public("").get(path)
	require.Contains(t, asked.Body, i18n.For("bg").T("published.unsubscribe.button"), "in the reader's language")
	require.Contains(t, asked.Body, "m…@readers.example")
	require.NotContains(t, asked.Body, reader.Email)

	provider := h.public("")
	provider.header.Set("Origin", "https://mail.example")
	provider.header.Set("Sec-Fetch-Site", "cross-site")
	got := provider.post(path, url.Values{"List-Unsubscribe": {"One-Click"}})
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.True(t, unsubscribed())
	require.Equal(t, http.StatusOK, provider.post(path, url.Values{"List-Unsubscribe": {"One-Click"}}).StatusCode, "again is no mistake")
	require.Contains(t, h.public("").get(path).Body, i18n.For("bg").T("published.unsubscribe.done_title"))

	for _, bad := range []string{"/u/tu_abc", "/u/" + h.server.Links.Mint(links.KindTask, uuid.New(), reader.ID, 0),
		"/u/" + h.server.Links.Mint(links.KindUnsubscribe, uuid.New(), uuid.New(), 0)} {
		require.Equal(t, http.StatusNotFound, h.public("en").get(bad).StatusCode)
		require.Equal(t, http.StatusNotFound, h.public("en").post(bad, url.Values{}).StatusCode)
	}
}
