package models

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// FollowUpStatus is what became of a measure at an authority.
type FollowUpStatus string

// FollowUpStatuses lists them from silence to success and back.
func FollowUpStatuses() []FollowUpStatus {
	return []FollowUpStatus{"no_reply", "under_discussion", "committed", "partly_adopted", "adopted", "adopted_not_funded",
		"implemented", "stalled", "lapsed", "rejected", "rolled_back", "harm_prevented"}
}

// FollowUp follows one measure at one authority for years.
type FollowUp struct {
	bun.BaseModel `bun:"table:followups,alias:fu"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	MeasureID        uuid.UUID
	AuthorityID      uuid.UUID
	OrganisationID   uuid.UUID // focal point
	Status           FollowUpStatus
	StatusSince      time.Time
	Period           int
	AskAt            time.Time
	CreatedAt        time.Time
	EndedAt          *time.Time

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
	SourceTitle string
	SourceURL   string    `bun:"source_url"`
	ObservedOn  time.Time `bun:"type:date"`
	PersonID    uuid.UUID
	DecisionID  string
	ReportedAt  time.Time
}

// ProgressPayload reports what happened.
type ProgressPayload struct {
	Status      FollowUpStatus `json:"status" validate:"required,oneof=no_reply under_discussion committed partly_adopted adopted adopted_not_funded implemented stalled lapsed rejected rolled_back harm_prevented"`
	Note        string         `json:"note" validate:"required,max=8000"`
	SourceTitle string         `json:"source_title,omitempty" validate:"max=300"`
	SourceURL   string         `json:"source_url,omitempty" validate:"omitempty,max=2000,http_url"`
	ObservedOn  *Day           `json:"observed_on,omitempty"` // absent: today
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
	return q.Relation("Measure").Relation("Authority").Relation("Organisation").Relation("Recommendation").
		Relation("Notes", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("pn.reported_at DESC", "pn.id DESC") })
}

// FollowUpFilter narrows a list of follow-ups; zero fields do not.
type FollowUpFilter struct {
	Recommendation uuid.UUID
	Country        string
	Authority      uuid.UUID
	Status         FollowUpStatus
	Limit          int64
	After          *Cursor
}

// FollowUps lists follow-ups, oldest first. What is followed up was published, so everybody may read it; notes are
// shown by the doors to those entitled.
func FollowUps(ctx context.Context, db bun.IDB, f FollowUpFilter) ([]FollowUp, error) {
	var all []FollowUp
	q := withFollowUpParts(db.NewSelect().Model(&all))
	if f.Recommendation != uuid.Nil {
		q = q.Where("fu.recommendation_id = ?", f.Recommendation)
	}
	if f.Country != "" {
		q = q.Where("authority.country_code = ?", f.Country)
	}
	if f.Authority != uuid.Nil {
		q = q.Where("fu.authority_id = ?", f.Authority)
	}
	if f.Status != "" {
		q = q.Where("fu.status = ?", f.Status)
	}
	if f.After != nil {
		q = q.Where("(fu.created_at, fu.id) > (?, ?)", f.After.At, f.After.ID)
	}
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	err := q.Order("fu.created_at", "fu.id").Scan(ctx)
	return all, err
}

// Insert writes a note.
func (n *ProgressNote) Insert(ctx context.Context, db bun.IDB) error {
	_, err := db.NewInsert().Model(n).Exec(ctx)
	return err
}
