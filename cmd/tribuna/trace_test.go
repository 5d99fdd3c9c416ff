package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace/noop"

	"tribuna/internal/config"
	"tribuna/internal/telemetry"
	"tribuna/models"
)

// observed runs pages and worker in this process, whose traces can be read.
func (w *world) observed() (traces *tracetest.InMemoryExporter, figures func() string) {
	w.t.Helper()
	traces = tracetest.NewInMemoryExporter()
	cfg, err := config.Load(w.variables)
	require.NoError(w.t, err)
	told, err := telemetry.Start(w.ctx, telemetry.Options{Part: "dev", Exporter: traces})
	require.NoError(w.t, err)
	p, err := openParts(cfg)
	require.NoError(w.t, err)
	p.telemetry = told
	require.NoError(w.t, telemetry.Watch(p.db, time.Now))
	stopWorker, err := p.startWorker(w.ctx, func(err error) { w.t.Error(err) })
	require.NoError(w.t, err)
	h, err := p.handler()
	require.NoError(w.t, err)
	l, err := net.Listen("tcp", w.addr)
	require.NoError(w.t, err)
	stopPages := serveHTTP(l, h, func(err error) { w.t.Error(err) })
	w.t.Cleanup(func() {
		ctx := context.Background()
		require.NoError(w.t, errors.Join(stopPages(ctx), stopWorker(ctx), p.close(ctx), told.Stop(ctx)))
		otel.SetTracerProvider(noop.NewTracerProvider())
	})
	return traces, func() string {
		answer, err := http.Get("http://" + w.addr + "/metrics")
		require.NoError(w.t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(w.t, err)
		return string(text)
	}
}

// One request can be followed through the process and its activity to the database and the mail it causes, and tells
// nothing about anybody.
func TestARequestIsOneTraceDownToTheMail(t *testing.T) {
	w := newWorld(t, nil)
	traces, figures := w.observed()
	c := w.draft(patient())
	c.start()
	c.must(c.startReview(1))
	c.reviewTask(1)
	require.NoError(t, w.at(officer).persist("/recommendations/"+c.id.String()+"/withdraw", models.ReasonPayload{Reason: "Nobody may read this."}))

	var spans tracetest.SpanStubs
	w.await("the mail is in the trace of the request", func() bool {
		spans = traceOf(traces.GetSpans(), "POST /api/v1/recommendations/{id}/withdraw")
		return has(spans, "mail task_withdrawn")
	})
	for _, name := range []string{"UpdateWorkflow:decide", "HandleUpdate:decide", "RunActivity:Decide", "INSERT submissions", "INSERT decisions", "INSERT outbox"} {
		require.True(t, has(spans, name), "%s is missing in %v", name, names(spans))
	}
	for _, s := range traces.GetSpans().Snapshots() {
		requireDiscreet(t, s)
	}
	w.await("what came of the mails is counted", func() bool { return strings.Contains(figures(), `tribuna_mails_total{outcome="delivered"}`) })
	text := figures()
	for _, series := range []string{
		`http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="200",http_route="/api/v1/recommendations/{id}/withdraw"} 1`,
		`temporal_activity_execution_latency_seconds_count{activity_type="Decide"`,
		`db_client_operation_duration_seconds_count{db_collection_name="decisions",db_operation_name="INSERT"`,
		`tribuna_outbox_due`, `tribuna_outbox_oldest_seconds`, `tribuna_submissions_unconfirmed 0`, `tribuna_submissions_oldest_seconds 0`,
		`tribuna_processes_open`, `tribuna_sweep_age_seconds`, `tribuna_database_sessions{state="idle"}`, `go_goroutines`,
	} {
		require.Contains(t, text, series)
	}
	require.Contains(t, text, `temporal_workflow_task_execution_latency_seconds_count`)
	requireDocumentedFigures(t, text)
}

// requireDocumentedFigures makes sure that the figures operators are told of are there.
func requireDocumentedFigures(t *testing.T, figures string) {
	t.Helper()
	manual, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	told := regexp.MustCompile("`((?:tribuna|http|db)_[a-z_]+)`").FindAllStringSubmatch(string(manual), -1)
	require.Greater(t, len(told), 8)
	for _, series := range told {
		require.Contains(t, figures, series[1])
	}
}

// traceOf returns all spans of the trace that begins with a name.
func traceOf(all tracetest.SpanStubs, root string) tracetest.SpanStubs {
	var some tracetest.SpanStubs
	for _, r := range all {
		if r.Name != root || r.Parent.IsValid() {
			continue
		}
		for _, s := range all {
			if s.SpanContext.TraceID() == r.SpanContext.TraceID() {
				some = append(some, s)
			}
		}
	}
	return some
}

func names(spans tracetest.SpanStubs) []string {
	var all []string
	for _, s := range spans {
		all = append(all, s.Name)
	}
	return all
}

func has(spans tracetest.SpanStubs, name string) bool {
	for _, s := range spans {
		if s.Name == name {
			return true
		}
	}
	return false
}

// requireDiscreet makes sure that a span holds nobody's address and nobody's words.
func requireDiscreet(t *testing.T, s sdktrace.ReadOnlySpan) {
	t.Helper()
	said := []string{s.Name(), s.Status().Description}
	for _, a := range s.Attributes() {
		said = append(said, a.Value.String())
	}
	for _, e := range s.Events() {
		for _, a := range e.Attributes {
			said = append(said, a.Value.String())
		}
	}
	for _, text := range said {
		require.NotContains(t, text, "@", s.Name())
		require.False(t, strings.Contains(text, "Nobody may read this") || strings.Contains(text, "Leaving care"), "%s: %s", s.Name(), text)
	}
}
