package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"golang.org/x/net/html"

	"tribuna/internal/demo"
	"tribuna/internal/record"
)

// englishMark stands in every name that there is in English only, and in nothing else.
const englishMark = "§"

// inEnglishOnly leaves every name and title of the network in English alone, and makes it known by the mark.
func (h *house) inEnglishOnly() {
	h.t.Helper()
	for _, table := range []string{"languages", "countries", "topics", "challenges", "authorities", "procedures"} {
		_, err := h.db.NewRaw("UPDATE ? SET names = jsonb_build_object('en', ? || (names->>'en'))", bun.Ident(table), englishMark).Exec(h.t.Context())
		require.NoError(h.t, err, table)
	}
	for _, column := range []struct{ table, name, where string }{
		{"recommendations", "title", "true"}, {"measures", "text", "true"}, {"publication_texts", "title", "language = 'en'"},
	} {
		_, err := h.db.NewUpdate().Table(column.table).Set("? = ? || ?", bun.Ident(column.name), englishMark, bun.Ident(column.name)).Where(column.where).Exec(h.t.Context())
		require.NoError(h.t, err, column)
	}
}

// recordDelivery has the record name an authority.
func (h *house) recordDelivery() {
	h.t.Helper()
	require.NoError(h.t, h.db.RunInTx(h.t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := record.Append(ctx, tx, h.brief.ID, record.Entry{At: time.Now(), Verb: "delivery.not_made", Capacity: record.System,
			ObjectKind: "authority", Object: demo.ID("authority", "bg-government"), Visibility: record.Network})
		return err
	}))
}

// unmarked are the passages of a page that hold the mark and are not said to be English, each with where it stands.
func unmarked(t *testing.T, page string) (all []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	var walk func(n *html.Node, lang, where string)
	walk = func(n *html.Node, lang, where string) {
		if n.Type == html.ElementNode {
			if n.Data == "title" || n.Data == "script" {
				return
			}
			where += " " + n.Data
			for _, a := range n.Attr {
				switch a.Key {
				case "lang":
					lang = a.Val
				case "class", "id":
					where += "." + a.Val
				}
			}
		}
		if n.Type == html.TextNode && strings.Contains(n.Data, englishMark) && lang != "en" {
			all = append(all, fmt.Sprintf("%q in %s (%s)", strings.TrimSpace(n.Data), lang, lastWords(where, 4)))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, lang, where)
		}
	}
	walk(root, "", "")
	return all
}

func lastWords(s string, n int) string {
	words := strings.Fields(s)
	return strings.Join(words[max(0, len(words)-n):], " > ")
}

// sample are addresses of pages about one of many, each with one that shows as much as there is to show.
func sample(address string) string {
	for path, one := range map[string]string{
		"/administration/people/{id}":        demo.ID("person", "officer-khc").String(),
		"/administration/organisations/{id}": demo.ID("organisation", "khc").String(),
		"/administration/authorities/{id}":   demo.ID("authority", "ba-fbih-labour-social").String(),
		"/administration/grants/{id}":        demo.ID("grant", "daphne").String(),
		"/administration/procedures/{slug}":  "default",
		"/administration/topics/{key}":       "alternative-care",
		"/administration/challenges/{key}":   "migration-of-parents",
		"/administration/countries/{key}":    "RO",
		"/administration/languages/{key}":    "bg",
	} {
		if strings.HasPrefix(address, path) {
			list := path[:strings.LastIndex(path, "/")+1]
			address = list + one + strings.TrimPrefix(address, path)
		}
	}
	return strings.Replace(address, "{code}", "RO", 1)
}

// TestWhatIsInAnotherLanguageSaysSo shows every page there is to somebody who reads Albanian where the network has all names in
// English alone: a screen reader is told of each that it is English.
func TestWhatIsInAnotherLanguageSaysSo(t *testing.T) {
	if testing.Short() {
		t.Skip("everything there is, to everybody, is not for the short tests")
	}
	for _, stage := range []string{"drafting", "review", "done"} {
		t.Run(stage, func(t *testing.T) {
			w := newWorld(t, stage)
			w.inEnglishOnly()
			w.recordDelivery()
			w.saidInEnglish()
			seen, readers := 0, map[string]*reader{"somebody": w.public("sq"), "a coordinator": w.as("coordinator", "sq"),
				"an officer": w.as("officer-khc", "sq"), "a partner": w.as("partner-sc-nwb", "sq")}
			for _, row := range entitlements {
				route, isPage := strings.CutPrefix(row.route, "GET ")
				anyStage := row.drafting == row.review && row.review == row.done
				if _, at := row.at(stage); !at || !isPage || anyStage && stage != "done" {
					continue
				}
				task := w.subject(route)
				w.byLink(readers["somebody"], task)
				for who, b := range readers {
					got := b.get(w.address(sample(route), task))
					if !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") || got.StatusCode != http.StatusOK && got.StatusCode != http.StatusConflict {
						continue
					}
					if strings.Contains(got.Body, englishMark) {
						seen++
					}
					require.NotContains(t, got.Body, "&lt;span lang=", "%s: words are printed without their HTML", route)
					for _, passage := range unmarked(t, got.Body) {
						t.Errorf("%s, to %s: %s", route, who, passage)
					}
				}
			}
			require.Greater(t, seen, 15, "names are shown")
			if stage != "drafting" {
				return
			}
			w.held()
			for _, path := range []string{"", "/resume"} {
				page := readers["an officer"].get(recommendationPath(w.brief.ID) + path).Body
				require.Contains(t, page, "asked us to wait")
				require.Empty(t, unmarked(t, page))
			}
		})
	}
}
