package workflows

import "go.temporal.io/sdk/workflow"

// FollowUp follows one measure at one authority: once a period it asks the focal point what became of it, and it
// continues as new each period, for years.
func FollowUp(ctx workflow.Context, in Input) error {
	p, err := newProcess(ctx, in, oneTransaction)
	if err != nil {
		return err
	}
	wf := &followUp{process: p}
	return wf.run(ctx)
}

type followUp struct{ *process }

func (f *followUp) run(ctx workflow.Context) error {
	for !f.pos.Closed {
		period := f.pos.FollowUp.Period
		if err := f.advance(ctx, f.next()); err != nil {
			return err
		}
		if !f.pos.Closed && (f.pos.FollowUp.Period != period || f.tired(ctx)) {
			return f.renew(ctx, FollowUp)
		}
	}
	return f.settle(ctx)
}

// next is nothing while the text it is about is hidden: then only a decision moves it. No position of a history that was
// recorded before that came about says so, so that those histories replay.
func (f *followUp) next() []next {
	if f.pos.Held {
		return nil
	}
	if !f.pos.FollowUp.Asked {
		return append(f.tasks(), next{at: f.pos.FollowUp.AskAt, step: a.AskProgress, n: f.pos.FollowUp.Period})
	}
	return f.tasks()
}
