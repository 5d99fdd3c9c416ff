package web

import (
	"html/template"
	"net/http"

	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// outcomeRoutes register the page on which somebody reads what became of their comments.
func (s *Server) outcomeRoutes(r *mux.Router) {
	s.get(r, "/tasks/{id}/outcome", s.showOutcome)
}

// outcomeView is what became of somebody's comments.
type outcomeView struct {
	Page
	Document, Lang string
	Asked          string // who had asked, as far as the reader may know
	Organisation   string // in whose name they commented; "" for their own
	Comments       []outcomeRow
	Counts         []outcomeCount
	Certificate    string
}

// outcomeCount is how many comments became of what.
type outcomeCount struct {
	Badge Badge
	Count int
}

// outcomeRow is a comment of the reader's with what was answered to it.
type outcomeRow struct {
	Number      int // of the paragraph; 0 for the whole text
	Kind        string
	Quote       string
	Suggests    bool
	Replacement string
	Text        template.HTML
	Lang        string
	Badge       Badge
	Reason      template.HTML
	ReasonLang  string
	WrittenIn   string // the language of the reason, in a few words, where it is not the reader's
}

// showOutcome shows somebody what became of their own comments. It looks at nobody else's, and names neither owner nor officer to who
// must not learn them.
func (s *Server) showOutcome(w http.ResponseWriter, r *http.Request) error {
	a, err := s.loadAsked(r)
	if err != nil {
		return err
	}
	ctx, l := r.Context(), Localizer(r)
	if a.task.Kind != models.TaskReview && a.task.Kind != models.TaskConsult {
		return apperr.NotFound("task")
	}
	if err := s.can(ctx, a.visitor, access.ReadAnswer, a.rec, a.task); err != nil {
		return err
	}
	said, err := models.OutcomeOf(ctx, s.DB, a.task, a.visitor.Person.ID)
	if err != nil {
		return err
	}
	neverKept(w)
	v := outcomeView{Page: askedPage(r, l.T("outcome.title")), Document: a.facts.Title, Lang: a.facts.TitleLanguage, Organisation: a.organisation(l),
		Asked: l.T(a.sighted("mail.officer_of"), "Officer", a.facts.Officer, "Owner", a.facts.Owner), Certificate: s.certificateHref(a)}
	if a.task.Kind == models.TaskConsult {
		v.Certificate = ""
	}
	if v.Comments, v.Counts, err = outcomeRows(l, said); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "outcome", v)
	return nil
}

// outcomeRows are somebody's comments with what was answered, and how many came to what.
func outcomeRows(l *i18n.Localizer, said []models.Remark) (rows []outcomeRow, counted []outcomeCount, err error) {
	counts := map[string]int{}
	for _, m := range said {
		row, err := newOutcomeRow(l, m)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, row)
		counts[m.Response().Outcome]++
	}
	for _, o := range models.ResponseOutcomes() {
		if counts[o] > 0 {
			counted = append(counted, outcomeCount{outcomeBadge(l, &o), counts[o]})
		}
	}
	return rows, counted, nil
}

func newOutcomeRow(l *i18n.Localizer, m models.Remark) (outcomeRow, error) {
	a, id := m.Response(), m.ID.String()[24:]
	row := outcomeRow{Number: m.Block + 1, Kind: l.T("responses.kind." + string(m.Kind)), Quote: m.Quote, Suggests: m.Kind.Suggests(m.Replacement),
		Replacement: m.Replacement, Lang: m.WrittenIn, ReasonLang: a.WrittenIn, Badge: outcomeBadge(l, &a.Outcome)}
	var err error
	if row.Text, err = renderWords(m.Body, "o-"+id); err != nil {
		return row, err
	}
	if a.Reason != "" {
		row.WrittenIn = l.WrittenIn(a.WrittenIn)
	}
	row.Reason, err = renderWords(a.Reason, "r-"+id)
	return row, err
}
