package models_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// asked are questions of every kind.
func askedQuestions() []models.Question {
	text := func(en string) models.Names { return models.Names{"en": en, "bg": "Въпрос"} }
	return []models.Question{
		{ID: "sound", Kind: models.QuestionScale, Text: text("Is it sound?"), Low: text("No"), High: text("Yes"), Required: true, Expertise: true},
		{ID: "who", Kind: models.QuestionChoice, Text: text("Who acts?"), Options: []models.QuestionOption{{ID: "state", Text: text("The State")}, {ID: "city", Text: text("The city")}}},
		{ID: "ready", Kind: models.QuestionYesNo, Text: text("Is it ready?"), Required: true},
		{ID: "in-private", Kind: models.QuestionText, Text: text("What should the officer know?"), Confidential: true},
	}
}

func blames(err error) map[string]string {
	found := map[string]string{}
	var e *apperr.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			found[f.Path] = strings.TrimPrefix(f.Key, "error.field.")
		}
	}
	return found
}

func TestQuestionsAreARuleOfTheProcedure(t *testing.T) {
	d := rules()
	require.Len(t, d.Review.Asks(), 3, "the standard ones where it names none")
	for _, q := range d.Review.Asks() {
		require.Len(t, q.Text, 5, "in every language of the first network")
	}
	d.Review.Questions = askedQuestions()
	require.NoError(t, d.Validate())
	form := values(d)
	read, err := models.ReadProcedure(func(path string) string { return form[path] })
	require.NoError(t, err)
	require.Equal(t, d.Review.Questions, read.Review.Questions)
	text, err := models.ProcedureYAML(d)
	require.NoError(t, err)
	read, err = models.ReadProcedureYAML(text)
	require.NoError(t, err)
	require.Equal(t, d.Review.Questions, read.Review.Questions)
	require.Len(t, models.CompareProcedures(rules(), d), 1, "a difference in questions is a new version")
	_, err = models.ReadProcedureYAML(strings.Replace(text, "kind: yes_no", "sort: yes_no", 1))
	require.Equal(t, "yaml_question", blames(err)["review.questions[2]"])
	_, err = models.ReadProcedureYAML(strings.Replace(text, "kind: yes_no", "kind: maybe", 1))
	require.Equal(t, "oneof", blames(err)["review.questions[2].kind"])
}

func TestQuestionsAreBlamedAtTheirPlace(t *testing.T) {
	for name, c := range map[string]struct {
		change    func([]models.Question) []models.Question
		path, key string
	}{
		"an id twice":       {func(l []models.Question) []models.Question { l[1].ID = "sound"; return l }, "review.questions[1].id", "taken"},
		"no id":             {func(l []models.Question) []models.Question { l[1].ID = "Not so"; return l }, "review.questions[1].id", "slug"},
		"no English text":   {func(l []models.Question) []models.Question { delete(l[0].Text, "en"); return l }, "review.questions[0].text.en", "required"},
		"a long text":       {func(l []models.Question) []models.Question { l[0].Text["bg"] = strings.Repeat("я", 301); return l }, "review.questions[0].text.bg", "too_long"},
		"no language":       {func(l []models.Question) []models.Question { l[0].Text["9"] = "x"; return l }, "review.questions[0].text.9", "tag"},
		"one option":        {func(l []models.Question) []models.Question { l[1].Options = l[1].Options[:1]; return l }, "review.questions[1].options.en", "min_items"},
		"options elsewhere": {func(l []models.Question) []models.Question { l[2].Options = l[1].Options; return l }, "review.questions[2].options.en", "must_be_empty"},
		"more than one asks": {func(l []models.Question) []models.Question {
			for i := range 18 {
				q := l[2]
				q.ID = fmt.Sprintf("q-%d", i)
				l = append(l, q)
			}
			return l
		}, "review.questions", "max_items"},
	} {
		t.Run(name, func(t *testing.T) {
			d := rules()
			d.Review.Questions = c.change(askedQuestions())
			require.Equal(t, c.key, blames(d.Validate())[c.path])
		})
	}
}

func TestAnswersBelongToTheQuestions(t *testing.T) {
	list := askedQuestions()
	good := []models.AnswerPayload{{Question: "sound", Value: "5", Expertise: models.ExpertiseLittle}, {Question: "ready", Value: "no"}}
	require.NoError(t, models.CheckAnswers(list, good, true))
	require.NoError(t, models.CheckAnswers(list, nil, false), "a letter answers what it answers")
	bad := blames(models.CheckAnswers(list, []models.AnswerPayload{{Question: "sound"}, {Question: "who", Value: "nobody"}, {Question: "in-private", Value: "5"},
		{Question: "never"}, {Question: "sound", Value: "1"}}, true))
	require.Equal(t, map[string]string{"answers[0].value": "required", "answers[1].value": "unknown", "answers[2].value": "must_be_empty",
		"answers[3].question": "unknown", "answers[4].question": "unique", "answers": "question_open"}, bad)
	require.Equal(t, map[string]string{"answers[0].expertise": "must_be_empty", "answers[1].text": "must_be_empty", "answers[2].value": "unknown"},
		blames(models.CheckAnswers(list, []models.AnswerPayload{{Question: "ready", Value: "yes", Expertise: "well"}, {Question: "who", Text: "x"}, {Question: "sound", Value: "6"}}, true)))
}

// given are reviews that answer a question of a scale.
func given(values ...string) []models.Review {
	var all []models.Review
	for _, v := range values {
		answer := models.AnswerSupport
		rv := models.Review{TaskID: uuid.New(), Answer: &answer}
		if v != "" {
			rv.Answers = []models.ReviewAnswer{{Question: "sound", Value: v}, {Question: "who", Value: map[string]string{"1": "state"}[v] + map[string]string{"5": "city"}[v]}}
		}
		all = append(all, rv)
	}
	return all
}

func TestAgreementIsMeasuredFromTheMedian(t *testing.T) {
	scale := askedQuestions()[:1]
	for _, c := range []struct {
		values []string
		spread float64
		level  string
		median int
	}{
		{[]string{"4", "4", "4"}, 0, models.AgreementFull, 3},
		{[]string{"4", "4", "5", "3"}, .25, models.AgreementNear, 3},
		{[]string{"1", "1", "5", "5"}, 1, models.AgreementFar, 0},
		{[]string{"2", "4", "4"}, 1.0 / 3, models.AgreementSome, 3},
		{[]string{"4"}, -1, models.AgreementNone, 3},
		{[]string{"", ""}, -1, models.AgreementNone, -1},
	} {
		a := models.AgreementOn(scale, given(c.values...))[0]
		require.InDelta(t, c.spread, a.Spread, 1e-9, c.values)
		require.Equal(t, c.level, a.Level(), c.values)
		require.Equal(t, c.median, a.Median, c.values)
	}
	even := models.AgreementOn(scale, given("1", "1", "5", "5"))[0]
	require.Equal(t, 4, even.Upper, "of an even number there are two in the middle")
	odd := models.AgreementOn(scale, given("2", "4", "4"))[0]
	require.Equal(t, odd.Median, odd.Upper)
	both := models.AgreementOn(askedQuestions()[:2], given("4", "4", "1", "5"))
	require.Equal(t, "who", both[0].Question.ID, "those on which there is least agreement first")
	require.Equal(t, 2, both[0].Open)
}

func TestAnswersThatDoNotCountAreApart(t *testing.T) {
	reviews := given("1", "2", "3")
	reviews[0].Late = true
	replaced := models.RulingReplaced
	conflicts := map[uuid.UUID]*models.Conflict{reviews[1].TaskID: {Kind: models.ConflictFunded, Ruling: &replaced}, reviews[2].TaskID: {Kind: models.ConflictOther}}
	counted, apart := models.CountedReviews(reviews, models.ReviewRules{LateApart: true}, conflicts)
	require.Len(t, apart, 2)
	require.Equal(t, reviews[2].TaskID, counted[0].TaskID, "what nobody decided about counts")
	require.True(t, conflicts[counted[0].TaskID].Shown(), "and is shown")
	counted, _ = models.CountedReviews(reviews, models.ReviewRules{}, nil)
	require.Len(t, counted, 3)
}
