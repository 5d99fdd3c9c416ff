package web

import (
	"context"
	"net/url"
	"regexp"
	"strconv"

	"tribuna/internal/i18n"
	"tribuna/internal/inquiry"
	"tribuna/models"
)

// Answers to questions stand in a form as fields that end in the question's id: what was chosen in "q-", words in "words-", and how
// well one knows it in "known-".
const (
	chosenPart = "q-"
	wordsPart  = "words-"
	knownPart  = "known-"
)

// questionField is a question of the procedure as a form shows it.
type questionField struct {
	models.Question
	Words          i18n.Words // the question
	HelpWords      i18n.Words
	Ends           string // what the ends of a scale mean
	LowEnd         i18n.Words
	HighEnd        i18n.Words
	Form           *Form
	Choices        []Option
	Levels         []Option // how well one knows it
	Field, KnownAt string   // names
	WrittenIn      string
	Theirs         bool // recorded for somebody else: they are spoken of
}

// ID, Error and the like are for the template, as those of an Input.
func (q questionField) FieldID() string { return fieldID(q.Field) }

// KnownID is the id of the group that asks how well one knows it.
func (q questionField) KnownID() string { return fieldID(q.KnownAt) }

// Error says what is wrong with the answer.
func (q questionField) Error() string { return q.Form.Error(q.Field) }

// Value is what was typed or chosen.
func (q questionField) Value() string { return q.Form.Value(q.Field) }

// Answered reports whether anything was chosen.
func (q questionField) Answered() bool { return q.Form.Values.Has(q.Field) }

// Level is how well one said to know it.
func (q questionField) Level() string { return q.Form.Value(q.KnownAt) }

// InWords reports whether it is answered in words.
func (q questionField) InWords() bool { return q.Kind == models.QuestionText }

// Scale reports whether it is answered on a scale.
func (q questionField) Scale() bool { return q.Kind == models.QuestionScale }

// DescribedBy lists what stands beside the field.
func (q questionField) DescribedBy() string {
	in := Input{Name: q.Field, Help: q.HelpWords.Text, Error: q.Error()}
	return in.DescribedBy()
}

// answerName names the field that holds the answer to a question.
func answerName(q models.Question) string {
	if q.Kind == models.QuestionText {
		return wordsPart + q.ID
	}
	return chosenPart + q.ID
}

// questionsOf are the questions that experts are asked about a recommendation: those of the version of the procedure it began with.
func (s *Server) questionsOf(ctx context.Context, rec *models.Recommendation) ([]models.Question, error) {
	p, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	return p.Document.Review.Asks(), nil
}

// questionFields shows questions with what a form holds.
//
//i18n:keys question.expertise.* question.answer.*
func questionFields(l *i18n.Localizer, list []models.Question, f *Form) []questionField {
	fields := make([]questionField, 0, len(list))
	for _, q := range list {
		v := questionField{Question: q, Words: l.Name(q.Text), HelpWords: l.Name(q.Help), Ends: inquiry.Ends(l, q), LowEnd: l.Name(q.Low), HighEnd: l.Name(q.High),
			Form: f, Field: answerName(q), KnownAt: knownPart + q.ID, WrittenIn: f.Value("written_in")}
		for _, value := range q.Values() {
			o := optionOf(value, inquiry.Value(l, q, value))
			if q.Kind == models.QuestionScale {
				o = Option{Value: value, Label: value}
			}
			v.Choices = append(v.Choices, o)
		}
		if q.Expertise {
			v.Levels = choices(l, "question.expertise.", models.ExpertiseLittle, models.ExpertiseFairly, models.ExpertiseWell)
		}
		fields = append(fields, v)
	}
	return fields
}

// readAnswers reads the answer to every question, also those that say nothing: so that what is wrong with the third is said of the third.
func readAnswers(values url.Values, list []models.Question) []models.AnswerPayload {
	answers := make([]models.AnswerPayload, 0, len(list))
	for _, q := range list {
		a := models.AnswerPayload{Question: q.ID, Expertise: values.Get(knownPart + q.ID)}
		if q.Kind == models.QuestionText {
			a.Text = typed(values.Get(answerName(q)))
		} else {
			a.Value = values.Get(answerName(q))
		}
		answers = append(answers, a)
	}
	return answers
}

// givenAnswers leaves out what says nothing.
func givenAnswers(all []models.AnswerPayload) []models.AnswerPayload {
	var said []models.AnswerPayload
	for _, a := range all {
		if !a.Empty() {
			said = append(said, a)
		}
	}
	return said
}

var answerPath = regexp.MustCompile(`^answers\[(\d+)\]\.(\w+)$`)

// blameAnswers turns blame on "answers[2].value" into blame on the field of the third question.
func blameAnswers(f *Form, list []models.Question, l *i18n.Localizer) {
	for i, e := range f.Errors {
		m := answerPath.FindStringSubmatch(e.Name)
		if m == nil {
			continue
		}
		k, err := strconv.Atoi(m[1])
		if err != nil || k >= len(list) {
			continue
		}
		f.Errors[i].Name, f.Errors[i].Label = answerName(list[k]), l.Name(list[k].Text).Text
		if m[2] == "expertise" {
			f.Errors[i].Name = knownPart + list[k].ID
		}
	}
}

// putAnswers puts answers that were given into the fields of a form.
func putAnswers(values url.Values, list []models.ReviewAnswer) {
	for _, a := range list {
		if a.Value != "" {
			values.Set(chosenPart+a.Question, a.Value)
		}
		if a.Body != "" {
			values.Set(wordsPart+a.Question, a.Body)
		}
		if a.Expertise != "" {
			values.Set(knownPart+a.Question, a.Expertise)
		}
	}
}

// saidTo is a question with what was answered to it.
type saidTo struct {
	Question     i18n.Words
	Value        i18n.Words // what was chosen; empty where it was answered in words, or not at all
	Ends         string
	Body         string
	Lang         string // of Body; "" where nobody said
	Expertise    string
	Confidential bool
	Yours        bool // its reader gave it
}

// Said reports whether there is an answer.
func (s saidTo) Said() bool { return s.Value.Text != "" || s.Body != "" }

// yours marks answers as those of whoever reads them.
func yours(all []saidTo) []saidTo {
	for i := range all {
		all[i].Yours = true
	}
	return all
}

// saidOfQuestions puts answers into words, in the order of the questions. Answers to questions that are not known any more, and open
// ones where only the others are wanted, are left out.
func saidOfQuestions(l *i18n.Localizer, list []models.Question, rv *models.Review, openToo bool) []saidTo {
	var all []saidTo
	for _, q := range list {
		row := saidTo{Question: l.Name(q.Text), Confidential: q.Confidential}
		if a := rv.AnswerTo(q.ID); a != nil {
			row.Value, row.Body, row.Lang, row.Expertise = inquiry.Value(l, q, a.Value), a.Body, a.WrittenIn, inquiry.Expertise(l, a.Expertise)
			if a.Value != "" {
				row.Ends = inquiry.Ends(l, q)
			}
		}
		if openToo || row.Said() {
			all = append(all, row)
		}
	}
	return all
}
