package main

import (
	"context"
	"fmt"
	"time"

	"tribuna/models"
)

func isOpen(t *models.Task) bool { return t.State == models.TaskOpen }

// run has one expert say nothing until the officer has to look for another; one accept and say nothing until the officer is told; one
// declare a conflict of interest, answer, take the answer back and answer again; and one be given more time.
func (r *round) run(ctx context.Context) error {
	silent, late, wavering, busy := r.experts[0], r.experts[1], r.experts[2], r.experts[3]
	start := models.StartReviewPayload{VersionID: r.version.ID}
	for _, e := range r.experts[:4] {
		start.Invite = append(start.Invite, e.ID)
	}
	if err := r.say(ctx, r.officer, models.DecideStartReview, nil, start); err != nil {
		return err
	}
	asked := map[string]*models.Task{}
	for _, e := range r.experts[:4] {
		t, err := r.until(ctx, "an invitation", models.TaskReview, e, isOpen)
		if err != nil {
			return err
		}
		asked[e.Email] = t
	}
	day := models.Day(time.Now().AddDate(0, 0, 40).Truncate(24 * time.Hour))
	review := models.ReviewPayload{VersionHash: r.version.Hash, Answer: models.AnswerSupport, Comments: []models.CommentPayload{{Block: 1, Body: "Say who pays."}}}
	err := r.all(ctx, []saying{
		{late, models.DecideAcceptTask, asked[late.Email], models.NoPayload{}},
		{wavering, models.DecideDeclareConflict, asked[wavering.Email], models.DeclareConflictPayload{Kind: models.ConflictFunded, Words: "By the ministry."}},
		{r.officer, models.DecideRuleConflict, asked[wavering.Email], models.RuleConflictPayload{Ruling: models.RulingShown, Reason: "Weighed."}},
		{wavering, models.DecideAnswerReview, asked[wavering.Email], review},
		{wavering, models.DecideTakeBack, asked[wavering.Email], models.TakeBackPayload{}},
		{busy, models.DecideAskTime, asked[busy.Email], models.AskTimePayload{DueOn: &day, Reason: "On mission."}},
		{r.officer, models.DecideExtendReview, asked[busy.Email], models.AskTimePayload{DueOn: &day}},
	})
	if err != nil {
		return err
	}
	if err := r.silence(ctx, silent, late); err != nil {
		return err
	}
	err = r.all(ctx, []saying{
		{wavering, models.DecideAnswerReview, asked[wavering.Email], review},
		{late, models.DecideAnswerReview, asked[late.Email], review},
		{busy, models.DecideAnswerReview, asked[busy.Email], review},
	})
	if err != nil {
		return err
	}
	decide, err := r.until(ctx, "the decision", models.TaskDecideReview, models.Person{}, isOpen)
	if err != nil {
		return err
	}
	return r.say(ctx, r.officer, models.DecideReview, decide, models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "The reviews support it."})
}

// silence waits until all that follows from it has happened.
func (r *round) silence(ctx context.Context, silent, late models.Person) error {
	t, err := r.until(ctx, "one to be silent", models.TaskReview, silent, func(t *models.Task) bool { return t.Silent() })
	if err != nil {
		return err
	}
	fmt.Println("silent after", t.RespondReminders, "reminders")
	if _, err := r.until(ctx, "the officer to look for another", models.TaskChooseReviewer, models.Person{}, isOpen); err != nil {
		return err
	}
	if t, err = r.until(ctx, "the officer to be told", models.TaskReview, late, func(t *models.Task) bool { return t.Told > 0 }); err != nil {
		return err
	}
	fmt.Println("the officer is told after", t.Reminders, "reminders")
	_, err = r.until(ctx, "the officer's question", models.TaskEscalation, r.officer, isOpen)
	return err
}

// saying is a decision of somebody's.
type saying struct {
	who     models.Person
	kind    models.DecisionKind
	task    *models.Task
	payload any
}

func (r *round) all(ctx context.Context, said []saying) error {
	for _, s := range said {
		if err := r.say(ctx, s.who, s.kind, s.task, s.payload); err != nil {
			return err
		}
	}
	return nil
}
