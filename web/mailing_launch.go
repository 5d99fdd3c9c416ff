package web

import (
	"html/template"
	"net/http"
	"strconv"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// launchView asks once more before a mailing goes out: to how many people, in which languages.
type launchView struct {
	Page
	formState
	Document     string
	DocumentLang string
	Action, Back string
	Revision     int
	Counts       *audienceView
	Subjects     []models.MailingText
	Gaps         []gapLine // what its grants and countries do not say in one of these languages
}

func (s *Server) confirmLaunch(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.LaunchMailing)
	if err != nil {
		return err
	}
	if c.m.State != models.MailingDraft {
		http.Redirect(w, r, c.path(), http.StatusSeeOther)
		return nil
	}
	return s.renderLaunch(w, r, c, newFormState(nil))
}

func (s *Server) renderLaunch(w http.ResponseWriter, r *http.Request, c mailingCase, f formState) error {
	l := Localizer(r)
	v := launchView{Page: s.workPage(r, l.T("mailing.launch_title")), formState: f, Document: c.rec.Title, DocumentLang: c.rec.Language,
		Action: c.path() + "/launch", Back: c.path(), Revision: c.m.Revision, Subjects: c.m.Texts}
	languages := make([]string, len(c.m.Texts))
	for i, t := range c.m.Texts {
		languages[i] = t.Language
	}
	var err error
	v.Counts, err = s.countAudience(r.Context(), l, c.m.Audience, languages, c.m.FallbackLanguage)
	if err != nil {
		return err
	}
	if v.Gaps, err = s.mailingGaps(r.Context(), l, c, languages); err != nil {
		return err
	}
	s.Engine.Render(w, r, f.status, "mailing_launch", v)
	return nil
}

// launchMailing sends a mailing as it was seen: its revision, and the number of people it reaches.
func (s *Server) launchMailing(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.LaunchMailing)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	var p models.LaunchMailingPayload
	p.Revision, _ = strconv.Atoi(r.PostFormValue("revision")) // what is no number is refused by the rules
	p.Expected, _ = strconv.Atoi(r.PostFormValue("expected"))
	done, err := s.checkAndDecide(w, r, decision{c.m.ID, models.DecideLaunchMailing, nil, p}, c.path())
	if err != nil && f.showAgain(err, Localizer(r)) {
		if c, err = s.loadMailing(r, access.LaunchMailing); err != nil {
			return err
		}
		return s.renderLaunch(w, r, c, f)
	}
	if err != nil || !done {
		return err
	}
	http.Redirect(w, r, c.path(), http.StatusSeeOther)
	return nil
}

// mailingPreview is a mailing in one language as its readers will have it.
type mailingPreview struct {
	Page
	TextLang       string
	Greeting       string
	Subject        string
	Text           template.HTML
	Button         string
	Why            string
	Stop           string
	CountriesLabel string
	Countries      []designated // as the letter names them
	Footnotes      []models.Footnote
	Grants         []grantWords
	Back           string
	Report         string // where one says that a text names a child
}

// previewMailing shows a saved text as its readers will have it. Nothing is sent.
func (s *Server) previewMailing(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	tag := r.URL.Query().Get("language")
	if !hasText(c.m, tag) {
		return apperr.NotFound("mailing")
	}
	t := c.m.Text(tag)
	l := Localizer(r)
	in := i18n.For(tag)
	v := mailingPreview{Page: s.workPage(r, l.T("mailing.preview_title", "Language", l.Language(tag))), TextLang: tag, Subject: t.Subject,
		Greeting: in.T("mail.greeting", "Name", c.visitor.Person.Name), Button: in.T("mail.mailing.button"),
		Why: in.T("mail.mailing.why", "Owner", c.rec.Organisation.Name), Stop: in.T("mail.unsubscribe"), Back: c.path(), Report: recommendationPath(c.rec.ID) + "/report"}
	designations, err := models.DesignationsFor(r.Context(), s.DB, c.rec.ID)
	if err != nil {
		return err
	}
	var notes models.Footnotes
	v.Countries = designate(&notes, designations.Of(c.rec.ID, c.rec.Countries, tag))
	v.Grants = grantWordsOf(in, designations.Paying(c.rec.ID), tag)
	v.CountriesLabel, v.Footnotes = in.T("published.countries"), notes.All()
	if v.Text, err = markdown.Render(t.Body, markdown.WithHeadingShift(2)); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "mailing_preview", v)
	return nil
}
