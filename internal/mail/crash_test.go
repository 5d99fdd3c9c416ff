package mail_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	netmail "net/mail"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testdb"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// crashLease is longer than the test takes: that it is over is for a clock to say that is set.
const crashLease = time.Minute

// The test below starts this program again as a sender of its own, to kill it.
const (
	envSenderDatabase = "TRIBUNA_TEST_SENDER_DATABASE"
	envSenderSMTP     = "TRIBUNA_TEST_SENDER_SMTP"
	envSenderMailing  = "TRIBUNA_TEST_SENDER_MAILING"
	envSenderLease    = "TRIBUNA_TEST_SENDER_LEASE"
)

func TestMain(m *testing.M) {
	i18n.MustHaveAll()
	if url := os.Getenv(envSenderDatabase); url != "" {
		sendUntilKilled(url, os.Getenv(envSenderSMTP))
		return
	}
	testdb.Main(m)
}

func sendUntilKilled(databaseURL, smtpURL string) {
	db, err := models.Open(databaseURL)
	if err != nil {
		panic(err)
	}
	sender := crashSender(smtpURL, mail.Sender{DB: db}, os.Getenv(envSenderLease))
	for { // a busy machine may lose a connection: it goes on, as the loop that sends does, until it is killed
		mailing := uuid.MustParse(os.Getenv(envSenderMailing))
		sender.Reap(context.Background())
		if _, err := sender.SendBatch(context.Background(), mail.Batch{MailingID: &mailing, Limit: 200, For: time.Minute}); err != nil {
			fmt.Fprintln(os.Stderr, "the sender that will be killed:", err)
		}
	}
}

// crashSender completes a sender with real time and a lease, and one that is quick to try again.
func crashSender(smtpURL string, s mail.Sender, lease string) *mail.Sender {
	minter, err := links.New(linkKey)
	if err != nil {
		panic(err)
	}
	s.Lease, s.Connections, s.Window = crashLease, 2, 6
	if lease != "" {
		if s.Lease, err = time.ParseDuration(lease); err != nil {
			panic(err)
		}
	}
	s.Backoff = func(mail.Outcome, int) time.Duration { return 50 * time.Millisecond }
	s.Transport, err = mail.NewSMTP(smtpURL, mail.Timeouts{Command: mail.SendTimeout(s.Lease), Dot: mail.SendTimeout(s.Lease)})
	if err != nil {
		panic(err)
	}
	s.Composer = mail.NewComposer(s.DB, minter, baseURL)
	s.From = netmail.Address{Address: "post@tribuna.example"}
	s.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	return &s
}

// senderName is what connections of senders that are killed are called in the database.
const senderName = "to be killed"

// connections counts those senders have to the database.
func (n *network) connections() int64 {
	count, err := n.db.NewSelect().Table("pg_stat_activity").Where("datname = current_database() AND application_name = ?", senderName).Count(n.t.Context())
	require.NoError(n.t, err)
	return count
}

// startSender starts this program again as a sender of the mailing.
func (n *network) startSender(database, smtp, lease string) *exec.Cmd {
	n.t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), "PGAPPNAME="+senderName, envSenderDatabase+"="+database, envSenderSMTP+"="+smtp, envSenderMailing+"="+n.mailing.String(), envSenderLease+"="+lease)
	child.Stderr = os.Stderr
	require.NoError(n.t, child.Start())
	return child
}

func TestKilledSenderLeavesAtMostAWindowPerConnectionInDoubt(t *testing.T) {
	opened := testdb.Open(t)
	n := newNetworkIn(t, opened.App)
	n.launch(60)

	reached := make(chan struct{})
	s := newServer(t, func(s *server) {
		s.onData = func(nth int, conn *smtp.Conn, read func() string) error {
			if nth != 17 {
				return nil
			}
			s.take(read()) // taken, but the sender will not live to hear it
			close(reached)
			_, _ = bufio.NewReader(conn.Conn()).ReadByte() // until the sender is gone
			return hangUp(conn)
		}
	})

	child := n.startSender(opened.AppURL, s.url(), "")
	select {
	case <-reached:
	case <-time.After(time.Minute):
		t.Error("the sender did not come so far")
	}
	require.Positive(t, n.connections())
	require.NoError(t, child.Process.Kill())
	_ = child.Wait()
	require.Eventually(t, func() bool { return n.connections() == 0 }, 30*time.Second, 10*time.Millisecond, "what it had said to the database is done")

	heir := crashSender(s.url(), mail.Sender{DB: n.db}, "")
	left := n.counts()
	require.Positive(t, left.Claimed)
	heir.Reap(t.Context())
	require.Equal(t, left, n.counts(), "whoever claimed them may be slow")
	heir.Now = func() time.Time { return time.Now().Add(crashLease) } // the lease ended meanwhile
	heir.Reap(t.Context())
	after := n.counts()
	require.Zero(t, after.Claimed+after.Sending)
	require.Positive(t, after.Unknown)
	require.LessOrEqual(t, after.Unknown, 2*6, "connections times window")
	require.Positive(t, after.Queued)

	require.Eventually(t, func() bool {
		drain(t, heir, mail.Batch{MailingID: &n.mailing})
		return n.counts().Pending() == 0
	}, 30*time.Second, 200*time.Millisecond, "the heir finishes")
	counts := n.counts()
	require.Equal(t, 60, counts.Delivered+counts.Unknown)
	for id, times := range s.ledger() {
		require.Equal(t, 1, times, "%s was sent twice", id)
	}
	require.GreaterOrEqual(t, len(s.ledger()), counts.Delivered)
}
