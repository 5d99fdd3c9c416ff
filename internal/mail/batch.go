package mail

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/telemetry"
	"tribuna/models"
)

// run is one batch on its way: one goroutine claims, each connection takes one part of a window after the other, and what
// they write to the database they write together.
type run struct {
	*Sender
	batch   Batch
	marks   *shared[*outgoing]
	results *shared[result]
	letters letters
	known   bool              // what is known of the readers is read with their mails
	over    chan struct{}     // closed when the last connection has hung up
	after   *models.MailPlace // the last mail that was claimed; nobody but who claims knows it
	pacing
	refusals
	away

	mu        sync.Mutex
	unsettled map[uuid.UUID]uuid.UUID // claimed, and nothing written yet: the claim's token
	leases    map[uuid.UUID]time.Time // of the claims
	unwritten []result                // what came of mails while the database could not be told
	losses    int                     // connections that ended one after the other, and no mail answered between
	settled   int
}

// claimed is a mail and the claim under which it is held.
type claimed struct {
	models.MailingMail
	token uuid.UUID
}

// result is what came of a mail, and the claim under which that may be written.
type result struct {
	models.MailResult
	token uuid.UUID
}

func newRun(s *Sender, b Batch) *run {
	return &run{Sender: s, batch: b, over: make(chan struct{}), unsettled: map[uuid.UUID]uuid.UUID{}, leases: map[uuid.UUID]time.Time{}}
}

// sendAll lets every connection take one part after the other. Where a server allows fewer connections than we would
// like, the others do the work; it fails when nothing could be done.
func (r *run) sendAll(ctx context.Context) error {
	r.marks = &shared[*outgoing]{do: func(all []*outgoing) error { return r.mark(ctx, all) }}
	r.results = &shared[result]{do: func(all []result) error { return r.write(ctx, all) }}
	defer r.stayAlive(ctx)()
	parts := make(chan []claimed, r.batch.Limit/r.part())
	gone := make(chan struct{})
	errs := make([]error, r.Connections)
	var connections sync.WaitGroup
	for i := range errs {
		connections.Go(func() {
			w := &window{run: r}
			defer w.hangUp()
			errs[i] = w.sendEach(ctx, parts)
		})
	}
	go func() { connections.Wait(); close(gone) }()
	err := r.feed(ctx, parts, gone)
	close(parts)
	<-gone
	if failed := errors.Join(errs...); failed != nil && r.settled > 0 {
		r.Log.Warn("a connection to the mail server cannot be used now", "error", failed)
	} else {
		err = errors.Join(err, failed)
	}
	return errors.Join(err, ctx.Err())
}

// feed claims mails and hands them out until nothing is due, the time is over, or no connection is left.
func (r *run) feed(ctx context.Context, parts chan<- []claimed, gone <-chan struct{}) error {
	if r.batch.MailingID != nil { // a mailing waits, and people change their minds
		if _, err := models.DropUnwanted(ctx, r.DB, *r.batch.MailingID, r.Now()); err != nil {
			return err
		}
		if _, err := models.DropActed(ctx, r.DB, *r.batch.MailingID, r.Now()); err != nil {
			return err
		}
		var err error
		if r.known, err = models.SaysWhatIsKnown(ctx, r.DB, *r.batch.MailingID); err != nil {
			return err
		}
		if err := r.readTally(ctx); err != nil {
			return err
		}
	}
	for begin := time.Now(); ; {
		mails, err := r.claim(ctx)
		if err != nil || len(mails) == 0 || r.stopped() {
			return err
		}
		for part := range slices.Chunk(mails, r.part()) {
			select {
			case parts <- part:
			case <-gone:
				return nil
			}
		}
		if time.Since(begin) >= r.batch.For || ctx.Err() != nil || r.stopped() || r.othersWait() {
			return nil
		}
	}
}

// othersWait reports whether other mailings wait for this batch to end.
func (r *run) othersWait() bool {
	return r.batch.MailingID != nil && r.Turns != nil && r.Turns.others()
}

// part is how many mails are marked at once.
func (r *run) part() int { return max(1, r.Window/thirds) }

func (r *run) claim(ctx context.Context) ([]claimed, error) {
	now, token := r.Now(), uuid.New()
	f := models.ClaimFilter{MailingID: r.batch.MailingID, Transactional: r.batch.Transactional, Limit: r.batch.Limit, Token: token, Until: now.Add(r.Lease)}
	var mails []claimed
	if f.MailingID != nil {
		f.After = r.after // else each claim would pass by all that was delivered before
		rows, err := r.claimAtPace(ctx, f, now)
		if err != nil {
			return nil, err
		}
		if n := len(rows); n > 0 {
			r.after = &models.MailPlace{NotBefore: rows[n-1].NotBefore, ID: rows[n-1].ID}
		}
		if r.known && len(rows) > 0 {
			if err := models.ReadKnown(ctx, r.DB, rows); err != nil {
				return nil, err
			}
		}
		for _, m := range rows {
			mails = append(mails, claimed{m, token})
		}
	} else {
		rows, err := models.ClaimMails(ctx, r.DB, f, now)
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			mails = append(mails, claimed{models.MailingMail{OutboxMail: m}, token})
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leases[token] = f.Until
	for _, m := range mails {
		r.unsettled[m.ID] = token
	}
	return mails, nil
}

// mark says in the database that these mails may be leaving from now on, and which of them are still ours to send.
func (r *run) mark(ctx context.Context, all []*outgoing) error {
	now := r.Now()
	groups := byToken(all, func(o *outgoing) uuid.UUID { return o.token })
	for token, mails := range groups {
		until, err := r.extend(ctx, token, now)
		if err != nil {
			return err
		}
		for _, o := range mails {
			o.until = until
		}
	}
	taken, err := r.taken(ctx, groups, now)
	for _, o := range all {
		o.taken = taken[o.ID]
	}
	return err
}

// taken marks mails and returns which may be sent.
func (r *run) taken(ctx context.Context, groups map[uuid.UUID][]*outgoing, now time.Time) (map[uuid.UUID]bool, error) {
	taken := map[uuid.UUID]bool{}
	var windows []models.MailWindow
	for token, mails := range groups {
		w := models.MailWindow{Token: token}
		for _, o := range mails {
			w.Mails, w.People = append(w.Mails, o.ID), append(w.People, o.PersonID)
		}
		windows = append(windows, w)
		if r.batch.MailingID == nil {
			ids, err := models.MarkSending(ctx, r.DB, token, w.Mails, now, mails[0].until)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				taken[id] = true
			}
		}
	}
	if r.batch.MailingID == nil {
		return taken, nil
	}
	marked, err := models.MarkWindows(ctx, r.DB, windows, now)
	for _, id := range marked {
		taken[id] = true
	}
	return taken, err
}

// recordFor is how long a sender tries to write what came of mails before it gives up; they become unknown then.
func (r *run) recordFor() time.Duration { return r.Lease }

// record writes results, together with those of other connections.
func (r *run) record(results []result) error {
	if len(results) == 0 {
		return nil
	}
	return r.results.bring(results)
}

// write goes on when the batch was called off and while the database is away: what was sent was sent.
func (r *run) write(ctx context.Context, all []result) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.recordFor())
	defer cancel()
	var failed error
	for token, results := range byToken(all, func(x result) uuid.UUID { return x.token }) {
		list := make([]models.MailResult, len(results))
		for i, x := range results {
			list[i] = x.MailResult
		}
		if failed == nil {
			failed = r.writeUnder(ctx, token, list)
		}
		if failed != nil {
			r.keep(results)
		}
	}
	if r.batch.MailingID != nil && failed == nil {
		r.shareTally(ctx)
	}
	return failed
}

// keep remembers what could not be written: a mail of which something came is not given back, whatever is written of it.
func (r *run) keep(results []result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range results {
		delete(r.unsettled, x.ID)
	}
	r.unwritten = append(r.unwritten, results...)
}

func (r *run) writeUnder(ctx context.Context, token uuid.UUID, results []models.MailResult) error {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		_, err := models.MarkResults(ctx, r.DB, token, results, r.Now())
		if err == nil {
			r.count(ctx, results)
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// byToken groups what belongs to the same claim.
func byToken[T any](all []T, token func(T) uuid.UUID) map[uuid.UUID][]T {
	groups := map[uuid.UUID][]T{}
	for _, x := range all {
		groups[token(x)] = append(groups[token(x)], x)
	}
	return groups
}

func (r *run) count(ctx context.Context, results []models.MailResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	outcomes := map[models.MailState]int{}
	for _, x := range results {
		delete(r.unsettled, x.ID)
		r.counted(x)
		if x.State.Final() || x.Counts || x.Lost {
			outcomes[x.State]++
		}
		if x.State.Final() {
			r.settled++
		}
	}
	for state, n := range outcomes {
		telemetry.CountMails(ctx, state, n)
	}
	if r.batch.Progress != nil {
		r.batch.Progress(r.settled)
	}
}

// release queues again what was claimed and not dealt with. What came of others and was not written yet it tries to write once
// more; where that fails too they stay claimed, and become unknown as those of a sender that died.
func (r *run) release(ctx context.Context) error {
	if came := r.unwritten; len(came) > 0 {
		r.unwritten = nil
		if err := r.write(ctx, came); err != nil {
			return err
		}
	}
	var rest []result
	for id, token := range r.unsettled {
		rest = append(rest, result{models.MailResult{ID: id, State: models.MailQueued}, token})
	}
	if len(rest) > 0 {
		if err := r.write(ctx, rest); err != nil {
			return err
		}
	}
	if r.batch.MailingID == nil {
		return nil
	}
	if len(rest) > 0 { // it may have been cancelled meanwhile, and then it is over for them at once
		if err := models.CancelLeft(context.WithoutCancel(ctx), r.DB, *r.batch.MailingID, r.Now()); err != nil {
			return err
		}
	}
	if err := r.endPace(ctx); err != nil {
		return err
	}
	return models.EndMailingClaims(context.WithoutCancel(ctx), r.DB, slices.Collect(maps.Keys(r.leases)))
}
