package models

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// FollowUpStatus is what became of a measure at an authority.
type FollowUpStatus string

// StatusNoReply is how every follow-up of what was drafted here begins.
const StatusNoReply FollowUpStatus = "no_reply"

// What is known of a measure that others recommended before anybody reports: nobody was sent anything by the network, so
// nothing is said about the authority. The database keeps StatusNotFollowed to what has no focal point.
const (
	StatusNotFollowed FollowUpStatus = "not_followed"
	StatusNoReport    FollowUpStatus = "no_report" // it has a focal point
)

// FollowUpStatuses lists them: what nothing is known of, then from silence to success and back.
func FollowUpStatuses() []FollowUpStatus {
	return append([]FollowUpStatus{StatusNotFollowed, StatusNoReport}, ReportedStatuses()...)
}

// ReportedStatuses lists what can be reported, from silence to success and back.
func ReportedStatuses() []FollowUpStatus {
	return []FollowUpStatus{StatusNoReply, "under_discussion", "committed", "partly_adopted", "adopted", "adopted_not_funded",
		"implemented", "stalled", "lapsed", "rejected", "rolled_back", "harm_prevented"}
}

// Reported reports whether it says anything about the authority.
func (s FollowUpStatus) Reported() bool { return s != StatusNotFollowed && s != StatusNoReport }

// FollowUp follows one measure at one authority for years.
type FollowUp struct {
	bun.BaseModel `bun:"table:followups,alias:fu"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	MeasureID        uuid.UUID
	AuthorityID      uuid.UUID
	OrganisationID   *uuid.UUID // focal point; nil: nobody follows it yet
	Status           FollowUpStatus
	StatusSince      time.Time
	Period           int
	AskAt            *time.Time // nil while nobody follows it
	CreatedAt        time.Time
	EndedAt          *time.Time

	Undelivered bool       `bun:",scanonly"` // the authority is still to get the recommendation
	ReplyDue    *time.Time `bun:",scanonly"` // day until which it is to reply; nil where none was set

	Measure        *Measure        `bun:"rel:belongs-to,join:measure_id=id"`
	Authority      *Authority      `bun:"rel:belongs-to,join:authority_id=id"`
	Organisation   *Organisation   `bun:"rel:belongs-to,join:organisation_id=id"`
	Recommendation *Recommendation `bun:"rel:belongs-to,join:recommendation_id=id"`
	Notes          []ProgressNote  `bun:"rel:has-many,join:id=followup_id"`
}

// ProgressNote is what was reported, with its source.
type ProgressNote struct {
	bun.BaseModel `bun:"table:progress_notes,alias:pn"`

	ID          uuid.UUID `bun:",pk"`
	FollowupID  uuid.UUID
	TaskID      *uuid.UUID
	Status      FollowUpStatus
	Note        string
	WrittenIn   string // language of the note; "" where nobody said
	SourceTitle string
	// SourceLanguage is that of the source's title; "" where nobody said.
	SourceLanguage string
	SourceURL      string    `bun:"source_url"`
	ObservedOn     time.Time `bun:"type:date,nullzero"` // zero: not known
	// AttachmentID is the evidence as a file; nil for none.
	AttachmentID *uuid.UUID
	PersonID     uuid.UUID
	// SpokenBy is the organisation in whose name it was reported; nil: not known any more.
	SpokenBy      *uuid.UUID `bun:",type:uuid"`
	AsCoordinator bool       // by somebody who coordinates the network and is nobody there
	DecisionID    string
	ReportedAt    time.Time
}

// ProgressPayload reports what happened.
type ProgressPayload struct {
	Status      FollowUpStatus `json:"status" validate:"required,oneof=no_reply under_discussion committed partly_adopted adopted adopted_not_funded implemented stalled lapsed rejected rolled_back harm_prevented"`
	Note        string         `json:"note" validate:"required,max=8000"`
	SourceTitle string         `json:"source_title,omitempty" validate:"max=300"`
	// SourceLanguage is that of the source's title.
	SourceLanguage string `json:"source_language,omitempty" validate:"omitempty,max=35,bcp47_language_tag"`
	SourceURL      string `json:"source_url,omitempty" validate:"omitempty,max=2000,http_url"`
	ObservedOn     *Day   `json:"observed_on,omitempty" validate:"day_or_unknown" about:"Day on which it was observed, not in the future. Required unless day_unknown is true: no day is put in silently."`
	DayUnknown     bool   `json:"day_unknown,omitempty" about:"True where nobody knows when it was observed; observed_on is not read then."`
	Written
}

// InFuture reports whether a report says that something was observed on a day that has begun nowhere yet.
func (p ProgressPayload) InFuture(now time.Time) bool {
	return p.ObservedOn != nil && !p.DayUnknown && p.ObservedOn.Time().After(DayOf(now.Add(14*time.Hour), time.UTC)) // it may be tomorrow already, east of here
}

// Insert writes a new follow-up.
func (f *FollowUp) Insert(ctx context.Context, db bun.IDB) error {
	_, err := db.NewInsert().Model(f).Exec(ctx)
	return err
}

// Save writes where a follow-up stands.
func (f *FollowUp) Save(ctx context.Context, db bun.IDB) error {
	_, err := db.NewUpdate().Model(f).Column("status", "status_since", "period", "ask_at", "ended_at").WherePK().Exec(ctx)
	return err
}

// FollowUpByID returns a follow-up with its measure, authority, focal point and notes, newest note first.
func FollowUpByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*FollowUp, error) {
	f := new(FollowUp)
	err := withFollowUpParts(db.NewSelect().Model(f)).Where("fu.id = ?", id).Scan(ctx)
	return f, found(err, "followup")
}

func withFollowUpParts(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("?TableColumns").ColumnExpr(undelivered+" AS undelivered").
		ColumnExpr(`(SELECT due.reply_due FROM deliveries AS due
			WHERE due.recommendation_id = fu.recommendation_id AND due.authority_id = fu.authority_id) AS reply_due`).
		Relation("Measure").Relation("Measure.Origin").Relation("Authority").Relation("Organisation").
		Relation("Recommendation").Relation("Recommendation.Origin").
		Relation("Notes", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("pn.reported_at DESC", "pn.id DESC") })
}

// undelivered is true of a follow-up (alias fu) at an authority for which it is not on record yet whether it got the
// recommendation.
const undelivered = `EXISTS (SELECT 1 FROM deliveries AS pending WHERE pending.recommendation_id = fu.recommendation_id
	AND pending.authority_id = fu.authority_id AND pending.delivered_on IS NULL AND pending.not_delivered = '')`

// ReplyAwaited reports whether the authority still has time to reply: until then its silence says nothing.
func (f *FollowUp) ReplyAwaited(now time.Time) bool {
	return f.Status == StatusNoReply && f.EndedAt == nil && f.ReplyDue != nil && now.Before(f.ReplyDue.AddDate(0, 0, 1))
}

// unfollowed is true of a follow-up (alias fu) that waits for a focal point.
const unfollowed = "fu.organisation_id IS NULL AND fu.ended_at IS NULL"

// Insert writes a note.
func (n *ProgressNote) Insert(ctx context.Context, db bun.IDB) error {
	_, err := db.NewInsert().Model(n).Exec(ctx)
	return err
}

// AnythingFollowedUp reports whether any measure is followed up at all, as everybody may know.
func AnythingFollowedUp(ctx context.Context, db bun.IDB) (bool, error) {
	return db.NewSelect().Model((*FollowUp)(nil)).Exists(ctx)
}
