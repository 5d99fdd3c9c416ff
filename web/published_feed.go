package web

import (
	"encoding/xml"
	"net/http"
	"strings"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// feedEntries is how many publications the feed holds.
const feedEntries = 50

// atomFeed is a feed as of RFC 4287.
type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Language string      `xml:"xml:lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Updated  string      `xml:"updated"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Language  string     `xml:"xml:lang,attr"`
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Published string     `xml:"published"`
	Updated   string     `xml:"updated"`
	Author    string     `xml:"author>name"`
	Summary   string     `xml:"summary,omitempty"` // the countries concerned, with their footnotes
	Link      []atomLink `xml:"link"`
}

// publishedFeed is what was published last, for feed readers. Its language is that of ?language=, else the reader's.
func (s *Server) publishedFeed(w http.ResponseWriter, r *http.Request) error {
	tag := i18n.Match(r.Header.Get("Accept-Language"), r.URL.Query().Get("language"))
	items, _, err := models.Published(r.Context(), s.DB, tag, models.PublishedFilter{Limit: feedEntries})
	if err != nil {
		return err
	}
	designations, err := s.designationsOf(r.Context(), items)
	if err != nil {
		return err
	}
	here := s.BaseURL + "/published.atom"
	feed := atomFeed{Language: tag, ID: here, Title: "Tribuna: " + i18n.For(tag).T("published.title"), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Links: []atomLink{{"self", "application/atom+xml", here + "?language=" + tag}, {"alternate", "text/html", s.BaseURL + "/published"}}}
	for i, item := range items {
		address, at := s.BaseURL+publishedPath+item.Slug, item.PublishedAt.UTC().Format(time.RFC3339)
		if i == 0 {
			feed.Updated = at
		}
		feed.Entries = append(feed.Entries, atomEntry{Language: item.Language, ID: address, Title: item.Title, Published: at, Updated: at,
			Author: item.Organisation, Summary: feedSummary(designations, item, i18n.For(item.Language)), Link: []atomLink{{"alternate", "text/html", address + "/" + item.Language}}})
	}
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/atom+xml; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=300")
	if r.Method != http.MethodHead {
		_, _ = w.Write(append([]byte(xml.Header), body...)) // a reader who went away is no error of ours
	}
	return nil
}

// feedSummary names the countries concerned in the language of the entry, where it has a catalog.
func feedSummary(d models.Designations, item models.PublishedItem, l *i18n.Localizer) string {
	var notes models.Footnotes
	var names []string
	for _, c := range designate(&notes, d.Of(item.RecommendationID, item.Countries, item.Language)) {
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return strings.TrimSpace(l.T("published.countries") + ": " + l.ListAnd(names) + ". " + footnoteLines(notes))
}
