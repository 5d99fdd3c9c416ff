package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/mail"
	"tribuna/models"
)

// How a letter is looked at: as mail programs in light and dark show it, on a wide window or a phone.
var (
	letterLooks  = []string{"light", "dark"}
	letterWidths = []string{"wide", "phone"}
)

// mailingPreviewView shows a saved mailing as one of its readers will have it.
type mailingPreviewView struct {
	Page
	formState
	Document, DocumentHref, DocumentLang string
	TextLang                             string
	Subject                              string
	TextLanguages, People, Looks, Widths []Option
	Finds                                bool   // readers can be looked for by name
	Find                                 string // what was looked for
	ByConsent                            bool   // see audienceView
	Found                                int
	FoundMore                            bool
	Letter                               string // address of the letter alone
	Phone                                bool
	Launched                             bool
	Plain                                string
	Here, Test, Back                     string
	Report                               string // where one says that a text names a child
	Along                                []alongRow
	Size                                 string // of the whole mail as it travels
	Unpublished                          string // that the text names what is not published in its language; "" where it does not
	Missing                              []missingPicture
	NotNamed                             []notNamedPicture
}

// letterChoice is which letter is looked at, and how.
type letterChoice struct {
	language, look, width string
	reader                models.MailReader
	id                    string // of the reader; "" is who looks at it
	find                  string // a name by which readers are looked for
}

// letterAsked reads the choice of letter, taking a reader alone where the mailing reaches them and the visitor may know them by name.
func (s *Server) letterAsked(r *http.Request, c mailingCase) (letterChoice, error) {
	q := r.URL.Query()
	a := letterChoice{language: q.Get("language"), look: q.Get("look"), width: q.Get("width"), id: q.Get("person"), find: strings.TrimSpace(q.Get("find"))}
	if !slices.Contains(letterLooks, a.look) {
		a.look = letterLooks[0]
	}
	if !slices.Contains(letterWidths, a.width) {
		a.width = letterWidths[0]
	}
	if !hasText(c.m, a.language) {
		return a, apperr.NotFound("mailing")
	}
	if a.id == "" { // as the test mail: to who looks at it
		a.reader = models.MailReader{ID: c.visitor.Person.ID, Name: c.visitor.Person.Name}
		return a, nil
	}
	id, err := uuid.Parse(a.id)
	if err != nil {
		return a, apperr.NotFound("person")
	}
	if err := s.can(r.Context(), c.visitor, access.FindPeople, nil, nil); err != nil {
		return a, err
	}
	p, err := models.InAudience(r.Context(), s.DB, c.visitor.viewer(), c.m.Readership(s.Now()), id)
	a.reader = models.MailReader{ID: p.ID, Name: p.Name}
	return a, err
}

func (a letterChoice) query() string {
	q := url.Values{"language": {a.language}, "look": {a.look}, "width": {a.width}}
	if a.id != "" {
		q.Set("person", a.id)
	}
	return "?" + q.Encode()
}

func (s *Server) letterOf(r *http.Request, c mailingCase, a letterChoice) (mail.MailingPreview, error) {
	return mail.NewComposer(s.DB, s.Links, s.BaseURL).PreviewMailing(r.Context(), c.m, a.language, a.reader, s.Now())
}

// previewMailing shows a saved text as its readers will have it. Nothing is sent.
//
//i18n:keys mailing.look.* mailing.width.*
func (s *Server) previewMailing(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	a, err := s.letterAsked(r, c)
	if err != nil {
		return err
	}
	letter, err := s.letterOf(r, c, a)
	if err != nil {
		return err
	}
	l := Localizer(r)
	f := newFormState(url.Values{"language": {a.language}, "person": {a.id}, "look": {a.look}, "width": {a.width}, "find": {a.find}})
	v := mailingPreviewView{Page: s.workPage(r, l.T("mailing.preview_title", "Language", l.Language(a.language))), formState: f,
		Launched: c.m.LaunchedAt != nil,
		Document: c.title.Title, DocumentHref: recommendationPath(c.rec.ID), DocumentLang: c.title.Language, TextLang: a.language,
		Subject: letter.Subject, Letter: c.path() + "/letter" + a.query(), Phone: a.width == "phone", Plain: letter.Text,
		Here: c.path() + "/preview", Test: c.path() + "/test", Back: c.path(), Report: recommendationPath(c.rec.ID) + "/report",
		Looks: sayable(letterLooks, l, "mailing.look."), Widths: sayable(letterWidths, l, "mailing.width.")}
	for _, t := range c.m.Texts {
		v.TextLanguages = append(v.TextLanguages, Option{Value: t.Language, Label: l.Language(t.Language)})
	}
	v.Along, v.Size = alongWith(l, c, letter.Along), kilobytes(l, letter.Size)
	list, err := models.MailingFiles(r.Context(), s.DB, c.m.ID)
	if err != nil {
		return err
	}
	v.NotNamed = notNamed(l, c, list, a.language)
	if v.Unpublished, err = s.unpublishedIn(r.Context(), l, c.m, a.language); err != nil {
		return err
	}
	if v.Missing, err = s.missingPictures(r.Context(), l, c.m, a.language); err != nil {
		return err
	}
	if err := s.readersToSee(r, c, a, &v); err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", contentSecurityPolicy+"; frame-src 'self'")
	s.Engine.Render(w, r, http.StatusOK, "mailing_preview", v)
	return nil
}

// sayable offers values by what they are called.
func sayable(values []string, l *i18n.Localizer, prefix string) []Option {
	var all []Option
	for _, value := range values {
		all = append(all, Option{Value: value, Label: l.T(prefix + value)})
	}
	return all
}

// readersToSee offers readers whom the visitor may know by name: the one who is chosen, those found where a name was looked for, and
// those of the sample.
func (s *Server) readersToSee(r *http.Request, c mailingCase, a letterChoice, v *mailingPreviewView) error {
	v.Finds, v.Find = s.can(r.Context(), c.visitor, access.FindPeople, nil, nil) == nil, a.find
	v.ByConsent = !c.visitor.viewer().Has(models.RoleCoordinator)
	if !v.Finds {
		return nil
	}
	reach := c.m.Readership(s.Now())
	found, more, err := s.foundInAudience(r, c, reach, a.find)
	if err != nil {
		return err
	}
	v.Found, v.FoundMore = len(found), more
	sample, err := s.mailingSample(r, c, reach)
	if err != nil {
		return err
	}
	offered := map[string]bool{}
	offer := func(id, label string) {
		if label != "" && !offered[id] {
			offered[id], v.People = true, append(v.People, Option{Value: id, Label: label})
		}
	}
	if a.id != "" {
		offer(a.id, a.reader.Name)
	}
	for _, p := range append(found, sample...) {
		if p.Name != "" {
			offer(p.ID, p.Name+" ("+p.Language+")")
		}
	}
	return nil
}

// letterPolicy lets a letter have the inline styles that mail programs want, and nothing else: it runs no script, sends no form
// and stands on its own even within a page of ours.
var letterPolicy = strings.Join([]string{"sandbox", "default-src 'none'", "style-src 'unsafe-inline'", "img-src 'self' data:",
	"base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"}, "; ")

// mailingLetter is the letter itself, for the preview's frame.
func (s *Server) mailingLetter(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	a, err := s.letterAsked(r, c)
	if err != nil {
		return err
	}
	letter, err := s.letterOf(r, c, a)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", letterPolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", a.language)
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(mail.InLook(letter.HTML, a.look == "dark")))
	}
	return nil
}

// testMailing sends the saved text to who asks for it.
func (s *Server) testMailing(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.EditMailing)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	language := cmp.Or(f.Form.Value("language"), c.m.FallbackLanguage)
	if !hasText(c.m, language) {
		return apperr.NotFound("mailing")
	}
	me := c.visitor.Person
	if err := models.MailingTestLimit.Take(r.Context(), s.DB, me.ID.String(), "", s.Now()); err != nil {
		return err
	}
	if err := models.SendMailingTest(r.Context(), s.DB, c.m, language, me.ID, f.DecisionID, s.Now()); err != nil {
		return err
	}
	l := Localizer(r)
	missing, err := s.missingPictures(r.Context(), l, c.m, language)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		s.flash(r, "done", l.T("mailing.test_sent", "Address", me.Email))
	} else {
		s.flash(r, "wait", l.T("mailing.test_sent", "Address", me.Email)+" "+l.T("mailing_file.missing_in_test"))
	}
	http.Redirect(w, r, c.path()+"/preview?language="+url.QueryEscape(language), http.StatusSeeOther)
	return nil
}
