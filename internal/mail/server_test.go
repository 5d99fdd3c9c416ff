package mail_test

import (
	"context"
	"io"
	"log"
	"net"
	"regexp"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// server is a real SMTP server that does as it is told.
type server struct {
	addr string

	mu       sync.Mutex
	taken    []string // Message-IDs, in order
	whole    [][]byte // messages, as they came
	returns  []string // addresses they come back to
	sessions int
	mailFrom int

	utf8 bool // takes addresses in any letters (RFC 6531)

	stop     func() error                    // ends it, whoever is connected
	listener func(net.Listener) net.Listener // takes connections in another way

	onRcpt func(to string, c *smtp.Conn) error
	data   int
	onData func(n int, c *smtp.Conn, read func() string) error // n counts from 1; nil error takes the mail
}

func newServer(t *testing.T, change func(*server)) *server {
	t.Helper()
	s := &server{}
	if change != nil {
		change(s)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.addr = l.Addr().String()
	if s.listener != nil {
		l = s.listener(l)
	}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sessions++
		return &session{server: s, conn: c}, nil
	}))
	srv.Domain = "localhost"
	srv.EnableSMTPUTF8 = s.utf8
	s.stop = srv.Close
	srv.ErrorLog = log.New(io.Discard, "", 0)
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _, _ = srv.Close(), l.Close(); <-done })
	return s
}

func (s *server) url() string { return "smtp://" + s.addr }

// ledger returns how often each mail was taken.
func (s *server) ledger() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := map[string]int{}
	for _, id := range s.taken {
		count[id]++
	}
	return count
}

func (s *server) mails() int       { return s.read(func() int { return len(s.taken) }) }
func (s *server) connections() int { return s.read(func() int { return s.sessions }) }
func (s *server) begun() int       { return s.read(func() int { return s.mailFrom }) }

func (s *server) read(what func() int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return what()
}

func (s *server) take(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, id)
}

type session struct {
	*server
	conn *smtp.Conn
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mailFrom++
	s.returns = append(s.returns, from)
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.onRcpt != nil {
		return s.onRcpt(to, s.conn)
	}
	return nil
}

var messageID = regexp.MustCompile(`(?m)^Message-ID: <([^@]+)@`)

func (s *session) Data(r io.Reader) error {
	var id string
	read := func() string {
		if id == "" {
			raw, err := io.ReadAll(r)
			if err == nil {
				id = messageID.FindStringSubmatch(string(raw))[1]
				s.mu.Lock()
				s.whole = append(s.whole, raw)
				s.mu.Unlock()
			}
		}
		return id
	}
	if s.onData != nil {
		s.mu.Lock()
		s.data++ // each message its own number, however many connections there are
		n := s.data
		s.mu.Unlock()
		if err := s.onData(n, s.conn, read); err != nil {
			return err
		}
	}
	s.take(read())
	return nil
}

// hangUp ends the connection without another word.
func hangUp(c *smtp.Conn) error {
	_ = c.Conn().Close()
	return context.Canceled
}
