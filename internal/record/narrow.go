package record

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Narrow says which entries of a chain are looked for.
type Narrow struct {
	About  []string  // first parts of verbs; none: any
	Who    uuid.UUID // pseudonym of who acted, or who it is about; Nil: anybody
	But    string    // a verb that is left out
	Before int64     // sequence number; 0 begins at the end
	Limit  int
}

// apply looks into the canonical form, in which nothing but a field itself reads like one: quotation marks in values are escaped.
func (n Narrow) apply(q *bun.SelectQuery) *bun.SelectQuery {
	if n.Before > 0 {
		q = q.Where("e.seq < ?", n.Before)
	}
	if len(n.About) > 0 {
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			for _, about := range n.About {
				q = q.WhereOr("strpos(e.canonical, ?) > 0", `"verb":"`+about+`.`)
			}
			return q
		})
	}
	if n.But != "" {
		q = q.Where("strpos(e.canonical, ?) = 0", `"verb":"`+n.But+`"`)
	}
	if n.Who != uuid.Nil {
		q = q.Where("strpos(e.canonical, ?) > 0", `"`+n.Who.String()+`"`)
	}
	return q.Limit(int64(n.Limit))
}

// Newest returns a chain's last entries with the given visibilities, newest first.
func Newest(ctx context.Context, db bun.IDB, chain uuid.UUID, n Narrow, visibilities ...string) ([]Item, error) {
	var rows []row
	q := db.NewSelect().Model(&rows).Where("e.chain = ?", chain).
		Where("e.visibility IN (?)", bun.List(visibilities)).Order("e.seq DESC").Apply(n.apply)
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return itemsOf(ctx, db, chain, rows)
}

// Of returns, in order, the entries of a chain about some objects that say one of some verbs: what a page shows of a long record.
func Of(ctx context.Context, db bun.IDB, chain uuid.UUID, verbs []string, objects []uuid.UUID, visibilities ...string) ([]Item, error) {
	if len(verbs) == 0 || len(objects) == 0 {
		return nil, nil
	}
	var rows []row
	either := func(name string, values []string) func(*bun.SelectQuery) *bun.SelectQuery {
		return func(q *bun.SelectQuery) *bun.SelectQuery {
			for _, v := range values {
				q = q.WhereOr("strpos(e.canonical, ?) > 0", `"`+name+`":"`+v+`"`)
			}
			return q
		}
	}
	ids := make([]string, len(objects))
	for i, id := range objects {
		ids[i] = id.String()
	}
	err := db.NewSelect().Model(&rows).Where("e.chain = ?", chain).Where("e.visibility IN (?)", bun.List(visibilities)).
		WhereGroup(" AND ", either("verb", verbs)).WhereGroup(" AND ", either("object", ids)).Order("e.seq").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read part of a record: %w", err)
	}
	return itemsOf(ctx, db, chain, rows)
}
