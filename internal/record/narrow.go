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
