package web

import (
	"html"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestASignOffIsTakenBackOnItsPage takes one back in every language, and gives it once more.
func TestASignOffIsTakenBackOnItsPage(t *testing.T) {
	n := newOffice(t)
	n.toSignOff()
	task, other := n.signOffTask("khc"), n.signOffTask("tdh")
	home := recommendationPath(n.brief.ID)
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		b, path := n.byLink(task, n.person("partner-khc"), tag)
		require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {tag}}).StatusCode)
		f := filled(t, b.get(path).Body, path+"/sign-off")
		f.Set("answer", models.SignOffAbstain)
		f.Set("reason", "Words that must not be lost.")
		require.Equal(t, http.StatusSeeOther, b.post(path+"/sign-off", f).StatusCode)
		require.Contains(t, b.get(path).Body, `href="`+path+`/thanks?take-back=1#take-back"`)
		thanks := b.get(path + "/thanks?take-back=1")
		sound(t, thanks)
		require.Contains(t, thanks.Body, html.EscapeString(l.T("takeback.lasts")))
		back := filled(t, thanks.Body, path+"/take-back")
		require.Empty(t, back.Get("take_back"), "nothing is chosen for anybody")
		unsure := b.post(path+"/take-back", back)
		require.Equal(t, http.StatusUnprocessableEntity, unsure.StatusCode)
		sound(t, unsure)
		require.Contains(t, unsure.Body, html.EscapeString(l.T("asked.tick", "Box", l.T("takeback.box.sign_off"))))
		stale := b.post(path+"/take-back", url.Values{"decision_id": {NewDecisionID()}, "seen_answer": {"another-answer"}, "take_back": {"yes"}})
		require.Equal(t, http.StatusPreconditionFailed, stale.StatusCode, "not an answer that they have not seen")
		require.Contains(t, stale.Body, l.T("takeback.other"))
		back = filled(t, unsure.Body, path+"/take-back")
		back.Set("take_back", "yes")
		for range 2 { // the same form sent twice
			taken := b.post(path+"/take-back", back)
			require.Equal(t, http.StatusSeeOther, taken.StatusCode, taken.Body)
			require.Equal(t, path, taken.Header.Get("Location"))
		}
		require.True(t, n.task(task.ID).WaitsAgain())

		page := b.get(path)
		sound(t, page)
		require.Contains(t, page.Body, html.EscapeString(l.T("signoff.waits_again")))
		require.Contains(t, page.Body, "Words that must not be lost.")
		require.NotContains(t, page.Body, " checked", "no answer is chosen for anybody")
		require.Equal(t, http.StatusSeeOther, b.get(path+"/thanks").StatusCode, "there is nothing to be thanked for")
		officer := n.as("officer-khc", tag)
		for _, seen := range []answer{officer.get(home), n.as("partner-tdh-al", tag).get(taskPath(other.ID))} {
			sound(t, seen)
			require.Contains(t, seen.Body, l.T("signoff.taken_back"))
			require.NotContains(t, seen.Body, "Words that must not be lost.")
		}
		minutes := officer.get(home + "/record")
		require.Contains(t, minutes.Body, l.T("record.signoff.taken_back"))
		require.NotContains(t, minutes.Body, "Words that must not be lost.")

		f = filled(t, page.Body, path+"/sign-off") // and sent once more, as it was
		f.Set("answer", models.SignOffApproveWithCondition)
		require.Equal(t, http.StatusSeeOther, b.post(path+"/sign-off", f).StatusCode)
		so, err := models.SignOffByTask(t.Context(), n.db, task.ID)
		require.NoError(t, err)
		require.Equal(t, "Words that must not be lost.", so.Reason)
		require.NotContains(t, n.as("officer-khc", tag).get(home).Body, l.T("signoff.taken_back"))
	}
}

// TestASignOffIsTakenBackInTheOrganisationsName: by a colleague, not by a sister, and not once it is over.
func TestASignOffIsTakenBackInTheOrganisationsName(t *testing.T) {
	n := newOffice(t)
	n.toSignOff()
	l := i18n.For("en")
	task := n.signOffTask("tdh").ID
	path := taskPath(task)
	row := map[string]any{"person_id": n.person("partner-khc").ID, "organisation_id": demo.ID("organisation", "tdh-al"), "role": models.RolePartner}
	_, err := n.db.NewInsert().Model(&row).TableExpr("roles").Exec(t.Context())
	require.NoError(t, err)
	first := n.as("partner-tdh-al", "en")
	f := filled(t, first.get(path).Body, path+"/sign-off")
	f.Set("answer", models.SignOffAbstain)
	f.Set("reason", "Not yet.")
	require.Equal(t, http.StatusSeeOther, first.post(path+"/sign-off", f).StatusCode)

	signed := n.task(task)
	n.scannedAt(signed, n.person("partner-tdh-al"), path+"/thanks?take-back=1") // a machine takes nothing back
	sister := n.as("partner-tdh-md", "en")
	require.NotContains(t, sister.get(path).Body, "take-back")
	require.NotContains(t, sister.get(path+"/thanks").Body, "/take-back")
	so, err := models.SignOffByTask(t.Context(), n.db, task)
	require.NoError(t, err)
	posted := url.Values{"decision_id": {NewDecisionID()}, "seen_answer": {so.DecisionID}, "take_back": {"yes"}}
	require.Equal(t, http.StatusForbidden, sister.post(path+"/take-back", posted).StatusCode)

	colleague := n.as("partner-khc", "en")
	require.Contains(t, colleague.get(path).Body, "take-back=1")
	page := colleague.get(path + "/thanks?take-back=1")
	sound(t, page)
	require.Contains(t, page.Body, l.T("takeback.text_theirs"))
	back := filled(t, page.Body, path+"/take-back")
	back.Set("take_back", "yes")
	require.Equal(t, http.StatusSeeOther, colleague.post(path+"/take-back", back).StatusCode)
	require.NotContains(t, colleague.get(path).Body, "Not yet.", "the words are whose they are")
	require.Contains(t, first.get(path).Body, "Not yet.")

	for who, organisation := range map[*reader]string{first: "tdh", colleague: "khc"} {
		path := taskPath(n.signOffTask(organisation).ID)
		f := filled(t, who.get(path).Body, path+"/sign-off")
		f.Set("answer", models.SignOffApprove)
		f.Del("reason")
		require.Equal(t, http.StatusSeeOther, who.post(path+"/sign-off", f).StatusCode)
	}
	n.open(models.TaskPublish)
	require.NotContains(t, first.get(path+"/thanks").Body, "/take-back")
	over := first.post(path+"/take-back", url.Values{"decision_id": {NewDecisionID()}, "take_back": {"yes"}})
	require.Equal(t, http.StatusConflict, over.StatusCode)
	sound(t, over)
	require.Contains(t, over.Body, l.T("takeback.closed.sign_off"))
}
