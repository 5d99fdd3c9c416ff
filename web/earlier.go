package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// earlierRoutes register what somebody reads who is asked about a text that was sent round before: what changed in it since, and what they
// said of it themselves.
func (s *Server) earlierRoutes(r *mux.Router) {
	s.get(r, "/tasks/{id}/changes", s.showChanges)
	s.get(r, "/tasks/{id}/earlier", s.showEarlier)
}

func (a *asked) changesPath() string { return a.path() + "/changes" }

// earlierPath is where somebody reads what they answered in rounds before; "" where they answered nothing.
func (a *asked) earlierPath() string {
	if !a.facts.AnsweredBefore {
		return ""
	}
	return a.path() + "/earlier"
}

// changed says what changed in the text; "" where nobody said.
func (a *asked) changed(l *i18n.Localizer) string {
	return l.Changed(a.facts.Changed, a.facts.PutIn, a.facts.BackTo)
}

// askedAgain is the question about a text that was sent round before, for who answers it and still has the text by it.
func (s *Server) askedAgain(r *http.Request) (*asked, error) {
	a, err := s.askedForText(r)
	if err == nil && !a.facts.Again() {
		err = apperr.NotFound("review_round")
	}
	return a, err
}

// changesView is the text of the round before against the one asked about now.
type changesView struct {
	Page
	Rec      *models.Recommendation
	Document string
	Back     string
	Earlier  string // what the reader answered before; "" for nothing
	Said     string // what its author says changed; "" for nothing
	From, To int    // versions
	Changes  comparedText
}

// showChanges compares the text of the round before with the one asked about, for everybody asked now: whether they were asked then as well
// or not.
func (s *Server) showChanges(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedAgain(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	before, err := models.VersionBefore(r.Context(), s.DB, a.task)
	if err != nil {
		return err
	}
	v := changesView{Page: askedPage(r, l.T("earlier.changes", "Round", l.Number(a.task.Round-1))), Rec: a.rec, Document: a.version.Title,
		Back: a.continuePath(), Earlier: a.earlierPath(), Said: a.changed(l), From: before.Number, To: a.version.Number}
	if v.Changes, err = s.compareTexts(r.Context(), l, before, a.version); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "changes", v)
	return nil
}

// earlierView is what somebody answered in rounds before.
type earlierView struct {
	Page
	Document, Lang string
	Back, Changes  string
	Rounds         []earlierRound
}

// earlierRound is what somebody answered in one of them, and what became of it.
type earlierRound struct {
	Title    string
	Lang     string // of the text
	Answer   *answerView
	Told     bool         // they were told what became of their comments
	Waits    bool         // they commented, and were not told yet
	Comments []outcomeRow // to which something was answered
	Counts   []outcomeCount
}

// showEarlier shows somebody their own answers of rounds before, as the links of those showed them: which are theirs is for the database
// to say.
func (s *Server) showEarlier(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedAgain(r)
	if err != nil {
		return err
	}
	ctx, l := r.Context(), Localizer(r)
	tasks, err := models.EarlierAnswers(ctx, s.DB, a.task.ID, a.visitor.Person.ID)
	if err == nil && len(tasks) == 0 {
		err = apperr.NotFound("review")
	}
	if err != nil {
		return err
	}
	v := earlierView{Page: askedPage(r, l.T("earlier.title")), Document: a.version.Title, Lang: a.rec.Language, Back: a.continuePath(), Changes: a.changesPath()}
	for i := range tasks {
		round, err := s.earlierRound(ctx, l, &asked{visitor: a.visitor, task: &tasks[i], rec: a.rec})
		if err != nil {
			return err
		}
		v.Rounds = append(v.Rounds, round)
	}
	s.Engine.Render(w, r, http.StatusOK, "earlier", v)
	return nil
}

func (s *Server) earlierRound(ctx context.Context, l *i18n.Localizer, a *asked) (earlierRound, error) {
	v := earlierRound{Title: l.T("agreement.other_round", "Number", l.Number(a.task.Round)), Lang: a.rec.Language}
	if err := s.fillAsked(ctx, a); err != nil {
		return v, err
	}
	var err error
	if v.Answer, err = s.answerOf(ctx, l, a); err != nil {
		return v, err
	}
	said, err := models.OutcomeOf(ctx, s.DB, a.task, a.visitor.Person.ID)
	if err != nil && apperr.CodeOf(err) != apperr.CodeNotFound {
		return v, err
	}
	v.Told = err == nil
	if v.Comments, v.Counts, err = outcomeRows(l, said); err != nil {
		return v, err
	}
	v.Waits = !v.Told && v.Answer != nil && (v.Answer.Reasons != "" || len(v.Answer.Comments) > 0)
	v.place(said, markdown.Blocks(a.version.Body))
	return v, nil
}

// place says of every comment what it is about, for the text reads otherwise now; one to which something was answered stands with that
// alone.
func (v *earlierRound) place(said []models.Remark, text []markdown.Block) {
	about := func(number int, quote string) string {
		if quote != "" || number < 1 || number > len(text) {
			return quote
		}
		return beginning(text[number-1].Text)
	}
	for i := range v.Comments {
		v.Comments[i].Quote = about(v.Comments[i].Number, v.Comments[i].Quote)
	}
	if v.Answer == nil {
		return
	}
	answered := func(id uuid.UUID) bool {
		return slices.ContainsFunc(said, func(m models.Remark) bool { return m.ID == id })
	}
	v.Answer.Comments = slices.DeleteFunc(v.Answer.Comments, func(c answeredComment) bool { return answered(c.ID) })
	for i := range v.Answer.Comments {
		v.Answer.Comments[i].Quote = about(v.Answer.Comments[i].Number, v.Answer.Comments[i].Quote)
	}
}
