package mail

import (
	"context"
	"time"

	"tribuna/internal/telemetry"
	"tribuna/models"
)

// pollEvery is how soon a new mail is noticed.
const pollEvery = time.Second

// Run sends the mails that belong to no mailing as they come, and puts right what cut-off senders left behind, until ctx
// ends. Mailings are sent by their own process, which calls SendBatch.
func (s *Sender) Run(ctx context.Context) error {
	c := s.withDefaults()
	reap := time.NewTicker(max(c.Lease/4, pollEvery))
	defer reap.Stop()
	wait := pollEvery
	for {
		c.drain(ctx, &wait)
		select {
		case <-ctx.Done():
			return nil
		case <-reap.C:
			c.Reap(ctx)
		case <-time.After(wait):
		}
	}
}

// drain sends until nothing is due; after an error it takes longer and longer pauses.
func (s *Sender) drain(ctx context.Context, wait *time.Duration) {
	for ctx.Err() == nil {
		settled, err := s.SendBatch(ctx, Batch{Transactional: true})
		if err != nil && ctx.Err() == nil {
			s.Log.Error("mails cannot be sent now", "error", err, "again_in", *wait)
			*wait = min(2**wait, 30*time.Second)
			return
		}
		*wait = pollEvery
		if settled == 0 {
			return
		}
	}
}

// Reap puts right what senders left behind whose lease is over.
func (s *Sender) Reap(ctx context.Context) {
	c := s.withDefaults()
	queued, unknown, err := models.ReapExpired(ctx, c.DB, c.Now())
	if err != nil {
		c.Log.Error("mails of cut-off senders cannot be put right now", "error", err)
		return
	}
	if unknown > 0 {
		telemetry.CountMails(ctx, models.MailUnknown, unknown)
	}
	if queued+unknown > 0 {
		c.Log.Warn("a sender was cut off", "queued_again", queued, "unknown", unknown)
	}
}
