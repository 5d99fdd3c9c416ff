package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// What a measure is found by: its words as it was written and as it was published, the title it stands under, who issued it and
// the reference there; a topic, of the recommendation by slug or the source's own; and the response of the country addressed.
const (
	measuresSaying = `SELECT own.id FROM measures AS own WHERE search_words(own.text) @@ search_query(?0)
		UNION ALL SELECT pm.measure_id FROM published_measures AS pm WHERE pm.words @@ search_query(?0)
		UNION ALL SELECT im.measure_id FROM imported_measures AS im WHERE search_words(im.issued_by || ' ' || im.external_ref) @@ search_query(?0)
		UNION ALL SELECT under.id FROM recommendations AS own JOIN measures AS under ON under.recommendation_id = own.id
			WHERE search_words(own.title) @@ search_query(?0)`
	measuresAbout = `SELECT im.measure_id FROM imported_measures AS im WHERE im.topics @> ARRAY[?0]::text[]
		UNION ALL SELECT under.id FROM recommendation_topics AS rt JOIN measures AS under ON under.recommendation_id = rt.recommendation_id
			WHERE rt.topic = ?0`
	measuresAnswered = `SELECT im.measure_id FROM imported_measures AS im WHERE im.response = ?0`
)

// manyMeasures is from where on a set of measures is large. Of a small one each measure's follow-ups are looked up; a large one is
// held in memory while the follow-ups are read in their order, which ends as soon as a page is full. The database cannot tell one
// from the other by itself: of a word that is seldom it knows no more than that.
var manyMeasures = 4000

// weigh finds out which of the filter's sets of measures are large.
func (f *FollowUpFilter) weigh(ctx context.Context, db bun.IDB) error {
	f.many = map[string]bool{}
	for set, named := range map[string]string{measuresSaying: f.Query, measuresAbout: f.Topic, measuresAnswered: f.Response} {
		if named == "" {
			continue
		}
		n, err := db.NewSelect().TableExpr("(SELECT 1 FROM ("+set+") AS found LIMIT ?1) AS weighed", named, manyMeasures+1).Count(ctx)
		if err != nil {
			return fmt.Errorf("weigh what a list is narrowed by: %w", err)
		}
		f.many[set] = int(n) > manyMeasures
	}
	return nil
}

// among keeps the follow-ups (alias fu) of a set of measures. As a value to be true, not a condition by itself, the set is held in
// memory.
func (f FollowUpFilter) among(q *bun.SelectQuery, set, named string) *bun.SelectQuery {
	if f.many[set] {
		return q.Where("(fu.measure_id IN ("+set+")) IS TRUE", named)
	}
	return q.Where("fu.measure_id IN ("+set+")", named)
}
