package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// MailingState is where a mailing stands.
type MailingState string

// The states of a mailing; sent and cancelled are final.
const (
	MailingDraft     MailingState = "draft"
	MailingScheduled MailingState = "scheduled" // its recipients are frozen; it leaves, or goes on, at a time
	MailingAsking    MailingState = "asking"    // its time passed long ago: the officer is asked
	MailingSending   MailingState = "sending"
	MailingPaused    MailingState = "paused"
	MailingSent      MailingState = "sent"
	MailingCancelled MailingState = "cancelled"
)

// Campaign is months of work for a recommendation; it holds its mailings.
type Campaign struct {
	bun.BaseModel `bun:"table:campaigns,alias:ca"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	Title            string
	OfficerID        uuid.UUID
	Revision         int `bun:",nullzero,default:1"`
	CreatedAt        time.Time
}

// Mailing is one sending. Its recipients are the outbox rows that name it, one per person, frozen at the launch.
type Mailing struct {
	bun.BaseModel `bun:"table:mailings,alias:ml"`

	ID               uuid.UUID `bun:",pk"`
	CampaignID       uuid.UUID
	RecommendationID uuid.UUID
	Kind             string // one of MailingKinds
	State            MailingState
	Audience         Audience `bun:"type:jsonb"`
	FallbackLanguage string
	Revision         int
	CreatedBy        uuid.UUID
	CreatedAt        time.Time
	LaunchedAt       *time.Time
	FinishedAt       *time.Time
	WriteUntil       *time.Time   `bun:"type:date"` // last day on which its readers are asked to write to their representatives; nil: no end
	CountsLinks      bool         // how often its links are followed, not by whom
	Stopped          *MailingStop `bun:"type:jsonb"` // why it paused by itself; nil where it did not, or a person paused it

	Schedule    *MailingTime `bun:"type:jsonb"` // when it leaves, as it was said; nil: at once
	AtNight     bool         // also at night where its readers live
	NextAt      *time.Time   // while scheduled: when it leaves or goes on next; while asking: when it should have; while paused the same, of one that has not begun
	Asks        bool         // asks before it leaves, however late it is; of a draft: it may have been sent since the backup that was restored
	ActiveAt    *time.Time   // when a part of it was last begun, or somebody let it go on: see GoesOnAfter
	ServerSince *time.Time   `bun:",scanonly"` // of MailingsOf: since when no mail server answers, while it is being sent
	Decided     int          `bun:",scanonly"` // of MailingsIn: how often it was decided what becomes of it

	BegunAt   *time.Time // when it was put on record that it leaves; that it goes on, or waits once more, is not said again
	ResumedAt *time.Time // when a person last let it go on after a pause: see ReturnedNow

	Texts    []MailingText `bun:"rel:has-many,join:id=mailing_id"`
	Campaign *Campaign     `bun:"rel:belongs-to,join:campaign_id=id"`

	MailingContent `bun:"-"`  // of MailingByID; lists leave it out
	WritingEnds    *time.Time `bun:"-"` // likewise: when WriteUntil is over where they write to
}

// Left is when a mailing began to leave; where nothing of it has, when it was launched; nil while it is a draft.
func (m *Mailing) Left() *time.Time {
	if m.BegunAt != nil {
		return m.BegunAt
	}
	return m.LaunchedAt
}

// AfterScanRow has the audience know what it is about.
func (m *Mailing) AfterScanRow(context.Context) error {
	m.Audience.About = m.RecommendationID
	return nil
}

// MailingText is a mailing's subject and body in one language. Subject, Body and Plain may hold fields, see MailingField.
type MailingText struct {
	bun.BaseModel `bun:"table:mailing_texts,alias:mt"`

	MailingID uuid.UUID `bun:",pk" json:"-"`
	Language  string    `bun:",pk" json:"language" validate:"required,max=20"`
	Subject   string    `json:"subject" validate:"required,max=200,excludesall=\r\n"`
	Body      string    `json:"body" validate:"required,max=100000"`   // Markdown
	Plain     string    `json:"plain,omitempty" validate:"max=100000"` // of the plain-text half; "": made from the body
	Title     string    `bun:",scanonly" json:"-"`                     // see SubjectLine
}

// MailingInput is what an officer says of a mailing.
type MailingInput struct {
	CampaignID       *uuid.UUID    `json:"campaign_id,omitempty"`              // of the same recommendation, to which it belongs; a new one if absent
	Title            string        `json:"title,omitempty" validate:"max=200"` // of a new campaign; the recommendation's if absent, from the second on with a number
	Audience         Audience      `json:"audience"`
	FallbackLanguage string        `json:"fallback_language" validate:"required,max=20"`
	Texts            []MailingText `json:"texts" validate:"required,min=1,max=30,unique=Language,dive"`
	CountsLinks      bool          `json:"counts_links,omitempty"` // how often links are followed, not by whom

	WriteUntil *Day `json:"write_until,omitempty"` // last day on which readers write to their representatives; absent: no end

	Kind string `json:"kind,omitempty" validate:"omitempty,max=20"` // a campaign if absent; it stays as it began
	MailingContent
}

// LaunchMailingPayload launches a mailing as the officer saw it: its revision and the number of people it will reach, who want it as
// of the launch (see Readership).
type LaunchMailingPayload struct {
	Revision int `json:"revision" validate:"required,min=1"`
	Expected int `json:"expected" validate:"min=1"`

	When    *MailingTime `json:"when,omitempty"`     // absent: now
	AtNight bool         `json:"at_night,omitempty"` // also at night where its readers live; it is nine in the morning there otherwise
	Again   bool         `json:"again,omitempty"`    // although it may have been sent since the backup that was restored
}

// Text returns the mailing's text for a reader of a language: that language's, else the fallback's.
func (m Mailing) Text(language string) *MailingText {
	var fallback *MailingText
	for i := range m.Texts {
		switch m.Texts[i].Language {
		case language:
			return &m.Texts[i]
		case m.FallbackLanguage:
			fallback = &m.Texts[i]
		}
	}
	return fallback
}

// CreateMailing writes a mailing of a published recommendation as a draft, and the mailing's process. It belongs to the campaign
// that the input names, or begins one.
func CreateMailing(ctx context.Context, tx bun.IDB, r *Recommendation, in MailingInput, officer uuid.UUID, now time.Time) (*Mailing, error) {
	if err := r.Announceable(); err != nil {
		return nil, err
	}
	if err := in.Check(ctx, tx, in.KindOrCampaign(), r.ID, now); err != nil {
		return nil, err
	}
	c, err := campaignFor(ctx, tx, r, in, officer, now)
	if err != nil {
		return nil, err
	}
	in.Audience.About = r.ID
	m := &Mailing{ID: NewID(), CampaignID: c.ID, RecommendationID: r.ID, Kind: in.KindOrCampaign(), State: MailingDraft, Audience: in.Audience,
		FallbackLanguage: in.FallbackLanguage, Revision: 1, CreatedBy: officer, CreatedAt: now, CountsLinks: in.CountsLinks, WriteUntil: in.WriteUntil.Time()}
	if _, err := tx.NewInsert().Model(m).Exec(ctx); err != nil {
		return nil, asInvalid(err, map[string]string{"fallback_language": "fallback_language"})
	}
	if err := m.setTexts(ctx, tx, in); err != nil {
		return nil, err
	}
	if err := m.setContent(ctx, tx, in.MailingContent); err != nil {
		return nil, err
	}
	m.Campaign = c
	return m, OpenProcess(ctx, tx, ProcessMailing, m.ID, r.ID, now)
}

// EditMailing changes a mailing that is still a draft, on top of the revision the writer saw.
func EditMailing(ctx context.Context, tx bun.IDB, id uuid.UUID, seen int, in MailingInput, now time.Time) (*Mailing, error) {
	if _, err := LockProcess(ctx, tx, id); err != nil {
		return nil, err
	}
	m, err := MailingByID(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if m.State != MailingDraft {
		return nil, apperr.About(apperr.CodeWrongStage, "mailing")
	}
	if m.Revision != seen {
		return nil, apperr.About(apperr.CodeOutdated, "mailing")
	}
	if in.Kind != "" && in.Kind != m.Kind {
		return nil, apperr.Invalid("kind", "oneof", "allowed", m.Kind)
	}
	if err := in.Check(ctx, tx, m.Kind, m.RecommendationID, now); err != nil {
		return nil, err
	}
	m.Audience, m.FallbackLanguage, m.CountsLinks, m.WriteUntil = in.Audience, in.FallbackLanguage, in.CountsLinks, in.WriteUntil.Time()
	m.Audience.About = m.RecommendationID
	if in.CampaignID != nil { // it moves there; without one it stays where it is
		if m.Campaign, err = campaignOf(ctx, tx, m.RecommendationID, *in.CampaignID); err != nil {
			return nil, err
		}
		m.CampaignID = m.Campaign.ID
	}
	m.Revision++
	if _, err := tx.NewUpdate().Model(m).Column("campaign_id", "audience", "fallback_language", "revision", "counts_links", "write_until").WherePK().Exec(ctx); err != nil {
		return nil, asInvalid(err, map[string]string{"fallback_language": "fallback_language"})
	}
	if err := m.setTexts(ctx, tx, in); err != nil {
		return nil, err
	}
	return m, m.setContent(ctx, tx, in.MailingContent)
}

func (m *Mailing) setTexts(ctx context.Context, tx bun.IDB, in MailingInput) error {
	if _, err := tx.NewDelete().Model((*MailingText)(nil)).Where("mailing_id = ?", m.ID).Exec(ctx); err != nil {
		return fmt.Errorf("clear mailing texts: %w", err)
	}
	m.Texts = nil
	for i, t := range in.Texts {
		t.MailingID = m.ID
		_, err := tx.NewInsert().Model(&t).Exec(ctx)
		if isForeignKey(err) {
			return apperr.Invalid(fmt.Sprintf("texts[%d].language", i), "unknown")
		}
		if err != nil {
			return fmt.Errorf("save mailing text: %w", err)
		}
		m.Texts = append(m.Texts, t)
	}
	return nil
}

// MailingByID returns a mailing with its texts, content and campaign.
func MailingByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Mailing, error) {
	m := new(Mailing)
	err := db.NewSelect().Model(m).Relation("Texts", withTitles).Relation("Campaign").Where("ml.id = ?", id).Scan(ctx)
	if err != nil {
		return m, found(err, "mailing")
	}
	return m, m.readContent(ctx, db)
}

// MailingsOf lists a recommendation's mailings, newest first.
func MailingsOf(ctx context.Context, db bun.IDB, recommendation uuid.UUID) ([]Mailing, error) {
	var all []Mailing
	err := db.NewSelect().Model(&all).ColumnExpr("ml.*, "+serverSilence).Relation("Texts", withTitles).Relation("Campaign").Where("ml.recommendation_id = ?", recommendation).
		Order("ml.created_at DESC").Scan(ctx)
	return all, err
}

// SaveState writes where a mailing stands.
func (m *Mailing) SaveState(ctx context.Context, db bun.IDB) error {
	_, err := db.NewUpdate().Model(m).Column("state", "launched_at", "finished_at", "schedule", "at_night", "next_at", "asks", "begun_at", "resumed_at").WherePK().Exec(ctx)
	return err
}

// MailingLaunch is who launched a mailing, and when.
type MailingLaunch struct {
	By uuid.UUID
	At time.Time
}

// LaunchOf returns who launched a mailing last; CodeNotFound where that was done by no form and no request.
func LaunchOf(ctx context.Context, db bun.IDB, mailing uuid.UUID) (MailingLaunch, error) {
	var l MailingLaunch
	err := db.NewSelect().Model((*Submission)(nil)).ColumnExpr(`s.actor_id AS "by", s.settled_at AS at`).
		Where("s.process_id = ? AND s.kind = ? AND s.state = ?", mailing, DecideLaunchMailing, SubmissionRecorded).
		Order("s.settled_at DESC").Limit(1).Scan(ctx, &l)
	return l, found(err, "mailing")
}

// LaunchedMailing is an earlier mailing of an organisation, for a list to choose from.
type LaunchedMailing struct {
	ID uuid.UUID
	SubjectLine
	Kind       string
	LaunchedAt time.Time
}

// LaunchedMailings lists the last hundred mailings that an organisation has launched, newest first, by their subjects in a language
// where they have it.
func LaunchedMailings(ctx context.Context, db bun.IDB, organisation uuid.UUID, language string) ([]LaunchedMailing, error) {
	var list []LaunchedMailing
	err := db.NewSelect().TableExpr("mailings AS m").ColumnExpr("m.id, m.kind, m.launched_at, text.*").
		Join("JOIN recommendations AS r ON r.id = m.recommendation_id").Join(saidIn, language).
		Where("r.organisation_id = ? AND r.quarantined_at IS NULL AND m.launched_at IS NOT NULL", organisation).Order("m.launched_at DESC").Limit(100).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read earlier mailings: %w", err)
	}
	return list, nil
}
