package web

import (
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// The figures that lead somewhere: one in a cell, one beside the name of its row, one in words.
var figureLinks = []*regexp.Regexp{
	regexp.MustCompile(`<td class="number[^"]*" data-label="[^"]*"><a href="([^"]+)">(\d+)</a>`),
	regexp.MustCompile(`<th scope="row"><a href="([^"]+)">[^\n]*?</th><td class="number"[^>]*>(?:<strong>)?(\d+)`),
	regexp.MustCompile(`<a href="(/recommendations\?[^"]+)">[^<\d]*(\d+)</a>`),
}

// listed counts the rows of the list behind an address, page by page.
func (b *reader) listed(t *testing.T, address string) (n int) {
	t.Helper()
	row := `<li class="row-item">`
	switch {
	case strings.HasPrefix(address, "/follow-ups"):
		row = `<th scope="row">`
	case strings.HasPrefix(address, "/dashboard"):
		row = `<th scope="row"><a href="/recommendations/`
	}
	for address != "" {
		page := b.get(address)
		require.Equal(t, http.StatusOK, page.StatusCode, address)
		n += strings.Count(page.Body, row)
		next := regexp.MustCompile(`<a [^>]*rel="next"[^>]*href="([^"]+)"|<a [^>]*href="([^"]+)"[^>]*rel="next"`).FindStringSubmatch(page.Body)
		address = ""
		if next != nil {
			address = html.UnescapeString(next[1] + next[2])
		}
	}
	return n
}

func TestEveryFigureOfTheOverviewLeadsToWhatItCounts(t *testing.T) {
	n := newOffice(t)
	n.publish()
	coordinator := n.as("coordinator", "en")
	require.Equal(t, http.StatusSeeOther, coordinator.post(coordinator.bring("upr.csv", manyImported(45)), nil).StatusCode)
	_, err := n.db.NewRaw("UPDATE followups SET ended_at = now() WHERE id = (SELECT id FROM followups WHERE country_code = 'HR' LIMIT 1)").Exec(t.Context())
	require.NoError(t, err)
	_, err = n.db.NewRaw("UPDATE followups SET status = 'adopted' WHERE id = (SELECT id FROM followups WHERE country_code = 'BG' AND organisation_id IS NOT NULL LIMIT 1)").Exec(t.Context())
	require.NoError(t, err)
	second := models.Recommendation{}
	require.NoError(t, n.db.NewSelect().Model(&second).Where("r.id = ?", n.brief.ID).Scan(t.Context()))
	second.ID, second.Slug, second.Stage, second.PublishedAt = models.NewID(), "second", models.StageReview, nil
	_, err = n.db.NewInsert().Model(&second).Exec(t.Context())
	require.NoError(t, err)
	for _, sql := range []string{"INSERT INTO recommendation_countries SELECT ?, country_code FROM recommendation_countries WHERE recommendation_id = ?",
		"INSERT INTO recommendation_challenges SELECT ?, challenge FROM recommendation_challenges WHERE recommendation_id = ?"} {
		_, err = n.db.NewRaw(sql, second.ID, n.brief.ID).Exec(t.Context())
		require.NoError(t, err)
	}
	followed := 0
	for _, who := range []string{"coordinator", "partner-khc"} {
		b := n.as(who, "en")
		for _, path := range []string{"/dashboard", "/dashboard?country=BG", "/dashboard?country=all", "/dashboard?stage=done", "/dashboard?status=not_followed&country=all",
			"/dashboard?overdue=yes", "/dashboard/coverage"} {
			for _, found := range figureLinks {
				for _, link := range found.FindAllStringSubmatch(b.get(path).Body, -1) {
					want, err := strconv.Atoi(link[2])
					require.NoError(t, err)
					require.Equal(t, want, b.listed(t, html.UnescapeString(link[1])), "%s, %s: %s", who, path, link[1])
					followed++
				}
			}
		}
		require.Contains(t, b.get("/dashboard?overdue=yes&country=all").Body, i18n.For("en").T("following.hidden"), "the filter hides, and says so")
	}
	require.Greater(t, followed, 60)
	page := coordinator.get("/follow-ups?overdue=yes")
	require.Contains(t, page.Body, i18n.For("en").T("following.hidden"))
	require.NotContains(t, page.Body, i18n.For("en").T("followup.empty_title"))
	there := coordinator.get(authorityPath(demo.ID("authority", "al-government"))).Body
	require.Contains(t, there, i18n.For("en").N("following.all_there", 45))
	require.Less(t, strings.Count(there, "/follow-ups/"), 2*followsShown, "a long list has a page of its own")
}

// manyImported is a file with so many measures for one government.
func manyImported(n int) string {
	var b strings.Builder
	b.WriteString(importedFile)
	for i := range n - 2 {
		b.WriteString("UPR-AL-06-1" + strconv.Itoa(100+i) + ",UPR,AL,6,Norway,accepted,1,Justice,Measure " + strconv.Itoa(i) + "\n")
	}
	return b.String()
}
