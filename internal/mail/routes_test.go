package mail_test

import (
	"bytes"
	"io"
	"log/slog"
	"maps"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

func newRoutes(t *testing.T, c *clock, addresses ...string) *mail.Routes {
	t.Helper()
	r, err := mail.NewRoutes(addresses, mail.Timeouts{Command: 2 * time.Second})
	require.NoError(t, err)
	r.Now, r.Log = c.Now, slog.New(slog.NewTextHandler(io.Discard, nil))
	return r
}

// nobodyListens is an address at which nothing can be reached.
const nobodyListens = "smtp://127.0.0.1:1"

func TestConnectionsAreSharedOutByWeight(t *testing.T) {
	heavy, light, spare := newServer(t, nil), newServer(t, nil), newServer(t, nil)
	r := newRoutes(t, newClock(), heavy.url()+"?weight=3", light.url(), spare.url()+"?weight=0")
	for range 8 {
		c, err := r.Dial(t.Context())
		require.NoError(t, err)
		c.Close()
	}
	require.Equal(t, 6, heavy.connections())
	require.Equal(t, 2, light.connections())
	require.Zero(t, spare.connections(), "only where no other can be reached")
}

func TestARouteThatCannotBeReachedIsLeftAloneForAWhile(t *testing.T) {
	s, c := newServer(t, nil), newClock()
	var log bytes.Buffer
	r := newRoutes(t, c, "smtp://user:hunter2@127.0.0.1:1?weight=9", s.url())
	r.Log = slog.New(slog.NewTextHandler(&log, nil))
	for range 3 {
		connection, err := r.Dial(t.Context())
		require.NoError(t, err)
		connection.Close()
	}
	require.Equal(t, 3, s.connections())
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("left alone")), "tried once")
	c.turn(61 * time.Second)
	connection, err := r.Dial(t.Context())
	require.NoError(t, err)
	connection.Close()
	require.Equal(t, 2, bytes.Count(log.Bytes(), []byte("left alone")), "and again after a minute")
	require.Contains(t, log.String(), "127.0.0.1:1")
	require.NotContains(t, log.String(), "hunter2")

	_, err = newRoutes(t, c, "smtp://user:hunter2@127.0.0.1:1", nobodyListens).Dial(t.Context())
	require.ErrorContains(t, err, "127.0.0.1:1")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestRoutesThatCannotBeAreRefusedWithoutTheirPassword(t *testing.T) {
	for _, bad := range []string{"smtp://u:hunter2@host?weight=-1", "smtp://u:hunter2@host?weight=many", "smtp://u:hunter2@host?weight=101", "http://u:hunter2@host"} {
		_, err := mail.NewRoutes([]string{"smtp://127.0.0.1", bad}, mail.Timeouts{Command: time.Second})
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "hunter2")
	}
	_, err := mail.NewRoutes(nil, mail.Timeouts{Command: time.Second})
	require.Error(t, err)
}

// each returns how often each mail was taken by any of the servers.
func each(servers ...*server) map[string]int {
	all := map[string]int{}
	for _, s := range servers {
		for id, times := range s.ledger() {
			all[id] += times
		}
	}
	return all
}

func requireOnce(t *testing.T, mails int, servers ...*server) {
	t.Helper()
	all := each(servers...)
	require.Len(t, all, mails)
	for id := range maps.Keys(all) {
		require.Equal(t, 1, all[id], id)
	}
}

func TestAServerThatClosesInTheMiddleLosesAndDoublesNothing(t *testing.T) {
	n, c, second := newNetwork(t), newClock(), newServer(t, nil)
	var asked, closing atomic.Int64
	first := newServer(t, func(s *server) {
		s.onRcpt = func(string, *smtp.Conn) error {
			if asked.Add(1) > 20 && closing.Load() == 0 {
				return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "closing"}
			}
			return nil
		}
	})
	n.launchAt("one.example", 100, 0)
	sender := newSender(t, n, first, c)
	sender.Transport = newRoutes(t, c, first.url()+"?weight=100", second.url())
	b := mail.Batch{MailingID: &n.mailing, Limit: 50}
	drain(t, sender, b)
	counts := n.counts()
	require.Equal(t, 100, counts.Delivered+counts.Queued)
	require.LessOrEqual(t, counts.Queued, 4, "those that the server closed on: each connection finds out once")
	require.Positive(t, second.mails(), "the rest went the other way")
	require.Empty(t, n.waitsFor(c.Now()), "a server of ours that closes says nothing about the readers' domain")
	closing.Store(1)
	c.turn(2 * time.Minute)
	drain(t, sender, b)
	require.Equal(t, models.MailCounts{Delivered: 100}, n.counts())
	require.Equal(t, 20+counts.Queued, first.mails(), "it is back")
	requireOnce(t, 100, first, second)
}

func TestAServerThatDiesInTheMiddleLosesAndDoublesNothing(t *testing.T) {
	n, c, second := newNetwork(t), newClock(), newServer(t, nil)
	var asked atomic.Int64
	first := newServer(t, func(s *server) {
		s.onRcpt = func(_ string, conn *smtp.Conn) error {
			if asked.Add(1) > 20 {
				_ = s.stop()
				return hangUp(conn)
			}
			return nil
		}
	})
	n.launchAt("one.example", 100, 0)
	sender := newSender(t, n, first, c)
	sender.Transport = newRoutes(t, c, first.url()+"?weight=100", second.url())
	b := mail.Batch{MailingID: &n.mailing, Limit: 50}
	drain(t, sender, b)
	c.turn(10 * time.Minute)
	drain(t, sender, b)
	counts := n.counts()
	require.Equal(t, 100, counts.Delivered+counts.Unknown, "lost are none; unknown is what broke off after the final dot")
	require.LessOrEqual(t, counts.Unknown, 2)
	require.Positive(t, second.mails())
	for id, times := range each(first, second) {
		require.Equal(t, 1, times, id)
	}
	require.GreaterOrEqual(t, len(each(first, second)), counts.Delivered)
}
