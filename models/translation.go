package models

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
)

// TranslationState is where a translation stands.
type TranslationState string

// The states of a translation.
const (
	TranslationOpen      TranslationState = "open"
	TranslationSubmitted TranslationState = "submitted"
	TranslationApproved  TranslationState = "approved"
	TranslationLate      TranslationState = "late" // not ready when it was time; the others went on
)

// Translation renders one version in one language, block by block.
type Translation struct {
	bun.BaseModel `bun:"table:translations,alias:tr"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	VersionID        uuid.UUID
	Language         string
	Title            string
	Measures         []TranslatedMeasure `bun:"type:jsonb"`
	State            TranslationState
	TranslatorID     *uuid.UUID
	ApproverID       *uuid.UUID
	Revision         int // of the words, for If-Match
	SubmittedAt      *time.Time
	ApprovedAt       *time.Time
	ReturnNote       string
	ReturnWrittenIn  string // language of the note; "" where nobody said

	Blocks []TranslationBlock `bun:"rel:has-many,join:id=translation_id"`
}

// TranslatedMeasure is a measure's text in the translation's language.
type TranslatedMeasure struct {
	ID   uuid.UUID `json:"id" validate:"required"`
	Text string    `json:"text" validate:"max=4000"`
}

// TranslationBlock is one block of the source with its rendering, or with a note why it is left out.
type TranslationBlock struct {
	bun.BaseModel `bun:"table:translation_blocks,alias:tb"`

	TranslationID uuid.UUID `bun:",pk"`
	Position      int       `bun:",pk"`
	Source        string
	Text          string
	LeftOut       bool
	Note          string
}

// TranslationInput is what a translator saves; blocks and measures not named stay as they are.
type TranslationInput struct {
	Title    *string             `json:"title,omitempty" validate:"omitempty,max=300"`
	Blocks   []BlockInput        `json:"blocks,omitempty" validate:"max=5000,dive"`
	Measures []TranslatedMeasure `json:"measures,omitempty" validate:"max=100,dive"`
}

// BlockInput is the rendering of one block.
type BlockInput struct {
	Position int    `json:"position" validate:"min=0"`
	Text     string `json:"text" validate:"max=50000"`
	LeftOut  bool   `json:"left_out"`
	Note     string `json:"note,omitempty" validate:"max=1000"`
}

// SubmitTranslationPayload hands a translation over for approval, or approves it: the revision is the one seen.
type SubmitTranslationPayload struct {
	Revision int `json:"revision" validate:"required,min=1"`
}

// ReturnTranslationPayload sends a translation back to the translator.
type ReturnTranslationPayload struct {
	Note string `json:"note" validate:"required,max=4000"`
	Written
}

// AssignTranslatorPayload names who translates and who approves.
type AssignTranslatorPayload struct {
	Language     string    `json:"language" validate:"required,max=20"`
	TranslatorID uuid.UUID `json:"translator_id" validate:"required"`
	ApproverID   uuid.UUID `json:"approver_id" validate:"required"`
}

// OpenTranslation writes an empty translation of a version, one block per block of the source, unless there is one.
func OpenTranslation(ctx context.Context, tx bun.IDB, v *Version, language string) (*Translation, error) {
	t := &Translation{ID: NewID(), RecommendationID: v.RecommendationID, VersionID: v.ID, Language: language,
		State: TranslationOpen, Revision: 1, Measures: []TranslatedMeasure{}}
	res, err := tx.NewInsert().Model(t).On("CONFLICT (version_id, language) DO NOTHING").Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("open translation: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return TranslationFor(ctx, tx, v.ID, language)
	}
	for i, b := range markdown.Blocks(v.Body) {
		t.Blocks = append(t.Blocks, TranslationBlock{TranslationID: t.ID, Position: i, Source: b.Source})
	}
	if len(t.Blocks) > 0 {
		if _, err := tx.NewInsert().Model(&t.Blocks).Exec(ctx); err != nil {
			return nil, fmt.Errorf("open translation: %w", err)
		}
	}
	return t, nil
}

// SaveTranslation stores a translator's words on top of the revision they saw. It is refused with CodeOutdated when
// somebody else saved meanwhile and with CodeClosed once it was approved.
func SaveTranslation(ctx context.Context, tx bun.IDB, id uuid.UUID, seen int, in TranslationInput) (*Translation, error) {
	t, err := LockTranslation(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if t.State == TranslationApproved {
		return nil, apperr.About(apperr.CodeClosed, "translation")
	}
	if t.Revision != seen {
		return nil, apperr.About(apperr.CodeOutdated, "translation")
	}
	for i, b := range in.Blocks {
		res, err := tx.NewUpdate().Model((*TranslationBlock)(nil)).Set("text = ?", markdown.Clean(b.Text)).
			Set("left_out = ?", b.LeftOut).Set("note = ?", b.Note).
			Where("translation_id = ? AND position = ?", id, b.Position).Exec(ctx)
		if err != nil {
			return nil, fmt.Errorf("save block: %w", err)
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return nil, apperr.Invalid(fmt.Sprintf("blocks[%d].position", i), "unknown")
		}
	}
	if in.Title != nil {
		t.Title = markdown.Clean(*in.Title)
	}
	t.mergeMeasures(in.Measures)
	t.Revision++
	if _, err := tx.NewUpdate().Model(t).Column("title", "measures", "revision").WherePK().Exec(ctx); err != nil {
		return nil, fmt.Errorf("save translation: %w", err)
	}
	return TranslationByID(ctx, tx, id)
}

func (t *Translation) mergeMeasures(in []TranslatedMeasure) {
	for _, m := range in {
		m.Text = markdown.Clean(m.Text)
		replaced := false
		for i := range t.Measures {
			if t.Measures[i].ID == m.ID {
				t.Measures[i], replaced = m, true
			}
		}
		if !replaced {
			t.Measures = append(t.Measures, m)
		}
	}
}

// Missing lists what keeps a translation from being handed over: "title", "blocks[3]", "measures[0]" without words, and
// blocks that lost their form.
func (t Translation) Missing(v *Version) *apperr.Error {
	e := apperr.New(apperr.CodeInvalid)
	if t.Title == "" {
		e.And("title", "required")
	}
	source := markdown.Blocks(v.Body)
	for _, b := range t.Blocks {
		switch {
		case b.LeftOut && b.Note == "":
			e.And(fmt.Sprintf("blocks[%d].note", b.Position), "left_out_note")
		case !b.LeftOut && b.Text == "":
			e.And(fmt.Sprintf("blocks[%d].text", b.Position), "required")
		case !b.LeftOut && b.Position < len(source):
			b.blameForm(e, source[b.Position])
		}
	}
	texts := t.MeasureTexts()
	for i, m := range v.Measures {
		if texts[m.ID] == "" {
			e.And(fmt.Sprintf("measures[%d].text", i), "required")
		}
	}
	return e
}

// blameForm says what is expected where a rendering is not what the source's block is. A paragraph is free: it may become
// several.
func (b TranslationBlock) blameForm(e *apperr.Error, source markdown.Block) {
	rule, args := "", []any(nil)
	switch source.Kind {
	case markdown.KindHeading:
		rule, args = "keep_heading", []any{"marks", strings.Repeat("#", source.Level)}
	case markdown.KindList:
		rule = "keep_list"
	case markdown.KindTable:
		rule, args = "keep_table", []any{"columns", source.Columns}
	case markdown.KindQuote:
		rule = "keep_quote"
	case markdown.KindCode:
		rule = "keep_code"
	default:
		return
	}
	for _, part := range markdown.Blocks(b.Text) {
		if !part.SameForm(source) {
			e.And(fmt.Sprintf("blocks[%d].text", b.Position), rule, args...)
			return
		}
	}
}

// MeasureTexts returns the translated measures by id.
func (t Translation) MeasureTexts() map[uuid.UUID]string {
	texts := map[uuid.UUID]string{}
	for _, m := range t.Measures {
		texts[m.ID] = m.Text
	}
	return texts
}

// MeasuresOf returns the measures of a version in the translation's language.
func (t Translation) MeasuresOf(v *Version) []VersionMeasure {
	texts := t.MeasureTexts()
	measures := slices.Clone(v.Measures)
	for i, m := range measures {
		measures[i].Text = texts[m.ID]
	}
	return measures
}

// Body joins the translated blocks; those left out are missing.
func (t Translation) Body() string {
	var blocks []markdown.Block
	for _, b := range t.Blocks {
		if !b.LeftOut {
			blocks = append(blocks, markdown.Block{Position: b.Position, Source: b.Text})
		}
	}
	return markdown.Join(blocks)
}

func withBlocks(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Relation("Blocks", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("tb.position") })
}

// TranslationByID returns a translation with its blocks.
func TranslationByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Translation, error) {
	t := new(Translation)
	err := withBlocks(db.NewSelect().Model(t)).Where("tr.id = ?", id).Scan(ctx)
	return t, found(err, "translation")
}

// LockTranslation returns a translation with its blocks and holds its row until the transaction ends: whoever judges its
// words and whoever writes them wait for each other, so that nobody agrees to words they have not seen. The blocks are
// read once the row is held.
func LockTranslation(ctx context.Context, tx bun.IDB, id uuid.UUID) (*Translation, error) {
	t := new(Translation)
	if err := tx.NewSelect().Model(t).Column("id").Where("tr.id = ?", id).For("UPDATE").Scan(ctx); err != nil {
		return nil, found(err, "translation")
	}
	return TranslationByID(ctx, tx, id)
}

// TranslationFor returns the translation of a version into a language, with its blocks.
func TranslationFor(ctx context.Context, db bun.IDB, version uuid.UUID, language string) (*Translation, error) {
	t := new(Translation)
	err := withBlocks(db.NewSelect().Model(t)).Where("tr.version_id = ? AND tr.language = ?", version, language).Scan(ctx)
	return t, found(err, "translation")
}

// Translations lists the translations of a version, with their blocks, by language.
func Translations(ctx context.Context, db bun.IDB, version uuid.UUID) ([]Translation, error) {
	var all []Translation
	err := withBlocks(db.NewSelect().Model(&all)).Where("tr.version_id = ?", version).Order("tr.language").Scan(ctx)
	return all, err
}

// ApprovedTranslations lists the translations of a version that were approved, with their blocks, by language.
func ApprovedTranslations(ctx context.Context, db bun.IDB, version uuid.UUID) ([]Translation, error) {
	var all []Translation
	err := withBlocks(db.NewSelect().Model(&all)).Where("tr.version_id = ? AND tr.approved_at IS NOT NULL", version).
		Order("tr.language").Scan(ctx)
	return all, err
}

// SaveState writes where a translation stands.
func (t *Translation) SaveState(ctx context.Context, db bun.IDB) error {
	_, err := db.NewUpdate().Model(t).Column("state", "translator_id", "approver_id", "submitted_at", "approved_at", "return_note", "return_written_in").
		WherePK().Exec(ctx)
	return err
}
