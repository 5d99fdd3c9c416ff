package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// BenchmarkCommentsOfficer reads the officer's page of 500 comments by 25 experts, half of them with emphasis in their words.
// Bytes are those of the page.
func BenchmarkCommentsOfficer(b *testing.B) {
	h := newHouse(b)
	h.discussed(25, 20)
	officer, path := h.as("officer-khc", "en"), recommendationPath(h.brief.ID)+"/comments"
	page := officer.get(path)
	require.Equal(b, http.StatusOK, page.StatusCode)
	require.Equal(b, 500, strings.Count(page.Body, `<article class="remark"`))
	b.SetBytes(int64(len(page.Body)))
	b.ReportAllocs()
	for b.Loop() {
		officer.get(path)
	}
}

// BenchmarkReviewExpert reads the page of an expert who answered the same round: the form holds their own 20 comments.
func BenchmarkReviewExpert(b *testing.B) {
	h := newHouse(b)
	h.discussed(25, 20)
	who := h.person("expert-02")
	h.server.Demo.Accounts = append(h.server.Demo.Accounts, DemoAccount{Email: who.Email})
	tasks, err := models.Tasks(b.Context(), h.db, models.TaskFilter{Recommendation: h.brief.ID, Kinds: []models.TaskKind{models.TaskReview}})
	require.NoError(b, err)
	tasks = slices.DeleteFunc(tasks, func(task models.Task) bool { return *task.PersonID != who.ID })
	h.exec(`UPDATE tasks SET state = 'done', closed_at = now(), accepted_at = now() WHERE id = ?`, tasks[0].ID)
	expert, path := h.as("expert-02", "en"), taskPath(tasks[0].ID)
	page := expert.get(path)
	require.Equal(b, http.StatusOK, page.StatusCode, page.Body)
	require.Equal(b, 10, strings.Count(page.Body, "**needs a source**"))
	b.SetBytes(int64(len(page.Body)))
	b.ReportAllocs()
	for b.Loop() {
		expert.get(path)
	}
}

// discussed has experts comment on the text as it is, so many times each.
func (h *house) discussed(experts, each int) {
	h.t.Helper()
	first, version := h.reviewing("expert-02"), h.current()
	blocks := len(strings.Split(version.Body, "\n\n"))
	for i := range experts {
		task := *first
		if i > 0 {
			expert := models.Person{ID: models.NewID(), Pseudonym: models.NewID(), Name: fmt.Sprintf("Expert %d", i+1), Language: "en",
				Email: fmt.Sprintf("expert-%d@experts.example", i+1), Languages: []string{"en"}, Topics: []string{}, Naming: models.NamingNone, CreatedAt: h.server.Now()}
			_, err := h.db.NewInsert().Model(&expert).Exec(h.t.Context())
			require.NoError(h.t, err)
			task = *h.ask(models.TaskReview, expert.ID)
		}
		answer := models.AnswerSupport
		rv := &models.Review{TaskID: task.ID, RecommendationID: h.brief.ID, VersionID: version.ID, Round: 1, PersonID: *task.PersonID,
			Answer: &answer, Naming: models.NamingNone, DecisionID: NewDecisionID(), AnsweredAt: h.server.Now()}
		var comments []models.CommentPayload
		for j := range each {
			words := fmt.Sprintf("What is said here needs a source of year %d, and a date by which it is done.\n\nWho pays for it, in country %d?", 2000+i, j)
			if j%2 == 0 {
				words = strings.Replace(words, "needs a source", "**needs a source**", 1)
			}
			comments = append(comments, models.CommentPayload{Block: j % blocks, Body: words})
		}
		require.NoError(h.t, h.db.RunInTx(h.t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return rv.Put(ctx, tx, comments) }))
	}
}
