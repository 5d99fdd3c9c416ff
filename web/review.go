package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// reviewView is the page of an expert who reviews, and of a partner who is consulted: the text paragraph by paragraph,
// a place to comment under each, and the answer at its end.
type reviewView struct {
	Page
	formState
	Card         askedCard
	Action       string // where the form goes
	Document     string
	Lang         string // of the text
	Blocks       []commentableBlock
	Measures     []measureView
	VersionHash  string
	Consultation bool
	Answers      []Option
	Prefilled    bool        // it opens with words in it, and says nothing as it stands
	Namings      []Option    // none in an anonymised round, in which nobody is named
	Accept       *acceptForm // nil where it is said already
	AcceptedAt   *time.Time
	Changing     bool       // an answer was given; the form changes it
	TakeBack     string     // where that answer is taken back
	TakenBack    *time.Time // when it was; nil: it was not
	Words        bool       // the form holds what was taken back
	Closes       string     // when the round is expected to, in words
	Decline      declineForm
	Kept         string // under which name the device keeps what is being typed
	KeptAt       string // where the form is open with what the server kept of it
	Again        *againView
	Kinds        []Option      // what a comment can be
	PageNumber   string        // of this page among those on which the form is open
	Time         *moreTimeView // nil: there is no time to ask for
	Questions    []questionField
	Conflict     *conflictView // nil: nobody is asked for one
	Word         string        // where the answer can be brought as a Word file; "" where none can be read
	keeping
}

// againView says that the text was sent round before, why once more, and what changed; "" for what is not said. It leads to both texts
// compared and, who answered then, to what they said.
type againView struct {
	Title, Reason, ReasonLang, Changed string
	Changes, Earlier                   string
}

func (a *asked) again(l *i18n.Localizer) *againView {
	if !a.facts.Again() {
		return nil
	}
	return &againView{l.T("mail.again.lead", "Round", l.Number(a.facts.Round)), a.facts.RoundReason, a.facts.RoundWrittenIn, a.changed(l),
		a.changesPath(), a.earlierPath()}
}

// showReview shows the form: empty, or filled with the answer that was given.
func (s *Server) showReview(w http.ResponseWriter, r *http.Request, a *asked) error {
	values, err := s.openingValues(r.Context(), a)
	if err != nil {
		return err
	}
	opens := len(values) > 0
	kept, state, err := s.keptIn(r, a.keptForm(), a.answerPath(), values)
	if err != nil {
		return err
	}
	if kept != nil {
		values = kept
	}
	if kept != nil || opens {
		values.Set(prefilled, "yes")
	}
	form := NewForm(values)
	oneMore(form, "another-"+r.URL.Query().Get("another"))
	return s.renderReviewKept(w, r, a, newFormState(values), state)
}

// openingValues are the fields with which the form opens: those of the answer that stands, or of the one that was taken back.
func (s *Server) openingValues(ctx context.Context, a *asked) (url.Values, error) {
	var rv *models.Review
	var err error
	if a.task.State == models.TaskDone {
		rv, err = models.ReviewByTask(ctx, s.DB, a.task.ID)
	} else {
		rv, err = s.takenBack(ctx, a)
	}
	if err != nil || rv == nil {
		return url.Values{}, err
	}
	return reviewValues(rv), nil
}

// A form that opens with words in it says nothing as it stands, either: machines that look into mails follow every link and send
// every form. So a form that is looked at before it is sent is sent from there, with a box that is ticked (see unsure); in others an
// answer chosen before is chosen again.
const (
	chosenBefore = "chosen_before"
	prefilled    = "prefilled"
)

// unchoose takes the choice out of what a form opens with, and keeps it as what was chosen before.
func unchoose(values url.Values) {
	if answer := values.Get("answer"); answer != "" {
		values.Set(chosenBefore, answer)
	}
	values.Del("answer")
}

// keptForm is the form of the answer, whose words are kept: for who came by a personal link too, for that question alone.
func (a *asked) keptForm() keptForm {
	return keptForm{a.visitor, a.rec, models.KeptAnswer(a.task.ID), a.path(), a.task.Kind == models.TaskReview || a.task.Kind == models.TaskConsult}
}

// answerPath is where the form of a review or a consultation goes.
func (a *asked) answerPath() string {
	if a.task.Kind == models.TaskConsult {
		return a.path() + "/consultation"
	}
	return a.path() + "/review"
}

func (s *Server) renderReview(w http.ResponseWriter, r *http.Request, a *asked, f formState) error {
	return s.renderReviewKept(w, r, a, f, keeping{Keeps: true})
}

func (s *Server) renderReviewKept(w http.ResponseWriter, r *http.Request, a *asked, f formState, state keeping) error {
	v, err := s.reviewPage(r, a, f)
	if err != nil {
		return err
	}
	v.keeping = state
	if isReading(r) { // what is wrong with words that were kept is no refusal
		f.status = http.StatusOK
	}
	s.Engine.Render(w, r, f.status, "review", v)
	return nil
}

func (s *Server) reviewPage(r *http.Request, a *asked, f formState) (reviewView, error) {
	ctx, l := r.Context(), Localizer(r)
	v := reviewView{formState: f, Document: a.version.Title, Lang: a.rec.Language, VersionHash: a.version.Hash,
		Consultation: a.task.Kind == models.TaskConsult, Changing: a.task.State == models.TaskDone,
		AcceptedAt: a.task.AcceptedAt, Kept: a.task.ID.String(), KeptAt: a.continuePath()}
	v.Page = askedPage(r, l.T("asked.title."+string(a.task.Kind), "Title", a.version.Title))
	if !v.Consultation && a.task.State == models.TaskOpen && a.task.AcceptedAt == nil {
		v.Accept = newAcceptForm(l, a, f)
	}
	opened := f.Form.Values.Has("reasons")
	v.Action, v.Again, v.Word = a.answerPath(), a.again(l), s.marginHref(a)
	var err error
	if v.Time, err = s.moreTime(r, a, f.Form); err != nil {
		return v, err
	}
	if v.Decline, err = s.declineForm(r, a, f); err != nil {
		return v, err
	}
	v.Answers = choices(l, "review.answer.", models.AnswerSupport, models.AnswerSupportWithChanges, models.AnswerDoNotSupport)
	v.Prefilled = f.Form.Value(prefilled) != ""
	if !v.Consultation {
		questions, err := s.questionsOf(ctx, a.rec)
		if err != nil {
			return v, err
		}
		v.Questions = questionFields(l, questions, f.Form)
		if v.Conflict, err = s.conflictView(ctx, l, a, f.Form); err != nil {
			return v, err
		}
	}
	v.Kinds = choices(l, "remark.kind.", models.CommentKinds()...)
	v.PageNumber = formPage(f.Form)
	if !a.facts.Anonymised() {
		v.Namings = choices(l, "review.naming.", models.NamingPublic, models.NamingNetwork, models.NamingNone)
	}
	if !f.Form.Values.Has("naming") {
		last, err := models.LastNaming(ctx, s.DB, a.rec.ID, a.visitor.Person.ID)
		if err != nil {
			return v, err
		}
		f.Form.Values.Set("naming", last)
	}
	if v.Card, err = s.card(ctx, l, a); err != nil {
		return v, err
	}
	if v.Changing {
		round, err := s.roundOf(ctx, a)
		if err != nil {
			return v, err
		}
		if v.Closes, err = s.closesWords(ctx, l, a.rec, round, a.momentIn(l)); err != nil {
			return v, err
		}
		v.TakeBack = a.takeBackPath()
	} else if a.task.WaitsAgain() {
		v.TakenBack, v.Words = a.task.TakenBackAt, opened
	}
	if v.Measures, err = s.measureViews(ctx, a.version.Measures); err != nil {
		return v, err
	}
	v.Blocks, err = commentableBlocks(a.version.Body, f.Form)
	return v, err
}

// choices lists values with the catalog's words for them; "<key>.help" explains one where the catalog has it.
//
//i18n:keys review.answer.*.help signoff.answer.*.help
func choices(l *i18n.Localizer, prefix string, values ...string) []Option {
	options := make([]Option, len(values))
	for i, value := range values {
		options[i] = Option{Value: value, Label: l.T(prefix + value)}
		if help := prefix + value + ".help"; l.Has(help) {
			options[i].Help = l.T(help)
		}
	}
	return options
}

// labelOf is how an option is called; "" where there is none of that value.
func labelOf(options []Option, value string) string {
	i := slices.IndexFunc(options, func(o Option) bool { return value != "" && o.Value == value })
	if i < 0 {
		return ""
	}
	return options[i].Label
}

// answerReview takes an expert's answer.
func (s *Server) answerReview(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.Review, models.TaskReview)
	if slowedDown(a, err) {
		return s.reviewSlowed(w, r, a, err)
	}
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	if kept, err := s.keepWords(w, r, a.keptForm()); kept {
		return err
	}
	if on, err := s.leadsOn(w, r, a); on {
		return err
	}
	return s.reviewIn(w, r, a, f, false)
}

// lookAtReview shows what would be sent of a review.
func (s *Server) lookAtReview(w http.ResponseWriter, r *http.Request, a *asked, f formState) error {
	return s.reviewIn(w, r, a, f, true)
}

// reviewIn reads a review from its form, and shows it (look) or sends it.
func (s *Server) reviewIn(w http.ResponseWriter, r *http.Request, a *asked, f formState, look bool) error {
	questions, err := s.questionsOf(r.Context(), a.rec)
	if err != nil {
		return err
	}
	comments, fields := readComments(r.PostForm, a.version.Body)
	p := models.ReviewPayload{VersionHash: r.PostFormValue("version_hash"), Answer: r.PostFormValue("answer"),
		Reasons: words(r, "reasons"), Naming: r.PostFormValue("naming"), Comments: comments, Answers: readAnswers(r.PostForm, questions),
		ConfidentialNote: words(r, "confidential_note"), Written: writtenIn(r), InsteadOf: seenAnswer(r)}
	if beside, err := s.besideAnother(w, r, a, f); beside || err != nil {
		return err
	}
	done, err := false, checkComments(p, a.version.Body, comments, models.CheckAnswers(questions, p.Answers, true))
	p.Answers = givenAnswers(p.Answers)
	if err == nil && look {
		return s.showSummary(w, r, a, f, p)
	}
	if err == nil {
		if wrong := s.besideSending(r, a); wrong != nil {
			return s.summaryAgain(w, r, a, f, p, wrong)
		}
		done, err = s.decide(w, r, decision{a.task.ProcessID, models.DecideAnswerReview, &a.task.ID, p}, a.path()+"/thanks")
	}
	return s.finishReview(w, r, a, f, fields, done, err)
}

// finishReview leads on from an answer that was recorded, or shows the form again with what is wrong.
func (s *Server) finishReview(w http.ResponseWriter, r *http.Request, a *asked, f formState, fields []commentField, done bool, err error) error {
	l := Localizer(r)
	if apperr.CodeOf(err) == apperr.CodeOutdated {
		fresh, err := s.loadAsked(r)
		if err != nil {
			return err
		}
		if beside, err := s.besideAnother(w, r, fresh, f); beside || err != nil {
			return err
		}
	}
	if err != nil && f.showAgain(err, l) {
		blameComments(f.Form, fields, l)
		if a.task.Kind == models.TaskReview {
			questions, err := s.questionsOf(r.Context(), a.rec)
			if err != nil {
				return err
			}
			blameAnswers(f.Form, questions, l)
		}
		if p := r.PostFormValue("answer"); p == "" && a.task.Kind == models.TaskReview {
			f.Form.onlyChoose("answer", "reasons", l.T("asked.choose"))
		} else if a.task.Kind == models.TaskReview {
			f.Form.sayWhichReasons(p, l)
		}
		return s.renderReview(w, r, a, f)
	}
	if err != nil {
		return err
	}
	if !done { // received, and being recorded: should it be refused, its words are still here
		_, err := s.storeWords(r, a.keptForm())
		return err
	}
	return s.thank(w, r, a)
}

// sayWhichReasons says about reasons that are missing what the chosen answer needs said.
//
//i18n:keys review.why.*
func (f *Form) sayWhichReasons(answer string, l *i18n.Localizer) {
	if key := "review.why." + answer; strings.TrimSpace(f.Value("reasons")) == "" && l.Has(key) {
		f.onlyChoose("reasons", "", l.T(key))
	}
}

// thank leads on from an answer that was recorded: its words are not unsent any more.
func (s *Server) thank(w http.ResponseWriter, r *http.Request, a *asked) error {
	if err := s.forgetSent(r, a.keptForm()); err != nil {
		return err
	}
	http.Redirect(w, r, a.path()+"/thanks", http.StatusSeeOther)
	return nil
}

func (s *Server) reviewAnswer(ctx context.Context, l *i18n.Localizer, a *asked) (*answerView, error) {
	rv, err := models.ReviewByTask(ctx, s.DB, a.task.ID)
	if err != nil {
		return nil, err
	}
	v := &answerView{Reasons: rv.Reasons, Lang: rv.WrittenIn, At: rv.AnsweredAt, Late: rv.Late}
	if rv.Answer != nil {
		v.Answer = l.T("review.answer." + *rv.Answer)
		if !a.facts.Anonymised() {
			v.Naming = l.T("review.naming." + rv.Naming)
		}
		questions, err := s.questionsOf(ctx, a.rec)
		if err != nil {
			return nil, err
		}
		v.Said, v.Note = yours(saidOfQuestions(l, questions, rv, false)), rv.ConfidentialNote
	}
	for _, c := range rv.Comments {
		v.Comments = append(v.Comments, answeredComment{ID: c.ID, Number: c.Block + 1, Kind: c.Kind, Quote: c.Quote, Replacement: c.Replacement, Body: c.Body})
	}
	return v, nil
}
