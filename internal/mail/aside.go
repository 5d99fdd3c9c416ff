package mail

import (
	"context"
	"sync"
	"time"
)

// A mail server takes so many connections from one sender and no more, and nobody tells us how many. A mailing may hold them all, for as
// long as it lasts. So where mails that somebody waits for cannot connect, a connection of the mailing steps aside: between two of its
// mails it hangs up, waits until they have gone, and connects again.

// asides lets connections of mailings step aside, in one process. The zero value is ready.
type asides struct {
	mu      sync.Mutex
	open    int           // connections that mailings have
	asked   chan aside    // taken by whichever of them comes first to the end of a mail
	nothing chan struct{} // closed when none of them is left
	ahead   int           // batches that are let through
	through chan struct{} // closed when none of them is on its way any more
}

// aside is what a connection is asked for.
type aside struct {
	gone chan<- struct{} // told when it has hung up
	over <-chan struct{} // ended when it may connect again
}

// requests are those for a connection of a mailing to step aside.
func (a *asides) requests() <-chan aside {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ready()
}

func (a *asides) ready() chan aside {
	if a.asked == nil {
		a.asked = make(chan aside)
	}
	return a.asked
}

// opened and closed count the connections of mailings.
func (a *asides) opened() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open++; a.open == 1 {
		a.nothing = make(chan struct{})
	}
}

func (a *asides) closed() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open--; a.open == 0 {
		close(a.nothing)
	}
}

// let lets a batch through: until it is over, no mailing opens a connection, which would take the place that was made.
func (a *asides) let(over <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ahead++; a.ahead == 1 {
		a.through = make(chan struct{})
	}
	go func() {
		<-over
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.ahead--; a.ahead == 0 {
			close(a.through)
		}
	}()
}

// letThrough ends when no batch is let through any more; nil where none is.
func (a *asides) letThrough() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ahead == 0 {
		return nil
	}
	return a.through
}

// make waits until one connection of a mailing has hung up, for the patience there is at most, and reports whether there is room now. It
// stays away until over ends.
func (a *asides) make(ctx context.Context, over <-chan struct{}, patience time.Duration) bool {
	a.mu.Lock()
	asked, nothing, open := a.ready(), a.nothing, a.open
	a.mu.Unlock()
	if open == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	gone := make(chan struct{})
	select {
	case asked <- aside{gone, over}:
		<-gone
		return true
	case <-nothing:
		return true
	case <-ctx.Done():
		return false
	}
}

// room has a connection of a mailing step aside for mails of none, and reports whether it is worth to connect once more.
func (w *window) room(ctx context.Context) bool {
	if w.batch.MailingID != nil || w.Turns == nil {
		return false
	}
	if !w.lets {
		w.lets = true
		w.Turns.asides.let(w.over)
	}
	return w.Turns.asides.make(ctx, w.over, SendTimeout(w.Lease))
}

// noticed are the waits in which a mail server finds out that a connection of ours has gone: it counts it until then, for the time
// its own process needs to end, and nothing tells us when that is over. Two and a half seconds in all.
var noticed = []time.Duration{20 * time.Millisecond, 80 * time.Millisecond, 400 * time.Millisecond, 2 * time.Second}

// dialSoon connects as soon as the server has noticed that somebody stepped aside, or that those have gone who were let through.
func (w *window) dialSoon(ctx context.Context) (Connection, error) {
	c, err := w.Transport.Dial(ctx)
	for _, wait := range noticed {
		if err == nil {
			break
		}
		select {
		case <-time.After(wait):
			c, err = w.Transport.Dial(ctx)
		case <-ctx.Done():
			return nil, err
		}
	}
	return c, err
}

// asked are requests to step aside: none reach mails that go ahead, nor a window without a connection.
func (w *window) asked() <-chan aside {
	if w.batch.MailingID == nil || w.Turns == nil || w.connection == nil {
		return nil
	}
	return w.Turns.asides.requests()
}

// giveWay steps aside where that is asked for, and opens no connection while others are let through.
func (w *window) giveWay(ctx context.Context) {
	select {
	case a := <-w.asked():
		w.stepAside(ctx, a)
	default:
		if w.batch.MailingID != nil && w.Turns != nil && w.connection == nil {
			wait(ctx, w.Turns.asides.letThrough())
		}
	}
}

func (w *window) stepAside(ctx context.Context, a aside) {
	w.hangUp()
	w.stepped = true
	close(a.gone)
	wait(ctx, a.over)
}

// wait waits for an end, where there is one to wait for.
func wait(ctx context.Context, end <-chan struct{}) {
	if end == nil {
		return
	}
	select {
	case <-end:
	case <-ctx.Done():
	}
}
