package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// restFor is how long a route is left alone that could not be reached or said that it is closing, unless no other can be.
const restFor = time.Minute

// maxWeight bounds a route's weight.
const maxWeight = 100

// Routes are several mail servers of which any can send a mail. New connections are shared out by weight. One that cannot be
// opened, or whose server is closing (421), goes over another route, and comes back to this one after a minute.
type Routes struct {
	Now func() time.Time // default time.Now
	Log *slog.Logger     // default slog.Default

	mu     sync.Mutex
	routes []*route
}

type route struct {
	Transport
	name    string // host and port: never the password
	weight  int    // 0: only where no other can be reached
	credit  int    // what it is owed by turns that others had
	resting time.Time
	losses  int // one after the other, see lossesInRow
}

// NewRoutes reads the addresses of mail servers, each as NewSMTP reads it, with its weight as ?weight=N, 1 where it says none.
func NewRoutes(addresses []string, waits Timeouts) (*Routes, error) {
	r := &Routes{Now: time.Now, Log: slog.Default()}
	for _, address := range addresses {
		transport, err := NewSMTP(address, waits)
		if err != nil {
			return nil, err
		}
		u, err := url.Parse(address)
		if err != nil {
			return nil, errors.New("the mail server's address cannot be read") // may hold a password
		}
		weight, err := strconv.Atoi(cmp.Or(u.Query().Get("weight"), "1"))
		if err != nil || weight < 0 || weight > maxWeight {
			return nil, fmt.Errorf("the weight of the route over %s has to be a number from 0 to %d", u.Host, maxWeight)
		}
		r.routes = append(r.routes, &route{Transport: transport, name: u.Host, weight: weight})
	}
	if len(r.routes) == 0 {
		return nil, errors.New("there is no mail server")
	}
	return r, nil
}

// Dial connects over the route whose turn it is, or over the next that can be reached.
func (r *Routes) Dial(ctx context.Context) (Connection, error) {
	var failed error
	for _, way := range r.turn() {
		c, err := way.Dial(ctx)
		if err == nil {
			r.awake(way)
			return &routed{Connection: c, routes: r, way: way}, nil
		}
		if failed = errors.Join(failed, err); ctx.Err() != nil {
			return nil, failed
		}
		r.rest(way, err.Error())
	}
	return nil, failed
}

// turn lists the routes in the order in which they are to be tried: the one whose turn it is by the weights, the other good
// ones, and at the end those that rest, the one that rested longest first.
func (r *Routes) turn() []*route {
	now := r.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	rests := func(w *route) bool { return w.resting.After(now) }
	var first *route
	total := 0
	for _, w := range r.routes {
		if rests(w) || w.weight == 0 {
			continue
		}
		w.credit += w.weight
		total += w.weight
		if first == nil || w.credit > first.credit {
			first = w
		}
	}
	if first != nil {
		first.credit -= total
	}
	order := slices.Clone(r.routes)
	slices.SortStableFunc(order, func(a, b *route) int {
		switch {
		case a == first || b == first:
			return cmp.Compare(rank(b == first), rank(a == first))
		case rests(a) != rests(b):
			return cmp.Compare(rank(rests(a)), rank(rests(b)))
		case rests(a):
			return a.resting.Compare(b.resting)
		}
		return cmp.Compare(b.weight, a.weight)
	})
	return order
}

func rank(is bool) int {
	if is {
		return 1
	}
	return 0
}

// rest leaves a route alone for a while; where there is no other that means nothing.
func (r *Routes) rest(way *route, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.Now()
	if !way.resting.After(now) && len(r.routes) > 1 {
		r.Log.Warn("a mail server is left alone for a while", "route", way.name, "for", restFor, "reason", withoutAddresses(why))
	}
	way.resting, way.credit = now.Add(restFor), 0
}

func (r *Routes) awake(way *route) {
	r.mu.Lock()
	defer r.mu.Unlock()
	way.resting = time.Time{}
}

// routed is a connection over one of several routes.
type routed struct {
	Connection
	routes *Routes
	way    *route
}

// Send delivers one message. A server that is closing though it was asked just now has its route left alone, and so has one that ends
// connection after connection without an answer; one that only gave up on an idle connection does not.
func (c *routed) Send(m Message) Delivery {
	d := c.Connection.Send(m)
	if d.Foreign {
		return c.routes.elsewhere(c.way, m, d)
	}
	switch {
	case d.Outcome == Deferred && strings.HasPrefix(d.Reply, "421"):
		c.routes.rest(c.way, d.Reply)
	case d.Outcome == Lost || d.Outcome == Doubtful:
		c.routes.lost(c.way, d.Reply)
	case d.Outcome != Unsent:
		c.routes.answered(c.way)
	}
	return d
}

// elsewhere sends a message over another route that takes such addresses, on a connection of its own: there are few. Where none does
// it is refused, and for now while one that might cannot be reached.
func (r *Routes) elsewhere(not *route, m Message, refused Delivery) Delivery {
	for _, way := range r.turn() {
		if way == not {
			continue
		}
		c, err := way.Dial(context.Background())
		if err != nil {
			r.rest(way, err.Error())
			refused.Outcome = Deferred
			continue
		}
		d := c.Send(m)
		c.Close()
		if !d.Foreign {
			d.Broken = false // the one it would have gone over is whole
			return d
		}
	}
	return refused
}

// lossesInRow is after how many connections that ended one after the other, and no message answered between, a server is left alone.
const lossesInRow = 3

// lost counts a connection that ended before a message was answered.
func (r *Routes) lost(way *route, why string) {
	r.mu.Lock()
	way.losses++
	enough := way.losses >= lossesInRow
	r.mu.Unlock()
	if enough { // still so after the rest: the next one lost is enough again
		r.rest(way, why)
	}
}

func (r *Routes) answered(way *route) {
	r.mu.Lock()
	defer r.mu.Unlock()
	way.losses = 0
}

// losesAll reports whether a server ends connection after connection before it has a message, so that the rest of the batch waits as
// after one that cannot be reached. Mails of no mailing, which nothing stops, wait as well where it never says what it took.
func (r *run) losesAll(d Delivery) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d.Outcome == Lost || d.Outcome == Doubtful && r.batch.MailingID == nil {
		r.losses++
	} else {
		r.losses = 0
	}
	return r.losses >= lossesInRow
}
