package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
)

// chain is the order in which the doors are closed, around a handler.
func chain(e *Engine, h http.Handler) http.Handler {
	return RequestIDs(SecurityHeaders(e.Recover(e.SameOrigin("POST /u/{token}")(Languages(e.BodyLimit(100)(h))))))
}

func ok(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		w.WriteHeader(http.StatusTeapot)
	}
}

func TestSecurityHeaders(t *testing.T) {
	w := httptest.NewRecorder()
	chain(testEngine(t), http.HandlerFunc(ok)).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	policy := w.Header().Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.Contains(t, policy, "frame-ancestors 'none'")
	require.NotContains(t, policy, "unsafe")
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	require.Equal(t, "same-origin", w.Header().Get("Referrer-Policy"))
	require.Len(t, w.Header().Get("X-Request-Id"), 16)
}

func TestSameOrigin(t *testing.T) {
	h := chain(testEngine(t), http.HandlerFunc(ok))
	for name, c := range map[string]struct {
		method, target, site string
		want                 int
	}{
		"a link from elsewhere":         {"GET", "/x", "cross-site", 200},
		"a form of our own":             {"POST", "/x", "same-origin", 200},
		"a form from elsewhere":         {"POST", "/x", "cross-site", 403},
		"one-click unsubscribe":         {"POST", "/u/abc", "cross-site", 200},
		"undoing from another site":     {"POST", "/u/abc/undo", "cross-site", 403},
		"below the one-click path":      {"POST", "/u/abc/more", "cross-site", 403},
		"another method there":          {"DELETE", "/u/abc", "cross-site", 403},
		"a program that is not browser": {"POST", "/x", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.target, nil)
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			require.Equal(t, c.want, w.Code)
		})
	}
}

func TestBodyLimit(t *testing.T) {
	e := testEngine(t)
	h := chain(e, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := ParseForm(r); err != nil {
			e.Error(w, r, err)
		}
	}))
	long := "text=" + strings.Repeat("x", 200)
	for name, body := range map[string]io.Reader{"length said": strings.NewReader(long), "length unsaid": io.MultiReader(strings.NewReader(long))} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", body)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Accept-Language", "bg")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
			require.Contains(t, w.Body.String(), i18n.For("bg").T("error.title.too_large"))
		})
	}
}

func TestPanicBecomesAPage(t *testing.T) {
	h := chain(testEngine(t), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret words") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.NotContains(t, w.Body.String(), "secret words")
	require.Contains(t, w.Body.String(), w.Header().Get("X-Request-Id"))
}

func TestEveryErrorHasAPage(t *testing.T) {
	e := testEngine(t)
	codes := []apperr.Code{apperr.CodeInvalid, apperr.CodeUnauthenticated, apperr.CodeForbidden, apperr.CodeNotFound,
		apperr.CodeOutdated, apperr.CodeOtherWords, apperr.CodeWrongStage, apperr.CodeClosed, apperr.CodeLate,
		apperr.CodeHeld, apperr.CodeOtherText, apperr.CodeLinkExpired, apperr.CodeTooLarge, apperr.CodeTooMany,
		apperr.CodeSignIn, apperr.CodeMethod, apperr.CodePrecondition, apperr.CodeUnsupportedType,
		apperr.CodeNotInstalled, apperr.CodeUnavailable, apperr.CodeInternal}
	for _, tag := range i18n.Tags() {
		for _, code := range codes {
			w := httptest.NewRecorder()
			e.Error(w, in(tag, "GET", "/x"), apperr.New(code))
			require.Equal(t, apperr.HTTPStatus(code), w.Code)
			require.Contains(t, w.Body.String(), `<html lang="`+tag+`">`)
			require.Contains(t, w.Body.String(), `href="/"`, "%s offers a way on", code)
			require.Empty(t, bareKey.FindString(w.Body.String()), code)
		}
	}
}

func TestOtherEndings(t *testing.T) {
	e := testEngine(t)
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		status int
		holds  string
	}{
		"link expired":   {func(w http.ResponseWriter, r *http.Request) { e.LinkExpired(w, r, "/renew/1") }, 410, `action="/renew/1"`},
		"being recorded": {func(w http.ResponseWriter, r *http.Request) { e.Received(w, r, "/look") }, 202, `href="/look"`},
		"nothing there":  {e.NotFound, 404, "<h1>"},
		"wrong method":   {e.MethodNotAllowed, 405, "<h1>"},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			c.answer(w, in("bg", "GET", "/x"))
			require.Equal(t, c.status, w.Code)
			require.Contains(t, w.Body.String(), c.holds)
			require.Contains(t, w.Body.String(), `content="noindex"`)
		})
	}
}

func TestChangeLanguage(t *testing.T) {
	for name, c := range map[string]struct{ language, next, cookie, leads string }{
		"known":            {"bg", "/recommendations?page=2", "bg", "/recommendations?page=2"},
		"unknown":          {"xx", "/a", "en", "/a"},
		"leads away":       {"bg", "https://evil.example/", "bg", "/"},
		"leads away, bare": {"bg", "//evil.example/", "bg", "/"},
		"backslash":        {"bg", `/\evil.example`, "bg", "/"},
		"header injection": {"bg", "/a\r\nSet-Cookie: x=1", "bg", "/"},
		"nowhere":          {"bg", "", "bg", "/"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/language", nil)
			r.PostForm = map[string][]string{"language": {c.language}, "next": {c.next}}
			w := httptest.NewRecorder()
			ChangeLanguage(true).ServeHTTP(w, r)
			require.Equal(t, http.StatusSeeOther, w.Code)
			require.Equal(t, c.leads, w.Header().Get("Location"))
			cookie := w.Result().Cookies()[0]
			require.Equal(t, c.cookie, cookie.Value)
			require.True(t, cookie.HttpOnly && cookie.Secure)
		})
	}
}

func TestPreview(t *testing.T) {
	e := testEngine(t)
	for name, htmx := range map[string]bool{"alone": true, "as a page": false} {
		t.Run(name, func(t *testing.T) {
			r := in("en", "POST", "/preview?field=text")
			r.PostForm = map[string][]string{"text": {"# Title\n\n<script>x</script>\n\nwords"}}
			if htmx {
				r.Header.Set("HX-Request", "true")
			}
			w := httptest.NewRecorder()
			e.Preview(w, r)
			require.Equal(t, http.StatusOK, w.Code)
			require.Contains(t, w.Body.String(), `<h3 id="preview-title">Title</h3>`)
			require.NotContains(t, w.Body.String(), "<script>x")
			require.Equal(t, htmx, !strings.Contains(w.Body.String(), "<html"))
		})
	}
}
