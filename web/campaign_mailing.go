package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// campaignNew stands in the form of a mailing for a campaign that it begins.
const campaignNew = "new"

// campaignMeant is the campaign that a new mailing belongs to where that is clear: the one that the address names, else the only one that
// goes on, else a new one; "" where several go on and the officer has to say which.
func (s *Server) campaignMeant(r *http.Request, c mailingCase) (string, error) {
	list, err := s.campaignsOf(r, c)
	asked, meant := r.URL.Query().Get("campaign"), campaignNew
	if asked == campaignNew {
		return asked, err
	}
	for _, campaign := range list {
		switch id := campaign.ID.String(); {
		case id == asked:
			return id, err
		case !campaign.GoesOn():
		case meant == campaignNew:
			meant = id
		default:
			meant = ""
		}
	}
	return meant, err
}

// saysCampaign blames the field of the campaign where nothing, or nothing that is one, was chosen in it. A form without campaigns has none.
func saysCampaign(values url.Values) error {
	chosen := values.Get("campaign_id")
	switch _, err := uuid.Parse(chosen); {
	case !values.Has("campaign_id"), chosen == campaignNew, err == nil:
		return nil
	case chosen == "":
		return apperr.Invalid("campaign_id", "required")
	}
	return apperr.Invalid("campaign_id", "unknown")
}

// campaignsOf are those of the recommendation that a mailing is about, newest first.
func (s *Server) campaignsOf(r *http.Request, c mailingCase) ([]models.CampaignSummary, error) {
	return models.Campaigns(r.Context(), s.DB, c.visitor.viewer(), models.CampaignFilter{Recommendation: c.rec.ID, Language: Localizer(r).Tag(), Limit: 200})
}

// campaignChoices are the campaigns that a mailing can belong to, a new one first. One that exists stays in one of them.
func (s *Server) campaignChoices(r *http.Request, c mailingCase, v *mailingView) error {
	list, err := s.campaignsOf(r, c)
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
	if c.m == nil && len(list) > 0 {
		v.Campaigns = []Option{{Value: campaignNew, Label: l.T("campaign.of_mailing_new")}}
		if v.Form.Value("campaign_id") == "" {
			v.CampaignAsk = l.T("campaign.of_mailing_choose")
		}
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
