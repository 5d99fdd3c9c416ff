package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/links"
	"tribuna/models"
)

func TestWithoutATokenOnlyThePublicListsAnswer(t *testing.T) {
	h := newHouse(t)
	public := map[string]bool{"getHealth": true, "getOpenAPI": true, "listLanguages": true, "listCountries": true, "listTopics": true,
		"listChallenges": true, "listAuthorities": true, "getAuthority": true, "listPublished": true, "getPublished": true, "getPublishedIn": true,
		"getPublishedAsWord": true, "getPublishedAsPDF": true, "createToken": true, "renewLink": true, "reportContent": true}
	for _, r := range h.server.routes() {
		path := strings.NewReplacer("{id}", uuid.NewString(), "{slug}", "none", "{language}", "en", "{number}", "1", "{seq}", "1").Replace(r.path)
		res := h.do(t, request{method: r.method, path: path})
		if public[r.id] {
			require.NotEqual(t, http.StatusUnauthorized, res.status, r.id)
			continue
		}
		require.Equal(t, http.StatusUnauthorized, res.status, r.id)
		require.Equal(t, "unauthenticated", res.problem.Code)
		require.Equal(t, "Bearer", res.header.Get("WWW-Authenticate"))
		require.Equal(t, "no-store", res.header.Get("Cache-Control"))
	}
}

func TestWhoMayReadAndDoWhat(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	base := "/recommendations/" + rec.ID.String()
	const officer, stranger, partner, reader, coordinator = "officer-khc", "officer-tdh", "partner-tdh-ro", "reader", "coordinator"
	draft := map[string]any{"title": "T", "body": "B", "measures": []any{}}
	reason := map[string]any{"reason": "because"}
	for _, c := range []struct {
		method, path, who string
		body              any
		header            map[string]string
		want              int
	}{
		{"GET", base, officer, nil, nil, 200},
		{"GET", base, coordinator, nil, nil, 200},
		{"GET", base, stranger, nil, nil, 404},
		{"GET", base, partner, nil, nil, 404},
		{"GET", base, reader, nil, nil, 404},
		{"GET", base + "/draft", officer, nil, nil, 200},
		{"GET", base + "/draft", reader, nil, nil, 404},
		{"GET", base + "/versions", officer, nil, nil, 200},
		{"GET", base + "/versions/1", officer, nil, nil, 200},
		{"GET", base + "/versions/7", officer, nil, nil, 404},
		{"GET", base + "/versions/1/comparison", officer, nil, nil, 200},
		{"GET", base + "/comparison?from=1&to=1", officer, nil, nil, 200},
		{"GET", base + "/measures", officer, nil, nil, 200},
		{"GET", base + "/reviews", officer, nil, nil, 200},
		{"GET", base + "/translations", officer, nil, nil, 200},
		{"GET", base + "/sign-offs", officer, nil, nil, 200},
		{"GET", base + "/deliveries", officer, nil, nil, 200},
		{"GET", base + "/mailings", officer, nil, nil, 200},
		{"GET", base + "/audience?languages=bg&roles=reader", officer, nil, nil, 200},
		{"GET", base + "/audience?roles=king", officer, nil, nil, 422},
		{"GET", base + "/publication", officer, nil, nil, 404},
		{"GET", base + "/record", officer, nil, nil, 200},
		{"GET", base + "/record/verify", officer, nil, nil, 200},
		{"PUT", base + "/draft", stranger, draft, map[string]string{"If-Match": `"1"`}, 404},
		{"POST", base + "/withdraw", stranger, reason, key(), 404},
		{"POST", base + "/hold", officer, reason, key(), 202},
		{"POST", base + "/record/1/redact", officer, map[string]any{"field": "x", "reason": "y"}, nil, 403},
		{"POST", base + "/record/1/redact", coordinator, map[string]any{"field": "x", "reason": "y"}, nil, 422},
		{"POST", base + "/record/99/redact", coordinator, map[string]any{"field": "x", "reason": "y"}, nil, 404},
		{"POST", base + "/mailings", officer, map[string]any{"audience": map[string]any{}, "fallback_language": "en",
			"texts": []any{map[string]any{"language": "en", "subject": "S", "body": "B"}}}, key(), 409},
		{"GET", "/experts?recommendation=" + rec.ID.String(), officer, nil, nil, 200},
		{"GET", "/experts?recommendation=" + rec.ID.String(), stranger, nil, nil, 404},
		{"GET", "/experts", officer, nil, nil, 422},
		{"GET", "/translators?language=bg", officer, nil, nil, 200},
		{"GET", "/translators?language=bg", partner, nil, nil, 403},
		{"GET", "/translators", officer, nil, nil, 422},
		{"GET", "/organisations?kind=partner&member=true", reader, nil, nil, 200},
		{"GET", "/organisations/" + demo.ID("organisation", "khc").String(), reader, nil, nil, 200},
		{"GET", "/procedures", reader, nil, nil, 200},
		{"GET", "/grants", reader, nil, nil, 200},
		{"GET", "/dashboard?country=BG&stage=drafting&overdue=false", officer, nil, nil, 200},
		{"GET", "/dashboard?stage=dancing", officer, nil, nil, 422},
		{"GET", "/followups?country=BG&status=adopted", reader, nil, nil, 200},
		{"GET", "/me", reader, nil, nil, 200},
		{"GET", "/waiting", reader, nil, nil, 200},
		{"GET", "/authorities?country=BG&level=state&q=Min", reader, nil, nil, 200},
		{"GET", "/authorities?level=galaxy", reader, nil, nil, 422},
	} {
		token := h.token(t, c.who)
		res := h.do(t, request{method: c.method, path: c.path, token: token, body: c.body, header: c.header})
		require.Equal(t, c.want, res.status, "%s %s by %s: %s", c.method, c.path, c.who, res.body)
		if c.method == "GET" {
			head := h.do(t, request{method: http.MethodHead, path: c.path, token: token})
			require.Equal(t, c.want, head.status, "HEAD %s", c.path)
		}
	}
}

func TestAPersonalLinkOpensItsTaskAndNothingElse(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	task := h.ask(t, rec, models.TaskReview, "expert-02")
	other := h.ask(t, rec, models.TaskReview, "expert-03")
	token := h.links.Mint(links.KindTask, task.ID, *task.PersonID, 1)

	var view Task
	h.read(t, token, "/tasks/"+task.ID.String(), &view)
	require.Equal(t, "expertise", view.Why.Code)
	require.NotEmpty(t, view.Version.Blocks)
	require.Empty(t, view.Refused)
	var waiting list[Waiting]
	h.read(t, token, "/waiting", &waiting)
	require.Len(t, waiting.Items, 1)
	var me Me
	h.read(t, token, "/me", &me)
	require.Equal(t, task.ID, *me.LinkTask)

	for path, want := range map[string]int{"/tasks/" + other.ID.String(): 404, "/recommendations/" + rec.ID.String(): 403,
		"/recommendations": 403, "/dashboard": 403, "/organisations": 403, "/languages": 200} {
		require.Equal(t, want, h.do(t, request{method: http.MethodGet, path: path, token: token}).status, path)
	}

	t.Run("revoked by an owner, renewed for the person", func(t *testing.T) {
		officer := h.token(t, "officer-khc")
		path := "/tasks/" + task.ID.String()
		require.Equal(t, 403, h.do(t, request{method: "POST", path: path + "/revoke-links", token: token}).status)
		require.Equal(t, 200, h.do(t, request{method: "POST", path: path + "/revoke-links", token: officer}).status)
		res := h.do(t, request{method: "GET", path: path, token: token})
		require.Equal(t, http.StatusGone, res.status)
		require.Equal(t, "link_expired", res.problem.Code)

		stranger := h.token(t, "officer-tdh")
		count := func() int {
			n, err := h.db.NewSelect().Table("outbox").Where("kind = 'new_link'").Count(t.Context())
			require.NoError(t, err)
			return int(n)
		}
		var answers []string
		for _, asker := range []string{"", stranger, "tl_nonsense", h.links.Mint(links.KindTask, other.ID, *other.PersonID, 1)} {
			res := h.do(t, request{method: "POST", path: path + "/renew-link", token: asker})
			require.Equal(t, http.StatusAccepted, res.status)
			answers = append(answers, string(res.body))
			require.Zero(t, count(), "nobody is written to on the wish of %q", asker)
		}
		for _, asker := range []string{token, officer} {
			res := h.do(t, request{method: "POST", path: path + "/renew-link", token: asker})
			require.Equal(t, http.StatusAccepted, res.status)
			require.Equal(t, answers[0], string(res.body), "the answer is the same for everybody")
			require.Equal(t, 1, count(), "one new link, however often it is asked for")
		}
		res = h.do(t, request{method: "POST", path: "/tasks/" + uuid.NewString() + "/renew-link", token: officer})
		require.Equal(t, http.StatusAccepted, res.status)
	})
}

func TestExpertsAreNamedToOwnersOnly(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	task := h.ask(t, rec, models.TaskReview, "expert-02")
	answer := models.AnswerSupport
	review := &models.Review{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, Round: 1, PersonID: *task.PersonID,
		Answer: &answer, Naming: models.NamingNone, DecisionID: "decision-1", AnsweredAt: noon}
	require.NoError(t, review.Put(t.Context(), h.db, []models.CommentPayload{{Block: 0, Body: "secret words"}}))

	path := "/recommendations/" + rec.ID.String()
	for who, want := range map[string]bool{"officer-khc": true, "coordinator": true, "partner-khc": false} {
		token := h.token(t, who)
		for _, p := range []string{"", "/reviews"} {
			res := h.do(t, request{method: "GET", path: path + p, token: token})
			require.Equal(t, 200, res.status, "%s %s: %s", who, p, res.body)
			require.Equal(t, want, strings.Contains(string(res.body), "Fiona Carmichael"), "%s %s", who, p)
		}
		res := h.do(t, request{method: "GET", path: path + "/reviews", token: token})
		require.Equal(t, want, strings.Contains(string(res.body), "secret words"), who)
		require.Contains(t, string(res.body), `"answered":1`)
	}
}

func TestAnExpertIsNamedInTheNetworkWhereTheAnswerSaysSo(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	task := h.ask(t, rec, models.TaskReview, "expert-02")
	answer := models.AnswerSupport
	review := &models.Review{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, Round: 1, PersonID: *task.PersonID,
		Answer: &answer, DecisionID: "decision-1", AnsweredAt: noon}
	h.ask(t, rec, models.TaskReview, "expert-03")
	for naming, named := range map[string]bool{models.NamingPublic: true, models.NamingNetwork: true, models.NamingNone: false} {
		review.Naming = naming
		require.NoError(t, review.Put(t.Context(), h.db, nil))
		for who, network := range map[string]bool{"officer-khc": true, "partner-khc": true, "expert-03": false} {
			var rounds list[Round]
			h.read(t, h.token(t, who), "/recommendations/"+rec.ID.String()+"/reviews", &rounds)
			want := []string{}
			if named && network {
				want = append(want, "Fiona Carmichael")
			}
			require.Equal(t, want, rounds.Items[0].Reviewers, "%s, %s", naming, who)
		}
	}
}

func TestSigningInIsLimitedAndSaysNothing(t *testing.T) {
	h := newHouse(t)
	attempt := func(password string) response {
		return h.do(t, request{method: "POST", path: "/tokens", body: TokenInput{Email: "Hanna.Lindqvist@tribuna.example", Password: password}})
	}
	good := attempt(demo.Password)
	require.Equal(t, http.StatusCreated, good.status, "%s", good.body)
	require.Equal(t, "no-store", good.header.Get("Cache-Control"))
	require.Contains(t, string(good.body), `"token":"tb_`)
	for range models.SignInLimit.Both - 1 {
		res := attempt("wrong")
		require.Equal(t, http.StatusUnauthorized, res.status)
		require.Equal(t, "sign_in", res.problem.Code)
	}
	res := attempt(demo.Password)
	require.Equal(t, http.StatusTooManyRequests, res.status)
	require.Equal(t, "900", res.header.Get("Retry-After"), "the window begins at noon")
}

func TestTheLogHoldsNoSecrets(t *testing.T) {
	h := newHouse(t)
	token := h.token(t, "reader")
	h.do(t, request{method: "GET", path: "/me?x=" + token, token: token})
	h.do(t, request{method: "GET", path: "/" + token, token: token})
	log := h.log.text()
	require.NotContains(t, log, token)
	require.Contains(t, log, `"path":"/api/v1/tb_…"`)
	require.Contains(t, log, `"status":404`)
	require.NotContains(t, log, "lindqvist")
}
