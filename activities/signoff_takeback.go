package activities

import (
	"context"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// takeSignOffBack has who answered in an organisation's name take that back while the sign-off lasts: the organisation is waited for
// again. Others who may speak for it, a sister in its voting unit among them, answer in its place instead, of which the first is told.
func (x *act) takeSignOffBack(ctx context.Context, p models.TakeBackPayload) error {
	so, err := models.SignOffByTask(ctx, x.tx, x.task.ID)
	if err != nil {
		return err
	}
	if err := p.Means(so.DecisionID); err != nil {
		return err
	}
	if so.PersonID != x.speaker.ID {
		return apperr.About(apperr.CodeForbidden, "answer")
	}
	if err := so.Remove(ctx, x.tx); err != nil {
		return err
	}
	zone, err := x.zoneOfTask(ctx, x.task)
	if err != nil {
		return err
	}
	x.late = false         // what is late is an answer
	x.task.OverdueAt = nil // whether silence counts is judged anew
	x.task.TakeBack(x.procedure.WaitFor(x.task.Kind), nil, zone, x.now)
	if err := x.schedule(ctx, x.task); err != nil {
		return err
	}
	if err := x.task.Save(ctx, x.tx); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "signoff.taken_back", visibility: record.Network, objectKind: "version", object: so.VersionID, org: x.speaksFor(),
		facts: map[string]string{"unit": x.task.OrganisationID.String()}}); err != nil {
		return err
	}
	if err := x.resolveNoMore(ctx); err != nil {
		return err
	}
	return x.news(ctx, x.task, models.NewsSignOffTakenBack, x.id)
}

// resolveNoMore ends the officer's question what follows where the rule can be met after all.
func (x *act) resolveNoMore(ctx context.Context) error {
	tally, err := x.tally(ctx)
	if err != nil || tally.Failed {
		return err
	}
	return x.closeTasks(ctx, models.TaskCancelled, "", models.TaskResolveSignOff)
}
