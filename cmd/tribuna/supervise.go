package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// A server that ends by itself is started again, but not for ever: one that
// ends so often within so long is broken.
const (
	restartsAllowed = 5
	restartsWithin  = time.Minute
	restartTimeout  = time.Minute
)

// server is a private server that can be started again where it was.
type server interface {
	Done() <-chan struct{}
	Restart(ctx context.Context) error
	Stop(ctx context.Context) error
}

// supervise starts the server again whenever it ends by itself, as everything
// above it can wait for that and lose nothing. The function returned ends the
// supervision first, then the server.
func (s *stack) supervise(name string, srv server) stopFunc {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.keepRunning(ctx, name, srv); err != nil {
			s.fail(err)
		}
	}()
	return func(stopping context.Context) error {
		cancel()
		<-ended
		return srv.Stop(stopping)
	}
}

func (s *stack) keepRunning(ctx context.Context, name string, srv server) error {
	var restarts []time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-srv.Done():
		}
		restarts = append(restarts, s.now())
		if n := len(restarts); n > restartsAllowed && restarts[n-1].Sub(restarts[n-1-restartsAllowed]) < restartsWithin {
			return fmt.Errorf("%s ended %d times within %s; its log is in TRIBUNA_DATA", name, restartsAllowed+1, restartsWithin)
		}
		slog.Warn("a server ended by itself and is started again", "server", name)
		if err := restart(ctx, srv); err != nil && ctx.Err() == nil {
			return fmt.Errorf("start %s again: %w", name, err)
		}
	}
}

func restart(ctx context.Context, srv server) error {
	ctx, cancel := context.WithTimeout(ctx, restartTimeout)
	defer cancel()
	return srv.Restart(ctx)
}
