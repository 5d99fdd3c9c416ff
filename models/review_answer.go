package models

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// ReviewAnswer is what an expert answered to one question of the procedure.
type ReviewAnswer struct {
	bun.BaseModel `bun:"table:review_answers,alias:ra"`

	TaskID    uuid.UUID `bun:",pk"`
	Question  string    `bun:",pk"` // its id
	Position  int
	Value     string // what was chosen
	Body      string // of a question answered in words
	Expertise string // how well they know this; "" where they did not say
	WrittenIn string // language of Body; "" where nobody said
}

// putAnswers writes the answers of a review in the place of those it had. What says nothing is no answer.
func (rv *Review) putAnswers(ctx context.Context, tx bun.IDB) error {
	if _, err := tx.NewDelete().Model((*ReviewAnswer)(nil)).Where("task_id = ?", rv.TaskID).Exec(ctx); err != nil {
		return err
	}
	if len(rv.Answers) == 0 {
		return nil
	}
	for i := range rv.Answers {
		rv.Answers[i].TaskID = rv.TaskID
	}
	_, err := tx.NewInsert().Model(&rv.Answers).Exec(ctx)
	return err
}

// Said returns the answers of a payload as rows, in the order of the questions.
func (p ReviewPayload) Said(questions []Question) []ReviewAnswer {
	var rows []ReviewAnswer
	for i, q := range questions {
		k := slices.IndexFunc(p.Answers, func(a AnswerPayload) bool { return a.Question == q.ID })
		if k < 0 || p.Answers[k].Empty() {
			continue
		}
		a := p.Answers[k]
		rows = append(rows, ReviewAnswer{Question: q.ID, Position: i, Value: a.Value, Body: a.Text, Expertise: a.Expertise, WrittenIn: p.WrittenIn})
	}
	return rows
}

// AnswerTo returns what a review says to a question, nil where it says nothing.
func (rv *Review) AnswerTo(question string) *ReviewAnswer {
	for i := range rv.Answers {
		if rv.Answers[i].Question == question {
			return &rv.Answers[i]
		}
	}
	return nil
}

// MayReadConfidence reports whether a viewer may read what experts say to the officer in charge alone: that officer, and
// coordinators. Others of the organisation that owns the text may not.
func (v Viewer) MayReadConfidence(r *Recommendation) bool {
	return v.LinkTask == uuid.Nil && v.PersonID != uuid.Nil && (v.PersonID == r.OfficerID || v.Has(RoleCoordinator))
}

// WithoutConfidence is a review as those may read it who own the text and are not in charge of it. Whoever wrote it reads it whole.
func (rv Review) WithoutConfidence(questions []Question) Review {
	rv.ConfidentialNote = ""
	rv.Answers = slices.DeleteFunc(slices.Clone(rv.Answers), func(a ReviewAnswer) bool {
		k := slices.IndexFunc(questions, func(q Question) bool { return q.ID == a.Question })
		return k >= 0 && questions[k].Confidential
	})
	return rv
}
