package main

import (
	"context"
	"strings"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcstatus "google.golang.org/grpc/status"
)

// wire is what lies between a door and Temporal.
type wire struct {
	loseAnswer atomic.Bool                 // what is told arrives, and the answer is lost on its way back
	onTell     atomic.Pointer[func(int64)] // called with the number of each telling, before it leaves
	told       atomic.Int64
}

// watch calls f with the number of every telling from now on, counted from 1, just before it leaves.
func (w *wire) watch(f func(n int64)) {
	w.told.Store(0)
	w.onTell.Store(&f)
}

// intercept is asked about every call to Temporal.
func (w *wire) intercept(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if !tells(method) {
		return invoke(ctx, method, req, reply, conn, opts...)
	}
	n := w.told.Add(1)
	if f := w.onTell.Load(); f != nil {
		(*f)(n)
	}
	err := invoke(ctx, method, req, reply, conn, opts...)
	if err == nil && w.loseAnswer.Load() {
		return grpcstatus.Error(codes.Canceled, "the answer was lost")
	}
	return err
}

// tells picks the calls by which a process is told of a submission.
func tells(method string) bool {
	return strings.HasSuffix(method, "/UpdateWorkflowExecution") || strings.HasSuffix(method, "/ExecuteMultiOperation")
}
