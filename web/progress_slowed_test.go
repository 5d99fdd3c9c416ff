package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestTooMuchUnderALinkKeepsAReportsFile sends a report with a file when too much came: it need not be chosen again, as long as no more
// come than a person chooses, and it goes along when the time is over.
func TestTooMuchUnderALinkKeepsAReportsFile(t *testing.T) {
	w := newWorld(t, "done")
	b, task := w.readers[2], w.tasks[models.TaskReportProgress]
	w.byLink(b, task)
	path := taskPath(task.ID) + "/progress"
	require.NotEqual(t, http.StatusTooManyRequests, b.post(path, url.Values{}).StatusCode)
	w.exec(`UPDATE rate_limits SET attempts = ?`, models.LinkPostLimit.ByAccount)
	f := filled(t, b.get(taskPath(task.ID)).Body, path)
	f.Set("note", "The register was opened.")

	slowed := b.postFile(path, f, "minutes.txt", "Opened on Monday.")
	require.Equal(t, http.StatusTooManyRequests, slowed.StatusCode)
	sound(t, slowed)
	require.Contains(t, slowed.Body, "minutes.txt")
	kept := filled(t, slowed.Body, path)
	require.NotEmpty(t, kept.Get("attachment_id"))
	require.Equal(t, "The register was opened.", kept.Get("note"))

	other := b.postFile(path, kept, "letter.txt", "The ministry's letter.") // another one is chosen instead
	require.Equal(t, http.StatusTooManyRequests, other.StatusCode)
	require.Contains(t, other.Body, "letter.txt")
	require.NotContains(t, other.Body, "minutes.txt")

	empty := b.postFile(path, f, "nothing.txt", "")
	require.Equal(t, http.StatusTooManyRequests, empty.StatusCode)
	require.Contains(t, empty.Body, "This file is empty")
	require.Contains(t, empty.Body, "Your words are still here")

	w.exec(`UPDATE rate_limits SET attempts = ?`, models.LinkPostLimit.ByAccount)
	full := b.postFile(path, filled(t, other.Body, path), "third.txt", "One more.")
	require.Equal(t, http.StatusTooManyRequests, full.StatusCode)
	sound(t, full)
	require.Contains(t, full.Body, "This file was not kept. Please choose it again")
	require.Contains(t, full.Body, "letter.txt", "what was kept before stays")
	require.NotContains(t, full.Body, "third.txt")

	w.exec(`DELETE FROM rate_limits`)
	require.NotEqual(t, http.StatusTooManyRequests, b.postFile(path, filled(t, full.Body, path), "", "").StatusCode)
	w.exec(`DELETE FROM rate_limits`)
}
