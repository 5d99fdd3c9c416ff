package activities

import (
	"context"
	"slices"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// settledTask is a task about which coordinators were asked and which is over.
type settledTask struct {
	task models.Task
	how  models.TaskState
}

// noteSettled puts on record why coordinators need not look into something any more. It comes last in its act: what
// settled it is told before.
func (x *act) noteSettled(ctx context.Context) error {
	for _, s := range x.settled {
		err := x.note(ctx, entry{verb: "task.settled", visibility: record.Network, objectKind: "task", object: s.task.ID, byRule: true,
			facts: map[string]string{"kind": string(s.task.Kind), "how": string(s.how)}})
		if err != nil {
			return err
		}
	}
	return nil
}

// lateTask is the task that an escalation is about, while it is still waited for.
func (x *act) lateTask(ctx context.Context) (*models.Task, error) {
	if x.task.SubjectID == nil {
		return nil, apperr.NotFound("task")
	}
	late, err := models.TaskByID(ctx, x.tx, *x.task.SubjectID)
	if err != nil {
		return nil, err
	}
	if late.State != models.TaskOpen {
		return nil, apperr.About(apperr.CodeClosed, "task")
	}
	return late, nil
}

// remindLate puts what is overdue into the next mail of those who were asked. The coordinator goes on looking into it.
func remindLate(ctx context.Context, x *act) error {
	late, err := x.lateTask(ctx)
	if err != nil {
		return err
	}
	if err := x.remindAsked(ctx, late); err != nil {
		return err
	}
	cal, err := x.calendarOfTask(ctx, late)
	if err != nil {
		return err
	}
	late.Remind(x.procedure.WaitFor(late.Kind), cal, x.now)
	if err := late.Save(ctx, x.tx); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "task.reminded_by_hand", visibility: record.Confidential, objectKind: "task", object: late.ID, org: x.rec.OrganisationID,
		facts: map[string]string{"kind": string(late.Kind)}})
}

// extendLate gives those who were asked more time, tells them with the day's reminders, and ends the escalation: when the new
// deadline passes there is another.
func extendLate(ctx context.Context, x *act) error {
	p, err := payload[models.ExtendPayload](x)
	if err != nil {
		return err
	}
	late, err := x.lateTask(ctx)
	if err != nil {
		return err
	}
	zone, err := x.zoneOfTask(ctx, late)
	if err != nil {
		return err
	}
	if err := late.MovesTo(*p.DueOn.Time(), x.now, zone); err != nil {
		return err
	}
	if err := x.remindAsked(ctx, late); err != nil {
		return err
	}
	former := late.DueAt
	late.Extend(x.procedure.WaitFor(late.Kind), *p.DueOn.Time(), x.now, zone)
	if err := late.Save(ctx, x.tx); err != nil {
		return err
	}
	if _, err := models.EndEscalations(ctx, x.tx, late.ID, x.now); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "task.extended", visibility: record.Network, objectKind: "task", object: late.ID, org: x.rec.OrganisationID,
		facts: map[string]string{"kind": string(late.Kind), "was_due": former.UTC().Format(time.RFC3339), "due": late.DueAt.UTC().Format(time.RFC3339)},
		texts: map[string]string{"reason": p.Reason}})
}

// leaveLate ends the escalation and leaves what is overdue as it is: it is waited for, and no coordinator is asked again.
func leaveLate(ctx context.Context, x *act) error {
	p, err := payload[models.LeavePayload](x)
	if err != nil {
		return err
	}
	late, err := x.lateTask(ctx)
	if err != nil {
		return err
	}
	if _, err := models.EndEscalations(ctx, x.tx, late.ID, x.now); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "task.left", visibility: record.Network, objectKind: "task", object: late.ID, org: x.rec.OrganisationID,
		facts: map[string]string{"kind": string(late.Kind)}, texts: map[string]string{"note": p.Note}})
}

// remindAsked puts a task into the next mail of everybody it waits for.
func (x *act) remindAsked(ctx context.Context, t *models.Task) error {
	people, err := x.asked(ctx, t)
	if err != nil {
		return err
	}
	slices.SortFunc(people, func(a, b models.Person) int { return slices.Compare(a.ID[:], b.ID[:]) }) // rows are locked in one order
	for _, p := range people {
		if err := x.digest(ctx, p, t); err != nil {
			return err
		}
	}
	return nil
}
