package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// typedIn has somebody come by their link and leave words in the form of their review.
func (h *house) typedIn(task *models.Task, slug, lang string) *reader {
	h.t.Helper()
	b := h.public(lang)
	require.Equal(h.t, http.StatusSeeOther, b.get(h.linkFor(task, h.person(slug).ID)).StatusCode)
	require.Equal(h.t, http.StatusSeeOther, b.post(taskPath(task.ID)+"/review",
		url.Values{"do": {"keep"}, "comment-1": {"Which quokka?"}, "written_in": {"en"}}).StatusCode)
	return b
}

func TestWhoWasSilentIsToldTheTruthAndFindsTheWayBack(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	b := h.typedIn(task, "expert-02", "en")
	h.exec(`UPDATE tasks SET state = 'expired', closed_at = now(), respond_by = NULL, due_at = now() + interval '12 days', grace_until = now() + interval '19 days' WHERE id = ?`, task.ID)
	over := b.get(taskPath(task.ID))
	require.Equal(t, http.StatusOK, over.StatusCode)
	require.Contains(t, over.Body, "We did not hear from you in time")
	require.NotContains(t, over.Body, "days of grace", "which would not be true")
	require.Contains(t, over.Body, "Which quokka?")
	require.Contains(t, over.Body, `action="`+taskPath(task.ID)+`/accept"`)
	require.Contains(t, over.Body, "You can still do it")
	f := filled(t, over.Body, taskPath(task.ID)+"/accept")
	again := b.post(taskPath(task.ID)+"/accept", f)
	require.Equal(t, http.StatusUnprocessableEntity, again.StatusCode, "nothing is said by a form as it stands")
	require.Contains(t, again.Body, "Which quokka?")
	for _, tag := range i18n.Tags() {
		r := h.public(tag)
		r.get(h.linkFor(task, h.person("expert-02").ID))
		page := r.get(taskPath(task.ID))
		unsaid(t, page)
		require.NotContains(t, page.Body, "asked.over.", tag)
		require.Contains(t, page.Body, "Which quokka?")
	}

	h.exec(`UPDATE tasks SET due_at = now() - interval '9 days', grace_until = now() - interval '1 second' WHERE id = ?`, task.ID)
	gone := b.get(taskPath(task.ID))
	require.Equal(t, http.StatusOK, gone.StatusCode, "the link opens as long as there are words to copy")
	require.Contains(t, gone.Body, "days of grace", "now it is true")
	require.Contains(t, gone.Body, "Which quokka?")
	require.NotContains(t, gone.Body, `/accept"`)
	h.exec(`UPDATE tasks SET grace_until = now() - interval '31 days' WHERE id = ?`, task.ID)
	require.Equal(t, http.StatusGone, b.get(h.linkFor(task, h.person("expert-02").ID)).StatusCode)
}

func TestUnsentWordsAreShownOnEveryOverPageOfTheirWriter(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	b := h.typedIn(task, "expert-02", "en")
	for name, change := range map[string]string{
		"declined":  `UPDATE tasks SET state = 'declined', closed_at = now() WHERE id = ?`,
		"withdrawn": `UPDATE tasks SET state = 'cancelled', closed_at = now() WHERE id = ?`,
		"too late":  `UPDATE tasks SET state = 'expired', closed_at = now(), accepted_at = now() WHERE id = ?`,
		"closed":    `WITH closed AS (UPDATE review_rounds SET closed_at = now()) UPDATE tasks SET state = 'open', closed_at = NULL WHERE id = ?`,
	} {
		h.exec(change, task.ID)
		over := b.get(taskPath(task.ID))
		require.Equal(t, http.StatusOK, over.StatusCode, name)
		require.Contains(t, over.Body, `id="unsent"`, name)
		require.Contains(t, over.Body, "Which quokka?", name)
		require.NotContains(t, over.Body, "<textarea", name)
		h.exec(`UPDATE review_rounds SET closed_at = NULL`)
	}

	h.exec(`UPDATE tasks SET state = 'expired', closed_at = now(), accepted_at = NULL, person_id = ?, generation = generation + 1 WHERE id = ?`, h.person("expert-04").ID, task.ID)
	task.Generation++
	other := h.public("en")
	require.Equal(t, http.StatusSeeOther, other.get(h.linkFor(task, h.person("expert-04").ID)).StatusCode)
	page := other.get(taskPath(task.ID))
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.NotContains(t, page.Body, "quokka", "they are nobody else's")
	require.NotContains(t, page.Body, `id="unsent"`)
}
