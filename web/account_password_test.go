package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

const chosenPassword = "four unrelated parrots"

// accountLink is the link that was sent to somebody last, as it stands in the mail.
func (h *house) accountLink(slug string) string {
	h.t.Helper()
	var l models.AccountLink
	require.NoError(h.t, h.db.NewSelect().Model(&l).Where("person_id = ?", h.person(slug).ID).Order("created_at DESC").Limit(1).Scan(h.t.Context()))
	return "/a/" + h.server.Links.Mint(links.KindAccount, l.ID, l.PersonID, 0)
}

func chosen(plain string) url.Values { return url.Values{"password": {plain}, "repeat": {plain}} }

func TestAnInvitationIsTakenUpByMail(t *testing.T) {
	h := newHouse(t)
	expert := h.person("expert-02")
	coordinator, path := h.as("coordinator", "en"), "/administration/access/"+expert.ID.String()
	require.Contains(t, coordinator.get(path).Body, "Send the invitation")
	require.Equal(t, path, coordinator.post(path+"/invite", nil).Header.Get("Location"))
	require.Contains(t, coordinator.get(path).Body, "Invite again")

	link := h.accountLink("expert-02")
	b := h.public("en")
	for range 2 { // a machine that looks at links spends nothing
		got := b.get(link)
		require.Equal(t, http.StatusSeeOther, got.StatusCode)
		require.Equal(t, "/set-password", got.Header.Get("Location"), "the address is clean")
		require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
		cookie := got.Header.Get("Set-Cookie")
		require.Contains(t, cookie, "Path=/set-password;")
		require.Contains(t, cookie, "HttpOnly")
	}
	require.NotContains(t, b.get("/").Body, expert.Name, "nobody is signed in by looking")
	page := b.get("/set-password")
	require.Contains(t, page.Body, expert.Email)
	require.NotContains(t, page.Body, "ta_")

	for plain, rule := range map[string]string{"": "required", "short": "too_short", "password2026!": "breached", expert.Email: "about_you"} {
		got := b.post("/set-password", chosen(plain))
		require.Equal(t, http.StatusUnprocessableEntity, got.StatusCode, plain)
		require.Contains(t, got.Body, i18n.For("en").T("error.field."+rule, "min", models.PasswordMin))
	}
	got := b.post("/set-password", url.Values{"password": {chosenPassword}, "repeat": {chosenPassword + " "}})
	require.Contains(t, got.Body, i18n.For("en").T("error.field.not_same"))

	got = b.post("/set-password", chosen(chosenPassword))
	require.Equal(t, http.StatusSeeOther, got.StatusCode)
	require.Contains(t, b.get("/").Body, expert.Name, "signed in at once")
	require.Equal(t, http.StatusGone, b.post("/set-password", chosen("something else entirely")).StatusCode)
	again := h.public("en")
	again.get(link)
	got = again.get("/set-password")
	require.Equal(t, http.StatusGone, got.StatusCode, "once")
	require.Contains(t, got.Body, `href="/reset-password"`)
	require.Equal(t, http.StatusSeeOther, h.public("en").post("/sign-in", url.Values{"email": {expert.Email}, "password": {chosenPassword}}).StatusCode)
	require.Contains(t, coordinator.get(path).Body, "Active")
	require.Contains(t, withoutLinks.ReplaceAllString(coordinator.get("/administration/journal").Body, ""), "invited "+expert.Name+" to an account")
}

func TestNonsenseOpensNoAccount(t *testing.T) {
	h := newHouse(t)
	officer := h.person("officer-khc")
	for _, token := range []string{"nonsense", "ta_", h.server.Links.Mint(links.KindAccount, uuid.New(), officer.ID, 0),
		h.server.Links.Mint(links.KindTask, uuid.New(), officer.ID, 0)} {
		b := h.public("en")
		require.Equal(t, "/set-password", b.get("/a/"+token).Header.Get("Location"))
		require.Equal(t, http.StatusGone, b.get("/set-password").StatusCode)
		b.get("/a/" + token)
		require.Equal(t, http.StatusGone, b.post("/set-password", chosen(chosenPassword)).StatusCode)
	}
	require.Equal(t, http.StatusGone, h.public("en").get("/set-password").StatusCode)
}

func TestTheAnswerToAForgottenPasswordTellsNothing(t *testing.T) {
	t.Parallel() // each answer takes its time, so that nobody learns by how long it took
	h := newHouse(t)
	h.stopClock()
	officer := h.person("officer-khc")
	pages := map[string]string{}
	for _, address := range []string{officer.Email, "nobody@tribuna.example", h.person("expert-02").Email} {
		began := time.Now()
		got := h.public("en").post("/reset-password", url.Values{"email": {address}})
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.GreaterOrEqual(t, time.Since(began), leastAnswer)
		pages[strings.ReplaceAll(got.Body, address, "…")] = address
	}
	require.Len(t, pages, 1)
	mails, err := h.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("kind = ?", models.MailPasswordReset).Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, mails)
	require.Equal(t, http.StatusUnprocessableEntity, h.public("en").post("/reset-password", nil).StatusCode)
	for range models.ResetLimit.Both - 1 {
		h.public("en").post("/reset-password", url.Values{"email": {officer.Email}})
	}
	got := h.public("en").post("/reset-password", url.Values{"email": {officer.Email}})
	require.Equal(t, http.StatusTooManyRequests, got.StatusCode)
	require.NotEmpty(t, got.Header.Get("Retry-After"))
	require.Contains(t, got.Body, "You can try again in")
}

func TestANewPasswordSignsEverybodyElseOut(t *testing.T) {
	h := newHouse(t)
	thief, b := h.as("officer-khc", "en"), h.public("en")
	require.Equal(t, http.StatusOK, thief.get("/dashboard").StatusCode)
	b.post("/reset-password", url.Values{"email": {h.person("officer-khc").Email}})
	b.get(h.accountLink("officer-khc"))
	require.Equal(t, http.StatusSeeOther, b.post("/set-password", chosen(chosenPassword)).StatusCode)
	require.Equal(t, http.StatusOK, b.get("/dashboard").StatusCode)
	require.Equal(t, http.StatusSeeOther, thief.get("/dashboard").StatusCode, "led to signing in")
	got := h.public("en").post("/sign-in", url.Values{"email": {h.person("officer-khc").Email}, "password": {demo.Password}})
	require.Equal(t, http.StatusUnauthorized, got.StatusCode)
}

func TestPeopleSeeAndEndWhereTheyAreSignedIn(t *testing.T) {
	h := newHouse(t)
	b, phone := h.as("officer-khc", "en"), h.public("en")
	phone.header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1")
	phone.post("/dev/sign-in", url.Values{"email": {h.person("officer-khc").Email}})
	require.Equal(t, http.StatusSeeOther, h.public("en").get("/account").StatusCode)

	page := b.get("/account")
	require.Contains(t, page.Body, "Safari on iPhone")
	require.Contains(t, page.Body, "127.0.0.1")
	foreign, err := models.SessionsOf(t.Context(), h.db, h.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	require.Len(t, foreign, 2)
	stranger := h.as("officer-tdh", "en")
	for _, s := range foreign {
		require.Equal(t, http.StatusNotFound, stranger.post("/account/sessions/"+s.ID.String()+"/end", nil).StatusCode)
	}
	require.Equal(t, http.StatusOK, phone.get("/dashboard").StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post("/account/sessions/end-others", nil).StatusCode)
	require.Equal(t, http.StatusSeeOther, phone.get("/dashboard").StatusCode)
	require.Equal(t, http.StatusOK, b.get("/dashboard").StatusCode)
	require.NotContains(t, b.get("/account").Body, "iPhone")
	b.post("/sign-out", nil)
	left, err := models.SessionsOf(t.Context(), h.db, h.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestThePasswordIsChangedByWhoKnowsIt(t *testing.T) {
	h := newHouse(t)
	b := h.as("officer-khc", "en")
	form := chosen(chosenPassword)
	form.Set("current", "a guess")
	got := b.post("/account/password", form)
	require.Equal(t, http.StatusUnprocessableEntity, got.StatusCode)
	require.Contains(t, got.Body, i18n.For("en").T("error.field.wrong_password"))
	form.Set("current", demo.Password)
	require.Equal(t, "/account", b.post("/account/password", form).Header.Get("Location"))
	require.Equal(t, http.StatusSeeOther, h.public("en").post("/sign-in", url.Values{"email": {h.person("officer-khc").Email}, "password": {chosenPassword}}).StatusCode)
	for range models.PasswordLimit.ByAccount {
		form.Set("current", "a guess")
		got = b.post("/account/password", form)
	}
	require.Equal(t, http.StatusTooManyRequests, got.StatusCode)
}

func TestKeysAreShownOnce(t *testing.T) {
	h := newHouse(t)
	b := h.as("officer-khc", "en")
	page := b.get("/account/keys")
	require.NotContains(t, page.Body, `value="administer"`, "nobody is offered what they may not")
	require.Contains(t, h.as("coordinator", "en").get("/account/keys").Body, `value="administer"`)
	for name, form := range map[string]url.Values{
		"no name":    {"scopes": {"read"}, "days": {"30"}},
		"no scope":   {"name": {"figures"}, "days": {"30"}},
		"not theirs": {"name": {"figures"}, "scopes": {"administer"}, "days": {"30"}},
		"too long":   {"name": {"figures"}, "scopes": {"read"}, "days": {"4000"}},
	} {
		require.Equal(t, http.StatusUnprocessableEntity, b.post("/account/keys", form).StatusCode, name)
	}
	got := b.post("/account/keys", url.Values{"name": {"figures"}, "scopes": {"read"}, "days": {"30"}})
	require.Equal(t, http.StatusCreated, got.StatusCode)
	require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	_, rest, shown := strings.Cut(got.Body, "<code>tb_")
	require.True(t, shown)
	plain := "tb_" + rest[:strings.Index(rest, "<")]
	_, scopes, err := models.PersonByToken(t.Context(), h.db, plain, time.Now())
	require.NoError(t, err)
	require.Equal(t, []string{models.ScopeRead}, scopes)
	page = b.get("/account/keys")
	require.Contains(t, page.Body, "figures")
	require.NotContains(t, page.Body, "tb_")

	tokens, err := models.TokensOf(t.Context(), h.db, h.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	end := "/account/keys/" + tokens[0].ID.String() + "/end"
	require.Equal(t, http.StatusNotFound, h.as("coordinator", "en").post(end, nil).StatusCode, "somebody else's")
	require.Equal(t, "/account/keys", b.post(end, nil).Header.Get("Location"))
	_, _, err = models.PersonByToken(t.Context(), h.db, plain, time.Now())
	require.Equal(t, apperr.CodeUnauthenticated, apperr.CodeOf(err))
}

func TestACoordinatorClosesAndOpensAccess(t *testing.T) {
	h := newHouse(t)
	officer, b := h.as("officer-khc", "en"), h.as("coordinator", "en")
	path := "/administration/access/" + h.person("officer-khc").ID.String()
	list := b.get("/administration/access?q=" + url.QueryEscape(h.person("officer-khc").Email))
	require.Contains(t, list.Body, `href="`+path+`"`)
	require.Contains(t, b.get(path+"/close").Body, "Signing in is refused from now on")
	require.Equal(t, http.StatusOK, officer.get("/account").StatusCode, "to look at the question closes nothing")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/close", nil).StatusCode)
	require.Equal(t, http.StatusSeeOther, officer.get("/account").StatusCode, "out at once")
	require.Equal(t, http.StatusUnauthorized, officer.post("/sign-in", url.Values{"email": {h.person("officer-khc").Email}, "password": {demo.Password}}).StatusCode)
	require.Equal(t, http.StatusConflict, b.post(path+"/invite", nil).StatusCode)
	require.Equal(t, http.StatusForbidden, b.post("/administration/access/"+h.person("coordinator").ID.String()+"/close", nil).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/open", nil).StatusCode)
	require.Equal(t, http.StatusSeeOther, officer.post("/sign-in", url.Values{"email": {h.person("officer-khc").Email}, "password": {demo.Password}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/sign-out", nil).StatusCode)
	require.Equal(t, http.StatusSeeOther, officer.get("/account").StatusCode)
	require.Equal(t, http.StatusNotFound, b.get("/administration/access/"+uuid.NewString()).StatusCode)
	require.Equal(t, http.StatusNotFound, b.get("/administration/access/nonsense").StatusCode)
}

func TestAccountPagesInEveryLanguage(t *testing.T) {
	h := newHouse(t)
	coordinator := h.person("coordinator")
	for _, tag := range i18n.Tags() {
		b := h.as("coordinator", tag)
		for _, path := range []string{"/account", "/account/keys", "/administration/access", "/administration/access/" + coordinator.ID.String(),
			"/administration/access/" + h.person("expert-02").ID.String() + "/close", "/reset-password"} {
			got := b.get(path)
			require.Equal(t, http.StatusOK, got.StatusCode, path)
			require.Contains(t, got.Body, `<html lang="`+tag+`">`)
			require.NotRegexp(t, `>(signin|account|administration)\.[a-z_.]+<`, got.Body, "a key without words")
		}
	}
}

func TestDevicesAreNamed(t *testing.T) {
	for agent, want := range map[string][2]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                              {"Firefox", "Linux"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0":           {"Edge", "Windows"},
		"Mozilla/5.0 (Linux; Android 15; SM-A556B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0 Mobile Safari/537": {"Samsung Internet", "Android"},
		"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1":       {"Chrome", "iPad"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15":               {"Safari", "macOS"},
		"curl/8.0": {"", ""},
	} {
		browser, system := device(agent)
		require.Equal(t, want, [2]string{browser, system}, agent)
	}
}
