package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

func TestWhatMovedIsSeenWhenOneSaysSo(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	words := i18n.For("en")
	b := n.as("officer-khc", "en")
	page := b.get("/dashboard?country=BG").Body
	moved := words.T("dashboard.moved.stage", "Stage", words.T("dashboard.stage.review"))
	require.Contains(t, page, moved)
	require.Contains(t, page, words.T("dashboard.moved.first", "Days", "14"), "a first visit has no day on which one looked before")
	require.NotContains(t, page, words.T("dashboard.moved"))
	require.Contains(t, b.get("/dashboard?country=BG").Body, moved, "looking changes nothing")

	f := form(t, page, "/dashboard/seen")
	require.Equal(t, "/dashboard?country=BG", f.Get("next"))
	res := b.post("/dashboard/seen", f)
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	require.Equal(t, "/dashboard?country=BG", res.Header.Get("Location"))
	page = b.get("/dashboard?country=BG").Body
	require.Contains(t, page, words.T("dashboard.moved.nothing"))
	require.Contains(t, page, words.T("dashboard.moved"))
	require.Contains(t, n.as("coordinator", "en").get("/dashboard").Body, moved, "others have not seen it")
	require.Equal(t, http.StatusForbidden, n.as("reader", "en").post("/dashboard/seen", url.Values{}).StatusCode)
}

func TestCoverageAndPipelineAreForThoseTheyAreFor(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		who, path string
		status    int
	}{
		{"coordinator", "/dashboard/pipeline", 200}, {"officer-khc", "/dashboard/pipeline", 403}, {"reader", "/dashboard/pipeline", 403},
		{"partner-khc", "/dashboard/coverage", 200}, {"reader", "/dashboard/coverage", 403},
	} {
		res := h.as(c.who, "en").get(c.path)
		require.Equal(t, c.status, res.StatusCode, "%s %s", c.who, c.path)
		unsaid(t, res)
	}
	words := i18n.For("en")
	require.NotContains(t, h.as("officer-khc", "en").get("/dashboard").Body, "/dashboard/pipeline")
	require.Contains(t, h.as("partner-khc", "en").get("/dashboard/coverage").Body, words.T("coverage.nothing"), "what is missing is said")
	require.Equal(t, http.StatusSeeOther, h.public("en").get("/dashboard/pipeline").StatusCode, "the public is asked to sign in")
}
