package activities

import (
	"context"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// declareConflict takes what an expert declares of a conflict of interest. They go on reading and writing; the officer is told.
// What was decided about an earlier declaration is open again where another is made.
func declareConflict(ctx context.Context, x *act) error {
	p, err := payload[models.DeclareConflictPayload](x)
	if err != nil {
		return err
	}
	before, err := models.ConflictOf(ctx, x.tx, x.task.ID)
	if err != nil {
		return err
	}
	if before != nil && before.Kind == p.Kind && before.Words == p.Words {
		return nil // it stands already, and so does what was decided about it
	}
	if before.Replaced() {
		return apperr.About(apperr.CodeClosed, "task")
	}
	c := &models.Conflict{TaskID: x.task.ID, PersonID: x.speaker.ID, RecommendationID: x.rec.ID, Kind: p.Kind, Words: p.Words, WrittenIn: p.WrittenIn, DeclaredAt: x.now}
	if err := c.Put(ctx, x.tx); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "review.conflict_declared", visibility: record.Confidential, objectKind: "task", object: x.task.ID,
		facts: map[string]string{"conflict": p.Kind}, texts: map[string]string{"words": p.Words}}); err != nil || !c.Declared() {
		return err
	}
	return x.news(ctx, x.task, models.NewsConflict, x.id)
}

// ruleConflict is the officer's decision about a declared conflict: the expert may answer, answers with the conflict shown, or is
// replaced. What a replaced expert has sent is kept, marked, and does not count.
func ruleConflict(ctx context.Context, x *act) error {
	p, err := payload[models.RuleConflictPayload](x)
	if err != nil {
		return err
	}
	c, err := models.ConflictOf(ctx, x.tx, x.task.ID)
	if err != nil {
		return err
	}
	switch {
	case !c.Declared():
		return apperr.About(apperr.CodeWrongStage, "conflict")
	case c.Replaced(): // somebody else is asked already
		return apperr.About(apperr.CodeClosed, "task")
	}
	c.Ruling, c.Reason, c.ReasonWrittenIn, c.RuledBy, c.RuledAt = &p.Ruling, p.Reason, p.WrittenIn, &x.speaker.ID, &x.now
	if err := c.Rule(ctx, x.tx); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "review.conflict_ruled", visibility: record.Confidential, objectKind: "task", object: x.task.ID, org: x.rec.OrganisationID,
		facts: map[string]string{"ruling": p.Ruling}, texts: map[string]string{"reason": p.Reason}}); err != nil {
		return err
	}
	if p.Ruling == models.RulingReplaced {
		if err := x.replaceConflicted(ctx); err != nil {
			return err
		}
	}
	asked, err := x.asked(ctx, x.task)
	if err != nil {
		return err
	}
	for _, person := range asked {
		if err := x.mailWith(ctx, models.MailConflictRuled, person, x.task, x.id, models.MailData{Reason: p.Ruling}); err != nil {
			return err
		}
	}
	return nil
}

// replaceConflicted ends the question where it is open, and brings in the next in line. Where the round was closing, or the officer
// was asked whether to close it, by an answer that counts no more, it goes on.
func (x *act) replaceConflicted(ctx context.Context) error {
	if x.task.State == models.TaskOpen {
		if err := x.closeTask(ctx, x.task, models.TaskCancelled); err != nil {
			return err
		}
	}
	if err := x.replace(ctx); err != nil {
		return err
	}
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	return x.goOnUnlessEnough(ctx, round)
}
