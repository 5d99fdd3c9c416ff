package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

func searchFor(words string, more ...string) string {
	q := url.Values{"q": {words}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return searchPath + "?" + q.Encode()
}

func TestSearchFindsWhatTheReaderMaySee(t *testing.T) {
	h := newHouse(t)
	title := strings.Fields(h.brief.Title)[0]
	brief := recommendationPath(h.brief.ID)
	owner, stranger, reader := h.as("officer-khc", "en"), h.as("partner-cyi", "en"), h.as("reader", "en")

	require.Contains(t, owner.get(searchFor(strings.ToUpper(title))).Body, `href="`+brief+`"`)
	for _, other := range []string{stranger.get(searchFor(title)).Body, reader.get(searchFor(title)).Body} {
		require.NotContains(t, other, brief, "the draft is its owners' alone")
	}
	expert := h.person("expert-04")
	require.NotEqual(t, models.NamingPublic, expert.Naming)
	require.Contains(t, owner.get(searchFor(expert.Name)).Body, expert.Name+"</span></h3>", "who chooses whom to ask finds experts")
	require.NotContains(t, reader.get(searchFor(expert.Name)).Body, expert.Name+"</span></h3>")
	require.Contains(t, h.as("coordinator", "en").get(searchFor(expert.Name)).Body, `href="`+personPath(expert.ID)+`"`)
	require.Equal(t, http.StatusSeeOther, h.public("en").get(searchFor(title)).StatusCode)
}

func TestSearchIsOnEveryPageAndKeptInTheAddress(t *testing.T) {
	h := newHouse(t)
	b := h.as("partner-khc", "bg")
	require.Contains(t, b.get("/recommendations").Body, `action="/search"`)
	require.NotContains(t, h.public("bg").get("/published").Body, `action="/search"`)

	page := b.get(searchFor("ministar", "kind", "authorities", "country", "BG")).Body
	require.Contains(t, page, `value="ministar"`)
	require.Contains(t, page, `<option value="BG" selected>`)
	ministry := "/follow-ups?authority=" + demo.ID("authority", "bg-ministry-labour-social-policy").String()
	for _, words := range []string{"министерство", "MINISTERSTVO tr", "ministry labour"} {
		require.Contains(t, b.get(searchFor(words, "country", "BG")).Body, ministry, words)
	}
	require.Contains(t, b.get(searchFor("qqqqq")).Body, "Нищо не е намерено")
	short := b.get(searchFor("м"))
	require.Equal(t, http.StatusUnprocessableEntity, short.StatusCode)
	require.Contains(t, short.Body, `id="f-q-error"`)
	require.Equal(t, http.StatusUnprocessableEntity, b.get(searchFor(strings.Repeat("a", models.SearchMost+1))).StatusCode)
	require.Contains(t, b.get(searchPath).Body, "Какво търсите?")
}
