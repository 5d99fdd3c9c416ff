package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// signOffView is the page of an organisation that is asked to sign off: the exact text, what the rule needs, what the
// others answered, and its own answer. The text can be read in every language into which it was translated.
type signOffView struct {
	Page
	formState
	readText
	Card        askedCard
	Action      string
	VersionHash string   // of the original: that is what is signed
	Rule        string   // in words
	Needed      []string // what has come and what is still needed, in words
	Others      []coSigner
	Answers     []Option
	Before      string // what was chosen before, and that it is to be chosen again; "" for nothing
	Changing    bool
	TakeBack    string     // where what the reader's organisation answered is taken back; "" where a sister answered
	TakenBack   *time.Time // when it was; nil: it was not
	Given       string     // whose answer stands, if it is not the reader's own
	Kept        string
	keeping
}

// signOffAnswers are what an organisation can say, in the order in which it is offered.
var signOffAnswers = []string{models.SignOffApprove, models.SignOffApproveWithCondition, models.SignOffAbstain,
	models.SignOffOutsideMandate, models.SignOffDoNotCosign}

// coSigner is an organisation that is asked, with its answer.
type coSigner struct {
	Name        string
	State       Badge
	Reason      string
	Lang        string    // of the reason; "" where nobody said
	Conditional bool      // approved, and the reason is the condition
	At          time.Time // zero: no answer yet
	Zone        *time.Location
}

func (s *Server) showSignOff(w http.ResponseWriter, r *http.Request, a *asked) error {
	values := url.Values{}
	given, err := s.signOffOf(r.Context(), a)
	switch {
	case err == nil:
		values.Set("answer", given.Answer)
		values.Set("reason", given.Reason)
		values.Set("written_in", given.WrittenIn)
	case apperr.CodeOf(err) != apperr.CodeNotFound:
		return err
	default:
		if err := s.signOffWordsBack(r.Context(), a, values); err != nil {
			return err
		}
	}
	kept, state, err := s.keptIn(r, a.keptForm(), a.path()+"/sign-off", values)
	if err != nil {
		return err
	}
	if kept != nil {
		values = kept
	}
	unchoose(values)
	return s.renderSignOff(w, r, a, newFormState(values), state)
}

// signOffWordsBack fills in what the visitor answered and took back, to be changed and sent once more.
func (s *Server) signOffWordsBack(ctx context.Context, a *asked, values url.Values) error {
	p, err := models.SignOffTakenBack(ctx, s.DB, a.task, a.visitor.Person)
	if err != nil || p == nil {
		return err
	}
	values.Set("answer", p.Answer)
	values.Set("reason", p.Reason)
	values.Set("written_in", p.WrittenIn)
	return nil
}

func (s *Server) renderSignOff(w http.ResponseWriter, r *http.Request, a *asked, f formState, state keeping) error {
	v, err := s.signOffPage(r, a, f)
	if err != nil {
		return err
	}
	v.keeping = state
	s.Engine.Render(w, r, f.status, "signoff", v)
	return nil
}

func (s *Server) signOffPage(r *http.Request, a *asked, f formState) (signOffView, error) {
	ctx, l := r.Context(), Localizer(r)
	v := signOffView{formState: f, Action: a.path() + "/sign-off", VersionHash: a.version.Hash,
		Changing: a.task.State == models.TaskDone, Kept: a.task.ID.String()}
	v.Answers = choices(l, "signoff.answer.", signOffAnswers...)
	if before := labelOf(v.Answers, f.Form.Value(chosenBefore)); before != "" {
		v.Before = l.T("review.chosen_before", "Answer", before)
	}
	var err error
	if v.Card, err = s.card(ctx, l, a); err != nil {
		return v, err
	}
	if v.readText, err = s.textToRead(r, a); err != nil {
		return v, err
	}
	v.Page = askedPage(r, l.T("asked.title.sign_off", "Title", v.Document))
	if v.Changing {
		if err := s.fillGiven(ctx, l, a, &v); err != nil {
			return v, err
		}
	} else if a.task.WaitsAgain() {
		v.TakenBack = a.task.TakenBackAt
	}
	return v, s.fillTally(ctx, l, a, &v)
}

// fillGiven says whose answer stands for those who share a vote, and leads to where it is taken back by who may.
func (s *Server) fillGiven(ctx context.Context, l *i18n.Localizer, a *asked, v *signOffView) error {
	so, err := s.signOffOf(ctx, a)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if so.TakenBackBy(a.visitor.viewer().Actor()) {
		v.TakeBack = a.takeBackPath()
	}
	if so.PersonID == a.visitor.Person.ID {
		return nil
	}
	v.Given = l.T("signoff.given", "Organisation", l.ForUnit(a.facts.Organisation, so.Speaker), "When", l.DateTime(so.AnsweredAt, a.zone),
		"Answer", l.T("signoff.said."+so.Answer))
	return nil
}

func (s *Server) fillTally(ctx context.Context, l *i18n.Localizer, a *asked, v *signOffView) error {
	procedure, err := models.ProcedureByID(ctx, s.DB, a.rec.ProcedureID)
	if err != nil {
		return err
	}
	tasks, err := models.SignOffTasks(ctx, s.DB, a.version.ID)
	if err != nil {
		return err
	}
	answers, err := models.SignOffs(ctx, s.DB, a.version.ID)
	if err != nil {
		return err
	}
	rules := procedure.Document.SignOff
	v.Rule = signOffRule(l, rules)
	v.Needed = tallyWords(l, rules.Tally(tasks, answers))
	v.Others, err = s.coSigners(ctx, l, a, tasks, answers)
	return err
}

// coSigners lists the other organisations asked, in the order in which they were.
func (s *Server) coSigners(ctx context.Context, l *i18n.Localizer, a *asked, tasks []models.Task, answers []models.SignOff) ([]coSigner, error) {
	given := map[uuid.UUID]models.SignOff{}
	for _, so := range answers {
		given[so.TaskID] = so
	}
	units, err := models.AskedUnits(ctx, s.DB, a.rec.ID)
	if err != nil {
		return nil, err
	}
	var list []coSigner
	for _, t := range tasks {
		if t.ID == a.task.ID || t.OrganisationID == nil {
			continue
		}
		unit := units[t.ID]
		c := coSigner{Name: l.ForUnit(unit.Name, unit.Concerned...), Zone: a.zone, State: Badge{Tone: "plain", Icon: "clock", Text: l.T("signoff.awaited")}}
		if t.WaitsAgain() {
			c.State = Badge{Tone: "wait", Icon: "arrow-back-up", Text: l.T("signoff.taken_back")}
		}
		if so, ok := given[t.ID]; ok {
			c.State, c.Reason, c.Lang, c.At = signOffBadge(l, so.Answer), so.Reason, so.WrittenIn, so.AnsweredAt
			c.Name = l.ForUnit(unit.Name, so.Speaker)
			c.Conditional = so.Answer == models.SignOffApproveWithCondition
		}
		list = append(list, c)
	}
	return list, nil
}

func signOffBadge(l *i18n.Localizer, answer string) Badge {
	b := Badge{Tone: "plain", Icon: "minus", Text: l.T("signoff.said." + answer)}
	switch answer {
	case models.SignOffApprove:
		b.Tone, b.Icon = "done", "check"
	case models.SignOffApproveWithCondition:
		b.Tone, b.Icon = "wait", "check"
	case models.SignOffDoNotCosign:
		b.Tone, b.Icon = "harm", "x"
	}
	return b
}

// answerSignOff takes an organisation's answer.
func (s *Server) answerSignOff(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.SignOff, models.TaskSignOff)
	if slowedDown(a, err) {
		return showSlowed(w, r, err, func(f formState) error { return s.renderSignOff(w, r, a, f, keeping{Keeps: true}) })
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
	p := models.SignOffPayload{VersionHash: r.PostFormValue("version_hash"), Answer: r.PostFormValue("answer"), Reason: words(r, "reason"),
		Written: writtenIn(r)}
	done, err := s.checkAndDecide(w, r, decision{a.task.ProcessID, models.DecideAnswerSignOff, &a.task.ID, p}, a.path()+"/thanks")
	l := Localizer(r)
	if err != nil && f.showAgain(err, l) {
		if p.Answer == "" {
			f.Form.onlyChoose("answer", "reason", l.T("asked.choose"))
		}
		return s.renderSignOff(w, r, a, f, keeping{Keeps: true})
	}
	if err != nil || !done {
		return err
	}
	return s.thank(w, r, a)
}

// signOffOf returns what the organisation answered.
func (s *Server) signOffOf(ctx context.Context, a *asked) (models.SignOff, error) {
	answers, err := models.SignOffs(ctx, s.DB, a.version.ID)
	if err != nil {
		return models.SignOff{}, err
	}
	for _, so := range answers {
		if so.TaskID == a.task.ID {
			return so, nil
		}
	}
	return models.SignOff{}, apperr.NotFound("answer")
}

func (s *Server) signOffAnswer(ctx context.Context, l *i18n.Localizer, a *asked) (*answerView, error) {
	so, err := s.signOffOf(ctx, a)
	if err != nil {
		return nil, err
	}
	return &answerView{Answer: l.T("signoff.answer." + so.Answer), Reasons: so.Reason, Lang: so.WrittenIn, At: so.AnsweredAt}, nil
}
