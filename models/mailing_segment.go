package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// MailingSegment is an audience with a name, kept for later mailings of an organisation. A mailing that uses it takes over what
// it says then: changing a segment changes no mailing.
type MailingSegment struct {
	bun.BaseModel `bun:"table:mailing_segments,alias:segment"`

	ID             uuid.UUID `bun:",pk"`
	OrganisationID uuid.UUID
	Name           string
	Audience       Audience `bun:"type:jsonb"`
	Revision       int
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// MailingSegmentInput is what an officer says of a segment.
type MailingSegmentInput struct {
	Name     string   `json:"name" validate:"required,max=120,excludesall=\r\n"`
	Audience Audience `json:"audience"`
}

// maxSegments is how many an organisation can keep.
const maxSegments = 200

// MailingSegments lists an organisation's segments, by name.
func MailingSegments(ctx context.Context, db bun.IDB, organisation uuid.UUID) ([]MailingSegment, error) {
	var list []MailingSegment
	err := db.NewSelect().Model(&list).Where("segment.organisation_id = ?", organisation).
		OrderExpr(`segment.name COLLATE "und-x-icu"`).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read segments: %w", err)
	}
	return list, nil
}

// MailingSegmentByID returns one of an organisation's segments; another's is not found.
func MailingSegmentByID(ctx context.Context, db bun.IDB, organisation, id uuid.UUID) (*MailingSegment, error) {
	s := new(MailingSegment)
	err := db.NewSelect().Model(s).Where("segment.id = ? AND segment.organisation_id = ?", id, organisation).Scan(ctx)
	return s, found(err, "segment")
}

// KeepMailingSegment keeps an audience under a name, in the place of what the organisation kept under it before.
func KeepMailingSegment(ctx context.Context, db bun.IDB, organisation uuid.UUID, in MailingSegmentInput, now time.Time) (*MailingSegment, error) {
	in.Name = strings.TrimSpace(in.Name)
	if err := in.check(); err != nil {
		return nil, err
	}
	if err := in.Audience.checkLists(ctx, db, organisation); err != nil {
		return nil, err
	}
	count, err := db.NewSelect().Model((*MailingSegment)(nil)).
		Where("organisation_id = ? AND lower(name) <> lower(?)", organisation, in.Name).Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("count segments: %w", err)
	}
	if count >= maxSegments {
		return nil, apperr.Invalid("name", "too_many", "max", maxSegments)
	}
	s := &MailingSegment{ID: NewID(), OrganisationID: organisation, Name: in.Name, Audience: in.Audience, Revision: 1, CreatedAt: now, UpdatedAt: now}
	_, err = db.NewInsert().Model(s).On("CONFLICT (organisation_id, lower(name)) DO UPDATE").
		Set("name = EXCLUDED.name, audience = EXCLUDED.audience, updated_at = EXCLUDED.updated_at, revision = segment.revision + 1").
		Returning("*").Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("keep a segment: %w", err)
	}
	return s, nil
}

// EditMailingSegment changes name and audience of a segment, on top of the revision the writer saw.
func EditMailingSegment(ctx context.Context, db bun.IDB, s *MailingSegment, seen int, in MailingSegmentInput, now time.Time) error {
	in.Name = strings.TrimSpace(in.Name)
	if err := in.check(); err != nil {
		return err
	}
	if err := in.Audience.checkLists(ctx, db, s.OrganisationID); err != nil {
		return err
	}
	err := db.NewUpdate().Model(s).Set("name = ?, audience = ?, updated_at = ?, revision = revision + 1", in.Name, in.Audience, now).
		WherePK().Where("revision = ?", seen).Returning("*").Scan(ctx)
	if apperr.CodeOf(found(err, "segment")) == apperr.CodeNotFound {
		return apperr.About(apperr.CodeOutdated, "segment")
	}
	return taken(err, "name")
}

// RenameMailingSegment gives a segment another name, on top of the revision the writer saw; whom it is for stays, whatever it names is
// there or gone.
func RenameMailingSegment(ctx context.Context, db bun.IDB, s *MailingSegment, seen int, name string, now time.Time) error {
	in := MailingSegmentInput{Name: strings.TrimSpace(name)}
	if err := in.check(); err != nil {
		return err
	}
	err := db.NewUpdate().Model(s).Set("name = ?, updated_at = ?, revision = revision + 1", in.Name, now).
		WherePK().Where("revision = ?", seen).Returning("*").Scan(ctx)
	if apperr.CodeOf(found(err, "segment")) == apperr.CodeNotFound {
		return apperr.About(apperr.CodeOutdated, "segment")
	}
	return taken(err, "name")
}

// DeleteMailingSegment removes one; mailings that took it over keep what they took.
func DeleteMailingSegment(ctx context.Context, db bun.IDB, s *MailingSegment) error {
	res, err := db.NewDelete().Model(s).WherePK().Exec(ctx)
	return changed(res, err, "segment")
}

func (in MailingSegmentInput) check() error {
	bad := apperr.New(apperr.CodeInvalid)
	checkText(bad, "name", in.Name, 120)
	if strings.ContainsAny(in.Name, "\r\n") {
		bad.And("name", "one_line")
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	return in.Audience.Validate()
}
