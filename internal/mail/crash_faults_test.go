package mail_test

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

// troubled is a mail server with every trouble there is: it puts off one in a hundred, loses one answer in five hundred after
// it took the mail, hangs up on one in three hundred before it did, and twice says nothing for longer than anybody waits.
type troubled struct {
	*server
	recipients, taken atomic.Int64
	doubtful          atomic.Int64 // answers that were lost, and silences
	quiet             chan struct{}
}

func newTroubled(t *testing.T) *troubled {
	f := &troubled{quiet: make(chan struct{})}
	t.Cleanup(func() { close(f.quiet) })
	f.server = newServer(t, func(s *server) {
		s.onRcpt = func(string, *smtp.Conn) error {
			if f.recipients.Add(1)%100 == 0 {
				return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Try again later"}
			}
			return nil
		}
		s.onData = func(_ int, c *smtp.Conn, read func() string) error {
			n := f.taken.Add(1)
			switch {
			case n%300 == 299:
				return hangUp(c) // before it has read the message
			case n%500 == 250:
				f.doubtful.Add(1)
				s.take(read())
				return hangUp(c)
			case n == 333 || n == 777:
				f.doubtful.Add(1)
				s.take(read())
				<-f.quiet
				return hangUp(c)
			}
			return nil
		}
	})
	return f
}

// Twenty senders are killed one after the other while the server makes trouble. Nobody has the mailing twice, nobody is
// left out, and what nobody knows is no more than what may have been under way.
func TestNothingIsLostOrDoubledWhateverHappens(t *testing.T) {
	if testing.Short() {
		t.Skip("the short tests kill one sender: see TestKilledSenderLeavesAtMostAWindowPerConnectionInDoubt")
	}
	opened := testdb.Open(t)
	n := newNetworkIn(t, opened.App)
	const people, kills, lease = 2000, 20, "3s"
	n.launch(people)
	s := newTroubled(t)

	for range kills {
		before := s.mails()
		child := n.startSender(opened.AppURL, s.url(), lease)
		require.Eventually(t, func() bool { return s.mails() >= min(before+1+rand.IntN(60), people-50) }, time.Minute, time.Millisecond)
		require.NoError(t, child.Process.Kill())
		_ = child.Wait()
	}
	heir := n.startSender(opened.AppURL, s.url(), lease)
	settled := func() bool {
		counts, err := models.MailingCounts(context.Background(), n.db, n.mailing)
		return err == nil && counts.Pending() == 0
	}
	require.Eventually(t, settled, time.Minute, 50*time.Millisecond, "the heir finishes")
	require.NoError(t, heir.Process.Kill())
	_ = heir.Wait()

	ledger := s.ledger()
	var rows []struct {
		ID    string
		State models.MailState
	}
	require.NoError(t, n.db.NewSelect().Table("outbox").Column("id", "state").Where("mailing_id = ?", n.mailing).Scan(t.Context(), &rows))
	require.Len(t, rows, people)
	for _, r := range rows {
		switch r.State {
		case models.MailDelivered:
			require.Equal(t, 1, ledger[r.ID], "%s is said to be delivered", r.ID)
		case models.MailUnknown:
			require.LessOrEqual(t, ledger[r.ID], 1, "%s went twice", r.ID)
		default:
			t.Errorf("%s is %s", r.ID, r.State)
		}
	}
	counts := n.counts()
	allowed := kills*2*6 + int(s.doubtful.Load()) + int(s.taken.Load())/300 // hung up on while the message was under way
	require.LessOrEqual(t, counts.Unknown, allowed)
	require.Positive(t, counts.Unknown)
	t.Logf("delivered %d, unknown %d of at most %d; the server knows %d", counts.Delivered, counts.Unknown, allowed, len(ledger))
}
