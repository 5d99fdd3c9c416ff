package workflows

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
)

// aliveWithin is how long an attempt may give no sign of life before Temporal takes its worker for dead and has another
// try. It bounds how long a crash delays what was being decided.
const aliveWithin = 6 * time.Second

// beatsInTime is how many signs of life are given in the time within which one is needed.
const beatsInTime = 3

// heartbeats gives the sign of life for every activity while it runs, so that none has to think of it.
type heartbeats struct {
	interceptor.WorkerInterceptorBase
}

// InterceptActivity implements interceptor.WorkerInterceptor.
func (*heartbeats) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &beating{interceptor.ActivityInboundInterceptorBase{Next: next}}
}

type beating struct {
	interceptor.ActivityInboundInterceptorBase
}

// ExecuteActivity implements interceptor.ActivityInboundInterceptor.
func (b *beating) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	every := activity.GetInfo(ctx).HeartbeatTimeout / beatsInTime
	if every <= 0 {
		return b.Next.ExecuteActivity(ctx, in)
	}
	beating, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		beat(beating, every)
	}()
	defer func() { stop(); <-ended }()
	return b.Next.ExecuteActivity(ctx, in)
}

func beat(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			activity.RecordHeartbeat(ctx)
		}
	}
}
