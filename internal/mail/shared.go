package mail

import (
	"sync"
	"time"
)

// gather is how long a statement waits for others to share it: a fraction of what a part of a window takes on the wire.
const gather = 8 * time.Millisecond

// shared lets goroutines share statements: what they bring within a moment, or while one runs, goes together.
type shared[T any] struct {
	do func([]T) error // never runs twice at the same time

	mu      sync.Mutex
	running bool
	waiting []brought[T]
}

type brought[T any] struct {
	items []T
	done  chan error
}

// bring has items dealt with and waits for it.
func (s *shared[T]) bring(items []T) error {
	mine := brought[T]{items, make(chan error, 1)}
	s.mu.Lock()
	s.waiting = append(s.waiting, mine)
	first := !s.running
	s.running = true
	s.mu.Unlock()
	if first {
		go s.run()
	}
	return <-mine.done
}

// run deals with what is waiting until nothing is.
func (s *shared[T]) run() {
	for {
		time.Sleep(gather)
		s.mu.Lock()
		now := s.waiting
		s.waiting, s.running = nil, len(now) > 0
		s.mu.Unlock()
		if len(now) == 0 {
			return
		}
		var all []T
		for _, b := range now {
			all = append(all, b.items...)
		}
		err := s.do(all)
		for _, b := range now {
			b.done <- err
		}
	}
}
