package activities

import (
	"context"
	"fmt"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// OpenSignOff asks every voting unit concerned, and for countries without a partner whom the procedure says. Where the
// procedure skips the sign-off, or there is nobody to ask, the recommendation goes on to publication.
func (a *Activities) OpenSignOff(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "open_signoff", func(ctx context.Context, x *act) error {
		if x.rec.Stage != models.StageSignOff {
			return errNotNow
		}
		units, uncovered, err := x.unitsAsked(ctx)
		if err != nil {
			return err
		}
		if x.procedure.SignOff.Skip || len(units) == 0 {
			return x.toPublication(ctx, "signoff.skipped", nil)
		}
		for _, u := range units {
			err := x.askOrganisation(ctx, models.TaskSignOff, u.ID, u.Concerned, func(t *models.Task, _ *time.Location) {
				t.VersionID, t.Round = x.rec.AcceptedVersionID, x.rec.Round
			})
			if err != nil {
				return err
			}
			if err := x.noteAsked(ctx, "signoff.asked", u, *x.rec.AcceptedVersionID); err != nil {
				return err
			}
		}
		facts := map[string]string{"asked": fmt.Sprint(len(units)), "rule": x.procedure.SignOff.Rule}
		for i, country := range uncovered {
			facts[fmt.Sprintf("uncovered_%d", i+1)] = country
		}
		return x.note(ctx, entry{verb: "signoff.opened", visibility: record.Network, objectKind: "version",
			object: *x.rec.AcceptedVersionID, facts: facts})
	})
}

// answerSignOff takes an organisation's answer, or the one that replaces it while the sign-off lasts.
func answerSignOff(ctx context.Context, x *act) error {
	p, err := payload[models.SignOffPayload](x)
	if err != nil {
		return err
	}
	if x.rec.AcceptedVersionID == nil || *x.task.VersionID != *x.rec.AcceptedVersionID {
		return apperr.About(apperr.CodeOtherText, "version")
	}
	if _, err := x.sameText(ctx, p.VersionHash, nil); err != nil {
		return err
	}
	former, err := x.formerSignOff(ctx)
	if err != nil {
		return err
	}
	org := x.speaksFor()
	so := &models.SignOff{TaskID: x.task.ID, RecommendationID: x.rec.ID, VersionID: *x.task.VersionID, OrganisationID: *x.task.OrganisationID, SpokenBy: &org,
		PersonID: x.speaker.ID, Answer: p.Answer, Reason: p.Reason, WrittenIn: p.WrittenIn, DecisionID: x.id, AnsweredAt: x.now}
	if err := so.Put(ctx, x.tx); err != nil {
		return fmt.Errorf("write sign-off: %w", err)
	}
	facts := map[string]string{"answer": p.Answer, "unit": x.task.OrganisationID.String()}
	if former != nil {
		facts["changed"] = "true"
		if err := x.tellReplaced(ctx, former, facts); err != nil {
			return err
		}
	}
	if err := x.closeTask(ctx, x.task, models.TaskDone); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "signoff.answered", visibility: record.Network, objectKind: "version", object: so.VersionID, org: org,
		facts: facts, texts: map[string]string{"reason": p.Reason}})
}

// formerSignOff returns the answer given before, nil where there is none.
func (x *act) formerSignOff(ctx context.Context) (*models.SignOff, error) {
	if x.task.State != models.TaskDone {
		return nil, nil
	}
	former, err := models.SignOffByTask(ctx, x.tx, x.task.ID)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, nil
	}
	return former, err
}

// tellReplaced notes whose answer another one takes the place of, and tells them: where a vote is shared, each of those who
// share it may speak for all, and nobody shall find out by chance that they were spoken over.
func (x *act) tellReplaced(ctx context.Context, former *models.SignOff, facts map[string]string) error {
	if former.PersonID == x.speaker.ID {
		return nil
	}
	first, err := models.PersonByID(ctx, x.tx, former.PersonID)
	if err != nil {
		return err
	}
	facts["former"] = first.Pseudonym.String()
	if former.SpokenBy != nil {
		facts["replaced"] = former.SpokenBy.String()
	}
	return x.mail(ctx, models.MailSignOffReplaced, first, x.task, x.id)
}

// EndSignOff goes on to publication when the rule is met.
func (a *Activities) EndSignOff(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "end_signoff", func(ctx context.Context, x *act) error {
		tally, err := x.tally(ctx)
		if err != nil {
			return err
		}
		if !tally.Met {
			return errNotNow
		}
		return x.toPublication(ctx, "signoff.met", tallyFacts(tally))
	})
}

func (x *act) tally(ctx context.Context) (models.SignOffTally, error) {
	if x.rec.Stage != models.StageSignOff {
		return models.SignOffTally{}, errNotNow
	}
	return models.TallyOf(ctx, x.tx, x.rec)
}

// AskResolve asks the officer what follows when the rule can no longer be met.
func (a *Activities) AskResolve(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "ask_resolve", func(ctx context.Context, x *act) error {
		tally, err := x.tally(ctx)
		if err != nil {
			return err
		}
		if tally.Asked == 0 || !tally.Failed {
			return errNotNow
		}
		if err := x.note(ctx, entry{verb: "signoff.not_met", visibility: record.Network, objectKind: "version", object: *x.rec.AcceptedVersionID,
			facts: tallyFacts(tally)}); err != nil {
			return err
		}
		return x.askOfficer(ctx, models.TaskResolveSignOff, func(t *models.Task) { t.VersionID = x.rec.AcceptedVersionID })
	})
}

// resolveSignOff is the officer's decision when the rule is not met: publish with those who agreed, revise, withdraw.
func resolveSignOff(ctx context.Context, x *act) error {
	p, err := payload[models.ResolveSignOffPayload](x)
	if err != nil {
		return err
	}
	if err := x.closeTask(ctx, x.task, models.TaskDone); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "signoff.resolved", visibility: record.Network, objectKind: "version", object: *x.rec.AcceptedVersionID, org: x.rec.OrganisationID,
		facts: map[string]string{"decision": p.Decision}, texts: map[string]string{"reason": p.Reason}}); err != nil {
		return err
	}
	switch p.Decision {
	case models.ResolvePublish:
		return x.toPublication(ctx, "signoff.ended", nil)
	case models.ResolveRevise:
		if err := x.closeTasks(ctx, models.TaskCancelled, models.ReasonOver); err != nil {
			return err
		}
		x.rec.AcceptedVersionID = nil
		return x.enter(ctx, models.StageDrafting)
	default:
		return x.withdraw(ctx)
	}
}

// tallyFacts are the figures the rule was applied to.
func tallyFacts(t models.SignOffTally) map[string]string {
	return map[string]string{"approved": fmt.Sprint(t.Approved), "conditional": fmt.Sprint(t.Conditional), "abstained": fmt.Sprint(t.Abstained),
		"outside": fmt.Sprint(t.Outside), "declined": fmt.Sprint(t.Declined), "silent": fmt.Sprint(t.Silent)}
}

func (x *act) toPublication(ctx context.Context, verb string, facts map[string]string) error {
	if err := x.closeTasks(ctx, models.TaskCancelled, models.ReasonOver, models.TaskSignOff, models.TaskResolveSignOff); err != nil {
		return err
	}
	if err := x.enter(ctx, models.StagePublication); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: verb, visibility: record.Network, objectKind: "version", object: *x.rec.AcceptedVersionID, facts: facts})
}
