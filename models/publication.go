package models

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Publication is what was published: the accepted version and its approved translations, as they stood.
type Publication struct {
	bun.BaseModel `bun:"table:publications,alias:pu"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	VersionID        uuid.UUID
	PublishedAt      time.Time

	Texts []PublicationText `bun:"rel:has-many,join:id=publication_id"`
}

// PublicationText is the publication in one language.
type PublicationText struct {
	bun.BaseModel `bun:"table:publication_texts,alias:pt"`

	PublicationID uuid.UUID `bun:",pk"`
	Language      string    `bun:",pk"`
	Title         string
	Body          string
	Measures      []PublishedMeasure `bun:"type:jsonb"`
	TranslationID *uuid.UUID         // nil: the original
}

// PublishedMeasure is a measure as published in one language.
type PublishedMeasure struct {
	ID           uuid.UUID   `json:"id"`
	Number       int         `json:"number"`
	Text         string      `json:"text"`
	AuthorityIDs []uuid.UUID `json:"authority_ids"`
}

// Delivery is the recommendation reaching an authority.
type Delivery struct {
	bun.BaseModel `bun:"table:deliveries,alias:dl"`

	ID               uuid.UUID `bun:",pk"`
	PublicationID    uuid.UUID
	RecommendationID uuid.UUID
	AuthorityID      uuid.UUID
	DeliveredOn      *time.Time `bun:"type:date"`
	Reference        string
	ReplyDue         *time.Time `bun:"type:date"`
	NotDelivered     string
}

// DeliveryPayload records that the recommendation was delivered, or why it was not.
type DeliveryPayload struct {
	DeliveredOn  *Day   `json:"delivered_on,omitempty" validate:"required_without=NotDelivered"`
	Reference    string `json:"reference" validate:"required_with=DeliveredOn,max=200"`
	ReplyDue     *Day   `json:"reply_due,omitempty"` // absent: as the procedure says
	NotDelivered string `json:"not_delivered,omitempty" validate:"max=2000"`
}

// Insert writes a publication with its texts and a row per authority to deliver to.
func (p *Publication) Insert(ctx context.Context, tx bun.IDB, authorities []uuid.UUID) error {
	if _, err := tx.NewInsert().Model(p).Exec(ctx); err != nil {
		return err
	}
	for i := range p.Texts {
		p.Texts[i].PublicationID = p.ID
	}
	if _, err := tx.NewInsert().Model(&p.Texts).Exec(ctx); err != nil {
		return err
	}
	for _, a := range authorities {
		d := &Delivery{ID: NewID(), PublicationID: p.ID, RecommendationID: p.RecommendationID, AuthorityID: a}
		if _, err := tx.NewInsert().Model(d).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Save writes a delivery.
func (d *Delivery) Save(ctx context.Context, db bun.IDB) error {
	_, err := db.NewUpdate().Model(d).Column("delivered_on", "reference", "reply_due", "not_delivered").WherePK().Exec(ctx)
	return err
}

// PublicationOf returns a recommendation's publication with its texts by language. What is published is public.
func PublicationOf(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (*Publication, error) {
	p := new(Publication)
	err := db.NewSelect().Model(p).Relation("Texts", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("pt.language") }).
		Where("pu.recommendation_id = ?", recommendation).Scan(ctx)
	return p, found(err, "publication")
}

// PublishedBySlug returns a published recommendation by its permanent address, with its publication; of what is in
// quarantine it gives CodeUnderReview.
func PublishedBySlug(ctx context.Context, db bun.IDB, slug string) (*Recommendation, *Publication, error) {
	r := new(Recommendation)
	err := withAttributes(db.NewSelect().Model(r).Relation("Organisation")).Where("r.slug = ? AND r.published_at IS NOT NULL", slug).Scan(ctx)
	if err != nil {
		return nil, nil, found(err, "publication")
	}
	if r.Quarantined() {
		return nil, nil, apperr.About(apperr.CodeUnderReview, "publication")
	}
	p, err := PublicationOf(ctx, db, r.ID)
	return r, p, err
}

// Deliveries lists the deliveries of a recommendation.
func Deliveries(ctx context.Context, db bun.IDB, recommendation uuid.UUID) ([]Delivery, error) {
	var all []Delivery
	err := db.NewSelect().Model(&all).Where("dl.recommendation_id = ?", recommendation).Order("dl.id").Scan(ctx)
	return all, err
}

// DeliveryByID returns a delivery.
func DeliveryByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Delivery, error) {
	d := new(Delivery)
	err := db.NewSelect().Model(d).Where("dl.id = ?", id).Scan(ctx)
	return d, found(err, "delivery")
}
