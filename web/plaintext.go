package web

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"tribuna/internal/apperr"
)

// PlainText keeps what is no text out of everything behind it: PostgreSQL stores neither the character NUL nor bytes
// that are not UTF-8, so that either would end in an error of ours. An address that holds them leads nowhere; from
// parameters and forms they are dropped, for nobody typed them. It reads the form, within the limit of BodyLimit.
func (e *Engine) PlainText(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if plain(r.URL.Path) != r.URL.Path {
			e.Error(w, r, apperr.New(apperr.CodeNotFound))
			return
		}
		if q := r.URL.Query(); tidy(q) {
			r = r.Clone(r.Context())
			r.URL.RawQuery = q.Encode()
		}
		if !isReading(r) {
			if err := ParseForm(r); err != nil {
				e.Error(w, r, err)
				return
			}
			tidy(r.Form)
			tidy(r.PostForm)
		}
		next.ServeHTTP(w, r)
	})
}

// tidy makes the values plain in place and reports whether any was not. What stands under another name is not read.
func tidy(values url.Values) bool {
	changed := false
	for name, list := range values {
		for i, v := range list {
			if p := plain(v); p != v {
				list[i], changed = p, true
			}
		}
		if plain(name) != name {
			delete(values, name)
			changed = true
		}
	}
	return changed
}

func plain(s string) string {
	if utf8.ValidString(s) && !strings.ContainsRune(s, 0) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}
