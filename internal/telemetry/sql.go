package telemetry

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// Queries returns db with every statement counted, and traced where it is part of something that is. Of a statement only
// what it does to which table is told: its words may be anybody's.
func Queries(db *bun.DB) *bun.DB {
	return db.WithQueryHook(&queries{took: seconds("db.client.operation.duration", "how long statements took")})
}

// queries keeps what every statement is counted under: there are few of them, and each runs with every answer.
type queries struct {
	took metric.Float64Histogram
	sets sync.Map // of said, metric.MeasurementOption
}

// said is what is told of a statement.
type said struct{ operation, table string }

func (s said) attributes() []attribute.KeyValue {
	return []attribute.KeyValue{attribute.String("db.system.name", "postgresql"), attribute.String("db.operation.name", s.operation),
		attribute.String("db.collection.name", s.table)}
}

type spanKey struct{}

// BeforeQuery implements bun.QueryHook. The span lies with the statement and not in the context: that of BEGIN is the one
// in which the whole transaction runs.
func (q *queries) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx
	}
	s := statement(e)
	_, span := tracer().Start(ctx, strings.TrimSpace(s.operation+" "+s.table), trace.WithTimestamp(e.StartTime),
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(s.attributes()...))
	if e.Stash == nil {
		e.Stash = map[any]any{}
	}
	e.Stash[spanKey{}] = span
	return ctx
}

// AfterQuery implements bun.QueryHook.
func (q *queries) AfterQuery(ctx context.Context, e *bun.QueryEvent) {
	q.took.Record(ctx, time.Since(e.StartTime).Seconds(), q.under(statement(e)))
	span, traced := e.Stash[spanKey{}].(trace.Span)
	if !traced {
		return
	}
	if e.Err != nil && !errors.Is(e.Err, sql.ErrNoRows) {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

func (q *queries) under(s said) metric.MeasurementOption {
	if set, known := q.sets.Load(s); known {
		return set.(metric.MeasurementOption)
	}
	set := metric.WithAttributeSet(attribute.NewSet(s.attributes()...))
	q.sets.Store(s, set)
	return set
}

// operations are the statements there are names for.
var operations = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT", "ROLLBACK"}

var tableName = regexp.MustCompile(`^"?([a-z_]+)"?( AS "?[a-z_]+"?)?$`)

// statement says what a statement does, to which table where that is one.
func statement(e *bun.QueryEvent) said {
	s := said{operation: strings.ToUpper(strings.TrimRight(e.Operation(), "\n\t;"))}
	if !slices.Contains(operations, s.operation) {
		s.operation = "OTHER"
	}
	if e.IQuery != nil {
		if m := tableName.FindStringSubmatch(e.IQuery.GetTableName()); m != nil {
			s.table = m[1]
		}
	}
	return s
}
