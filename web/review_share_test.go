package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
)

func TestExpertsAreFoundForSeveralTextsAtOnce(t *testing.T) {
	h := newHouse(t)
	b := h.as("officer-khc", "en")
	page := b.get(reviewSharePath)
	sound(t, page)
	require.Contains(t, page.Body, h.brief.Title)
	require.NotContains(t, page.Body, `id="proposed"`, "nothing was chosen yet")

	id := h.brief.ID.String()
	q := url.Values{"text": {id}, "wanted-" + id: {"2"}}
	proposed := b.get(reviewSharePath + "?" + q.Encode())
	sound(t, proposed)
	_, after, found := strings.Cut(proposed.Body, `href="`+recommendationPath(h.brief.ID)+"/start-review?")
	require.True(t, found)
	query, _, _ := strings.Cut(after, `"`)
	experts, err := url.ParseQuery(strings.ReplaceAll(query, "&amp;", "&"))
	require.NoError(t, err)
	require.Len(t, experts["expert"], 2)
	require.Zero(t, h.rows("submissions"), "looking decides nothing")

	path := recommendationPath(h.brief.ID) + "/start-review"
	f := filled(t, b.get(path+"?"+experts.Encode()).Body, path)
	var invited []string
	for field, v := range f {
		if who, is := expertOf(field); is && v[0] == inviteNow {
			invited = append(invited, who.String())
		}
	}
	require.ElementsMatch(t, experts["expert"], invited, "those proposed are filled in, and nobody else")
}

func TestTooFewExpertsAreSaidToBeTooFew(t *testing.T) {
	h := newHouse(t)
	id := h.brief.ID.String()
	page := h.as("officer-khc", "en").get(reviewSharePath + "?" + url.Values{"text": {id}, "wanted-" + id: {"99"}, "each": {"many"}}.Encode())
	sound(t, page)
	require.Contains(t, page.Body, "of 20 found", "no more than 20 are wanted, and what is no number is no limit")
}

func TestTextsOfOthersAreNotSharedOut(t *testing.T) {
	h := newHouse(t)
	q := "?" + url.Values{"text": {h.brief.ID.String()}}.Encode()
	other := h.as("officer-tdh", "en").get(reviewSharePath + q)
	require.Equal(t, http.StatusOK, other.StatusCode)
	require.NotContains(t, other.Body, h.brief.Title)
	require.Contains(t, other.Body, i18n.For("en").T("share.none"))
	require.Equal(t, http.StatusForbidden, h.as("partner-khc", "en").get(reviewSharePath+q).StatusCode)
}

func TestWhoKnowsTheAuthorsIsNotProposedWhereTheyAreHidden(t *testing.T) {
	h := newHouse(t)
	h.exec(`UPDATE procedures SET document = jsonb_set(document, '{review,anonymity}', '"double"')`)
	b, id := h.as("officer-khc", "en"), h.brief.ID.String()
	address := reviewSharePath + "?" + url.Values{"text": {id}, "wanted-" + id: {"3"}}.Encode()
	proposed := func() []string {
		t.Helper()
		_, after, found := strings.Cut(b.get(address).Body, `href="`+recommendationPath(h.brief.ID)+"/start-review?")
		require.True(t, found)
		query, _, _ := strings.Cut(after, `"`)
		experts, err := url.ParseQuery(strings.ReplaceAll(query, "&amp;", "&"))
		require.NoError(t, err)
		return experts["expert"]
	}
	before := proposed()
	require.NotContains(t, b.get(address).Body, "is left out")
	h.exec(`INSERT INTO roles (person_id, organisation_id, role) VALUES (?, ?, 'coordinator')`, before[0], demo.ID("organisation", "cyi"))
	page := b.get(address)
	sound(t, page)
	require.NotContains(t, proposed(), before[0])
	require.Contains(t, page.Body, "1 expert who would fit is left out")

	path := recommendationPath(h.brief.ID) + "/start-review"
	start := b.get(path + "?" + url.Values{"expert": before}.Encode())
	require.Contains(t, start.Body, "1 of the experts proposed cannot be asked any more")
	var invited []string
	for field, v := range filled(t, start.Body, path) {
		if who, is := expertOf(field); is && v[0] == inviteNow {
			invited = append(invited, who.String())
		}
	}
	require.ElementsMatch(t, before[1:], invited, "nobody is put in their place")
}
