package mail

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// signOfLife is how often a batch says that it is alive, and looks whether a lease is to be extended: a server may take minutes to say
// whether it takes a message.
const signOfLife = 2 * time.Second

// stayAlive says so, and extends leases, until what it returns is called.
func (r *run) stayAlive(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // called off, it still waits for the server's word
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(min(signOfLife, r.Lease/4))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				r.progress()
				r.extendAll(ctx)
			}
		}
	}()
	return func() { cancel(); <-ended }
}

func (r *run) progress() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.batch.Progress != nil {
		r.batch.Progress(r.settled)
	}
}

// extendAll lets the claims live on of which mails are still on their way.
func (r *run) extendAll(ctx context.Context) {
	r.mu.Lock()
	tokens := map[uuid.UUID]bool{}
	for _, token := range r.unsettled {
		tokens[token] = true
	}
	r.mu.Unlock()
	for token := range tokens {
		if _, err := r.extend(ctx, token, r.Now()); err != nil && ctx.Err() == nil {
			r.Log.Warn("a claim on mails cannot be extended now", "error", err)
		}
	}
}

// leaseOf is when the lease of a marked mail ends.
func (r *run) leaseOf(o *outgoing) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until := r.leases[o.token]; until.After(o.until) {
		return until
	}
	return o.until
}

// extend lets a claim live on of which half the lease is over, and returns when it ends. What is over already is not begun anew.
func (r *run) extend(ctx context.Context, token uuid.UUID, now time.Time) (time.Time, error) {
	r.mu.Lock()
	until := r.leases[token]
	r.mu.Unlock()
	if until.Sub(now) > r.Lease/2 {
		return until, nil
	}
	extend := models.ExtendClaim
	if r.batch.MailingID != nil {
		extend = models.ExtendMailingClaim
	}
	longer := now.Add(r.Lease)
	held, err := extend(ctx, r.DB, token, now, longer)
	if err != nil || !held {
		return until, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leases[token] = longer
	return longer, nil
}
