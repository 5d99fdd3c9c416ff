package activities

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// DecideInput names a stored submission.
type DecideInput struct {
	ProcessID    uuid.UUID
	SubmissionID uuid.UUID
}

// DecideResult is what came of it, and where the process stands now.
type DecideResult struct {
	Outcome  models.Outcome
	Position models.Position
}

// decider takes one kind of decision.
type decider struct {
	process  models.ProcessKind // "": any
	action   access.Action      // what entitles; for a decision that answers tasks of several kinds see actionFor
	optional bool               // the task may be missing
	take     func(context.Context, *act) error
}

// Decide takes the decision a submission asks for, once: asked again it returns what was decided.
func (a *Activities) Decide(ctx context.Context, in DecideInput) (DecideResult, error) {
	var result DecideResult
	err := a.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		x, err := a.beginDecision(ctx, tx, in)
		if err != nil {
			return err
		}
		if result.Outcome, err = decide(ctx, x); err != nil {
			return err
		}
		result.Position, err = x.position(ctx)
		return err
	})
	refused := refusal(err)
	if refused == nil {
		return result, temporalError(err)
	}
	if result.Outcome, err = a.refuse(ctx, in.SubmissionID, refused); err != nil {
		return result, temporalError(err)
	}
	result.Position, err = models.LoadPosition(ctx, a.DB, in.ProcessID)
	return result, temporalError(err)
}

// beginDecision begins the act a submission asks for. The submission is read while the process's row is held: nobody
// settles it meanwhile.
func (a *Activities) beginDecision(ctx context.Context, tx bun.Tx, in DecideInput) (*act, error) {
	x, err := begin(ctx, tx, in.ProcessID, a.Now())
	if err != nil {
		return nil, err
	}
	if x.sub, err = models.SubmissionByID(ctx, tx, in.SubmissionID); err != nil {
		return nil, err
	}
	x.id = x.sub.DecisionID
	return x, nil
}

// decide takes a decision that is not taken yet, and returns what came of it.
func decide(ctx context.Context, x *act) (models.Outcome, error) {
	if x.sub.Outcome != nil {
		return *x.sub.Outcome, nil
	}
	d, known := deciders[x.sub.Kind]
	if !known || (d.process != "" && d.process != x.process.Kind) {
		return models.Outcome{}, apperr.Invalid("kind", "unknown")
	}
	if err := x.admit(ctx, d); err != nil {
		return models.Outcome{}, err
	}
	if err := d.take(ctx, x); err != nil {
		return models.Outcome{}, err
	}
	if err := x.tellSpeaker(ctx); err != nil {
		return models.Outcome{}, err
	}
	outcome := models.Outcome{State: models.SubmissionRecorded, Late: x.late, DecidedAt: x.now}
	if err := x.commit(ctx, string(x.sub.Kind), x.sub.ArgsHash, outcome); err != nil {
		return models.Outcome{}, err
	}
	return outcome, x.sub.Settle(ctx, x.tx, outcome)
}

// refuse settles a submission that cannot be taken. What was settled meanwhile stands.
func (a *Activities) refuse(ctx context.Context, id uuid.UUID, e *apperr.Error) (models.Outcome, error) {
	sub, err := models.SubmissionByID(ctx, a.DB, id)
	if err != nil {
		return models.Outcome{}, err
	}
	if sub.Outcome == nil {
		if err := sub.Settle(ctx, a.DB, models.Refusal(e, a.Now())); err != nil {
			return models.Outcome{}, err
		}
		if sub, err = models.SubmissionByID(ctx, a.DB, id); err != nil {
			return models.Outcome{}, err
		}
	}
	return *sub.Outcome, nil
}

// admit checks who speaks, whether they may, and whether it is possible now.
func (x *act) admit(ctx context.Context, d decider) error {
	var err error
	if x.actor, err = models.PersonByID(ctx, x.tx, x.sub.ActorID); err != nil {
		return err
	}
	x.speaker = x.actor
	if x.sub.OnBehalfOf != nil {
		if x.speaker, err = models.PersonByID(ctx, x.tx, *x.sub.OnBehalfOf); err != nil {
			return err
		}
	}
	if err := x.loadTask(ctx, d); err != nil {
		return err
	}
	if err := x.entitled(ctx, d); err != nil {
		return err
	}
	if x.sub.AttachmentID != nil {
		if x.attachment, err = models.Attachable(ctx, x.tx, x.rec.ID, x.sub); err != nil {
			return err
		}
	}
	return x.possible(ctx)
}

func (x *act) loadTask(ctx context.Context, d decider) error {
	if x.sub.TaskID == nil {
		if x.sub.Kind.AnswersTasks() && !d.optional {
			return apperr.Invalid("task_id", "required")
		}
		return nil
	}
	t, err := models.TaskByID(ctx, x.tx, *x.sub.TaskID)
	if err != nil {
		return err
	}
	if t.ProcessID != x.process.ID || !x.sub.Kind.Answers(t.Kind) {
		return apperr.NotFound("task")
	}
	x.task = t
	return nil
}

// entitled asks the table of roles for the speaker and, where somebody else recorded it, for that person too.
func (x *act) entitled(ctx context.Context, d decider) error {
	object, err := x.readObject(ctx)
	if err != nil {
		return err
	}
	x.object = object
	sender, err := models.AccessActor(ctx, x.tx, x.actor.ID, x.link())
	if err != nil {
		return err
	}
	x.sends = sender
	if x.sub.OnBehalfOf == nil {
		x.speaks = sender
		return access.Can(sender, d.actionFor(x.task), object)
	}
	if err := access.Can(sender, access.RecordOnBehalf, object); err != nil {
		return err
	}
	if x.speaks, err = models.AccessActor(ctx, x.tx, x.speaker.ID, nil); err != nil {
		return err
	}
	return access.Can(x.speaks, d.actionFor(x.task), object)
}

func (x *act) readObject(ctx context.Context) (access.Object, error) {
	if x.process.Kind == models.ProcessFollowUp && x.task == nil {
		return models.FollowUpObject(ctx, x.tx, x.rec, x.process.ID)
	}
	return models.AccessObject(ctx, x.tx, x.rec, x.task)
}

// link is the task of the personal link by which the words came, or nil where none was used. A link entitles to its
// task alone: to nothing where the words are about no task.
func (x *act) link() *uuid.UUID {
	if x.sub.ByLink && x.sub.TaskID == nil {
		return new(uuid.UUID)
	}
	if x.sub.ByLink {
		return x.sub.TaskID
	}
	return nil
}

// actionFor is what entitles to a decision: where tasks of several kinds can be declined, it is what entitles to
// answer that kind.
func (d decider) actionFor(t *models.Task) access.Action {
	if d.action != "" || t == nil {
		return d.action
	}
	action, _ := t.Kind.AnswerAction()
	return action
}

// possible checks state, as it is now, and time, by when the words were received.
func (x *act) possible(ctx context.Context) error {
	if x.process.ClosedAt == nil && x.task != nil {
		x.late = x.task.Late(x.saidAt())
		if err := x.answerable(ctx); err != nil {
			return err
		}
	}
	return x.process.Possible(x.sub.Kind, x.rec)
}

// answerable asks whether the question still stands, before it is asked whether its stage lasts: that says more.
func (x *act) answerable(ctx context.Context) error {
	var round *models.ReviewRound
	if x.rec.Stage == models.StageReview {
		var err error
		if round, err = x.round(ctx); err != nil {
			return err
		}
	}
	if x.sub.OnBehalfOf != nil {
		return x.task.RefusesRecorded(x.sub.Kind, x.rec, round, x.saidAt())
	}
	return x.task.RefusesTo(x.sub.Kind, x.rec, round, x.saidAt())
}

// comesBack reports whether what is said takes back that the question ended without an answer.
func (x *act) comesBack() bool {
	return x.sub.Kind.Reconsiders(x.task) || x.sub.OnBehalfOf != nil && x.sub.Kind.AnswersLapsed(x.task)
}

// stillOpen refuses to take back or to promise an answer that was given: to change it is another matter.
func (x *act) stillOpen() error {
	if x.task.State != models.TaskOpen {
		return apperr.About(apperr.CodeClosed, "task")
	}
	return nil
}

// tellSpeaker writes to a person for whom something was recorded.
func (x *act) tellSpeaker(ctx context.Context) error {
	if x.sub.OnBehalfOf == nil {
		return nil
	}
	return x.mail(ctx, models.MailRecordedOnBehalf, x.speaker, x.task, x.id)
}
