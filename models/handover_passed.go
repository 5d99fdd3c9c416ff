package models

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/record"
)

// HandedOn is when a question was handed over, by the number of the entry, and from whom: what is on record about it before is about them.
type HandedOn struct {
	Seq    int64
	Former Person // the zero person where they are not known any more
}

// PassedOn returns, by question and in order, from whom questions of a recommendation were handed over. It tells nothing of what anybody
// said; whether a reader may know who they were is for MayName.
func PassedOn(ctx context.Context, db bun.IDB, recommendation uuid.UUID, tasks []uuid.UUID) (map[uuid.UUID][]HandedOn, error) {
	entries, err := record.Of(ctx, db, recommendation, []string{"task.handed_over"}, tasks, record.Confidential)
	if err != nil {
		return nil, err
	}
	formers, pseudonyms := make([]uuid.UUID, len(entries)), []uuid.UUID(nil)
	for i, it := range entries {
		if formers[i], err = uuid.Parse(it.Facts["former"]); err == nil {
			pseudonyms = append(pseudonyms, formers[i])
		}
	}
	people, err := PeopleByPseudonym(ctx, db, pseudonyms)
	if err != nil {
		return nil, err
	}
	passed := map[uuid.UUID][]HandedOn{}
	for i, it := range entries {
		passed[it.Object] = append(passed[it.Object], HandedOn{it.Seq, people[formers[i]]})
	}
	return passed, nil
}
