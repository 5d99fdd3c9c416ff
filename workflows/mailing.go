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

// Mailing drives one sending: it waits for the launch and for the time at which it leaves, sends batch after batch, waits while
// paused or while its other readers are to get it later, and ends when every recipient is settled.
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
		if err := m.sendBatch(ctx); err != nil {
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

// sendBatch sends the next batch. When nothing could be sent though not all is settled it waits.
func (m *mailing) sendBatch(ctx workflow.Context) error {
	m.batches++
	var result activities.SendMailingResult
	err := workflow.ExecuteActivity(withSending(ctx), a.SendMailing, m.in.ProcessID).Get(ctx, &result)
	switch {
	case err != nil:
		return err
	case result.Stop != nil:
		return m.stop(ctx, *result.Stop)
	case result.Pending == 0:
		return m.advance(ctx, m.now(a.FinishMailing))
	case result.Rests:
		return m.advance(ctx, m.now(a.RestMailing))
	case result.Settled == 0:
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

// withSending sets how a batch is run: a worker that dies is noticed by its missing heartbeat.
func withSending(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Minute,
		HeartbeatTimeout:    aliveWithin,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    500 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumInterval:    time.Minute,
		},
	})
}
