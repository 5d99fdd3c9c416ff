package telemetry

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// Queries returns db with every statement counted, and traced where it is part of something that is. Of a statement only
// what it does to which table is told: its words may be anybody's.
func Queries(db *bun.DB) *bun.DB { return db.WithQueryHook(queries{}) }

type queries struct{}

type spanKey struct{}

// BeforeQuery implements bun.QueryHook. The span lies with the statement and not in the context: that of BEGIN is the one
// in which the whole transaction runs.
func (queries) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx
	}
	said := statement(e)
	name := strings.TrimSpace(said[1].Value.AsString() + " " + said[2].Value.AsString())
	_, span := tracer().Start(ctx, name, trace.WithTimestamp(e.StartTime), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(said...))
	if e.Stash == nil {
		e.Stash = map[any]any{}
	}
	e.Stash[spanKey{}] = span
	return ctx
}

// AfterQuery implements bun.QueryHook.
func (queries) AfterQuery(ctx context.Context, e *bun.QueryEvent) {
	seconds("db.client.operation.duration", "how long statements took").
		Record(ctx, time.Since(e.StartTime).Seconds(), metric.WithAttributes(statement(e)...))
	span, traced := e.Stash[spanKey{}].(trace.Span)
	if !traced {
		return
	}
	if e.Err != nil && !errors.Is(e.Err, sql.ErrNoRows) {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// operations are the statements there are names for.
var operations = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT", "ROLLBACK"}

var tableName = regexp.MustCompile(`^"?([a-z_]+)"?( AS "?[a-z_]+"?)?$`)

// statement says what a statement does, to which table where that is one.
func statement(e *bun.QueryEvent) []attribute.KeyValue {
	operation, table := strings.ToUpper(strings.TrimRight(e.Operation(), "\n\t;")), ""
	if !slices.Contains(operations, operation) {
		operation = "OTHER"
	}
	if e.IQuery != nil {
		if m := tableName.FindStringSubmatch(e.IQuery.GetTableName()); m != nil {
			table = m[1]
		}
	}
	return []attribute.KeyValue{attribute.String("db.system.name", "postgresql"), attribute.String("db.operation.name", operation),
		attribute.String("db.collection.name", table)}
}
