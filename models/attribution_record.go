package models

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/record"
)

// FactLabel is the fact under which a reader who may not know whose answer it is finds its letter.
const FactLabel = "label"

// verbAnswered is the verb of an expert's answer.
const verbAnswered = "review.answered"

// RecordAs returns a recommendation's entries with the given visibilities as a reader may know them. Of an anonymised round the
// place of an entry would tell who answered, for the officer saw whose question ended then: the answers stand behind the closing of
// the round, in the order of their letters, without person, question, number or hash; what is not released stands nowhere.
func RecordAs(ctx context.Context, db bun.IDB, a Attribution, recommendation uuid.UUID, visibilities ...string) ([]record.Item, error) {
	items, err := record.List(ctx, db, recommendation, visibilities...)
	if err != nil || a.key {
		return items, err
	}
	var answers []Review
	err = db.NewSelect().Model(&answers).ColumnExpr("rv.*").ColumnExpr("rr.anonymity, rr.closed_at").
		Join("JOIN review_rounds AS rr ON rr.recommendation_id = rv.recommendation_id AND rr.number = rv.round").
		Where("rv.recommendation_id = ? AND rv.organisation_id IS NULL AND rr.anonymity <> ? AND rv.person_id <> ?", recommendation, AnonymityOpen, a.person).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read whose answers a record hides: %w", err)
	}
	if len(answers) == 0 {
		return items, nil
	}
	m := maskedRecord{answers: map[uuid.UUID]Review{}, held: map[string][]record.Item{}, seqs: map[string]bool{}}
	for _, rv := range answers {
		m.answers[rv.TaskID] = rv
	}
	return m.of(items), nil
}

// maskedRecord takes the answers of anonymised rounds out of their places.
type maskedRecord struct {
	answers map[uuid.UUID]Review     // by question
	held    map[string][]record.Item // released answers, by round
	seqs    map[string]bool          // the numbers that are not told
}

func (m *maskedRecord) of(items []record.Item) []record.Item {
	var kept []record.Item
	for _, it := range items {
		rv, hidden := m.answers[it.Object]
		switch {
		case hidden && it.Verb == verbAnswered:
			m.seqs[fmt.Sprint(it.Seq)] = true
			if rv.Label > 0 {
				m.held[it.Facts["round"]] = append(m.held[it.Facts["round"]], masked(it, rv))
			}
			continue
		case it.Verb == record.VerbRedacted && m.seqs[it.Facts["entry"]]:
			it.Facts = maps.Clone(it.Facts)
			it.Facts["entry"] = "–"
		}
		kept = append(kept, it)
		if it.Verb == "review.closed" {
			kept = append(kept, m.release(it.Facts["round"])...)
		}
	}
	for _, round := range slices.Sorted(maps.Keys(m.held)) { // whose closing the reader does not see
		kept = append(kept, m.release(round)...)
	}
	return kept
}

// release returns the answers of a round by their letters; those that one took the place of another stay in their order.
func (m *maskedRecord) release(round string) []record.Item {
	held := m.held[round]
	delete(m.held, round)
	slices.SortStableFunc(held, func(a, b record.Item) int {
		return cmp.Or(cmp.Compare(len(a.Facts[FactLabel]), len(b.Facts[FactLabel])), cmp.Compare(a.Facts[FactLabel], b.Facts[FactLabel]))
	})
	return held
}

func masked(it record.Item, rv Review) record.Item {
	facts := map[string]string{FactLabel: rv.Label.Letter()}
	for fact, value := range it.Facts {
		what, _, _ := strings.Cut(fact, "_")
		if slices.Contains([]string{"round", "answer", record.FactWrittenIn}, fact) || what == "question" { // nothing of when, or by whom
			facts[fact] = value
		}
	}
	return record.Item{At: *rv.ClosedAt, Verb: it.Verb, Capacity: record.Personal, ObjectKind: "answer", Object: rv.ID, Visibility: it.Visibility,
		Facts: facts, Texts: it.Texts, Redacted: it.Redacted}
}
