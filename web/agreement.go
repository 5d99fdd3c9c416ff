package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/inquiry"
	"tribuna/models"
)

// agreementRoutes register the page that compares what was answered in a round.
func (s *Server) agreementRoutes(r *mux.Router) {
	s.get(r, "/recommendations/{id}/agreement", s.showAgreement)
}

// agreementPath is where the answers of a round are compared.
func agreementPath(rec uuid.UUID, round int) string {
	return recommendationPath(rec) + "/agreement?round=" + strconv.Itoa(round)
}

// agreementView shows at a glance on what those who reviewed agree, disagreements first.
type agreementView struct {
	Page
	Back       crumb
	Document   string
	Lang       string
	Round      int
	Version    int
	Rounds     []crumb // the other rounds
	Reviews    int     // answers that are compared
	Apart      []agreementPerson
	Unnamed    int               // answers that stand apart likewise, of which nobody may know whose they are
	Conflicts  []agreementPerson // who answered with a conflict of interest shown
	Rows       []agreementRow
	Confidence bool                // what was said in confidence is shown
	Originals  []agreementOriginal // of answers that came another way
	Notes      []agreementWords    // to the officer in charge alone
	Partners   []agreementWords    // what the partners consulted said
	Consulted  *consultationView   // nil: no partner was consulted
	Zone       *time.Location
}

// agreementPerson is somebody, and why they stand apart.
type agreementPerson struct{ Who, Why string }

// agreementOriginal is the file of an answer that was recorded for somebody.
type agreementOriginal struct {
	Who, Recorded string
	File          *original
}

// agreementRow is a question with how it was answered.
type agreementRow struct {
	Question     i18n.Words
	Help         string
	Level        Badge
	Sum          string // who agrees, in a sentence
	Counts       []agreementCount
	Words        []agreementWords
	Open         int
	Confidential bool
}

// agreementCount is one of the answers offered: how many gave it, drawn and written, and who.
type agreementCount struct {
	Answer i18n.Words
	Count  int
	Dots   string // one for each who gave it, empty ones for those with a conflict of interest
	Who    []string
	Median string // that it is the middle answer, or one of two; "" where it is neither
}

// agreementWords is what somebody said in words.
type agreementWords struct {
	Who, Body, Lang, Note string
}

func (s *Server) showAgreement(w http.ResponseWriter, r *http.Request) error {
	v, rec, err := s.ownRecommendation(r, access.InviteReviewer)
	if err != nil {
		return err
	}
	rounds, err := models.Rounds(r.Context(), s.DB, rec.ID)
	if err != nil {
		return err
	}
	if len(rounds) == 0 {
		return apperr.NotFound("review_round")
	}
	i := 0
	if asked := r.URL.Query().Get("round"); asked != "" {
		i = slices.IndexFunc(rounds, func(round models.ReviewRound) bool { return strconv.Itoa(round.Number) == asked })
	}
	if i < 0 {
		return apperr.NotFound("review_round")
	}
	view, err := s.agreement(r, v, rec, &rounds[i])
	if err != nil {
		return err
	}
	l := Localizer(r)
	for _, other := range rounds {
		if other.Number != rounds[i].Number {
			view.Rounds = append(view.Rounds, crumb{agreementPath(rec.ID, other.Number), l.T("agreement.other_round", "Number", l.Number(other.Number))})
		}
	}
	s.Engine.Render(w, r, http.StatusOK, "agreement", view)
	return nil
}

// agreementCase is what the page is made from.
type agreementCase struct {
	l         *i18n.Localizer
	authors   map[uuid.UUID]author
	conflicts map[uuid.UUID]*models.Conflict
	originals map[uuid.UUID]*original // of what was recorded for somebody
	unnamed   bool                    // the letters that are missing from the figures would say whose they are: none stands there
}

func (s *Server) agreement(r *http.Request, visitor *visitor, rec *models.Recommendation, round *models.ReviewRound) (*agreementView, error) {
	ctx, l := r.Context(), Localizer(r)
	version, err := models.VersionByID(ctx, s.DB, round.VersionID)
	if err != nil {
		return nil, err
	}
	reviews, err := models.ReviewsAs(ctx, s.DB, visitor.viewer().Attribution(rec), rec.ID, round.Number)
	if err != nil {
		return nil, err
	}
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	c := agreementCase{l: l}
	if c.authors, err = s.authorsOf(ctx, l, rec, reviews); err != nil {
		return nil, err
	}
	if c.conflicts, err = models.ConflictsOf(ctx, s.DB, rec.ID); err != nil {
		return nil, err
	}
	if c.originals, err = s.originalsOf(ctx, visitor.viewer(), rec.ID); err != nil {
		return nil, err
	}
	v := &agreementView{Page: s.workPage(r, l.T("agreement.title", "Number", l.Number(round.Number))), Back: crumb{recommendationPath(rec.ID), l.T("agreement.back")},
		Document: version.Title, Lang: rec.Language, Round: round.Number, Version: version.Number, Confidence: visitor.viewer().MayReadConfidence(rec)}
	if v.Zone, err = s.zoneOf(ctx, visitor.Person); err != nil {
		return nil, err
	}
	rules := procedure.Document.Review
	c.fill(v, rules, reviews)
	v.Consulted, err = s.consultationView(ctx, l, round, v.Zone)
	return v, err
}

// fill compares the experts' answers, and puts what partners said apart.
func (c agreementCase) fill(v *agreementView, rules models.ReviewRules, reviews []models.Review) {
	questions := rules.Asks()
	if !v.Confidence {
		questions = slices.DeleteFunc(slices.Clone(questions), func(q models.Question) bool { return q.Confidential })
	}
	counted, apart := models.CountedReviews(reviews, rules, c.conflicts)
	v.Reviews = len(counted)
	for _, rv := range apart {
		if rv.Masked {
			v.Unnamed++
			c.unnamed = true
			continue
		}
		why := c.l.T("round.not_counted")
		if !rv.Late || !rules.LateApart {
			why = c.l.T("conflict.ruling." + models.RulingReplaced)
		}
		v.Apart = append(v.Apart, agreementPerson{c.authors[rv.TaskID].name, why})
	}
	for _, rv := range counted {
		if conflict := c.conflicts[rv.TaskID]; conflict.Shown() {
			v.Conflicts = append(v.Conflicts, agreementPerson{c.authors[rv.TaskID].name, c.l.T("conflict.kind." + conflict.Kind)})
		}
	}
	v.Rows = append(v.Rows, c.recommendationRow(counted))
	for _, a := range models.AgreementOn(questions, counted) {
		v.Rows = append(v.Rows, c.row(a))
	}
	for _, rv := range reviews {
		who := c.authors[rv.TaskID]
		if file := c.originals[rv.TaskID]; file != nil {
			v.Originals = append(v.Originals, agreementOriginal{who.name, who.recorded, file})
		}
		if v.Confidence && rv.ConfidentialNote != "" {
			v.Notes = append(v.Notes, agreementWords{Who: who.name, Body: rv.ConfidentialNote, Lang: rv.WrittenIn})
		}
		if rv.OrganisationID != nil {
			v.Partners = append(v.Partners, agreementWords{Who: who.name, Note: who.capacity, Body: rv.Reasons, Lang: rv.WrittenIn})
		}
	}
}

// recommendationRow compares what every review says: it stands first, whatever it is.
func (c agreementCase) recommendationRow(reviews []models.Review) agreementRow {
	a := models.RecommendationAgreement(reviews)
	row := agreementRow{Question: c.l.In(c.l.T("agreement.recommendation"), "")}
	c.grade(&row, a)
	for i, value := range []string{models.AnswerSupport, models.AnswerSupportWithChanges, models.AnswerDoNotSupport} {
		row.Counts = append(row.Counts, c.count(a, i, value, i18n.Said(c.l.T("recommendation.answer."+value))))
	}
	return row
}

func (c agreementCase) row(a models.Agreement) agreementRow {
	row := agreementRow{Question: c.l.Name(a.Question.Text), Help: inquiry.Ends(c.l, a.Question), Open: a.Open, Confidential: a.Question.Confidential}
	if a.Question.Kind != models.QuestionText {
		c.grade(&row, a)
	}
	for i, value := range a.Question.Values() {
		if len(a.Given) == 0 { // a table of noughts says nothing
			break
		}
		row.Counts = append(row.Counts, c.count(a, i, value, inquiry.Value(c.l, a.Question, value)))
	}
	for _, g := range a.Given {
		if g.Body != "" {
			row.Words = append(row.Words, agreementWords{Who: c.name(g), Body: g.Body, Lang: g.WrittenIn, Note: c.beside(g)})
		}
	}
	return row
}

// grade says in a word, and in a sentence, how far they agree.
//
//i18n:keys agreement.level.*
func (c agreementCase) grade(row *agreementRow, a models.Agreement) {
	level := a.Level()
	tone := map[string]string{models.AgreementFull: "done", models.AgreementNear: "done", models.AgreementSome: "wait", models.AgreementFar: "harm", models.AgreementNone: "done"}[level]
	icon := map[string]string{models.AgreementFull: "check", models.AgreementNear: "check", models.AgreementSome: "info-circle", models.AgreementFar: "alert-triangle", models.AgreementNone: "info-circle"}[level]
	row.Level = Badge{Tone: tone, Icon: icon, Text: c.l.T("agreement.level." + level)}
	if a.Spread >= 0 {
		row.Sum = c.l.T("agreement.spread", "Share", c.l.Percent(a.Spread))
	}
}

// count draws and names those who gave one answer.
func (c agreementCase) count(a models.Agreement, place int, value string, words i18n.Words) agreementCount {
	v := agreementCount{Answer: words, Count: a.Counts[place]}
	switch {
	case len(a.Given) < 2 || place != a.Median && place != a.Upper:
	case a.Median == a.Upper:
		v.Median = c.l.T("agreement.median")
	default:
		v.Median = c.l.T("agreement.median_two")
	}
	var plain, conflicted strings.Builder
	for _, g := range a.Given {
		if g.Value != value {
			continue
		}
		if name := c.name(g); name != "" {
			v.Who = append(v.Who, name+c.bracketed(g))
		}
		if c.conflicts[g.Review.TaskID].Shown() {
			conflicted.WriteString("○")
		} else {
			plain.WriteString("●")
		}
	}
	v.Dots = plain.String() + conflicted.String()
	return v
}

// name is whose an answer is; "" where that would tell who is not among those compared.
func (c agreementCase) name(g models.GivenAnswer) string {
	if c.unnamed && g.Review.Masked {
		return ""
	}
	return c.authors[g.Review.TaskID].name
}

// beside is what stands beside a name: how well they know the matter, and a conflict of interest.
func (c agreementCase) beside(g models.GivenAnswer) string {
	var parts []string
	if g.Expertise != "" {
		parts = append(parts, c.l.T("question.known_said", "How", inquiry.Expertise(c.l, g.Expertise)))
	}
	if c.conflicts[g.Review.TaskID].Shown() {
		parts = append(parts, c.l.T("conflict.badge"))
	}
	return strings.Join(parts, "; ")
}

func (c agreementCase) bracketed(g models.GivenAnswer) string {
	if note := c.beside(g); note != "" {
		return " (" + note + ")"
	}
	return ""
}

// agreementLink leads to the comparison where there is something to compare; "" otherwise.
func (s *Server) agreementLink(ctx context.Context, v *visitor, rec *models.Recommendation, round int) (string, error) {
	there, err := v.viewer().Attribution(rec).Answered(ctx, s.DB, rec.ID, round)
	if err != nil || !there {
		return "", err
	}
	return agreementPath(rec.ID, round), nil
}
