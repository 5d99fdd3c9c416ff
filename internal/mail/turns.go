package mail

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// ErrBusy says that this process sends the mailing already: another may have part in it.
var ErrBusy = errors.New("this worker is sending the mailing already")

// busyFor is how long a batch waits for another of the same mailing before it is given to another process: most mailings are
// sent in less, and nobody waits for what is over.
const busyFor = time.Second

// Turns lets the batches of mailings that a process sends take turns, so that it never has more connections to the mail server for
// them than one batch has. The zero value is ready. Mails that one person waits for wait for no turn: where the mail server takes no
// more connections, those of mailings step aside for them.
type Turns struct {
	asides asides

	mu      sync.Mutex
	sending uuid.UUID // Nil: none
	waiting []*waiter // the first has the next turn
}

type waiter struct {
	mailing uuid.UUID
	called  chan struct{}
}

// take waits for the turn of a mailing's batch, behind those of other mailings. Behind one of the same it does not wait for long:
// it returns ErrBusy. What it returns else ends the turn.
func (t *Turns) take(ctx context.Context, mailing uuid.UUID) (end func(), err error) {
	w, busy := t.join(mailing)
	var enough <-chan time.Time
	if busy {
		timer := time.NewTimer(busyFor)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-w.called:
		return t.next, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-enough:
		err = ErrBusy
	}
	if t.leave(w) {
		return nil, err
	}
	return t.next, nil // its turn came in the same moment
}

// join stands in line, and reports whether a batch of the same mailing is on its way or before it.
func (t *Turns) join(mailing uuid.UUID) (w *waiter, busy bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w = &waiter{mailing, make(chan struct{})}
	if t.sending == uuid.Nil {
		t.sending = mailing
		close(w.called)
		return w, false
	}
	busy = t.sending == mailing || slices.ContainsFunc(t.waiting, func(o *waiter) bool { return o.mailing == mailing })
	t.waiting = append(t.waiting, w)
	return w, busy
}

// leave leaves the line, and reports whether it stood there.
func (t *Turns) leave(w *waiter) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := len(t.waiting)
	t.waiting = slices.DeleteFunc(t.waiting, func(o *waiter) bool { return o == w })
	return len(t.waiting) < before
}

// next ends a turn.
func (t *Turns) next() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sending = uuid.Nil
	if len(t.waiting) == 0 {
		return
	}
	w := t.waiting[0]
	t.waiting = t.waiting[1:]
	t.sending = w.mailing
	close(w.called)
}

// others reports whether batches of other mailings wait for their turn: whoever has it ends it soon.
func (t *Turns) others() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.waiting, func(w *waiter) bool { return w.mailing != t.sending })
}
