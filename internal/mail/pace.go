package mail

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// slowAfter is after how many refusals for now, none taken between them, a domain is left alone: large ones refuse some mails of
// many, and each of these is put off by itself. One that says it wants fewer is left alone at once.
const slowAfter = 3

// pacing is what a batch knows of the pace at which it may go.
type pacing struct {
	held   map[string]time.Time         // domains that take nothing for now, until when
	probed map[string]bool              // domains that have to show that they take mails again
	inRow  map[string]int               // refusals for now of a domain since it last took a mail
	uses   map[uuid.UUID]models.PaceUse // what mails count under that are on their way
	unused map[models.PaceUse]int       // what counted and did not leave
}

// claimAtPace claims as many mails as may go now.
func (r *run) claimAtPace(ctx context.Context, f models.ClaimFilter, now time.Time) ([]models.MailingMail, error) {
	c, err := models.ClaimAtPace(ctx, r.DB, f, r.Pace, now)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range c.Slow {
		if s.Until.After(now) {
			r.hold(s)
			continue
		}
		if r.probed == nil {
			r.probed = map[string]bool{}
		}
		r.probed[s.Domain] = true
		delete(r.held, s.Domain)
	}
	for id, use := range c.Uses {
		if r.uses == nil {
			r.uses, r.unused = map[uuid.UUID]models.PaceUse{}, map[models.PaceUse]int{}
		}
		r.uses[id] = use
	}
	return c.Mails, nil
}

// hold leaves a domain alone; whoever calls holds the lock.
func (r *run) hold(s models.SlowDomain) {
	if r.held == nil {
		r.held = map[string]time.Time{}
	}
	r.held[s.Domain] = s.Until
	delete(r.probed, s.Domain)
}

// waits reports whether a mail that was claimed is not to leave now: its domain takes nothing, or the mailing stops.
func (r *run) waits(o *outgoing) bool {
	if r.batch.MailingID == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.why != nil {
		return true
	}
	return len(r.held) > 0 && r.held[models.AddressDomain(o.message.To)].After(r.Now())
}

// slow leaves a domain alone whose server refuses one mail after the other for now, or still refuses when it is tried again; limited
// says that it wants fewer, which is enough by itself.
func (r *run) slow(ctx context.Context, domain, reply string, limited bool) {
	if domain == "" || !r.refusesAll(domain, limited) {
		return
	}
	now := r.Now()
	s, err := models.SlowDown(ctx, r.DB, domain, reply, now)
	if err != nil {
		r.Log.Warn("a domain cannot be slowed down now", "domain", domain, "error", err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hold(s)
	r.Log.Warn("a mail server takes nothing for now", "domain", domain, "until", s.Until, "refusals", s.Refusals)
}

// refusesAll counts a refusal for now, and reports whether the domain is to be left alone for it and is not yet.
func (r *run) refusesAll(domain string, limited bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held[domain].After(r.Now()) {
		return false
	}
	if r.inRow == nil {
		r.inRow = map[string]int{}
	}
	r.inRow[domain]++
	return limited || r.probed[domain] || r.inRow[domain] >= slowAfter
}

// took lets a domain go on that was left alone, and takes mails again.
func (r *run) took(ctx context.Context, domain string) {
	r.mu.Lock()
	probed := r.probed[domain]
	delete(r.probed, domain)
	delete(r.inRow, domain)
	r.mu.Unlock()
	if !probed {
		return
	}
	if err := models.SpeedUp(ctx, r.DB, domain); err != nil {
		r.Log.Warn("a domain cannot go on now", "domain", domain, "error", err)
	}
}

// counted keeps what counts under a limit and did not leave; whoever calls holds the lock.
func (r *run) counted(x models.MailResult) {
	use, counts := r.uses[x.ID]
	if !counts {
		return
	}
	delete(r.uses, x.ID)
	if x.State == models.MailCancelled || x.State == models.MailQueued && !x.Counts {
		r.unused[use]++
	}
}

// endPace gives back what did not leave, and keeps what servers said.
func (r *run) endPace(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if err := models.ReturnPace(ctx, r.DB, r.unused); err != nil {
		return err
	}
	return r.endTally(ctx)
}
