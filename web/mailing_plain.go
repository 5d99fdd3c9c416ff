package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tribuna/internal/mail"
)

// doTakePlain begins the buttons that fill in a plain-text half with what would be made from the text, to edit it; they end in the
// place of the text.
const doTakePlain = "plain-"

// takePlain does what such a button asks for and reports whether it was one; the form is shown again.
func takePlain(r *http.Request, values url.Values) bool {
	of, is := strings.CutPrefix(r.PostFormValue("do"), doTakePlain)
	i, err := strconv.Atoi(of)
	if !is || err != nil || !values.Has(textName(i)+".language") {
		return false
	}
	values.Set(textName(i)+".plain", mail.PlainOf(typed(values.Get(textName(i)+".body"))))
	return true
}
