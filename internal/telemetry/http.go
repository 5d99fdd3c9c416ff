package telemetry

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// elsewhere stands for requests that no route takes: their paths are anybody's words.
const elsewhere = "other"

type placeKey struct{}

// place is the template of the route that takes a request, known once the router has looked.
type place struct{ route string }

// Requests counts and traces every request. A trace begins here: what a client says of one is not taken over.
func Requests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, at := time.Now(), &place{route: elsewhere}
		ctx, span := tracer().Start(context.WithValue(r.Context(), placeKey{}, at), method(r), trace.WithNewRoot(),
			trace.WithSpanKind(trace.SpanKindServer))
		answer := &answered{ResponseWriter: w}
		defer func() {
			status := answer.status
			if status == 0 {
				status = http.StatusOK
			}
			said := []attribute.KeyValue{attribute.String("http.request.method", method(r)), attribute.String("http.route", at.route),
				attribute.Int("http.response.status_code", status)}
			span.SetName(method(r) + " " + at.route)
			span.SetAttributes(said...)
			if status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
			span.End()
			seconds("http.server.request.duration", "how long requests took, by the template of their route").
				Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(said...))
		}()
		next.ServeHTTP(answer, r.WithContext(ctx))
	})
}

// Route is a middleware of mux that says which route takes a request, by its template: an address may hold a person's link.
func Route(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at, ok := r.Context().Value(placeKey{}).(*place); ok {
			if template, err := mux.CurrentRoute(r).GetPathTemplate(); err == nil {
				at.route = template
			}
		}
		next.ServeHTTP(w, r)
	})
}

// method is the request's, where it is one that exists: it becomes a label.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	default:
		return "_OTHER"
	}
}

// answered remembers the status of an answer.
type answered struct {
	http.ResponseWriter
	status int
}

func (w *answered) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (w *answered) Unwrap() http.ResponseWriter { return w.ResponseWriter }
