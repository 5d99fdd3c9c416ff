package workflows

import (
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"tribuna/activities"
	"tribuna/models"
)

// DecideUpdate is the Update by which a process is told that a submission was stored.
const DecideUpdate = "decide"

// RevisionQuery asks a process which revision of its rows it goes by. Doctor alone asks.
const RevisionQuery = "revision"

// DecideRequest names the submission; the words stay in the database.
type DecideRequest struct {
	SubmissionID uuid.UUID
}

// Input begins a process, or goes on with it after continue-as-new: all else is read from the rows.
type Input struct {
	ProcessID uuid.UUID
}

// historyLimit is the length at which a process continues as new even if the server does not suggest it yet.
const historyLimit = 4000

// process is what every workflow has: where it stands, and the door by which decisions come in.
type process struct {
	in      Input
	pos     models.Position
	stalled int64         // revision at which a step changed nothing
	within  time.Duration // how long an attempt at one of its transactions may take
}

// newProcess registers the handlers before the first wait and reads where the process stands. An attempt at one of its
// transactions may take as long as within.
func newProcess(ctx workflow.Context, in Input, within time.Duration) (*process, error) {
	p := &process{in: in, stalled: -1, within: within}
	err := workflow.SetUpdateHandlerWithOptions(ctx, DecideUpdate, p.decide,
		workflow.UpdateHandlerOptions{Validator: p.admits, Description: "A submission was stored: decide on it."})
	if err != nil {
		return nil, err
	}
	if err := workflow.SetQueryHandler(ctx, RevisionQuery, func() (int64, error) { return p.pos.Revision, nil }); err != nil {
		return nil, err
	}
	return p, p.load(ctx)
}

// admits looks at the workflow's own state only; rights and deadlines are checked where they are true, in the database.
func (p *process) admits(_ workflow.Context, r DecideRequest) error {
	if r.SubmissionID == uuid.Nil {
		return temporal.NewNonRetryableApplicationError("no submission named", "invalid", nil)
	}
	return nil
}

func (p *process) decide(ctx workflow.Context, r DecideRequest) (models.Outcome, error) {
	var result activities.DecideResult
	err := workflow.ExecuteActivity(p.activity(ctx), a.Decide,
		activities.DecideInput{ProcessID: p.in.ProcessID, SubmissionID: r.SubmissionID}).Get(ctx, &result)
	if err != nil {
		return models.Outcome{}, err
	}
	p.moveTo(result.Position)
	return result.Outcome, nil
}

// moveTo takes a position unless a newer one is known: activities may report out of order.
func (p *process) moveTo(pos models.Position) {
	if pos.Revision >= p.pos.Revision {
		p.pos = pos
	}
}

func (p *process) load(ctx workflow.Context) error {
	var pos models.Position
	err := workflow.ExecuteActivity(p.activity(ctx), a.LoadPosition, p.in.ProcessID).Get(ctx, &pos)
	if err != nil {
		return err
	}
	p.moveTo(pos)
	return nil
}

// take runs a step of the process's own and moves to where it led.
func (p *process) take(ctx workflow.Context, n next) error {
	before := p.pos.Revision
	var pos models.Position
	step := activities.Step{ProcessID: p.in.ProcessID, TaskID: n.task, N: n.n}
	if err := workflow.ExecuteActivity(p.activity(ctx), n.step, step).Get(ctx, &pos); err != nil {
		return err
	}
	p.moveTo(pos)
	if p.pos.Revision == before {
		p.stalled = before
	}
	return nil
}

// a only names the activities; the worker has the real ones.
var a *activities.Activities

// oneTransaction is how long an attempt may take that touches a few rows.
const oneTransaction = 30 * time.Second

// activity sets how activities are run: for as long as it takes, because what is decided must be written, and each attempt no
// longer than its transaction may take.
func (p *process) activity(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: p.within,
		HeartbeatTimeout:    aliveWithin,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    200 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumInterval:    30 * time.Second,
		},
	})
}

// next is what a process does next by itself, and when.
type next struct {
	at   time.Time // zero: at once
	step any       // an activity that takes a Step
	task uuid.UUID
	n    int
}

// earliest returns the first of the candidates; of equals the first named, so that the order is always the same.
func earliest(candidates []next) *next {
	var first *next
	for i := range candidates {
		if first == nil || candidates[i].at.Before(first.at) {
			first = &candidates[i]
		}
	}
	return first
}

// await waits until the next thing is due, or until something was decided meanwhile, and reports whether it is due.
// Nothing known to come (nil) waits for a decision alone.
func (p *process) await(ctx workflow.Context, n *next) (due bool, err error) {
	revision := p.pos.Revision
	changed := func() bool { return p.pos.Revision != revision }
	if n == nil {
		return false, workflow.Await(ctx, changed)
	}
	wait := n.at.Sub(workflow.Now(ctx))
	if p.stalled == revision && wait < time.Second {
		wait = time.Second // the database's clock is a little behind: ask again, but not at once
	}
	if wait <= 0 {
		return true, nil
	}
	moved, err := workflow.AwaitWithTimeout(ctx, wait, changed)
	return !moved, err
}

// advance waits for the next of the candidates and takes it, unless a decision came first.
func (p *process) advance(ctx workflow.Context, candidates []next) error {
	n := earliest(candidates)
	due, err := p.await(ctx, n)
	if err != nil || !due {
		return err
	}
	return p.take(ctx, *n)
}

// tasks lists what the ladder of every open task asks for next: reminder, silence, deadline, end of grace.
func (p *process) tasks() []next {
	var all []next
	for _, t := range p.pos.Tasks {
		if t.RemindAt != nil {
			all = append(all, next{at: *t.RemindAt, step: a.RemindTask, task: t.ID, n: t.Reminders})
		}
		if t.RespondBy != nil {
			all = append(all, next{at: *t.RespondBy, step: a.TaskSilent, task: t.ID})
		}
		switch {
		case t.Kind == models.TaskEscalation:
			// It stands until what it is about is settled; nobody is told about it twice.
		case !t.Overdue:
			all = append(all, next{at: t.DueAt, step: a.TaskOverdue, task: t.ID, n: t.Extensions})
		case t.Kind.EndsWithGrace():
			all = append(all, next{at: t.GraceUntil, step: a.ExpireTask, task: t.ID})
		}
	}
	return all
}

// now is a step of the stage itself that is due at once.
func (p *process) now(step any) []next { return []next{{step: step, n: int(p.pos.Revision)}} }

// tired reports whether the history is long enough to begin a new one.
func (p *process) tired(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() > historyLimit
}

// renew continues as new after every handler has finished, so that no decision is cut off.
func (p *process) renew(ctx workflow.Context, workflowFunc any) error {
	if err := p.settle(ctx); err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, workflowFunc, p.in)
}

// settle waits for the handlers that are still deciding.
func (p *process) settle(ctx workflow.Context) error {
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}
