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
	CreatedAt        time.Time
}

// Mailing is one sending. Its recipients are the outbox rows that name it, one per person, frozen at the launch.
type Mailing struct {
	bun.BaseModel `bun:"table:mailings,alias:ml"`

	ID               uuid.UUID `bun:",pk"`
	CampaignID       uuid.UUID
	RecommendationID uuid.UUID
	State            MailingState
	Audience         Audience `bun:"type:jsonb"`
	FallbackLanguage string
	Revision         int
	CreatedBy        uuid.UUID
	CreatedAt        time.Time
	LaunchedAt       *time.Time
	FinishedAt       *time.Time
	CountsLinks      bool // how often its links are followed, not by whom

	Texts    []MailingText `bun:"rel:has-many,join:id=mailing_id"`
	Campaign *Campaign     `bun:"rel:belongs-to,join:campaign_id=id"`
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
}

// MailingInput is what an officer says of a mailing.
type MailingInput struct {
	Title            string        `json:"title,omitempty" validate:"max=200"` // of the campaign; the recommendation's if absent
	Audience         Audience      `json:"audience"`
	FallbackLanguage string        `json:"fallback_language" validate:"required,max=20"`
	Texts            []MailingText `json:"texts" validate:"required,min=1,max=30,unique=Language,dive"`
	CountsLinks      bool          `json:"counts_links,omitempty"` // how often links are followed, not by whom
}

// LaunchMailingPayload launches a mailing as the officer saw it: its revision and the number of people it will reach.
type LaunchMailingPayload struct {
	Revision int `json:"revision" validate:"required,min=1"`
	Expected int `json:"expected" validate:"min=1"`
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

// CreateMailing writes a campaign for a published recommendation with its mailing as a draft, and the mailing's process.
func CreateMailing(ctx context.Context, tx bun.IDB, r *Recommendation, in MailingInput, officer uuid.UUID, now time.Time) (*Mailing, error) {
	if err := r.Announceable(); err != nil {
		return nil, err
	}
	title := in.Title
	if title == "" {
		title = r.Title
	}
	c := &Campaign{ID: NewID(), RecommendationID: r.ID, Title: title, OfficerID: officer, CreatedAt: now}
	if _, err := tx.NewInsert().Model(c).Exec(ctx); err != nil {
		return nil, fmt.Errorf("create campaign: %w", err)
	}
	in.Audience.About = r.ID
	m := &Mailing{ID: NewID(), CampaignID: c.ID, RecommendationID: r.ID, State: MailingDraft, Audience: in.Audience,
		FallbackLanguage: in.FallbackLanguage, Revision: 1, CreatedBy: officer, CreatedAt: now,
		CountsLinks: in.CountsLinks}
	if _, err := tx.NewInsert().Model(m).Exec(ctx); err != nil {
		return nil, asInvalid(err, map[string]string{"fallback_language": "fallback_language"})
	}
	if err := m.setTexts(ctx, tx, in); err != nil {
		return nil, err
	}
	m.Campaign = c
	return m, OpenProcess(ctx, tx, ProcessMailing, m.ID, r.ID, now)
}

// EditMailing changes a mailing that is still a draft, on top of the revision the writer saw.
func EditMailing(ctx context.Context, tx bun.IDB, id uuid.UUID, seen int, in MailingInput) (*Mailing, error) {
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
	m.Audience, m.FallbackLanguage, m.CountsLinks = in.Audience, in.FallbackLanguage, in.CountsLinks
	m.Audience.About = m.RecommendationID
	m.Revision++
	if _, err := tx.NewUpdate().Model(m).Column("audience", "fallback_language", "revision", "counts_links").WherePK().Exec(ctx); err != nil {
		return nil, asInvalid(err, map[string]string{"fallback_language": "fallback_language"})
	}
	return m, m.setTexts(ctx, tx, in)
}

func (m *Mailing) setTexts(ctx context.Context, tx bun.IDB, in MailingInput) error {
	if err := checkFields(in.Texts); err != nil {
		return err
	}
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
	if m.Text(m.FallbackLanguage) == nil {
		return apperr.Invalid("fallback_language", "fallback_text")
	}
	return nil
}

// MailingByID returns a mailing with its texts and campaign.
func MailingByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Mailing, error) {
	m := new(Mailing)
	err := db.NewSelect().Model(m).Relation("Texts", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("mt.language") }).
		Relation("Campaign").Where("ml.id = ?", id).Scan(ctx)
	return m, found(err, "mailing")
}

// MailingsOf lists a recommendation's mailings, newest first.
func MailingsOf(ctx context.Context, db bun.IDB, recommendation uuid.UUID) ([]Mailing, error) {
	var all []Mailing
	err := db.NewSelect().Model(&all).Relation("Texts").Relation("Campaign").Where("ml.recommendation_id = ?", recommendation).
		Order("ml.created_at DESC").Scan(ctx)
	return all, err
}

// SaveState writes where a mailing stands.
func (m *Mailing) SaveState(ctx context.Context, db bun.IDB) error {
	_, err := db.NewUpdate().Model(m).Column("state", "launched_at", "finished_at").WherePK().Exec(ctx)
	return err
}

// LaunchedMailing is an earlier mailing of an organisation, for a list to choose from.
type LaunchedMailing struct {
	ID         uuid.UUID
	Title      string // of the recommendation
	Language   string // of the title
	LaunchedAt time.Time
}

// LaunchedMailings lists the last hundred mailings that an organisation has launched, newest first.
func LaunchedMailings(ctx context.Context, db bun.IDB, organisation uuid.UUID) ([]LaunchedMailing, error) {
	var list []LaunchedMailing
	err := db.NewSelect().TableExpr("mailings AS m").ColumnExpr("m.id, r.title, r.language, m.launched_at").
		Join("JOIN recommendations AS r ON r.id = m.recommendation_id").
		Where("r.organisation_id = ? AND r.quarantined_at IS NULL AND m.launched_at IS NOT NULL", organisation).Order("m.launched_at DESC").Limit(100).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read earlier mailings: %w", err)
	}
	return list, nil
}
