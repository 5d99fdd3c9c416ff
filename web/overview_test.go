package web

import (
	"encoding/csv"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// ask has the live part of a page ask for itself.
func ask(t *testing.T, b *reader, page string) answer {
	t.Helper()
	found := regexp.MustCompile(`hx-get="([^"]+)".* hx-headers="([^"]+)"`).FindStringSubmatch(page)
	require.Len(t, found, 3)
	var headers map[string]string
	require.NoError(t, json.Unmarshal([]byte(html.UnescapeString(found[2])), &headers))
	b.header.Set("HX-Request", "true")
	defer b.header.Del("HX-Request")
	for name, value := range headers {
		b.header.Set(name, value)
		defer b.header.Del(name)
	}
	return b.get(html.UnescapeString(found[1]))
}

func TestTheOverviewKeepsItselfUpToDate(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	words := i18n.For("en")
	b := n.as("officer-khc", "en")
	for _, path := range []string{"/", "/dashboard?country=BG&stage=review", "/dashboard/coverage"} {
		b = n.as("officer-khc", "en")
		page := b.get(path).Body
		require.Equal(t, http.StatusNotModified, ask(t, b, page).StatusCode, "%s: nothing has changed", path)
	}
	page := b.get("/dashboard?country=BG").Body
	n.review(1, "expert-02")
	part := ask(t, b, page)
	require.Equal(t, http.StatusOK, part.StatusCode)
	require.Contains(t, part.Body, words.T("dashboard.moved.stage", "Stage", words.T("dashboard.stage.review")))
	require.NotContains(t, part.Body, "<html", "only what has changed")
	require.Contains(t, part.Body, `hx-get="/dashboard?country=BG"`, "what narrows it stays")
	require.Eventually(t, func() bool { // the process goes on for a moment: it asks who is to be asked
		next := ask(t, b, part.Body)
		if next.StatusCode == http.StatusOK {
			part = next
		}
		return next.StatusCode == http.StatusNotModified
	}, 30*time.Second, 50*time.Millisecond)
	board := n.as("coordinator", "en").get("/dashboard/pipeline").Body
	require.Equal(t, http.StatusNotModified, ask(t, n.as("coordinator", "en"), board).StatusCode)
}

// table reads a file of the overview.
func table(t *testing.T, b *reader, path string) [][]string {
	t.Helper()
	got := b.get(path)
	require.Equal(t, http.StatusOK, got.StatusCode, path)
	require.Equal(t, "text/csv; charset=utf-8", got.Header.Get("Content-Type"))
	require.Regexp(t, `^attachment; filename=tribuna-[a-z]+-\d{4}-\d{2}-\d{2}\.csv$`, got.Header.Get("Content-Disposition"))
	body, marked := strings.CutPrefix(got.Body, "\ufeff")
	require.True(t, marked, "spreadsheets take it for UTF-8")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	require.NoError(t, err)
	return rows
}

func TestTablesOfTheOverviewAsFiles(t *testing.T) {
	n := newOffice(t)
	ctx := t.Context()
	_, err := n.db.NewRaw("UPDATE recommendations SET title = '=HYPERLINK(\"https://elsewhere.example\"; \"Грижа\")'").Exec(ctx)
	require.NoError(t, err)
	officer, stranger := n.as("officer-khc", "bg"), n.as("partner-cyi", "en")
	rows := table(t, officer, "/dashboard/recommendations.csv?country=all")
	require.Greater(t, len(rows), 1)
	require.Equal(t, i18n.For("bg").T("dashboard.column.recommendation"), rows[0][0])
	require.Equal(t, `'=HYPERLINK("https://elsewhere.example"; "Грижа")`, rows[1][0], "no formula")
	require.Len(t, table(t, officer, "/dashboard/recommendations.csv?stage=done"), 1, "narrowed as the page is")
	require.Len(t, table(t, stranger, "/dashboard/recommendations.csv?country=all"), 1, "a draft is its owners' alone")
	require.Equal(t, "1", table(t, officer, "/dashboard/countries.csv?country=BG")[1][1])
	for _, path := range []string{"/dashboard/authorities.csv", "/dashboard/statuses.csv", "/dashboard/coverage.csv"} {
		require.NotEmpty(t, table(t, officer, path))
	}
	require.Len(t, table(t, n.as("coordinator", "en"), "/dashboard/pipeline.csv"), 8)
	require.Equal(t, http.StatusForbidden, officer.get("/dashboard/pipeline.csv").StatusCode)
	require.Equal(t, []string{"'+1", "'-1", "'@x", "'\tx", "x=1", ""}, harmless([]string{"+1", "-1", "@x", "\tx", "x=1", ""}))
}

func TestThePartnersOwnCountriesComeFirst(t *testing.T) {
	h := newHouse(t)
	words := i18n.For("en")
	own := words.T("overview.own_shown", "Countries", "Bulgaria")
	partner := h.as("partner-khc", "en")
	require.Contains(t, partner.get("/dashboard").Body, own)
	all := partner.get("/dashboard?country=all").Body
	require.NotContains(t, all, own)
	require.Contains(t, all, `<option value="all" selected>`)
	require.NotContains(t, h.as("coordinator", "en").get("/dashboard").Body, words.T("overview.own_countries"), "theirs is the whole network")
	_, err := h.db.NewRaw("DELETE FROM organisation_countries").Exec(t.Context())
	require.NoError(t, err)
	require.Contains(t, partner.get("/dashboard").Body, words.T("overview.no_country"))
	codes, err := models.OwnCountries(t.Context(), h.db, models.Viewer{})
	require.NoError(t, err)
	require.Empty(t, codes)
}
