package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestConflictIsAskedWhereTheReviewIsSent: in sight, with nothing chosen for anybody, and without a press more.
func TestConflictIsAskedWhereTheReviewIsSent(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(3, "expert-02", "expert-04", "expert-06")
	words, desk := i18n.For("en"), recommendationPath(n.brief.ID)+"/round"
	tasks := map[string]*models.Task{}
	for _, slug := range []string{"expert-02", "expert-04", "expert-06"} {
		tasks[slug] = n.taskOf(slug)
	}
	summary := func(slug string) (*reader, string, answer) {
		t.Helper()
		b, path := n.byLink(tasks[slug], n.person(slug), "en")
		f := filled(t, b.get(path).Body, path+"/review")
		f.Set("answer", models.AnswerSupport)
		f.Set("do", "look")
		return b, path + "/review", looks(t, b, path+"/review", f)
	}
	declared := func(slug string) *models.Conflict {
		t.Helper()
		c, err := models.ConflictOf(t.Context(), n.db, tasks[slug].ID)
		require.NoError(t, err)
		return c
	}

	b, path, page := summary("expert-02")
	sound(t, page)
	require.Contains(t, page.Body, words.T("conflict.summary"))
	require.NotContains(t, page.Body, "checked", "nothing is chosen")
	f := filled(t, page.Body, path)
	f.Set("do", "send")
	f.Set("sure", "yes")
	f.Set("conflict", models.ConflictFunded)
	wordless := b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, wordless.StatusCode)
	sound(t, wordless)
	require.Contains(t, wordless.Body, `id="f-conflict_words-error"`)
	require.Nil(t, declared("expert-02"))
	f = filled(t, wordless.Body, path)
	require.Equal(t, []string{models.ConflictFunded}, f["conflict"], "once, and as it was chosen")
	f.Set("do", "send")
	f.Set("sure", "yes")
	f.Set("conflict_words", "The ministry pays my chair.")
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
	require.Equal(t, models.ConflictFunded, declared("expert-02").Kind)
	require.Equal(t, models.TaskDone, n.task(tasks["expert-02"].ID).State)

	b, path, page = summary("expert-04")
	f = filled(t, page.Body, path)
	f.Set("do", "send")
	f.Set("sure", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode, "nobody has to answer")
	require.Nil(t, declared("expert-04"))
	require.Equal(t, models.TaskDone, n.task(tasks["expert-04"].ID).State)

	b, path, page = summary("expert-06")
	f = filled(t, page.Body, path)
	f.Set("do", "send")
	f.Set("sure", "yes")
	f.Set("conflict", models.ConflictNone)
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
	require.Equal(t, models.ConflictNone, declared("expert-06").Kind)

	seen := n.as("officer-khc", "en").get(desk)
	require.Contains(t, seen.Body, "The ministry pays my chair.")
	require.Contains(t, seen.Body, words.T("conflict.not_answered"), "which is not the same as none")
}
