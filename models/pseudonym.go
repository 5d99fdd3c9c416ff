package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// PeopleByPseudonym returns people by the names the record has for them, also those who left; unknown ones are missing
// from the map.
func PeopleByPseudonym(ctx context.Context, db bun.IDB, pseudonyms []uuid.UUID) (map[uuid.UUID]Person, error) {
	var list []Person
	if err := whereIn(db.NewSelect().Model(&list), "person.pseudonym", pseudonyms).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read people by pseudonym: %w", err)
	}
	by := make(map[uuid.UUID]Person, len(list))
	for _, p := range list {
		by[p.Pseudonym] = p
	}
	return by, nil
}
