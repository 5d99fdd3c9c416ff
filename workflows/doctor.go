package workflows

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"tribuna/models"
)

// Finding is a difference between the rows and Temporal, or something that has waited too long.
type Finding struct {
	Kind     string `json:"kind"`
	Subject  string `json:"subject"`
	What     string `json:"what"`
	Repaired bool   `json:"repaired"`
}

// The kinds of finding.
const (
	FindingNotRunning = "not_running" // an open process without a workflow
	FindingStuck      = "stuck"       // its workflow fails again and again
	FindingNotOver    = "not_over"    // a closed process whose workflow still runs
	FindingUnsettled  = "unsettled"   // a submission without an outcome
	FindingNoSweep    = "no_sweep"    // nothing makes good what a crash leaves undone
)

// stuckAttempts is from which attempt on a workflow task counts as failing for good.
const stuckAttempts = 5

// unsettledAfter is when a submission without an outcome is worth a finding.
const unsettledAfter = time.Minute

// Diagnose compares the rows with Temporal; with repair it brings Temporal to where the rows are. The rows are never
// changed but by the processes themselves.
func (c *Client) Diagnose(ctx context.Context, repair bool) ([]Finding, error) {
	all, err := c.examineSweep(ctx, repair)
	if err != nil {
		return nil, err
	}
	open, err := models.OpenProcesses(ctx, c.DB, 0)
	if err != nil {
		return nil, fmt.Errorf("read open processes: %w", err)
	}
	for _, p := range open {
		f, err := c.examine(ctx, p, repair)
		if err != nil {
			return all, err
		}
		if f != nil {
			all = append(all, *f)
		}
	}
	over, err := c.examineClosed(ctx, repair)
	if err != nil {
		return all, err
	}
	unsettled, err := c.examineUnsettled(ctx, repair)
	return append(append(all, over...), unsettled...), err
}

// examineSweep makes sure that the sweep is scheduled.
func (c *Client) examineSweep(ctx context.Context, repair bool) ([]Finding, error) {
	queue, err := c.Queue(ctx)
	if err != nil {
		return nil, err
	}
	there, err := scheduled(ctx, c.Temporal, queue)
	if err != nil || there {
		return nil, err
	}
	f := Finding{Kind: FindingNoSweep, Subject: scheduleID(queue), What: "nothing makes good what a crash leaves undone"}
	if repair {
		if err := EnsureSchedule(ctx, c.Temporal, queue, cmp.Or(c.SweepEvery, DefaultSweepEvery)); err != nil {
			return nil, err
		}
		f.Repaired = true
	}
	return []Finding{f}, nil
}

func (c *Client) examine(ctx context.Context, p models.Process, repair bool) (*Finding, error) {
	d, err := c.describe(ctx, p)
	if err != nil {
		return nil, err
	}
	f := &Finding{Subject: p.WorkflowID()}
	switch {
	case !running(d):
		f.Kind, f.What = FindingNotRunning, "the process is open and nothing drives it"
	case d.GetPendingWorkflowTask().GetAttempt() >= stuckAttempts:
		f.Kind, f.What = FindingStuck, fmt.Sprintf("its workflow failed %d times in a row", d.GetPendingWorkflowTask().GetAttempt())
	default:
		return nil, nil
	}
	if !repair {
		return f, nil
	}
	if f.Kind == FindingStuck {
		if err := c.Temporal.TerminateWorkflow(ctx, p.WorkflowID(), "", "rebuilt from the rows"); err != nil {
			return nil, fmt.Errorf("end the stuck %s: %w", p.WorkflowID(), err)
		}
	}
	if err := c.Start(ctx, p); err != nil {
		return nil, err
	}
	f.Repaired = true
	return f, nil
}

// describe asks Temporal about a process's workflow; nil says that it knows of none.
func (c *Client) describe(ctx context.Context, p models.Process) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	d, err := c.Temporal.DescribeWorkflowExecution(ctx, p.WorkflowID(), "")
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask Temporal about %s: %w", p.WorkflowID(), err)
	}
	return d, nil
}

func running(d *workflowservice.DescribeWorkflowExecutionResponse) bool {
	return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
}

// recentlyClosed is how far back processes that are over are looked at.
const recentlyClosed = 30 * 24 * time.Hour

func (c *Client) examineClosed(ctx context.Context, repair bool) ([]Finding, error) {
	closed, err := models.ClosedProcesses(ctx, c.DB, c.Now().Add(-recentlyClosed))
	if err != nil {
		return nil, fmt.Errorf("read closed processes: %w", err)
	}
	var all []Finding
	for _, p := range closed {
		d, err := c.describe(ctx, p)
		if err != nil {
			return all, err
		}
		// A process that closed a moment ago may still be finishing.
		if !running(d) || c.Now().Sub(*p.ClosedAt) < unsettledAfter {
			continue
		}
		f := Finding{Kind: FindingNotOver, Subject: p.WorkflowID(), What: "the process is over and its workflow still runs"}
		if repair {
			if err := c.Temporal.TerminateWorkflow(ctx, p.WorkflowID(), "", "the process is over"); err != nil {
				return all, fmt.Errorf("end %s: %w", p.WorkflowID(), err)
			}
			f.Repaired = true
		}
		all = append(all, f)
	}
	return all, nil
}

func (c *Client) examineUnsettled(ctx context.Context, repair bool) ([]Finding, error) {
	waiting, err := models.Unsettled(ctx, c.DB, c.Now().Add(-unsettledAfter), 1000)
	if err != nil {
		return nil, fmt.Errorf("read submissions: %w", err)
	}
	var all []Finding
	for i := range waiting {
		s := &waiting[i]
		f := Finding{Kind: FindingUnsettled, Subject: s.ID.String(), What: fmt.Sprintf("%s, received %s, has no outcome", s.Kind, s.ReceivedAt.Format(time.RFC3339))}
		if repair {
			telling, cancel := context.WithTimeout(ctx, DefaultPatience)
			_, err := c.Tell(telling, s)
			cancel()
			f.Repaired = err == nil
			if err != nil {
				f.What += ": " + err.Error()
			}
		}
		all = append(all, f)
	}
	return all, nil
}
