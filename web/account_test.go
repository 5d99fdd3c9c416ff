package web

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestSignInAndOut(t *testing.T) {
	h := newHouse(t)
	officer := h.person("officer-khc")
	b := h.public("en")

	got := b.get("/dashboard?country=BG")
	require.Equal(t, http.StatusSeeOther, got.StatusCode, "who is not signed in is led there")
	require.Equal(t, "/sign-in?next="+url.QueryEscape("/dashboard?country=BG"), got.Header.Get("Location"))
	require.Contains(t, b.get(got.Header.Get("Location")).Body, `value="/dashboard?country=BG"`)

	before := b.cookie("session")
	got = b.post("/sign-in", url.Values{"email": {" " + officer.Email}, "password": {demo.Password}, "next": {"/dashboard?country=BG"}})
	require.Equal(t, http.StatusSeeOther, got.StatusCode)
	require.Equal(t, "/dashboard?country=BG", got.Header.Get("Location"))
	require.NotEqual(t, before, b.cookie("session"), "a session begins under a new id")
	require.NotContains(t, got.Header.Get("Set-Cookie"), officer.ID.String())
	require.Contains(t, got.Header.Get("Set-Cookie"), "HttpOnly")
	require.Contains(t, b.get("/").Body, officer.Name)

	held := b.cookie("session")
	require.Equal(t, http.StatusSeeOther, b.post("/sign-out", nil).StatusCode)
	require.NotContains(t, b.get("/").Body, officer.Name)
	again := h.public("en")
	again.header.Set("Cookie", "session="+held)
	require.NotContains(t, again.get("/").Body, officer.Name, "what was signed out cannot be used again")
}

// cookie returns the value of a cookie that the browser holds for the front page.
func (b *reader) cookie(name string) string {
	address, err := url.Parse(b.base)
	require.NoError(b.t, err)
	for _, c := range b.client.Jar.Cookies(address) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func TestSignInRefused(t *testing.T) {
	h := newHouse(t)
	officer := h.person("officer-khc")
	for name, c := range map[string]struct {
		form url.Values
		want int
		key  string
	}{
		"wrong password":    {url.Values{"email": {officer.Email}, "password": {"not the password"}}, 401, "error.sign_in"},
		"unknown address":   {url.Values{"email": {"nobody@tribuna.example"}, "password": {demo.Password}}, 401, "error.sign_in"},
		"expert by link":    {url.Values{"email": {h.person("expert-02").Email}, "password": {demo.Password}}, 401, "error.sign_in"},
		"nothing typed":     {url.Values{}, 422, "error.field.required"},
		"password too long": {url.Values{"email": {officer.Email}, "password": {strings.Repeat("x", 5000)}}, 401, "error.sign_in"},
	} {
		for _, tag := range i18n.Tags() {
			t.Run(name+" "+tag, func(t *testing.T) {
				got := h.public(tag).post("/sign-in", c.form)
				require.Equal(t, c.want, got.StatusCode)
				require.Contains(t, got.Body, i18n.For(tag).T(c.key))
				require.Contains(t, got.Body, `value="`+c.form.Get("email")+`"`, "what was typed stays")
				require.NotContains(t, got.Body, demo.Password)
			})
		}
	}
}

// stopClock keeps the house within one window of attempts, whenever the test runs.
func (h *house) stopClock() time.Time {
	at := time.Now().Truncate(models.SignInLimit.Window).Add(time.Minute)
	h.server.Now = func() time.Time { return at }
	return at
}

func TestSignInIsLimitedPerHost(t *testing.T) {
	h := newHouse(t)
	at := h.stopClock()
	for i := range models.SignInLimit.ByHost {
		require.NoError(t, models.SignInLimit.Take(t.Context(), h.db, "somebody"+strconv.Itoa(i), "127.0.0.1", at))
	}
	got := h.public("bg").post("/sign-in", url.Values{"email": {h.person("coordinator").Email}, "password": {demo.Password}})
	require.Equal(t, http.StatusTooManyRequests, got.StatusCode)
	require.Contains(t, got.Body, i18n.For("bg").N("signin.too_many", 14))
	require.Equal(t, "840", got.Header.Get("Retry-After"))
}

func TestSignInIsLimitedPerAddress(t *testing.T) {
	h := newHouse(t)
	h.stopClock()
	officer, b := h.person("officer-khc"), h.public("en")
	for range models.SignInLimit.Both {
		require.Equal(t, http.StatusUnauthorized, b.post("/sign-in", url.Values{"email": {officer.Email}, "password": {"guess"}}).StatusCode)
	}
	got := b.post("/sign-in", url.Values{"email": {officer.Email}, "password": {demo.Password}})
	require.Equal(t, http.StatusTooManyRequests, got.StatusCode, "the right password comes too late as well")
	require.Contains(t, got.Body, i18n.For("en").N("signin.too_many", 14))
	got = b.post("/sign-in", url.Values{"email": {h.person("coordinator").Email}, "password": {demo.Password}})
	require.Equal(t, http.StatusSeeOther, got.StatusCode, "somebody else is not kept out")
}

func TestNextStaysHere(t *testing.T) {
	h := newHouse(t)
	for next, want := range map[string]string{"/dashboard": "/dashboard", "https://elsewhere.example/": "/", "//elsewhere.example": "/", `/\elsewhere.example`: "/", "": "/"} {
		got := h.public("en").post("/dev/sign-in", url.Values{"email": {h.person("coordinator").Email}, "next": {next}})
		require.Equal(t, want, got.Header.Get("Location"), next)
	}
}

func TestLanguageFollowsTheProfile(t *testing.T) {
	h := newHouse(t)
	officer := h.person("officer-khc")
	require.Equal(t, "bg", officer.Language)
	b := h.as("officer-khc", "")
	require.Contains(t, b.get("/").Body, `<html lang="bg">`)
	require.Equal(t, http.StatusSeeOther, b.post("/language", url.Values{"language": {"en"}, "next": {"/published"}}).StatusCode)
	require.Contains(t, b.get("/").Body, `<html lang="en">`)
	require.Equal(t, "en", h.person("officer-khc").Language)

	public := h.public("en")
	require.Equal(t, "/published", public.post("/language", url.Values{"language": {"bg"}, "next": {"/published"}}).Header.Get("Location"))
	require.Contains(t, public.get("/").Body, `<html lang="bg">`)
}

func port(h *house) string {
	_, port, err := net.SplitHostPort(h.front.Listener.Addr().String())
	require.NoError(h.t, err)
	return port
}

// askAs looks at a page that is asked for by the name of another host.
func (h *house) askAs(host, path string) int {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.front.URL+path, nil)
	require.NoError(h.t, err)
	r.Host = host
	got, err := h.front.Client().Do(r)
	require.NoError(h.t, err)
	require.NoError(h.t, got.Body.Close())
	return got.StatusCode
}

func TestDemoDoorIsOnlyForDemo(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.public("en").get("/dev").Body, "Ilona Vermes")
	got := h.public("en").post("/dev/sign-in", url.Values{"email": {h.person("expert-02").Email}})
	require.Equal(t, http.StatusNotFound, got.StatusCode, "an address that is no demo account")
	for _, path := range []string{"/dev", "/dev/", "/dev/style", "/dev/mails"} {
		b := h.public("en")
		b.header.Set("X-Forwarded-For", "192.0.2.1")
		require.Equal(t, http.StatusNotFound, b.get(path).StatusCode, "%s through a proxy", path)
		for _, host := range []string{"evil.example", "evil.example:" + port(h), "127.0.0.1:1", "localhost"} {
			require.Equal(t, http.StatusNotFound, h.askAs(host, path), "%s as %s", path, host)
		}
	}
	require.Equal(t, http.StatusOK, h.askAs("localhost:"+port(h), "/dev"))
	require.Equal(t, http.StatusOK, h.askAs("evil.example", "/published"), "the other pages go by any name")
	h.server.Demo = nil
	h.front.Config.Handler = h.server.Handler()
	for _, path := range []string{"/dev", "/dev/style", "/dev/mails"} {
		require.Equal(t, http.StatusNotFound, h.public("en").get(path).StatusCode, path)
	}
	got = h.public("en").post("/dev/sign-in", url.Values{"email": {h.person("coordinator").Email}})
	require.Equal(t, http.StatusNotFound, got.StatusCode)
}

func TestWhoLeftIsSignedOut(t *testing.T) {
	h := newHouse(t)
	b := h.as("officer-khc", "en")
	require.Equal(t, http.StatusOK, b.get("/dashboard").StatusCode)
	_, err := h.db.NewUpdate().Model((*models.Person)(nil)).Set("left_at = now()").Where("id = ?", h.person("officer-khc").ID).Exec(t.Context())
	require.NoError(t, err)
	require.Equal(t, http.StatusSeeOther, b.get("/dashboard").StatusCode)
}

func TestNothingChangesFromAnotherSite(t *testing.T) {
	h := newHouse(t)
	b := h.as("officer-khc", "en")
	b.header.Set("Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, b.post("/sign-out", nil).StatusCode)
	require.Equal(t, http.StatusForbidden, b.post("/language", url.Values{"language": {"bg"}}).StatusCode)
	b.header.Del("Sec-Fetch-Site")
	require.Equal(t, http.StatusOK, b.get("/dashboard").StatusCode)
}
