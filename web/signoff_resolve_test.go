package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestOfficerDecidesWhatFollowsWhenPartnersDoNotAgree is the way out of a sign-off whose rule is not met, from the officer's
// desk to the decision.
func TestOfficerDecidesWhatFollowsWhenPartnersDoNotAgree(t *testing.T) {
	n := newOffice(t)
	n.toSignOff()
	version := n.current()
	for organisation, partner := range map[string]string{"khc": "partner-khc", "tdh": "partner-tdh-al"} {
		n.say(n.brief.ID, n.person(partner), models.DecideAnswerSignOff, n.signOffTask(organisation),
			models.SignOffPayload{VersionHash: version.Hash, Answer: models.SignOffDoNotCosign, Reason: "Not as it stands."})
	}
	resolve := recommendationPath(n.brief.ID) + "/resolve-sign-off"
	path := resolve + "?task=" + n.open(models.TaskResolveSignOff)[0].ID.String()
	n.inEveryLanguage(path, "en")
	b := n.as("officer-khc", "en")
	page := b.get(path).Body
	require.Contains(t, page, "Not as it stands.", "the officer reads why")
	require.NotContains(t, page, " checked", "nothing is chosen for them")

	nothing := b.decideAt(path, nil)
	require.Equal(t, http.StatusUnprocessableEntity, nothing.StatusCode)
	require.Contains(t, nothing.Body, `href="#f-decision"`)
	require.Contains(t, nothing.Body, `href="#f-reason"`)
	silent := b.decideAt(path, url.Values{"decision": {models.ResolveRevise}})
	require.Equal(t, http.StatusUnprocessableEntity, silent.StatusCode, "the decision is explained")
	require.Contains(t, silent.Body, `value="revise" checked`, "what was chosen stays")

	kept := form(t, b.get(path).Body, resolve)
	kept.Set("decision", models.ResolveRevise)
	kept.Set("reason", "Half a sentence")
	kept.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(resolve, kept).StatusCode)
	require.Equal(t, models.StageSignOff, n.reload().Stage, "keeping decides nothing")

	decided := b.post(resolve, with(form(t, b.get(path+"&kept=continue").Body, resolve), url.Values{"decision": {models.ResolveRevise}, "reason": {"We write the budget line anew."}}))
	require.Equal(t, http.StatusSeeOther, decided.StatusCode, decided.Body)
	n.waitFor("the desk", func() bool { return n.reload().Stage == models.StageDrafting })
	require.Equal(t, http.StatusConflict, b.get(path).StatusCode, "it is decided")
	require.Contains(t, b.get(recommendationPath(n.brief.ID)+"/record").Body, "We write the budget line anew.")
}

func with(f, more url.Values) url.Values {
	for name, values := range more {
		f[name] = values
	}
	return f
}
