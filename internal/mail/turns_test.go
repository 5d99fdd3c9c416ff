package mail_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// crowd counts who talks to a mail server at the same time.
type crowd struct{ now, most atomic.Int64 }

func (c *crowd) come(message func()) {
	n := c.now.Add(1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	message()
	c.now.Add(-1)
}

// secondMailing is another mailing of the network to the same readers.
func (n *network) secondMailing() uuid.UUID {
	n.t.Helper()
	id := models.NewID()
	n.exec(`INSERT INTO mailings SELECT (jsonb_populate_record(m, jsonb_build_object('id', ?::uuid))).* FROM mailings AS m WHERE id = ?`, id, n.mailing)
	n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) SELECT ?, language, subject, body FROM mailing_texts WHERE mailing_id = ?`, id, n.mailing)
	_, err := models.EnqueueMailing(n.t.Context(), n.db, models.MailingRecipients{MailingID: id, RecommendationID: n.recommendation,
		Audience: models.Audience{Roles: []string{"reader"}}, Texts: []string{"en", "bg"}, Fallback: "en"}, monday)
	require.NoError(n.t, err)
	return id
}

// Two mailings are sent by one process, and a second batch of one of them: never over more connections than one has, and the
// second mailing does not wait for the end of the first.
func TestAProcessHasNoMoreConnectionsThanOneBatch(t *testing.T) {
	n := newNetwork(t)
	var talking crowd
	var seconds atomic.Int64
	var second uuid.UUID
	var firstLeft atomic.Int64
	s := newServer(t, func(s *server) {
		s.onData = func(_ int, _ *smtp.Conn, read func() string) error {
			talking.come(func() { read() })
			return nil
		}
	})
	n.launch(300)
	second = n.secondMailing()
	sender := newSender(t, n, s, newClock())
	sender.Connections, sender.Turns = 2, new(mail.Turns)
	began := make(chan struct{})
	var once sync.Once
	var all sync.WaitGroup
	send := func(mailing uuid.UUID) {
		settled, err := sender.SendBatch(t.Context(), mail.Batch{MailingID: &mailing, Limit: 10, For: time.Minute, Progress: func(int) { once.Do(func() { close(began) }) }})
		require.NoError(t, err)
		if mailing == second {
			left, err := models.MailingCounts(t.Context(), n.db, n.mailing)
			require.NoError(t, err)
			firstLeft.Store(int64(left.Pending()))
			seconds.Add(int64(settled))
		}
	}
	all.Go(func() { send(n.mailing) })
	<-began
	all.Go(func() { send(second) })
	all.Wait()
	require.Equal(t, int64(300), seconds.Load())
	require.Positive(t, firstLeft.Load(), "the first ended its turn for the second")
	for {
		settled, err := sender.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: 100})
		require.NoError(t, err)
		if settled == 0 {
			break
		}
	}
	require.LessOrEqual(t, talking.most.Load(), int64(2))
	require.Equal(t, models.MailCounts{Delivered: 300}, n.counts())
	require.Len(t, s.ledger(), 600)
}

// A second batch of the same mailing is for another process, unless the first is over soon.
func TestABatchIsNotSentBesideAnotherOfItsMailingInOneProcess(t *testing.T) {
	n := newNetwork(t)
	held, reached := make(chan struct{}), make(chan struct{})
	var once sync.Once
	s := newServer(t, func(s *server) {
		s.onData = func(int, *smtp.Conn, func() string) error {
			once.Do(func() { close(reached) })
			<-held
			return nil
		}
	})
	n.launch(20)
	sender, other := newSender(t, n, s, newClock()), newSender(t, n, s, newClock())
	sender.Turns, other.Turns = new(mail.Turns), new(mail.Turns)
	b := mail.Batch{MailingID: &n.mailing, Limit: 10}
	var first sync.WaitGroup
	first.Go(func() {
		_, err := sender.SendBatch(t.Context(), b)
		require.NoError(t, err)
	})
	<-reached
	_, err := sender.SendBatch(t.Context(), b)
	require.ErrorIs(t, err, mail.ErrBusy)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = sender.SendBatch(ctx, b)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 10, n.counts().Queued, "neither took any")

	var elsewhere sync.WaitGroup
	elsewhere.Go(func() { // another process has part in it meanwhile
		settled, err := other.SendBatch(t.Context(), b)
		require.NoError(t, err)
		require.Equal(t, 10, settled)
	})
	require.Eventually(t, func() bool { return n.counts().Queued == 0 }, 30*time.Second, 5*time.Millisecond)
	close(held)
	first.Wait()
	elsewhere.Wait()
	require.Equal(t, models.MailCounts{Delivered: 20}, n.counts())
	settled, err := sender.SendBatch(t.Context(), b)
	require.NoError(t, err, "the turn was given back")
	require.Zero(t, settled)
}

// Two senders of one mailing are refused in turns: neither alone as often as the mailing stops for, both together are. What the
// one writes down does not take the place of what the other did.
func TestRefusalsToTwoSendersAreOneRow(t *testing.T) {
	n := newNetwork(t)
	held, reached := make(chan struct{}), make(chan struct{})
	var asked atomic.Int64
	s := refusing(t, func(string) error {
		if asked.Add(1) == 6 { // the first sender waits in the middle of its batch
			close(reached)
			<-held
		}
		return nobodyThere
	})
	n.launch(60)
	newOne := func() *mail.Sender {
		sender := newSender(t, n, s, newClock())
		sender.Connections, sender.Window, sender.Stop = 1, 3, mail.StopRule{Row: 8}
		return sender
	}
	b := mail.Batch{MailingID: &n.mailing, Limit: 10}
	ended := make(chan error, 1)
	go func() { _, err := newOne().SendBatch(t.Context(), b); ended <- err }()
	<-reached
	require.Eventually(t, func() bool {
		last, err := models.MailingTally(t.Context(), n.db, n.mailing)
		return err == nil && last == "rrrrr"
	}, 30*time.Second, 5*time.Millisecond, "what was said is written down before the batch ends")

	_, err := newOne().SendBatch(t.Context(), b)
	var why *models.MailingStop
	require.ErrorAs(t, err, &why)
	require.Equal(t, models.StopRow, why.Reason)
	require.Equal(t, 8, why.Refused)
	failed := n.counts().Failed
	require.LessOrEqual(t, failed, 8+3, "three more, and what was in the window")
	close(held)
	require.ErrorAs(t, <-ended, &why, "the other sees it too")
	last, err := models.MailingTally(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.Len(t, last, n.counts().Failed, "none is forgotten")

	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.NoError(t, m.GoOn(t.Context(), n.db))
	last, err = models.MailingTally(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.Empty(t, last)
}

// What servers said well is forgotten at the end of a batch, unless another sender was refused since.
func TestATallyOfNothingButGoodIsForgotten(t *testing.T) {
	n := newNetwork(t)
	add := func(said string) string {
		last, err := models.AddToTally(t.Context(), n.db, n.mailing, said, 5)
		require.NoError(t, err)
		return last
	}
	require.Equal(t, "tr", add("tr"))
	require.Equal(t, "trtt", add("tt"))
	require.NoError(t, models.ForgetTally(t.Context(), n.db, n.mailing, false))
	require.Equal(t, "rtttt", add("tt"))
	require.Equal(t, "ttttt", add("t"))
	require.NoError(t, models.ForgetTally(t.Context(), n.db, n.mailing, false))
	require.Equal(t, "t", add("t"))
	require.NoError(t, models.ForgetTally(t.Context(), n.db, n.mailing, true))
	require.Equal(t, "r", add("r"))
}
