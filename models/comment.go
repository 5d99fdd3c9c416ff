package models

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// CommentKind is what a comment is.
type CommentKind string

// The kinds of comment. A remark is what says nothing else of itself.
const (
	CommentRemark     CommentKind = "remark"
	CommentQuestion   CommentKind = "question"
	CommentCorrection CommentKind = "correction"
	CommentSuggestion CommentKind = "suggestion" // other words for those quoted; none to leave them out
	CommentPraise     CommentKind = "praise"
)

// CommentKinds are all kinds, in the order in which they are offered.
func CommentKinds() []string {
	return []string{string(CommentRemark), string(CommentQuestion), string(CommentCorrection), string(CommentSuggestion), string(CommentPraise)}
}

// Comment is what somebody says about one paragraph of a version, or about words quoted from it. Quote, Prefix and Suffix
// are a TextQuoteSelector of the W3C Web Annotation Data Model (section 4.2.4), over the paragraph's text as it is read.
type Comment struct {
	bun.BaseModel `bun:"table:comments,alias:c"`

	ID               uuid.UUID `bun:",pk"`
	TaskID           uuid.UUID
	RecommendationID uuid.UUID
	VersionID        uuid.UUID
	Block            int // position of the paragraph, from 0
	Kind             CommentKind
	Quote            string
	Prefix           string
	Suffix           string
	Replacement      string // of a suggestion
	Body             string
	Position         int
	CreatedAt        time.Time
}

// Suggests reports whether a comment of a kind offers other wording: a suggestion does, and whatever else came with words to stand instead.
func (k CommentKind) Suggests(replacement string) bool {
	return k == CommentSuggestion || replacement != ""
}

// CommentPayload is a comment as it is sent. A suggestion quotes what it would replace and needs no further words; a comment
// without a kind is a remark.
type CommentPayload struct {
	Block       int         `json:"block" validate:"min=0,max=5000"`
	Kind        CommentKind `json:"kind,omitempty" validate:"omitempty,oneof=remark question correction suggestion praise"`
	Quote       string      `json:"quote,omitempty" validate:"required_if=Kind suggestion,max=1000"`
	Prefix      string      `json:"prefix,omitempty" validate:"max=200"`
	Suffix      string      `json:"suffix,omitempty" validate:"max=200"`
	Replacement string      `json:"replacement,omitempty" validate:"max=8000"`
	Body        string      `json:"body" validate:"required_unless=Kind suggestion,max=8000"`
}

// putComments writes the comments of a review in the place of those it had. Their ids tell no time, by which an anonymised comment
// could be joined to whoever answered then.
func (rv *Review) putComments(ctx context.Context, tx bun.IDB, comments []CommentPayload) error {
	if _, err := tx.NewDelete().Model((*Comment)(nil)).Where("task_id = ?", rv.TaskID).Exec(ctx); err != nil {
		return err
	}
	if len(comments) == 0 {
		return nil
	}
	rows := make([]Comment, len(comments))
	for i, c := range comments {
		if c.Kind == "" {
			c.Kind = CommentRemark
		}
		rows[i] = Comment{ID: uuid.New(), TaskID: rv.TaskID, RecommendationID: rv.RecommendationID, VersionID: rv.VersionID,
			Block: c.Block, Kind: c.Kind, Quote: c.Quote, Prefix: c.Prefix, Suffix: c.Suffix, Replacement: c.Replacement,
			Body: c.Body, Position: i, CreatedAt: rv.AnsweredAt}
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// VersionNumbers are the numbers of a recommendation's versions.
func VersionNumbers(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (map[uuid.UUID]int, error) {
	var rows []struct {
		ID     uuid.UUID
		Number int
	}
	err := db.NewSelect().Table("versions").Column("id", "number").Where("recommendation_id = ?", recommendation).Scan(ctx, &rows)
	numbers := make(map[uuid.UUID]int, len(rows))
	for _, r := range rows {
		numbers[r.ID] = r.Number
	}
	return numbers, err
}
