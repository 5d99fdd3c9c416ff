package workflows

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"tribuna/models"
)

// DefaultPatience is how long a person waits for what comes of their words before the page says that they are being
// recorded.
const DefaultPatience = 10 * time.Second

// DefaultLookPatience is how long an operator waits for a look at all processes.
const DefaultLookPatience = time.Minute

// Client is the only door through which pages and API reach the processes.
type Client struct {
	DB       *bun.DB
	Temporal client.Client
	Now      func() time.Time
	Log      *slog.Logger
	Patience time.Duration // zero: DefaultPatience

	LookPatience time.Duration // zero: DefaultLookPatience

	SweepEvery time.Duration // pace of a sweep that doctor brings back; zero: DefaultSweepEvery

	queue atomic.Pointer[string]
}

// Queue names the task queue of this installation. It is read once the database is prepared, so that pages can come up
// before that.
func (c *Client) Queue(ctx context.Context) (string, error) {
	if q := c.queue.Load(); q != nil {
		return *q, nil
	}
	id, err := models.InstallationID(ctx, c.DB)
	if err != nil {
		return "", fmt.Errorf("the database is not prepared, run tribuna migrate: %w", err)
	}
	q := TaskQueue(id)
	c.queue.Store(&q)
	return q, nil
}

// TaskQueue names the queue of an installation, so that two never cross.
func TaskQueue(installation uuid.UUID) string { return "tribuna-" + installation.String() }

// Decide stores what a person said and tells the process. The outcome is "recorded" or "refused" — then with an error
// that says why — or "received": the words are safe, and what comes of them will be known later (see Outcome).
func (c *Client) Decide(ctx context.Context, s *models.Submission) (models.Outcome, *models.Submission, error) {
	now := c.Now()
	s.SentAt = &now // it is told at once
	stored, err := models.Receive(ctx, c.DB, s, now)
	if err != nil {
		return models.Outcome{}, nil, err
	}
	if stored.Outcome != nil {
		return *stored.Outcome, stored, stored.Outcome.Err()
	}
	telling, cancel := context.WithTimeout(ctx, cmp.Or(c.Patience, DefaultPatience))
	defer cancel()
	outcome, err := c.Tell(telling, stored)
	if err != nil {
		c.Log.WarnContext(ctx, "submission stored, process not reached; the sweep will tell it again",
			"submission", stored.ID, "kind", stored.Kind, "error", err)
		return models.Outcome{State: models.SubmissionReceived}, stored, nil
	}
	return outcome, stored, outcome.Err()
}

// Tell passes a stored submission to its process, starting its workflow if there is none, and waits for the outcome.
// The submission's id is the Update's: telling twice is telling once.
func (c *Client) Tell(ctx context.Context, s *models.Submission) (models.Outcome, error) {
	p, err := models.ProcessByID(ctx, c.DB, s.ProcessID)
	if err != nil {
		return models.Outcome{}, err
	}
	handle, err := c.update(ctx, p, s)
	if err != nil {
		return models.Outcome{}, fmt.Errorf("tell %s: %w", p.WorkflowID(), err)
	}
	var outcome models.Outcome
	if err := handle.Get(ctx, &outcome); err != nil {
		return models.Outcome{}, fmt.Errorf("wait for %s: %w", p.WorkflowID(), err)
	}
	return outcome, nil
}

// TellAll passes on what was stored for several processes, one after the other, for as long as a page can wait. What is not
// reached by then is the sweep's, so the caller has nothing to handle.
func (c *Client) TellAll(ctx context.Context, subs []models.Submission) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Patience, DefaultPatience))
	defer cancel()
	for i := range subs {
		if subs[i].Outcome != nil {
			continue
		}
		if _, err := c.Tell(ctx, &subs[i]); err != nil {
			c.Log.WarnContext(ctx, "submission stored, process not reached; the sweep will tell it again",
				"submission", subs[i].ID, "kind", subs[i].Kind, "error", err)
			return
		}
	}
}

func (c *Client) update(ctx context.Context, p *models.Process, s *models.Submission) (client.WorkflowUpdateHandle, error) {
	options := client.UpdateWorkflowOptions{WorkflowID: p.WorkflowID(), UpdateID: s.ID.String(), UpdateName: DecideUpdate,
		Args: []any{DecideRequest{SubmissionID: s.ID}}, WaitForStage: client.WorkflowUpdateStageCompleted}
	handle, err := c.Temporal.UpdateWorkflow(ctx, options)
	var missing *serviceerror.NotFound
	if !errors.As(err, &missing) {
		return handle, err
	}
	// No workflow runs: the process is over, or Temporal lost it. Either way the rows know; a fresh one reads them.
	start, err := c.startOptions(ctx, *p)
	if err != nil {
		return nil, err
	}
	return c.Temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: c.Temporal.NewWithStartWorkflowOperation(start, string(p.Kind), Input{ProcessID: p.ID}),
		UpdateOptions:          options,
	})
}

func (c *Client) startOptions(ctx context.Context, p models.Process) (client.StartWorkflowOptions, error) {
	queue, err := c.Queue(ctx)
	return client.StartWorkflowOptions{
		ID:                       p.WorkflowID(),
		TaskQueue:                queue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, err
}

// Start makes sure that an open process has a running workflow and notes that it has.
func (c *Client) Start(ctx context.Context, p models.Process) error {
	if p.ClosedAt != nil {
		return nil
	}
	options, err := c.startOptions(ctx, p)
	if err != nil {
		return err
	}
	if _, err := c.Temporal.ExecuteWorkflow(ctx, options, string(p.Kind), Input{ProcessID: p.ID}); err != nil {
		return fmt.Errorf("start %s: %w", p.WorkflowID(), err)
	}
	return models.MarkStarted(ctx, c.DB, p.ID, c.Now())
}

// StartSoon starts a process whose row was just committed. Where Temporal cannot be reached the sweep does it, so the
// caller has nothing to handle.
func (c *Client) StartSoon(ctx context.Context, id uuid.UUID) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	p, err := models.ProcessByID(ctx, c.DB, id)
	if err == nil {
		err = c.Start(ctx, *p)
	}
	if err != nil {
		c.Log.WarnContext(ctx, "process not started; the sweep will start it", "process", id, "error", err)
	}
}
