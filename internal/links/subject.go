package links

import (
	"net/url"
	"path"
	"regexp"
)

// ForSubject is the subject, as a mailto address carries it (RFC 6068), of a mail that ends mailings: a word for people and the
// token of the page's link. The local part of an address has 64 octets at most and would not hold it.
func ForSubject(page string) string { return url.PathEscape("unsubscribe " + path.Base(page)) }

var unsubscribing = regexp.MustCompile(`\b` + string(KindUnsubscribe) + `[A-Za-z0-9_-]+`)

// InSubject finds the token of a link that ends mailings in the subject of a mail that came back. It is for Check to say whether
// it is genuine.
func InSubject(subject string) (token string, ok bool) {
	token = unsubscribing.FindString(subject)
	return token, token != ""
}
