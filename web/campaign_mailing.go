package web

import (
	"context"
	"net/http"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// campaignChoices are the campaigns that a mailing can belong to. One that exists stays in one of them.
func (s *Server) campaignChoices(r *http.Request, c mailingCase, v *mailingView) error {
	list, err := models.Campaigns(r.Context(), s.DB, c.visitor.viewer(), models.CampaignFilter{Recommendation: c.rec.ID, Language: Localizer(r).Tag(), Limit: 200})
	if err != nil {
		return err
	}
	zone, err := s.zoneOf(r.Context(), c.visitor.Person)
	if err != nil {
		return err
	}
	l, titled := Localizer(r), map[string]int{}
	begun := campaignsBegun(l, zone, list)
	for _, campaign := range list {
		titled[campaign.Called.Title]++
	}
	for i, campaign := range list {
		o := Option{Value: campaign.ID.String(), Label: campaign.Called.Title, Lang: campaign.Called.Language}
		if titled[campaign.Called.Title] > 1 {
			o.Label = l.T("campaign.among", "Title", campaign.Called.Title, "When", begun[i])
		}
		v.Campaigns = append(v.Campaigns, o)
	}
	return nil
}

// fillCampaigns shows the owners the campaigns of a recommendation.
func (s *Server) fillCampaigns(ctx context.Context, l *i18n.Localizer, p *visitorPage) error {
	if !p.Owner || p.Rec.PublishedAt == nil {
		return nil
	}
	list, err := models.Campaigns(ctx, s.DB, p.visitor.viewer(), models.CampaignFilter{Recommendation: p.Rec.ID, Language: l.Tag(), Limit: 200})
	p.Campaigns = campaignRows(l, p.Zone, list)
	for i := range p.Campaigns { // it stands on its own recommendation's page
		p.Campaigns[i].Document, p.Campaigns[i].Organisation = "", ""
	}
	p.NewCampaign = recommendationPath(p.Rec.ID) + "/campaigns/new"
	return err
}
