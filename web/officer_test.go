package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// unsaid checks that a page of ours shows no key in the place of words.
func unsaid(t testing.TB, got answer) {
	t.Helper()
	sound(t, got)
	require.NotRegexp(t, `[>" ](draft|officer|record|recommendation|version|field|published)\.[a-z_]+(\.[a-z_]+)*[<" ]`, got.Body)
}

func TestDeskInEveryLanguage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.ask(models.TaskReview, h.person("expert-04").ID)
	home := recommendationPath(h.brief.ID)
	pages := []string{"", "/edit", "/versions", "/versions/1", "/compare", "/start-review", "/hold", "/withdraw", "/on-behalf",
		"/deliveries", "/record", "/record/verification"}
	for _, tag := range i18n.Tags() {
		for _, who := range []string{"officer-khc", "coordinator"} {
			if testing.Short() && who == "coordinator" && tag != "en" {
				continue // the pages are the same
			}
			b := h.as(who, tag)
			for _, page := range append([]string{"/recommendations/new"}, pages...) {
				path := page
				if !strings.HasPrefix(page, "/recommendations") {
					path = home + page
				}
				got := b.get(path)
				require.Equal(t, http.StatusOK, got.StatusCode, "%s %s %s", tag, who, path)
				require.Equal(t, tag, got.Header.Get("Content-Language"))
				unsaid(t, got)
				if tag == "en" || !testing.Short() {
					require.Empty(t, b.send(http.MethodHead, path, nil).Body)
				}
			}
		}
	}
	for path, want := range map[string]int{"/publish": 409, "/decide-review": 409, "/resolve-sign-off": 409, "/resume": 409, "/reviewers": 409,
		"/versions/9": 404, "/versions/99999999999999999999": 404} {
		require.Equal(t, want, h.as("officer-khc", "en").get(home+path).StatusCode, path)
	}
	require.Equal(t, http.StatusNotFound, h.as("officer-khc", "en").get("/recommendations/nothing").StatusCode)
	require.Equal(t, http.StatusNotFound, h.as("officer-khc", "en").get(recommendationPath(uuid.New())).StatusCode)
}

func TestWhoMayDecide(t *testing.T) {
	h := newHouse(t)
	home := recommendationPath(h.brief.ID)
	h.enter(models.StageReview)
	acts := []string{"/edit", "/start-review", "/reviewers", "/decide-review", "/translators", "/resolve-sign-off", "/publish", "/deliveries", "/hold",
		"/resume", "/withdraw", "/on-behalf"}
	for who, want := range map[string]int{"partner-khc": 403, "officer-tdh": 404, "reader": 404, "expert-01": 404, "translator-bg-1": 404} {
		b := h.as(who, "en")
		for _, act := range acts {
			require.Equal(t, want, b.get(home+act).StatusCode, "%s reads %s", who, act)
			require.Equal(t, want, b.post(home+act, url.Values{"decision_id": {NewDecisionID()}, "reason": {"x"}}).StatusCode, "%s sends %s", who, act)
		}
		require.Equal(t, http.StatusForbidden == want, b.get(home).StatusCode == http.StatusOK, "%s reads the recommendation", who)
	}
	require.Equal(t, http.StatusSeeOther, h.public("en").get(home).StatusCode, "the public is asked to sign in")
	require.Equal(t, http.StatusUnauthorized, h.public("en").post(home+"/withdraw", url.Values{}).StatusCode)
	require.Equal(t, http.StatusForbidden, h.as("partner-khc", "en").get("/recommendations/new").StatusCode)
}

func TestExpertsAreNamedToOwnersAlone(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-04")
	h.enter(models.StageReview)
	h.ask(models.TaskReview, expert.ID)
	home := recommendationPath(h.brief.ID)
	require.Contains(t, h.as("officer-khc", "en").get(home).Body, expert.Name)
	partner := h.as("partner-khc", "en")
	for _, page := range []string{"", "/record", "/versions"} {
		got := partner.get(home + page)
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.NotContains(t, got.Body, expert.Name)
	}
	require.Contains(t, partner.get(home).Body, i18n.For("en").T("recommendation.somebody.expert"))
}

func TestReviewIsSentAfterSayingToWhom(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	b, path := n.as("officer-khc", "en"), recommendationPath(n.brief.ID)+"/start-review"
	f := filled(t, b.get(path).Body, path)
	require.Equal(t, n.current().ID.String(), f.Get("version_id"))
	f.Set("do", "check")
	nobody := url.Values{"do": {"check"}, "version_id": f["version_id"], "enough": {"x"}}
	refused := b.post(path, nobody)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.Body, `href="#f-invite"`)
	require.Contains(t, refused.Body, `href="#f-enough"`)

	for field := range f {
		if strings.HasPrefix(field, "expert[") {
			f.Del(field)
		}
	}
	f.Set(expertField(demo.ID("person", "expert-02")), inviteNow)
	f.Set(expertField(demo.ID("person", "expert-05")), reservePrefix+"2")
	f.Set(expertField(demo.ID("person", "expert-03")), reservePrefix+"1")
	f.Set("enough", "3")
	tooMany := b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, tooMany.StatusCode)
	require.Contains(t, tooMany.Body, i18n.For("en").T("error.field.enough", "invited", 1))
	f.Set("enough", "1")
	n.reserveNumbersOnce(path, f)
	confirm := b.post(path, f)
	require.Equal(t, http.StatusOK, confirm.StatusCode)
	unsaid(t, confirm)
	require.Contains(t, confirm.Body, "Fiona Carmichael")
	require.Less(t, strings.Index(confirm.Body, "Tomislav Marušić"), strings.Index(confirm.Body, "Callum Reid"), "the reserve stands in its order")
	require.Contains(t, confirm.Body, "Croatia", "a country without a partner is named")
	require.Equal(t, models.StageDrafting, n.reload().Stage, "nothing was sent yet")

	send := form(t, confirm.Body, path)
	send.Set("do", "send")
	require.Equal(t, http.StatusSeeOther, b.post(path, send).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path, send).StatusCode, "a second click is the same decision")
	tasks := n.open(models.TaskReview)
	require.Len(t, tasks, 1)
	require.Equal(t, demo.ID("person", "expert-02"), *tasks[0].PersonID)
	round, err := models.RoundByNumber(t.Context(), n.db, n.brief.ID, 1)
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{demo.ID("person", "expert-03"), demo.ID("person", "expert-05")}, round.Reserve)
	require.Equal(t, 1, n.reload().Round)
	require.Contains(t, b.get(recommendationPath(n.brief.ID)).Body, "Fiona Carmichael")
}

// reserveNumbersOnce gives two experts the same number in reserve: at the one further down stands who has it, in every language.
func (n *office) reserveNumbersOnce(path string, f url.Values) {
	n.t.Helper()
	twice := maps.Clone(f)
	twice.Set(expertField(demo.ID("person", "expert-05")), reservePrefix+"1")
	for _, tag := range i18n.Tags() {
		refused := n.as("officer-khc", tag).post(path, twice)
		require.Equal(n.t, http.StatusUnprocessableEntity, refused.StatusCode)
		sound(n.t, refused)
		said := 0
		for pair, field := range map[[2]string]string{{"expert-03", "expert-05"}: "expert-05", {"expert-05", "expert-03"}: "expert-03"} {
			if strings.Contains(refused.Body, i18n.For(tag).T("error.field.place_taken", "name", n.person(pair[0]).Name, "place", "1")) {
				require.Contains(n.t, refused.Body, `href="#f-expert-`+n.person(field).ID.String()+`">`+n.person(field).Name+": ", "whose row it is")
				said++
			}
		}
		require.Equal(n.t, 1, said, "one of the two has it")
	}
	require.Equal(n.t, models.StageDrafting, n.reload().Stage)
	n.as("officer-khc", "en")
}

func TestReviewOfAnOutdatedTextIsNotSent(t *testing.T) {
	n := newOffice(t)
	b, home := n.as("officer-khc", "bg"), recommendationPath(n.brief.ID)
	f := filled(t, b.get(home+"/start-review").Body, home+"/start-review")
	f.Set("do", "check")
	send := form(t, b.post(home+"/start-review", f).Body, home+"/start-review")
	edited := filled(t, b.get(home+"/edit").Body, home+"/edit")
	edited.Set("title", "A later title")
	edited.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(home+"/edit", edited).StatusCode)
	send.Set("do", "send")
	refused := b.post(home+"/start-review", send)
	require.Equal(t, http.StatusConflict, refused.StatusCode)
	require.Contains(t, refused.Body, i18n.For("bg").T("error.other_text"))
	again := filled(t, refused.Body, home+"/start-review")
	require.Equal(t, n.current().ID.String(), again.Get("version_id"), "the form is about the new text now")
	require.Equal(t, models.StageDrafting, n.reload().Stage)
	again.Set("do", "check")
	confirmed := form(t, b.post(home+"/start-review", again).Body, home+"/start-review")
	require.NotEqual(t, send.Get("decision_id"), confirmed.Get("decision_id"))
	confirmed.Set("do", "send")
	require.Equal(t, http.StatusSeeOther, b.post(home+"/start-review", confirmed).StatusCode)
	n.open(models.TaskReview)
}
