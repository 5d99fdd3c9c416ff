package mail_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// silence is what a mailing says of servers that do not answer; nil for nothing.
func (n *network) silence(now time.Time) *models.MailingWait {
	n.t.Helper()
	list, err := models.MailingWaits(n.t.Context(), n.db, n.mailing, now)
	require.NoError(n.t, err)
	for _, w := range list {
		if w.Why == models.WaitServer {
			return &w
		}
	}
	return nil
}

// TestAMailingSaysThatItsServerDoesNotAnswer since when, until it does: one that hangs up, and one that cannot be reached. What it
// waits for besides does not take that away.
func TestAMailingSaysThatItsServerDoesNotAnswer(t *testing.T) {
	n, c := newNetwork(t), newClock()
	var mended atomic.Bool
	s := losing(t, &mended)
	n.launch(60)
	sender := newSender(t, n, s, c)
	sender.Pace = models.Pace{PerMinute: 1000}
	batch := mail.Batch{MailingID: &n.mailing, Limit: 1000}
	require.Nil(t, n.silence(c.Now()))
	var until time.Duration
	for i := range 4 {
		_, err := sender.SendBatch(t.Context(), batch)
		require.Error(t, err, "attempt %d", i)
		w := n.silence(c.Now())
		require.NotNil(t, w, "attempt %d", i)
		require.Equal(t, monday, w.Since.UTC(), "since the first")
		require.Equal(t, s.addr, w.Server)
		next := w.Until.Sub(c.Now())
		require.Greater(t, next, until-time.Second)
		require.LessOrEqual(t, next, time.Minute)
		until = next
		c.turn(20 * time.Second)
	}
	require.Equal(t, time.Minute, until)
	require.NotNil(t, n.silence(c.Now().Add(time.Hour)), "until it answers")
	single := mail.Batch{Transactional: true}
	mended.Store(true)
	_, err := sender.SendBatch(t.Context(), single)
	require.NoError(t, err)
	require.NotNil(t, n.silence(c.Now()), "it is the mailing's own")
	c.turn(10 * time.Minute)
	drain(t, sender, batch)
	require.Equal(t, models.MailCounts{Delivered: 60}, n.counts())
	require.Nil(t, n.silence(c.Now()))
}

func TestOnlyWhereNoRouteAnswersAMailingStandsStill(t *testing.T) {
	n, c, first, second := newNetwork(t), newClock(), newServer(t, nil), newServer(t, nil)
	n.launch(40)
	sender := newSender(t, n, first, c)
	sender.Transport = newRoutes(t, c, first.url(), second.url())
	require.NoError(t, first.stop())
	_, err := sender.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: 20})
	require.NoError(t, err)
	require.Nil(t, n.silence(c.Now()), "the other one takes them")
	require.NoError(t, second.stop())
	_, err = sender.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: 20})
	require.Error(t, err)
	w := n.silence(c.Now())
	require.NotNil(t, w)
	require.Contains(t, w.Server, first.addr)
	require.Contains(t, w.Server, second.addr)
	require.Equal(t, c.Now(), w.Since.UTC())

	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	list, err := models.MailingsOf(t.Context(), n.db, n.recommendation)
	require.NoError(t, err)
	require.Equal(t, c.Now(), list[0].ServerSince.UTC())
	require.NotEmpty(t, list[0].Texts)
	m.State = models.MailingPaused
	require.NoError(t, m.SaveState(t.Context(), n.db))
	list, err = models.MailingsOf(t.Context(), n.db, n.recommendation)
	require.NoError(t, err)
	require.Nil(t, list[0].ServerSince, "it waits for a person")
	require.NoError(t, m.GoOn(t.Context(), n.db))
	require.Nil(t, n.silence(c.Now()), "who lets it go on has it tried anew")
}

func TestAServerThatRefusesAnswers(t *testing.T) {
	n, c := newNetwork(t), newClock()
	s := newServer(t, nil)
	n.launch(3)
	require.NoError(t, models.ServerSilent(t.Context(), n.db, n.mailing, []string{s.addr}, c.Now()))
	sender := newSender(t, n, s, c)
	n.exec(`UPDATE outbox SET not_before = ? WHERE mailing_id = ?`, c.Now().Add(time.Hour), n.mailing)
	_, err := sender.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: 20})
	require.NoError(t, err)
	require.NotNil(t, n.silence(c.Now()), "nothing was due, so nobody knows")
	n.exec(`UPDATE outbox SET not_before = ? WHERE mailing_id = ?`, c.Now(), n.mailing)
	drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 20})
	require.Nil(t, n.silence(c.Now()))
}
