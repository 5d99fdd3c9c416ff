package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// maxKept is how much one form may keep, in bytes; the longest draft in Cyrillic fits.
const maxKept = 2_000_000

// KeptWords are words somebody typed into a form and has not sent. Nobody else sees them: whoever reads or writes them
// gives the person they are kept for.
type KeptWords struct {
	bun.BaseModel `bun:"table:kept_words,alias:kw"`

	PersonID         uuid.UUID           `bun:",pk"`
	Form             string              `bun:",pk"`
	RecommendationID *uuid.UUID          // what they are about; nil for a new text
	Fields           map[string][]string `bun:"type:jsonb"`
	KeptAt           time.Time
}

// KeptNew is the form of a new text.
const KeptNew = "new"

// KeptEdit is the form of a draft.
func KeptEdit(recommendation uuid.UUID) string { return "edit:" + recommendation.String() }

// KeptAnswer is the form of an answer to a task.
func KeptAnswer(task uuid.UUID) string { return "task:" + task.String() }

// KeptReport is the form of a report on a follow-up that nobody asked for.
func KeptReport(followUp uuid.UUID) string { return "report:" + followUp.String() }

// KeptAct is the form of a decision about a recommendation, or about a task of it.
func KeptAct(what string, about uuid.UUID) string { return "act:" + what + ":" + about.String() }

// KeptMailing is the form of a mailing, or of a new one for a recommendation.
func KeptMailing(about uuid.UUID) string { return "mailing:" + about.String() }

// Keep stores the words instead of those kept before.
func (k *KeptWords) Keep(ctx context.Context, db bun.IDB) error {
	raw, err := json.Marshal(k.Fields)
	if err != nil {
		return fmt.Errorf("encode unsent words: %w", err)
	}
	if len(raw) > maxKept {
		return apperr.About(apperr.CodeTooLarge, "form")
	}
	_, err = db.NewInsert().Model(k).On("CONFLICT (person_id, form) DO UPDATE").
		Set("fields = EXCLUDED.fields").Set("kept_at = EXCLUDED.kept_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep unsent words: %w", err)
	}
	return nil
}

// KeptWordsOf returns what a person left in a form, or nil.
func KeptWordsOf(ctx context.Context, db bun.IDB, person uuid.UUID, form string) (*KeptWords, error) {
	k := new(KeptWords)
	err := db.NewSelect().Model(k).Where("kw.person_id = ? AND kw.form = ?", person, form).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read unsent words: %w", err)
	}
	return k, nil
}

// ForgetKept removes what a person left in a form: it was sent, or thrown away.
func ForgetKept(ctx context.Context, db bun.IDB, person uuid.UUID, form string) error {
	if _, err := db.NewDelete().Model((*KeptWords)(nil)).Where("person_id = ? AND form = ?", person, form).Exec(ctx); err != nil {
		return fmt.Errorf("forget unsent words: %w", err)
	}
	return nil
}

// DeleteOldKept removes what was kept last before an instant.
func DeleteOldKept(ctx context.Context, db bun.IDB, before time.Time) error {
	if _, err := db.NewDelete().Model((*KeptWords)(nil)).Where("kept_at < ?", before).Exec(ctx); err != nil {
		return fmt.Errorf("forget old unsent words: %w", err)
	}
	return nil
}
