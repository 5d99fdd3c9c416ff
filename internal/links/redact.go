package links

import (
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
)

// begin is where a token can begin: at a word, or after an escaped character of an address within an address (RFC 3986), whose last
// digit is part of a word.
const begin = `(\b|%[0-9A-Fa-f]{2})`

// secret matches personal links and API tokens wherever they stand in a text: the prefix and what follows it.
var secret = regexp.MustCompile(begin + `(t[lubaopswd]_)[A-Za-z0-9_-]+`)

// Redact hides every token in a URL or a log line and leaves its prefix, so that one still sees what stood there.
func Redact(s string) string {
	if !strings.Contains(s, "_") { // every mail server's every word goes through here
		return s
	}
	return secret.ReplaceAllString(s, "${1}${2}…")
}

// token matches what could be a personal link's token: a kind's prefix and as many characters as every token has.
var token = regexp.MustCompile(begin + `t[luaopswd]_[A-Za-z0-9_-]{` + strconv.Itoa(encoding.EncodedLen(tokenSize)) + `}`)

// Personal reports whether an address opens something of one person's: whether a personal link's token stands in it, genuine or not.
func Personal(address string) bool { return token.MatchString(address) }

// RedactAttr is for slog.HandlerOptions.ReplaceAttr: no token reaches the log by any attribute, the message included.
func RedactAttr(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Redact(v.String()))
	case slog.KindAny:
		a.Value = redactAny(v)
	}
	return a
}

// redactAny replaces a value only if its text holds a token: handlers print other values better than we could.
func redactAny(v slog.Value) slog.Value {
	text := fmt.Sprintf("%+v", v.Any())
	if clean := Redact(text); clean != text {
		return slog.StringValue(clean)
	}
	return v
}
