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
	loseAnswer atomic.Bool // what is told arrives, and the answer is lost on its way back
}

// intercept is asked about every call to Temporal.
func (w *wire) intercept(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	err := invoke(ctx, method, req, reply, conn, opts...)
	if err == nil && tells(method) && w.loseAnswer.Load() {
		return grpcstatus.Error(codes.Canceled, "the answer was lost")
	}
	return err
}

// tells picks the calls by which a process is told of a submission.
func tells(method string) bool {
	return strings.HasSuffix(method, "/UpdateWorkflowExecution") || strings.HasSuffix(method, "/ExecuteMultiOperation")
}
