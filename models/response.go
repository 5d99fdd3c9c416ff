package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// What an answer to a comment says became of it.
const (
	ResponseAccepted    = "accepted"
	ResponsePartly      = "partly"
	ResponseNotAccepted = "not_accepted"
)

// ResponseOutcomes lists what an answer can say.
func ResponseOutcomes() []string {
	return []string{ResponseAccepted, ResponsePartly, ResponseNotAccepted}
}

// RemarkReasons is the kind of a remark that is no comment on a paragraph: the reasons given for the whole answer.
const RemarkReasons CommentKind = "reasons"

// RemarkKinds lists what remarks are told apart by, those that ask for most first.
func RemarkKinds() []CommentKind {
	return []CommentKind{CommentSuggestion, CommentCorrection, CommentQuestion, CommentRemark, CommentPraise, RemarkReasons}
}

// WholeText is the paragraph of a remark about the whole text.
const WholeText = -1

// CommentGroup holds comments that say the same and are answered alike.
type CommentGroup struct {
	bun.BaseModel `bun:"table:comment_groups,alias:cg"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	Round            int
	Title            string
	Outcome          *string // nil: not answered yet
	Reason           string
	WrittenIn        string
	Revision         int // of the answer and the title; whoever changes them names the one they saw
	AnsweredBy       *uuid.UUID
	AnsweredAt       *time.Time
	CreatedAt        time.Time

	Left []LeftGroup `bun:"-"` // the groups in which its comments were before, where GroupRemarks made it
}

// LeftGroup is a group that comments left for another one.
type LeftGroup struct {
	Title    string
	Comments int  // that left it
	Gone     bool // none is left in it
	Answered bool // it had an answer, which goes with it
}

// Remark is a comment on a paragraph, or the reasons of a review, of a round that is closed, with what is answered to it.
type Remark struct {
	ID             uuid.UUID // of the comment, or of the answer that gave the reasons
	ReviewID       uuid.UUID // the answer
	TaskID         uuid.UUID // the question; the answer's id where the reader may not know whose it is
	Round          int
	VersionID      uuid.UUID
	Block          int // WholeText for reasons
	Kind           CommentKind
	Quote          string
	Prefix         string
	Suffix         string
	Replacement    string
	Body           string
	WrittenIn      string     // of the remark; "" where nobody said
	PersonID       uuid.UUID  // Nil where the reader may not know whose it is
	OrganisationID *uuid.UUID // of a partner; nil for an expert
	Naming         string
	Label          Label
	At             time.Time
	Anonymity      string    // of the round
	ClosedAt       time.Time // likewise

	Outcome          *string // its own answer; nil: none
	Reason           string
	ReasonIn         string
	Revision         int // 0: there is no answer of its own
	AppliedVersionID *uuid.UUID

	GroupID       *uuid.UUID
	GroupTitle    string
	GroupOutcome  *string
	GroupReason   string
	GroupIn       string
	GroupRevision int
}

// Response is what is answered to a remark.
type Response struct {
	Outcome, Reason, WrittenIn string
	ByGroup                    bool
}

// Response returns what is answered to the remark: its own answer goes before that of its group. Nil where there is none.
func (r Remark) Response() *Response {
	switch {
	case r.Outcome != nil:
		return &Response{*r.Outcome, r.Reason, r.ReasonIn, false}
	case r.GroupOutcome != nil:
		return &Response{*r.GroupOutcome, r.GroupReason, r.GroupIn, true}
	}
	return nil
}

// ToPutIn reports whether it is a suggestion that was accepted and not put into the text yet.
func (r Remark) ToPutIn() bool {
	a := r.Response()
	return r.Kind == CommentSuggestion && r.AppliedVersionID == nil && a != nil && a.Outcome == ResponseAccepted
}

// By is the answer that the remark belongs to, as far as it says whose it is.
func (r Remark) By() Review {
	return Review{ID: r.ReviewID, TaskID: r.TaskID, PersonID: r.PersonID, OrganisationID: r.OrganisationID, Label: r.Label, Anonymity: r.Anonymity,
		Masked: r.PersonID == uuid.Nil}
}

// FromPartner reports whether an organisation said it in the consultation, not an expert in a review.
func (r Remark) FromPartner() bool { return r.OrganisationID != nil }

// From whom remarks come.
const (
	FromExperts  = "experts"
	FromPartners = "partners"
)

// RemarkFilter narrows the remarks of a recommendation, for a reader.
type RemarkFilter struct {
	Recommendation uuid.UUID
	As             Attribution // what the reader may know of who made them; the zero value knows nobody, the process itself is Unmasked
	Round          int         // 0: all
	Kind           CommentKind
	From           string // FromExperts, FromPartners or ""
	Open           bool   // only those not answered
	ToPutIn        bool   // only suggestions that were accepted and not put into the text yet
	Refused        bool   // only suggestions that were put into the text and are not accepted any more
	IDs            []uuid.UUID
	Group          uuid.UUID
	Task           uuid.UUID // only those of one answer
}

// remarksQuery is what is said about a text in rounds that are closed: what is said in others can still change, and is
// answered only afterwards. What an anonymised round keeps back is not answered at all.
const remarksQuery = `SELECT said.*, rv.id AS review_id, rv.round, rv.version_id, rv.person_id, rv.organisation_id, rv.naming, rv.written_in, rv.answered_at AS at,
		rr.anonymity, rr.closed_at, rv.label,
		a.outcome, coalesce(a.reason, '') AS reason, coalesce(a.written_in, '') AS reason_in, coalesce(a.revision, 0) AS revision, a.applied_version_id,
		a.group_id, coalesce(g.title, '') AS group_title, g.outcome AS group_outcome, coalesce(g.reason, '') AS group_reason, coalesce(g.written_in, '') AS group_in, coalesce(g.revision, 0) AS group_revision
	FROM reviews AS rv
	JOIN review_rounds AS rr ON rr.recommendation_id = rv.recommendation_id AND rr.number = rv.round AND rr.closed_at IS NOT NULL
	CROSS JOIN LATERAL (
		SELECT c.id, c.task_id, c.block, c.kind, c.quote, c.prefix, c.suffix, c.replacement, c.body, c.position FROM comments AS c WHERE c.task_id = rv.task_id
		UNION ALL SELECT rv.id, rv.task_id, -1, 'reasons', '', '', '', '', rv.reasons, 0 WHERE rv.reasons <> ''
	) AS said
	LEFT JOIN comment_responses AS a ON a.id = said.id
	LEFT JOIN comment_groups AS g ON g.id = a.group_id
	WHERE rv.recommendation_id = ? AND ` + released

func (f RemarkFilter) query(db bun.IDB) *bun.SelectQuery {
	q := db.NewSelect().TableExpr("(?) AS r", db.NewRaw(remarksQuery, f.Recommendation))
	if f.Round > 0 {
		q = q.Where("r.round = ?", f.Round)
	}
	if f.Kind != "" {
		q = q.Where("r.kind = ?", f.Kind)
	}
	switch f.From {
	case FromExperts:
		q = q.Where("r.organisation_id IS NULL")
	case FromPartners:
		q = q.Where("r.organisation_id IS NOT NULL")
	}
	if f.Open {
		q = q.Where("coalesce(r.outcome, r.group_outcome) IS NULL")
	}
	if f.ToPutIn {
		q = q.Where("r.kind = ? AND coalesce(r.outcome, r.group_outcome) = ? AND r.applied_version_id IS NULL", CommentSuggestion, ResponseAccepted)
	}
	if f.Refused {
		q = q.Where("r.kind = ? AND coalesce(r.outcome, r.group_outcome) = ? AND r.applied_version_id IS NOT NULL", CommentSuggestion, ResponseNotAccepted)
	}
	if len(f.IDs) > 0 {
		q = q.Where("r.id IN (?)", bun.List(f.IDs))
	}
	if f.Task != uuid.Nil {
		q = q.Where("r.task_id = ?", f.Task)
	}
	if f.Group != uuid.Nil {
		q = q.Where("r.group_id = ?", f.Group)
	}
	return q
}

// Remarks lists what was said about a text, in the order of its paragraphs.
func Remarks(ctx context.Context, db bun.IDB, f RemarkFilter) ([]Remark, error) {
	var all []Remark
	err := f.query(db).ColumnExpr("r.id, r.review_id, r.anonymity, r.closed_at, r.label, r.task_id, r.round, r.version_id, r.block, r.kind, r.quote, r.prefix, r.suffix, r.replacement, r.body").
		ColumnExpr("r.written_in, r.person_id, r.organisation_id, r.naming, r.at, r.outcome, r.reason, r.reason_in, r.revision, r.applied_version_id").
		ColumnExpr("r.group_id, r.group_title, r.group_outcome, r.group_reason, r.group_in, r.group_revision").
		OrderExpr("r.round, r.block, CASE WHEN r.label IS NULL THEN r.at ELSE r.closed_at END, r.label, r.task_id, r.position").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read the remarks on a text: %w", err)
	}
	for i := range all {
		if f.As.hides(all[i].Anonymity, all[i].PersonID, all[i].OrganisationID) {
			all[i].mask()
		}
	}
	return all, nil
}

// CountToPutIn counts the suggestions that were accepted and not put into the text yet, of all rounds that are closed.
func CountToPutIn(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (int, error) {
	n, err := RemarkFilter{Recommendation: recommendation, ToPutIn: true}.query(db).ColumnExpr("r.id").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count the suggestions to put into a text: %w", err)
	}
	return int(n), nil
}

// CountOpen counts what was said in a round that is closed and is not answered yet.
func CountOpen(ctx context.Context, db bun.IDB, recommendation uuid.UUID, round int) (int, error) {
	n, err := RemarkFilter{Recommendation: recommendation, Round: round, Open: true}.query(db).ColumnExpr("r.id").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count the comments without an answer: %w", err)
	}
	return int(n), nil
}

// RemarkByID returns one remark on a recommendation.
func RemarkByID(ctx context.Context, db bun.IDB, recommendation, id uuid.UUID) (*Remark, error) {
	all, err := Remarks(ctx, db, RemarkFilter{Recommendation: recommendation, IDs: []uuid.UUID{id}})
	if err == nil && len(all) == 0 {
		err = apperr.NotFound("comment")
	}
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// ClosedRounds lists the numbers of the rounds whose remarks can be answered, newest first.
func ClosedRounds(ctx context.Context, db bun.IDB, recommendation uuid.UUID) ([]int, error) {
	var numbers []int
	err := db.NewSelect().Model((*ReviewRound)(nil)).Column("number").
		Where("recommendation_id = ? AND closed_at IS NOT NULL", recommendation).Order("number DESC").Scan(ctx, &numbers)
	return numbers, err
}

// CommentGroups lists the groups of a round by title.
func CommentGroups(ctx context.Context, db bun.IDB, recommendation uuid.UUID, round int) ([]CommentGroup, error) {
	var all []CommentGroup
	err := db.NewSelect().Model(&all).Where("cg.recommendation_id = ? AND cg.round = ?", recommendation, round).Order("cg.title", "cg.id").Scan(ctx)
	return all, err
}

// CommentGroupByID returns a group of comments on a recommendation.
func CommentGroupByID(ctx context.Context, db bun.IDB, recommendation, id uuid.UUID) (*CommentGroup, error) {
	g := new(CommentGroup)
	err := db.NewSelect().Model(g).Where("cg.id = ? AND cg.recommendation_id = ?", id, recommendation).Scan(ctx)
	return g, found(err, "comment_group")
}
