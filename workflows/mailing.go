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

// Mailing drives one sending: it waits for the launch, sends batch after batch, waits while paused, and ends when every
// recipient is settled.
func Mailing(ctx workflow.Context, in Input) error {
	p, err := newProcess(ctx, in)
	if err != nil {
		return err
	}
	wf := &mailing{process: p}
	return wf.run(ctx)
}

type mailing struct {
	*process
	batches int
}

func (m *mailing) run(ctx workflow.Context) error {
	for !m.pos.Closed {
		if m.batches >= batchesPerRun || m.tired(ctx) {
			return m.renew(ctx, Mailing)
		}
		if m.pos.Mailing.State != models.MailingSending {
			if err := m.advance(ctx, nil); err != nil {
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

// sendBatch sends the next batch. When nothing could be sent though not all is settled (retries wait for their time,
// another worker has the rest) it waits a little.
func (m *mailing) sendBatch(ctx workflow.Context) error {
	m.batches++
	var result activities.SendMailingResult
	err := workflow.ExecuteActivity(withSending(ctx), a.SendMailing, m.in.ProcessID).Get(ctx, &result)
	switch {
	case err != nil:
		return err
	case result.Pending == 0:
		return m.advance(ctx, m.now(a.FinishMailing))
	case result.Settled == 0:
		_, err := m.await(ctx, &next{at: workflow.Now(ctx).Add(2 * time.Second)})
		return err
	default:
		return nil
	}
}

// withSending sets how a batch is run: a worker that dies is noticed by its missing heartbeat.
func withSending(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Minute,
		HeartbeatTimeout:    30 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    500 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumInterval:    time.Minute,
		},
	})
}
