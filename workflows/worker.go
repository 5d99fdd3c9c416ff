package workflows

import (
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"tribuna/activities"
	"tribuna/models"
)

// Register is the one list of what there is, shared by worker, replayer and tests.
func Register(r interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}) {
	r.RegisterWorkflowWithOptions(Recommendation, workflow.RegisterOptions{Name: string(models.ProcessRecommendation)})
	r.RegisterWorkflowWithOptions(Mailing, workflow.RegisterOptions{Name: string(models.ProcessMailing)})
	r.RegisterWorkflowWithOptions(FollowUp, workflow.RegisterOptions{Name: string(models.ProcessFollowUp)})
	r.RegisterWorkflowWithOptions(Sweep, workflow.RegisterOptions{Name: "sweep"})
}

// What a worker has going at once.
const (
	// MaxActivities run at the same time.
	MaxActivities = 20
	// Polls wait for activities, and as many for workflow tasks. Temporal spreads a queue over four partitions, each poll waits at
	// one, and what comes to a partition where none waits stands there for two seconds and more before it is passed on: with
	// the SDK's two polls that happens in every burst, with two for each partition it does not.
	Polls = 8
)

// NewWorker returns a worker for an installation's queue. A panic in a workflow blocks it until the code is mended; it
// never ends a process. A worker that ends by itself, because Temporal refuses it for good, tells failed.
func NewWorker(c client.Client, queue string, acts *activities.Activities, failed ...func(error)) worker.Worker {
	w := worker.New(c, queue, worker.Options{
		WorkflowPanicPolicy: worker.BlockWorkflow,
		WorkerStopTimeout:   10 * time.Second,
		// What was held in the memory of a worker that has gone is offered to it for that long before another may take it.
		StickyScheduleToStartTimeout:       2 * time.Second,
		MaxConcurrentActivityExecutionSize: MaxActivities,
		MaxConcurrentActivityTaskPollers:   Polls,
		MaxConcurrentWorkflowTaskPollers:   Polls,
		Interceptors:                       []interceptor.WorkerInterceptor{&heartbeats{}},
		MaxHeartbeatThrottleInterval:       aliveWithin / beatsInTime, // else one is passed on after four fifths of it, which a busy machine misses
		OnFatalError: func(err error) {
			for _, tell := range failed {
				tell(err)
			}
		},
	})
	Register(w)
	w.RegisterActivity(acts)
	return w
}
