package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"tribuna/activities"
	"tribuna/models"
)

// batchesPerRun is after how many batches a mailing continues as new.
const batchesPerRun = 100

// wholeAudience is how long an attempt may take that writes a row for everybody a mailing is for, as its launch does, or a move to
// another time: a million takes minutes.
const wholeAudience = 15 * time.Minute

// Mailing drives one sending: it waits for the launch and for the time at which it leaves, sends batch after batch, two side by
// side, waits while paused or while its other readers are to get it later, and ends when every recipient is settled.
func Mailing(ctx workflow.Context, in Input) error {
	p, err := newProcess(ctx, in, wholeAudience)
	if err != nil {
		return err
	}
	wf := &mailing{process: p}
	return wf.run(ctx)
}

type mailing struct {
	*process
	batches int
	idle    int // batches in a row that settled nothing
}

func (m *mailing) run(ctx workflow.Context) error {
	for !m.pos.Closed {
		if m.batches >= batchesPerRun || m.tired(ctx) {
			return m.renew(ctx, Mailing)
		}
		if m.pos.Mailing.State != models.MailingSending {
			if err := m.advance(ctx, m.waiting()); err != nil {
				return err
			}
			continue
		}
		if err := m.send(ctx); err != nil {
			return err
		}
	}
	return m.settle(ctx)
}

// waiting is what comes next of a mailing that is not being sent: its time, and what follows where the officer says nothing. Of
// a draft or a paused one it is nothing.
func (m *mailing) waiting() []next {
	all := m.tasks()
	switch at := m.pos.Mailing.NextAt; {
	case at == nil:
		return all
	case m.pos.Mailing.Asks:
		return append(all, m.now(a.StartMailing)...)
	default:
		return append(all, next{at: *at, step: a.StartMailing, n: int(m.pos.Revision)})
	}
}

// A mailing that cannot send now looks again after a little while, and after a longer one each time: another worker may
// be done in seconds, a server that greylists takes hours.
const (
	firstPause   = 2 * time.Second
	longestPause = time.Minute
)

// sideBySide is how many batches of a mailing are on their way at the same time, so that as many workers have part in it. A worker
// takes no more than one of them: see mail.Turns.
const sideBySide = 2

// send keeps batches going until one says anything but that there is more to send, and waits for the others. What follows is for
// the last to say: nothing is on its way beside it any more.
func (m *mailing) send(ctx workflow.Context) error {
	r := &round{mailing: m, ended: workflow.NewSelector(ctx), more: true}
	wanted := sideBySide
	if workflow.GetVersion(ctx, mailingsSideBySide, workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		wanted = 1
	}
	for r.begin(ctx); r.underway > 0; {
		for r.underway < wanted && r.goesOn(ctx) {
			r.begin(ctx)
		}
		r.ended.Select(ctx)
		if err := r.heed(ctx); err != nil {
			return err
		}
	}
	switch {
	case r.failed != nil:
		return r.failed
	case r.stopped:
		return nil
	default:
		return m.conclude(ctx, r.last)
	}
}

// round is batches that are sent side by side.
type round struct {
	*mailing
	ended    workflow.Selector
	underway int
	last     activities.SendMailingResult // of the batch that ended last
	more     bool                         // each that ended settled some, and there are more
	stopped  bool
	failed   error
}

func (r *round) begin(ctx workflow.Context) {
	r.batches++
	r.underway++
	r.ended.AddFuture(workflow.ExecuteActivity(withSending(ctx), a.SendMailing, r.in.ProcessID), func(f workflow.Future) {
		r.underway--
		r.last = activities.SendMailingResult{}
		if err := f.Get(ctx, &r.last); err != nil {
			r.failed = err
		}
	})
}

// goesOn reports whether another batch may begin.
func (r *round) goesOn(ctx workflow.Context) bool {
	return r.more && !r.pos.Closed && r.pos.Mailing.State == models.MailingSending && r.batches < batchesPerRun && !r.tired(ctx)
}

// heed does what cannot wait for the others: a mailing that servers refuse is paused at once, and the others see it. What they say
// of the same after that is no second stop.
func (r *round) heed(ctx workflow.Context) error {
	if r.last.Stop != nil && !r.stopped {
		r.stopped = true
		if err := r.stop(ctx, *r.last.Stop); err != nil {
			return err
		}
	}
	r.more = r.more && r.failed == nil && !r.stopped && r.last.Settled > 0 && r.last.Pending > 0 && !r.last.Rests
	if r.more {
		r.idle = 0
	}
	return nil
}

// conclude does what follows from a batch beside which there is no other. When nothing could be sent though not all is settled it waits.
func (m *mailing) conclude(ctx workflow.Context, last activities.SendMailingResult) error {
	switch {
	case last.Pending == 0:
		return m.advance(ctx, m.now(a.FinishMailing))
	case last.Rests:
		return m.advance(ctx, m.now(a.RestMailing))
	case last.Settled == 0:
		pause := min(firstPause<<min(m.idle, 5), longestPause)
		m.idle++
		_, err := m.await(ctx, &next{at: workflow.Now(ctx).Add(pause)})
		return err
	default:
		m.idle = 0
		return nil
	}
}

// stop pauses the mailing for what mail servers said; then it waits for a person as after any pause.
func (m *mailing) stop(ctx workflow.Context, why models.MailingStop) error {
	in := activities.StopMailingInput{Step: activities.Step{ProcessID: m.in.ProcessID, N: int(m.pos.Revision)}, Why: why}
	var pos models.Position
	if err := workflow.ExecuteActivity(m.activity(ctx), a.StopMailing, in).Get(ctx, &pos); err != nil {
		return err
	}
	m.moveTo(pos)
	return nil
}

// batchFor is how long a batch may take: mail servers may look through each message for minutes before they say that they take it.
const batchFor = 30 * time.Minute

// withSending sets how a batch is run: a worker that dies is noticed by its missing heartbeat.
func withSending(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: batchFor,
		HeartbeatTimeout:    aliveWithin,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    500 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumInterval:    time.Minute,
		},
	})
}
