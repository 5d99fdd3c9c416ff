package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Conflict is what an expert declares of a conflict of interest with a text, and what the officer decided about it. It is theirs, not
// the question's: what somebody declared whose review was handed over stays on file, and is never another's.
type Conflict struct {
	bun.BaseModel `bun:"table:review_conflicts,alias:rc"`

	TaskID           uuid.UUID `bun:",pk"`
	PersonID         uuid.UUID `bun:",pk"` // who declared it
	RecommendationID uuid.UUID
	Kind             string
	Words            string
	WrittenIn        string // language of Words; "" where nobody said
	DeclaredAt       time.Time
	Ruling           *string // nil while it is undecided
	Reason           string
	ReasonWrittenIn  string
	RuledBy          *uuid.UUID
	RuledAt          *time.Time
}

// Kinds of conflicts. Who declares that there is none has answered the question.
const (
	ConflictNone     = "none"
	ConflictFunded   = "funded"    // paid by whom the text concerns
	ConflictEmployed = "employed"  // works for them
	ConflictCoAuthor = "co_author" // wrote a part of it
	ConflictPersonal = "personal"
	ConflictOther    = "other"
)

// ConflictKinds are all kinds, in the order in which they are offered.
func ConflictKinds() []string {
	return []string{ConflictNone, ConflictFunded, ConflictEmployed, ConflictCoAuthor, ConflictPersonal, ConflictOther}
}

// What an officer decides about a conflict. Nobody's silence is a ruling: the answer then counts and is shown with what was declared.
const (
	RulingMayAnswer = "may_answer" // it is none that matters
	RulingShown     = "shown"      // the answer counts, the conflict stands beside it
	RulingReplaced  = "replaced"   // somebody else is asked
)

// Rulings are all that can be decided, in the order in which they are offered.
func Rulings() []string { return []string{RulingMayAnswer, RulingShown, RulingReplaced} }

// DeclareConflictPayload declares a conflict, or that there is none. All but "none" need a word of explanation.
type DeclareConflictPayload struct {
	Kind  string `json:"kind" validate:"required,oneof=none funded employed co_author personal other"`
	Words string `json:"words,omitempty" validate:"required_unless=Kind none,max=2000"`
	Written
}

// RuleConflictPayload is the officer's decision about a conflict.
type RuleConflictPayload struct {
	Ruling string `json:"ruling" validate:"required,oneof=may_answer shown replaced"`
	Reason string `json:"reason,omitempty" validate:"max=2000"`
	Written
}

// Declared reports whether there is a conflict.
func (c *Conflict) Declared() bool { return c != nil && c.Kind != ConflictNone }

// Undecided reports whether the officer has still to decide about it.
func (c *Conflict) Undecided() bool { return c.Declared() && c.Ruling == nil }

// Shown reports whether the conflict stands beside the answer: unless the officer found that it does not matter.
func (c *Conflict) Shown() bool {
	return c.Declared() && (c.Ruling == nil || *c.Ruling != RulingMayAnswer)
}

// Replaced reports whether somebody else is asked because of it.
func (c *Conflict) Replaced() bool {
	return c.Declared() && c.Ruling != nil && *c.Ruling == RulingReplaced
}

// Told is what to tell who declared it, given the state of their task: the last part of the catalog keys "conflict.told.<told>"
// and "mail.conflict_ruled.<told>". Who was replaced before they sent anything is not told that it is kept.
func (c *Conflict) Told(state TaskState) string {
	switch {
	case c.Ruling == nil:
		return "undecided"
	case c.Replaced() && state != TaskDone:
		return "replaced_unsent"
	default:
		return *c.Ruling
	}
}

// theirOwn is true of a declaration (alias rc) of whoever the question waits for, or waited for last.
const theirOwn = "EXISTS (SELECT 1 FROM tasks AS t WHERE t.id = rc.task_id AND t.person_id = rc.person_id)"

// ConflictOf returns what whoever has a task declared under it, nil where they declared nothing.
func ConflictOf(ctx context.Context, db bun.IDB, task uuid.UUID) (*Conflict, error) {
	c := new(Conflict)
	err := db.NewSelect().Model(c).Where("rc.task_id = ?", task).Where(theirOwn).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a declaration of conflict: %w", err)
	}
	return c, nil
}

// ConflictsOf returns what was declared about a recommendation by those who have its reviews, by task.
func ConflictsOf(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (map[uuid.UUID]*Conflict, error) {
	var rows []Conflict
	if err := db.NewSelect().Model(&rows).Where("rc.recommendation_id = ?", recommendation).Where(theirOwn).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read declarations of conflict: %w", err)
	}
	all := make(map[uuid.UUID]*Conflict, len(rows))
	for i := range rows {
		all[rows[i].TaskID] = &rows[i]
	}
	return all, nil
}

// Put writes a declaration in the place of the one before; what was decided about that is decided no more.
func (c *Conflict) Put(ctx context.Context, tx bun.IDB) error {
	_, err := tx.NewInsert().Model(c).On("CONFLICT (task_id, person_id) DO UPDATE").
		Set("kind = EXCLUDED.kind").Set("words = EXCLUDED.words").Set("written_in = EXCLUDED.written_in").Set("declared_at = EXCLUDED.declared_at").
		Set("ruling = NULL").Set("reason = ''").Set("reason_written_in = ''").Set("ruled_by = NULL").Set("ruled_at = NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write a declaration of conflict: %w", err)
	}
	return nil
}

// Rule writes what was decided.
func (c *Conflict) Rule(ctx context.Context, tx bun.IDB) error {
	_, err := tx.NewUpdate().Model(c).Column("ruling", "reason", "reason_written_in", "ruled_by", "ruled_at").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("write the decision about a conflict: %w", err)
	}
	return nil
}
