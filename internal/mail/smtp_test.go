package mail_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
)

func plainMessage(_ *testing.T, id string) mail.Message {
	return mail.Message{From: "post@tribuna.example", To: "reader@mail.example",
		Content: []byte("From: <post@tribuna.example>\r\nMessage-ID: <" + id + "@tribuna.example>\r\n\r\nwords\r\n")}
}

func dial(t *testing.T, url string) mail.Connection {
	t.Helper()
	transport, err := mail.NewSMTP(url, mail.Timeouts{Command: 2 * time.Second})
	require.NoError(t, err)
	c, err := transport.Dial(t.Context())
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestOutcomesFollowTheServersWords(t *testing.T) {
	refuse := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 7, 1}, Message: "so it is"}
	}
	for name, c := range map[string]struct {
		server  func(*server)
		outcome mail.Outcome
		broken  bool
		taken   int
	}{
		"taken":              {func(*server) {}, mail.Accepted, false, 1},
		"451 at RCPT":        {func(s *server) { s.onRcpt = func(string, *smtp.Conn) error { return refuse(451) } }, mail.Deferred, false, 0},
		"421 at RCPT":        {func(s *server) { s.onRcpt = func(string, *smtp.Conn) error { return refuse(421) } }, mail.Deferred, true, 0},
		"550 at RCPT":        {func(s *server) { s.onRcpt = func(string, *smtp.Conn) error { return refuse(550) } }, mail.Refused, false, 0},
		"452 after the dot":  {func(s *server) { s.onData = after(func(*smtp.Conn) error { return refuse(452) }) }, mail.Deferred, false, 0},
		"554 after the dot":  {func(s *server) { s.onData = after(func(*smtp.Conn) error { return refuse(554) }) }, mail.Refused, false, 0},
		"drop after the dot": {func(s *server) { s.onData = after(hangUp) }, mail.Doubtful, true, 0},
		"drop at RCPT":       {func(s *server) { s.onRcpt = func(_ string, c *smtp.Conn) error { return hangUp(c) } }, mail.Lost, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, c.server)
			d := dial(t, s.url()).Send(plainMessage(t, "m"))
			require.Equal(t, c.outcome, d.Outcome, d.Reply)
			require.Equal(t, c.broken, d.Broken, d.Reply)
			require.Equal(t, c.taken, s.ledger()["m"])
		})
	}
}

// after lets the server read the whole message before it acts.
func after(act func(*smtp.Conn) error) func(int, *smtp.Conn, func() string) error {
	return func(_ int, c *smtp.Conn, read func() string) error {
		read()
		return act(c)
	}
}

func TestOneConnectionCarriesManyMessagesAndSurvivesRefusals(t *testing.T) {
	var refused atomic.Bool
	s := newServer(t, func(s *server) {
		s.onRcpt = func(string, *smtp.Conn) error {
			if refused.Swap(true) {
				return nil
			}
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
		}
	})
	c := dial(t, s.url())
	require.Equal(t, mail.Refused, c.Send(plainMessage(t, "a")).Outcome)
	require.Equal(t, mail.Accepted, c.Send(plainMessage(t, "b")).Outcome)
	require.Equal(t, mail.Accepted, c.Send(plainMessage(t, "c")).Outcome)
	require.Equal(t, 1, s.connections())
}

func TestConnectionThatDiedWhileIdleIsNoAttempt(t *testing.T) {
	open := make(chan *smtp.Conn, 1)
	s := newServer(t, func(s *server) {
		s.onData = func(_ int, c *smtp.Conn, _ func() string) error { open <- c; return nil }
	})
	c := dial(t, s.url())
	require.Equal(t, mail.Accepted, c.Send(plainMessage(t, "a")).Outcome)
	require.NoError(t, (<-open).Conn().Close())
	d := c.Send(plainMessage(t, "b"))
	require.Equal(t, mail.Unsent, d.Outcome, d.Reply)
	require.True(t, d.Broken)
	require.Zero(t, s.ledger()["b"])
}

func TestSilentServerEndsWithTheTimeout(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	transport, err := mail.NewSMTP("smtp://"+l.Addr().String(), mail.Timeouts{Command: 50 * time.Millisecond})
	require.NoError(t, err)
	_, err = transport.Dial(context.Background())
	var timeout net.Error
	require.True(t, errors.As(err, &timeout) && timeout.Timeout(), "%v", err)
}

func TestAddressesOfMailServers(t *testing.T) {
	for _, good := range []string{"smtp://127.0.0.1:1025", "smtp://localhost", "smtp://u:p@mail.example:587", "smtp://[::1]:25",
		"smtps://u:p@mail.example", "smtp://catcher:1025?tls=none"} {
		_, err := mail.NewSMTP(good, mail.Timeouts{Command: time.Second})
		require.NoError(t, err, good)
	}
	for _, bad := range []string{"", "127.0.0.1:25", "http://mail.example", "smtp://u:secret@:25", "smtp://u:secret@host:99999", "smtp://u:secret@ho st",
		"smtp://host?tls=maybe"} {
		_, err := mail.NewSMTP(bad, mail.Timeouts{Command: time.Second})
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestNothingIsSaidInTheClearWhereTLSIsDemanded(t *testing.T) {
	s := newServer(t, nil)
	transport, err := mail.NewSMTP("smtp://u:secret@"+s.addr+"?tls=starttls", mail.Timeouts{Command: time.Second})
	require.NoError(t, err)
	_, err = transport.Dial(t.Context())
	require.ErrorContains(t, err, "STARTTLS")
	require.Zero(t, s.begun())
}
