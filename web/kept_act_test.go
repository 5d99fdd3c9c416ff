package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestWhatOfficersWriteIsKept goes through the forms in which officers write at length: what was not sent is offered, stands in
// the form again, and is forgotten when it is sent.
func TestWhatOfficersWriteIsKept(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	b, home := n.as("officer-khc", "en"), recommendationPath(n.brief.ID)
	asked := n.taskOf("expert-02")
	for path, fields := range map[string]url.Values{
		home + "/hold":     {"reason": {"Wait for the budget."}},
		home + "/withdraw": {"reason": {"Not ours any more."}},
		home + "/on-behalf?task=" + asked.ID.String(): {"reasons": {"She said it on the telephone."}, "task": {asked.ID.String()}},
	} {
		words := fields.Get("reason") + fields.Get("reasons")
		fields.Set("do", "keep")
		require.Contains(t, b.get(path).Body, " data-unsent>", path)
		kept := b.post(path, fields)
		require.Equal(t, http.StatusSeeOther, kept.StatusCode, "%s: %s", path, kept.Body)
		offered := b.get(kept.Header.Get("Location"))
		sound(t, offered)
		require.Contains(t, offered.Body, `id="unsent"`, path)
		require.NotContains(t, offered.Body, words, path)
		again, err := query(kept.Header.Get("Location"), "kept", "continue")
		require.NoError(t, err)
		require.Contains(t, b.get(again).Body, words, path)
		require.NotContains(t, n.as("officer-tdh", "en").get(path).Body, words, "nobody else's to see")
		require.Equal(t, http.StatusSeeOther, b.post(kept.Header.Get("Location"), url.Values{"do": {"discard"}, "discard_sure": {"yes"}}).StatusCode)
		require.NotContains(t, b.get(path).Body, `id="unsent"`, path)
	}
	require.False(t, n.reload().Held(), "to keep is not to decide")

	b.post(home+"/hold", url.Values{"do": {"keep"}, "reason": {"Wait for the budget."}})
	f := form(t, b.get(home+"/hold?kept=continue").Body, home+"/hold")
	f.Set("reason", "Wait for the budget.")
	f.Set("written_in", "en")
	require.Equal(t, http.StatusSeeOther, b.post(home+"/hold", f).StatusCode)
	require.Equal(t, "en", n.reload().HeldWrittenIn)
	require.Zero(t, n.rows("kept_words"), "it was sent")
}

func TestALetterIsKeptWhileItIsWritten(t *testing.T) {
	w := newWorld(t, "done")
	b, path := w.as("officer-khc", "en"), mailingPath(w.mailing)
	require.Contains(t, b.get(path).Body, " data-unsent>")
	f := form(t, b.get(path).Body, path)
	f.Set("texts[0].subject", "A better subject")
	f.Set("fallback_language", "en")
	f.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
	m, err := models.MailingByID(t.Context(), w.db, w.mailing)
	require.NoError(t, err)
	require.Equal(t, "S", m.Texts[0].Subject, "to keep is not to save")
	offered := b.get(path + "?kept=compare").Body
	require.Contains(t, offered, "better")
	going := b.get(path + "?kept=continue").Body
	require.Contains(t, going, `value="A better subject"`)

	// Somebody saves in between: whoever goes on with what they had typed is told so.
	_, err = models.EditMailing(t.Context(), w.db, w.mailing, m.Revision, models.MailingInput{FallbackLanguage: "en",
		Texts: []models.MailingText{{Language: "en", Subject: "Theirs", Body: "B"}}}, time.Now())
	require.NoError(t, err)
	f = form(t, b.get(path+"?kept=continue").Body, path)
	f.Set("texts[0].subject", "A better subject")
	f.Set("texts[0].body", "B")
	f.Set("fallback_language", "en")
	f.Set("do", "save")
	late := b.post(path, f)
	require.Equal(t, http.StatusPreconditionFailed, late.StatusCode)
	require.Contains(t, late.Body, "Theirs")
	f.Set("revision", form(t, late.Body, path).Get("revision"))
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
	require.Zero(t, w.rows("kept_words"), "it was saved")
}
