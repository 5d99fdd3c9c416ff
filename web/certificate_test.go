package web

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestAnExpertHasItConfirmed that they reviewed: in their language, without what they answered, and without the title of a text
// that is not public. Nobody else gets it, and nothing of it is kept.
func TestAnExpertHasItConfirmed(t *testing.T) {
	chromium := testbrowser.Chromium()
	if testing.Short() {
		t.Skip("Chromium prints")
	}
	h := newHouse(t).withWord(chromium)
	task := h.reviewing("expert-02")
	path := taskPath(task.ID) + "/certificate.pdf"
	b := h.public("en")
	require.Equal(t, http.StatusSeeOther, b.get(h.linkFor(task, *task.PersonID)).StatusCode)
	require.Equal(t, http.StatusNotFound, b.get(path).StatusCode, "nothing is answered yet")
	h.says(task, "expert-02", nil, "It costs more.", nil)
	require.Contains(t, b.get(taskPath(task.ID)+"/thanks").Body, `href="`+path+`"`)

	l := i18n.For("en")
	got := b.get(path)
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Equal(t, "application/pdf", got.Header.Get("Content-Type"))
	require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	require.Contains(t, got.Body, "/StructTreeRoot", "it is tagged")
	require.Contains(t, got.Body, "/Lang (en)")
	require.Regexp(t, `Creator: +Tribuna\n`, printed(got.Body), "and not by a browser")
	text := confirmed(t, got.Body)
	for _, want := range []string{l.T("certificate.title"), "Fiona Carmichael", "reviewed a policy recommendation for"} {
		require.Contains(t, text, want)
	}
	for _, never := range []string{h.brief.Title, "It costs more."} {
		require.NotContains(t, text, never)
	}
	h.exec(`UPDATE recommendations SET published_at = now() WHERE id = ?`, h.brief.ID)
	require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {"bg"}}).StatusCode)
	public := confirmed(t, b.get(path).Body)
	require.Contains(t, public, i18n.For("bg").T("certificate.title"))
	require.Contains(t, public, "Leaving care is not leaving alone")

	h.server.Demo.Accounts = append(h.server.Demo.Accounts, DemoAccount{Email: h.person("expert-02").Email})
	h.exec(`UPDATE reviews SET answer = 'support_with_changes' WHERE task_id = ?`, task.ID)
	self := h.as("expert-02", "en")
	require.Contains(t, self.get("/account/data").Body, `href="`+path+`"`)
	require.Equal(t, http.StatusOK, self.send(http.MethodHead, path, nil).StatusCode, "signed in, too")
	require.Equal(t, http.StatusSeeOther, h.public("en").get(path).StatusCode, "nobody signed in is led to where one signs in")
	require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").get(path).StatusCode)
	other := h.ask(models.TaskReview, h.person("expert-03").ID)
	stranger := h.public("en")
	require.Equal(t, http.StatusSeeOther, stranger.get(h.linkFor(other, *other.PersonID)).StatusCode)
	require.Equal(t, http.StatusSeeOther, stranger.get(path).StatusCode)
	task.Close(models.TaskCancelled, h.server.Now())
	require.NoError(t, task.Save(t.Context(), h.db))
	require.NotEqual(t, http.StatusOK, b.get(path).StatusCode, "what was taken back is not confirmed")
}

// confirmed is the text of a PDF; scripts/ensure poppler installs what reads it.
func confirmed(t *testing.T, pdf string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	require.NoError(t, os.WriteFile(file, []byte(pdf), 0o600))
	out, err := exec.CommandContext(t.Context(), "pdftotext", file, "-").Output() //nolint:gosec // our own file
	require.NoError(t, err)
	return strings.Join(strings.Fields(string(out)), " ")
}
