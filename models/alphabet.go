package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// Alphabet is the collation by which names are sorted: as the readers of one language look for them, and not by the numbers of
// letters, which put Š, Ж and ë behind Z. Its zero value is the order that Unicode gives the letters of all scripts.
type Alphabet string

const rootAlphabet Alphabet = "und-x-icu"

// AlphabetOf returns the alphabet of a language, or the one of all scripts where the database knows none of its own.
func AlphabetOf(ctx context.Context, db bun.IDB, tag string) (Alphabet, error) {
	own := tag + "-x-icu"
	known, err := db.NewSelect().TableExpr("pg_collation").Where("collname = ?", own).Exists(ctx)
	if err != nil {
		return "", fmt.Errorf("look for the alphabet of a language: %w", err)
	}
	if !known {
		return rootAlphabet, nil
	}
	return Alphabet(own), nil
}

func (a Alphabet) ident() bun.Ident {
	if a == "" {
		a = rootAlphabet
	}
	return bun.Ident(a)
}

// Names of people and organisations in the alphabet of all scripts, where the reader's language is not known.
const (
	peopleInOrder        = `person.name COLLATE "und-x-icu", person.id`
	organisationsInOrder = `organisation.name COLLATE "und-x-icu", organisation.id`
)
