package models

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
)

// traceOf is the trace that ctx is part of, in the form that travels (W3C Trace Context), so that a mail can be followed
// from the decision that caused it; "" where nobody traces.
func traceOf(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier["traceparent"]
}
