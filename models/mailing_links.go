package models

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/links"
)

// MailingLink is an address in the text of a mailing, and how often it was followed. Its code is the same for every reader of the
// text, and nothing else is kept: who followed it cannot be told.
type MailingLink struct {
	bun.BaseModel `bun:"table:mailing_links,alias:lk"`

	Code      string `bun:",pk"`
	MailingID uuid.UUID
	Language  string // of the text
	URL       string `bun:"url"`
	People    int    // probably
	Machines  int
}

// LongestCounted is how long an address can be whose visits are counted, in bytes.
const LongestCounted = 2000

// ownPages begin the paths of pages that a letter leads its reader to and nobody else: their own letter to representatives, the end
// of mailings, what they want of them; and of the page of such a letter that knows nobody, so that both are told apart by nobody.
var ownPages = []string{"/w/", "/write/", "/u/", "/preferences/"}

// countable reports whether visits to an address can be counted: it is the same for every reader, and says nothing of one. Site is
// the address of our own pages.
func countable(site, address string) bool {
	u, err := url.Parse(address)
	ours, siteErr := url.Parse(site)
	if err != nil || siteErr != nil || len(address) > LongestCounted || links.Personal(address) || links.Personal(u.Path) {
		return false
	}
	if !strings.EqualFold(u.Hostname(), ours.Hostname()) {
		return true
	}
	at := strings.TrimPrefix(path.Clean(u.Path), strings.TrimSuffix(ours.Path, "/")) + "/"
	return !slices.ContainsFunc(ownPages, func(page string) bool { return strings.HasPrefix(at, page) })
}

// KeepMailingLinks gives each address in a mailing's text of a language a code, once, and returns the codes by address. Two that do
// it at once get the same codes. What is a reader's own has none, and is not kept, whoever asks: by its code everybody would be led
// to what is one person's. Site is the address of our own pages.
func KeepMailingLinks(ctx context.Context, db bun.IDB, mailing uuid.UUID, language, site string, urls []string) (map[string]string, error) {
	urls = slices.DeleteFunc(slices.Clone(urls), func(u string) bool { return !countable(site, u) })
	if len(urls) == 0 {
		return nil, nil
	}
	rows := make([]MailingLink, len(urls))
	for i, u := range urls {
		rows[i] = MailingLink{Code: rand.Text(), MailingID: mailing, Language: language, URL: u}
	}
	if _, err := db.NewInsert().Model(&rows).On("CONFLICT (mailing_id, language, url) DO NOTHING").Exec(ctx); err != nil {
		return nil, fmt.Errorf("keep the links of a mailing: %w", err)
	}
	kept, err := MailingLinksIn(ctx, db, mailing, language)
	codes := map[string]string{}
	for _, l := range kept {
		codes[l.URL] = l.Code
	}
	return codes, err
}

// FollowedBy says who followed a link.
type FollowedBy int

// Nobody is of who follows more links than anybody would: they are led on, and not counted.
const (
	FollowedByPerson FollowedBy = iota // probably
	FollowedByMachine
	FollowedByNobody
)

// FollowMailingLink counts a visit and returns the address that the code leads to. A code that there is not is not found: nothing
// but what stands in a mailing is led to.
func FollowMailingLink(ctx context.Context, db bun.IDB, code string, by FollowedBy) (string, error) {
	var to string
	err := db.NewRaw(`UPDATE mailing_links SET people = people + ?, machines = machines + ? WHERE code = ? RETURNING url`,
		oneIf(by == FollowedByPerson), oneIf(by == FollowedByMachine), code).Scan(ctx, &to)
	return to, found(err, "link")
}

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// MailingLinksOf lists the links of a mailing, those most people followed first.
func MailingLinksOf(ctx context.Context, db bun.IDB, mailing uuid.UUID) ([]MailingLink, error) {
	return MailingLinksIn(ctx, db, mailing, "")
}

// MailingLinksIn lists those in its text of a language; "" is in all. From which countries links are followed is not kept.
func MailingLinksIn(ctx context.Context, db bun.IDB, mailing uuid.UUID, language string) ([]MailingLink, error) {
	var list []MailingLink
	q := db.NewSelect().Model(&list).Where("lk.mailing_id = ?", mailing).OrderExpr("lk.people DESC, lk.url, lk.language")
	if language != "" {
		q = q.Where("lk.language = ?", language)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the links of a mailing: %w", err)
	}
	return list, nil
}
