// Package inquiry puts the questions of a procedure, and what is answered to them, into words: pages and mails say the same.
package inquiry

import (
	"slices"
	"strconv"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// Value says what an answer chose, as one of the answers offered: "4 of 5", an option, yes or no. "" where it chose nothing.
//
//i18n:keys question.answer.*
func Value(l *i18n.Localizer, q models.Question, value string) i18n.Words {
	switch {
	case value == "":
		return i18n.Words{}
	case q.Kind == models.QuestionScale:
		n, err := strconv.Atoi(value)
		if err != nil {
			break
		}
		return l.In(l.T("question.of", "Value", l.Number(n), "Most", l.Number(models.ScaleEnd)), l.Tag())
	case q.Kind == models.QuestionYesNo && (value == models.AnswerYes || value == models.AnswerNo):
		return l.In(l.T("question.answer."+value), l.Tag())
	case q.Kind == models.QuestionChoice:
		if i := slices.IndexFunc(q.Options, func(o models.QuestionOption) bool { return o.ID == value }); i >= 0 {
			return l.Name(q.Options[i].Text)
		}
	}
	return l.In(value, l.Tag())
}

// Ends says what the ends of a scale mean; "" for all other questions.
func Ends(l *i18n.Localizer, q models.Question) string {
	low, high := l.Name(q.Low).Text, l.Name(q.High).Text
	if q.Kind != models.QuestionScale || low == "" || high == "" {
		return ""
	}
	return l.T("question.ends", "Low", low, "High", high, "Most", l.Number(models.ScaleEnd))
}

// Expertise says how well somebody knows what a question is about; "" where they did not say.
//
//i18n:keys question.expertise.*
func Expertise(l *i18n.Localizer, code string) string {
	if code == "" {
		return ""
	}
	return l.T("question.expertise." + code)
}
