package web

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"tribuna/models"
)

// summaryView shows an expert, or a partner who is consulted, what will be sent, before it is. Its form holds what was typed; one button
// sends it, the other leads back to change it.
type summaryView struct {
	Page
	Consultation bool
	DecisionID   string
	Action       string
	Document     string
	TextLang     string // of the text
	Hidden       []Option
	Answer       string // "" in a consultation
	Reasons      string
	Unasked      bool   // they support the text as it stands, and give reasons nobody asked for: perhaps those of an answer before
	Lang         string // of what was written; "" where nobody said
	Said         []saidTo
	Comments     []answeredComment
	Note         string
	Naming       string   // how they will be named, or in whose name it is sent, in a sentence
	Conflict     string   // what they declared; "" where they did not say
	Asks         []Option // kinds of conflict to choose from, where nothing was said yet; nobody has to
	Sure         string   // the box that is ticked to send it
	Form         *Form
	Changing     bool
	Due          time.Time
	Zone         *time.Location
	Here         bool // the deadline is told by their own clock
}

// newSummary carries on what is about to be sent: it is sent as it was looked at.
func newSummary(r *http.Request, a *asked, f formState) summaryView {
	l := Localizer(r)
	return summaryView{Page: askedPage(r, l.T("summary.title")), DecisionID: f.DecisionID, Action: a.answerPath(), Document: a.version.Title, Form: f.Form,
		TextLang: a.rec.Language, Hidden: hiddenFields(r.PostForm), Sure: sureBox(l, a), Changing: a.task.State == models.TaskDone, Due: a.facts.DueAt, Zone: a.zone, Here: a.here()}
}

// showSummary shows the review that is about to be sent.
//
//i18n:keys summary.named.* conflict.kind.*
func (s *Server) showSummary(w http.ResponseWriter, r *http.Request, a *asked, f formState, p models.ReviewPayload) error {
	v, l := newSummary(r, a, f), Localizer(r)
	questions, err := s.questionsOf(r.Context(), a.rec)
	if err != nil {
		return err
	}
	conflict, err := models.ConflictOf(r.Context(), s.DB, a.task.ID)
	if err != nil {
		return err
	}
	v.Answer, v.Reasons, v.Lang, v.Note = l.T("review.answer."+p.Answer), p.Reasons, p.WrittenIn, p.ConfidentialNote
	v.Unasked = p.Answer == models.AnswerSupport && p.Reasons != ""
	v.Said, v.Comments = yours(saidOfQuestions(l, questions, &models.Review{Answers: p.Said(questions)}, true)), commentsToSend(p.Comments)
	v.Naming = l.T("summary.named."+namingOf(p), "Name", a.visitor.Person.Name)
	if a.facts.Anonymity != models.AnonymityOpen { // nobody chooses how they are named in it
		v.Naming = l.T("anonymity.means." + a.facts.Anonymity)
	}
	if conflict == nil {
		v.Asks = choices(l, "conflict.kind.", models.ConflictKinds()...)
	} else {
		v.Conflict = l.T("conflict.kind." + conflict.Kind)
	}
	s.Engine.Render(w, r, f.status, "review_summary", v)
	return nil
}

// showConsultationSummary shows the comments that are about to be sent in an organisation's name.
func (s *Server) showConsultationSummary(w http.ResponseWriter, r *http.Request, a *asked, f formState, p models.ConsultationPayload) error {
	v, l := newSummary(r, a, f), Localizer(r)
	v.Consultation, v.Reasons, v.Lang, v.Comments = true, p.Reasons, p.WrittenIn, commentsToSend(p.Comments)
	v.Naming = l.T("summary.organisation", "Organisation", a.organisation(l), "Name", a.visitor.Person.Name)
	s.Engine.Render(w, r, f.status, "review_summary", v)
	return nil
}

func namingOf(p models.ReviewPayload) string {
	if p.Naming == "" {
		return models.NamingNone
	}
	return p.Naming
}

// askedInSummary are the fields that the page asks for itself, and those of one sending.
var askedInSummary = []string{"do", "decision_id", prefilled, "sure", "conflict", "conflict_words"}

// hiddenFields are the fields of a form that a page carries along, but those that belong to one sending.
func hiddenFields(values map[string][]string) []Option {
	var fields []Option
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.Contains(askedInSummary, name) {
			continue
		}
		for _, value := range values[name] {
			fields = append(fields, Option{Label: name, Value: value})
		}
	}
	return fields
}

func commentsToSend(comments []models.CommentPayload) []answeredComment {
	list := make([]answeredComment, 0, len(comments))
	for _, c := range comments {
		kind := c.Kind
		if kind == "" {
			kind = models.CommentRemark
		}
		list = append(list, answeredComment{Number: c.Block + 1, Kind: kind, Quote: c.Quote, Replacement: c.Replacement, Body: c.Body})
	}
	return list
}
