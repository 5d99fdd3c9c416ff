package activities

import (
	"context"
	"fmt"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// takeBack has who answered a question of a round take that back until the round is closed: nothing that was pressed by mistake, or by
// a machine, is final. The question waits again with the deadline it had, and the answer counts no more.
func takeBack(ctx context.Context, x *act) error {
	p, err := payload[models.TakeBackPayload](x)
	if err != nil {
		return err
	}
	if x.task.State != models.TaskDone {
		return apperr.About(apperr.CodeWrongStage, "answer")
	}
	if x.task.Kind == models.TaskSignOff {
		return x.takeSignOffBack(ctx, p)
	}
	rv, err := models.ReviewByTask(ctx, x.tx, x.task.ID)
	if err != nil {
		return err
	}
	if err := p.Means(rv.DecisionID); err != nil {
		return err
	}
	x.late = false // what is late is an answer
	if err := rv.Remove(ctx, x.tx); err != nil {
		return err
	}
	e := entry{verb: "review.taken_back", visibility: record.Confidential, objectKind: "task", object: x.task.ID,
		facts: map[string]string{"round": fmt.Sprint(rv.Round)}}
	if x.task.Kind == models.TaskConsult {
		e.verb, e.visibility, e.org = "consultation.taken_back", record.Network, x.speaksFor()
		e.facts["unit"] = x.task.OrganisationID.String()
	}
	if err := x.note(ctx, e); err != nil {
		return err
	}
	if err := x.waitAgain(ctx); err != nil {
		return err
	}
	return x.news(ctx, x.task, models.NewsTakenBack, x.id)
}

// waitAgain opens the question whose answer was taken back. Somebody who was replaced meanwhile is not asked again.
func (x *act) waitAgain(ctx context.Context) error {
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	zone, err := x.zoneOfTask(ctx, x.task)
	if err != nil {
		return err
	}
	holdsUp := x.task.MayHoldUp(x.now)
	x.task.TakeBack(x.procedure.WaitFor(x.task.Kind), round, zone, x.now)
	if err := x.schedule(ctx, x.task); err != nil {
		return err
	}
	if err := x.task.Save(ctx, x.tx); err != nil {
		return err
	}
	conflict, err := models.ConflictOf(ctx, x.tx, x.task.ID)
	if err != nil {
		return err
	}
	if conflict.Replaced() {
		return x.closeTask(ctx, x.task, models.TaskCancelled)
	}
	if !holdsUp {
		return nil
	}
	return x.goOnUnlessEnough(ctx, round)
}

// goOnUnlessEnough has a round go on that was closing, or whose officer was asked whether to close it, by an answer that counts no more;
// who was lost meanwhile is replaced.
func (x *act) goOnUnlessEnough(ctx context.Context, round *models.ReviewRound) error {
	answered, err := round.Answered(ctx, x.tx, x.procedure.Review)
	if err != nil || answered >= round.Enough || round.ClosedAt != nil {
		return err
	}
	closing := round.ClosingAt != nil
	round.EnoughAt = nil
	if err := x.goOn(ctx, round); err != nil || !closing {
		return err
	}
	return x.makeGood(ctx, round)
}
