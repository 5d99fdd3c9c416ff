package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// readMailing gathers a mailing from its form. A language of which nothing was written has no text. The names are those
// of the texts' fields, in the order of the texts.
func readMailing(values url.Values, about uuid.UUID) (in models.MailingInput, names []string) {
	in = models.MailingInput{Audience: audienceOf(values, about), FallbackLanguage: values.Get("fallback_language"),
		CountsLinks: values.Get("counts_links") != ""}
	if id, err := uuid.Parse(values.Get("campaign_id")); err == nil {
		in.CampaignID = &id
	}
	for i := 0; values.Has(textName(i) + ".language"); i++ {
		t := models.MailingText{Language: values.Get(textName(i) + ".language"),
			Subject: typed(values.Get(textName(i) + ".subject")), Body: typed(values.Get(textName(i) + ".body")),
			Plain: typed(values.Get(textName(i) + ".plain"))}
		if t.Subject != "" || t.Body != "" || t.Plain != "" {
			in.Texts, names = append(in.Texts, t), append(names, textName(i))
		}
	}
	return in, names
}

func textName(i int) string { return fmt.Sprintf("texts[%d]", i) }

// textLanguages lists the languages in which something was written.
func textLanguages(values url.Values) []string {
	in, _ := readMailing(values, uuid.Nil)
	languages := make([]string, len(in.Texts))
	for i, t := range in.Texts {
		languages[i] = t.Language
	}
	return languages
}

// hasText reports whether a mailing has a text in a language of its own.
func hasText(m *models.Mailing, tag string) bool {
	return slices.ContainsFunc(m.Texts, func(t models.MailingText) bool { return t.Language == tag })
}

var textPath = regexp.MustCompile(`^texts\[(\d+)\]`)

// atTheirTexts turns blame on the second text sent into blame on the fields where it was written.
func atTheirTexts(err error, names []string) error {
	var e *apperr.Error
	if !errors.As(err, &e) {
		return err
	}
	for i, f := range e.Fields {
		if k, ok := pathIndex(textPath, f.Path); ok && k < len(names) {
			e.Fields[i].Path = names[k] + strings.TrimPrefix(f.Path, textName(k))
		}
	}
	return e
}

var languageField = regexp.MustCompile(`^((?:items\[\d+\]\.)?(?:texts|letters)\[\d+\])\.(\w+)$`)

// nameTexts calls the fields of texts, of a newsletter's items and of prepared letters by the language of each, which says more than
// its number. Where a name of fields leads to no language, what they are called stays.
func (f *Form) nameTexts(l *i18n.Localizer, languageOf func(name string) string) {
	for i, e := range f.Errors {
		m := languageField.FindStringSubmatch(e.Name)
		if m == nil {
			continue
		}
		if tag := languageOf(m[1]); tag != "" {
			f.Errors[i].Label = l.T("mailing.field_in", "Field", fieldOfText(l, m[1], m[2]), "Language", l.Language(tag))
		}
	}
}

func fieldOfText(l *i18n.Localizer, of, field string) string {
	switch {
	case strings.HasPrefix(of, "letters") && field == "subject":
		return l.T("mailing.prepared_subject")
	case strings.HasPrefix(of, "letters"):
		return l.T("mailing.prepared")
	case field == "subject":
		return l.T("mailing.subject")
	case field == "heading":
		return l.T("mailing.item_heading")
	case field == "plain":
		return l.T("mailing.plain")
	}
	return l.T("mailing.body")
}

// textLanguageOf is the language of a mailing's text by the name of its fields.
func textLanguageOf(m *models.Mailing, name string) string {
	if k, ok := pathIndex(textPath, name); ok && k < len(m.Texts) {
		return m.Texts[k].Language
	}
	return ""
}

// prefilledMailing begins a mailing to those who read, and who subscribed: in every language of the publication, its title as the subject
// and a text to start from.
func (s *Server) prefilledMailing(ctx context.Context, rec *models.Recommendation, kind string) (url.Values, error) {
	p, err := models.PublicationOf(ctx, s.DB, rec.ID)
	if err != nil {
		return nil, err
	}
	languages, err := models.Languages(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	values := url.Values{"roles": {models.RoleReader, models.NoRole}, "fallback_language": {rec.Language}, "except_acted": {"yes"}}
	for i, language := range languages {
		values.Set(textName(i)+".language", language.Tag)
		k := slices.IndexFunc(p.Texts, func(t models.PublicationText) bool { return t.Language == language.Tag })
		if k < 0 {
			continue
		}
		if kind == models.MailingKindNewsletter || kind == models.MailingKindEvent {
			continue // what it begins with is about all of its items, or is what the event is called
		}
		values.Set(textName(i)+".subject", p.Texts[k].Title)
		values.Set(textName(i)+".body", s.firstWords(language.Tag, kind, rec, p.Texts[k]))
	}
	return values, s.prefilledContent(ctx, values, rec, p, kind, languages)
}

// firstWords is the text a mailing begins with: what was published, how many measures it holds, where to read it. In a
// language without a catalog it is the title and the address.
func (s *Server) firstWords(tag, kind string, rec *models.Recommendation, t models.PublicationText) string {
	address := s.BaseURL + "/published/" + rec.Slug + "/" + tag
	if !slices.Contains(i18n.Tags(), tag) {
		return fmt.Sprintf("**%s**\n\n<%s>", t.Title, address)
	}
	if kind == models.MailingKindRepresentative {
		return i18n.For(tag).T("mailing.first_request", "Title", t.Title)
	}
	return i18n.For(tag).N("mailing.first_words", len(t.Measures), "Title", t.Title, "Address", address)
}

// mailingValues are the fields of the form for a mailing as it is stored.
func (s *Server) mailingValues(ctx context.Context, m *models.Mailing) (url.Values, error) {
	languages, err := models.Languages(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	values := url.Values{"fallback_language": {m.FallbackLanguage}, "campaign_id": {m.CampaignID.String()}}
	setAudience(values, m.Audience)
	setContent(values, m.MailingContent, m.Kind, languages)
	if m.CountsLinks {
		values.Set("counts_links", "yes")
	}
	if m.WriteUntil != nil {
		values.Set("write_until", isoDay(m.WriteUntil))
	}
	for i, language := range languages {
		values.Set(textName(i)+".language", language.Tag)
		for _, t := range m.Texts {
			if t.Language == language.Tag {
				values.Set(textName(i)+".subject", t.Subject)
				values.Set(textName(i)+".body", t.Body)
				values.Set(textName(i)+".plain", t.Plain)
			}
		}
	}
	return values, nil
}

var listPath = regexp.MustCompile(`^audience\.(?:(except)\.)?lists\[\d+\]$`)

// atLists turns blame on a list of an audience into blame on the fields where lists are chosen.
func atLists(err error) error {
	var e *apperr.Error
	if !errors.As(err, &e) {
		return err
	}
	for i, f := range e.Fields {
		if m := listPath.FindStringSubmatch(f.Path); m != nil {
			e.Fields[i].Path = strings.TrimPrefix(m[1]+"_lists", "_")
		}
	}
	return err
}
