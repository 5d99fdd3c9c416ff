package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// Language is a language of the network. A language is data: adding one is adding a row and a catalog.
type Language struct {
	bun.BaseModel `bun:"table:languages,alias:language"`

	Tag      string `bun:",pk" json:"tag"` // BCP 47: "bg", "sr-Latn"
	Endonym  string `json:"endonym"`       // as its readers call it: "bosanski/hrvatski/srpski"
	Names    Names  `bun:"type:jsonb" json:"names"`
	Position int    `json:"position"`
}

// Languages returns the network's languages in their agreed order.
func Languages(ctx context.Context, db bun.IDB) ([]Language, error) {
	var list []Language
	if err := db.NewSelect().Model(&list).Order("position", "tag").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read languages: %w", err)
	}
	return list, nil
}
