package activities

import (
	"context"
	"time"

	"tribuna/internal/record"
	"tribuna/models"
)

// takeTimeBack has an expert take back that they asked for more time, until the officer has answered; or give back time that they took
// without asking, as long as the deadline before it is still to come. It is one step: what was asked for last goes first.
func takeTimeBack(ctx context.Context, x *act) error {
	if err := x.stillOpen(); err != nil {
		return err
	}
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	if err := x.task.TakesTimeBack(round, x.now); err != nil {
		return err
	}
	e := entry{verb: "review.time_taken_back", visibility: record.Confidential, objectKind: "task", object: x.task.ID}
	if x.task.AskedUntil != nil {
		e.facts = map[string]string{"until": x.task.AskedUntil.Format(time.DateOnly)}
		x.task.AskedUntil = nil
	} else if e, err = x.giveTimeBack(ctx, e); err != nil {
		return err
	}
	x.task.TimeTakenBackAt = &x.now
	if err := x.goOnReminding(ctx, x.task); err != nil {
		return err
	}
	if err := x.task.Save(ctx, x.tx); err != nil {
		return err
	}
	if round.DueAt, err = round.LastDue(ctx, x.tx); err != nil {
		return err
	}
	if err := round.Save(ctx, x.tx); err != nil {
		return err
	}
	if err := x.note(ctx, e); err != nil {
		return err
	}
	return x.news(ctx, x.task, models.NewsTimeTakenBack, x.id)
}

func (x *act) giveTimeBack(ctx context.Context, e entry) (entry, error) {
	cal, err := x.calendarOfTask(ctx, x.task)
	if err != nil {
		return e, err
	}
	former := x.task.DueAt
	x.task.GiveTimeBack(x.procedure.WaitFor(x.task.Kind), cal.Zone)
	e.verb = "review.time_given_back"
	e.facts = map[string]string{"was_due": former.UTC().Format(time.RFC3339), "due": x.task.DueAt.UTC().Format(time.RFC3339)}
	return e, nil
}
