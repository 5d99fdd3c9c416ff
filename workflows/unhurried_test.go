package workflows_test

import (
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// unhurried lets no activity be taken for dead while time is skipped: how long it gives no sign of life is measured by the machine's
// own clock there, and a busy machine passes some on late. No second attempt would follow as at a real server.
type unhurried struct {
	interceptor.WorkerInterceptorBase
}

func (*unhurried) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &unhurriedIn{interceptor.WorkflowInboundInterceptorBase{Next: next}}
}

type unhurriedIn struct {
	interceptor.WorkflowInboundInterceptorBase
}

func (i *unhurriedIn) Init(out interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&unhurriedOut{interceptor.WorkflowOutboundInterceptorBase{Next: out}})
}

type unhurriedOut struct {
	interceptor.WorkflowOutboundInterceptorBase
}

func (o *unhurriedOut) ExecuteActivity(ctx workflow.Context, activity string, args ...any) workflow.Future {
	return o.Next.ExecuteActivity(workflow.WithHeartbeatTimeout(ctx, time.Hour), activity, args...)
}
