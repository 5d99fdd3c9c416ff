package mail_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// losing is a server that hangs up before it has a message, until it is mended.
func losing(t *testing.T, mended *atomic.Bool) *server {
	return newServer(t, func(s *server) {
		s.onRcpt = func(_ string, c *smtp.Conn) error {
			if mended.Load() {
				return nil
			}
			return hangUp(c)
		}
	})
}

// TestAServerThatHangsUpForHoursFailsNobody: neither readers of a mailing nor who is invited.
func TestAServerThatHangsUpForHoursFailsNobody(t *testing.T) {
	n, c := newNetwork(t), newClock()
	var mended atomic.Bool
	s := losing(t, &mended)
	n.launch(60)
	m, sender := n.invite(), newSender(t, n, s, c)
	n.exec(`UPDATE tasks SET grace_until = ?`, c.Now().Add(30*24*time.Hour))
	mailing, single := mail.Batch{MailingID: &n.mailing, Limit: 1000}, mail.Batch{Transactional: true}
	var errs int
	for range 20 {
		for _, b := range []mail.Batch{mailing, single} {
			before := s.connections()
			if _, err := sender.SendBatch(t.Context(), b); err != nil {
				require.ErrorContains(t, err, s.addr)
				errs++
			}
			require.LessOrEqual(t, s.connections()-before, 5, "it is not hammered")
		}
		c.turn(time.Hour)
	}
	require.GreaterOrEqual(t, errs, 20, "the rest waits as if it could not be reached")
	require.Equal(t, models.MailCounts{Queued: 60}, n.counts())
	lost := n.stored(m.ID)
	require.Equal(t, models.MailQueued, lost.State)
	require.Zero(t, lost.Attempts, "nobody refused it")
	require.Equal(t, monday, lost.TriedAt.UTC())
	require.LessOrEqual(t, lost.NotBefore.Sub(c.Now()), 5*time.Minute)

	mended.Store(true)
	c.turn(10 * time.Minute)
	drain(t, sender, mailing)
	drain(t, sender, single)
	require.Equal(t, models.MailCounts{Delivered: 60}, n.counts())
	require.Equal(t, models.MailDelivered, n.stored(m.ID).State)
	s.once(t, 61)
}

func TestAMailWhoseConnectionIsLostForDaysIsGivenUp(t *testing.T) {
	n, c := newNetwork(t), newClock()
	s := losing(t, new(atomic.Bool))
	m, sender := n.invite(), newSender(t, n, s, c)
	n.exec(`UPDATE tasks SET grace_until = ?`, c.Now().Add(30*24*time.Hour))
	for c.Now().Sub(monday) < mail.LostFor {
		_, err := sender.SendBatch(t.Context(), mail.Batch{Transactional: true})
		require.NoError(t, err, "one alone is no reason to leave the server alone")
		require.Equal(t, models.MailQueued, n.stored(m.ID).State)
		c.turn(time.Hour)
	}
	drain(t, sender, mail.Batch{Transactional: true})
	given := n.stored(m.ID)
	require.Equal(t, models.MailFailed, given.State)
	require.Contains(t, given.Reply, models.ReplyGivenUp+" 48 hours: ")
}

func TestARouteThatLosesEveryConnectionIsLeftAlone(t *testing.T) {
	n, c, second := newNetwork(t), newClock(), newServer(t, nil)
	first := losing(t, new(atomic.Bool))
	n.launchAt("one.example", 100, 0)
	sender := newSender(t, n, first, c)
	sender.Connections = 1
	sender.Transport = newRoutes(t, c, first.url()+"?weight=100", second.url())
	for range 3 {
		_, err := sender.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: 50})
		if err != nil {
			require.ErrorContains(t, err, first.addr)
		}
	}
	c.turn(30 * time.Second)
	drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 50})
	require.Equal(t, models.MailCounts{Delivered: 100}, n.counts())
	require.Equal(t, 3, first.connections(), "the rest went the other way")
	second.once(t, 100)
}
