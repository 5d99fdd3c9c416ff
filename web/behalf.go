package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// behalfKinds are the questions whose answers may come by mail, on paper or in a meeting, with the decision each is.
var behalfKinds = map[models.TaskKind]models.DecisionKind{
	models.TaskReview:  models.DecideAnswerReview,
	models.TaskConsult: models.DecideAnswerConsultation,
	models.TaskSignOff: models.DecideAnswerSignOff,
}

// behalfView is the page on which an answer is recorded for somebody else.
type behalfView struct {
	actView
	Open      []behalfRow // whose answers are awaited, as far as they were found; empty when one was chosen
	Finder    *finder
	Who       string // whose answer it is: an expert's name, or an organisation's
	Lapsed    bool   // they did not answer in time
	Kind      string
	People    []Option // who spoke
	Choices   []Option
	Questions []questionField    // of the procedure, to an expert
	Hash      string             // of the text they answered about
	Number    int                // of that version
	Kept      *models.Attachment // the original, uploaded already; nil where there is none
	Endings   string             // of the files that can be chosen
	Reads     string             // where the text is had as a Word file, whose comments can be read; "" where none can
	Found     string             // what was read of one
	Said      []answeredComment  // by whoever is spoken for, read of their Word file
	Carried   []carriedField
	Lang      string // of the text
}

// KeptSize is how large the original is, in kilobytes.
func (v behalfView) KeptSize() int { return int((v.Kept.Size + 1023) / 1024) }

// HasChoice reports whether the answer is one of several.
func (v behalfView) HasChoice() bool { return len(v.Choices) > 0 }

// behalfRow is a question whose answer can be written down.
type behalfRow struct {
	Task, Who, Kind string
	Lapsed          bool // nobody answered in time
}

// lapsedLast puts after the questions that are open those that lapsed.
func lapsedLast(lapsed bool) int {
	if lapsed {
		return 1
	}
	return 0
}

// Find is what it is found by.
func (b behalfRow) Find() string { return models.Folded(b.Who) }

func (s *Server) onBehalfPage(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginBehalf(r)
	if err != nil {
		return err
	}
	if a.task != nil {
		if kept, err := s.keepsWords(w, r, a, "on-behalf"); kept || err != nil {
			return err
		}
	}
	return s.showBehalf(w, r, a)
}

func (s *Server) beginBehalf(r *http.Request) (*officerAct, error) {
	a, err := s.beginAct(r, access.RecordOnBehalf, false)
	if err != nil {
		return nil, err
	}
	wanted := r.FormValue("task")
	if wanted == "" {
		return a, nil
	}
	kinds := []models.TaskKind{models.TaskReview, models.TaskConsult, models.TaskSignOff}
	if a.task, err = s.taskFor(r.Context(), a.rec, wanted, true, kinds); err == nil && a.task == nil {
		err = apperr.About(apperr.CodeClosed, "task")
	}
	if err == nil && r.Method != http.MethodPost {
		err = s.recordable(r.Context(), a)
	}
	if err != nil {
		return a, err
	}
	return a, s.can(r.Context(), a.visitor, access.RecordOnBehalf, a.rec, a.task)
}

// recordable returns why no answer to the question can be written down for somebody, or nil if one can: while it is open, or where it
// lapsed and the round takes answers still.
func (s *Server) recordable(ctx context.Context, a *officerAct) error {
	if a.task.State == models.TaskOpen {
		return nil
	}
	if lapsed, err := s.takesLapsed(ctx, a.rec, a.task); err != nil || lapsed {
		return err
	}
	return apperr.About(apperr.CodeClosed, "task")
}

// takesLapsed reports whether an answer to a question that nobody answered in time can still be written down.
func (s *Server) takesLapsed(ctx context.Context, rec *models.Recommendation, t *models.Task) (bool, error) {
	kind := behalfKinds[t.Kind]
	if !kind.AnswersLapsed(t) || rec.Possible(kind) != nil {
		return false, nil
	}
	round, err := models.RoundByNumber(ctx, s.DB, rec.ID, t.Round)
	return err == nil && t.RefusesRecorded(kind, rec, round, s.Now()) == nil, err
}

func (s *Server) takeOnBehalf(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := s.ownRecommendation(r, access.RecordOnBehalf); err != nil {
		return err // nobody else's file is read
	}
	file, err := readUpload(r, models.MaxAttachment)
	if err != nil {
		return err
	}
	a, err := s.beginBehalf(r)
	if err != nil {
		return err
	}
	if a.task == nil {
		return apperr.NotFound("task")
	}
	if kept, err := s.keepsWords(w, r, a, "on-behalf"); kept || err != nil {
		return err
	}
	if read, err := s.readsOriginal(w, r, a, file); read || err != nil {
		return err
	}
	done := false
	if err = s.keepOriginal(r, a, file); err == nil {
		err = s.checkSpeaker(r, a)
	}
	if err == nil {
		done, err = s.recordBehalf(w, r, a)
	}
	if done {
		return nil
	}
	if err := a.again(r, blameFile(r, err)); err != nil {
		return err
	}
	questions, err := s.questionsOf(r.Context(), a.rec)
	if err != nil {
		return err
	}
	blameAnswers(a.form.Form, questions, Localizer(r))
	for i, e := range a.form.Form.Errors { // called what the form calls it
		if e.Name == "reasons" || e.Name == "reason" {
			a.form.Form.Errors[i].Label = Localizer(r).T("officer.behalf.reasons")
		}
	}
	return s.showBehalf(w, r, a)
}

// recordBehalf takes what the form says as the words of the person spoken for. A letter answers the questions that it answers.
func (s *Server) recordBehalf(w http.ResponseWriter, r *http.Request, a *officerAct) (bool, error) {
	comments, err := s.behalfComments(r, a.task)
	if err != nil {
		return false, err
	}
	kind, payload := behalfDecision(r, a.task.Kind, comments)
	if p, is := payload.(models.ReviewPayload); is {
		questions, err := s.questionsOf(r.Context(), a.rec)
		if err != nil {
			return false, err
		}
		p.Answers = readAnswers(r.PostForm, questions)
		if err := models.CheckAnswers(questions, p.Answers, false); err != nil {
			return false, err
		}
		p.Answers = givenAnswers(p.Answers)
		payload = p
	}
	return s.take(w, r, a, kind, payload, Localizer(r).T("officer.behalf.done"))
}

// checkSpeaker makes sure that somebody is named: without it the answer would be the officer's own.
func (s *Server) checkSpeaker(r *http.Request, a *officerAct) error {
	people, err := s.speakers(r.Context(), a.task)
	if err != nil {
		return err
	}
	bad := models.CheckBehalfNote(words(r, "behalf_note"))
	who := r.PostFormValue("on_behalf_of")
	if !slices.ContainsFunc(people, func(p models.Person) bool { return p.ID.String() == who }) {
		bad.And("on_behalf_of", "required")
	}
	return bad.OrNil()
}

// behalfDeclines is the choice of an expert who will not review.
const behalfDeclines = "decline"

// behalfDecision is what the form says in the words of the person spoken for.
func behalfDecision(r *http.Request, kind models.TaskKind, comments []models.CommentPayload) (models.DecisionKind, any) {
	if kind == models.TaskReview && r.PostFormValue("answer") == behalfDeclines {
		return models.DecideDeclineTask, models.DeclinePayload{Reason: words(r, "reasons"), Written: writtenIn(r)}
	}
	return behalfKinds[kind], behalfPayload(r, kind, comments)
}

func behalfPayload(r *http.Request, kind models.TaskKind, comments []models.CommentPayload) any {
	hash, answer, reasons := r.PostFormValue("version_hash"), r.PostFormValue("answer"), words(r, "reasons")
	switch kind {
	case models.TaskReview:
		return models.ReviewPayload{VersionHash: hash, Answer: answer, Reasons: reasons, Comments: comments, Written: writtenIn(r)}
	case models.TaskConsult:
		return models.ConsultationPayload{VersionHash: hash, Reasons: reasons, Comments: comments, Written: writtenIn(r)}
	default:
		return models.SignOffPayload{VersionHash: hash, Answer: answer, Reason: words(r, "reason"), Written: writtenIn(r)}
	}
}

// behalfComments are the comments that were read of the original and are in the form.
func (s *Server) behalfComments(r *http.Request, t *models.Task) ([]models.CommentPayload, error) {
	if t.Kind == models.TaskSignOff {
		return nil, nil
	}
	version, err := models.VersionByID(r.Context(), s.DB, *t.VersionID)
	if err != nil {
		return nil, err
	}
	comments, _ := readComments(r.PostForm, version.Body)
	return comments, nil
}

// speakers are the people whose words may answer a task: the person asked, or who speaks for the organisations that
// answer it.
func (s *Server) speakers(ctx context.Context, t *models.Task) ([]models.Person, error) {
	if t.PersonID != nil {
		p, err := models.PersonByID(ctx, s.DB, *t.PersonID)
		return []models.Person{p}, err
	}
	organisations, err := t.Answering(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return models.Representatives(ctx, s.DB, organisations)
}

func (s *Server) showBehalf(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	l, ctx := Localizer(r), r.Context()
	v := behalfView{actView: s.newActView(r, a, l.T("officer.behalf.title")), Found: a.found}
	var err error
	if a.task == nil {
		v.Open, err = s.openQuestions(ctx, l, a)
		v.Finder = newFinder(NewForm(r.URL.Query()), "open", l.T("officer.behalf.choose"), "open")
		v.Open = slices.DeleteFunc(v.Open, func(b behalfRow) bool { return !v.Finder.Finds(false, b.Who) })
	} else {
		err = s.fillBehalf(ctx, l, a.task, &v)
	}
	if err == nil {
		v.Endings = fileEndings()
		v.Kept, err = s.keptOriginal(ctx, a)
	}
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, a.form.status, "behalf", v)
	return nil
}

func (s *Server) openQuestions(ctx context.Context, l *i18n.Localizer, a *officerAct) ([]behalfRow, error) {
	asked, err := models.Tasks(ctx, s.DB, models.TaskFilter{Recommendation: a.rec.ID,
		Kinds: []models.TaskKind{models.TaskReview, models.TaskConsult, models.TaskSignOff}})
	if err != nil {
		return nil, err
	}
	var rows []behalfRow
	for _, t := range asked {
		if t.State != models.TaskOpen {
			if lapsed, err := s.takesLapsed(ctx, a.rec, &t); err != nil {
				return nil, err
			} else if !lapsed {
				continue
			}
		}
		if may, err := s.may(ctx, a.visitor, access.RecordOnBehalf, a.rec, &t); err != nil || !may {
			if err != nil {
				return nil, err
			}
			continue // an anonymised round
		}
		who, err := s.askedName(ctx, l, &t)
		if err != nil {
			return nil, err
		}
		rows = append(rows, behalfRow{Task: t.ID.String(), Who: who, Kind: string(t.Kind), Lapsed: t.State == models.TaskExpired})
	}
	slices.SortStableFunc(rows, func(a, b behalfRow) int { return lapsedLast(a.Lapsed) - lapsedLast(b.Lapsed) })
	return rows, nil
}

// askedName is whom a task waits for, by name: for those who may know.
func (s *Server) askedName(ctx context.Context, l *i18n.Localizer, t *models.Task) (string, error) {
	if t.PersonID != nil {
		p, err := models.PersonByID(ctx, s.DB, *t.PersonID)
		return p.Name, err
	}
	units, err := models.AskedUnits(ctx, s.DB, t.RecommendationID)
	return l.ForUnit(units[t.ID].Name, units[t.ID].Concerned...), err
}

func (s *Server) fillBehalf(ctx context.Context, l *i18n.Localizer, t *models.Task, v *behalfView) error {
	who, err := s.askedName(ctx, l, t)
	if err != nil {
		return err
	}
	v.Who, v.Kind, v.Lapsed = who, string(t.Kind), t.State == models.TaskExpired
	version, err := models.VersionByID(ctx, s.DB, *t.VersionID)
	if err != nil {
		return err
	}
	v.Hash, v.Number, v.Lang = version.Hash, version.Number, v.Rec.Language
	if v.Said, v.Carried = marginOf(v.Form.Values, version.Body); t.Kind != models.TaskSignOff && s.Word.ReadsWord() {
		v.Reads = fmt.Sprintf("%s/versions/%d/docx", recommendationPath(t.RecommendationID), version.Number)
	}
	people, err := s.speakers(ctx, t)
	if err != nil {
		return err
	}
	seen := map[uuid.UUID]bool{}
	for _, p := range people {
		if !seen[p.ID] {
			v.People = append(v.People, Option{Value: p.ID.String(), Label: p.Name})
		}
		seen[p.ID] = true
	}
	if len(v.People) == 1 && !v.Form.Values.Has("on_behalf_of") { // nobody else can have said it
		v.Form.Values.Set("on_behalf_of", v.People[0].Value)
	}
	switch t.Kind {
	case models.TaskReview:
		questions, err := s.questionsOf(ctx, v.Rec)
		if err != nil {
			return err
		}
		v.Questions = questionFields(l, questions, v.Form)
		for i := range v.Questions {
			v.Questions[i].Required, v.Questions[i].Theirs = false, true
		}
		answers := []string{models.AnswerSupport, models.AnswerSupportWithChanges, models.AnswerDoNotSupport}
		if !v.Lapsed { // who is not asked any more has nothing to decline
			answers = append(answers, behalfDeclines)
		}
		v.Choices = choices(l, "recommendation.answer.", answers...)
	case models.TaskSignOff:
		v.Choices = choices(l, "signoff.said.", signOffAnswers...)
	}
	return nil
}
