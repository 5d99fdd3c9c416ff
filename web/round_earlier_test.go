package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

// TestTheDeskOfAnEarlierRoundIsLookedAt and nothing is done at it.
func TestTheDeskOfAnEarlierRoundIsLookedAt(t *testing.T) {
	h := newHouse(t).roundCommented().decided()
	h.exec(`UPDATE reviews SET answer = 'support' WHERE person_id = ?`, h.person("expert-02").ID)
	h.secondRound("expert-12")
	desk := recommendationPath(h.brief.ID) + "/round"
	b := h.as("officer-khc", "en")
	now := b.get(desk)
	sound(t, now)
	require.Contains(t, now.Body, `href="`+desk+`?round=1"`)
	require.Contains(t, now.Body, h.person("expert-12").Name)
	require.NotContains(t, now.Body, h.person("expert-02").Name)
	for _, tag := range i18n.Tags() {
		b, l := h.as("officer-khc", tag), i18n.For(tag)
		before := b.get(desk + "?round=1")
		require.Equal(t, http.StatusOK, before.StatusCode)
		sound(t, before)
		unsaid(t, before)
		require.Contains(t, before.Body, l.T("round.earlier"))
		require.Contains(t, before.Body, h.person("expert-02").Name)
		require.NotContains(t, before.Body, h.person("expert-12").Name)
		require.Contains(t, b.get(recommendationPath(h.brief.ID)+"/reviewers").Body, l.T("officer.expert.reviewed"), "who answered in it can be asked again")
		require.Contains(t, before.Body, `href="`+desk+`"`, "and back to the one that runs")
		for _, act := range []string{`action="` + desk, "?task=", desk + "#", "/reviewers"} {
			require.NotContains(t, before.Body, act, "nothing is done at it")
		}
	}
	for _, none := range []string{"0", "3", "-1", "one"} {
		require.Equal(t, http.StatusNotFound, b.get(desk+"?round="+none).StatusCode, none)
	}
	require.Equal(t, now.StatusCode, b.get(desk+"?round=2").StatusCode)
	stranger := h.as("officer-tdh", "en")
	require.NotEqual(t, http.StatusOK, stranger.get(desk+"?round=1").StatusCode)
	require.Equal(t, stranger.get(desk).StatusCode, stranger.get(desk+"?round=1").StatusCode)
	require.Equal(t, http.StatusUnprocessableEntity, b.post(desk+"?round=1", url.Values{"do": {"extend"}}).StatusCode, "what is sent is about the round that runs")
}
