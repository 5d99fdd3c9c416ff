package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
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
	LetterHref        string // of the letter that the system writes, or wrote; "" where it writes none
	Reference         string // ours, on the letter
	Registration      string // theirs, of a letter that went out
	SentOn            string // days, in words
	ReplyDue, ReplyOn string
	Reply, ReplyLang  string
	ReplyForm         *formState // nil unless a reply can be put down
	ReplyIn           Input
	Awaits            bool   // a reply is hoped for, and none has come
	Late              bool   // that day is over
	AgainOf           string // id of the letter that this one takes the place of; "" for none
	AgainHref         string // where it is written again; "" where nothing is to be
	Before, After     *letterLink
}

// letterLink leads to another letter: the one that this one takes the place of, or the one that takes its.
type letterLink struct{ Href, Title, Lang string }

// letterFacts gathers them; plan and said are what was typed last in the plan and in the forms above it.
func (s *Server) letterFacts(ctx context.Context, l *i18n.Localizer, c stepCase, plan *Form, said formState) (f letterFacts, err error) {
	if f.AgainOf = plan.Value("again_of"); f.AgainOf != "" {
		if f.Before, err = s.writtenBefore(ctx, c, f.AgainOf); err != nil {
			return f, err
		}
	}
	if c.step == nil || c.step.Kind != models.StepLetter {
		return f, nil
	}
	f.Letter, f.Reference, f.Registration, f.Reply, f.ReplyLang = true, c.step.Reference, c.step.Registration, c.step.Reply, c.step.ReplyWrittenIn
	f.ReplyDue, f.ReplyOn, f.SentOn = dayIn(l, c.step.ReplyDue), dayIn(l, c.step.ReplyOn), dayIn(l, c.step.SentOn)
	if c.step.Prepared() && !c.rec.Quarantined() {
		f.LetterHref = c.path() + "/letter"
	}
	switch c.step.State {
	case models.StepPlanned:
		preset(said.Form, "sent_on", models.DayOf(s.Now(), c.zone).Format(time.DateOnly))
	case models.StepDone:
		preset(said.Form, "reply_on", isoDay(c.step.ReplyOn))
		preset(said.Form, "reply", c.step.Reply)
		if c.step.ReplyOn != nil {
			preset(said.Form, "reply_written_in", c.step.ReplyWrittenIn)
		}
		f.ReplyForm, f.ReplyIn = &said, saidIn(l, said.Form, "reply_written_in")
	}
	return f, s.writtenAfter(ctx, c, &f)
}

func (c campaignCase) letterLink(step *models.CampaignStep) *letterLink {
	return &letterLink{Href: c.path() + "/steps/" + step.ID.String(), Title: step.Title, Lang: step.WrittenIn}
}

// writtenBefore leads to the letter whose place one takes; nil where it is none of the campaign, which is refused when it is saved.
func (s *Server) writtenBefore(ctx context.Context, c stepCase, of string) (*letterLink, error) {
	id, err := uuid.Parse(of)
	if err != nil {
		return nil, nil
	}
	before, err := models.CampaignStepByID(ctx, s.DB, c.c.ID, id)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c.letterLink(before), nil
}

// writtenAfter leads to the letter that takes the place of this one; where none does, and none replied, it can be written again.
func (s *Server) writtenAfter(ctx context.Context, c stepCase, f *letterFacts) error {
	after, err := models.AgainWritten(ctx, s.DB, c.step.ID)
	switch {
	case err != nil:
		return err
	case after != nil:
		f.After = c.letterLink(after)
	case c.step.State == models.StepDone && c.step.ReplyOn == nil:
		f.AgainHref, f.Awaits = againPath(*c.step), c.step.AwaitsReply()
		f.Late = f.Awaits && c.step.ReplyDue.Before(models.DayOf(s.Now(), c.zone))
	}
	return nil
}

// againPath is where a letter to which no reply came is written again.
func againPath(step models.CampaignStep) string {
	return campaignPath(step.CampaignID) + "/steps/new?" + url.Values{"kind": {string(models.StepLetter)}, "again": {step.ID.String()}}.Encode()
}

// beginAgain begins a letter with what the one says whose place it takes, where the address names one.
func (s *Server) beginAgain(r *http.Request, c campaignCase, values url.Values) error {
	id, err := uuid.Parse(r.URL.Query().Get("again"))
	if err != nil {
		return nil
	}
	step, err := models.CampaignStepByID(r.Context(), s.DB, c.c.ID, id)
	if err != nil {
		return err
	}
	if step.Kind != models.StepLetter || step.State != models.StepDone {
		return apperr.NotFound("step")
	}
	for name, value := range valuesOf(step) {
		switch name {
		case "title", "written_in", "authority_id", "organisation_id":
			values[name] = value
		}
	}
	values.Set("again_of", step.ID.String())
	return nil
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
	in := models.LetterPlan{Reference: words(r, "reference"), ReplyDue: readDay(bad, "reply_due", r.PostFormValue("reply_due"))}
	if id, err := uuid.Parse(r.PostFormValue("again_of")); err == nil {
		in.AgainOf = &id
	}
	return in
}

// readLetterSent gathers when and how a letter went out; one that is called off did not.
func readLetterSent(r *http.Request, step *models.CampaignStep, to models.StepState, bad *apperr.Error) models.LetterSent {
	var in models.LetterSent
	if step.Kind != models.StepLetter || to != models.StepDone {
		return in
	}
	in.SentOn = readDay(bad, "sent_on", r.PostFormValue("sent_on"))
	in.Registration = words(r, "registration")
	return in
}

// takeReply puts down which reply came to a letter.
func (s *Server) takeReply(w http.ResponseWriter, r *http.Request) error {
	c, f, err := s.sentStep(r)
	if err != nil {
		return err
	}
	bad := apperr.New(apperr.CodeInvalid)
	said := models.StepReply{ReplyOn: readDay(bad, "reply_on", r.PostFormValue("reply_on")), Reply: words(r, "reply"), Written: models.Written{WrittenIn: r.PostFormValue("reply_written_in")}}
	if bad.OrNil() != nil {
		err = bothFaults(bad, said.Check(c.step, s.Now()))
	} else {
		err = s.changeStep(r, func(ctx context.Context, tx bun.Tx) (*models.CampaignStep, error) {
			return models.AnswerStep(ctx, tx, c.c, c.step.ID, seenRevision(r), said, c.visitor.Person, s.Now())
		})
	}
	err = clickedAgain(err, c.step.Reply == said.Reply && isoDay(c.step.ReplyOn) == isoDay(said.ReplyOn.Time()))
	return s.answerSettled(w, r, c, err, "letter.reply_saved", f)
}

// waitForReply has the reply to a letter waited for until another day, or no more.
func (s *Server) waitForReply(w http.ResponseWriter, r *http.Request) error {
	c, f, err := s.sentStep(r)
	if err != nil {
		return err
	}
	bad, until := apperr.New(apperr.CodeInvalid), ""
	if r.PostFormValue("do") != "stop" {
		if until = r.PostFormValue("wait_until"); until == "" {
			bad.And("wait_until", "required")
		}
	}
	said := models.StepAwaited{ReplyDue: readDay(bad, "wait_until", until)}
	if err = bad.OrNil(); err == nil {
		err = s.changeStep(r, func(ctx context.Context, tx bun.Tx) (*models.CampaignStep, error) {
			return models.AwaitStep(ctx, tx, c.c, c.step.ID, seenRevision(r), said, c.visitor.Person, s.Now())
		})
	}
	err = clickedAgain(err, isoDay(c.step.ReplyDue) == isoDay(said.ReplyDue.Time()))
	return s.answerSettled(w, r, c, blamed(err, "reply_due", "wait_until"), "letter.wait_saved", f)
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

// againBadge says that a letter was written again: its reply is waited for no more.
func againBadge(l *i18n.Localizer) *Badge {
	return &Badge{Tone: "plain", Icon: "mail", Text: l.T("letter.written_again")}
}

// authorityLetterView is the page of a letter that the system wrote: to be read, completed and sent by a person.
type authorityLetterView struct {
	Page
	campaignHead
	Text, TextLang string
	Spoken, Used   string // where nothing is published in the language of the country: which that is, and which is used
	NoAddress      bool
	Done           bool // it went out
	Files          []fileLink
	Also           []letterLanguage
	Gaps           []gapLine // what its grants do not say in its language
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
	v := authorityLetterView{Page: s.workPage(r, l.T("letter.title")), campaignHead: c.head(), Done: c.step.State == models.StepDone, Text: letter.Text, TextLang: letter.Language,
		NoAddress: len(m.Authority.AddressLines()) == 0, Back: c.path()}
	if v.Gaps, err = s.gapsFor(r.Context(), l, c.visitor, c.rec, nil, []string{letter.Language}); err != nil {
		return err
	}
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
