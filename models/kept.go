package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// maxKept is how much one form may keep, in bytes; the longest draft in Cyrillic fits.
const maxKept = 2_000_000

// UnsentFor is how long words wait for their writer that were typed and not sent.
const UnsentFor = 30 * 24 * time.Hour

// KeptWords are words somebody typed into a form and has not sent. Nobody else sees them: whoever reads or writes them
// gives the person they are kept for.
type KeptWords struct {
	bun.BaseModel `bun:"table:kept_words,alias:kw"`

	PersonID         uuid.UUID           `bun:",pk"`
	Form             string              `bun:",pk"`
	RecommendationID *uuid.UUID          // what they are about; nil for a new text
	Page             string              // number of the page they were typed on; "" where it has none
	Fields           map[string][]string `bun:"type:jsonb"`
	KeptAt           time.Time
	Beside           []KeptPage `bun:"type:jsonb"` // what was typed on other pages of the same form, and is not in these
	Seen             time.Time  `bun:"-"`          // when what stood in the page as it was opened had been kept; zero: nothing did
}

// KeptPage is what was typed on another page of the same form: on another device, or in another window.
type KeptPage struct {
	Page   string              `json:"page"`
	Fields map[string][]string `json:"fields"`
	At     time.Time           `json:"at"`
}

// Pages are the words of every page, in the order in which they were kept.
func (k *KeptWords) Pages() []KeptPage {
	pages := append(slices.Clone(k.Beside), KeptPage{k.Page, k.Fields, k.KeptAt})
	slices.SortStableFunc(pages, func(a, b KeptPage) int { return a.At.Compare(b.At) })
	return pages
}

// Says reports whether somebody typed or chose anything on a page of the form of a review: a form that was kept as it stands, by
// a machine that sends every form, says nothing.
func (k *KeptWords) Says() bool {
	for _, p := range k.Pages() {
		for name, values := range p.Fields {
			if typedField.MatchString(name) && strings.TrimSpace(strings.Join(values, "")) != "" {
				return true
			}
		}
	}
	return false
}

// typedField names the fields of a review that are empty in its form as it stands; all others say what the form is about.
var typedField = regexp.MustCompile(`^(answer|reasons|confidential_note|(comment|quote|replacement)-\d+|(q|words|known)-.+)$`)

// KeptNew is the form of a new text.
const KeptNew = "new"

// KeptEdit is the form of a draft.
func KeptEdit(recommendation uuid.UUID) string { return "edit:" + recommendation.String() }

// KeptAnswer is the form of an answer to a task.
func KeptAnswer(task uuid.UUID) string { return "task:" + task.String() }

// KeptDecline is the form in which the question is declined.
func KeptDecline(task uuid.UUID) string { return "decline:" + task.String() }

// KeptReport is the form of a report on a follow-up that nobody asked for.
func KeptReport(followUp uuid.UUID) string { return "report:" + followUp.String() }

// KeptAct is the form of a decision about a recommendation, or about a task of it.
func KeptAct(what string, about uuid.UUID) string { return "act:" + what + ":" + about.String() }

// KeptMailing is the form of a mailing, or of a new one for a recommendation.
func KeptMailing(about uuid.UUID) string { return "mailing:" + about.String() }

// Keep stores the words instead of those kept before on the same page, and of those that stood in it when it was opened:
// what had been kept until Seen. What was typed on other pages since stays beside them.
func (k *KeptWords) Keep(ctx context.Context, db bun.IDB) error {
	raw, err := json.Marshal(k.Fields)
	if err != nil {
		return fmt.Errorf("encode unsent words: %w", err)
	}
	if len(raw) > maxKept {
		return apperr.About(apperr.CodeTooLarge, "form")
	}
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		k.Beside = []KeptPage{}
		res, err := tx.NewInsert().Model(k).On("CONFLICT (person_id, form) DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		before := new(KeptWords)
		if err := tx.NewSelect().Model(before).Where("kw.person_id = ? AND kw.form = ?", k.PersonID, k.Form).For("UPDATE").Scan(ctx); err != nil {
			return err
		}
		k.Beside = before.others(k.Page, k.Seen)
		if beside, err := json.Marshal(k.Beside); err != nil || len(beside) > 4*maxKept {
			return apperr.About(apperr.CodeTooLarge, "form")
		}
		_, err = tx.NewUpdate().Model(k).Column("page", "fields", "kept_at", "beside").WherePK().Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep unsent words: %w", err)
	}
	return nil
}

// others are the words of other pages than one, kept since.
func (k *KeptWords) others(page string, seen time.Time) []KeptPage {
	return slices.DeleteFunc(k.Pages(), func(p KeptPage) bool { return p.Page == page || !p.At.After(seen) })
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

// ForgetKeptPage removes what was left on one page of a form, which was sent, and what stood in it when it was opened. What
// was typed on other pages since stays.
func ForgetKeptPage(ctx context.Context, db bun.IDB, person uuid.UUID, form, page string, seen time.Time) error {
	err := db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		k := new(KeptWords)
		err := tx.NewSelect().Model(k).Where("kw.person_id = ? AND kw.form = ?", person, form).For("UPDATE").Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		left := k.others(page, seen)
		if len(left) == 0 {
			return ForgetKept(ctx, tx, person, form)
		}
		last := left[len(left)-1]
		k.Page, k.Fields, k.KeptAt, k.Beside = last.Page, last.Fields, last.At, left[:len(left)-1]
		_, err = tx.NewUpdate().Model(k).Column("page", "fields", "kept_at", "beside").WherePK().Exec(ctx)
		return err
	})
	if err != nil {
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
