package mail_test

import (
	"context"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// TestAServerThatHangsUpAtTheDotStopsAMailing: nobody knows of a mail whether it was taken, and the rest of them is not thrown after it.
func TestAServerThatHangsUpAtTheDotStopsAMailing(t *testing.T) {
	n := newNetwork(t)
	s := newServer(t, func(s *server) { s.onData = after(hangUp) })
	n.launch(300)
	sender := newSender(t, n, s, newClock())
	sender.Stop = mail.StopRule{Row: 20, Percent: 10}
	b := mail.Batch{MailingID: &n.mailing, Limit: 1000}
	why := stops(t, sender, b)
	const connections, window = 2, 6
	require.Equal(t, models.StopUnknown, why.Reason)
	require.Equal(t, s.addr, why.Domain, "our own mail server")
	require.NotEmpty(t, why.Reply)
	c := n.counts()
	require.Equal(t, 2*connections, why.Refused)
	require.LessOrEqual(t, c.Unknown, 2*connections+connections-1, "and what the other connection had on the wire")
	require.LessOrEqual(t, c.Unknown, connections*window)
	require.Equal(t, 300-c.Unknown, c.Queued)

	require.ErrorAs(t, sendOnce(t, sender, b), &why, "a worker that takes it over knows, and sends no more than shows it")
	require.LessOrEqual(t, n.counts().Unknown, c.Unknown+connections)
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.NoError(t, m.GoOn(t.Context(), n.db))
	mended := newServer(t, nil)
	drain(t, newSender(t, n, mended, newClock()), b)
	left := n.counts()
	require.Equal(t, models.MailCounts{Delivered: 300 - left.Unknown, Unknown: left.Unknown}, left)
	mended.once(t, left.Delivered)
}

func sendOnce(t *testing.T, s *mail.Sender, b mail.Batch) error {
	t.Helper()
	_, err := s.SendBatch(t.Context(), b)
	return err
}

// TestManyMailsInDoubtStopAMailingThoughOthersAreTaken between them.
func TestManyMailsInDoubtStopAMailingThoughOthersAreTaken(t *testing.T) {
	n := newNetwork(t)
	s := newServer(t, func(s *server) {
		s.onData = func(nth int, c *smtp.Conn, read func() string) error {
			if read(); nth%7 == 0 {
				return hangUp(c)
			}
			return nil
		}
	})
	n.launch(400)
	sender := newSender(t, n, s, newClock())
	sender.Stop = mail.StopRule{Row: 20, Percent: 10}
	require.Equal(t, models.StopUnknown, stops(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 50}).Reason)
	require.LessOrEqual(t, n.counts().Unknown, 35)
}

// running is a clock that begins on a monday and goes.
func running() func() time.Time {
	begun := time.Now()
	return func() time.Time { return monday.Add(time.Since(begun)) }
}

// TestAServerThatLooksThroughEachMailLosesNone: it says that it takes them long after the time for commands, and after the lease.
func TestAServerThatLooksThroughEachMailLosesNone(t *testing.T) {
	for what, batch := range map[string]func(*network) mail.Batch{
		"a mailing":        func(n *network) mail.Batch { n.launch(4); return mail.Batch{MailingID: &n.mailing} },
		"mails one by one": func(n *network) mail.Batch { n.invite(); return mail.Batch{Transactional: true} },
	} {
		t.Run(what, func(t *testing.T) {
			n := newNetwork(t)
			const lease, looks = time.Second, 1500 * time.Millisecond
			s := newServer(t, func(s *server) {
				s.onData = after(func(*smtp.Conn) error { <-time.After(looks); return nil })
			})
			b := batch(n)
			sender := newSender(t, n, s, newClock())
			var err error
			sender.Transport, err = mail.NewSMTP(s.url(), mail.Timeouts{Command: mail.SendTimeout(lease), Dot: time.Minute})
			require.NoError(t, err)
			sender.Lease, sender.Now = lease, running()
			signs := 0
			b.Progress = func(int) { signs++ }
			over := make(chan error, 1)
			go func() {
				var err error
				for range 4 {
					_, failed := sender.SendBatch(context.Background(), b)
					err = errorsOf(err, failed)
				}
				over <- err
			}()
			for done := false; !done; {
				select {
				case err := <-over:
					require.NoError(t, err)
					done = true
				case <-time.After(50 * time.Millisecond):
					queued, unknown, err := models.ReapExpired(t.Context(), n.db, sender.Now())
					require.NoError(t, err)
					require.Zero(t, queued+unknown, "its sender is alive")
				}
			}
			var states []models.MailState
			require.NoError(t, n.db.NewRaw(`SELECT DISTINCT state FROM outbox`).Scan(t.Context(), &states))
			require.Equal(t, []models.MailState{models.MailDelivered}, states)
			for id, times := range s.ledger() {
				require.Equal(t, 1, times, id)
			}
			require.Greater(t, signs, 6, "it says that it is alive while it waits")
		})
	}
}

func errorsOf(err, more error) error {
	if err != nil {
		return err
	}
	return more
}

// TestAServerThatNeverSaysIsWaitedForNoLongerThanIsSet.
func TestAServerThatNeverSaysIsWaitedForNoLongerThanIsSet(t *testing.T) {
	never := make(chan struct{})
	defer close(never)
	s := newServer(t, func(s *server) { s.onData = after(func(*smtp.Conn) error { <-never; return nil }) })
	transport, err := mail.NewSMTP(s.url(), mail.Timeouts{Command: time.Minute, Dot: 100 * time.Millisecond})
	require.NoError(t, err)
	c, err := transport.Dial(t.Context())
	require.NoError(t, err)
	defer c.Close()
	d := c.Send(plainMessage(t, "m"))
	require.Equal(t, mail.Doubtful, d.Outcome)
	require.Equal(t, s.addr, d.Server)
	require.True(t, d.Broken)
}
