package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/assignment"
)

// Proposal is whom to ask for reviews of a text, the best fit first. Nobody is asked by it.
type Proposal struct {
	Recommendation Recommendation
	Wanted         int
	Experts        []Expert
	LeftOut        int // experts who fit and cannot be asked, because they would learn in the network who wrote a text whose authors are hidden
}

// mostToReview is how many texts are listed to be sent to review.
const mostToReview = 100

// TextsToReview lists the texts of a viewer's own that can be sent to review, the newest first, at most 100.
func TextsToReview(ctx context.Context, db bun.IDB, v Viewer) ([]Recommendation, error) {
	var all []Recommendation
	q := v.visible(withAttributes(db.NewSelect().Model(&all)).Where("r.stage = ? AND r.current_version_id IS NOT NULL AND r.held_at IS NULL", StageDrafting))
	if err := q.Order("r.created_at DESC", "r.id DESC").Limit(mostToReview).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list texts to review: %w", err)
	}
	return slices.DeleteFunc(all, func(r Recommendation) bool { return !v.Owns(&r) || r.Possible(DecideStartReview) != nil }), nil
}

// What an expert's fit is made of, in thousandths: topics known, challenges reviewed before, the country known.
const (
	fitTopics     = 600
	fitChallenges = 200
	fitCountry    = 200
)

// fit says how well an expert fits what is wanted, from 0 to assignment.MaxFit; assignment.Never for whom is not proposed.
func (f ExpertFilter) fit(e Expert) int {
	if !e.Proposable() {
		return assignment.Never
	}
	fit := share(fitTopics, e.TopicsMatched, len(f.Topics)) + share(fitChallenges, e.ChallengesMatched, len(f.Challenges))
	if e.KnowsCountry {
		fit += fitCountry
	}
	return fit
}

// share is the part of a whole that so many of all are.
func share(whole, some, all int) int {
	if all == 0 {
		return 0
	}
	return whole * min(some, all) / all
}

// ShareOutReviews proposes experts for several texts at once: each gets as many of those it wants as there are, texts and
// experts alike bear what is missing and what is much, nobody gets more than they take beside what they have, and at most
// each of new ones where that is above 0; within that the best fits are proposed. What is wanted of each stands in wanted,
// in the order of the texts.
func ShareOutReviews(ctx context.Context, db bun.IDB, recs []Recommendation, wanted []int, each int) ([]Proposal, error) {
	found, leftOut := make([][]Expert, len(recs)), make([]int, len(recs))
	for i := range recs {
		var err error
		if found[i], leftOut[i], err = assignableTo(ctx, db, &recs[i]); err != nil {
			return nil, err
		}
	}
	p, people := assignmentProblem(recs, found, wanted, each)
	given, err := assignment.Solve(p)
	if err != nil {
		return nil, fmt.Errorf("share out reviews: %w", err)
	}
	proposals := make([]Proposal, len(recs))
	for i := range recs {
		proposals[i] = Proposal{Recommendation: recs[i], Wanted: wanted[i], LeftOut: leftOut[i]}
		for _, person := range given[i] {
			at := slices.IndexFunc(found[i], func(e Expert) bool { return e.ID == people[person] })
			proposals[i].Experts = append(proposals[i].Experts, found[i][at])
		}
	}
	return proposals, nil
}

// assignableTo returns who could be proposed for a text. Where its reviewers must not learn who wrote it, those who do in the network
// are left out as they are where it is sent to review; they are counted where they would have been proposed otherwise.
func assignableTo(ctx context.Context, db bun.IDB, r *Recommendation) (experts []Expert, leftOut int, err error) {
	f := WantedFor(r)
	f.Limit = assignable
	if experts, err = ExpertsFor(ctx, db, f); err != nil {
		return nil, 0, err
	}
	procedure, err := ProcedureByID(ctx, db, r.ProcedureID)
	if err != nil || procedure.Document.Review.HowAnonymous() != AnonymityDouble {
		return experts, 0, err
	}
	experts = slices.DeleteFunc(experts, func(e Expert) bool { return !e.Proposable() })
	unaware, err := Unaware(ctx, db, r, experts)
	return unaware, len(experts) - len(unaware), err
}

// assignable is how many experts are looked at for a text: more than a network has.
const assignable = 2000

// assignmentProblem states what is wanted in numbers; people says whose column is whose.
func assignmentProblem(recs []Recommendation, found [][]Expert, wanted []int, each int) (p assignment.Problem, people []uuid.UUID) {
	column := map[uuid.UUID]int{}
	for _, experts := range found {
		for _, e := range experts {
			if _, known := column[e.ID]; known {
				continue
			}
			takes := e.MaxOpen - e.OpenReviews
			if each > 0 {
				takes = min(takes, each)
			}
			column[e.ID] = len(people)
			people, p.Takes, p.Busy = append(people, e.ID), append(p.Takes, takes), append(p.Busy, e.OpenReviews)
		}
	}
	p.Wants = wanted
	for i := range recs {
		row := make([]int, len(people))
		for k := range row {
			row[k] = assignment.Never
		}
		f := WantedFor(&recs[i])
		for _, e := range found[i] {
			row[column[e.ID]] = f.fit(e)
		}
		p.Fit = append(p.Fit, row)
	}
	return p, people
}
