package models

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/record"
)

// FactLabel is the fact under which a reader who may not know whose answer it is finds its letter.
const FactLabel = "label"

// The verbs of an expert's answer, and of taking it back.
const (
	verbAnswered  = "review.answered"
	verbTakenBack = "review.taken_back"
)

// RecordAs returns a recommendation's entries with the given visibilities as a reader may know them. Of an anonymised round the
// place of an entry would tell who answered, for the officer saw whose question ended then: the answers stand behind the closing of
// the round, in the order of their letters, without person, question, number or hash; what is not released stands nowhere. Of what was
// taken back before a round was closed the words are left out in every round.
func RecordAs(ctx context.Context, db bun.IDB, a Attribution, recommendation uuid.UUID, visibilities ...string) ([]record.Item, error) {
	items, err := record.List(ctx, db, recommendation, visibilities...)
	if err != nil || a.key {
		return items, err
	}
	takenBack := withholdTakenBack(items)
	var questions []hiddenQuestion
	err = db.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.id AS task_id, rv.id AS review_id, COALESCE(rv.label, 0) AS label, rr.closed_at").
		ColumnExpr("COALESCE(rv.person_id = ?, false) AS own", a.person).
		Join("JOIN review_rounds AS rr ON rr.recommendation_id = t.recommendation_id AND rr.number = t.round").
		Join("LEFT JOIN reviews AS rv ON rv.task_id = t.id").
		Where("t.recommendation_id = ? AND t.kind = ? AND rr.anonymity <> ?", recommendation, TaskReview, AnonymityOpen).Scan(ctx, &questions)
	if err != nil {
		return nil, fmt.Errorf("read whose answers a record hides: %w", err)
	}
	if len(questions) == 0 {
		return items, nil
	}
	m := maskedRecord{questions: map[uuid.UUID]hiddenQuestion{}, held: map[string][]record.Item{}, seqs: map[string]bool{}, takenBack: takenBack}
	for _, q := range questions {
		m.questions[q.TaskID] = q
	}
	return m.of(items), nil
}

// withholdTakenBack leaves out the words of answers that were taken back: that they were given and taken back stays, and the record
// keeps them for who holds the key. It returns, by question, the number of the entry by which its answer was last taken back.
func withholdTakenBack(items []record.Item) map[uuid.UUID]int64 {
	takenBack, signOffs, asking := map[uuid.UUID]int64{}, map[string]int64{}, 0
	signOff := func(it record.Item) string { return fmt.Sprint(asking) + it.Facts["unit"] } // a text that comes back is signed off anew
	for _, it := range items {
		switch it.Verb {
		case "signoff.opened":
			asking++
		case "signoff.taken_back":
			signOffs[signOff(it)] = it.Seq
		}
		if it.Verb == verbTakenBack || it.Verb == "consultation.taken_back" {
			takenBack[it.Object] = it.Seq
		}
	}
	asking = 0
	for i, it := range items {
		if it.Verb == "signoff.opened" {
			asking++
		}
		if (it.Verb == verbAnswered || it.Verb == "consultation.answered") && it.Seq < takenBack[it.Object] ||
			it.Verb == "signoff.answered" && it.Seq < signOffs[signOff(it)] {
			items[i].Texts = map[string]string{}
		}
	}
	return takenBack
}

// hiddenQuestion is a question by which an expert was asked in an anonymised round, with what is known of the answer that stands.
type hiddenQuestion struct {
	TaskID   uuid.UUID
	ReviewID *uuid.UUID // nil: none stands
	Label    Label
	ClosedAt *time.Time // the round
	Own      bool       // it is the reader's
}

// maskedRecord takes the answers of anonymised rounds out of their places.
type maskedRecord struct {
	questions map[uuid.UUID]hiddenQuestion
	held      map[string][]record.Item // released answers, by round
	seqs      map[string]bool          // the numbers that are not told
	takenBack map[uuid.UUID]int64      // by question: the number of the entry by which its answer was last taken back
}

func (m *maskedRecord) of(items []record.Item) []record.Item {
	var kept []record.Item
	for _, it := range items {
		q, hidden := m.questions[it.Object]
		stands := it.Seq > m.takenBack[it.Object]
		switch {
		case hidden && it.Verb == verbAnswered && !(q.Own && stands):
			m.seqs[fmt.Sprint(it.Seq)] = true
			if q.Label > 0 && stands { // beside another under the same letter it would tell whose they are: the desk says who took one back
				m.held[it.Facts["round"]] = append(m.held[it.Facts["round"]], masked(it, q))
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

func masked(it record.Item, q hiddenQuestion) record.Item {
	facts := map[string]string{FactLabel: q.Label.Letter()}
	for fact, value := range it.Facts {
		what, _, _ := strings.Cut(fact, "_")
		if slices.Contains([]string{"round", "answer", record.FactWrittenIn}, fact) || what == "question" { // nothing of when, or by whom
			facts[fact] = value
		}
	}
	return record.Item{At: *q.ClosedAt, Verb: it.Verb, Capacity: record.Personal, ObjectKind: "answer", Object: *q.ReviewID, Visibility: it.Visibility,
		Facts: facts, Texts: it.Texts, Redacted: it.Redacted}
}
