package web

import "strings"

// product is a word of the User-Agent header and what people call it.
type product struct{ sign, name string }

// browsers and systems in the order in which they are told apart: many name others beside themselves.
var (
	browsers = []product{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems = []product{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"},
		{"CrOS", "ChromeOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// device names browser and system in words that their owner knows; "" for what is not recognised.
func device(userAgent string) (browser, system string) {
	return named(browsers, userAgent), named(systems, userAgent)
}

func named(products []product, userAgent string) string {
	for _, p := range products {
		if strings.Contains(userAgent, p.sign) {
			return p.name
		}
	}
	return ""
}
