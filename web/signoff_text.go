package web

import (
	"html/template"
	"net/http"
	"slices"

	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// readText is a text in one language: as it was written, or an approved translation of it.
type readText struct {
	Document string // its title
	Lang     string
	Text     template.HTML
	Measures []measureView
	Editions []edition // the languages there are; nil where there is one
	Original *edition  // of which this is a translation; nil where it is the original
}

// textToRead is the text that somebody is asked about in the language the address asks for, else in theirs, else as it was
// written.
func (s *Server) textToRead(r *http.Request, a *asked) (readText, error) {
	translations, err := models.ApprovedTranslations(r.Context(), s.DB, a.version.ID)
	if err != nil {
		return readText{}, err
	}
	t := readText{Document: a.version.Title, Lang: a.rec.Language}
	body, measures := a.version.Body, a.version.Measures
	if tr := chosenTranslation(translations, a.rec.Language, r.FormValue("lang"), readersLanguage(r, a.visitor.Person)); tr != nil {
		original := a.edition(a.rec.Language, false)
		t.Document, t.Lang, t.Original = tr.Title, tr.Language, &original
		body, measures = tr.Body(), tr.MeasuresOf(a.version)
	}
	if len(translations) > 0 {
		t.Editions = []edition{a.edition(a.rec.Language, t.Original == nil)}
	}
	for _, tr := range translations {
		t.Editions = append(t.Editions, a.edition(tr.Language, tr.Language == t.Lang))
	}
	if t.Text, err = markdown.Render(body, markdown.WithHeadingShift(headingShift(body))); err != nil {
		return t, err
	}
	t.Measures, err = s.measureViews(r.Context(), measures)
	return t, err
}

// edition is the way to the text in a language.
func (a *asked) edition(language string, current bool) edition {
	return edition{Language: language, Name: i18n.NativeLanguage(language), Href: a.path() + "?lang=" + language, Current: current}
}

// chosenTranslation returns the translation into the first language in which there is a text; nil for the original.
func chosenTranslation(translations []models.Translation, original string, languages ...string) *models.Translation {
	for _, language := range languages {
		if language == original {
			return nil
		}
		if i := slices.IndexFunc(translations, func(t models.Translation) bool { return t.Language == language }); i >= 0 {
			return &translations[i]
		}
	}
	return nil
}

// readersLanguage is that of the pages, but the profile's where the pages do not speak it.
func readersLanguage(r *http.Request, p models.Person) string {
	if p.Language != "" && i18n.For(p.Language).Tag() != p.Language {
		return p.Language
	}
	return LanguageOf(r)
}
