package mail

import (
	"context"
	"errors"
	"log/slog"
	"net/mail"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// MaxAttempts is after how many refusals for now a mail is given up.
const MaxAttempts = 8

// LostFor is for how long a mail is tried again whose connection is lost before the message is complete. That is never its reader's
// fault, and says nothing about how often it happens: a server may be ill for an hour or for a day.
const LostFor = 48 * time.Hour

// LetterWriter writes letters; Composer is the one that does it from the database.
type LetterWriter interface {
	// Compose writes the letter of one mail.
	Compose(ctx context.Context, m models.OutboxMail, now time.Time) (*Letter, error)
	// Prepare writes the letter of a mailing in a language for all its readers.
	Prepare(ctx context.Context, mailing uuid.UUID, language string, from mail.Address, now time.Time) (*Prepared, error)
	// Fields are what that letter says to one of them.
	Fields(mailing uuid.UUID, language string, reader models.MailReader, known models.PersonalFields) Fields
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
	Turns       *Turns           // of batches of mailings, shared by all senders of the process; nil: none waits for another
	Window      int              // mails in doubt at once on a connection, 3 or more, default 6
	Return      *ReturnPath      // signed addresses that mails come back to; without it they come back to From
	Sign        Signers          // DKIM; none where nothing is signed
	Pace        models.Pace      // how fast mailings go
	Stop        StopRule         // when a mailing stops by itself
	Log         *slog.Logger     // default slog.Default

	// Backoff says how long to wait before trying again, after how many failures; the default is Patience.
	Backoff func(outcome Outcome, failures int) time.Duration
}

// SendTimeout is the longest that sending one message may take up to its final dot, to be given to NewSMTP: a message is begun only
// where it ends within the lease. While the server's word is waited for after that, the lease is extended.
func SendTimeout(lease time.Duration) time.Duration { return lease / 6 }

// Batch says which mails to send.
type Batch struct {
	MailingID     *uuid.UUID        // only this mailing's
	Transactional bool              // only those of no mailing
	Limit         int               // mails claimed at once, default 50
	For           time.Duration     // how long to go on claiming; zero claims once
	Progress      func(settled int) // called as results are written and every few seconds, from several goroutines, never at the same time
}

// SendBatch claims mails that are due and sends them. It returns how many came to a final state: delivered, refused,
// unknown or no longer owed. An error says that the rest of the batch could not be sent now; those mails are queued
// again. A *models.MailingStop among the errors says that the mailing is not to go on before a person has looked at it. Nothing
// that may have left is ever sent again. ErrBusy says that nothing was done: see Turns.
func (s *Sender) SendBatch(ctx context.Context, b Batch) (int, error) {
	if b.MailingID != nil && s.Turns != nil {
		end, err := s.Turns.take(ctx, *b.MailingID)
		if err != nil {
			return 0, err
		}
		defer end()
	}
	r := newRun(s.withDefaults(), b)
	err := r.sendAll(ctx)
	close(r.over)
	return r.settled, errors.Join(err, r.release(ctx), r.noteServers(ctx), r.stop())
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
		c.Window = 6
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Backoff == nil {
		c.Backoff = Patience
	}
	return &c
}

// Patience waits seconds after a lost connection, which is seldom the message's fault, up to some minutes, and minutes to hours after a
// refusal for now, because servers that greylist want to see time pass (RFC 5321, 4.5.4.1).
func Patience(outcome Outcome, failures int) time.Duration {
	if outcome == Lost {
		return min(2*time.Second<<min(failures, 10), 5*time.Minute)
	}
	steps := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour}
	return steps[min(failures, len(steps)-1)]
}
