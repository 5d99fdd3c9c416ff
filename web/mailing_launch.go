package web

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
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
	Shown        mailingShown
	Counts       *audienceView
	Subjects     []models.Titled
	Fallback     string // language of the text for readers in whose own there is none
	Time         mailingTimeView
	Gaps         []gapLine // what its grants and countries do not say in one of these languages
	Unpublished  string    // which texts name what is not published in their language; "" where none does
	Along        []mailingFileRow
	Weight       *weightView
	Missing      []missingPicture
	NotNamed     []notNamedPicture
	Ready        bool // nothing stops it: it can be launched
	Restored     bool // it may have been sent since the backup that was restored
	Over         bool // the event that it announces, or the days on which its readers write
	Writes       bool // its readers write to their representatives
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
	v := launchView{Page: s.workPage(r, l.T("mailing.launch_title")), formState: f, Document: c.title.Title, DocumentLang: c.title.Language,
		Action: c.path() + "/launch", Back: c.path(), Revision: c.m.Revision, Subjects: subjectsOf(l, *c.m), Fallback: c.m.FallbackLanguage, Restored: c.m.Asks,
		Writes: c.kind == models.MailingKindRepresentative}
	languages := make([]string, len(c.m.Texts))
	for i, t := range c.m.Texts {
		languages[i] = t.Language
	}
	var err error
	if v.Shown, err = s.shownMailing(r, c); err != nil {
		return err
	}
	if v.Over, err = c.m.Over(s.Now()); err != nil {
		return err
	}
	v.Counts, err = s.countAudience(r.Context(), l, c.m.Readership(s.Now()), languages, c.m.FallbackLanguage)
	if err != nil {
		return err
	}
	if v.Gaps, err = s.mailingGaps(r.Context(), l, c, languages); err != nil {
		return err
	}
	if v.Unpublished, err = s.unpublishedIn(r.Context(), l, c.m, ""); err != nil {
		return err
	}
	if v.Time, err = s.mailingTime(r, c, f); err != nil {
		return err
	}
	list, err := models.MailingFiles(r.Context(), s.DB, c.m.ID)
	if err != nil {
		return err
	}
	for _, file := range alongSome(c, list) {
		v.Along = append(v.Along, mailingFileRowOf(l, c, file))
	}
	v.NotNamed = notNamed(l, c, list, "")
	letter, err := s.heaviest(r, c)
	if err != nil {
		return err
	}
	v.Weight = weightOf(l, letter, v.Counts.Total)
	if v.Missing, err = s.missingPictures(r.Context(), l, c.m, ""); err != nil {
		return err
	}
	v.Ready = v.Counts.Total > 0 && len(v.Missing) == 0 && (!v.Over || len(f.Form.Errors) > 0)
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
	p.When, p.AtNight = readMailingTime(r.PostForm)
	p.Again = r.PostFormValue("again") == "yes"
	done, err := false, nowOrLater(r.PostForm)
	if err == nil {
		done, err = s.checkAndDecide(w, r, decision{c.m.ID, models.DecideLaunchMailing, nil, p}, c.path())
	}
	if err != nil && f.showAgain(atTime(err), Localizer(r)) {
		outdated := apperr.CodeOf(err) == apperr.CodeOutdated
		if c, err = s.loadMailing(r, access.LaunchMailing); err != nil {
			return err
		}
		if c.m.State != models.MailingDraft {
			return s.alreadyLaunched(w, r, c)
		}
		if outdated {
			f.Refused = Localizer(r).T("mailing.launch_outdated")
		}
		f.Form.nameTexts(Localizer(r), func(name string) string { return textLanguageOf(c.m, name) })
		return s.renderLaunch(w, r, c, f)
	}
	if err != nil || !done {
		return err
	}
	http.Redirect(w, r, c.path(), http.StatusSeeOther)
	return nil
}

// alreadyLaunched leads whoever launches a mailing again to how far it has got, and says what became of it.
func (s *Server) alreadyLaunched(w http.ResponseWriter, r *http.Request, c mailingCase) error {
	said, err := s.launchedAlready(r, c)
	if err != nil {
		return err
	}
	s.flash(r, "wait", said)
	http.Redirect(w, r, c.path(), http.StatusSeeOther)
	return nil
}

// launchedAlready says of a mailing that is no draft any more who launched it, when, and where it stands.
func (s *Server) launchedAlready(r *http.Request, c mailingCase) (string, error) {
	l := Localizer(r)
	state := l.T("mailing.state." + string(c.m.State))
	launch, err := models.LaunchOf(r.Context(), s.DB, c.m.ID)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return l.T("mailing.gone_on", "State", state), nil
	}
	if err != nil {
		return "", err
	}
	zone, err := s.zoneOf(r.Context(), c.visitor.Person)
	if err != nil {
		return "", err
	}
	names, err := models.NamedPeople(r.Context(), s.DB, c.visitor.viewer(), []uuid.UUID{launch.By})
	if err != nil {
		return "", err
	}
	when := l.DateTime(launch.At, zone)
	if name := names[launch.By]; name != "" {
		return l.T("mailing.already_launched_by", "Name", name, "When", when, "State", state), nil
	}
	return l.T("mailing.already_launched", "When", when, "State", state), nil
}
