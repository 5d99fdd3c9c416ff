package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/internal/word"
	"tribuna/models"
)

// letterFacts are what the page of a step says of a letter; of the other kinds it says nothing of it.
type letterFacts struct {
	Letter            bool
	LetterHref        string // of the letter that the system writes; "" where it writes none
	Reference         string
	SentOn            string // days, in words
	ReplyDue, ReplyOn string
	Reply, ReplyLang  string
	ReplyForm         *formState // nil unless a reply can be put down
	ReplyIn           Input
}

// letterFacts gathers them; form is what was typed last below the plan.
func (s *Server) letterFacts(l *i18n.Localizer, c stepCase, form formState) letterFacts {
	if c.step == nil || c.step.Kind != models.StepLetter {
		return letterFacts{}
	}
	f := letterFacts{Letter: true, Reference: c.step.Reference, ReplyDue: dayIn(l, c.step.ReplyDue), ReplyOn: dayIn(l, c.step.ReplyOn), SentOn: dayIn(l, c.step.SentOn),
		Reply: c.step.Reply, ReplyLang: c.step.ReplyWrittenIn}
	if c.step.Prepared() && !c.rec.Quarantined() {
		f.LetterHref = c.path() + "/letter"
	}
	switch c.step.State {
	case models.StepPlanned:
		preset(form.Form, "sent_on", models.DayOf(s.Now(), c.zone).Format(time.DateOnly))
		preset(form.Form, "sent_reference", c.step.Reference)
	case models.StepDone:
		preset(form.Form, "reply_on", isoDay(c.step.ReplyOn))
		preset(form.Form, "reply", c.step.Reply)
		preset(form.Form, "reply_written_in", c.step.ReplyWrittenIn)
		f.ReplyForm, f.ReplyIn = &form, languageInput(form.Form, "reply_written_in", l.T("written.in"), l.T("written.another"))
	}
	return f
}

// preset fills a field in that nobody has typed into.
func preset(f *Form, name, value string) {
	if _, typed := f.Values[name]; !typed {
		f.Values.Set(name, value)
	}
}

func isoDay(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format(time.DateOnly)
}

// dayIn is a day in words; "" where there is none.
func dayIn(l *i18n.Localizer, day *time.Time) string {
	if day == nil {
		return ""
	}
	return l.Date(*day, time.UTC)
}

// readLetterPlan gathers what the form says of a letter; of another kind it says nothing, whatever was typed before.
func readLetterPlan(r *http.Request, bad *apperr.Error, kind models.StepKind) models.LetterPlan {
	if kind != models.StepLetter {
		return models.LetterPlan{}
	}
	return models.LetterPlan{Reference: words(r, "reference"), ReplyDue: readDay(bad, "reply_due", r.PostFormValue("reply_due"))}
}

// readLetterSent gathers when and how a letter went out; one that is called off did not.
func readLetterSent(r *http.Request, step *models.CampaignStep, to models.StepState) (models.LetterSent, error) {
	bad := apperr.New(apperr.CodeInvalid)
	var in models.LetterSent
	if step.Kind != models.StepLetter || to != models.StepDone {
		return in, nil
	}
	in.SentOn = readDay(bad, "sent_on", r.PostFormValue("sent_on"))
	if _, said := r.PostForm["sent_reference"]; said {
		reference := words(r, "sent_reference")
		in.Reference = &reference
	}
	return in, bad.OrNil()
}

// atSent leads what is wrong with a reference to the field in which it was typed: the plan below it has one of its own.
func atSent(err error) error {
	var bad *apperr.Error
	if errors.As(err, &bad) {
		for i := range bad.Fields {
			if bad.Fields[i].Path == "reference" {
				bad.Fields[i].Path = "sent_reference"
			}
		}
	}
	return err
}

// takeReply puts down which reply came to a letter.
func (s *Server) takeReply(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadStep(r, access.EditCampaign)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	bad := apperr.New(apperr.CodeInvalid)
	said := models.StepReply{ReplyOn: readDay(bad, "reply_on", r.PostFormValue("reply_on")), Reply: words(r, "reply"), Written: models.Written{WrittenIn: r.PostFormValue("reply_written_in")}}
	if err = bad.OrNil(); err == nil {
		err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			_, err := models.AnswerStep(ctx, tx, c.c, c.step.ID, seenRevision(r), said, c.visitor.Person, s.Now())
			return err
		})
	}
	if apperr.CodeOf(err) == apperr.CodeOutdated && c.step.Reply == said.Reply && isoDay(c.step.ReplyOn) == isoDay(said.ReplyOn.Time()) {
		err = nil // a second click
	}
	if err != nil && f.showAgain(err, Localizer(r)) {
		if c, err = s.loadStep(r, access.EditCampaign); err != nil {
			return err
		}
		form := newFormState(valuesOf(c.step))
		form.status, form.Refused = f.status, f.Refused
		return s.renderStep(w, r, c, form, f)
	}
	return s.answerStep(w, r, c, err, "letter.reply_saved", nil)
}

// replyBadge says whether a letter that went out was replied to; nil where no reply is waited for.
func replyBadge(l *i18n.Localizer, step models.CampaignStep, today time.Time) *Badge {
	switch {
	case step.ReplyOn != nil:
		return &Badge{Tone: "done", Icon: "mail", Text: l.T("letter.replied", "Date", l.Date(*step.ReplyOn, time.UTC))}
	case !step.AwaitsReply():
		return nil
	case step.ReplyDue.Before(today):
		return &Badge{Tone: "wait", Icon: "alert-triangle", Text: l.T("letter.reply_overdue", "Date", l.Date(*step.ReplyDue, time.UTC))}
	}
	return &Badge{Tone: "action", Icon: "calendar", Text: l.T("letter.reply_due", "Date", l.Date(*step.ReplyDue, time.UTC))}
}

// authorityLetterView is the page of a letter that the system wrote: to be read, completed and sent by a person.
type authorityLetterView struct {
	Page
	campaignHead
	Text, TextLang string
	Spoken, Used   string // where nothing is published in the language of the country: which that is, and which is used
	NoAddress      bool
	Files          []fileLink
	Also           []letterLanguage
	Back           string
}

// loadLetter writes the letter of a step, in the language in the address where one is.
func (s *Server) loadLetter(r *http.Request) (stepCase, *models.LetterMatter, word.AuthorityLetter, error) {
	c, err := s.loadStep(r, access.ReadCampaign)
	if err != nil {
		return c, nil, word.AuthorityLetter{}, err
	}
	m, err := models.LetterOf(r.Context(), s.DB, c.rec, *c.step, s.Now())
	if err != nil {
		return c, nil, word.AuthorityLetter{}, err
	}
	letter, err := word.LetterToAuthority(r.Context(), s.DB, c.rec, m, r.URL.Query().Get("language"), s.BaseURL+publishedPath)
	return c, m, letter, err
}

func (s *Server) authorityLetter(w http.ResponseWriter, r *http.Request) error {
	c, m, letter, err := s.loadLetter(r)
	if err != nil {
		return err
	}
	l, path := Localizer(r), c.path()+"/letter"
	in := "?language=" + url.QueryEscape(letter.Language)
	v := authorityLetterView{Page: s.workPage(r, l.T("letter.title")), campaignHead: c.head(), Text: letter.Text, TextLang: letter.Language,
		NoAddress: len(m.Authority.AddressLines()) == 0, Back: c.path()}
	if letter.Spoken != "" {
		v.Spoken, v.Used = l.Language(letter.Spoken), l.Language(letter.Language)
	}
	if s.Word.Writes(word.DOCX) {
		v.Files = append(v.Files, fileLink{path + ".docx" + in, l.T("word.docx"), word.DOCX.MediaType()})
	}
	v.Files = append(v.Files, fileLink{path + ".txt" + in, l.T("letter.txt"), "text/plain"})
	v.Also = append(v.Also, letterLanguage{Tag: letter.Language})
	for _, tag := range letter.Also {
		v.Also = append(v.Also, letterLanguage{Tag: tag, Href: path + "?language=" + url.QueryEscape(tag)})
	}
	s.Engine.Render(w, r, http.StatusOK, "campaign_letter", v)
	return nil
}

func (s *Server) authorityLetterFile(w http.ResponseWriter, r *http.Request) error {
	c, _, letter, err := s.loadLetter(r)
	if err != nil {
		return err
	}
	return s.serveDocument(w, r, letter.Document, files.File{Name: letter.FileName(c.rec.Slug)}, c.visitor.Person.ID.String())
}

func (s *Server) authorityLetterText(w http.ResponseWriter, r *http.Request) error {
	c, _, letter, err := s.loadLetter(r)
	if err != nil {
		return err
	}
	files.Serve(w, letter.TextFile(c.rec.Slug))
	return nil
}
