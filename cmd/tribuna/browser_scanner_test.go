package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

var addresses = regexp.MustCompile(`(?:href|src|action)="([^"#]+)`)

// scannerDecidesNothing does what mail providers do with a mail before anybody reads it: it asks for every link in it by
// HEAD and GET, follows where they lead with the cookies it got, and looks at every address on the page it finds.
func (s *plainStory) scannerDecidesNothing(t *testing.T, m caught) {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	scanner := &http.Client{Jar: jar}
	task := s.linkedTask(m)
	before := s.decisive(t, task)
	visited := map[string]bool{}
	for _, link := range m.Links {
		require.Equal(t, http.StatusOK, s.scan(t, scanner, http.MethodHead, link, nil), link)
		require.Equal(t, http.StatusOK, s.scan(t, scanner, http.MethodGet, link, visited), link)
	}
	require.Contains(t, visited, s.site+"/tasks/"+task.ID.String()+"/accept", "it saw the page")
	for address := range visited {
		s.scan(t, scanner, http.MethodHead, address, nil)
		s.scan(t, scanner, http.MethodGet, address, nil)
	}
	require.Equal(t, before, s.decisive(t, s.linkedTask(m)))
}

// scan asks for an address and returns the status; the addresses of the same site on the page are added to found.
func (s *plainStory) scan(t *testing.T, scanner *http.Client, method, address string, found map[string]bool) int {
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	require.NoError(t, err)
	answer, err := scanner.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Less(t, answer.StatusCode, http.StatusInternalServerError, "%s %s", method, address)
	for _, hit := range addresses.FindAllStringSubmatch(string(body), -1) {
		u, err := url.Parse(strings.ReplaceAll(hit[1], "&amp;", "&"))
		if err == nil && found != nil && answer.Request.URL.ResolveReference(u).Host == answer.Request.URL.Host {
			found[answer.Request.URL.ResolveReference(u).String()] = true
		}
	}
	return answer.StatusCode
}

// decisive is all that a visit could have changed: what was said and decided about the recommendation, the task, and
// whether its person may still be written to.
func (s *plainStory) decisive(t *testing.T, task *models.Task) map[string]any {
	require.NotNil(t, task)
	words := []models.DecisionKind{models.DecideAcceptTask, models.DecideDeclineTask, models.DecideAnswerReview}
	count := func(model any) int {
		n, err := s.db.NewSelect().Model(model).Where("process_id = ?", s.id).Where("kind IN (?)", bun.List(words)).Count(t.Context())
		require.NoError(t, err)
		return int(n)
	}
	person, err := models.PersonByID(t.Context(), s.db, *task.PersonID)
	require.NoError(t, err)
	return map[string]any{"submissions": count((*models.Submission)(nil)), "decisions": count((*models.Decision)(nil)),
		"state": task.State, "accepted": task.AcceptedAt, "unsubscribed": person.UnsubscribedAt}
}
