package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
)

// Processes makes a client of Temporal, and the workers that stand on it, tell of workflows and activities. It takes the
// providers there are when it is called: Start comes first.
func Processes(o *client.Options) error {
	tracing, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{
		Tracer:            tracer(),
		DisableBaggage:    true, // nobody checks what would travel with it
		TextMapPropagator: carried,
		// A process that began years ago may carry what is no longer read.
		AllowInvalidParentSpans: true,
		SpanStarter:             startSpan,
	})
	if err != nil {
		return fmt.Errorf("traces of processes: %w", err)
	}
	o.Interceptors = append(o.Interceptors, interceptor.ClientInterceptor(tracing))
	o.MetricsHandler = opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
		Meter:                otel.Meter("temporal-sdk-go"),
		UseMonotonicCounters: true,
		OnError:              func(err error) { slog.Warn("a figure of Temporal cannot be told", "error", err) },
	})
	return nil
}

// startSpan begins a trace of its own for each run of a workflow, linked to what started it: a run lasts for months, and
// what it does by itself is no part of the request that happened to start it. Decisions stay in the trace of who decides.
func startSpan(ctx context.Context, t trace.Tracer, name string, opts ...trace.SpanStartOption) trace.Span {
	if strings.HasPrefix(name, "RunWorkflow:") {
		opts = append(opts, trace.WithNewRoot())
		if link := trace.LinkFromContext(ctx); link.SpanContext.IsValid() {
			opts = append(opts, trace.WithLinks(link))
		}
	}
	_, span := t.Start(ctx, name, opts...)
	return discreet{span}
}

// discreet tells that something failed, and not in which words: they can name somebody.
type discreet struct{ trace.Span }

func (discreet) RecordError(error, ...trace.EventOption) {}

func (s discreet) SetStatus(code codes.Code, _ string) { s.Span.SetStatus(code, "") }
