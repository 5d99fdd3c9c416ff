package activities

import (
	"context"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// refuseTime is the officer not giving an expert the time asked for: the deadline stands, and the expert is told why.
func refuseTime(ctx context.Context, x *act) error {
	if err := x.stillOpen(); err != nil {
		return err
	}
	p, err := payload[models.RefuseTimePayload](x)
	if err != nil {
		return err
	}
	if x.task.AskedUntil == nil {
		return apperr.About(apperr.CodeWrongStage, "time_asked")
	}
	x.task.AskedUntil, x.task.TimeRefused, x.task.TimeRefusedIn = nil, p.Reason, p.WrittenIn
	if err := x.goOnReminding(ctx, x.task); err != nil {
		return err
	}
	if err := x.task.Save(ctx, x.tx); err != nil {
		return err
	}
	people, err := x.asked(ctx, x.task)
	if err != nil {
		return err
	}
	for _, person := range people {
		if err := x.mail(ctx, models.MailTimeRefused, person, x.task, x.id); err != nil {
			return err
		}
	}
	return x.note(ctx, entry{verb: "review.time_refused", visibility: record.Confidential, objectKind: "task", object: x.task.ID, org: x.rec.OrganisationID,
		texts: map[string]string{"reason": p.Reason}})
}

// goOnReminding sets the next reminder of a review after more time was asked for, or refused: while the request waits there is none
// for the one who asked.
func (x *act) goOnReminding(ctx context.Context, t *models.Task) error {
	w := x.procedure.WaitFor(t.Kind)
	if w.Stepwise() {
		return x.schedule(ctx, t)
	}
	zone, err := x.zoneOfTask(ctx, t)
	if err != nil {
		return err
	}
	t.CatchUp(w, zone, x.now)
	if t.AskedUntil != nil {
		t.RemindAt = nil
	}
	return nil
}
