package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
)

// CampaignInput is what an officer says of a campaign.
type CampaignInput struct {
	Title string `json:"title" validate:"required,max=200,excludesall=\r\n"`
}

// CreateCampaign begins a campaign for a published recommendation, without a step in it yet.
func CreateCampaign(ctx context.Context, tx bun.IDB, r *Recommendation, in CampaignInput, by Person, now time.Time) (*Campaign, error) {
	if err := r.Announceable(); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	var c *Campaign
	err := tx.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		if err = titleIsFree(ctx, tx, r.ID, uuid.Nil, in.Title); err != nil {
			return err
		}
		if c, err = insertCampaign(ctx, tx, r, strings.TrimSpace(in.Title), by.ID, now); err != nil {
			return err
		}
		return c.putOnRecord(ctx, tx, "campaign.created", by, r.OrganisationID, now, campaignEntry{object: c.ID, texts: map[string]string{"title": c.Title}})
	})
	return c, err
}

// titleIsFree refuses a title that another campaign of a recommendation has, written in capitals or not: who chooses among them could
// not tell them apart. Until the transaction ends nobody else gives one of them a title.
func titleIsFree(ctx context.Context, tx bun.IDB, recommendation, but uuid.UUID, title string) error {
	if err := lockTitles(ctx, tx, recommendation); err != nil {
		return err
	}
	taken, err := tx.NewSelect().Model((*Campaign)(nil)).Where("ca.recommendation_id = ? AND ca.id <> ?", recommendation, but).
		Where("lower(trim(ca.title)) = lower(?)", strings.TrimSpace(title)).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look whether a campaign has a title: %w", err)
	}
	if taken {
		return apperr.Invalid("title", "campaign_taken")
	}
	return nil
}

// lockTitles waits for whoever gives a campaign of a recommendation a title, and has others wait until the transaction ends.
func lockTitles(ctx context.Context, tx bun.IDB, recommendation uuid.UUID) error {
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`, "campaigns "+recommendation.String()).Exec(ctx); err != nil {
		return fmt.Errorf("wait for who names a campaign: %w", err)
	}
	return nil
}

// unnamedTitle is the title of a campaign to which nobody gives one: the recommendation's, from the second on with a number, so that who
// chooses among them can tell them apart. Titles.Campaign reads it.
func unnamedTitle(ctx context.Context, tx bun.IDB, r *Recommendation) (string, error) {
	if err := lockTitles(ctx, tx, r.ID); err != nil {
		return "", err
	}
	var title string
	err := tx.NewRaw(`SELECT numbered.title FROM (SELECT n, ?0 || CASE WHEN n > 1 THEN ' (' || n || ')' ELSE '' END AS title
			FROM generate_series(1, 1 + (SELECT count(*) FROM campaigns WHERE recommendation_id = ?1)) AS n) AS numbered
		WHERE NOT EXISTS (SELECT 1 FROM campaigns AS ca WHERE ca.recommendation_id = ?1 AND lower(trim(ca.title)) = lower(trim(numbered.title)))
		ORDER BY numbered.n LIMIT 1`, r.Title, r.ID).Scan(ctx, &title)
	if err != nil {
		return "", fmt.Errorf("number a campaign: %w", err)
	}
	return title, nil
}

func (in CampaignInput) check() error {
	bad := apperr.New(apperr.CodeInvalid)
	checkText(bad, "title", in.Title, 200)
	if strings.ContainsAny(in.Title, "\r\n") {
		bad.And("title", "one_line")
	}
	return bad.OrNil()
}

func insertCampaign(ctx context.Context, tx bun.IDB, r *Recommendation, title string, officer uuid.UUID, now time.Time) (*Campaign, error) {
	c := &Campaign{ID: NewID(), RecommendationID: r.ID, Title: title, OfficerID: officer, Revision: 1, CreatedAt: now}
	if _, err := tx.NewInsert().Model(c).Exec(ctx); err != nil {
		return nil, fmt.Errorf("create campaign: %w", err)
	}
	return c, nil
}

// campaignFor is the campaign that a new mailing belongs to.
func campaignFor(ctx context.Context, tx bun.IDB, r *Recommendation, in MailingInput, officer uuid.UUID, now time.Time) (*Campaign, error) {
	if in.CampaignID != nil {
		return campaignOf(ctx, tx, r.ID, *in.CampaignID)
	}
	title := strings.TrimSpace(in.Title)
	if title == "" {
		title, err := unnamedTitle(ctx, tx, r)
		if err != nil {
			return nil, err
		}
		return insertCampaign(ctx, tx, r, title, officer, now)
	}
	if err := titleIsFree(ctx, tx, r.ID, uuid.Nil, title); err != nil {
		return nil, err
	}
	return insertCampaign(ctx, tx, r, title, officer, now)
}

// campaignOf is a campaign of a recommendation; another's is blamed on the field that named it.
func campaignOf(ctx context.Context, db bun.IDB, recommendation, id uuid.UUID) (*Campaign, error) {
	c := new(Campaign)
	err := db.NewSelect().Model(c).Where("ca.id = ? AND ca.recommendation_id = ?", id, recommendation).Scan(ctx)
	return c, asField(found(err, "campaign"), "campaign_id")
}

// CampaignByID returns a campaign, whoever asks.
func CampaignByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Campaign, error) {
	c := new(Campaign)
	err := db.NewSelect().Model(c).Where("ca.id = ?", id).Scan(ctx)
	return c, found(err, "campaign")
}

// RenameCampaign changes the title, on top of the revision the writer saw.
func RenameCampaign(ctx context.Context, tx bun.IDB, c *Campaign, seen int, in CampaignInput) error {
	if err := in.check(); err != nil {
		return err
	}
	if c.Revision != seen {
		return apperr.About(apperr.CodeOutdated, "campaign")
	}
	return tx.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := titleIsFree(ctx, tx, c.RecommendationID, c.ID, in.Title); err != nil {
			return err
		}
		err := tx.NewUpdate().Model(c).Set("title = ?, revision = revision + 1", strings.TrimSpace(in.Title)).
			WherePK().Where("revision = ?", seen).Returning("*").Scan(ctx)
		if apperr.CodeOf(found(err, "campaign")) == apperr.CodeNotFound {
			return apperr.About(apperr.CodeOutdated, "campaign")
		}
		return err
	})
}

// campaigned limits a query over campaigns and their recommendations (alias r) to those that the viewer's organisations own:
// a campaign is its owners' alone. It is the rule of access.ReadCampaign, and a test holds one against the other.
func (v Viewer) campaigned(q *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case v.LinkTask != uuid.Nil || v.PersonID == uuid.Nil:
		return q.Where("FALSE")
	case v.Has(RoleCoordinator):
		return q
	default:
		return q.Where(notQuarantined).Where("r.organisation_id IN (?)", bun.List(v.organisationsAs(RoleOfficer)))
	}
}

// CampaignFilter narrows a list of campaigns; zero fields do not.
type CampaignFilter struct {
	Recommendation uuid.UUID
	Organisation   uuid.UUID // that owns the recommendation
	Query          string    // in the title, or in the recommendation's
	Language       string    // of the reader, in which titles are given where they have them
	Open           bool      // something is still to come
	Before         *Cursor
	Limit          int64
}

// CampaignSummary is a campaign with what stands in it.
type CampaignSummary struct {
	ID                     uuid.UUID
	Title                  string // as it was written
	CreatedAt              time.Time
	RecommendationID       uuid.UUID
	Recommendation         string // its title as it was written
	RecommendationLanguage string // of that title
	Organisation           string
	Planned                int // steps still to come, and mailings not sent yet
	Done                   int // steps done, and mailings sent
	NextDay                *time.Time
	NextTitle              string // of the step to come first
	NextWrittenIn          string // language of that title; "" where nobody said
	Called, About          Titled `bun:"-"` // the campaign and the recommendation, for the reader

	// Of the mailing begun last, by which campaigns of one title are told apart; "" where there is none.
	MailingKind, MailingSubject, MailingLanguage, MailingTitle string
}

// Mailing is the subject of the mailing begun last.
func (c CampaignSummary) Mailing() SubjectLine {
	return SubjectLine{c.MailingSubject, c.MailingLanguage, c.MailingTitle}
}

// GoesOn reports whether something of it is still to come, or it has only been begun.
func (c CampaignSummary) GoesOn() bool { return c.Planned > 0 || c.Done == 0 }

// what of a campaign (alias ca) is to come, and what is done.
const (
	campaignPlanned = `(SELECT count(*) FROM campaign_steps AS cs WHERE cs.campaign_id = ca.id AND cs.state = 'planned')
		+ (SELECT count(*) FROM mailings AS m WHERE m.campaign_id = ca.id AND m.state NOT IN ('sent', 'cancelled'))`
	campaignDone = `(SELECT count(*) FROM campaign_steps AS cs WHERE cs.campaign_id = ca.id AND cs.state = 'done')
		+ (SELECT count(*) FROM mailings AS m WHERE m.campaign_id = ca.id AND m.state = 'sent')`
)

// Campaigns lists the campaigns that a viewer may see, newest first.
func Campaigns(ctx context.Context, db bun.IDB, v Viewer, f CampaignFilter) ([]CampaignSummary, error) {
	q := v.campaigned(db.NewSelect().TableExpr("campaigns AS ca").Join("JOIN recommendations AS r ON r.id = ca.recommendation_id").
		Join("JOIN organisations AS o ON o.id = r.organisation_id").
		Join(`LEFT JOIN LATERAL (SELECT cs.day, cs.title, cs.written_in FROM campaign_steps AS cs WHERE cs.campaign_id = ca.id AND cs.state = 'planned'
			ORDER BY cs.day, cs.at NULLS FIRST, cs.id LIMIT 1) AS upcoming ON TRUE`).
		Join(`LEFT JOIN LATERAL (SELECT m.kind, text.* FROM mailings AS m `+saidIn+`
			WHERE m.campaign_id = ca.id AND m.state <> 'cancelled' ORDER BY m.created_at DESC, m.id DESC LIMIT 1) AS latest ON TRUE`, f.Language)).
		ColumnExpr("ca.id, ca.title, ca.created_at, r.id AS recommendation_id, r.title AS recommendation, r.language AS recommendation_language, o.name AS organisation").
		ColumnExpr(campaignPlanned + " AS planned").ColumnExpr(campaignDone + " AS done").
		ColumnExpr("upcoming.day AS next_day, coalesce(upcoming.title, '') AS next_title, coalesce(upcoming.written_in, '') AS next_written_in").
		ColumnExpr("coalesce(latest.kind, '') AS mailing_kind, coalesce(latest.subject, '') AS mailing_subject, coalesce(latest.language, '') AS mailing_language, coalesce(latest.title, '') AS mailing_title")
	if f.Recommendation != uuid.Nil {
		q = q.Where("r.id = ?", f.Recommendation)
	}
	if f.Organisation != uuid.Nil {
		q = q.Where("r.organisation_id = ?", f.Organisation)
	}
	if f.Query != "" {
		q = q.Where(`(ca.title ILIKE ?0 OR r.title ILIKE ?0 OR EXISTS (SELECT 1 FROM publications AS pu JOIN publication_texts AS published
			ON published.publication_id = pu.id WHERE pu.recommendation_id = r.id AND published.language = ?1 AND published.title ILIKE ?0))`, containing(f.Query), f.Language)
	}
	if f.Open {
		q = q.Where(campaignPlanned + " > 0")
	}
	if f.Before != nil {
		q = q.Where("(ca.created_at, ca.id) < (?, ?)", f.Before.At, f.Before.ID)
	}
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	var list []CampaignSummary
	if err := q.OrderExpr("ca.created_at DESC, ca.id DESC").Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read campaigns: %w", err)
	}
	return list, callCampaigns(ctx, db, f.Language, list)
}

// callCampaigns names campaigns and their recommendations as a reader of a language knows them.
func callCampaigns(ctx context.Context, db bun.IDB, language string, list []CampaignSummary) error {
	ids := make([]uuid.UUID, len(list))
	for i, c := range list {
		ids[i] = c.RecommendationID
	}
	titles, err := TitlesIn(ctx, db, language, ids)
	for i := range list {
		c := &list[i]
		written := Titled{c.Recommendation, c.RecommendationLanguage}
		c.About, c.Called = titles.Of(c.RecommendationID, written), titles.Campaign(c.RecommendationID, written, c.Title)
	}
	return err
}

// MailingsIn lists the mailings of a campaign, oldest first.
func MailingsIn(ctx context.Context, db bun.IDB, campaign uuid.UUID) ([]Mailing, error) {
	var all []Mailing
	err := db.NewSelect().Model(&all).Relation("Texts", withTitles).ColumnExpr("ml.*").
		ColumnExpr("(SELECT count(*) FROM decisions AS d WHERE d.process_id = ml.id) AS decided").Where("ml.campaign_id = ?", campaign).Order("ml.created_at", "ml.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the mailings of a campaign: %w", err)
	}
	return all, nil
}

// campaignEntry is what the record keeps of an act on a campaign.
type campaignEntry struct {
	object       uuid.UUID
	facts, texts map[string]string
}

// putOnRecord writes an act on a campaign into the record of its recommendation. As the campaign it is its owners' alone.
func (c *Campaign) putOnRecord(ctx context.Context, tx bun.IDB, verb string, by Person, owner uuid.UUID, now time.Time, e campaignEntry) error {
	facts, err := inCapacity(ctx, tx, by, owner, e.facts)
	if err != nil {
		return err
	}
	_, err = record.Append(ctx, tx, c.RecommendationID, record.Entry{At: now, Verb: verb, Actor: by.Pseudonym, Capacity: record.Institutional,
		Organisation: owner, ObjectKind: "campaign", Object: e.object, Visibility: record.Confidential, Facts: facts, Texts: e.texts})
	if err != nil {
		return fmt.Errorf("put an act of a campaign on record: %w", err)
	}
	return nil
}
