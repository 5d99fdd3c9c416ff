package mail

import (
	"context"
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"tribuna/models"
)

// countedPath is where visits are counted and led on.
const countedPath = "/f/"

var (
	linkInHTML = regexp.MustCompile(`href="(https?://[^"]+)"`)
	linkInText = regexp.MustCompile(`https?://[^\s<>"]+`)
)

// countLinks leads the links in a mailing's body, and its button, over addresses that count visits: one for each address and
// language, the same for every reader. The plain-text half follows for the addresses that the body has, too; others in it may hold
// what is the reader's, and stay. So do the links that end mailings.
func (d *draft) countLinks(ctx context.Context, mailing uuid.UUID, p page) (page, error) {
	seen, urls := map[string]bool{}, []string(nil)
	add := func(u string) {
		if !seen[u] && len(u) <= models.LongestCounted {
			seen[u], urls = true, append(urls, u)
		}
	}
	for _, m := range linkInHTML.FindAllStringSubmatch(string(p.Body), -1) {
		add(html.UnescapeString(m[1]))
	}
	if p.Button != nil {
		add(p.Button.URL)
	}
	codes, err := models.KeepMailingLinks(ctx, d.db, mailing, d.mail.Language, urls)
	if err != nil {
		return p, err
	}
	over := func(u string) string {
		if code, is := codes[u]; is {
			return d.baseURL + countedPath + code
		}
		return u
	}
	p.Body = template.HTML(linkInHTML.ReplaceAllStringFunc(string(p.Body), func(link string) string { //nolint:gosec // an address of ours, escaped
		u := html.UnescapeString(linkInHTML.FindStringSubmatch(link)[1])
		return `href="` + html.EscapeString(over(u)) + `"`
	}))
	p.BodyText = linkInText.ReplaceAllStringFunc(p.BodyText, func(u string) string { return overInText(u, over) })
	if p.Button != nil {
		p.Button = &button{Label: p.Button.Label, URL: over(p.Button.URL)}
	}
	return p, nil
}

// overInText leads an address in a sentence over another; what ends the sentence is not the address's.
func overInText(u string, over func(string) string) string {
	for end := len(u); end > 0; end-- {
		if to := over(u[:end]); to != u[:end] {
			return to + u[end:]
		}
		if !strings.ContainsRune(".,;:!?)]'", rune(u[end-1])) {
			break
		}
	}
	return u
}
