package web

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// overBecause says why a question cannot be answered any more, or not now, as the last part of the catalog key
// "asked.over.<reason>"; "" while it can.
func (s *Server) overBecause(ctx context.Context, a *asked) (string, error) {
	round, err := s.roundOfReview(ctx, a)
	if err != nil {
		return "", err
	}
	if a.task.Silent() && a.task.RefusesTo(models.DecideAcceptTask, a.rec, round, s.Now()) == nil {
		return "silent", nil
	}
	return overReason(*a.task, a.rec, a.task.Refuses(a.rec, round, s.Now())), nil
}

// roundOfReview returns the round in which a question was asked while the text is in review; nil for others.
func (s *Server) roundOfReview(ctx context.Context, a *asked) (*models.ReviewRound, error) {
	if a.rec.Stage != models.StageReview || a.task.Kind != models.TaskReview && a.task.Kind != models.TaskConsult {
		return nil, nil
	}
	return s.roundOf(ctx, a)
}

// overReason puts a refusal into the words of the page.
func overReason(t models.Task, rec *models.Recommendation, refused error) string {
	switch code := apperr.CodeOf(refused); {
	case code == "":
		return ""
	case t.State == models.TaskDeclined || t.State == models.TaskCancelled:
		return string(t.State)
	case code == apperr.CodeLate:
		return "expired"
	case code == apperr.CodeHeld:
		return "held"
	case t.State == models.TaskExpired: // they answered nothing: that it is closed would say that what they answered stands
		return "expired"
	case rec.Stage == models.StageWithdrawn && t.Kind != models.TaskReportProgress:
		return "cancelled"
	case (t.Kind == models.TaskReview || t.Kind == models.TaskConsult) && rec.Stage == models.StageReview && rec.Round == t.Round:
		return "weighed"
	case t.Kind == models.TaskReview || t.Kind == models.TaskConsult || t.Kind == models.TaskSignOff:
		return "closed"
	default:
		return "done"
	}
}

// answeredView is the page after an answer, and the page of a question that is over.
type answeredView struct {
	Page
	Icon        string
	Eyebrow     string // what it is that was asked, in two words; "" where a notice says it
	Plain       bool   // it follows on a page in the system's letters, and stays in them
	Document    string // the text asked about
	Lang        string // its language
	Lead        string
	Passed      string // that whom they suggested was passed on; "" where nobody was suggested
	Next        string // what happens now, or whom to write to
	Answer      *answerView
	Original    *original // of an answer recorded in one's name
	Change      string    // where the answer can be changed; "" where it cannot
	Zone        *time.Location
	SignedIn    bool
	Mails       *mailLanguage
	Kept        string // under which name the device kept the words that are now recorded
	Again       *acceptForm
	TakeBack    *takeBackForm // nil: there is nothing to take back any more
	Refused     string        // why it was not taken back; "" where nobody wanted that
	AgainTitle  string        // what stands above that
	Due         time.Time     // the deadline of what can be done after all; zero where nothing can
	Unsent      *unsentView   // what they typed and did not send; nil for nothing
	Conflict    *conflictView // why it is over, where that is a conflict of interest; else nil
	Certificate string        // where an expert has it confirmed that they reviewed; "" where that is not to be had
}

// acceptForm is where an expert says that they will review. It says nothing as it stands.
type acceptForm struct {
	formState
	Action, Box string // where it goes, and what is ticked
	RespondBy   string // until when to say it, where that is sooner than the deadline; "" where it is not
	Decline     string // where one declines instead, on the same page; "" where it is over already
}

func newAcceptForm(l *i18n.Localizer, a *asked, f formState) *acceptForm {
	accept := &acceptForm{formState: f, Action: a.path() + "/accept", Box: l.T("review.will", "When", a.moment(l, a.facts.DueAt)), Decline: a.declinePath()}
	if by := a.facts.RespondBy; by != nil && by.Before(a.facts.DueAt) && a.task.State == models.TaskOpen {
		accept.RespondBy = l.T("mail.respond_by", "When", a.moment(l, *by))
	}
	if a.task.State != models.TaskOpen { // they declined, or were silent
		accept.Box, accept.Decline = l.T("review.will_after_all"), ""
	}
	return accept
}

// answerView is what somebody answered.
type answerView struct {
	Answer     string // in words; "" where only words were asked for
	Reasons    string
	Lang       string // of reasons and comments; "" where nobody said
	Comments   []answeredComment
	Naming     string
	Said       []saidTo // to the questions of the procedure
	Note       string   // to the officer in charge alone
	At         time.Time
	Zone       *time.Location
	Late       bool
	Source     string
	SourceLang string // of the source's title
	Href       string // of the source
	Evidence   *original
}

type answeredComment struct {
	ID          uuid.UUID // Nil where it is not sent yet
	Number      int       // of the paragraph, from 1
	Kind        models.CommentKind
	Quote       string
	Replacement string
	Body        string
}

// LeavesOut reports whether it suggests to leave out what it quotes.
func (c answeredComment) LeavesOut() bool {
	return c.Kind == models.CommentSuggestion && c.Replacement == ""
}

func (s *Server) showOver(w http.ResponseWriter, r *http.Request, a *asked, reason string) error {
	return s.renderOver(w, r, a, reason, newFormState(nil))
}

func (s *Server) renderOver(w http.ResponseWriter, r *http.Request, a *asked, reason string, f formState) error {
	l := Localizer(r)
	closed, err := s.endedWithRound(r.Context(), a)
	if err != nil {
		return err
	}
	title, lead := l.T("asked.over."+reason+".title"), l.T("asked.over."+reason+".text")
	if closed != nil {
		title, lead = l.T("asked.over.round_closed.title"), l.T("asked.over.round_closed.text", "When", a.moment(l, *closed))
	}
	v, err := s.answeredPage(r, a, title)
	if err != nil {
		return err
	}
	v.Icon = "info-circle"
	v.Lead = lead
	if v.Conflict, err = s.replacedView(r.Context(), l, a); err != nil {
		return err
	}
	if v.Passed, err = s.passedOn(r.Context(), l, a); err != nil {
		return err
	}
	contact, err := s.contact(r.Context(), l)
	if err != nil {
		return err
	}
	v.Next = l.T(a.sighted("asked.over.next"), "Officer", a.facts.Officer, "Owner", a.facts.Owner) + contact
	again, err := s.reconsiderable(r.Context(), a)
	if err != nil {
		return err
	}
	if again {
		v.Again, v.AgainTitle = newAcceptForm(l, a, f), l.T("review.changed_mind")
	} else {
		v.Refused = f.Refused
	}
	if reason == "silent" {
		v.AgainTitle, v.Due = l.T("asked.over.silent.again"), a.task.DueAt
	}
	if v.Unsent, err = s.unsent(r, a); err != nil {
		return err
	}
	s.Engine.Render(w, r, f.status, "answered", v)
	return nil
}

// passedOn tells who declined that whom they suggested was passed on; "" where they suggested nobody, or it is forgotten. It names nobody:
// the suggestion itself is for those alone who decide whom to ask.
func (s *Server) passedOn(ctx context.Context, l *i18n.Localizer, a *asked) (string, error) {
	if a.task.State != models.TaskDeclined {
		return "", nil
	}
	if a.task.Kind == models.TaskReview {
		n, err := models.SuggestedBy(ctx, s.DB, a.task.ID)
		if err != nil {
			return "", err
		}
		if n > 0 {
			return l.N("suggestion.passed_on", n), nil
		}
	}
	said, err := record.Of(ctx, s.DB, a.rec.ID, []string{"task.declined"}, []uuid.UUID{a.task.ID}, record.Confidential)
	if err != nil || len(said) == 0 || said[len(said)-1].Texts["suggestion"] == "" {
		return "", err
	}
	return l.N("suggestion.passed_on", 1), nil
}

// endedWithRound returns when the round was closed, with which an expert's question ended that they had not answered; nil where it did not.
func (s *Server) endedWithRound(ctx context.Context, a *asked) (*time.Time, error) {
	if a.task.Kind != models.TaskReview || a.task.State != models.TaskCancelled || a.task.ClosedAt == nil {
		return nil, nil
	}
	round, err := s.roundOf(ctx, a)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, nil
	}
	if err != nil || round.ClosedAt == nil || !round.ClosedAt.Equal(*a.task.ClosedAt) {
		return nil, err
	}
	return round.ClosedAt, nil
}

// reconsiderable reports whether who declined or was silent can still say that they will after all.
func (s *Server) reconsiderable(ctx context.Context, a *asked) (bool, error) {
	const kind = models.DecideAcceptTask
	if !kind.Reconsiders(a.task) || a.rec.Possible(kind) != nil {
		return false, nil
	}
	round, err := s.roundOfReview(ctx, a)
	return err == nil && a.task.RefusesTo(kind, a.rec, round, s.Now()) == nil, err
}

// showThanks shows what was recorded, and until when it can be changed.
func (s *Server) showThanks(w http.ResponseWriter, r *http.Request) error {
	a, err := s.loadAsked(r)
	if err != nil {
		return err
	}
	action, ours := a.task.Kind.AnswerAction()
	if !ours {
		return apperr.NotFound("task")
	}
	if err := s.can(r.Context(), a.visitor, action, a.rec, a.task); err != nil {
		return err
	}
	if a.task.State != models.TaskDone {
		http.Redirect(w, r, a.path(), http.StatusSeeOther)
		return nil
	}
	return s.renderThanks(w, r, a, newFormState(nil))
}

// renderThanks shows the page after an answer; f is the form by which it is taken back.
func (s *Server) renderThanks(w http.ResponseWriter, r *http.Request, a *asked, f formState) error {
	l := Localizer(r)
	v, err := s.answeredPage(r, a, l.T("asked.thanks.title"))
	if err != nil {
		return err
	}
	v.Icon, v.Kept = "check", a.task.ID.String()
	v.Lead = l.T("asked.thanks.lead." + string(a.task.Kind))
	if err := s.offerChange(r.Context(), l, a, &v); err != nil {
		return err
	}
	if v.Change != "" {
		if v.TakeBack, err = s.takeBackForm(r.Context(), l, a, f); err != nil {
			return err
		}
	}
	if v.TakeBack != nil {
		v.TakeBack.Open = v.TakeBack.Open || r.URL.Query().Has("take-back")
	}
	s.Engine.Render(w, r, f.status, "answered", v)
	return nil
}

func (s *Server) answeredPage(r *http.Request, a *asked, title string) (answeredView, error) {
	v := answeredView{Page: askedPage(r, title), Document: a.facts.Title, Lang: a.rec.Language, Zone: a.zone}
	v.SignedIn, v.Certificate = v.Viewer != nil, s.certificateHref(a)
	switch l := Localizer(r); a.task.Kind {
	case models.TaskReview:
		v.Eyebrow, v.Plain = l.T("review.eyebrow"), true
	case models.TaskConsult:
		v.Eyebrow, v.Plain = l.T("review.eyebrow_consultation"), true
	}
	var err error
	if v.Original, err = s.originalFor(r.Context(), a); err != nil {
		return v, err
	}
	if v.Mails, err = s.mailLanguage(r.Context(), Localizer(r), a); err != nil {
		return v, err
	}
	v.Answer, err = s.answerOf(r.Context(), Localizer(r), a)
	return v, err
}

// offerChange leads back to the form of an answer that can still be changed.
func (s *Server) offerChange(ctx context.Context, l *i18n.Localizer, a *asked, v *answeredView) error {
	reason, err := s.overBecause(ctx, a)
	if err != nil || reason != "" {
		return err
	}
	v.Change, v.Next = a.path(), l.T("asked.thanks.change."+string(a.task.Kind))
	switch a.task.Kind {
	case models.TaskReview, models.TaskConsult:
		round, err := s.roundOf(ctx, a)
		if err != nil {
			return err
		}
		closes, err := s.closesWords(ctx, l, a.rec, round, a.momentIn(l))
		v.Next += " " + closes
		return err
	}
	return nil
}

// changeableUntil is when the answers of a round are closed: in its grace a known instant, before that at the latest
// its deadline.
func changeableUntil(round *models.ReviewRound) time.Time {
	if round.ClosingAt != nil {
		return *round.ClosingAt
	}
	return round.DueAt
}

// closesWords say until when a round is expected to take answers, and which of its two times is which: the deadline that people were
// given, and the end of the time after it in which an answer is still taken and can be changed.
func (s *Server) closesWords(ctx context.Context, l *i18n.Localizer, rec *models.Recommendation, round *models.ReviewRound, moment func(time.Time) string) (string, error) {
	due := moment(round.DueAt)
	switch {
	case round.ClosedAt != nil:
		return "", nil
	case round.ClosingAt != nil && round.ClosingAt.Before(round.DueAt):
		return l.T("round.closes.sooner", "Until", moment(*round.ClosingAt), "Due", due), nil
	case round.ClosingAt != nil:
		return l.T("round.closes.after", "Until", moment(*round.ClosingAt), "Due", due), nil
	}
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return "", err
	}
	return l.T("round.closes.expected", "Due", due, "Grace", spanWords(l, string(procedure.Document.Review.ClosingGrace()))), nil
}

// answerOf returns what was answered; nil where nothing was, or where the answer is no words.
func (s *Server) answerOf(ctx context.Context, l *i18n.Localizer, a *asked) (*answerView, error) {
	var v *answerView
	var err error
	switch a.task.Kind {
	case models.TaskReview, models.TaskConsult:
		v, err = s.reviewAnswer(ctx, l, a)
	case models.TaskSignOff:
		v, err = s.signOffAnswer(ctx, l, a)
	case models.TaskReportProgress:
		v, err = s.progressAnswer(ctx, l, a)
	}
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, nil
	}
	if v != nil {
		v.Zone = a.zone
	}
	return v, err
}
