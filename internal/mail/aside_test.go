package mail_test

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// limited is a listener of a mail server that takes so many connections and says to all others that they are too many.
type limited struct {
	net.Listener
	most      int64
	open, top atomic.Int64
	turned    chan struct{} // closed when the first was turned away
	once      sync.Once
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.most {
			l.top.Store(max(l.top.Load(), l.open.Load()))
			return &counted{Conn: c, of: l}, nil
		}
		l.open.Add(-1)
		_, _ = fmt.Fprint(c, "421 4.7.0 Too many connections from you\r\n")
		_ = c.Close()
		l.once.Do(func() { close(l.turned) })
	}
}

type counted struct {
	net.Conn
	of   *limited
	once sync.Once
}

// Close counts the connection as gone a while after it went, as a server does whose process for it has yet to end.
func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { time.AfterFunc(lingers, func() { c.of.open.Add(-1) }) })
	return err
}

const lingers = 200 * time.Millisecond

// A provider takes two connections and a mailing holds both. An invitation goes while the mailing is on its way, on one of them, and
// the mailing goes on with both after it.
func TestAnInvitationDoesNotWaitForAMailingThatHoldsAllConnections(t *testing.T) {
	for _, connections := range []int{1, 2, 4} { // the server takes two, or as few as we would like
		t.Run(fmt.Sprint(connections), func(t *testing.T) { invitedDuring(t, connections, min(connections, 2)) })
	}
}

func invitedDuring(t *testing.T, connections, allowed int) {
	const readers, before, amidst = 400, 20, 100
	n := newNetwork(t)
	n.launch(readers)
	l := &limited{most: int64(allowed), turned: make(chan struct{})}
	begun, ahead := make(chan struct{}), make(chan struct{})
	var invitation string
	var begins, arrives sync.Once
	s := newServer(t, func(s *server) {
		s.listener = func(inner net.Listener) net.Listener { l.Listener = inner; return l }
		s.onData = func(nth int, _ *smtp.Conn, read func() string) error {
			if nth > before { // by then the mailing has all connections that there are
				begins.Do(func() { close(begun) })
				<-l.turned
			}
			if read() == invitation {
				arrives.Do(func() { close(ahead) })
			} else if nth > before+amidst {
				<-ahead // the mailing cannot be over before
			}
			return nil
		}
	})
	m := n.invite()
	invitation = m.ID.String()
	n.exec(`UPDATE outbox SET not_before = ? WHERE id = ?`, monday.Add(-time.Minute), m.ID)
	sender := newSender(t, n, s, newClock())
	sender.Connections, sender.Turns = connections, new(mail.Turns)
	done := make(chan error, 1)
	go func() {
		_, err := sender.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: 100, For: time.Minute})
		done <- err
	}()
	<-begun
	settled, err := sender.SendBatch(t.Context(), mail.Batch{Transactional: true})
	require.NoError(t, err)
	require.Equal(t, 1, settled)
	require.Less(t, s.mails(), readers, "the mailing is on its way")
	require.Equal(t, models.MailDelivered, n.stored(m.ID).State)

	require.NoError(t, <-done)
	require.Eventually(t, func() bool { return l.open.Load() == 0 }, time.Minute, 10*time.Millisecond, "the server has noticed that all have gone")
	drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 100}) // what a connection gave back that could not be opened again
	require.Equal(t, models.MailCounts{Delivered: readers}, n.counts())
	require.Len(t, s.ledger(), readers+1)
	require.Equal(t, readers+1, s.mails(), "nobody has it twice")
	require.LessOrEqual(t, l.top.Load(), int64(allowed))
}
