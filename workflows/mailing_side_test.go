package workflows_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// sides are two workers that send the same mailing: each call is a worker's, and all share the outbox and the mail server.
type sides struct {
	p     *postOffice
	call  func(n int, send func() (int, error)) (int, error) // what the n-th call does, from 1
	mu    sync.Mutex
	calls int
	now   int // on their way
	most  int // at the same time
}

func (p *postOffice) bySides(call func(n int, send func() (int, error)) (int, error)) *sides {
	s := &sides{p: p, call: call}
	p.mails = s
	return s
}

func (s *sides) SendMailing(ctx context.Context, mailing uuid.UUID, _ int, progress func()) (int, error) {
	s.mu.Lock()
	s.calls++
	s.now++
	n := s.calls
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.now--
		s.mu.Unlock()
	}()
	worker := s.p.sender() // each has connections of its own
	return s.call(n, func() (int, error) {
		return worker.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: 10, Progress: func(int) { progress() }})
	})
}

// both returns a wait that ends when two have come to it.
func both() func() {
	var pair sync.WaitGroup
	pair.Add(2)
	return func() { pair.Done(); pair.Wait() }
}

func (p *postOffice) everybodyOnce() {
	p.t.Helper()
	require.Equal(p.t, models.MailingSent, p.state())
	require.Equal(p.t, models.MailCounts{Delivered: readersInCroatia}, p.counts())
	recipients, mails := p.taken("")
	require.Equal(p.t, readersInCroatia, recipients)
	require.Equal(p.t, readersInCroatia, mails)
	require.Equal(p.t, 1, p.entries("mailing.sent"))
}

func TestMailingIsSentByTwoSideBySide(t *testing.T) {
	p := newPostOffice(t)
	meet := both()
	var first, second int
	s := p.bySides(func(n int, send func() (settled int, err error)) (settled int, err error) {
		if n > 2 {
			return send()
		}
		meet() // each waits for the other: one after the other they would wait for ever
		settled, err = send()
		if n == 1 {
			first = settled
		} else {
			second = settled
		}
		return settled, err
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	require.NoError(t, p.send(day))
	p.everybodyOnce()
	require.Positive(t, first)
	require.Positive(t, second)
	require.Equal(t, 2, s.most)
}

func TestMailingGoesOnWhenOneOfTwoFails(t *testing.T) {
	p := newPostOffice(t)
	s := p.bySides(func(n int, send func() (int, error)) (int, error) {
		if n == 1 || n == 4 {
			return 0, errors.New("the connection to the mail server is lost")
		}
		return send()
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	require.NoError(t, p.send(day))
	p.everybodyOnce()
	require.Greater(t, s.calls, 4)
}

// TestMailingStopsOnceThoughBothAreRefused: one stops while the other is in the middle of its mails, and is refused as well. Nothing
// new begins, and the officer is told once.
func TestMailingStopsOnceThoughBothAreRefused(t *testing.T) {
	p := newPostOffice(t)
	meet := both()
	why := &models.MailingStop{Reason: models.StopPolicy, Domain: "readers.example", Reply: "550 5.7.26 no"}
	s := p.bySides(func(n int, send func() (int, error)) (int, error) {
		switch n {
		case 1:
			meet()
			return 0, why
		case 2:
			meet()
			require.Eventually(t, func() bool { return p.state() == models.MailingPaused }, 10*time.Second, 5*time.Millisecond,
				"the pause does not wait for the other")
			return 0, why
		}
		return send()
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	p.at(5*day, func() {
		require.Equal(t, models.MailingPaused, p.state())
		require.Equal(t, 2, s.calls, "nothing new begins")
		require.Equal(t, 1, p.told())
		require.Equal(t, 1, p.entries("mailing.stopped"))
		p.say(models.DecideResumeMailing, models.NoPayload{})
	})
	require.NoError(t, p.send(6*day))
	p.everybodyOnce()
	require.Equal(t, 1, p.told())
	require.Equal(t, 1, p.entries("mailing.stopped"))
	require.Equal(t, 1, p.entries("mailing.resumed"))
}

// TestMailingPausedBetweenTwo pauses while both have mails in hand: they give back what has not left, and nothing begins.
func TestMailingPausedBetweenTwo(t *testing.T) {
	p := newPostOffice(t)
	meet := both()
	s := p.bySides(func(n int, send func() (int, error)) (int, error) {
		if n <= 2 {
			meet()
		}
		if n == 1 {
			p.decideBeside(models.DecidePauseMailing)
		}
		return send()
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	var still, later int
	p.sentBy(3*time.Hour, &still)
	p.at(3*time.Hour, func() {
		require.Equal(t, models.MailingPaused, p.state())
		require.Zero(t, p.counts().Claimed)
	})
	p.sentBy(10*time.Hour, &later)
	p.at(10*time.Hour, func() { p.say(models.DecideResumeMailing, models.NoPayload{}) })
	require.NoError(t, p.send(day))
	require.Equal(t, still, later)
	p.everybodyOnce()
	require.LessOrEqual(t, s.most, 2)
}

func TestMailingCancelledBetweenTwo(t *testing.T) {
	p := newPostOffice(t)
	meet := both()
	p.bySides(func(n int, send func() (int, error)) (int, error) {
		if n <= 2 {
			meet()
		}
		if n == 1 {
			p.decideBeside(models.DecideCancelMailing)
		}
		return send()
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	require.NoError(t, p.send(day))
	require.Equal(t, models.MailingCancelled, p.state())
	c := p.counts()
	_, mails := p.taken("")
	require.Equal(t, mails, c.Delivered)
	require.Equal(t, readersInCroatia, c.Delivered+c.Cancelled+c.Queued, "what was given back is cancelled by who looks after it")
}

// TestMailingBeginsANewHistoryWhenBothAreDone: a mailing of more batches than a history takes.
func TestMailingBeginsANewHistoryWhenBothAreDone(t *testing.T) {
	p := newPostOffice(t)
	const slow = 250
	s := p.bySides(func(n int, send func() (int, error)) (int, error) {
		if n <= slow { // says that it settled one, and that there are more: the history grows
			return 1, nil
		}
		return send()
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	require.NoError(t, p.send(day))
	p.everybodyOnce()
	require.Equal(t, 1+slow/100, p.runs)
	require.LessOrEqual(t, s.most, 2, "none of an old history is on its way beside two of a new one")
}

// TestMailingByOneWorkerIsAsBefore: both batches are the same worker's, which sends them one after the other.
func TestMailingByOneWorkerIsAsBefore(t *testing.T) {
	p := newPostOffice(t)
	worker := p.sender()
	var mu sync.Mutex
	busy := 0
	p.mails = senderFunc(func(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error) {
		settled, err := batches{worker}.SendMailing(ctx, mailing, limit, progress)
		if errors.Is(err, mail.ErrBusy) {
			mu.Lock()
			busy++
			mu.Unlock()
		}
		return settled, err
	})
	p.at(2*time.Hour, func() { p.launch(readersInCroatia) })
	require.NoError(t, p.send(day))
	p.everybodyOnce()
	require.Less(t, busy, 10)
}

type senderFunc func(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error)

func (f senderFunc) SendMailing(ctx context.Context, mailing uuid.UUID, limit int, progress func()) (int, error) {
	return f(ctx, mailing, limit, progress)
}
