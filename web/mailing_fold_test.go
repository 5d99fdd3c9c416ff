package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

// TestTheFormOfAMailingBeginsWithWhatIsNeeded: texts, then who gets it; the rest is folded, and opens where something is wrong with it.
func TestTheFormOfAMailingBeginsWithWhatIsNeeded(t *testing.T) {
	h := newHouse(t)
	h.published()
	b, l := h.as("officer-khc", "en"), i18n.For("en")
	campaign := h.campaignOf(b, "Spring")
	path := recommendationPath(h.brief.ID) + "/mailings/new"
	page := b.get(path)
	sound(t, page)
	at := func(part string) int {
		t.Helper()
		i := strings.Index(page.Body, part)
		require.Positive(t, i, part)
		return i
	}
	require.Less(t, at(`name="texts[0].subject"`), at(`id="mailing-audience"`))
	require.Less(t, at(`id="mailing-audience"`), at(`id="mailing-settings">`))
	for _, rare := range []string{`name="campaign_id"`, `name="fallback_language"`, `name="counts_links"`, l.T("mailing_file.to")} {
		require.Less(t, at(`id="mailing-settings">`), at(rare), rare)
	}
	require.Contains(t, page.Body, `<span class="folded">Spring · `+l.T("mailing.fallback")+": "+l.Language(h.brief.Language)+`</span>`, "what is folded says what it is")
	require.Less(t, at(`value="count" formnovalidate data-repeatable tabindex="-1"`), at(`name="texts[0].subject"`), "the Enter key counts, and saves nothing")

	f := filled(t, page.Body, path)
	f.Set("fallback_language", "sq")
	for name := range f {
		if strings.HasSuffix(name, ".subject") || strings.HasSuffix(name, ".body") {
			f.Set(name, "")
		}
	}
	f.Set(textOf(t, f, "en")+".subject", "S")
	f.Set(textOf(t, f, "en")+".body", "B")
	f.Set("do", "save")
	page = b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, page.StatusCode)
	sound(t, page)
	require.Contains(t, page.Body, `id="mailing-settings" open>`)
	require.Contains(t, page.Body, `<a href="#f-fallback_language">`+l.T("mailing.fallback")+": ", "by one name wherever it stands")
	f.Set("fallback_language", "en")
	f.Set("campaign_id", "")
	page = b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, page.StatusCode)
	require.Less(t, at(`name="campaign_id"`), at(`name="texts[0].subject"`), "what has to be said stands first")
	f.Set("campaign_id", strings.TrimPrefix(campaign, campaignsPath+"/"))
	f.Set("do", "count")
	f["topics"] = []string{"no-such-topic"}
	page = b.post(path, f)
	require.Contains(t, page.Body, `<details class="mailing-text" open>
<summary>`+l.T("mailing.more"))

}

// TestTheFallbackLanguageHasOneName in the form and in what is said of it.
func TestTheFallbackLanguageHasOneName(t *testing.T) {
	for _, tag := range i18n.Tags() {
		require.Equal(t, i18n.For(tag).T("mailing.fallback"), fieldLabel("fallback_language", i18n.For(tag)), tag)
	}
}
