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
	FindingStrayed    = "strayed"     // its workflow goes by rows of another time: one side was restored from a backup
	FindingNotOver    = "not_over"    // a closed process whose workflow still runs
	FindingUnsettled  = "unsettled"   // a submission without an outcome
	FindingNoSweep    = "no_sweep"    // nothing makes good what a crash leaves undone
	FindingSilent     = "silent"      // after a restore: no worker answers, so it is not known which workflows strayed
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
	x := &examination{Client: c, repair: repair}
	for _, p := range open {
		f, err := x.examine(ctx, p)
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
	all = append(all, over...)
	b, err := models.ReadBacklog(ctx, c.DB, c.Now())
	switch {
	case err != nil:
		return all, err
	case b.RestoredAt == nil:
		unsettled, err := c.examineUnsettled(ctx, repair)
		return append(all, unsettled...), err
	case x.silent:
		all = append(all, Finding{Kind: FindingSilent, Subject: "worker", What: "no worker answers: start one, so that processes can be asked where they stand"})
	}
	return all, nil // what people said since a restore waits for the release
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

// examination looks at one open process after another.
type examination struct {
	*Client
	repair bool
	silent bool // no worker answers: processes cannot be asked where they stand
}

func (x *examination) examine(ctx context.Context, p models.Process) (*Finding, error) {
	d, err := x.describe(ctx, p)
	if err != nil {
		return nil, err
	}
	f := &Finding{Subject: p.WorkflowID()}
	switch {
	case !running(d):
		row, err := models.ProcessByID(ctx, x.DB, p.ID)
		if err != nil || row.ClosedAt != nil { // it ended since the open ones were read, which takes a while where there are many
			return nil, err
		}
		f.Kind, f.What = FindingNotRunning, "the process is open and nothing drives it"
	case d.GetPendingWorkflowTask().GetAttempt() >= stuckAttempts:
		f.Kind, f.What = FindingStuck, fmt.Sprintf("its workflow failed %d times in a row", d.GetPendingWorkflowTask().GetAttempt())
	case x.strayed(ctx, p):
		f.Kind, f.What = FindingStrayed, "its workflow goes by other rows than there are"
	default:
		return nil, nil
	}
	if !x.repair {
		return f, nil
	}
	if f.Kind != FindingNotRunning {
		if err := x.Temporal.TerminateWorkflow(ctx, p.WorkflowID(), "", "rebuilt from the rows"); err != nil {
			return nil, fmt.Errorf("end the %s %s: %w", f.Kind, p.WorkflowID(), err)
		}
	}
	if err := x.Start(ctx, p); err != nil {
		return nil, err
	}
	f.Repaired = true
	return f, nil
}

// How often and how long a process is asked where it stands before it counts as strayed: one that decides at this
// moment is behind its rows until it hears what the activity wrote. Temporal gives a worker half of askFor to answer: time
// enough for a server that holds its breath for some seconds, as a busy disk makes it do.
const (
	askTimes = 6
	askPause = 500 * time.Millisecond
	askFor   = 20 * time.Second
)

// strayed reports whether a running workflow goes by another revision than the rows have: either was restored from a
// backup. Where no worker answers that cannot be known, and the process gets the benefit of the doubt.
func (x *examination) strayed(ctx context.Context, p models.Process) bool {
	for range askTimes {
		if x.silent {
			return false
		}
		believed, err := x.believed(ctx, p)
		if err != nil {
			x.silent = true
			x.Log.WarnContext(ctx, "no worker answers: whether workflows go by the rows is not known", "process", p.WorkflowID(), "error", err)
			return false
		}
		row, err := models.ProcessByID(ctx, x.DB, p.ID)
		if err != nil || row.ClosedAt != nil || row.Revision == believed {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(askPause):
		}
	}
	return true
}

// believed is the revision a workflow goes by.
func (x *examination) believed(ctx context.Context, p models.Process) (revision int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	value, err := x.Temporal.QueryWorkflow(ctx, p.WorkflowID(), "", RevisionQuery)
	if err != nil {
		return 0, err
	}
	return revision, value.Get(&revision)
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
			err := models.MarkSent(telling, c.DB, s.ID, c.Now())
			if err == nil {
				_, err = c.Tell(telling, s)
			}
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
