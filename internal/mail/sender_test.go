package mail_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	netmail "net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/mail"
	"tribuna/models"
)

// clock is turned by hand.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(monday.UnixNano())
	return c
}
func (c *clock) Now() time.Time        { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) turn(by time.Duration) { c.at.Add(int64(by)) }

func newSender(t *testing.T, n *network, s *server, c *clock) *mail.Sender {
	t.Helper()
	const lease, window = time.Minute, 6
	transport, err := mail.NewSMTP(s.url(), mail.Timeouts{Command: mail.SendTimeout(lease)})
	require.NoError(t, err)
	return &mail.Sender{DB: n.db, Transport: transport, Composer: n.composer(), Now: c.Now, Lease: lease, Window: window,
		From: netmail.Address{Name: "Tribuna", Address: "post@tribuna.example"}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// launch freezes a mailing to so many subscribers.
func (n *network) launch(people int) {
	n.t.Helper()
	n.exec(`INSERT INTO people (id, name, email, language, consent_at)
		SELECT gen_random_uuid(), 'Reader ' || i, 'reader' || i || '@mail.example', CASE WHEN i % 2 = 0 THEN 'en' ELSE 'bg' END, now()
		FROM generate_series(1, ?) AS i`, people)
	n.exec(`INSERT INTO roles (person_id, organisation_id, role) SELECT id, ?, 'reader' FROM people WHERE name LIKE 'Reader %'`, n.owner)
	added, err := models.EnqueueMailing(n.t.Context(), n.db, models.MailingRecipients{MailingID: n.mailing,
		RecommendationID: n.recommendation, Audience: models.Audience{Roles: []string{"reader"}}, Texts: []string{"en", "bg"}, Fallback: "en"}, monday)
	require.NoError(n.t, err)
	require.Equal(n.t, people, added)
}

func (n *network) counts() models.MailCounts {
	n.t.Helper()
	c, err := models.MailingCounts(context.Background(), n.db, n.mailing)
	require.NoError(n.t, err)
	return c
}

func (n *network) stored(id uuid.UUID) models.OutboxMail {
	n.t.Helper()
	return storedMail(n.t, n.db, id)
}

func storedMail(t *testing.T, db bun.IDB, id uuid.UUID) models.OutboxMail {
	t.Helper()
	var m models.OutboxMail
	require.NoError(t, db.NewSelect().Model(&m).Where("o.id = ?", id).Scan(context.Background()))
	return m
}

// invite queues a review invitation to the expert.
func (n *network) invite() models.OutboxMail {
	n.t.Helper()
	m := n.mail(models.MailReviewInvitation, n.expert, "", n.task(models.TaskReview, n.expert, nil))
	require.NoError(n.t, models.Enqueue(context.Background(), n.db, &m))
	return m
}

// drain sends batches until nothing of the mailing is due.
func drain(t *testing.T, s *mail.Sender, b mail.Batch) {
	t.Helper()
	for {
		settled, err := s.SendBatch(t.Context(), b)
		require.NoError(t, err)
		if settled == 0 {
			return
		}
	}
}

func TestMailingReachesEverybodyOnce(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.launch(103)
	transactional := n.invite()
	var progress []int
	drain(t, newSender(t, n, s, newClock()), mail.Batch{MailingID: &n.mailing, Limit: 40,
		Progress: func(settled int) { progress = append(progress, settled) }})
	require.Equal(t, models.MailCounts{Delivered: 103}, n.counts())
	require.Len(t, s.ledger(), 103)
	for id, times := range s.ledger() {
		require.Equal(t, 1, times, id)
	}
	require.Equal(t, models.MailQueued, n.stored(transactional.ID).State, "not the mailing's")
	require.GreaterOrEqual(t, len(progress), 21)
	require.LessOrEqual(t, s.connections(), 2*4, "connections are used again")
}

func TestSendersSideBySideDeliverOnce(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.launch(120)
	var wg sync.WaitGroup
	for range 4 {
		sender := newSender(t, n, s, newClock())
		wg.Go(func() {
			for {
				if settled, err := sender.SendBatch(context.Background(), mail.Batch{MailingID: &n.mailing, Limit: 13}); err != nil || settled == 0 {
					return
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, models.MailCounts{Delivered: 120}, n.counts())
	require.Equal(t, 120, s.mails())
	require.Len(t, s.ledger(), 120)
}

func TestRefusalForNowIsTriedAgainLaterAndGivenUpAtLast(t *testing.T) {
	n, c := newNetwork(t), newClock()
	var refusals atomic.Int64
	refusals.Store(2)
	s := newServer(t, func(s *server) {
		s.onRcpt = func(string, *smtp.Conn) error {
			if refusals.Add(-1) < 0 {
				return nil
			}
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
		}
	})
	m, sender := n.invite(), newSender(t, n, s, c)
	drain(t, sender, mail.Batch{Transactional: true})
	first := n.stored(m.ID)
	require.Equal(t, models.MailQueued, first.State)
	require.Contains(t, first.Reply, "greylisted")
	require.NotContains(t, first.Reply, "@", "no address in the reply")
	require.EqualValues(t, 1, refusals.Load(), "not tried again at once")

	for range 3 {
		c.turn(10 * time.Minute)
		drain(t, sender, mail.Batch{Transactional: true})
	}
	done := n.stored(m.ID)
	require.Equal(t, models.MailDelivered, done.State)
	require.Equal(t, 2, done.Attempts)
	require.Equal(t, map[string]int{m.ID.String(): 1}, s.ledger())

	refusals.Store(1000)
	hopeless := n.invite()
	for range mail.MaxAttempts + 2 {
		c.turn(10 * time.Hour)
		n.exec(`UPDATE tasks SET grace_until = ?`, c.Now().Add(time.Hour))
		drain(t, sender, mail.Batch{Transactional: true})
	}
	given := n.stored(hopeless.ID)
	require.Equal(t, models.MailFailed, given.State)
	require.Contains(t, given.Reply, "given up")
	require.EqualValues(t, 1000-mail.MaxAttempts, refusals.Load())
}

func TestRefusalForGoodFailsAndOthersGoOn(t *testing.T) {
	n := newNetwork(t)
	s := newServer(t, func(s *server) {
		s.onRcpt = func(to string, _ *smtp.Conn) error {
			if strings.HasPrefix(to, "reader7@") {
				return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
			}
			return nil
		}
	})
	n.launch(12)
	drain(t, newSender(t, n, s, newClock()), mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailCounts{Delivered: 11, Failed: 1}, n.counts())
	require.Equal(t, 11, s.mails())
}

func TestConnectionLostAfterTheDotIsUnknownAndNeverSentAgain(t *testing.T) {
	n, c := newNetwork(t), newClock()
	s := newServer(t, func(s *server) {
		s.onData = func(nth int, conn *smtp.Conn, read func() string) error {
			id := read()
			if nth%5 == 0 {
				s.take(id) // the server took it, and died before it said so
				return hangUp(conn)
			}
			return nil
		}
	})
	n.launch(20)
	sender := newSender(t, n, s, c)
	for range 3 {
		drain(t, sender, mail.Batch{MailingID: &n.mailing})
		c.turn(24 * time.Hour)
	}
	counts := n.counts()
	require.Equal(t, models.MailCounts{Delivered: 16, Unknown: 4}, counts)
	require.Equal(t, 20, s.mails(), "nobody gets it twice")
	require.Len(t, s.ledger(), 20)
}

func TestConnectionLostBeforeTheDotIsTriedAgainSoon(t *testing.T) {
	n, c := newNetwork(t), newClock()
	var drops atomic.Int64
	s := newServer(t, func(s *server) {
		s.onRcpt = func(_ string, conn *smtp.Conn) error {
			if drops.Add(1) > 1 {
				return nil
			}
			return hangUp(conn)
		}
	})
	m, sender := n.invite(), newSender(t, n, s, c)
	drain(t, sender, mail.Batch{})
	require.Equal(t, models.MailQueued, n.stored(m.ID).State)
	c.turn(3 * time.Second)
	drain(t, sender, mail.Batch{})
	require.Equal(t, models.MailDelivered, n.stored(m.ID).State)
	require.Equal(t, map[string]int{m.ID.String(): 1}, s.ledger())
}

func TestServerThatIsAwayCostsNothing(t *testing.T) {
	n, c := newNetwork(t), newClock()
	away := &server{addr: "127.0.0.1:1"} // nothing listens there
	m := n.invite()
	settled, err := newSender(t, n, away, c).SendBatch(t.Context(), mail.Batch{})
	require.Error(t, err)
	require.Zero(t, settled)
	back := n.stored(m.ID)
	require.Equal(t, models.MailQueued, back.State, "queued again at once, without waiting for the lease")
	require.Zero(t, back.Attempts)

	s := newServer(t, nil)
	drain(t, newSender(t, n, s, c), mail.Batch{})
	require.Equal(t, models.MailDelivered, n.stored(m.ID).State)
}

func TestWhatIsNotOwedIsCancelledWithoutAConnection(t *testing.T) {
	n, s, c := newNetwork(t), newServer(t, nil), newClock()
	m := n.invite()
	n.exec(`UPDATE tasks SET state = 'done', closed_at = now()`)
	settled, err := newSender(t, n, s, c).SendBatch(t.Context(), mail.Batch{})
	require.NoError(t, err)
	require.Equal(t, 1, settled)
	require.Equal(t, models.MailCancelled, n.stored(m.ID).State)
	require.Contains(t, n.stored(m.ID).Reply, "task is done")
	require.Zero(t, s.connections())
}

func TestPausedMailingStopsWithinAWindow(t *testing.T) {
	n, c := newNetwork(t), newClock()
	var one sync.Mutex // nothing else is taken while it is paused
	s := newServer(t, func(s *server) {
		s.onData = func(nth int, _ *smtp.Conn, _ func() string) error {
			one.Lock()
			defer one.Unlock()
			if nth == 3 {
				n.exec(`UPDATE mailings SET state = 'paused'`)
			}
			return nil
		}
	})
	n.launch(60)
	sender := newSender(t, n, s, c)
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	paused := n.counts()
	require.LessOrEqual(t, paused.Delivered, 2*6+2, "the windows under way, and what was being marked meanwhile")
	require.Equal(t, 60, paused.Delivered+paused.Queued)
	n.exec(`UPDATE mailings SET state = 'sending'`)
	c.turn(time.Hour)
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailCounts{Delivered: 60}, n.counts())
	require.Equal(t, 60, s.mails())
}

func TestCalledOffBatchFinishesItsWindowAndGivesTheRestBack(t *testing.T) {
	n, c := newNetwork(t), newClock()
	ctx, cancel := context.WithCancel(t.Context())
	s := newServer(t, func(s *server) {
		s.onData = func(nth int, _ *smtp.Conn, _ func() string) error {
			if nth == 2 {
				cancel()
			}
			return nil
		}
	})
	n.launch(40)
	settled, err := newSender(t, n, s, c).SendBatch(ctx, mail.Batch{MailingID: &n.mailing})
	require.ErrorIs(t, err, context.Canceled)
	counts := n.counts()
	require.Equal(t, settled, counts.Delivered)
	require.Equal(t, len(s.ledger()), counts.Delivered)
	require.Equal(t, 40, counts.Delivered+counts.Queued, "nothing is left claimed or unknown")
}

func TestRunSendsWhatComes(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	sender := newSender(t, n, s, newClock())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- sender.Run(ctx) }()
	for i := range 2 {
		m := n.invite()
		require.Eventually(t, func() bool { return s.ledger()[m.ID.String()] == 1 }, 10*time.Second, 20*time.Millisecond, "mail %d", i)
	}
	cancel()
	require.NoError(t, <-done)
}

func TestPatienceGrowsAndEnds(t *testing.T) {
	for _, outcome := range []mail.Outcome{mail.Lost, mail.Deferred} {
		last := time.Duration(0)
		for failures := range 50 {
			wait := mail.Patience(outcome, failures)
			require.GreaterOrEqual(t, wait, last, fmt.Sprint(outcome, failures))
			require.LessOrEqual(t, wait, 8*time.Hour)
			last = wait
		}
	}
}
