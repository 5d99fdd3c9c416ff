package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// Campaign is a series of mailings, letters, calls, meetings and events for a recommendation.
type Campaign struct {
	ID               uuid.UUID   `json:"id"`
	RecommendationID uuid.UUID   `json:"recommendation_id"`
	Title            string      `json:"title"`
	Revision         int         `json:"revision"`
	CreatedAt        time.Time   `json:"created_at"`
	MailingIDs       []uuid.UUID `json:"mailing_ids"` // of its mailings, oldest first
}

// CampaignSummary is a campaign in a list.
type CampaignSummary struct {
	ID               uuid.UUID   `json:"id"`
	RecommendationID uuid.UUID   `json:"recommendation_id"`
	Title            string      `json:"title"`
	CreatedAt        time.Time   `json:"created_at"`
	Planned          int         `json:"planned"` // steps still to come, and mailings not sent yet
	Done             int         `json:"done"`    // steps done, and mailings sent
	NextDay          *models.Day `json:"next_day,omitempty"`
	NextTitle        string      `json:"next_title,omitempty"` // of the step planned for that day
}

func (s *server) campaignRoutes() []route {
	const one = "/campaigns/{id}"
	return append([]route{
		{method: http.MethodGet, path: "/campaigns", id: "listCampaigns", tag: "campaign", summary: "Campaigns of your organisations, newest first; coordinators see all", reply: list[CampaignSummary]{}, serve: s.listCampaigns,
			query: append([]param{{"recommendation", "id", text}, {"organisation", "id of the one that owns the recommendation", text},
				{"q", "part of its title, or of the recommendation's", text}, {"open", "true: something is still to come", text}}, pageParams...)},
		{method: http.MethodPost, path: "/recommendations/{id}/campaigns", id: "createCampaign", tag: "campaign", summary: "Begin a campaign for a published recommendation",
			key: true, body: models.CampaignInput{}, status: http.StatusCreated, reply: Campaign{}, serve: s.createCampaign},
		{method: http.MethodGet, path: one, id: "getCampaign", tag: "campaign", summary: "A campaign; its ETag is the revision", reply: Campaign{}, serve: s.getCampaign},
		{method: http.MethodPut, path: one, id: "renameCampaign", tag: "campaign", summary: "Give it another title, on top of the revision seen",
			match: true, body: models.CampaignInput{}, reply: Campaign{}, serve: s.renameCampaign},
	}, s.stepRoutes()...)
}

// campaign reads the one the path names, for somebody who may do the action with it.
func (c *call) campaign(action access.Action) (*models.Campaign, error) {
	id, err := c.id("campaign")
	if err != nil {
		return nil, err
	}
	campaign, err := models.CampaignByID(c.ctx(), c.s.DB, id)
	if err != nil {
		return nil, err
	}
	rec, err := models.RecommendationByID(c.ctx(), c.s.DB, campaign.RecommendationID)
	if err != nil {
		return nil, err
	}
	err = c.can(action, rec, nil)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		err = apperr.NotFound("campaign")
	}
	return campaign, err
}

func (s *server) listCampaigns(c *call) (reply, error) {
	if err := c.can(access.ListCampaigns, nil, nil); err != nil {
		return reply{}, err
	}
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	open, err := queryOneOf(c, "open", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	f := models.CampaignFilter{Query: c.query("q"), Open: open == "true", Before: p.after, Limit: int64(p.limit + 1)}
	if f.Recommendation, err = c.queryID("recommendation"); err != nil {
		return reply{}, err
	}
	if f.Organisation, err = c.queryID("organisation"); err != nil {
		return reply{}, err
	}
	rows, err := models.Campaigns(c.ctx(), s.DB, c.who.viewer, f)
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(r models.CampaignSummary) models.Cursor { return models.Cursor{At: r.CreatedAt, ID: r.ID} })
	l := listOf(rows, campaignSummary)
	l.Next = next
	return reply{body: l, next: next}, nil
}

func campaignSummary(r models.CampaignSummary) CampaignSummary {
	return CampaignSummary{ID: r.ID, RecommendationID: r.RecommendationID, Title: r.Title, CreatedAt: r.CreatedAt, Planned: r.Planned, Done: r.Done,
		NextDay: (*models.Day)(r.NextDay), NextTitle: r.NextTitle}
}

func (s *server) createCampaign(c *call) (reply, error) {
	rec, err := c.owned(access.CreateMailing)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.CampaignInput](c)
	if err != nil {
		return reply{}, err
	}
	id, _, err := c.once(in, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		made, err := models.CreateCampaign(ctx, tx, rec, in, c.who.person, c.now())
		if err != nil {
			return uuid.Nil, err
		}
		return made.ID, nil
	})
	if err != nil {
		return reply{}, err
	}
	answer, err := s.showCampaign(c, id)
	answer.status, answer.location = http.StatusCreated, s.BaseURL+Prefix+"/campaigns/"+id.String()
	return answer, err
}

func (s *server) getCampaign(c *call) (reply, error) {
	campaign, err := c.campaign(access.ReadCampaign)
	if err != nil {
		return reply{}, err
	}
	return s.showCampaign(c, campaign.ID)
}

func (s *server) showCampaign(c *call, id uuid.UUID) (reply, error) {
	campaign, err := models.CampaignByID(c.ctx(), s.DB, id)
	if err != nil {
		return reply{}, err
	}
	mailings, err := models.MailingsIn(c.ctx(), s.DB, id)
	v := Campaign{ID: campaign.ID, RecommendationID: campaign.RecommendationID, Title: campaign.Title, Revision: campaign.Revision, CreatedAt: campaign.CreatedAt,
		MailingIDs: listOf(mailings, func(m models.Mailing) uuid.UUID { return m.ID }).Items}
	return reply{body: v, etag: strconv.Itoa(v.Revision)}, err
}

func (s *server) renameCampaign(c *call) (reply, error) {
	campaign, err := c.campaign(access.EditCampaign)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.CampaignInput](c)
	if err != nil {
		return reply{}, err
	}
	id := campaign.ID
	err = models.RenameCampaign(c.ctx(), s.DB, campaign, c.revision(), in)
	return unlessOutdated(err, "campaign", in, func() (reply, error) { return s.showCampaign(c, id) })
}

// unlessOutdated answers with what stands there now; where somebody else changed it meanwhile it stands beside what was sent.
func unlessOutdated(err error, what string, yours any, show func() (reply, error)) (reply, error) {
	if err != nil && apperr.CodeOf(err) != apperr.CodeOutdated {
		return reply{}, err
	}
	now, failed := show()
	if failed != nil || err == nil {
		return now, failed
	}
	return reply{}, outdated{what: what, current: now.body, yours: yours}
}
