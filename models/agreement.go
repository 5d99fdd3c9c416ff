package models

import (
	"math"
	"slices"

	"github.com/google/uuid"
)

// Agreement says how far those who answered a question agree. Which answers count is for the caller to say.
type Agreement struct {
	Question Question
	Given    []GivenAnswer // those who answered
	Open     int           // those who did not
	Values   []string      // that the question offers
	Counts   []int         // by them
	Median   int           // place among them of the middle answer, on a scale; -1 where there is none
	Upper    int           // place of the higher of two middle answers, of an even number; else the same as Median
	Spread   float64       // 0: all say the same; 1: as far apart as can be; -1 where fewer than two answered
}

// GivenAnswer is one answer with whose it is.
type GivenAnswer struct {
	ReviewAnswer
	Review *Review
}

// QuestionRecommendation stands for the recommendation an expert gives with every review: it is compared like a question.
const QuestionRecommendation = "recommendation"

// recommendationAnswers are the answers that every review gives, in their order.
var recommendationAnswers = []string{AnswerSupport, AnswerSupportWithChanges, AnswerDoNotSupport}

// RecommendationAgreement compares what experts recommend.
func RecommendationAgreement(reviews []Review) Agreement {
	a := Agreement{Question: Question{ID: QuestionRecommendation, Kind: QuestionChoice}}
	for i := range reviews {
		if reviews[i].Answer != nil {
			a.Given = append(a.Given, GivenAnswer{ReviewAnswer{TaskID: reviews[i].TaskID, Value: *reviews[i].Answer}, &reviews[i]})
		}
	}
	a.compare(recommendationAnswers, true)
	return a
}

// AgreementOn compares what was answered to each question, those on which there is least agreement first.
func AgreementOn(questions []Question, reviews []Review) []Agreement {
	all := make([]Agreement, 0, len(questions))
	for _, q := range questions {
		a := Agreement{Question: q}
		for i := range reviews {
			if said := reviews[i].AnswerTo(q.ID); said != nil && (said.Value != "" || said.Body != "") {
				a.Given = append(a.Given, GivenAnswer{*said, &reviews[i]})
			} else {
				a.Open++
			}
		}
		a.compare(q.Values(), q.Kind == QuestionScale)
		all = append(all, a)
	}
	slices.SortStableFunc(all, func(a, b Agreement) int {
		switch {
		case a.Spread > b.Spread:
			return -1
		case a.Spread < b.Spread:
			return 1
		}
		return 0
	})
	return all
}

// compare counts the answers and measures how far they lie apart. Of answers that have an order it is the mean absolute deviation
// from the median, as in the RAND/UCLA Appropriateness Method (Fitch and others, RAND MR-1269, 2001), as a share of the most there
// can be; of others the share that does not say what most say, again of the most there can be (the variation ratio).
func (a *Agreement) compare(values []string, ordered bool) {
	a.Values, a.Median, a.Upper, a.Spread, a.Counts = values, -1, -1, -1, make([]int, len(values))
	var places []int
	for _, g := range a.Given {
		if i := slices.Index(values, g.Value); i >= 0 {
			a.Counts[i]++
			places = append(places, i)
		}
	}
	if len(places) == 0 || len(values) < 2 {
		return
	}
	slices.Sort(places)
	if ordered {
		a.Median, a.Upper = places[(len(places)-1)/2], places[len(places)/2]
	}
	if len(places) < 2 {
		return
	}
	n := float64(len(places))
	if !ordered {
		a.Spread = (1 - float64(slices.Max(a.Counts))/n) / (1 - 1/float64(min(len(values), len(places))))
		return
	}
	apart := 0.0
	for _, p := range places {
		apart += math.Abs(float64(p - a.Median))
	}
	a.Spread = min(1, apart/n/(float64(len(values)-1)/2))
}

// Levels of agreement, in words.
const (
	AgreementFull = "full"  // all say the same
	AgreementNear = "near"  // up to a quarter of the most there can be
	AgreementSome = "some"  // up to a half
	AgreementFar  = "far"   // more
	AgreementNone = "alone" // fewer than two answered
)

// Level puts the spread into one of a few words.
func (a Agreement) Level() string {
	switch {
	case a.Spread < 0:
		return AgreementNone
	case a.Spread == 0:
		return AgreementFull
	case a.Spread <= .25:
		return AgreementNear
	case a.Spread <= .5:
		return AgreementSome
	default:
		return AgreementFar
	}
}

// setApart is true of an answer (alias rv) that does not count, by the rule of CountedReviews. It is asked of the rows, for those
// who may not know who was late or replaced: the figures they decide on are the same as everybody's.
const setApart = `(EXISTS (SELECT 1 FROM review_conflicts AS rc WHERE rc.task_id = rv.task_id AND rc.person_id = rv.person_id AND rc.ruling = 'replaced')
	OR rv.late AND EXISTS (SELECT 1 FROM recommendations AS r JOIN procedures AS pr ON pr.id = r.procedure_id
		WHERE r.id = rv.recommendation_id AND (pr.document->'review'->>'late_apart')::boolean))`

// CountedReviews are the experts' answers of a round that count, and those that do not: late ones where the procedure says so, and
// those of experts who were replaced for a conflict of interest. Where the reader may not know whose they are and fewer than
// FewestAnonymous would be left to compare, none is.
func CountedReviews(reviews []Review, rules ReviewRules, conflicts map[uuid.UUID]*Conflict) (counted, apart []Review) {
	for _, rv := range reviews {
		if rv.Answer == nil {
			continue
		}
		c := conflicts[rv.TaskID]
		if rv.SetApart || rv.Late && rules.LateApart || c != nil && c.Ruling != nil && *c.Ruling == RulingReplaced {
			apart = append(apart, rv)
			continue
		}
		counted = append(counted, rv)
	}
	if len(apart) > 0 && len(counted) > 0 && len(counted) < FewestAnonymous && counted[0].Masked {
		return nil, append(counted, apart...) // whose the only one is would be known from who was late or replaced
	}
	return counted, apart
}
