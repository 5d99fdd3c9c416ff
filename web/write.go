package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

func (s *Server) writeRoutes(r *mux.Router) {
	s.get(r, "/write/{id}", s.publicLetter)
	s.get(r, "/w/{token}", s.linkedLetter)
	s.post(r, "/w/{token}", s.linkedLetter)
}

// longestMailto is how long an address that opens a mail program may be, in bytes: browsers on Windows open none above 2048.
const longestMailto = 2000

// writeView is a letter that readers send to their representatives themselves, and to whom.
type writeView struct {
	Page
	Owner        string
	Document     string // title of what it is about, in the language of the letter where it is published in that
	DocumentHref string
	DocumentLang string
	Letter       *models.PreparedLetter // nil of a link that leads to nothing
	Also         []letterLanguage       // in which there is one, where that is several
	To           []writtenTo
	Footnotes    []models.Footnote
	Mails        bool       // one of them has an e-mail address
	Post         string     // where one says that one wrote; "" on the page that knows nobody
	Until        *time.Time // the last day of writing; nil: no end
	Over         bool       // it is past: no letter is prepared any more
	Written      bool
	Count        int // people who say so
	Saved        string
	Unsaid       bool
}

// letterLanguage is a language of the letter; Href is "" of the one that is shown.
type letterLanguage struct{ Tag, Href string }

// writtenTo is one to whom the letter goes.
type writtenTo struct {
	Name       string
	Lang       string     // of the name, where it is not the page's
	Country    designated // in which it is; empty above all countries
	Lines      []string
	Email      string
	Mailto     string // opens a mail program with the letter
	Incomplete bool   // the letter is too long for that: address and subject alone
}

// publicLetter is the letter for whoever comes: no account, no cookie, and nothing is kept of who looked.
func (s *Server) publicLetter(w http.ResponseWriter, r *http.Request) error {
	id, err := idVar(r, "id", "mailing")
	if err != nil {
		return err
	}
	m, err := models.WritingOpen(r.Context(), s.DB, id)
	if err != nil {
		return err
	}
	var v writeView
	if err := s.fillLetter(r, m, nil, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "write", v)
	return nil
}

// linkedLetter is the letter for the person whom the mailing went to, without signing in: with the representatives of their own
// country, and the button by which they say that they wrote. Looking says nothing.
func (s *Server) linkedLetter(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	person, m, err := s.linkedMailing(r)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		r = s.inLanguageOf(r, person.ID)
		v := writeView{Page: NewPage(r, Localizer(r).T("write.broken_title"))}
		v.NoIndex = true
		s.Engine.Render(w, r, http.StatusNotFound, "write", v)
		return nil
	}
	if err != nil {
		return err
	}
	r = inTheirLanguage(r, person)
	v, status := writeView{Post: r.URL.Path}, http.StatusOK
	if !isReading(r) {
		if err := ParseForm(r); err != nil {
			return err
		}
		if err := s.sayWritten(r, m.ID, person.ID, &v); err != nil {
			return err
		}
		if v.Unsaid {
			status = http.StatusUnprocessableEntity
		}
	}
	if err := s.fillLetter(r, m, &person, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, status, "write", v)
	return nil
}

// linkedMailing returns whom a genuine link was made for, and the mailing whose letter it opens.
func (s *Server) linkedMailing(r *http.Request) (models.Person, *models.Mailing, error) {
	person, claims, err := s.linkedPerson(r, links.KindWritten)
	if err != nil {
		return person, nil, err
	}
	if person.LeftAt != nil {
		return person, nil, apperr.NotFound("person")
	}
	m, err := models.WritingOpen(r.Context(), s.DB, claims.ID)
	return person, m, err
}

// sayWritten does what the button says that was pressed.
func (s *Server) sayWritten(r *http.Request, mailing, person uuid.UUID, v *writeView) error {
	l := Localizer(r)
	switch {
	case pressed(r, "written"):
		v.Saved = l.T("write.thanks")
		return models.SayWritten(r.Context(), s.DB, mailing, person, true, s.Now())
	case pressed(r, "not_written"):
		v.Saved = l.T("write.taken_back")
		return models.SayWritten(r.Context(), s.DB, mailing, person, false, s.Now())
	}
	v.Unsaid = true
	return nil
}

func (s *Server) fillLetter(r *http.Request, m *models.Mailing, person *models.Person, v *writeView) error {
	ctx, l := r.Context(), Localizer(r)
	v.Page = NewPage(r, l.T("write.title"))
	v.NoIndex = true
	language := r.URL.Query().Get("language")
	if language == "" && person != nil {
		language = person.Language
	}
	if language == "" {
		language = l.Tag()
	}
	if v.Letter = m.Letter(language); v.Letter == nil {
		return apperr.NotFound("mailing")
	}
	for _, letter := range m.Letters {
		o := letterLanguage{Tag: letter.Language}
		if letter.Language != v.Letter.Language {
			o.Href = r.URL.Path + "?language=" + url.QueryEscape(letter.Language)
		}
		v.Also = append(v.Also, o)
	}
	texts, err := models.CarriedTexts(ctx, s.DB, []uuid.UUID{m.RecommendationID}, v.Letter.Language)
	if err != nil {
		return err
	}
	text := texts[m.RecommendationID]
	v.Owner, v.Document, v.DocumentLang, v.DocumentHref = text.Owner, text.Title, text.Language, "/published/"+text.Slug+"/"+text.Language
	if m.WriteUntil != nil {
		v.Until, v.Over = m.WriteUntil, m.WritingOver(s.Now())
	}
	if v.Over {
		v.Title, v.Also = l.T("write.over_title"), nil
	} else if err := s.fillTo(ctx, l, m, person, v); err != nil {
		return err
	}
	v.Mails = slices.ContainsFunc(v.To, func(to writtenTo) bool { return to.Mailto != "" })
	who := uuid.Nil
	if person != nil {
		who = person.ID
	}
	v.Count, v.Written, err = models.WrittenCount(ctx, s.DB, m.ID, who)
	return err
}

// fillTo lists to whom the letter goes: those of a reader's own country and those above all countries; where that is nobody, or the
// reader is not known, all of them. Each stands with its country, for in two of them offices are called alike.
func (s *Server) fillTo(ctx context.Context, l *i18n.Localizer, m *models.Mailing, person *models.Person, v *writeView) error {
	all, err := models.AuthoritiesByID(ctx, s.DB, m.Authorities)
	if err != nil {
		return err
	}
	countries, err := models.DesignationsFor(ctx, s.DB, m.RecommendationID)
	if err != nil {
		return err
	}
	if all = stillWrittenTo(all); person != nil {
		theirs := slices.DeleteFunc(slices.Clone(all), func(a models.Authority) bool { return a.CountryCode != "" && a.CountryCode != person.CountryCode })
		if len(theirs) > 0 {
			all = theirs
		}
	}
	var notes models.Footnotes
	for _, a := range all {
		name := l.Name(a.Names)
		to := writtenTo{Name: name.Text, Lang: name.Language, Lines: a.AddressLines(), Email: a.Email}
		for _, country := range designate(&notes, countries.Of(m.RecommendationID, []string{a.CountryCode}, l.Tag())) {
			to.Country = country
		}
		if a.Email != "" {
			to.Mailto, to.Incomplete = mailto(a.Email, v.Letter.Subject, v.Letter.Body)
		}
		v.To = append(v.To, to)
	}
	v.Footnotes = notes.All()
	return nil
}

// stillWrittenTo leaves out offices that are no more.
func stillWrittenTo(all []models.Authority) []models.Authority {
	return slices.DeleteFunc(slices.Clone(all), func(a models.Authority) bool { return a.RetiredAt != nil })
}

// mailto is the address that opens a mail program with a letter (RFC 6068: lines end with %0D%0A, spaces are %20), without its
// body where it would be too long to be opened.
func mailto(address, subject, body string) (link string, incomplete bool) {
	escape := func(words string) string { return strings.ReplaceAll(url.QueryEscape(words), "+", "%20") }
	short := "mailto:" + url.PathEscape(address) + "?subject=" + escape(subject)
	whole := short + "&body=" + escape(strings.ReplaceAll(body, "\n", "\r\n"))
	if len(whole) > longestMailto {
		return short, true
	}
	return whole, false
}
