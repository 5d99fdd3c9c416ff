package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"tribuna/internal/i18n"
)

const languageCookie = "language"

// chooseLanguage asks, in this order: the cookie of the language switch, the profile, the browser.
func chooseLanguage(r *http.Request) string {
	chosen := ""
	if c, err := r.Cookie(languageCookie); err == nil {
		chosen = c.Value
	} else if v := visitorFrom(r.Context()); v != nil {
		chosen = v.Person.Language // of who came by a personal link as well
	} else if v := ViewerFrom(r.Context()); v != nil {
		chosen = v.Language
	}
	return i18n.Match(r.Header.Get("Accept-Language"), chosen)
}

// Languages decides the language of each request. It stands behind whatever signs people in, whose profile it asks.
func Languages(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Language, Cookie")
		next.ServeHTTP(w, r.WithContext(WithLanguage(r.Context(), chooseLanguage(r))))
	})
}

// ChangeLanguage handles POST /language: it remembers the choice in a cookie and leads back to the page.
// secure marks the cookie for HTTPS only.
func ChangeLanguage(secure bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{
			Name: languageCookie, Value: i18n.Match("", r.PostFormValue("language")), Path: "/",
			MaxAge: int((365 * 24 * time.Hour).Seconds()), HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
		})
		http.Redirect(w, r, LocalPath(r.PostFormValue("next"), "/"), http.StatusSeeOther)
	})
}

// LocalPath returns an address only if it stays on this site, else the fallback: a form field must not lead people
// to somebody else's pages.
func LocalPath(address, fallback string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(address, "/") ||
		strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return fallback
	}
	return address
}
