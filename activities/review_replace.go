package activities

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// TaskSilent deals with an expert who did not react in time: the next in line is invited, or the officer is asked. Who was not
// reminded yet, though the procedure has them reminded, is so first, and has time to answer that.
func (a *Activities) TaskSilent(ctx context.Context, s Step) (models.Position, error) {
	t, err := models.TaskByID(ctx, a.DB, s.TaskID)
	if err != nil {
		return models.Position{}, temporalError(err)
	}
	procedure, err := models.ProcedureOf(ctx, a.DB, t.RecommendationID)
	if err != nil {
		return models.Position{}, temporalError(err)
	}
	if t.Unreminded(procedure.Document.WaitFor(t.Kind)) {
		s.N = t.Generation // who is asked in somebody's place is reminded anew
		return a.remindFirst(ctx, s)
	}
	return a.step(ctx, s, "silent", func(ctx context.Context, x *act) error {
		if err := x.due(x.task.RespondBy); err != nil {
			return err
		}
		if x.task.AcceptedAt != nil || x.task.Unreminded(x.procedure.WaitFor(x.task.Kind)) {
			return errNotNow
		}
		if begun, err := x.begun(ctx); err != nil || begun {
			return err
		}
		if err := x.closeTask(ctx, x.task, models.TaskExpired); err != nil {
			return err
		}
		if err := x.note(ctx, entry{verb: "review.silent", visibility: record.Confidential, objectKind: "task", object: x.task.ID}); err != nil {
			return err
		}
		return x.replace(ctx)
	})
}

// remindFirst reminds somebody to say whether they will when their time for it has passed without a reminder. It is a reminder
// as any other, and counts as the one of its ladder that it takes the place of.
func (a *Activities) remindFirst(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "remind_first", func(ctx context.Context, x *act) error {
		if err := x.due(x.task.RespondBy); err != nil {
			return err
		}
		if x.task.AcceptedAt != nil || !x.task.Unreminded(x.procedure.WaitFor(x.task.Kind)) {
			return errNotNow
		}
		if begun, err := x.begun(ctx); err != nil || begun {
			return err
		}
		cal, err := x.calendarOfTask(ctx, x.task)
		if err != nil {
			return err
		}
		x.task.RemindStep = models.ReminderRespond
		return x.remind(ctx, cal)
	})
}

// begun reports whether somebody who has not said whether they will has begun to write, and then waits for them until the deadline:
// who is writing is not silent, though nothing of what they wrote is sent yet.
func (x *act) begun(ctx context.Context) (bool, error) {
	kept, err := models.KeptWordsOf(ctx, x.tx, *x.task.PersonID, models.KeptAnswer(x.task.ID))
	if err != nil || kept == nil || !kept.Says() {
		return false, err
	}
	x.id = fmt.Sprintf("begun:%s:%d", x.task.ID, x.task.Generation) // not the step it was found at, which is still to come for another
	x.task.Heard()
	if err := x.goOnReminding(ctx, x.task); err != nil {
		return true, err
	}
	if err := x.task.Save(ctx, x.tx); err != nil {
		return true, err
	}
	return true, x.note(ctx, entry{verb: "review.begun", visibility: record.Confidential, objectKind: "task", object: x.task.ID})
}

// replace brings in the next expert in line for the one whose task ended without an answer. While the round is closing nobody further
// is asked: makeGood does it where the round goes on after all.
func (x *act) replace(ctx context.Context) error {
	round, err := x.round(ctx)
	if err != nil || round.ClosingAt != nil {
		return err
	}
	return x.replaceIn(ctx, round, x.task)
}

// replaceIn brings in the next in line for an expert who was lost. Where nobody in line can be asked, or the procedure leaves it to the
// officer, the officer is asked.
func (x *act) replaceIn(ctx context.Context, round *models.ReviewRound, lost *models.Task) error {
	next := uuid.Nil
	if x.procedure.Review.ReplaceSilent {
		var err error
		if next, err = x.nextFree(ctx, round); err != nil {
			return err
		}
	}
	if next == uuid.Nil {
		return x.askOfficer(ctx, models.TaskChooseReviewer, func(t *models.Task) {
			t.Round, t.SubjectID = round.Number, &lost.ID
		})
	}
	round.Reserve = without(round.Reserve, next)
	if err := x.inviteExpert(ctx, round, next, &lost.ID, true); err != nil {
		return err
	}
	return round.Save(ctx, x.tx)
}

// makeGood replaces those who were lost while a round was closing that now goes on.
func (x *act) makeGood(ctx context.Context, round *models.ReviewRound) error {
	lost, err := models.LostReviewers(ctx, x.tx, round)
	if err != nil {
		return err
	}
	for i := range lost {
		if err := x.replaceIn(ctx, round, &lost[i]); err != nil {
			return err
		}
	}
	return nil
}

// nextFree is the first in line who can be asked now, uuid.Nil where nobody can: much may have changed since the line was made. Who
// has left, is no expert any more, has come to know the authors of a text that is reviewed without names, has as many reviews as
// they take or was asked in this round already is passed over, and stays in line for the officer to see.
func (x *act) nextFree(ctx context.Context, round *models.ReviewRound) (uuid.UUID, error) {
	asked, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, Kinds: []models.TaskKind{models.TaskReview}, Round: round.Number})
	if err != nil {
		return uuid.Nil, err
	}
	for _, id := range round.Reserve {
		if slices.ContainsFunc(asked, func(t models.Task) bool { return *t.PersonID == id }) {
			continue
		}
		bad := apperr.New(apperr.CodeInvalid)
		if err := x.mayReview(ctx, bad, "reserve", id); err != nil {
			return uuid.Nil, err
		}
		free, err := models.FreeToReview(ctx, x.tx, id)
		if err != nil {
			return uuid.Nil, err
		}
		if free && bad.OrNil() == nil {
			return id, nil
		}
	}
	return uuid.Nil, nil
}

// inviteReviewer is the officer bringing a further expert into the running round.
func inviteReviewer(ctx context.Context, x *act) error {
	p, err := payload[models.InviteReviewerPayload](x)
	if err != nil {
		return err
	}
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	if round.ClosedAt != nil {
		return apperr.About(apperr.CodeClosed, "review_round")
	}
	bad := apperr.New(apperr.CodeInvalid)
	if err := x.mayReview(ctx, bad, "person_id", p.PersonID); err != nil {
		return err
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	asked, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, Kinds: []models.TaskKind{models.TaskReview}, Round: round.Number})
	if err != nil {
		return err
	}
	for _, t := range asked {
		if *t.PersonID == p.PersonID {
			return apperr.Invalid("person_id", "asked_already")
		}
	}
	if err := x.closeChoice(ctx); err != nil {
		return err
	}
	answered, err := round.Answered(ctx, x.tx, x.procedure.Review)
	if err != nil {
		return err
	}
	round.Reserve = without(round.Reserve, p.PersonID)
	round.Enough = max(round.Enough, answered+1) // who is invited is waited for
	if err := x.goOn(ctx, round); err != nil {
		return err
	}
	inPlaceOf, err := x.placeFor(ctx, round)
	if err != nil {
		return err
	}
	if err := x.inviteExpert(ctx, round, p.PersonID, inPlaceOf, false); err != nil {
		return err
	}
	return round.Save(ctx, x.tx)
}

// placeFor is whose place an expert takes whom the officer invites: that of who is asked about, or else of the first who was lost while
// the round was closing. Nil where it is nobody's.
func (x *act) placeFor(ctx context.Context, round *models.ReviewRound) (*uuid.UUID, error) {
	if x.task != nil {
		return x.task.SubjectID, nil
	}
	lost, err := models.LostReviewers(ctx, x.tx, round)
	if err != nil || len(lost) == 0 {
		return nil, err
	}
	return &lost[0].ID, nil
}

// skipReviewer is the officer going on without a replacement.
func skipReviewer(ctx context.Context, x *act) error {
	if err := x.closeChoice(ctx); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "review.not_replaced", visibility: record.Confidential, objectKind: "task", object: x.task.ID, org: x.rec.OrganisationID})
}

func (x *act) closeChoice(ctx context.Context) error {
	if x.task == nil {
		return nil
	}
	return x.closeTask(ctx, x.task, models.TaskDone)
}

func without(list []uuid.UUID, id uuid.UUID) []uuid.UUID {
	out := []uuid.UUID{}
	for _, e := range list {
		if e != id {
			out = append(out, e)
		}
	}
	return out
}
