package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// suggestionsMost is how many people an expert who declines can suggest.
const suggestionsMost = 2

// suggestionField is a place of the form that declines in which somebody is suggested.
type suggestionField struct {
	Number              int
	Name, Email, Reason string // of the fields
}

func suggestionFields() []suggestionField {
	fields := make([]suggestionField, suggestionsMost)
	for i := range fields {
		fields[i] = suggestionField{i + 1, rowField("suggestions", i, "name"), rowField("suggestions", i, "email"), rowField("suggestions", i, "reason")}
	}
	return fields
}

// readSuggestions reads whom somebody suggests who declines. An empty place in between stays, so that errors name the right one.
func readSuggestions(r *http.Request) []models.SuggestionPayload {
	var list []models.SuggestionPayload
	last := 0
	for i, f := range suggestionFields() {
		list = append(list, models.SuggestionPayload{Name: words(r, f.Name), Email: words(r, f.Email), Reason: words(r, f.Reason)})
		if !list[i].Empty() {
			last = i + 1
		}
	}
	return list[:last]
}

// suggestedRow is somebody suggested, as those see them who decide whom to ask.
type suggestedRow struct {
	ID, Name, Email, Reason string
	Lang                    string  // of the reason
	Known                   string  // under which name the network knows them already
	Invite                  string  // where they are invited; "" where that cannot be
	Task                    string  // the question that was declined
	At                      int     // which of those suggested there they are
	New                     []Input // what is asked of somebody who is not in the network yet
	Find                    string  // where they are looked for otherwise
	Invited                 bool
	Asked                   bool   // in this round already
	DecisionID              string // of inviting them
	Choice                  string // the question that inviting them answers; "" where none is open
}

func newSuggestedRow(s models.ReviewerSuggestion, rec uuid.UUID, open bool) suggestedRow {
	row := suggestedRow{ID: s.ID.String(), Name: s.Name, Email: s.Email, Reason: s.Reason, Lang: s.WrittenIn, Known: s.Known, Invited: s.PersonID != nil, Asked: s.Asked,
		Task: s.TaskID.String(), DecisionID: NewDecisionID()}
	if row.Name == "" {
		row.Name = s.Email
	}
	switch {
	case !open || row.Invited || row.Asked:
	case s.Email != "":
		row.Invite = recommendationPath(rec) + "/round"
	default:
		row.Find = recommendationPath(rec) + "/reviewers"
	}
	return row
}

// askNew asks how somebody is called who is not in the network yet, and in which language they are written to: that of whoever suggested
// them is proposed, else the officer's.
func (row *suggestedRow) askNew(l *i18n.Localizer, f *Form, s models.ReviewerSuggestion) {
	if row.Invite == "" || row.Known != "" {
		return
	}
	language := s.ByLanguage
	if !slices.Contains(i18n.Tags(), language) {
		language = l.Tag()
	}
	var languages []Option
	for _, tag := range i18n.Tags() {
		languages = append(languages, Option{Value: tag, Label: i18n.NativeLanguage(tag), Lang: tag})
	}
	row.New = []Input{
		field(f, rowField("suggestions", row.At, "name"), l.T("suggestion.name"), "required", true, "max", 200, "value", s.Name),
		field(f, rowField("suggestions", row.At, "language"), l.T("suggestion.language"), "type", "select", "required", true, "options", languages, "value", language),
	}
}

// suggestedPerson reads what the form says of somebody new, and under which names it says it.
func suggestedPerson(r *http.Request) (who models.SuggestedPerson, name, language string) {
	at, err := strconv.Atoi(r.PostFormValue("at"))
	if err != nil || at < 0 {
		at = 0
	}
	name, language = rowField("suggestions", at, "name"), rowField("suggestions", at, "language")
	return models.SuggestedPerson{Name: words(r, name), Language: r.PostFormValue(language)}, name, language
}

// inviteSuggested invites somebody whom an expert suggested. Who is not in the network yet joins it, and is owed a notice of where their
// data came from, in the language they are written to.
func (s *Server) inviteSuggested(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	id, err := uuid.Parse(r.PostFormValue("suggestion"))
	if err != nil {
		return apperr.NotFound("suggestion")
	}
	ctx := r.Context()
	if err := a.rec.Possible(models.DecideInviteReviewer); err != nil {
		return s.roundAgain(w, r, a, err)
	}
	round, err := models.RoundByNumber(ctx, s.DB, a.rec.ID, a.rec.Round)
	if err != nil {
		return err
	}
	if round.ClosedAt != nil {
		return s.roundAgain(w, r, a, apperr.About(apperr.CodeClosed, "review_round"))
	}
	who, name, language := suggestedPerson(r)
	person, before, err := models.TakeSuggestion(ctx, s.DB, a.rec, id, who, a.visitor.Person, i18n.For(who.Language).T("suggestion.source"), s.Now())
	if err != nil {
		return s.roundAgain(w, r, a, blamed(blamed(err, "name", name), "language", language))
	}
	d := decision{process: a.rec.ID, kind: models.DecideInviteReviewer, payload: models.InviteReviewerPayload{PersonID: person}}
	if wanted := r.PostFormValue("choice"); wanted != "" {
		choice, err := s.taskFor(ctx, a.rec, wanted, true, []models.TaskKind{models.TaskChooseReviewer})
		if err != nil {
			return err
		}
		if choice != nil && (before || choice.State == models.TaskOpen) { // the same press sent twice is one
			d.task = &choice.ID
		}
	}
	done, err := s.checkAndDecide(w, r, d, r.URL.Path)
	if err != nil {
		return s.roundAgain(w, r, a, err)
	}
	if done {
		s.flash(r, "done", Localizer(r).T("suggestion.invited"))
		http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	}
	return nil
}

// choicesOpen are the open questions whom to ask in somebody's place, by the question that was declined.
func (s *Server) choicesOpen(ctx context.Context, rec uuid.UUID) (map[uuid.UUID]string, error) {
	open, err := models.Tasks(ctx, s.DB, models.TaskFilter{Recommendation: rec, OpenOnly: true, Kinds: []models.TaskKind{models.TaskChooseReviewer}})
	by := map[uuid.UUID]string{}
	for _, t := range open {
		if t.SubjectID != nil {
			by[*t.SubjectID] = t.ID.String()
		}
	}
	return by, err
}

// suggestedFor lists whom experts suggested in a round, by the question they declined.
func (s *Server) suggestedFor(ctx context.Context, l *i18n.Localizer, f *Form, rec *models.Recommendation, round int, open bool) (map[uuid.UUID][]suggestedRow, error) {
	all, err := models.Suggestions(ctx, s.DB, rec.ID, round)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	choices, err := s.choicesOpen(ctx, rec.ID)
	rows := map[uuid.UUID][]suggestedRow{}
	for task, list := range all {
		for i, one := range list {
			row := newSuggestedRow(one, rec.ID, open)
			row.Choice, row.At = choices[task], i
			row.askNew(l, f, one)
			rows[task] = append(rows[task], row)
		}
	}
	return rows, err
}

// roundAgain shows the desk of a round with what is wrong.
func (s *Server) roundAgain(w http.ResponseWriter, r *http.Request, a *officerAct, err error) error {
	if err := a.again(r, err); err != nil {
		return fmt.Errorf("at the desk of a round: %w", err)
	}
	return s.showRound(w, r, a)
}
