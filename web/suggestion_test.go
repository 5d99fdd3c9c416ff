package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// TestWhoDeclinesSuggestsTwoOthers whom the officer alone sees and invites with one press: somebody new joins the network and is
// owed a notice, somebody known is recognised, and after the round it is all forgotten.
func TestWhoDeclinesSuggestsTwoOthers(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02", "expert-03")
	task := n.taskOf("expert-02")
	b, path := n.byLink(task, n.person("expert-02"), "en")
	f := form(t, b.get(path).Body, path+"/decline")
	f.Set("will_not", "yes")
	f.Set("reason", "On leave.")
	f.Set("suggestions[0].name", "Nova Person")
	f.Set("suggestions[0].email", "not an address")
	wrong := b.post(path+"/decline", f)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	sound(t, wrong)
	require.Contains(t, wrong.Body, `value="not an address"`)
	require.Contains(t, wrong.Body, "Nova Person")
	f = filled(t, wrong.Body, path+"/decline")
	f.Set("will_not", "yes")
	f.Set("suggestions[0].email", "nova@example.org")
	f.Set("suggestions[0].reason", "Knows the courts.")
	f.Set("suggestions[1].email", n.person("expert-05").Email)
	f.Set("suggestions[2].email", "third@example.org")
	sent := b.post(path+"/decline", f)
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.Body)

	by, err := models.Suggestions(t.Context(), n.db, n.brief.ID, 1)
	require.NoError(t, err)
	require.Len(t, by[task.ID], 2, "two at most")
	said, err := record.List(t.Context(), n.db, n.brief.ID, record.Public, record.Network, record.Confidential)
	require.NoError(t, err)
	for _, it := range said {
		for _, words := range it.Texts {
			require.NotContains(t, words, "Nova", "the record names nobody who knows nothing of it")
		}
	}
	home := recommendationPath(n.brief.ID)
	o := n.as("officer-khc", "en")
	require.Contains(t, o.get(home+"/round").Body, "Nova Person")
	desk := o.get(home + "/round?task=" + task.ID.String())
	sound(t, desk)
	for _, want := range []string{"Knows the courts.", "nova@example.org", "On leave.", i18n.For("en").T("suggestion.known", "Name", n.person("expert-05").Name)} {
		require.Contains(t, desk.Body, want)
	}
	require.Contains(t, o.get(home+"/reviewers").Body, "Nova Person")
	require.Contains(t, b.get(path).Body, i18n.For("en").N("suggestion.passed_on", 2), "who suggested them reads that they were passed on")
	for _, never := range []string{n.as("partner-khc", "en").get(home).Body, b.get(path).Body} {
		require.NotContains(t, never, "Nova Person")
	}
	require.Zero(t, n.invitedBy(t, "nova@example.org"), "nobody is written to by being suggested")

	_, choice, _ := strings.Cut(desk.Body, `name="choice" value="`)
	choice, _, _ = strings.Cut(choice, `"`)
	require.NotEmpty(t, choice)
	press := func(s models.ReviewerSuggestion, words ...string) answer {
		f := url.Values{"do": {"suggested"}, "decision_id": {"one-press-" + s.ID.String()}, "suggestion": {s.ID.String()}, "choice": {choice}, "task": {task.ID.String()}, "at": {"0"}}
		for i := 0; i < len(words); i += 2 {
			f.Set("suggestions[0]."+words[i], words[i+1])
		}
		return o.post(home+"/round", f)
	}
	require.Contains(t, desk.Body, `name="suggestions[0].name" value="Nova Person"`, "what the expert said is proposed")
	require.Regexp(t, `<option value="`+n.person("expert-02").Language+`"[^>]* selected`, desk.Body, "in the language of who suggested")
	require.NotContains(t, desk.Body, `name="suggestions[1].name"`, "who is known has a name")
	n.asksWhoIsNew(home, task, by[task.ID][0])
	o = n.as("officer-khc", "en")
	require.NoError(t, models.Suppress(t.Context(), n.db, "nova@example.org", "objection", time.Now()))
	require.Equal(t, http.StatusUnprocessableEntity, press(by[task.ID][0], "name", "Nova Person", "language", "ro").StatusCode, "who objected is not asked")
	n.exec(`DELETE FROM suppressions`)
	for range 2 {
		got := press(by[task.ID][0], "name", "Dr. Nova Person", "language", "ro")
		require.Equal(t, http.StatusSeeOther, got.StatusCode, got.Body)
	}
	nova, err := models.PersonByEmail(t.Context(), n.db, "nova@example.org")
	require.NoError(t, err)
	require.Equal(t, []string{"Dr. Nova Person", "ro"}, []string{nova.Name, nova.Language}, "as the officer said")
	require.EqualValues(t, 1, n.invitedBy(t, "nova@example.org"), "twice is once")
	notices, err := models.ContactNotices(t.Context(), n.db, models.NoticeFilter{Search: "nova@"})
	require.NoError(t, err)
	require.Len(t, notices, 1)
	require.Equal(t, "interest", notices[0].Basis)
	require.Equal(t, i18n.For("ro").T("suggestion.source"), notices[0].Source, "in words they can read")
	require.NotContains(t, notices[0].Source, n.person("expert-02").Name, "who suggested is not told")
	people := n.rows("people")
	require.Equal(t, http.StatusSeeOther, press(by[task.ID][1]).StatusCode)
	require.Equal(t, people, n.rows("people"), "who is there already is recognised")
	require.NotNil(t, n.taskOf("expert-05"))
	require.NoError(t, models.Suggest(t.Context(), n.db, task, []models.SuggestionPayload{{Email: n.person("expert-03").Email}}, "en", time.Now()))
	already := o.get(home + "/round?task=" + task.ID.String())
	sound(t, already)
	require.Contains(t, already.Body, i18n.For("en").T("suggestion.asked"))
	require.NotContains(t, already.Body, `name="do" value="suggested"`, "who is asked in this round is not invited into it again")

	require.NoError(t, models.ForgetSuggestions(t.Context(), n.db, time.Now(), time.Now()))
	n.exec(`UPDATE review_rounds SET closed_at = now() - interval '40 days' WHERE recommendation_id = ?`, n.brief.ID)
	require.NoError(t, models.ForgetSuggestions(t.Context(), n.db, time.Now().AddDate(0, 0, -30), time.Now()))
	left, err := n.db.NewSelect().TableExpr("submissions").Where("payload::text LIKE '%nova@%' OR payload::text LIKE '%Knows the courts%'").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, left)
	by, err = models.Suggestions(t.Context(), n.db, n.brief.ID, 1)
	require.NoError(t, err)
	require.Empty(t, by)
}

// asksWhoIsNew leaves out how somebody new is called, in every language: nobody is invited by a part of an address.
func (n *office) asksWhoIsNew(home string, task *models.Task, s models.ReviewerSuggestion) {
	n.t.Helper()
	for _, tag := range i18n.Tags() {
		b, words := n.as("officer-khc", tag), i18n.For(tag)
		f := url.Values{"do": {"suggested"}, "decision_id": {NewDecisionID()}, "suggestion": {s.ID.String()}, "task": {task.ID.String()}, "at": {"0"},
			"suggestions[0].name": {" "}, "suggestions[0].language": {"ro"}}
		refused := b.post(home+"/round", f)
		require.Equal(n.t, http.StatusUnprocessableEntity, refused.StatusCode)
		sound(n.t, refused)
		require.Contains(n.t, refused.Body, `href="#f-suggestions-0-name"`)
		require.Contains(n.t, refused.Body, words.T("field.suggestions.name")+" 1")
		require.Regexp(n.t, `<option value="ro"[^>]* selected`, refused.Body, "what was chosen stays")
	}
	require.Zero(n.t, n.invitedBy(n.t.(*testing.T), s.Email))
}

// invitedBy counts the questions to whoever has an address.
func (n *office) invitedBy(t *testing.T, address string) int64 {
	t.Helper()
	count, err := n.db.NewSelect().TableExpr("tasks AS t").Join("JOIN people AS p ON p.id = t.person_id").Where("p.email = ?", address).Count(t.Context())
	require.NoError(t, err)
	return count
}
