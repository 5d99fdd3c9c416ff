package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"tribuna/models"
)

// StartMail begins the span of one mail on its way. It goes on with the trace of the transaction that wrote the mail,
// where the mail knows of one.
func StartMail(ctx context.Context, m models.OutboxMail) (context.Context, trace.Span) {
	if m.Trace != "" {
		ctx = carried.Extract(ctx, propagation.MapCarrier{"traceparent": m.Trace})
	}
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return ctx, trace.SpanFromContext(context.Background())
	}
	return tracer().Start(ctx, "mail "+string(m.Kind), trace.WithSpanKind(trace.SpanKindProducer),
		trace.WithAttributes(attribute.String("tribuna.mail.kind", string(m.Kind))))
}

// CountMails counts what came of mails. One that is queued again was put off by the server.
func CountMails(ctx context.Context, state models.MailState, n int) {
	outcome := string(state)
	if state == models.MailQueued {
		outcome = "deferred"
	}
	counter("tribuna.mails", "mails by what came of them").Add(ctx, int64(n), metric.WithAttributes(attribute.String("outcome", outcome)))
}

// CountBounces counts what came back of the mails by what it was taken for.
func CountBounces(ctx context.Context, outcome string) { countBounces(ctx, outcome, 1) }

func countBounces(ctx context.Context, outcome string, n int64) {
	counter("tribuna.bounces", "what came back of the mails, by what it was taken for").Add(ctx, n, metric.WithAttributes(attribute.String("outcome", outcome)))
}
