package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// CampaignSteps lists the steps of a campaign in the order of their days; of one day, those without a time first.
func CampaignSteps(ctx context.Context, db bun.IDB, campaign uuid.UUID) ([]CampaignStep, error) {
	var list []CampaignStep
	err := db.NewSelect().Model(&list).Where("cs.campaign_id = ?", campaign).OrderExpr("cs.day, cs.at NULLS FIRST, cs.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the steps of a campaign: %w", err)
	}
	return list, nil
}

// CampaignStepByID returns a step of a campaign; another's is not found.
func CampaignStepByID(ctx context.Context, db bun.IDB, campaign, id uuid.UUID) (*CampaignStep, error) {
	s := new(CampaignStep)
	err := db.NewSelect().Model(s).Where("cs.id = ? AND cs.campaign_id = ?", id, campaign).Scan(ctx)
	return s, found(err, "step")
}

// runsCampaigns is true of somebody (alias person) who can be responsible for steps of an organisation's campaigns: who may see
// them, its officers and the coordinators, and has not left.
const runsCampaigns = `person.left_at IS NULL AND EXISTS (SELECT 1 FROM roles AS runs WHERE runs.person_id = person.id
	AND (runs.role = 'coordinator' OR runs.role = 'officer' AND runs.organisation_id = ?))`

// CampaignPeople lists who can be responsible for steps of an organisation's campaigns, by name.
func CampaignPeople(ctx context.Context, db bun.IDB, organisation uuid.UUID) ([]Person, error) {
	var list []Person
	err := db.NewSelect().Model(&list).Where(runsCampaigns, organisation).OrderExpr(`person.name COLLATE "und-x-icu", person.id`).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who runs campaigns: %w", err)
	}
	return list, nil
}

// owner is the organisation that owns the campaign's recommendation.
func (c *Campaign) owner(ctx context.Context, db bun.IDB) (uuid.UUID, error) {
	var owner uuid.UUID
	err := db.NewSelect().TableExpr("recommendations AS r").Column("r.organisation_id").Where("r.id = ?", c.RecommendationID).Scan(ctx, &owner)
	return owner, found(err, "recommendation")
}

// responsible blames somebody who cannot be responsible for a step of the campaign, and returns its owner.
func (c *Campaign) responsible(ctx context.Context, db bun.IDB, person uuid.UUID) (uuid.UUID, error) {
	owner, err := c.owner(ctx, db)
	if err != nil {
		return owner, err
	}
	can, err := db.NewSelect().Model((*Person)(nil)).Where("person.id = ?", person).Where(runsCampaigns, owner).Exists(ctx)
	if err == nil && !can {
		err = apperr.Invalid("responsible_id", "unknown")
	}
	return owner, err
}

// DueStep is a step of a campaign that somebody has to see to: one that is planned, or a letter that is done and whose reply is overdue.
type DueStep struct {
	CampaignStep `bun:",extend"`
	Campaign     string // its title as it was written

	RecommendationID   uuid.UUID
	Written, WrittenAs string // title of the recommendation as it was written, and its language
}

// About is the title of the recommendation as it was written.
func (s DueStep) About() Titled { return Titled{s.Written, s.WrittenAs} }

// stepsAhead is how many days before its day a step comes onto the desk of who is responsible.
const stepsAhead = 7

// maxDueSteps is how many steps stand on a desk.
const maxDueSteps = 100

// replyOverdue is true of a letter (alias cs) that went out and whose reply was hoped for before the day given as argument: none has
// come, and it has not been written again.
const replyOverdue = `cs.state = 'done' AND cs.reply_on IS NULL AND cs.reply_due < ?
	AND NOT EXISTS (SELECT 1 FROM campaign_steps AS later WHERE later.again_of = cs.id AND later.state <> 'called_off')`

// withCampaigns reads steps (alias cs) with their campaigns and recommendations, as far as the viewer may see them.
func (v Viewer) withCampaigns(q *bun.SelectQuery) *bun.SelectQuery {
	return v.campaigned(q.TableExpr("campaign_steps AS cs").Join("JOIN campaigns AS ca ON ca.id = cs.campaign_id").
		Join("JOIN recommendations AS r ON r.id = ca.recommendation_id"))
}

// dueSteps limits a query over steps (alias cs) to those that wait for the viewer: planned ones that they are responsible for and
// that are due within a week, or were before; and letters with an overdue reply, where they are in charge of the recommendation.
func (v Viewer) dueSteps(q *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	return v.withCampaigns(q).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("cs.responsible_id = ? AND cs.state = 'planned' AND cs.day <= ?", v.PersonID, now.AddDate(0, 0, stepsAhead).Format(time.DateOnly)).
			WhereOr("r.officer_id = ? AND "+replyOverdue, v.PersonID, now.Format(time.DateOnly))
	})
}

// dueFirst is the order in which they are to be seen to.
const dueFirst = "CASE WHEN cs.state = 'planned' THEN cs.day ELSE cs.reply_due END, cs.at NULLS FIRST, cs.id"

// DueSteps lists the steps that wait for a viewer, the first due first.
func DueSteps(ctx context.Context, db bun.IDB, v Viewer, now time.Time) ([]DueStep, error) {
	var list []DueStep
	err := v.dueSteps(db.NewSelect(), now).ColumnExpr("cs.*, ca.title AS campaign, r.id AS recommendation_id, r.title AS written, r.language AS written_as").
		OrderExpr(dueFirst).Limit(maxDueSteps).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read which steps of campaigns wait for somebody: %w", err)
	}
	return list, nil
}

// CountDueSteps counts what DueSteps lists.
func CountDueSteps(ctx context.Context, db bun.IDB, v Viewer, now time.Time) (int, error) {
	var n int
	if err := v.dueSteps(db.NewSelect(), now).ColumnExpr("count(*)").Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("count which steps of campaigns wait for somebody: %w", err)
	}
	return min(n, maxDueSteps), nil
}

// OverdueReplies lists the letters of a recommendation's campaigns whose reply is overdue, the first due first, for those who may
// see its campaigns; for others there are none.
func OverdueReplies(ctx context.Context, db bun.IDB, v Viewer, recommendation uuid.UUID, now time.Time) ([]DueStep, error) {
	var list []DueStep
	err := v.withCampaigns(db.NewSelect()).Where("r.id = ? AND "+replyOverdue, recommendation, now.Format(time.DateOnly)).
		ColumnExpr("cs.*, ca.title AS campaign").OrderExpr(dueFirst).Limit(maxDueSteps).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read which replies to letters are overdue: %w", err)
	}
	return list, nil
}

// AgainWritten returns the letter that takes the place of one to which no reply came; nil where none does.
func AgainWritten(ctx context.Context, db bun.IDB, of uuid.UUID) (*CampaignStep, error) {
	var list []CampaignStep
	err := db.NewSelect().Model(&list).Where("cs.again_of = ? AND cs.state <> ?", of, StepCalledOff).OrderExpr("cs.created_at DESC, cs.id").Limit(1).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read whether a letter was written again: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return &list[0], nil
}
