package web

import (
	"context"

	"tribuna/internal/i18n"
	"tribuna/models"
)

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
