package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// ReviewRound is one round of review on one version.
type ReviewRound struct {
	bun.BaseModel `bun:"table:review_rounds,alias:rr"`

	RecommendationID uuid.UUID `bun:",pk"`
	Number           int       `bun:",pk"`
	VersionID        uuid.UUID
	Invited          []uuid.UUID `bun:",array"`
	Reserve          []uuid.UUID `bun:",array"`
	Enough           int
	OpenedAt         *time.Time
	DueAt            time.Time
	ClosingAt        *time.Time // answers can be changed until then
	ClosedAt         *time.Time
	EnoughAt         *time.Time // the officer was asked whether to close
	Decision         *string
	DecisionReason   string
	// DecisionWrittenIn is the language of the reason; "" where nobody said.
	DecisionWrittenIn string
	Anonymity         string `bun:",nullzero,default:'open'"` // AnonymityOpen …, fixed when it begins
}

// Takes reports whether an answer to a task is still taken in the round: until it is closed, and from a partner who has
// not commented until it is decided, for they keep the time they were promised.
func (r *ReviewRound) Takes(t *Task) bool {
	if t.Round != r.Number {
		return false
	}
	return r.ClosedAt == nil || t.Kind == TaskConsult && t.State == TaskOpen && r.Decision == nil
}

// Answers an expert can give.
const (
	AnswerSupport            = "support"
	AnswerSupportWithChanges = "support_with_changes"
	AnswerDoNotSupport       = "do_not_support"
)

// What the officer can decide at a round's end.
const (
	ReviewAccept   = "accept"   // go on with the version reviewed
	ReviewRevise   = "revise"   // back to drafting, for another round
	ReviewWithdraw = "withdraw" // end it
)

// Review is what an expert answered, or a partner in the consultation (then without Answer).
type Review struct {
	bun.BaseModel `bun:"table:reviews,alias:rv"`

	TaskID           uuid.UUID `bun:",pk"`
	ID               uuid.UUID `bun:",nullzero,default:gen_random_uuid()"` // leads to nobody
	RecommendationID uuid.UUID
	VersionID        uuid.UUID
	Round            int
	PersonID         uuid.UUID
	OrganisationID   *uuid.UUID
	Answer           *string
	Reasons          string
	WrittenIn        string // language of reasons and comments; "" where nobody said
	Naming           string
	Late             bool
	DecisionID       string
	AnsweredAt       time.Time
	Label            Label `bun:",nullzero"`

	ConfidentialNote string // to the officer in charge alone

	Comments []Comment      `bun:"rel:has-many,join:task_id=task_id"`
	Answers  []ReviewAnswer `bun:"rel:has-many,join:task_id=task_id"` // to the questions of the procedure

	Anonymity string     `bun:",scanonly"` // of the round, where ReviewsAs read it
	ClosedAt  *time.Time `bun:",scanonly"` // likewise
	SetApart  bool       `bun:",scanonly"` // likewise: it does not count, see CountedReviews
	Masked    bool       `bun:"-"`         // the reader may not know whose it is: neither person nor question stand in it
}

// StartReviewPayload asks for a round on the version the officer sees.
type StartReviewPayload struct {
	VersionID uuid.UUID   `json:"version_id" validate:"required"`
	Invite    []uuid.UUID `json:"invite" validate:"required,min=1,max=20,unique"`
	Reserve   []uuid.UUID `json:"reserve" validate:"max=20,unique"`
	Enough    int         `json:"enough,omitempty" validate:"min=0,max=20"` // 0: as the procedure says
}

// CheckEnough refuses to wait for more answers than people are invited.
func (p StartReviewPayload) CheckEnough() error {
	if p.Enough > len(p.Invite) && len(p.Invite) > 0 {
		return apperr.Invalid("enough", "enough", "invited", len(p.Invite))
	}
	return nil
}

// ReviewPayload is an expert's answer, with reasons unless it is support. VersionHash is that of the text they read.
type ReviewPayload struct {
	VersionHash string           `json:"version_hash" validate:"required,len=64"`
	Answer      string           `json:"answer" validate:"required,oneof=support support_with_changes do_not_support"`
	Reasons     string           `json:"reasons" validate:"required_unless=Answer support,max=20000"`
	Naming      string           `json:"naming,omitempty" validate:"omitempty,oneof=public network none"`
	Comments    []CommentPayload `json:"comments,omitempty" validate:"max=200,dive"`
	Answers     []AnswerPayload  `json:"answers,omitempty" validate:"max=20,dive"`
	// ConfidentialNote is for the officer in charge alone.
	ConfidentialNote string `json:"confidential_note,omitempty" validate:"max=4000"`
	InsteadOf
	Written
}

// InsteadOf says which answer its writer knew of, by its decision: "" for none. An answer that came from another device meanwhile is
// not replaced unseen: the new one is refused as outdated. Without it, it takes the place of whatever stands.
type InsteadOf struct {
	SeenAnswer *string `json:"seen_answer,omitempty" validate:"omitempty,max=100"`
}

// Sees refuses an answer whose writer has not seen the one that stands under the task, where that is their own.
func (i InsteadOf) Sees(ctx context.Context, db bun.IDB, task, writer uuid.UUID) error {
	if i.SeenAnswer == nil {
		return nil
	}
	var stands string
	err := db.NewSelect().Model((*Review)(nil)).Column("decision_id").Where("rv.task_id = ? AND rv.person_id = ?", task, writer).Scan(ctx, &stands)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && stands == *i.SeenAnswer:
		return nil
	case err != nil:
		return fmt.Errorf("read the answer that stands: %w", err)
	}
	return apperr.About(apperr.CodeOutdated, "answer")
}

// ConsultationPayload is a partner's answer in the consultation: a statement, comments, or both.
type ConsultationPayload struct {
	VersionHash string           `json:"version_hash" validate:"required,len=64"`
	Reasons     string           `json:"reasons" validate:"required_without=Comments,max=20000"`
	Comments    []CommentPayload `json:"comments,omitempty" validate:"max=200,dive"`
	InsteadOf
	Written
}

// DeclinePayload declines a task.
type DeclinePayload struct {
	Reason     string `json:"reason" validate:"max=4000"`
	Suggestion string `json:"suggestion,omitempty" validate:"max=500"` // who could be asked instead, in a few words
	// Suggestions are whom an expert suggests instead; the words of a review's own page.
	Suggestions []SuggestionPayload `json:"suggestions,omitempty" validate:"max=2,dive"`
	Written
}

// AskTimePayload asks for time until the end of a day, or gives it.
type AskTimePayload struct {
	DueOn  *Day   `json:"due_on" validate:"required"`
	Reason string `json:"reason,omitempty" validate:"max=2000"`
	Written
}

// RefuseTimePayload says why an expert does not get the time asked for.
type RefuseTimePayload struct {
	Reason string `json:"reason" validate:"required,max=2000"`
	Written
}

// WithdrawInvitationPayload takes back an invitation.
type WithdrawInvitationPayload struct {
	Reason  string `json:"reason,omitempty" validate:"max=2000"`
	Replace bool   `json:"replace,omitempty"` // invite the next in line, or choose somebody
	Written
}

// InviteReviewerPayload invites a further expert into the running round.
type InviteReviewerPayload struct {
	PersonID uuid.UUID `json:"person_id" validate:"required"`
}

// DecideReviewPayload is the officer's decision at a round's end.
type DecideReviewPayload struct {
	Decision string `json:"decision" validate:"required,oneof=accept revise withdraw"`
	Reason   string `json:"reason" validate:"required,max=8000"`
	Written
}

// GivesTime reports whether an expert can still ask for more time: not while the round is closing, for it would close before any day
// that is given.
func (r *ReviewRound) GivesTime() bool { return r.ClosingAt == nil && r.ClosedAt == nil }

// RoundByNumber returns a review round.
func RoundByNumber(ctx context.Context, db bun.IDB, recommendation uuid.UUID, number int) (*ReviewRound, error) {
	r := new(ReviewRound)
	err := db.NewSelect().Model(r).Where("rr.recommendation_id = ? AND rr.number = ?", recommendation, number).Scan(ctx)
	return r, found(err, "review_round")
}

// Rounds lists a recommendation's review rounds, newest first.
func Rounds(ctx context.Context, db bun.IDB, recommendation uuid.UUID) ([]ReviewRound, error) {
	var all []ReviewRound
	err := db.NewSelect().Model(&all).Where("rr.recommendation_id = ?", recommendation).Order("rr.number DESC").Scan(ctx)
	return all, err
}

// Insert writes a new round.
func (r *ReviewRound) Insert(ctx context.Context, db bun.IDB) error {
	_, err := db.NewInsert().Model(r).Exec(ctx)
	return err
}

// Save writes a changed round.
func (r *ReviewRound) Save(ctx context.Context, db bun.IDB) error {
	_, err := db.NewUpdate().Model(r).WherePK().Exec(ctx)
	return err
}

// Put writes a review with its comments, in the place of what was answered under the same task before.
func (rv *Review) Put(ctx context.Context, tx bun.IDB, comments []CommentPayload) error {
	_, err := tx.NewInsert().Model(rv).On("CONFLICT (task_id) DO UPDATE").
		Set("answer = EXCLUDED.answer").Set("reasons = EXCLUDED.reasons").Set("written_in = EXCLUDED.written_in").Set("naming = EXCLUDED.naming").
		Set("person_id = EXCLUDED.person_id").Set("organisation_id = EXCLUDED.organisation_id").
		Set("late = EXCLUDED.late").Set("decision_id = EXCLUDED.decision_id").Set("answered_at = EXCLUDED.answered_at").
		Set("confidential_note = EXCLUDED.confidential_note").Exec(ctx)
	if err != nil {
		return err
	}
	if err := rv.putAnswers(ctx, tx); err != nil {
		return err
	}
	return rv.putComments(ctx, tx, comments)
}

// LastNaming returns how an expert last chose to be named for a recommendation. Who never chose is not named: nobody agrees
// by leaving a form as it is.
func LastNaming(ctx context.Context, db bun.IDB, recommendation, person uuid.UUID) (string, error) {
	reviews, err := Reviews(ctx, db, recommendation, 0)
	naming := NamingNone
	for _, rv := range reviews {
		if rv.PersonID == person && rv.OrganisationID == nil {
			naming = rv.Naming
		}
	}
	return naming, err
}

// Reviews lists what was answered in a round (0: in all), with comments, in the order of the answers: for the process itself, which
// knows whose they are. What is shown to anybody is read by ReviewsAs.
func Reviews(ctx context.Context, db bun.IDB, recommendation uuid.UUID, round int) ([]Review, error) {
	var all []Review
	q := withWords(db.NewSelect().Model(&all)).Where("rv.recommendation_id = ?", recommendation)
	if round > 0 {
		q = q.Where("rv.round = ?", round)
	}
	err := q.Order("rv.answered_at", "rv.task_id").Scan(ctx)
	return all, err
}

// withWords reads answers with all that was said in them: what hangs on them here is masked with them, see Review.mask.
func withWords(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Relation("Comments", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("c.block", "c.position") }).Relation("Answers", inOrder)
}

// readWords reads what withWords does for many answers at once. Hundreds of comments are read in the order in which they lie then,
// each answer's in one piece, and not sorted to their answers one by one.
func readWords(ctx context.Context, db bun.IDB, reviews []Review) error {
	at := make(map[uuid.UUID]*Review, len(reviews))
	tasks := make([]uuid.UUID, len(reviews))
	for i := range reviews {
		tasks[i], at[reviews[i].TaskID] = reviews[i].TaskID, &reviews[i]
	}
	var comments []Comment
	err := whereIn(db.NewSelect().Model(&comments), "c.task_id", tasks).Order("c.task_id", "c.block", "c.position").Scan(ctx)
	if err != nil {
		return fmt.Errorf("read comments: %w", err)
	}
	for from := 0; from < len(comments); {
		until := from + 1
		for until < len(comments) && comments[until].TaskID == comments[from].TaskID {
			until++
		}
		at[comments[from].TaskID].Comments = comments[from:until:until]
		from = until
	}
	var answers []ReviewAnswer
	if err := inOrder(whereIn(db.NewSelect().Model(&answers), "ra.task_id", tasks)).Scan(ctx); err != nil {
		return fmt.Errorf("read what was answered to questions: %w", err)
	}
	for _, answer := range answers {
		rv := at[answer.TaskID]
		rv.Answers = append(rv.Answers, answer)
	}
	return nil
}

// ReviewByTask returns what was answered under a task.
func ReviewByTask(ctx context.Context, db bun.IDB, task uuid.UUID) (*Review, error) {
	rv := new(Review)
	err := db.NewSelect().Model(rv).Relation("Comments").Relation("Answers", inOrder).Where("rv.task_id = ?", task).Scan(ctx)
	return rv, found(err, "review")
}

// inOrder reads answers in the order of their questions.
func inOrder(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("ra.position") }
