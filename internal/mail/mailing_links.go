package mail

import (
	"context"
	"html"
	"html/template"
	"regexp"
	"slices"
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

// countLinks leads the links in a mailing's body, its button and those of its items over addresses that count visits: one for each
// address and language, the same for every reader. The plain-text half follows for the addresses that the body has, too; others in
// it may hold what is the reader's, and stay. So do the links that end mailings, and whatever else is the reader's own.
func (d *draft) countLinks(ctx context.Context, mailing uuid.UUID, p page) (page, error) {
	codes, err := models.KeepMailingLinks(ctx, d.db, mailing, d.mail.Language, d.baseURL, d.counted(p))
	if err != nil {
		return p, err
	}
	over := func(u string) string {
		if code, is := codes[u]; is {
			return d.baseURL + countedPath + code
		}
		return u
	}
	p.Body, p.BodyText = overInHTML(p.Body, over), overInWords(p.BodyText, over)
	p.Button = p.Button.led(over)
	p.News = slices.Clone(p.News)
	for i, n := range p.News {
		p.News[i].Link, p.News[i].Body, p.News[i].BodyText = n.Link.led(over), overInHTML(n.Body, over), overInWords(n.BodyText, over)
	}
	return p, nil
}

// overInHTML leads the links in safe HTML over other addresses.
func overInHTML(body template.HTML, over func(string) string) template.HTML {
	return template.HTML(linkInHTML.ReplaceAllStringFunc(string(body), func(link string) string { //nolint:gosec // an address of ours, escaped
		u := html.UnescapeString(linkInHTML.FindStringSubmatch(link)[1])
		return `href="` + html.EscapeString(over(u)) + `"`
	}))
}

// overInWords leads the addresses in a text over others.
func overInWords(text string, over func(string) string) string {
	return linkInText.ReplaceAllStringFunc(text, func(u string) string { return overInText(u, over) })
}

// counted lists the addresses in a letter whose visits are counted, each once. Nothing personal is among them: neither a button that
// is the reader's own nor an address in which something of a reader's stands, or will.
func (d *draft) counted(p page) []string {
	var urls []string
	add := func(u string) {
		if !slices.Contains(urls, u) && (d.marks == nil || !strings.Contains(u, d.marks.secret)) {
			urls = append(urls, u)
		}
	}
	bodies, buttons := []template.HTML{p.Body}, []*button{p.Button}
	for _, n := range p.News {
		bodies, buttons = append(bodies, n.Body), append(buttons, n.Link)
	}
	for _, body := range bodies {
		for _, m := range linkInHTML.FindAllStringSubmatch(string(body), -1) {
			add(html.UnescapeString(m[1]))
		}
	}
	for _, b := range buttons {
		if b != nil && !b.Personal {
			add(b.URL)
		}
	}
	return urls
}

// led is a button that leads over another address; one that is the reader's own stays as it is.
func (b *button) led(over func(string) string) *button {
	if b == nil || b.Personal {
		return b
	}
	return &button{Label: b.Label, URL: over(b.URL)}
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
