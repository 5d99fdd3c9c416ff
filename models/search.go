package models

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// SearchKind is what can be found by words.
type SearchKind string

// The kinds, in the order in which what is found is shown.
const (
	SearchRecommendations SearchKind = "recommendations"
	SearchMeasures        SearchKind = "measures"
	SearchAuthorities     SearchKind = "authorities"
	SearchOrganisations   SearchKind = "organisations"
	SearchPeople          SearchKind = "people"
)

// SearchKinds lists the kinds in their order.
func SearchKinds() []SearchKind {
	return []SearchKind{SearchRecommendations, SearchMeasures, SearchAuthorities, SearchOrganisations, SearchPeople}
}

// Limits of what is looked for, in characters, and of what is counted: beyond it a reader is told "more than".
const (
	SearchLeast = 2
	SearchMost  = 200
	SearchCount = 1000
)

// SearchFilter is what somebody looks for. Letters are compared without case and accents, Cyrillic ones as the Latin ones
// that stand for them; every word has to begin a word of what is found.
type SearchFilter struct {
	Words    string
	Country  string
	Language string    // the reader's: titles and measures are shown in it where they were published in it
	After    uuid.UUID // the last one of the page before
	Limit    int
}

// Clean leaves out the space around the words and refuses too few and too many letters.
func (f SearchFilter) Clean() (SearchFilter, error) {
	f.Words = strings.TrimSpace(f.Words)
	longest := 0
	for _, word := range strings.Fields(f.Words) {
		longest = max(longest, utf8.RuneCountInString(word))
	}
	switch {
	case f.Words == "":
		return f, apperr.Invalid("q", "required")
	case longest < SearchLeast:
		return f, apperr.Invalid("q", "min_length", "param", SearchLeast)
	case utf8.RuneCountInString(f.Words) > SearchMost:
		return f, apperr.Invalid("q", "max_length", "param", SearchMost)
	}
	return f, nil
}

// SearchHit is one thing found. Fields that do not belong to its kind are empty.
type SearchHit struct {
	ID               uuid.UUID
	Title            string // of a recommendation, the words of a measure, a name
	Language         string // of the title; "" for names
	Names            Names  // of an authority, which has no Title
	RecommendationID uuid.UUID
	Recommendation   string // in which a measure stands
	Number           int    // of a measure
	Stage            Stage
	Slug             string   // of what is published: its public page; "" for what is not
	About            string   // kind of an organisation, level of an authority
	Organisations    string   // that owns a recommendation, in which a person works; by name
	Countries        []string `bun:",array"`
}

// SearchGroup is what was found of one kind.
type SearchGroup struct {
	Kind  SearchKind
	Count int  // of all, but no more than SearchCount
	More  bool // there are more than were counted
	Hits  []SearchHit
}

// Search finds what the viewer may see, in groups: of the kinds asked for as much as the filter's limit, of the others the
// number alone. Nothing is found in what the viewer may not read, and nothing of it is counted.
func (v Viewer) Search(ctx context.Context, db bun.IDB, f SearchFilter, kinds ...SearchKind) ([]SearchGroup, error) {
	f, err := f.Clean()
	if err != nil {
		return nil, err
	}
	shown := map[SearchKind]bool{}
	for _, k := range kinds {
		shown[k] = true
	}
	var groups []SearchGroup
	for _, kind := range SearchKinds() {
		g := SearchGroup{Kind: kind}
		matching := searches[kind].matching(v, db.NewSelect(), f)
		counted, err := db.NewSelect().TableExpr("(?) AS found", matching.Clone().ColumnExpr("1").Limit(SearchCount+1)).Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("count %s found: %w", kind, err)
		}
		g.Count, g.More = min(int(counted), SearchCount), counted > SearchCount
		if shown[kind] && counted > 0 {
			if err := searches[kind].show(matching, f).Scan(ctx, &g.Hits); err != nil {
				return nil, fmt.Errorf("find %s: %w", kind, err)
			}
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// search is how one kind is found.
type search struct {
	from    string
	where   string // the words are ?0
	country string // the code is ?
	columns string // the reader's language, where they ask for it, is ?0
	order   string // what a row is placed by; unique
	falling bool   // the highest first
	before  string // the place of the row with the id ?
	visible func(Viewer, *bun.SelectQuery) *bun.SelectQuery
}

// publishedIn is the text of a recommendation (alias r) in the reader's language ?0, where it was published in it.
const publishedIn = `(SELECT x.%s FROM publications AS pu JOIN publication_texts AS x ON x.publication_id = pu.id
	WHERE pu.recommendation_id = r.id AND x.language = ?0)`

var (
	publishedTitle    = fmt.Sprintf(publishedIn, "title")
	publishedMeasures = fmt.Sprintf(publishedIn, "measures")
)

// measureIn is the text of a measure (alias m) in the reader's language ?0, where it was published in it.
var measureIn = `(SELECT x->>'text' FROM jsonb_array_elements(` + publishedMeasures + `) AS x WHERE x->>'id' = m.id::text)`

const slugOfPublished = "CASE WHEN r.published_at IS NULL THEN '' ELSE r.slug END AS slug"

var searches = map[SearchKind]search{
	SearchRecommendations: {
		from: "recommendations AS r",
		where: `r.id IN (SELECT own.id FROM recommendations AS own WHERE search_words(own.title) @@ search_query(?0)
			UNION SELECT pu.recommendation_id FROM publication_texts AS t JOIN publications AS pu ON pu.id = t.publication_id
			WHERE search_words(t.title || ' ' || t.body) @@ search_query(?0))`,
		country: "EXISTS (SELECT 1 FROM recommendation_countries AS rc WHERE rc.recommendation_id = r.id AND rc.country_code = ?)",
		columns: `r.id, coalesce(` + publishedTitle + `, r.title) AS title, CASE WHEN ` + publishedTitle + ` IS NULL THEN r.language ELSE ?0 END AS language,
			r.id AS recommendation_id, r.stage, ` + slugOfPublished + `, (SELECT o.name FROM organisations AS o WHERE o.id = r.organisation_id) AS organisations,
			ARRAY(SELECT rc.country_code FROM recommendation_countries AS rc WHERE rc.recommendation_id = r.id ORDER BY 1) AS countries`,
		order: "(r.created_at, r.id)", falling: true, before: "SELECT own.created_at, own.id FROM recommendations AS own WHERE own.id = ?",
		visible: Viewer.visible,
	},
	SearchMeasures: {
		from: "measures AS m JOIN recommendations AS r ON r.id = m.recommendation_id",
		where: `m.id IN (SELECT own.id FROM measures AS own WHERE search_words(own.text) @@ search_query(?0)
			UNION SELECT pm.measure_id FROM published_measures AS pm WHERE pm.words @@ search_query(?0))`,
		country: `EXISTS (SELECT 1 FROM measure_authorities AS ma JOIN authorities AS a ON a.id = ma.authority_id
			WHERE ma.measure_id = m.id AND a.country_code = ?)`,
		columns: `m.id, m.number, coalesce(` + measureIn + `, m.text) AS title, CASE WHEN ` + measureIn + ` IS NULL THEN r.language ELSE ?0 END AS language,
			r.id AS recommendation_id, coalesce(` + publishedTitle + `, r.title) AS recommendation, r.stage, ` + slugOfPublished,
		order: "(r.created_at, r.id, -m.number)", falling: true,
		before: `SELECT above.created_at, above.id, -own.number FROM measures AS own JOIN recommendations AS above ON above.id = own.recommendation_id
			WHERE own.id = ?`,
		visible: Viewer.visible,
	},
	SearchAuthorities: {
		from:    "authorities AS a",
		where:   "search_words(all_names(a.names)) @@ search_query(?0)",
		country: "a.country_code = ?",
		columns: "a.id, a.names, a.level AS about, ARRAY(SELECT a.country_code WHERE a.country_code IS NOT NULL) AS countries",
		order:   "(lower(a.slug), a.id)", before: "SELECT lower(own.slug), own.id FROM authorities AS own WHERE own.id = ?",
		visible: everything,
	},
	SearchOrganisations: {
		from:    "organisations AS o",
		where:   "search_words(o.name) @@ search_query(?0)",
		country: "EXISTS (SELECT 1 FROM organisation_countries AS oc WHERE oc.organisation_id = o.id AND oc.country_code = ?)",
		columns: `o.id, o.name AS title, o.kind AS about,
			ARRAY(SELECT oc.country_code FROM organisation_countries AS oc WHERE oc.organisation_id = o.id ORDER BY 1) AS countries`,
		order: "(lower(o.name), o.id)", before: "SELECT lower(own.name), own.id FROM organisations AS own WHERE own.id = ?",
		visible: everything,
	},
	SearchPeople: {
		from:    "people AS p",
		where:   "search_words(p.name) @@ search_query(?0)",
		country: "p.country_code = ?",
		columns: `p.id, p.name AS title, coalesce((SELECT string_agg(DISTINCT o.name, ', ') FROM roles AS has JOIN organisations AS o ON o.id = has.organisation_id
			WHERE has.person_id = p.id), '') AS organisations, ARRAY(SELECT p.country_code WHERE p.country_code IS NOT NULL) AS countries`,
		order: "(lower(p.name), p.id)", before: "SELECT lower(own.name), own.id FROM people AS own WHERE own.id = ?",
		visible: Viewer.named,
	},
}

// matching keeps what holds the words and the viewer may see.
func (s search) matching(v Viewer, q *bun.SelectQuery, f SearchFilter) *bun.SelectQuery {
	q = s.visible(v, q.TableExpr(s.from)).Where(s.where, f.Words)
	if f.Country != "" {
		q = q.Where(s.country, f.Country)
	}
	return q
}

// show reads a page of what is found.
func (s search) show(q *bun.SelectQuery, f SearchFilter) *bun.SelectQuery {
	direction, beyond := "ASC", ">"
	if s.falling {
		direction, beyond = "DESC", "<"
	}
	if f.After != uuid.Nil {
		q = q.Where(s.order+" "+beyond+" ("+s.before+")", f.After)
	}
	if strings.Contains(s.columns, "?0") {
		q = q.ColumnExpr(s.columns, f.Language)
	} else {
		q = q.ColumnExpr(s.columns)
	}
	return q.OrderExpr(s.order + " " + direction).Limit(int64(f.Limit))
}

// everything is for what everybody who is signed in may see.
func everything(_ Viewer, q *bun.SelectQuery) *bun.SelectQuery { return q }

// named limits a query over people (alias p) to those whom the viewer may know by name: coordinators keep all of them in
// order; officers choose among experts and translators whom to ask; who works in the network knows those who agreed to be
// named within it, everybody those who agreed to be named in public, and themselves. Who left is found by nobody.
func (v Viewer) named(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Where("p.left_at IS NULL")
	if v.PersonID == uuid.Nil || v.LinkTask != uuid.Nil {
		return q.Where("p.naming = ?", NamingPublic)
	}
	if v.Has(RoleCoordinator) {
		return q
	}
	agreed := []string{NamingPublic}
	if v.Has(RoleOfficer) || v.Has(RolePartner) {
		agreed = append(agreed, NamingNetwork)
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("p.id = ?", v.PersonID).WhereOr("p.naming IN (?)", bun.List(agreed))
		if v.Has(RoleOfficer) {
			q = q.WhereOr("EXISTS (SELECT 1 FROM roles AS has WHERE has.person_id = p.id AND has.role IN (?))", bun.List([]string{RoleExpert, RoleTranslator}))
		}
		return q
	})
}
