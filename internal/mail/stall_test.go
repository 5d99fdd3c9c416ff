package mail_test

import (
	"context"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/mail"
	"tribuna/models"
)

// stalled is a database that takes nothing about mails from when one is accepted until a sender has given up once.
type stalled struct {
	*network
	lock bun.Tx
}

func (s *stalled) begin() {
	var err error
	s.lock, err = s.db.BeginTx(context.Background(), nil)
	require.NoError(s.t, err)
	_, err = s.lock.ExecContext(context.Background(), `LOCK TABLE outbox IN EXCLUSIVE MODE`)
	require.NoError(s.t, err)
}

// attempt is when the newest statement began that waits for the outbox; nil: none does.
func (s *stalled) attempt() *time.Time {
	var at *time.Time
	err := s.db.NewRaw(`SELECT max(query_start) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).
		Scan(context.Background(), &at)
	require.NoError(s.t, err)
	return at
}

// endAfterTheFirst lets the database go on when the second attempt to write waits for it.
func (s *stalled) endAfterTheFirst() {
	var first *time.Time
	require.Eventually(s.t, func() bool { first = s.attempt(); return first != nil }, time.Minute, 10*time.Millisecond)
	require.Eventually(s.t, func() bool { at := s.attempt(); return at != nil && at.After(*first) }, time.Minute, 10*time.Millisecond)
	require.NoError(s.t, s.lock.Rollback())
}

func TestWhatWasAcceptedIsNotSentAgainWhereTheDatabaseStoodStill(t *testing.T) {
	for what, batch := range map[string]func(*network) mail.Batch{
		"a mailing":        func(n *network) mail.Batch { n.launch(1); return mail.Batch{MailingID: &n.mailing} },
		"mails one by one": func(n *network) mail.Batch { n.invite(); return mail.Batch{Transactional: true} },
	} {
		t.Run(what, func(t *testing.T) {
			n := newNetwork(t)
			db := &stalled{network: n}
			s := newServer(t, func(s *server) {
				s.onData = func(nth int, _ *smtp.Conn, _ func() string) error {
					if nth == 1 {
						db.begin()
					}
					return nil
				}
			})
			b := batch(n)
			sender := newSender(t, n, s, newClock())
			sender.Lease = 3 * time.Second // of the clock, which stands still; and how long it tries to write
			done := make(chan error, 1)
			go func() { _, err := sender.SendBatch(context.Background(), b); done <- err }()
			db.endAfterTheFirst()
			require.ErrorIs(t, <-done, context.DeadlineExceeded)
			drain(t, sender, b)
			require.Equal(t, 1, s.mails(), "it went once")
			var state models.MailState
			require.NoError(t, n.db.NewRaw(`SELECT state FROM outbox`).Scan(t.Context(), &state))
			require.Equal(t, models.MailDelivered, state)
		})
	}
}
