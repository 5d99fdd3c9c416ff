package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// stopTimeout bounds the stop of one part; one that takes longer is killed.
const stopTimeout = 20 * time.Second

// stopFunc ends a part and waits until it has ended.
type stopFunc func(ctx context.Context) error

// stack starts parts one upon the other, says so, and stops them in reverse.
type stack struct {
	out    io.Writer
	now    func() time.Time
	stops  []namedStop
	failed chan error // the first failure of a running part
}

type namedStop struct {
	name string
	stop stopFunc
}

func newStack(out io.Writer) *stack {
	return &stack{out: out, now: time.Now, failed: make(chan error, 1)}
}

// step runs one step of the start and shows its name and how long it took.
// What it returns, if anything, is how to stop what it started.
func (s *stack) step(name string, start func() (stopFunc, error)) error {
	began := s.now()
	fmt.Fprintf(s.out, "  %-28s", name)
	stop, err := start()
	if err != nil {
		fmt.Fprintln(s.out, "failed")
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(s.out, "%6.1f s\n", s.now().Sub(began).Seconds())
	s.add(name, stop)
	return nil
}

// add remembers how to stop a part that was started without a line of its own.
func (s *stack) add(name string, stop stopFunc) {
	if stop != nil {
		s.stops = append(s.stops, namedStop{name, stop})
	}
}

// fail reports that a running part failed; the first report counts.
func (s *stack) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

// wait blocks until the program is asked to end (nil) or a part failed.
func (s *stack) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

// stop stops the parts, the last one started first, each with its own time.
func (s *stack) stop() error {
	var errs []error
	for _, part := range slices.Backward(s.stops) {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		if err := part.stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", part.name, err))
		}
		cancel()
	}
	s.stops = nil
	return errors.Join(errs...)
}
