package mail

import (
	"context"
	"errors"
	"log/slog"
	"net/mail"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/telemetry"
	"tribuna/models"
)

// MaxAttempts is after how many refusals for now a mail is given up.
const MaxAttempts = 8

// LetterWriter writes the letter of a mail; Composer is the one that does it from the database.
type LetterWriter interface {
	Compose(ctx context.Context, m models.OutboxMail, now time.Time) (*Letter, error)
}

// Sender takes mails out of the outbox. Several may run, in one process or many: a mail is claimed by one.
type Sender struct {
	DB          *bun.DB
	Transport   Transport
	Composer    LetterWriter
	From        mail.Address
	Now         func() time.Time // default time.Now
	Lease       time.Duration    // of a claim, default a minute; see SendTimeout
	Connections int              // at once in a batch, default 2
	Window      int              // mails in doubt at once on a connection, default 5
	Log         *slog.Logger     // default slog.Default

	// Backoff says how long to wait before trying again, after how many failures; the default is Patience.
	Backoff func(outcome Outcome, failures int) time.Duration
}

// SendTimeout is the longest that sending one message may take, to be given to NewSMTP: then a whole window, and
// writing what came of it, ends within the lease.
func SendTimeout(lease time.Duration, window int) time.Duration {
	return lease / time.Duration(window+2)
}

// Batch says which mails to send.
type Batch struct {
	MailingID     *uuid.UUID        // only this mailing's
	Transactional bool              // only those of no mailing
	Limit         int               // mails claimed at once, default 50
	Progress      func(settled int) // called after every window, from several goroutines, never at the same time
}

// SendBatch claims mails that are due and sends them. It returns how many came to a final state: delivered, refused,
// unknown or no longer owed. An error says that the rest of the batch could not be sent now; those mails are queued
// again. Nothing that may have left is ever sent again.
func (s *Sender) SendBatch(ctx context.Context, b Batch) (int, error) {
	s = s.withDefaults()
	now := s.Now()
	token := uuid.New()
	claimed, err := models.ClaimMails(ctx, s.DB, models.ClaimFilter{MailingID: b.MailingID, Transactional: b.Transactional,
		Limit: b.Limit, Token: token, Until: now.Add(s.Lease)}, now)
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	r := &run{Sender: s, token: token, progress: b.Progress, unsettled: map[uuid.UUID]bool{}}
	for _, m := range claimed {
		r.unsettled[m.ID] = true
	}
	err = r.sendAll(ctx, claimed)
	return r.settled, errors.Join(err, r.release(ctx))
}

func (s *Sender) withDefaults() *Sender {
	c := *s
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Lease <= 0 {
		c.Lease = time.Minute
	}
	if c.Connections <= 0 {
		c.Connections = 2
	}
	if c.Window <= 0 {
		c.Window = 5
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Backoff == nil {
		c.Backoff = Patience
	}
	return &c
}

// Patience waits seconds after a lost connection, which is seldom the message's fault, and minutes to hours after a
// refusal for now, because servers that greylist want to see time pass (RFC 5321, 4.5.4.1).
func Patience(outcome Outcome, failures int) time.Duration {
	if outcome == Lost {
		return min(2*time.Second<<min(failures, 10), 5*time.Minute)
	}
	steps := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour}
	return steps[min(failures, len(steps)-1)]
}

// run is one batch on its way.
type run struct {
	*Sender
	token    uuid.UUID
	progress func(int)

	marking sync.Mutex // one window is marked at a time: marking touches every row of the claim

	mu        sync.Mutex
	unsettled map[uuid.UUID]bool // claimed, and nothing written yet
	settled   int
}

// sendAll lets every connection take one window after the other.
func (r *run) sendAll(ctx context.Context, mails []models.OutboxMail) error {
	windows := make(chan []models.OutboxMail)
	errs := make(chan error, r.Connections)
	for range r.Connections {
		go func() {
			w := &window{run: r}
			defer w.hangUp()
			errs <- w.sendEach(ctx, windows)
		}()
	}
	for len(mails) > 0 {
		n := min(r.Window, len(mails))
		windows <- mails[:n]
		mails = mails[n:]
	}
	close(windows)
	var all error
	for range r.Connections {
		all = errors.Join(all, <-errs)
	}
	return all
}

// recordFor is how long a sender tries to write what came of mails before it gives up; they become unknown then.
func (r *run) recordFor() time.Duration { return r.Lease }

// record writes results. It goes on when the batch was called off and while the database is away: what was sent was sent.
func (r *run) record(ctx context.Context, results []models.MailResult) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.recordFor())
	defer cancel()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		_, err := models.MarkResults(ctx, r.DB, r.token, results, r.Now())
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

func (r *run) count(ctx context.Context, results []models.MailResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, result := range results {
		delete(r.unsettled, result.ID)
		if result.State.Final() || result.Counts {
			telemetry.CountMails(ctx, result.State, 1)
		}
		if result.State.Final() {
			r.settled++
		}
	}
	if r.progress != nil {
		r.progress(r.settled)
	}
}

// release queues again what was claimed and not dealt with.
func (r *run) release(ctx context.Context) error {
	var rest []models.MailResult
	for id := range r.unsettled {
		rest = append(rest, models.MailResult{ID: id, State: models.MailQueued})
	}
	if len(rest) == 0 {
		return nil
	}
	return r.record(ctx, rest)
}
