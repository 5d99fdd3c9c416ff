package models

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"tribuna/internal/apperr"
)

// Question is something the procedure has experts answer beside their recommendation.
type Question struct {
	ID           string           `json:"id" yaml:"id"`
	Kind         string           `json:"kind" yaml:"kind"`
	Text         Names            `json:"text" yaml:"text"`
	Help         Names            `json:"help,omitempty" yaml:"help,omitempty"`
	Low          Names            `json:"low,omitempty" yaml:"low,omitempty"`   // what 1 means
	High         Names            `json:"high,omitempty" yaml:"high,omitempty"` // and 5
	Options      []QuestionOption `json:"options,omitempty" yaml:"options,omitempty"`
	Required     bool             `json:"required,omitempty" yaml:"required,omitempty"`
	Expertise    bool             `json:"expertise,omitempty" yaml:"expertise,omitempty"`       // asks, too, how well one knows this
	Confidential bool             `json:"confidential,omitempty" yaml:"confidential,omitempty"` // for the officer in charge and the coordinator alone
}

// QuestionOption is one of the answers offered.
type QuestionOption struct {
	ID   string `json:"id" yaml:"id"`
	Text Names  `json:"text" yaml:"text"`
}

// Kinds of questions.
const (
	QuestionScale  = "scale" // 1 to 5
	QuestionChoice = "choice"
	QuestionYesNo  = "yes_no"
	QuestionText   = "text"
)

// QuestionKinds are all kinds, in the order in which they are offered.
func QuestionKinds() []string {
	return []string{QuestionScale, QuestionChoice, QuestionYesNo, QuestionText}
}

// Answers to a question that asks for yes or no.
const (
	AnswerYes = "yes"
	AnswerNo  = "no"
)

// What experts say of how well they know what a question is about.
const (
	ExpertiseLittle = "little"
	ExpertiseFairly = "fairly"
	ExpertiseWell   = "well"
)

// What no form of sense goes beyond.
const (
	ScaleEnd        = 5 // the highest answer; the lowest is 1
	maxQuestions    = 20
	maxOptions      = 12
	maxQuestionText = 300
	maxQuestionHelp = 600
	maxOptionText   = 150
)

//go:embed question.yaml
var defaultQuestions string

var standardQuestions = func() []Question {
	list, err := readQuestions(defaultQuestions)
	if err != nil {
		panic(err) // the file lies beside this one
	}
	return list
}()

// Asks returns the questions of a round: those of the procedure, or the standard ones where it names none.
func (r ReviewRules) Asks() []Question {
	if len(r.Questions) == 0 {
		return standardQuestions
	}
	return r.Questions
}

// Values are the answers a question offers, in their order; none where it is answered in words.
func (q Question) Values() []string {
	var values []string
	switch q.Kind {
	case QuestionScale:
		for i := range ScaleEnd {
			values = append(values, strconv.Itoa(i+1))
		}
	case QuestionYesNo:
		values = []string{AnswerYes, AnswerNo}
	case QuestionChoice:
		for _, o := range q.Options {
			values = append(values, o.ID)
		}
	}
	return values
}

// writeQuestions writes questions as text, "" for none. The same questions are the same text.
func writeQuestions(list []Question) string {
	if len(list) == 0 {
		return ""
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(list); err != nil {
		return ""
	}
	return b.String()
}

// WriteQuestions writes questions as a procedure's rule holds them, and ReadQuestions reads them back.
func WriteQuestions(list []Question) string { return writeQuestions(list) }

// ReadQuestions reads what WriteQuestions wrote; what cannot be read holds none.
func ReadQuestions(text string) []Question {
	list, err := readQuestions(text)
	if err != nil {
		return nil
	}
	return list
}

func readQuestions(text string) ([]Question, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	var list []Question
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	return list, nil
}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// checkWords blames words in several languages: an English text where they are needed, and long ones.
func checkWords(e *apperr.Error, path string, words Names, needed bool, most int) {
	if needed && strings.TrimSpace(words["en"]) == "" {
		e.And(path+".en", "required")
	}
	for _, tag := range slices.Sorted(maps.Keys(words)) {
		switch at := path + "." + tag; {
		case !languageTag.MatchString(tag):
			e.And(at, "tag")
		case utf8.RuneCountInString(words[tag]) > most:
			e.And(at, "too_long", "max", most)
		}
	}
}

// checkQuestions blames what is wrong with the questions of a procedure.
func checkQuestions(e *apperr.Error, list []Question) {
	if len(list) > maxQuestions {
		e.And("review.questions", "max_items", "param", maxQuestions)
	}
	seen := map[string]bool{}
	for i, q := range list {
		at := fmt.Sprintf("review.questions[%d]", i)
		checkID(e, at+".id", q.ID, seen)
		oneOf(e, at+".kind", q.Kind, QuestionKinds()...)
		checkWords(e, at+".text", q.Text, true, maxQuestionText)
		checkWords(e, at+".help", q.Help, false, maxQuestionHelp)
		checkWords(e, at+".low", q.Low, false, maxOptionText)
		checkWords(e, at+".high", q.High, false, maxOptionText)
		q.checkOptions(e, at)
	}
}

func checkID(e *apperr.Error, path, id string, seen map[string]bool) {
	checkSlug(e, path, id)
	if seen[id] && id != "" {
		e.And(path, "taken")
	}
	seen[id] = true
}

// checkOptions blames a choice with fewer answers than two, or too many, and answers where none are offered.
func (q Question) checkOptions(e *apperr.Error, at string) {
	switch n := len(q.Options); {
	case q.Kind != QuestionChoice && n > 0:
		e.And(at+".options.en", "must_be_empty")
	case q.Kind == QuestionChoice && n < 2:
		e.And(at+".options.en", "min_items", "param", 2)
	case n > maxOptions:
		e.And(at+".options.en", "max_items", "param", maxOptions)
	}
	seen := map[string]bool{}
	for i, o := range q.Options {
		option := fmt.Sprintf("%s.options[%d]", at, i)
		checkID(e, option+".id", o.ID, seen)
		checkWords(e, option+".text", o.Text, true, maxOptionText)
	}
}

// AnswerPayload is the answer to one question: what was chosen, or words where the question is answered in words.
type AnswerPayload struct {
	Question  string `json:"question" validate:"required,max=60"`
	Value     string `json:"value,omitempty" validate:"max=60"`
	Text      string `json:"text,omitempty" validate:"max=8000"`
	Expertise string `json:"expertise,omitempty" validate:"omitempty,oneof=little fairly well"`
}

// Empty reports whether nothing was said with it.
func (a AnswerPayload) Empty() bool { return a.Value == "" && a.Text == "" && a.Expertise == "" }

// CheckAnswers blames answers that do not belong to the questions. What is required is missed unless somebody else recorded what
// had come otherwise: a letter answers what it answers.
func CheckAnswers(questions []Question, answers []AnswerPayload, needed bool) error {
	bad, seen := apperr.New(apperr.CodeInvalid), map[string]bool{}
	for i, a := range answers {
		at := fmt.Sprintf("answers[%d]", i)
		k := slices.IndexFunc(questions, func(q Question) bool { return q.ID == a.Question })
		switch {
		case k < 0:
			bad.And(at+".question", "unknown")
		case seen[a.Question]:
			bad.And(at+".question", "unique")
		default:
			questions[k].check(bad, at, a, needed)
		}
		seen[a.Question] = true
	}
	for _, q := range questions {
		if needed && q.Required && !seen[q.ID] {
			bad.And("answers", "question_open", "question", q.ID)
		}
	}
	return bad.OrNil()
}

func (q Question) check(bad *apperr.Error, at string, a AnswerPayload, needed bool) {
	words := q.Kind == QuestionText
	switch {
	case words && a.Value != "":
		bad.And(at+".value", "must_be_empty")
	case words && needed && q.Required && strings.TrimSpace(a.Text) == "":
		bad.And(at+".text", "required")
	case !words && a.Text != "":
		bad.And(at+".text", "must_be_empty")
	case !words && a.Value == "" && needed && q.Required:
		bad.And(at+".value", "required")
	case !words && a.Value != "" && !slices.Contains(q.Values(), a.Value):
		bad.And(at+".value", "unknown")
	}
	if a.Expertise != "" && !q.Expertise {
		bad.And(at+".expertise", "must_be_empty")
	}
}
