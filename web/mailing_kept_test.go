package web

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestWhatWasLeftOfAMailingIsComparedWhole: its texts, whom it is for, its settings, and what it has by its kind.
func TestWhatWasLeftOfAMailingIsComparedWhole(t *testing.T) {
	n := newOffice(t)
	n.publish()
	_, path := n.draftMailing()
	left := func(path string, change func(url.Values)) func(tag string) string {
		t.Helper()
		b := n.as("officer-khc", "en")
		require.Equal(t, http.StatusSeeOther, b.post(path, url.Values{"do": {"discard"}, "discard_sure": {"yes"}}).StatusCode)
		f := filled(t, b.get(path).Body, path)
		change(f)
		f.Set("do", "keep")
		require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
		return func(tag string) string {
			compared := n.as("officer-khc", tag).get(addTo(path, "kept=compare"))
			require.Equal(t, http.StatusOK, compared.StatusCode)
			sound(t, compared)
			return html.UnescapeString(compared.Body)
		}
	}
	for _, path := range []string{path, recommendationPath(n.brief.ID) + "/mailings/new", recommendationPath(n.brief.ID) + "/mailings/new?kind=newsletter",
		recommendationPath(n.brief.ID) + "/mailings/new?kind=event", recommendationPath(n.brief.ID) + "/mailings/new?kind=representative"} {
		require.Contains(t, left(path, func(url.Values) {})("en"), i18n.For("en").T("kept.same"), path)
	}
	audience := left(path, func(f url.Values) {
		f["countries"] = []string{"HR", "BG"}
		f.Set("counts_links", "yes")
		f.Set(textOf(t, f, "en")+".plain", "By hand")
	})
	for _, tag := range i18n.Tags() {
		l, said := i18n.For(tag), audience(tag)
		require.NotContains(t, said, l.T("kept.same"))
		require.Contains(t, said, "<h3>"+l.T("mailing.countries")+"</h3>")
		require.Contains(t, said, "<h3>"+l.T("mailing.counts_links")+"</h3>")
		require.Contains(t, said, "<h3>"+l.T("mailing.field_in", "Field", l.T("mailing.plain"), "Language", l.Language("en"))+"</h3>")
		require.NotContains(t, said, "<h3>"+l.T("mailing.roles")+"</h3>", "what is the same is not named")
	}
	event := left(recommendationPath(n.brief.ID)+"/mailings/new?kind=event", func(f url.Values) { f.Set("event.place", "Hall 3") })("en")
	require.Contains(t, event, "<h3>"+i18n.For("en").T("field.event.place")+"</h3>")
	require.NotContains(t, event, i18n.For("en").T("kept.same"))
	letter := left(recommendationPath(n.brief.ID)+"/mailings/new?kind=representative", func(f url.Values) { f.Set("write_until", "2099-05-01") })("en")
	require.Contains(t, letter, "<h3>"+i18n.For("en").T("mailing.write_until")+"</h3>")
}

// addTo adds a pair to the query of an address.
func addTo(path, pair string) string {
	at, err := url.Parse(path)
	if err != nil {
		return path
	}
	if at.RawQuery != "" {
		at.RawQuery += "&"
	}
	at.RawQuery += pair
	return at.String()
}

func TestNothingThatDiffersIsCalledTheSame(t *testing.T) {
	now := url.Values{"roles": {models.RoleReader}, "texts[0].subject": {"S"}, "except_people": {"a"}, "campaign_id": {"new"}}
	same := maps.Clone(now)
	same["texts[0].subject"], same["texts[0].body"], same["segment"] = []string{" S\r\n"}, []string{""}, []string{"x"}
	require.False(t, choicesDiffer(now, same))
	for name, values := range map[string][]string{"except_people": {"b"}, "roles": nil, "campaign_id": {"other"}, "event.day": {"2099-01-01"}, "authorities": {"a"}} {
		other := maps.Clone(same)
		other[name] = values
		require.True(t, choicesDiffer(now, other), name)
	}
	delete(same, "roles")
	require.True(t, choicesDiffer(now, same), "a box that is not ticked is not sent")
}
