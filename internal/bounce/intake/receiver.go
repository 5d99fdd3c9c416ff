package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"
)

// Limits of the receiver. It stands behind a mail server, or in the open.
const (
	maxMessage     = 10 << 20         // bytes; of a larger one the server would not know why it was refused
	maxRecipients  = 5                // of one message
	maxConnections = 20               // at once
	maxRefused     = 5                // addresses of one connection that are none of ours; then it is over
	perMinute      = 1200             // messages; who has more tries again
	silence        = time.Minute      // that a client may keep
	noteTimeout    = 20 * time.Second // to note one message
)

// Receiver is a mail server for return addresses alone: it takes nothing for anybody else, passes nothing on and sends nothing.
type Receiver struct {
	intake *Intake
	server *smtp.Server
	quota  quota
}

// NewReceiver returns a receiver that calls itself by a domain.
func NewReceiver(i *Intake, domain string) *Receiver {
	r := &Receiver{intake: i, quota: quota{now: i.Now, limit: perMinute}}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{receiver: r, conn: c}, nil }))
	s.Domain = domain
	s.MaxMessageBytes, s.MaxRecipients = maxMessage, maxRecipients
	s.ReadTimeout, s.WriteTimeout = silence, silence
	s.EnableSMTPUTF8 = true // a report may name addresses in other letters (RFC 6533)
	s.ErrorLog = slog.NewLogLogger(i.Log.Handler(), slog.LevelDebug)
	r.server = s
	return r
}

// Serve answers on l until Stop is called.
func (r *Receiver) Serve(l net.Listener) error {
	err := r.server.Serve(netutil.LimitListener(l, maxConnections))
	if errors.Is(err, smtp.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Stop lets what is being taken in be noted, and ends.
func (r *Receiver) Stop(ctx context.Context) error {
	err := r.server.Shutdown(ctx)
	if errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	if err != nil {
		err = errors.Join(err, r.server.Close())
	}
	return err
}

// session is one conversation.
type session struct {
	receiver *Receiver
	conn     *smtp.Conn
	to       []string
	refused  int
}

var (
	notOurs   = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "Only addresses that mails were sent with are taken here"}
	later     = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "It could not be noted, try again later"}
	tooQuick  = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Too many messages, try again in a minute"}
	noMessage = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The message broke off"}
)

// Mail begins a message. Whoever sends it: the signature in the address is what counts.
func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.receiver.quota.take() {
		return tooQuick
	}
	return nil
}

// Rcpt takes an address that a mail went out with, and no other.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if _, ok := s.receiver.intake.Mail(to); ok {
		s.to = append(s.to, to)
		return nil
	}
	s.refused++
	if s.refused >= maxRefused {
		return errors.Join(notOurs, s.conn.Close()) // who guesses is not answered any more
	}
	return notOurs
}

// Data notes the message for each of its addresses. One that is not understood is taken all the same: to return it would
// tell nobody anything.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		var refused *smtp.SMTPError
		if errors.As(err, &refused) { // too large
			return err
		}
		return noMessage
	}
	ctx, cancel := context.WithTimeout(context.Background(), noteTimeout)
	defer cancel()
	for _, to := range s.to {
		if _, err := s.receiver.intake.Take(ctx, []string{to}, bytes.NewReader(raw)); err != nil {
			s.receiver.intake.Log.ErrorContext(ctx, "what came back could not be noted", "error", fmt.Sprint(err))
			return later
		}
	}
	return nil
}

// Reset forgets the message begun.
func (s *session) Reset() { s.to = nil }

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

// quota counts messages by the minute.
type quota struct {
	sync.Mutex
	now   func() time.Time
	limit int
	since time.Time
	taken int
}

func (q *quota) take() bool {
	q.Lock()
	defer q.Unlock()
	if now := q.now(); now.Sub(q.since) >= time.Minute || now.Before(q.since) {
		q.since, q.taken = now, 0
	}
	q.taken++
	return q.taken <= q.limit
}
