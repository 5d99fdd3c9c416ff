package activities

import (
	"context"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// takeSignOffBack has an organisation take back what was answered in its name while the sign-off lasts: it is waited for again. Its
// sisters in the voting unit answer in its place instead. Who had answered is told, unless they take it back themselves.
func (x *act) takeSignOffBack(ctx context.Context, p models.TakeBackPayload) error {
	so, err := models.SignOffByTask(ctx, x.tx, x.task.ID)
	if err != nil {
		return err
	}
	if err := p.Means(so.DecisionID); err != nil {
		return err
	}
	if !so.TakenBackBy(x.speaks) {
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
	if err := x.tellNotCounted(ctx, so); err != nil {
		return err
	}
	if err := x.resolveNoMore(ctx); err != nil {
		return err
	}
	return x.news(ctx, x.task, models.NewsSignOffTakenBack, x.id)
}

// tellNotCounted writes to whose answer a colleague took back: nobody shall find that out by chance.
func (x *act) tellNotCounted(ctx context.Context, so *models.SignOff) error {
	if so.PersonID == x.speaker.ID {
		return nil
	}
	gave, err := models.PersonByID(ctx, x.tx, so.PersonID)
	if err != nil {
		return err
	}
	return x.mail(ctx, models.MailSignOffReplaced, gave, x.task, x.id)
}

// resolveNoMore ends the officer's question what follows where the rule can be met after all.
func (x *act) resolveNoMore(ctx context.Context) error {
	tally, err := x.tally(ctx)
	if err != nil || tally.Failed {
		return err
	}
	return x.closeTasks(ctx, models.TaskCancelled, "", models.TaskResolveSignOff)
}
