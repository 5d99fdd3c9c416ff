// Package telemetry says how an instance is doing: figures for Prometheus, and traces that follow one request through the
// workflow and its activities to the database and the mail server.
//
// Nothing about a person leaves by it: routes appear as templates, statements as what they do to which table, mails as
// their kind, errors as the fact that there was one. Libraries get at it by OpenTelemetry's global providers, which do
// nothing until Start was called.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// scope names the instruments and spans that are ours.
const scope = "tribuna"

// Options say what is told to whom.
type Options struct {
	Part     string                // "serve", "worker" or "dev"
	Endpoint string                // of an OpenTelemetry collector that takes traces (OTLP over HTTP); empty: none are kept
	Exporter sdktrace.SpanExporter // takes traces in place of the collector; for tests
}

// Telemetry is what Start started.
type Telemetry struct {
	registry *prometheus.Registry
	figures  *sdkmetric.MeterProvider
	traces   *sdktrace.TracerProvider // nil where nobody takes traces
}

// Start makes this process tell how it is doing.
func Start(ctx context.Context, o Options) (*Telemetry, error) {
	t := &Telemetry{registry: prometheus.NewRegistry()}
	t.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	who := resource.NewSchemaless(attribute.String("service.name", "tribuna"), attribute.String("tribuna.part", o.Part))
	reader, err := otelprometheus.New(otelprometheus.WithRegisterer(t.registry), otelprometheus.WithoutScopeInfo())
	if err != nil {
		return nil, fmt.Errorf("figures for Prometheus: %w", err)
	}
	t.figures = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithResource(who), sdkmetric.WithView(inSeconds))
	if err := t.keepTraces(ctx, o, who); err != nil {
		return nil, errors.Join(err, t.figures.Shutdown(ctx))
	}
	otel.SetMeterProvider(t.figures)
	for _, outcome := range []string{"hard", "policy"} { // worth an alert: it needs a figure to rise from
		countBounces(ctx, outcome, 0)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { slog.Warn("telemetry", "error", err) }))
	return t, nil
}

func (t *Telemetry) keepTraces(ctx context.Context, o Options, who *resource.Resource) error {
	how := sdktrace.WithSyncer(o.Exporter)
	switch {
	case o.Exporter != nil:
	case o.Endpoint != "":
		to, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimSuffix(o.Endpoint, "/")+"/v1/traces"))
		if err != nil {
			return fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
		}
		how = sdktrace.WithBatcher(to)
	default:
		return nil
	}
	t.traces = sdktrace.NewTracerProvider(how, sdktrace.WithResource(who))
	otel.SetTracerProvider(t.traces)
	return nil
}

// Handler answers Prometheus.
func (t *Telemetry) Handler() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{})
}

// Stop hands over what has not been sent yet.
func (t *Telemetry) Stop(ctx context.Context) error {
	err := t.figures.Shutdown(ctx)
	if t.traces != nil {
		// A collector that is away must not make a clean end look like a failure.
		if err := t.traces.Shutdown(ctx); err != nil {
			slog.Warn("the last traces were not taken", "error", err)
		}
	}
	return err
}

// inSeconds gives what is measured in seconds steps that tell a quick answer from a slow one; the default ones are meant
// for milliseconds.
func inSeconds(i sdkmetric.Instrument) (sdkmetric.Stream, bool) {
	if i.Kind != sdkmetric.InstrumentKindHistogram || i.Unit != "s" {
		return sdkmetric.Stream{}, false
	}
	return sdkmetric.Stream{Name: i.Name, Description: i.Description, Unit: i.Unit, Aggregation: sdkmetric.AggregationExplicitBucketHistogram{
		Boundaries: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	}}, true
}

func tracer() trace.Tracer { return otel.Tracer(scope) }

// seconds returns a histogram of durations. One that cannot be had counts nothing, so that no caller has to think of it.
func seconds(name, about string) metric.Float64Histogram {
	h, err := otel.Meter(scope).Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(about))
	if err != nil {
		return noop.Float64Histogram{}
	}
	return h
}

func counter(name, about string) metric.Int64Counter {
	c, err := otel.Meter(scope).Int64Counter(name, metric.WithDescription(about))
	if err != nil {
		return noop.Int64Counter{}
	}
	return c
}

// carried is the form in which a trace goes on in a row or a header (W3C Trace Context).
var carried propagation.TraceContext
