package mail

import (
	"context"
	"html/template"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/links"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// The pages of a letter to representatives: the reader's own, and the one for everybody, which knows nobody.
const (
	writtenPath = "/w/"
	writingPath = "/write/"
)

// aboutCountries are the countries that a recommendation is about.
type aboutCountries struct {
	Recommendation uuid.UUID
	Codes          []string
}

// news is one item of a newsletter.
type news struct {
	Heading    string
	Language   string // of heading and words; "" where it is the mail's
	Said       string // who published it, and in which language it is where that is another one
	Paragraphs []string
	Body       template.HTML // of an item of its own, in the place of paragraphs; safe
	BodyText   string        // the same for the plain-text half
	Link       *button
}

// ofKind adds what a mailing of its kind has: a newsletter its items, one that asks to write to representatives the letter.
func (d *draft) ofKind(ctx context.Context, id uuid.UUID, m models.MailingWords, p page) (page, error) {
	about := []aboutCountries{{m.RecommendationID, m.Countries}}
	switch m.Kind {
	case models.MailingKindNewsletter:
		items, texts, err := d.carried(ctx, id)
		if err != nil {
			return page{}, err
		}
		p.Button, about = nil, nil
		if p.News, err = d.news(items, texts, m); err != nil {
			return page{}, err
		}
		for _, item := range items {
			if item.RecommendationID != nil {
				if text, read := texts[*item.RecommendationID]; read {
					about = append(about, aboutCountries{text.ID, text.Countries})
				}
			}
		}
	case models.MailingKindRepresentative:
		p.Button = &button{Label: d.t("mailing.write"), URL: d.baseURL + writingPath + id.String(), Personal: true}
		if d.mail.Kind == models.MailMailing {
			p.Button.URL = d.baseURL + writtenPath + d.personal(links.KindWritten, fieldWritten, id)
		}
		if m.WriteUntil != nil {
			p.After = append(p.After, d.words.T("write.until", "Date", d.words.Date(*m.WriteUntil, time.UTC)))
		}
	}
	ids := make([]uuid.UUID, len(about))
	for i, a := range about {
		ids[i] = a.Recommendation
	}
	designations, err := models.DesignationsFor(ctx, d.db, ids...)
	if err != nil {
		return page{}, err
	}
	p.Notes = d.countries(designations, about...)
	for _, id := range ids {
		credits, err := d.grants(ctx, designations.Paying(id))
		if err != nil {
			return page{}, err
		}
		for _, c := range credits {
			if !slices.ContainsFunc(p.Grants, func(g credit) bool { return g.Line == c.Line }) {
				p = p.crediting(c)
			}
		}
	}
	return p, nil
}

// crediting adds a credit, and its picture once, whoever else shows the same.
func (p page) crediting(c credit) page {
	p.Grants = append(p.Grants, c)
	if c.picture != nil && !slices.ContainsFunc(p.Attached, func(a Attached) bool { return a.Within == c.picture.Within }) {
		p.Attached = append(p.Attached, *c.picture)
	}
	return p
}

func (d *draft) carried(ctx context.Context, mailing uuid.UUID) ([]models.MailingItem, map[uuid.UUID]models.CarriedText, error) {
	items, err := models.MailingItems(ctx, d.db, mailing)
	if err != nil {
		return nil, nil, err
	}
	texts, err := models.CarriedTexts(ctx, d.db, models.MailingContent{Items: items}.Carried(), d.mail.Language)
	return items, texts, err
}

// news says the items in the language of the mail where they exist in it; else it says in which they are. What was hidden or
// taken back since the mailing was written is not among them.
func (d *draft) news(items []models.MailingItem, texts map[uuid.UUID]models.CarriedText, m models.MailingWords) ([]news, error) {
	var all []news
	for _, item := range items {
		var n news
		if item.RecommendationID != nil {
			text, read := texts[*item.RecommendationID]
			if !read {
				continue
			}
			n = news{Heading: oneLine(text.Title), Language: text.Language, Said: text.Owner, Paragraphs: passage{Text: summary(text.Body)}.Paragraphs(),
				Link: &button{Label: d.t("mailing.button"), URL: d.baseURL + publicPath + text.Slug + "/" + text.Language}}
		} else {
			text := item.Text(d.mail.Language, m.FallbackLanguage)
			if text == nil {
				continue
			}
			body, err := markdown.Render(text.Body, markdown.WithHeadingShift(2), markdown.WithTypedHTML())
			if err != nil {
				return nil, err
			}
			n = news{Heading: oneLine(text.Heading), Language: text.Language, Body: body, BodyText: markdown.Letter(text.Body)}
			if item.Link != "" {
				n.Link = &button{Label: d.t("mailing.item_link"), URL: item.Link}
			}
		}
		if n.Language == d.mail.Language {
			n.Language = ""
		} else if in := d.t("mailing.item_language", "Language", d.words.Language(n.Language)); n.Said == "" {
			n.Said = in
		} else {
			n.Said += " · " + in
		}
		all = append(all, n)
	}
	return all, nil
}
