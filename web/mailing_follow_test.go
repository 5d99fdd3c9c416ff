package web

import (
	"bytes"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tribuna/internal/i18n"
	"tribuna/models"
)

const browserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

func TestALinkOfAMailingIsFollowed(t *testing.T) {
	h := newHouse(t)
	h.publish()
	m, _ := h.sentMailing()
	h.stopClock()
	h.exec(`UPDATE mailings SET counts_links = true WHERE id = ?`, m.ID)
	const target = "https://example.org/a?x=1&y=%22"
	codes, err := models.KeepMailingLinks(t.Context(), h.db, m.ID, "en", "https://tribuna.example", []string{target})
	require.NoError(t, err)
	path := "/f/" + codes[target]
	follow := func(method, path string, header ...string) answer {
		b := h.public("en")
		b.header.Set("User-Agent", browserAgent)
		for i := 0; i < len(header); i += 2 {
			b.header.Set(header[i], header[i+1])
		}
		got := b.send(method, path, nil)
		require.Empty(t, got.Header.Values("Set-Cookie"), "nobody is known by it")
		return got
	}
	counted := func() [2]int {
		links, err := models.MailingLinksOf(t.Context(), h.db, m.ID)
		require.NoError(t, err)
		return [2]int{links[0].People, links[0].Machines}
	}
	got := follow(http.MethodGet, path)
	require.Equal(t, http.StatusFound, got.StatusCode)
	require.Equal(t, target, got.Header.Get("Location"))
	require.Equal(t, "no-referrer", got.Header.Get("Referrer-Policy"))
	require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	require.Equal(t, [2]int{1, 0}, counted())

	for _, machine := range [][]string{{"User-Agent", "Barracuda Sentinel (EE)"}, {"User-Agent", "curl/8.5.0"}, {"Purpose", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"},
		{"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)"}} {
		require.Equal(t, target, follow(http.MethodGet, path, machine...).Header.Get("Location"), "a machine is led on as well")
	}
	require.Equal(t, http.StatusFound, follow(http.MethodHead, path).StatusCode)
	require.Equal(t, [2]int{1, 6}, counted())

	for _, elsewhere := range []string{"/f/https://evil.example", "/f/x?url=https://evil.example", "/f/" + codes[target] + "x", "/f/%2F%2Fevil.example"} {
		got := follow(http.MethodGet, elsewhere)
		to, err := url.Parse(got.Header.Get("Location"))
		require.NoError(t, err)
		require.Empty(t, to.Host, elsewhere)
		require.NotEqual(t, http.StatusFound, got.StatusCode, elsewhere)
	}
	require.Equal(t, target, follow(http.MethodGet, path+"?url=https://evil.example").Header.Get("Location"))

	for range countedFollows {
		follow(http.MethodGet, path)
	}
	got = follow(http.MethodGet, path)
	require.Equal(t, target, got.Header.Get("Location"), "who follows too many is led on")
	const strays = 2 // tried above, codes that there are not: they count for the limit
	people := followsOfPerson - strays
	require.Equal(t, [2]int{people, 6 + 2 + countedFollows + 1 - people}, counted(), "and is no crowd of people")
	h.linksAreShown(m, target)
}

// countedFollows is how many visits one after the other make a machine.
const countedFollows = 20

// linksAreShown reads how often links were followed on the report, and in its file.
func (h *house) linksAreShown(m *models.Mailing, target string) {
	t := h.t
	t.Helper()
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		page := b.get(mailingPath(m.ID) + "/report")
		sound(t, page)
		require.Contains(t, page.Body, l.T("mailing.report.by_machines"))
		require.Contains(t, page.Body, `https://example.org/a?x=1&amp;y=%22</th>`)
		require.NotContains(t, page.Body, l.T("mailing.report.links_everywhere"))
		narrowed := b.get(mailingPath(m.ID) + "/report?country=HR&language=en")
		sound(t, narrowed)
		require.Contains(t, narrowed.Body, `https://example.org/a?x=1&amp;y=%22</th>`)
		require.Contains(t, narrowed.Body, l.T("mailing.report.links_everywhere"))
		require.NotContains(t, b.get(mailingPath(m.ID)+"/report?language=bg").Body, `https://example.org/a`, "it is in another text")
	}
	book, err := excelize.OpenReader(bytes.NewReader([]byte(h.as("officer-khc", "en").get(mailingPath(m.ID) + "/report.xlsx").Body)))
	require.NoError(t, err)
	rows, err := book.GetRows("Links followed")
	require.NoError(t, err)
	require.Equal(t, []string{target, "English"}, rows[1][:2])
	require.Len(t, rows, 2)
	book, err = excelize.OpenReader(bytes.NewReader([]byte(h.as("officer-khc", "en").get(mailingPath(m.ID) + "/report.xlsx?country=HR").Body)))
	require.NoError(t, err)
	rows, err = book.GetRows("Links followed")
	require.NoError(t, err)
	require.Equal(t, []string{i18n.For("en").T("mailing.report.links_everywhere")}, rows[2])
}

func TestCountingLinksIsOffUntilItIsTicked(t *testing.T) {
	h := newHouse(t)
	h.publish()
	h.nothingRuns()
	b := h.as("officer-khc", "en")
	path := recommendationPath(h.brief.ID) + "/mailings/new"
	page := b.get(path)
	require.Contains(t, page.Body, `name="counts_links"`)
	require.NotContains(t, page.Body, `name="counts_links" value="yes" checked`)
	f := form(t, page.Body, path)
	f.Set("fallback_language", "en")
	f.Set(textOf(t, f, "en")+".subject", "S")
	f.Set(textOf(t, f, "en")+".body", "B")
	f.Set("do", "save")
	for _, ticked := range []bool{false, true} {
		f.Set("decision_id", NewDecisionID())
		if ticked {
			f.Set("counts_links", "yes")
		}
		saved := b.post(path, f)
		require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
		draft := b.get(saved.Header.Get("Location")).Body
		if ticked {
			require.Contains(t, draft, `name="counts_links" value="yes" checked`)
		} else {
			require.NotContains(t, draft, `name="counts_links" value="yes" checked`)
		}
	}
}
