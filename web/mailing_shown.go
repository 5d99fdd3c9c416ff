package web

import (
	"context"
	"net/http"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// mailingShown is what a mailing is, and what it has beside its texts, for who decides whether it is sent.
type mailingShown struct {
	Kind         string
	Campaign     models.Titled
	CampaignHref string
	Audience     []labelled // by what its readers are chosen; none: everybody who agreed
	CountsLinks  string     // whether it is counted how often links are followed, in words
	Event        *eventShown
	Items        []i18n.Words // of a newsletter: their titles
	Letters      []models.PreparedLetter
	Authorities  []i18n.Words // to whom readers write
	Until        *time.Time   // last day of writing; nil: no end
}

// eventShown is when and where an event is, by its own clock.
type eventShown struct{ When, Place, Link string }

// shownMailing says what a mailing is.
func (s *Server) shownMailing(r *http.Request, c mailingCase) (mailingShown, error) {
	ctx, l, m := r.Context(), Localizer(r), c.m
	v := mailingShown{Kind: mailingKind(l, m.Kind), Campaign: c.campaign, CampaignHref: campaignPath(m.CampaignID), Letters: m.Letters,
		Until: m.WriteUntil, CountsLinks: l.T("question.answer.no")}
	if m.CountsLinks {
		v.CountsLinks = l.T("question.answer.yes")
	}
	var err error
	if v.Audience, err = s.audienceInWords(r, c, m.Audience); err != nil {
		return v, err
	}
	switch m.Kind {
	case models.MailingKindNewsletter:
		v.Items, err = s.itemTitles(ctx, l, m.Items, m.FallbackLanguage)
	case models.MailingKindRepresentative:
		v.Authorities, err = s.addresseesOf(ctx, l, m)
	case models.MailingKindEvent:
		v.Event, err = shownEvent(l, m.Event)
	}
	return v, err
}

func shownEvent(l *i18n.Localizer, e *models.MailingEvent) (*eventShown, error) {
	if e == nil {
		return nil, nil
	}
	from, until, err := e.Span()
	if err != nil {
		return nil, err
	}
	return &eventShown{When: l.Span(from, until, nil), Place: e.Place, Link: e.Link}, nil
}

// addresseesOf names those to whom readers of a mailing write, with their countries: many are called alike.
func (s *Server) addresseesOf(ctx context.Context, l *i18n.Localizer, m *models.Mailing) ([]i18n.Words, error) {
	list, err := models.AuthoritiesByID(ctx, s.DB, m.Authorities)
	if err != nil {
		return nil, err
	}
	countries, err := models.Countries(ctx, s.DB)
	names := make([]i18n.Words, len(list))
	for i, a := range list {
		names[i] = l.Name(a.Names)
		for _, c := range countries {
			if c.Code == a.CountryCode {
				names[i] = i18n.Joined(names[i], " · ", l.Name(c.Names))
			}
		}
	}
	return names, err
}

// itemTitles names what a newsletter carries, in order: recommendations by the titles of their publications, its own items by their headings,
// in the reader's language where there is one.
func (s *Server) itemTitles(ctx context.Context, l *i18n.Localizer, items []models.MailingItem, fallback string) ([]i18n.Words, error) {
	texts, err := models.CarriedTexts(ctx, s.DB, models.MailingContent{Items: items}.Carried(), l.Tag())
	if err != nil {
		return nil, err
	}
	titles := make([]i18n.Words, len(items))
	for i, item := range items {
		switch own := item.Text(l.Tag(), fallback); {
		case item.RecommendationID == nil && own != nil:
			titles[i] = l.In(own.Heading, own.Language)
		case item.RecommendationID == nil:
			titles[i] = i18n.Said(l.T("mailing.item_own"))
		default:
			text, known := texts[*item.RecommendationID]
			if titles[i] = l.In(text.Title, text.Language); !known {
				titles[i] = i18n.Said(l.T("mailing.item_gone"))
			}
		}
	}
	return titles, nil
}
