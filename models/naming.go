package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Agreed reports whether somebody who wants to be named so far (NamingPublic, NamingNetwork, NamingNone) may be named: where only the
// network reads it, or else to everybody.
func Agreed(naming string, network bool) bool {
	return naming == NamingPublic || naming == NamingNetwork && network
}

// Namings is how far those who reviewed a recommendation in open rounds want to be named, by person.
type Namings map[uuid.UUID]string

// NamesInFile reports whether a file names who gave an answer, for all files that hold answers. A file goes further than a page: nobody
// knows who reads it next, so that what its first reader may know does not count, but only what the expert agreed to, in the last
// answer they gave. Network says that the file is for readers within the network. In an anonymised round no expert is named;
// partners speak for their organisation in every round.
func (n Namings) NamesInFile(rv Review, network bool) bool {
	if rv.OrganisationID != nil {
		return true
	}
	return !rv.Masked && rv.Anonymity == AnonymityOpen && Agreed(n[rv.PersonID], network)
}

// inOpenRound is true of an answer (alias rv) in a round in which people say how they may be named; in the others nobody is.
const inOpenRound = `NOT EXISTS (SELECT 1 FROM review_rounds AS hiding WHERE hiding.recommendation_id = rv.recommendation_id
	AND hiding.number = rv.round AND hiding.anonymity <> 'open')`

// NamingsOf returns how the experts who reviewed a recommendation in open rounds want to be named, by person: what each said last.
func NamingsOf(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (Namings, error) {
	var rows []struct {
		PersonID uuid.UUID
		Naming   string
	}
	err := db.NewSelect().TableExpr("reviews AS rv").ColumnExpr("DISTINCT ON (rv.person_id) rv.person_id, rv.naming").
		Where("rv.recommendation_id = ? AND rv.answer IS NOT NULL AND "+inOpenRound, recommendation).
		OrderExpr("rv.person_id, rv.answered_at DESC").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read how reviewers want to be named: %w", err)
	}
	said := make(Namings, len(rows))
	for _, row := range rows {
		said[row.PersonID] = row.Naming
	}
	return said, nil
}

// ExpertNumbers gives each expert who answered in a round that is closed a number, drawn by the hash of their answer's id, which is random:
// no page lists people in that order. A file calls by it who is not named there. It stays the same in every file and at every time: those
// who are named have one too, and once a round is closed nobody's answer comes or goes.
func ExpertNumbers(ctx context.Context, db bun.IDB, recommendation uuid.UUID, round int) (map[uuid.UUID]int, error) {
	var answers []uuid.UUID
	err := db.NewSelect().TableExpr("reviews AS rv").Column("rv.id").
		Where("rv.recommendation_id = ? AND rv.round = ? AND rv.organisation_id IS NULL", recommendation, round).OrderExpr("md5(rv.id::text), rv.id").Scan(ctx, &answers)
	if err != nil {
		return nil, fmt.Errorf("number the experts of a round: %w", err)
	}
	numbers := make(map[uuid.UUID]int, len(answers))
	for i, id := range answers {
		numbers[id] = i + 1
	}
	return numbers, nil
}
