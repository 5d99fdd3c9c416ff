package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// Challenge is one of the difficulties of the region that partners must see addressed in what the network publishes.
type Challenge struct {
	bun.BaseModel `bun:"table:challenges,alias:challenge"`

	Slug     string `bun:",pk" json:"slug"`
	Names    Names  `bun:"type:jsonb" json:"names"`
	Position int    `json:"position"`
}

// Challenges returns all challenges in their agreed order.
func Challenges(ctx context.Context, db bun.IDB) ([]Challenge, error) {
	var list []Challenge
	if err := db.NewSelect().Model(&list).Order("position", "slug").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read challenges: %w", err)
	}
	return list, nil
}
