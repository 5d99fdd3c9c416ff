package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// Topic is a subject of child protection: recommendations are about topics, experts know them.
type Topic struct {
	bun.BaseModel `bun:"table:topics,alias:topic"`

	Slug     string `bun:",pk" json:"slug"`
	Names    Names  `bun:"type:jsonb" json:"names"`
	Position int    `json:"position"`
}

// Topics returns all topics in their agreed order.
func Topics(ctx context.Context, db bun.IDB) ([]Topic, error) {
	var list []Topic
	if err := db.NewSelect().Model(&list).Order("position", "slug").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read topics: %w", err)
	}
	return list, nil
}
